//! Registers the stub's classes and functions with the engine.
#![expect(unsafe_code, reason = "the engine's registration functions are C")]

use std::collections::HashMap;
use std::{mem, ptr};

use ext_php_rs::args::Arg;
use ext_php_rs::error::Result;
use ext_php_rs::ffi;
use ext_php_rs::flags::DataType;
use ext_php_rs::types::{ZendStr, Zval};
use ext_php_rs::zend::{ClassEntry, FunctionEntry, ZendType};
use serde_json::Value;

use super::engine;
use super::function::Handler;
use super::object::{Holder, MASKS, Mask};
use super::stub::{Class, Function, Stub, type_mask};
use super::zval::from_json;

/// Registers a stub's classes and functions: for the module's startup function, and only while it runs.
///
/// `stub` is PHP's reflection of the stub file as JSON, parents before their children. Each function and public method
/// has one of the `handlers`. `masks` lists properties, of any class, that dumps do not show in clear.
///
/// It panics, which PHP reports, where a function has no handler or a handler no function.
pub(crate) fn register(stub: &str, handlers: &[&[Handler]], masks: &'static [(&'static str, Mask)]) -> Result<()> {
    let stub: Stub = serde_json::from_str(stub).expect("the build script wrote reflection's JSON");
    let mut handlers: HashMap<_, _> =
        handlers.iter().copied().flatten().map(|handler| (handler.name, *handler)).collect();
    MASKS.get_or_init(|| masks);
    // SAFETY: the engine's own extensions start before any other.
    let mut classes = HashMap::from([("RuntimeException", unsafe { engine::spl_ce_RuntimeException })]);
    for class in &stub.classes {
        let parent = class.parent.as_deref().map(|parent| classes[parent]);
        let methods = class.methods.iter().map(|method| entry(method, take(&mut handlers, Some(class), method)));
        classes.insert(&class.name, register_class(class, parent, methods)?);
    }
    let functions = stub.functions.iter().map(|function| entry(function, take(&mut handlers, None, function)));
    let (functions, kind) = (terminated(functions)?, ffi::MODULE_PERSISTENT.cast_signed());
    // SAFETY: the table ends with an empty entry and lives as long as the process.
    unsafe { engine::zend_register_functions(ptr::null_mut(), functions, ptr::null_mut(), kind) };
    assert!(handlers.is_empty(), "no function in the stub for {:?}", handlers.keys());
    Ok(())
}

/// Takes a function's handler; the ones left in the end have no function.
fn take(handlers: &mut HashMap<&str, Handler>, class: Option<&Class>, function: &Function) -> Handler {
    let class = class.map(|class| format!("{}::", class.name)).unwrap_or_default();
    let name = class + &function.name;
    match handlers.remove(name.as_str()) {
        Some(handler) => handler,
        // A private constructor, which no script can call.
        None if function.flags & ffi::ZEND_ACC_PRIVATE != 0 => Handler::new("", |_| Ok(())),
        None => unreachable!("{name} has no handler"),
    }
}

fn register_class(
    declared: &Class,
    parent: Option<*mut ClassEntry>,
    methods: impl Iterator<Item = Result<FunctionEntry>>,
) -> Result<*mut ClassEntry> {
    let methods = terminated(methods)?;
    // SAFETY: a class begins as zeros, a name and its methods; the engine keeps persistent memory only.
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
        unsafe {
            ffi::zend_declare_class_constant_ex(class, name, &raw mut *lasting(Some(value)), public, ptr::null_mut())
        };
    }
    for property in &declared.properties {
        let mut default = lasting(property.default.first());
        let (name, declared) = (interned(&property.name), zend_type(property.declared.as_deref().unwrap_or_default()));
        let (default, flags) = (&raw mut *default, property.flags);
        // SAFETY: as above.
        unsafe { engine::zend_declare_typed_property(class, name, default, flags, ptr::null_mut(), declared) };
    }
    declared.methods.iter().for_each(|method| add_attributes(class, method));
    Ok(class)
}

fn entry(declared: &Function, handler: Handler) -> Result<FunctionEntry> {
    let mut function = (handler.build)(&declared.name).required_args(declared.required());
    for parameter in &declared.parameters {
        let arg = Arg::new(&parameter.name, DataType::Mixed);
        function = function.arg(if let Some(default) = &parameter.default { arg.default(default) } else { arg });
    }
    let (mut function, types) = function.build()?;
    Box::leak(types).iter_mut().zip(declared.types()).for_each(|(at, declared)| at.type_ = zend_type(declared));
    function.flags = declared.flags;
    Ok(function)
}

/// A table with its end marked, which the engine reads as long as the process lives.
fn terminated(entries: impl Iterator<Item = Result<FunctionEntry>>) -> Result<*const FunctionEntry> {
    Ok(entries.chain([Ok(FunctionEntry::end())]).collect::<Result<Vec<_>>>()?.leak().as_ptr())
}

/// Adds the stub's attributes of parameters, `SensitiveParameter`.
fn add_attributes(class: &mut ClassEntry, declared: &Function) {
    for (parameter, at) in declared.parameters.iter().zip(1..) {
        for attribute in &parameter.attributes {
            // SAFETY: the class has the method; as `zend_add_parameter_attribute`, which is inline in C.
            unsafe {
                let (methods, name) = (&raw const class.function_table, &declared.name);
                let method = ffi::zend_hash_str_find_ptr_lc(methods, name.as_ptr().cast(), name.len());
                let attributes = &raw mut (*method.cast::<ffi::zend_internal_function>()).attributes;
                engine::zend_add_attribute(attributes, interned(attribute), 0, ATTRIBUTE_PERSISTENT, at, 0);
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

/// A default or constant for as long as the process lives, or no value.
fn lasting(value: Option<&Value>) -> mem::ManuallyDrop<Zval> {
    let mut lasting = Zval::null();
    match value {
        Some(Value::String(text)) => lasting.set_interned_string(text, true).expect("an interned string is always set"),
        Some(other) => lasting = from_json(other.clone()),
        None => lasting.u1.type_info = ffi::IS_UNDEF,
    }
    mem::ManuallyDrop::new(lasting)
}

fn interned(text: &str) -> *mut ZendStr {
    ZendStr::new_interned(text, true).into_raw()
}

/// `ZEND_ATTRIBUTE_PERSISTENT`, Zend/zend_attributes.h.
const ATTRIBUTE_PERSISTENT: u32 = 1;
