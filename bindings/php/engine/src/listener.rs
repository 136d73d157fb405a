//! Callbacks that must not break what they are told of.

use std::mem;

use ext_php_rs::error::php_error;
use ext_php_rs::ffi::_call_user_function_impl;
use ext_php_rs::flags::ErrorType;
use ext_php_rs::types::{ZendObject, Zval};
use ext_php_rs::zend::ExecutorGlobals;
use std::ptr;

/// Calls a listener with one argument.
///
/// What it throws is reported as PHP's warning and goes no further. The script's own error handler is passed over:
/// many turn warnings into exceptions. `exit` in a listener ends the script, as anywhere.
pub fn tell(listener: &Zval, told: Zval) {
    // It may be replaced while it runs.
    let (listener, mut told, mut answer) = (listener.shallow_clone(), told, Zval::new());
    let callable = ptr::from_ref(&listener).cast_mut();
    // SAFETY: all three are on the stack; the engine takes references of its own.
    unsafe { _call_user_function_impl(ptr::null_mut(), callable, &raw mut answer, 1, &raw mut told, ptr::null_mut()) };
    let ends_script = ExecutorGlobals::get().exception().is_some_and(|thrown| {
        // SAFETY: the engine's own object.
        unsafe { zend_is_unwind_exit(thrown) }
    });
    if ends_script {
        return;
    }
    if let Some(thrown) = ExecutorGlobals::take_exception() {
        let told = |method| thrown.try_call_method(method, vec![]).ok().and_then(|told| told.coerce_to_string());
        let told = |method| told(method).unwrap_or_default();
        let class = thrown.get_class_name().unwrap_or_default();
        let (message, file, line) = (told("getMessage"), told("getFile"), told("getLine"));
        warn(&format!("the listener threw {class}: {message} in {file}:{line}"));
    }
}

/// Warns past the script's error handler.
fn warn(message: &str) {
    let mut none = Zval::new();
    none.u1.type_info = ext_php_rs::ffi::IS_UNDEF;
    let handler = mem::replace(&mut ExecutorGlobals::get_mut().user_error_handler, none);
    php_error(&ErrorType::Warning, &message.replace('\0', ""));
    ExecutorGlobals::get_mut().user_error_handler = handler;
}

unsafe extern "C" {
    fn zend_is_unwind_exit(thrown: *const ZendObject) -> bool;
}
