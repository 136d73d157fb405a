//! The Rust side of functions and methods.
#![expect(unsafe_code, reason = "the engine calls a function pointer, which has no room for a closure")]

use std::mem;
use std::panic::AssertUnwindSafe;
use std::ptr::NonNull;

use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::prelude::zend_fastcall;
use ext_php_rs::types::Zval;
use ext_php_rs::zend::{ExecuteData, run_handler};

use super::arguments::Arguments;
use super::zval::to_zval;
use crate::Result;

/// A function's or method's name in the stub, and its implementation.
#[derive(Clone, Copy)]
pub(crate) struct Handler {
    pub(super) name: &'static str,
    pub(super) build: fn(&str) -> FunctionBuilder<'static>,
}

impl Handler {
    /// `Quhao\Client::fetchNumber` or `Quhao\explain`, and a function or a closure that captures nothing.
    ///
    /// A panic becomes PHP's `Error`.
    pub(crate) const fn new<F: Fn(&Arguments<'_>) -> Result<T> + Copy, T: IntoZval>(name: &'static str, _: F) -> Self {
        const { assert!(mem::size_of::<F>() == 0, "a handler captures nothing") };
        Self { name, build: |name| FunctionBuilder::new(name, run::<F, T>) }
    }
}

zend_fastcall! {
    extern fn run<F, T>(frame: &mut ExecuteData, result: &mut Zval)
    where
        F: Fn(&Arguments<'_>) -> Result<T> + Copy,
        T: IntoZval,
    {
        // SAFETY: it has no bytes, may be copied, and `Handler::new` was given one.
        let function = unsafe { NonNull::<F>::dangling().read() };
        run_handler(AssertUnwindSafe(|| {
            match Arguments::of(frame).and_then(|args| function(&args)) {
                Ok(value) => *result = to_zval(value),
                Err(failure) => failure.throw(),
            }
        }));
    }
}
