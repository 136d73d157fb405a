//! Functions of the engine that ext-php-rs does not declare.
#![expect(unsafe_code, reason = "the engine's interface is C")]

use std::ffi::{c_char, c_int, c_void};

use ext_php_rs::types::{ZendHashTable, ZendObject, ZendStr, Zval};
use ext_php_rs::zend::{ClassEntry, FunctionEntry, ZendType};

unsafe extern "C" {
    pub(super) static spl_ce_RuntimeException: *mut ClassEntry;
    pub(super) fn zend_add_attribute(
        attributes: *mut *mut ZendHashTable,
        name: *mut ZendStr,
        count: u32,
        flags: u32,
        offset: u32,
        line: u32,
    ) -> *mut c_void;
    pub(super) fn zend_argument_type_error(position: u32, format: *const c_char, ...);
    pub(super) fn zend_declare_typed_property(
        class: *mut ClassEntry,
        name: *mut ZendStr,
        default: *mut Zval,
        flags: c_int,
        docs: *mut ZendStr,
        declared: ZendType,
    ) -> *mut c_void;
    pub(super) fn zend_ini_string_ex(name: *const c_char, len: usize, orig: c_int, exists: *mut bool) -> *const c_char;
    pub(super) fn zend_parse_arg_long_slow(value: *const Zval, parsed: *mut i64, position: u32) -> bool;
    pub(super) fn zend_parse_arg_str_slow(value: *mut Zval, parsed: *mut *mut ZendStr, position: u32) -> bool;
    pub(super) fn zend_register_functions(
        class: *mut ClassEntry,
        functions: *const FunctionEntry,
        table: *mut ZendHashTable,
        kind: c_int,
    ) -> c_int;
    pub(super) fn zend_update_property_ex(
        scope: *mut ClassEntry,
        object: *mut ZendObject,
        name: *mut ZendStr,
        value: *mut Zval,
    );
    pub(super) fn zend_zval_type_name(value: *const Zval) -> *const c_char;
}
