//! Callbacks whose failure must not fail the call that they observe.

use std::mem;

use ext_php_rs::error::php_error;
use ext_php_rs::ffi::IS_UNDEF;
use ext_php_rs::flags::ErrorType;
use ext_php_rs::types::Zval;
use ext_php_rs::zend::{ExecutorGlobals, ce};

/// Calls a listener with one argument.
///
/// An exception of the listener is reported as PHP's warning and goes no further. The script's own error handler is
/// bypassed: many turn warnings into exceptions. `exit` in a listener ends the script, as anywhere.
pub(crate) fn call_listener(listener: &Zval, event: &Zval) {
    // A copy, since the listener may be replaced while it runs.
    let called = listener.shallow_clone().try_call(vec![event]);
    // `exit` is pending as an object of the engine's that is not a `Throwable`.
    let throws = ExecutorGlobals::get().exception().is_some_and(|thrown| thrown.instance_of(ce::throwable()));
    if called.is_ok() || !throws {
        return;
    }
    if let Some(thrown) = ExecutorGlobals::take_exception() {
        let call = |method| thrown.try_call_method(method, vec![]).ok().and_then(|value| value.coerce_to_string());
        let call = |method| call(method).unwrap_or_default();
        let class = thrown.get_class_name().unwrap_or_default();
        let (message, file, line) = (call("getMessage"), call("getFile"), call("getLine"));
        let message = format!("the listener threw {class}: {message} in {file}:{line}").replace('\0', "");
        let mut none = Zval::new();
        none.u1.type_info = IS_UNDEF;
        let handler = mem::replace(&mut ExecutorGlobals::get_mut().user_error_handler, none);
        php_error(&ErrorType::Warning, &message);
        ExecutorGlobals::get_mut().user_error_handler = handler;
    }
}
