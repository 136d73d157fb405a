//! What a function or method does.

use std::mem;
use std::panic::AssertUnwindSafe;
use std::ptr::NonNull;

use ext_php_rs::convert::IntoZval;
use ext_php_rs::prelude::zend_fastcall;
use ext_php_rs::types::Zval;
use ext_php_rs::zend::{ExecuteData, run_handler};

use crate::arguments::{Arguments, Unread};
use crate::plain::own;

/// A function's or method's name in the stub, and what it does.
#[derive(Clone, Copy)]
pub struct Body {
    pub(crate) name: &'static str,
    pub(crate) handler: Handler,
}

/// What a body can end in instead of an answer.
pub trait Exception: From<Unread> {
    /// Throws it, unless the engine has thrown already.
    fn throw(self);
}

impl Body {
    /// `Quhao\Client::fetchNumber` or `Quhao\explain`, and a function or a closure that captures nothing.
    ///
    /// A panic becomes PHP's `Error`.
    pub const fn new<F, T, E>(name: &'static str, _: F) -> Self
    where
        F: Fn(&Arguments<'_>) -> Result<T, E> + Copy,
        T: IntoZval,
        E: Exception,
    {
        const { assert!(mem::size_of::<F>() == 0, "a body captures nothing") };
        Self { name, handler: handle::<F, T, E> }
    }
}

zend_fastcall! {
    extern fn handle<F, T, E>(frame: &mut ExecuteData, answer: &mut Zval)
    where
        F: Fn(&Arguments<'_>) -> Result<T, E> + Copy,
        T: IntoZval,
        E: Exception,
    {
        // SAFETY: it has no bytes, may be copied, and `Body::new` was given one.
        let body = unsafe { NonNull::<F>::dangling().read() };
        run_handler(AssertUnwindSafe(|| {
            let given = Arguments::of(frame);
            match given.counted().map_err(E::from).and_then(|()| body(&given)) {
                Ok(value) => *answer = own(value),
                Err(exception) => exception.throw(),
            }
        }));
    }
}

/// `zend_fastcall!`'s convention.
#[cfg(not(windows))]
type Handler = extern "C" fn(&mut ExecuteData, &mut Zval);
#[cfg(windows)]
type Handler = extern "vectorcall" fn(&mut ExecuteData, &mut Zval);
