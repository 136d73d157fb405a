//! Classes and functions as a stub file declares them, over [ext-php-rs](ext_php_rs): the only module with `unsafe`.
//!
//! The stub declares the interface for IDEs, and a [`Handler`] implements each function in it. [`register`] makes classes
//! of both: typed readonly properties, defaults, named arguments, `SensitiveParameter`. A class without a parent is
//! neither cloned nor serialised, and dumps of its objects are masked by [`Mask`]. Wrong arguments are the engine's own
//! `TypeError` and `ArgumentCountError`.

mod arguments;
mod callback;
mod engine;
mod function;
mod object;
mod process;
mod register;
mod stub;
mod zval;

pub(crate) use arguments::Arguments;
pub(crate) use callback::call_listener;
pub(crate) use function::Handler;
pub(crate) use object::{Mask, object, properties, set_native, set_property};
pub(crate) use process::{block_signals, ini, with_blocked_signals};
pub(crate) use register::register;
pub(crate) use stub::snake;
pub(crate) use zval::{entries, is_list, plain, to_zval, value};
