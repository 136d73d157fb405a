//! The one handler behind all functions and methods, and what they are given.

use std::any::Any;
use std::ffi::{CStr, c_char};
use std::panic::AssertUnwindSafe;
use std::ptr;

use ext_php_rs::ffi;
use ext_php_rs::prelude::zend_fastcall;
use ext_php_rs::types::{ZendObject, ZendStr, Zval};
use ext_php_rs::zend::{ClassEntry, ExecuteData, run_handler};
use quhao::ErrorKind;

use super::object::Object;
use super::zend_zval_type_name;
use crate::errors::Failure;

zend_fastcall! {
    /// Behind every function and method: counts the arguments and asks [`crate::answer`].
    pub(crate) extern fn handle(frame: &mut ExecuteData, answer: &mut Zval) {
        run_handler(AssertUnwindSafe(|| {
            let given = Arguments(frame);
            let function = given.function();
            if !(function.required_num_args..=function.num_args).contains(&given.count()) {
                // SAFETY: it throws for the function that is running.
                unsafe { ffi::zend_wrong_parameters_count_error(function.required_num_args, function.num_args) };
                return;
            }
            match crate::answer(&given.name(), &given) {
                Ok(value) => *answer = value,
                Err(failure) => failure.throw(),
            }
        }));
    }
}

/// The arguments of the function that is running, and the object whose method it is.
pub(crate) struct Arguments<'a>(&'a ExecuteData);

impl Arguments<'_> {
    fn function(&self) -> &ffi::zend_internal_function {
        // SAFETY: `handle` is the handler of internal functions only.
        unsafe { &(*self.0.func).internal_function }
    }

    fn count(&self) -> u32 {
        // SAFETY: all fields of the union are the same type.
        unsafe { self.0.This.u2.num_args }
    }

    /// `Quhao\Client::fetchNumber`, `Quhao\explain`.
    fn name(&self) -> String {
        let function = self.function();
        // SAFETY: a function has a name, and a method a class.
        let (class, name) = unsafe { (function.scope.as_ref(), &*function.function_name) };
        let class = class.and_then(ClassEntry::name).map(|name| format!("{name}::"));
        class.unwrap_or_default() + name.as_str().unwrap_or_default()
    }

    /// An argument, unless it was left out.
    pub(crate) fn value(&self, at: u32) -> Option<&Zval> {
        // SAFETY: the frame has as many arguments as it counts.
        let value = (at < self.count()).then(|| unsafe { self.0.zend_call_arg(at as usize) })??;
        Some(value.dereference())
    }

    /// A string as the engine's own functions read it: coerced unless the caller declared `strict_types`.
    pub(crate) fn bytes(&self, at: u32) -> Result<Vec<u8>, Failure> {
        let mut copy = self.value(at).map_or_else(Zval::null, Zval::shallow_clone);
        let mut text = ptr::null_mut();
        // SAFETY: it converts the copy in place, to which the string belongs.
        if !copy.is_string()
            && (copy.is_null() || !unsafe { zend_parse_arg_str_slow(&raw mut copy, &raw mut text, at + 1) })
        {
            return Err(self.refuse(at, c"string"));
        }
        Ok(copy.zend_str().map(|text| text.as_bytes().to_vec()).unwrap_or_default())
    }

    /// The same as text.
    pub(crate) fn text(&self, at: u32) -> Result<String, Failure> {
        // SAFETY: the table of parameters has a name for each.
        let name = || unsafe { CStr::from_ptr((*self.function().arg_info.add(at as usize)).name) };
        String::from_utf8(self.bytes(at)?).map_err(|_| Failure::not_utf8(ErrorKind::Input, &name().to_string_lossy()))
    }

    /// The same, where null may stand in its place.
    pub(crate) fn maybe(&self, at: u32) -> Result<Option<String>, Failure> {
        if self.value(at).is_none_or(Zval::is_null) { Ok(None) } else { self.text(at).map(Some) }
    }

    /// An integer, read as a string is.
    pub(crate) fn whole(&self, at: u32) -> Result<i64, Failure> {
        let (mut copy, mut whole) = (self.value(at).map_or_else(Zval::null, Zval::shallow_clone), 0);
        if let Some(whole) = copy.long() {
            return Ok(whole);
        }
        // SAFETY: it reads the copy and writes the integer.
        if copy.is_null() || !unsafe { zend_parse_arg_long_slow(&raw mut copy, &raw mut whole, at + 1) } {
            return Err(self.refuse(at, c"int"));
        }
        Ok(whole)
    }

    /// Throws the engine's own `TypeError`.
    pub(crate) fn refuse(&self, at: u32, expected: &CStr) -> Failure {
        let given = self.value(at).map_or_else(Zval::null, Zval::shallow_clone);
        // SAFETY: the format takes two C strings, which outlive the call.
        unsafe {
            let given = zend_zval_type_name(&raw const given);
            zend_argument_type_error(at + 1, c"must be of type %s, %s given".as_ptr(), expected.as_ptr(), given);
        }
        Failure::Thrown
    }

    /// The object whose method runs.
    #[expect(clippy::mut_from_ref, reason = "an object is the engine's, which passes it on as it likes")]
    pub(crate) fn this(&self) -> &mut ZendObject {
        // SAFETY: only methods ask, and the frame keeps their object alive.
        unsafe { &mut *self.0.This.value.obj }
    }

    /// Sets one of its readonly properties, as its constructor may.
    pub(crate) fn set(&self, name: &str, value: &str) {
        // SAFETY: a method has a class.
        let class = unsafe { &*self.function().scope };
        self.this().set(class, name, &value.into());
    }

    /// The Rust value behind that object.
    pub(crate) fn held<T: Any>(&self) -> Result<&T, Failure> {
        self.this().held().ok_or_else(|| Failure::config("the object is not constructed"))
    }
}

unsafe extern "C" {
    fn zend_argument_type_error(position: u32, format: *const c_char, ...);
    fn zend_parse_arg_long_slow(given: *mut Zval, whole: *mut i64, position: u32) -> bool;
    fn zend_parse_arg_str_slow(given: *mut Zval, text: *mut *mut ZendStr, position: u32) -> bool;
}
