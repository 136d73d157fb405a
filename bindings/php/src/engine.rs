//! What ext-php-rs has no words for, and all `unsafe` code of the binding.
#![expect(unsafe_code, reason = "the engine's interface is C")]

mod arguments;
mod declare;
mod object;

use std::ffi::{CStr, c_char, c_int};
use std::{mem, ptr};

use ext_php_rs::types::Zval;
use ext_php_rs::zend::ModuleEntry;

pub(crate) use self::arguments::{Arguments, handle};
pub(crate) use self::declare::register;
pub(crate) use self::object::{Object, object};

/// What PHP calls the type of a value.
pub(crate) fn type_name(value: &Zval) -> String {
    // SAFETY: it returns a string of the engine's.
    unsafe { CStr::from_ptr(zend_zval_type_name(value)) }.to_string_lossy().into_owned()
}

/// An INI entry's value.
pub(crate) fn ini(name: &CStr) -> String {
    // SAFETY: the engine returns its own string, or null.
    unsafe {
        let value = zend_ini_string_ex(name.as_ptr(), name.count_bytes(), 0, ptr::null_mut());
        if value.is_null() { String::new() } else { CStr::from_ptr(value).to_string_lossy().into_owned() }
    }
}

/// Shows the module's INI entries in `phpinfo()`.
pub(crate) fn show_ini(module: *mut ModuleEntry) {
    // SAFETY: the engine passed the module to our own information function.
    unsafe { display_ini_entries(module) };
}

/// Runs something that starts threads, so that they leave signals to PHP's own thread.
///
/// PHP's handlers (`pcntl`, FPM's graceful stop, time limits) expect to interrupt the thread that runs the script.
pub(crate) fn without_signals<T>(start: impl FnOnce() -> T) -> T {
    // SAFETY: both sets are on the stack, and the thread's own mask is restored.
    unsafe {
        let (mut all, mut before) = (mem::zeroed(), mem::zeroed());
        libc::sigfillset(&raw mut all);
        libc::pthread_sigmask(libc::SIG_SETMASK, &raw const all, &raw mut before);
        let started = start();
        libc::pthread_sigmask(libc::SIG_SETMASK, &raw const before, ptr::null_mut());
        started
    }
}

unsafe extern "C" {
    fn display_ini_entries(module: *mut ModuleEntry);
    fn zend_ini_string_ex(name: *const c_char, length: usize, original: c_int, exists: *mut bool) -> *const c_char;
    fn zend_zval_type_name(given: *const Zval) -> *const c_char;
}
