//! The arguments of the running function.
#![expect(unsafe_code, reason = "a frame of the engine is read, and its own parsers are called")]

use std::borrow::Cow;
use std::ffi::CStr;
use std::ptr;

use ext_php_rs::ffi;
use ext_php_rs::types::{ZendObject, Zval};
use ext_php_rs::zend::ExecuteData;
use quhao::ErrorKind;

use super::engine;
use super::object::native;
use super::zval::to_zval;
use crate::Result;
use crate::errors::Failure;

/// The arguments of the running function, and the object whose method it is.
pub(crate) struct Arguments<'a> {
    function: &'a ffi::zend_internal_function,
    values: Vec<&'a Zval>,
    this: Zval,
}

impl<'a> Arguments<'a> {
    /// Throws the engine's own `ArgumentCountError` for too few or too many.
    pub(super) fn of(frame: &'a mut ExecuteData) -> Result<Self> {
        let this = frame.get_self().map_or_else(Zval::null, to_zval);
        // SAFETY: the frame is an internal function's and has as many arguments as it counts; all of `u2` is one integer.
        let (function, values): (_, Vec<&Zval>) = unsafe {
            let values = (0..frame.This.u2.num_args).filter_map(|at| frame.zend_call_arg(at as usize));
            (&(*frame.func).internal_function, values.map(|value| value.dereference()).collect())
        };
        if !(function.required_num_args as usize..=function.num_args as usize).contains(&values.len()) {
            // SAFETY: it throws for the running function.
            unsafe { ffi::zend_wrong_parameters_count_error(function.required_num_args, function.num_args) };
            return Err(Failure::Thrown);
        }
        Ok(Self { function, values, this })
    }

    /// An argument, unless it was left out. References are followed.
    pub(crate) fn value(&self, at: u32) -> Option<&'a Zval> {
        self.values.get(at as usize).copied()
    }

    /// A string as the engine's own functions read it, with its own `TypeError`: coerced without `strict_types`.
    pub(crate) fn bytes(&self, at: u32) -> Result<Cow<'a, [u8]>> {
        if let Some(text) = self.value(at).and_then(Zval::zend_str) {
            return Ok(Cow::Borrowed(text.as_bytes()));
        }
        let (mut copy, mut text) = (self.copy(at), ptr::null_mut());
        // SAFETY: it converts the copy in place, which owns the string.
        if copy.is_null() || !unsafe { engine::zend_parse_arg_str_slow(&raw mut copy, &raw mut text, at + 1) } {
            return Err(self.type_error(at, c"string"));
        }
        Ok(Cow::Owned(copy.zend_str().map(|text| text.as_bytes().to_vec()).unwrap_or_default()))
    }

    /// The same as text.
    pub(crate) fn text(&self, at: u32) -> Result<Cow<'a, str>> {
        let text = match self.bytes(at)? {
            Cow::Borrowed(bytes) => str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Cow::Owned(bytes) => String::from_utf8(bytes).ok().map(Cow::Owned),
        };
        // SAFETY: the table of parameters has a name for each.
        let name = || unsafe { CStr::from_ptr((*self.function.arg_info.add(at as usize)).name) };
        text.ok_or_else(|| Failure::not_utf8(ErrorKind::Input, "", &name().to_string_lossy()))
    }

    /// The same, `None` for null.
    pub(crate) fn optional_text(&self, at: u32) -> Result<Option<Cow<'a, str>>> {
        if self.value(at).is_none_or(Zval::is_null) { Ok(None) } else { self.text(at).map(Some) }
    }

    /// An integer, coerced as a string is.
    pub(crate) fn integer(&self, at: u32) -> Result<i64> {
        let (copy, mut integer) = (self.copy(at), 0);
        if let Some(integer) = copy.long() {
            return Ok(integer);
        }
        // SAFETY: it reads the copy and writes the integer.
        if copy.is_null() || !unsafe { engine::zend_parse_arg_long_slow(&raw const copy, &raw mut integer, at + 1) } {
            return Err(self.type_error(at, c"int"));
        }
        Ok(integer)
    }

    /// A callable or null.
    pub(crate) fn callable(&self, at: u32) -> Result<Zval> {
        let value = self.copy(at);
        if value.is_null() || value.is_callable() { Ok(value) } else { Err(self.type_error(at, c"?callable")) }
    }

    /// Throws the engine's own `TypeError`: the argument must be of type `expected`.
    pub(crate) fn type_error(&self, at: u32, expected: &CStr) -> Failure {
        let value = self.copy(at);
        // SAFETY: the format takes two C strings, which outlive the call.
        unsafe {
            let actual = engine::zend_zval_type_name(&raw const value);
            let format = c"must be of type %s, %s given".as_ptr();
            engine::zend_argument_type_error(at + 1, format, expected.as_ptr(), actual);
        }
        Failure::Thrown
    }

    /// The object whose method runs.
    pub(crate) fn this(&self) -> &ZendObject {
        self.this.object().expect("a method has an object")
    }

    /// The same as a value to return.
    pub(crate) fn this_zval(&self) -> Zval {
        self.this.shallow_clone()
    }

    /// The Rust value of that object, which is absent if a subclass has not called its parent's constructor.
    pub(crate) fn native<T: 'static>(&self) -> Result<&T> {
        native(self.this()).ok_or_else(|| Failure::config("the object is not constructed"))
    }

    fn copy(&self, at: u32) -> Zval {
        self.value(at).map_or_else(Zval::null, Zval::shallow_clone)
    }
}
