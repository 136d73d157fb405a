//! Classes as the stub declares them.

use std::collections::HashMap;
use std::ffi::{c_int, c_void};
use std::{iter, mem, ptr};

use ext_php_rs::args::Arg;
use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::error::Result;
use ext_php_rs::ffi;
use ext_php_rs::flags::DataType;
use ext_php_rs::types::{ZendHashTable, ZendStr, Zval};
use ext_php_rs::zend::{ClassEntry, FunctionEntry, ZendType};
use serde_json::Value;

use super::arguments::handle;
use super::object::Holder;
use crate::convert::plain;

/// Registers the classes that `reflect.php` found in the stub, parents first. Only while the module starts.
pub(crate) fn register(declared: &Value) -> Result<()> {
    // SAFETY: the engine's own extensions start before any other.
    let mut registered =
        HashMap::from([("", ptr::null_mut()), ("RuntimeException", unsafe { spl_ce_RuntimeException })]);
    for class in list(declared) {
        let parent = registered[text(&class["parent"])];
        registered.insert(text(&class["name"]), register_class(class, parent)?);
    }
    Ok(())
}

fn register_class(declared: &Value, parent: *mut ClassEntry) -> Result<*mut ClassEntry> {
    let methods = list(&declared["methods"]).iter().map(method).chain([Ok(FunctionEntry::end())]);
    // The engine reads them as long as the process lives.
    let methods = methods.collect::<Result<Vec<_>>>()?.leak();
    // SAFETY: a class begins as zeros, a name and its methods; what the engine keeps is of persistent memory.
    let class = unsafe {
        let mut class: ClassEntry = mem::zeroed();
        class.name = interned(text(&declared["name"]));
        class.info.internal.builtin_functions = methods.as_ptr();
        &mut *ffi::zend_register_internal_class_ex(&raw mut class, parent)
    };
    if parent.is_null() {
        class.ce_flags |= ffi::ZEND_ACC_NOT_SERIALIZABLE;
        class.__bindgen_anon_2.create_object = Some(Holder::create);
    }
    if declared["final"] == true {
        class.ce_flags |= ffi::ZEND_ACC_FINAL | ffi::ZEND_ACC_NO_DYNAMIC_PROPERTIES;
    }
    let public = ffi::ZEND_ACC_PUBLIC.cast_signed();
    for (name, value) in declared["constants"].as_object().into_iter().flatten() {
        // SAFETY: as above; the class takes the value over.
        unsafe {
            ffi::zend_declare_class_constant_ex(
                class,
                interned(name),
                &raw mut *lasting(value),
                public,
                ptr::null_mut(),
            )
        };
    }
    for property in list(&declared["properties"]) {
        let default = property["default"].as_array().and_then(|default| default.first());
        let mut value = default.map_or_else(undefined, lasting);
        let flags = if property["readonly"] == true { public | ACC_READONLY } else { public };
        let (name, holds) = (interned(text(&property["name"])), zend_type(text(&property["type"])));
        // SAFETY: as above.
        unsafe { zend_declare_typed_property(class, name, &raw mut *value, flags, ptr::null_mut(), holds) };
    }
    list(&declared["methods"]).iter().for_each(|method| keep_out_of_traces(class, method));
    Ok(class)
}

fn method(declared: &Value) -> Result<FunctionEntry> {
    let parameters = list(&declared["parameters"]);
    let required = parameters.iter().filter(|parameter| parameter["default"].is_null()).count();
    let mut function = FunctionBuilder::new(text(&declared["name"]), handle).required_args(required);
    for parameter in parameters {
        let argument = Arg::new(text(&parameter["name"]), DataType::Mixed);
        let default = parameter["default"].as_str();
        function = function.arg(if let Some(default) = default { argument.default(default) } else { argument });
    }
    let (mut function, types) = function.build()?;
    let declared_types = iter::once(&declared["returns"]).chain(parameters.iter().map(|parameter| &parameter["type"]));
    Box::leak(types).iter_mut().zip(declared_types).for_each(|(at, declared)| at.type_ = zend_type(text(declared)));
    function.flags = if declared["private"] == true { ffi::ZEND_ACC_PRIVATE } else { ffi::ZEND_ACC_PUBLIC };
    Ok(function)
}

/// Gives parameters the attribute that the stub gives them, `SensitiveParameter`.
fn keep_out_of_traces(class: &mut ClassEntry, declared: &Value) {
    let name = text(&declared["name"]);
    for (parameter, at) in list(&declared["parameters"]).iter().zip(1..) {
        for attribute in list(&parameter["attributes"]) {
            // SAFETY: the class has the method; as `zend_add_parameter_attribute`, which is inline in C.
            unsafe {
                let methods = &raw const class.function_table;
                let method = ffi::zend_hash_str_find_ptr_lc(methods, name.as_ptr().cast(), name.len());
                let attributes = &raw mut (*method.cast::<ffi::zend_internal_function>()).attributes;
                zend_add_attribute(attributes, interned(text(attribute)), 0, ATTRIBUTE_PERSISTENT, at, 0);
            }
        }
    }
}

fn zend_type(declared: &str) -> ZendType {
    if declared.contains('\\') {
        let classes = DataType::object(Box::leak(declared.into()));
        return ZendType::empty_from_type(classes, false, false, false).expect("a class's name has no NUL");
    }
    let names = declared.trim_start_matches('?').split('|').chain(declared.starts_with('?').then_some("null"));
    let bits = names.map(|name| match name {
        "array" => 1 << ffi::IS_ARRAY,
        "bool" => ffi::MAY_BE_BOOL,
        "int" => 1 << ffi::IS_LONG,
        "null" => 1 << ffi::IS_NULL,
        "string" => 1 << ffi::IS_STRING,
        "void" => 1 << ffi::IS_VOID,
        _ => 0,
    });
    ZendType { ptr: ptr::null_mut(), type_mask: bits.fold(0, |all, bit| all | bit) }
}

/// A default or constant for as long as the process lives.
fn lasting(value: &Value) -> mem::ManuallyDrop<Zval> {
    let mut lasting = plain(&Value::Null);
    match value {
        Value::String(text) => lasting.set_interned_string(text, true).expect("an interned string is always set"),
        other => lasting = plain(other),
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

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
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
}

/// `ZEND_ACC_READONLY`, Zend/zend_compile.h.
const ACC_READONLY: c_int = 1 << 7;

/// `ZEND_ATTRIBUTE_PERSISTENT`, Zend/zend_attributes.h.
const ATTRIBUTE_PERSISTENT: u32 = 1;
