//! What a function that is running was given.

use std::any::Any;
use std::borrow::Cow;
use std::ffi::{CStr, c_char};
use std::ptr;

use ext_php_rs::ffi;
use ext_php_rs::types::{ZendObject, ZendStr, Zval};
use ext_php_rs::zend::ExecuteData;

use crate::object::Object;
use crate::plain::{own, zend_zval_type_name};

/// The arguments of the function that is running, and the object whose method it is.
pub struct Arguments<'a>(&'a ExecuteData);

/// Why an argument could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// The engine has thrown its own error already.
    Thrown,
    /// The argument of this name is no UTF-8.
    NotUtf8(String),
    /// The object's constructor has not run.
    NotConstructed,
}

impl<'a> Arguments<'a> {
    pub(crate) fn of(frame: &'a ExecuteData) -> Self {
        Self(frame)
    }

    /// # Errors
    ///
    /// The engine's own `ArgumentCountError` for too few or too many.
    pub(crate) fn counted(&self) -> Result<(), Unread> {
        let function = self.function();
        if (function.required_num_args..=function.num_args).contains(&self.count()) {
            return Ok(());
        }
        // SAFETY: it throws for the function that is running.
        unsafe { ffi::zend_wrong_parameters_count_error(function.required_num_args, function.num_args) };
        Err(Unread::Thrown)
    }

    /// An argument, unless it was left out. References are followed.
    pub fn value(&self, at: u32) -> Option<&Zval> {
        // SAFETY: the frame has as many arguments as it counts.
        let value = (at < self.count()).then(|| unsafe { self.0.zend_call_arg(at as usize) })??;
        Some(value.dereference())
    }

    /// A string as the engine's own functions read it: coerced unless the caller declared `strict_types`.
    ///
    /// # Errors
    ///
    /// The engine's own `TypeError`.
    pub fn bytes(&self, at: u32) -> Result<Cow<'_, [u8]>, Unread> {
        if let Some(text) = self.value(at).and_then(Zval::zend_str) {
            return Ok(Cow::Borrowed(text.as_bytes()));
        }
        let mut copy = self.value(at).map_or_else(Zval::null, Zval::shallow_clone);
        let mut text = ptr::null_mut();
        // SAFETY: it converts the copy in place, to which the string belongs.
        if copy.is_null() || !unsafe { zend_parse_arg_str_slow(&raw mut copy, &raw mut text, at + 1) } {
            return Err(self.refuse(at, c"string"));
        }
        Ok(Cow::Owned(copy.zend_str().map(|text| text.as_bytes().to_vec()).unwrap_or_default()))
    }

    /// The same as text.
    ///
    /// # Errors
    ///
    /// As [`bytes`](Self::bytes), and [`Unread::NotUtf8`].
    pub fn text(&self, at: u32) -> Result<Cow<'_, str>, Unread> {
        let text = match self.bytes(at)? {
            Cow::Borrowed(bytes) => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Cow::Owned(bytes) => String::from_utf8(bytes).ok().map(Cow::Owned),
        };
        // SAFETY: the table of parameters has a name for each.
        let name = || unsafe { CStr::from_ptr((*self.function().arg_info.add(at as usize)).name) };
        text.ok_or_else(|| Unread::NotUtf8(name().to_string_lossy().into_owned()))
    }

    /// The same, where null may stand in its place.
    ///
    /// # Errors
    ///
    /// As [`text`](Self::text).
    pub fn maybe(&self, at: u32) -> Result<Option<Cow<'_, str>>, Unread> {
        if self.value(at).is_none_or(Zval::is_null) { Ok(None) } else { self.text(at).map(Some) }
    }

    /// An integer, read as a string is.
    ///
    /// # Errors
    ///
    /// The engine's own `TypeError`.
    pub fn whole(&self, at: u32) -> Result<i64, Unread> {
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

    /// Something to call, or null.
    ///
    /// # Errors
    ///
    /// The engine's own `TypeError`.
    pub fn callable(&self, at: u32) -> Result<Zval, Unread> {
        let given = self.value(at).map_or_else(Zval::null, Zval::shallow_clone);
        if given.is_null() || given.is_callable() { Ok(given) } else { Err(self.refuse(at, c"?callable")) }
    }

    /// Throws the engine's own `TypeError`: argument such and such must be of type `expected`.
    pub fn refuse(&self, at: u32, expected: &CStr) -> Unread {
        let given = self.value(at).map_or_else(Zval::null, Zval::shallow_clone);
        // SAFETY: the format takes two C strings, which outlive the call.
        unsafe {
            let given = zend_zval_type_name(&raw const given);
            zend_argument_type_error(at + 1, c"must be of type %s, %s given".as_ptr(), expected.as_ptr(), given);
        }
        Unread::Thrown
    }

    /// The object whose method runs.
    #[expect(clippy::mut_from_ref, reason = "an object is the engine's, which passes it on as it likes")]
    pub fn this(&self) -> &mut ZendObject {
        // SAFETY: only methods ask, and the frame keeps their object alive.
        unsafe { &mut *self.0.This.value.obj }
    }

    /// Sets one of its readonly properties, as its constructor may.
    pub fn set(&self, name: &str, value: &str) {
        // SAFETY: a method has a class.
        let class = unsafe { &*self.function().scope };
        self.this().set(class, name, own(value));
    }

    /// The Rust value behind that object.
    ///
    /// # Errors
    ///
    /// [`Unread::NotConstructed`] for a subclass that has not called its parent's constructor.
    pub fn held<T: Any>(&self) -> Result<&T, Unread> {
        self.this().held().ok_or(Unread::NotConstructed)
    }

    fn function(&self) -> &ffi::zend_internal_function {
        // SAFETY: only internal functions have a body of ours.
        unsafe { &(*self.0.func).internal_function }
    }

    fn count(&self) -> u32 {
        // SAFETY: all fields of the union are the same type.
        unsafe { self.0.This.u2.num_args }
    }
}

unsafe extern "C" {
    fn zend_argument_type_error(position: u32, format: *const c_char, ...);
    fn zend_parse_arg_long_slow(given: *mut Zval, whole: *mut i64, position: u32) -> bool;
    fn zend_parse_arg_str_slow(given: *mut Zval, text: *mut *mut ZendStr, position: u32) -> bool;
}
