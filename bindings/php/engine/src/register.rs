//! Classes and functions in the engine, as the stub declares them.

use std::collections::HashMap;
use std::ffi::{c_int, c_void};
use std::{mem, ptr};

use ext_php_rs::args::Arg;
use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::error::Result;
use ext_php_rs::ffi;
use ext_php_rs::flags::DataType;
use ext_php_rs::types::{ZendHashTable, ZendStr, Zval};
use ext_php_rs::zend::{ClassEntry, FunctionEntry, ZendType};
use serde_json::Value;

use crate::arguments::Unread;
use crate::body::{Body, Exception};
use crate::layout::Layout;
use crate::object::{Holder, Mask};
use crate::serializer::zval;
use crate::stub::{Class, Function, Stub, type_mask};

/// Registers what a stub declares: for the module's startup function, and only while it runs.
///
/// `stub` is what PHP's reflection tells of the stub file, as JSON, parents before their children. Each function and
/// public method has one of the `bodies`. `masks` has the properties, of whatever class, that dumps show otherwise.
///
/// # Errors
///
/// If a name has a NUL in it, and as ext-php-rs.
///
/// # Panics
///
/// If the stub is no such JSON, or a function has no body, or a body no function: the extension was built wrong, and PHP
/// says so and stops.
pub fn register(stub: &str, bodies: &[&[Body]], masks: &'static [(&'static str, Mask)]) -> Result<()> {
    let stub: Stub = serde_json::from_str(stub).expect("the build script wrote what reflection told");
    let mut bodies: HashMap<_, _> = bodies.iter().copied().flatten().map(|body| (body.name, *body)).collect();
    Holder::mask(masks);
    // SAFETY: the engine's own extensions start before any other.
    let mut classes = HashMap::from([("RuntimeException", unsafe { spl_ce_RuntimeException })]);
    let mut layouts = Vec::new();
    for class in &stub.classes {
        let parent = class.parent.as_deref().map(|parent| classes[parent]);
        let methods = class.methods.iter().map(|method| entry(method, take(&mut bodies, Some(class), method)));
        let registered = register_class(class, parent, methods)?;
        classes.insert(&class.name, registered);
        // SAFETY: the engine keeps its classes as long as the process lives.
        layouts.push(Layout::of_registered(&class.name, unsafe { &*registered }));
    }
    Layout::keep(layouts);
    let functions =
        terminated(stub.functions.iter().map(|function| entry(function, take(&mut bodies, None, function))))?;
    // SAFETY: the table ends with an empty entry and lives as long as the process.
    unsafe {
        zend_register_functions(ptr::null_mut(), functions, ptr::null_mut(), ffi::MODULE_PERSISTENT.cast_signed())
    };
    assert!(bodies.is_empty(), "no function in the stub for {:?}", bodies.keys());
    Ok(())
}

/// Takes out a function's body; what is left in the end belongs to nothing.
fn take(bodies: &mut HashMap<&str, Body>, class: Option<&Class>, function: &Function) -> Body {
    let class = class.map(|class| format!("{}::", class.name)).unwrap_or_default();
    let name = class + &function.name;
    match bodies.remove(name.as_str()) {
        Some(body) => body,
        // A constructor that nobody can call.
        None if function.private => Body::new::<_, _, Unread>("", |_| Ok(())),
        None => unreachable!("{name} has no body"),
    }
}

fn register_class(
    declared: &Class,
    parent: Option<*mut ClassEntry>,
    methods: impl Iterator<Item = Result<FunctionEntry>>,
) -> Result<*mut ClassEntry> {
    let methods = terminated(methods)?;
    // SAFETY: a class begins as zeros, a name and its methods; what the engine keeps is of persistent memory.
    let class = unsafe {
        let mut class: ClassEntry = mem::zeroed();
        class.name = interned(&declared.name);
        class.info.internal.builtin_functions = methods;
        &mut *ffi::zend_register_internal_class_ex(&raw mut class, parent.unwrap_or(ptr::null_mut()))
    };
    if parent.is_none() {
        class.ce_flags |= ffi::ZEND_ACC_NOT_SERIALIZABLE;
        class.__bindgen_anon_2.create_object = Some(Holder::create);
    }
    if declared.is_final {
        class.ce_flags |= ffi::ZEND_ACC_FINAL | ffi::ZEND_ACC_NO_DYNAMIC_PROPERTIES;
    }
    for (name, value) in &declared.constants {
        let (name, public) = (interned(name), ffi::ZEND_ACC_PUBLIC.cast_signed());
        // SAFETY: as above; the class takes the value over.
        unsafe { ffi::zend_declare_class_constant_ex(class, name, &raw mut *lasting(value), public, ptr::null_mut()) };
    }
    for property in &declared.properties {
        let mut value = property.default.first().map_or_else(undefined, lasting);
        let (name, holds) = (interned(&property.name), zend_type(property.holds.as_deref().unwrap_or_default()));
        // SAFETY: as above.
        unsafe { zend_declare_typed_property(class, name, &raw mut *value, property.flags(), ptr::null_mut(), holds) };
    }
    declared.methods.iter().for_each(|method| keep_out_of_traces(class, method));
    Ok(class)
}

fn entry(declared: &Function, body: Body) -> Result<FunctionEntry> {
    let mut function = FunctionBuilder::new(&declared.name, body.handler).required_args(declared.required());
    for parameter in &declared.parameters {
        let argument = Arg::new(&parameter.name, DataType::Mixed);
        function = function.arg(match &parameter.default {
            Some(default) => argument.default(default),
            None => argument,
        });
    }
    let (mut function, types) = function.build()?;
    Box::leak(types).iter_mut().zip(declared.types()).for_each(|(at, declared)| at.type_ = zend_type(declared));
    function.flags = if declared.private { ffi::ZEND_ACC_PRIVATE } else { ffi::ZEND_ACC_PUBLIC };
    Ok(function)
}

/// A table with its end marked, which the engine reads as long as the process lives.
fn terminated(entries: impl Iterator<Item = Result<FunctionEntry>>) -> Result<*const FunctionEntry> {
    Ok(entries.chain([Ok(FunctionEntry::end())]).collect::<Result<Vec<_>>>()?.leak().as_ptr())
}

/// Gives parameters the attribute that the stub gives them, `SensitiveParameter`.
fn keep_out_of_traces(class: &mut ClassEntry, declared: &Function) {
    for (parameter, at) in declared.parameters.iter().zip(1..) {
        for attribute in &parameter.attributes {
            // SAFETY: the class has the method; as `zend_add_parameter_attribute`, which is inline in C.
            unsafe {
                let (methods, name) = (&raw const class.function_table, &declared.name);
                let method = ffi::zend_hash_str_find_ptr_lc(methods, name.as_ptr().cast(), name.len());
                let attributes = &raw mut (*method.cast::<ffi::zend_internal_function>()).attributes;
                zend_add_attribute(attributes, interned(attribute), 0, ATTRIBUTE_PERSISTENT, at, 0);
            }
        }
    }
}

fn zend_type(declared: &str) -> ZendType {
    if declared.contains('\\') {
        let classes = DataType::object(Box::leak(declared.into()));
        return ZendType::empty_from_type(classes, false, false, false).expect("a class's name has no NUL");
    }
    ZendType { ptr: ptr::null_mut(), type_mask: type_mask(declared) }
}

/// A default or constant for as long as the process lives.
fn lasting(value: &Value) -> mem::ManuallyDrop<Zval> {
    let mut lasting = Zval::null();
    match value {
        Value::String(text) => lasting.set_interned_string(text, true).expect("an interned string is always set"),
        other => lasting = zval(other),
    }
    mem::ManuallyDrop::new(lasting)
}

fn undefined() -> mem::ManuallyDrop<Zval> {
    let mut value = Zval::new();
    value.u1.type_info = ffi::IS_UNDEF;
    mem::ManuallyDrop::new(value)
}

fn interned(text: &str) -> *mut ZendStr {
    ZendStr::new_interned(text, true).into_raw()
}

impl Exception for Unread {
    fn throw(self) {}
}

unsafe extern "C" {
    static spl_ce_RuntimeException: *mut ClassEntry;
    fn zend_add_attribute(
        attributes: *mut *mut ZendHashTable,
        name: *mut ZendStr,
        count: u32,
        flags: u32,
        offset: u32,
        line: u32,
    ) -> *mut c_void;
    fn zend_declare_typed_property(
        class: *mut ClassEntry,
        name: *mut ZendStr,
        default: *mut Zval,
        flags: c_int,
        docs: *mut ZendStr,
        holds: ZendType,
    ) -> *mut c_void;
    fn zend_register_functions(
        class: *mut ClassEntry,
        functions: *const FunctionEntry,
        table: *mut ZendHashTable,
        kind: c_int,
    ) -> c_int;
}

/// `ZEND_ATTRIBUTE_PERSISTENT`, Zend/zend_attributes.h.
const ATTRIBUTE_PERSISTENT: u32 = 1;
