//! PHP classes and functions as a stub file declares them: what [ext-php-rs](ext_php_rs) has no words for.
//!
//! An extension writes its interface once, as a PHP stub for IDEs, and a [`Body`] for each function in it.
//! [`register`] makes PHP's own classes of both: typed readonly properties, defaults, named arguments,
//! `SensitiveParameter`. A class without a parent is neither cloned nor serialised, and its dumps show what [`Mask`]
//! leaves of its properties. Wrong arguments are the engine's own `TypeError` and `ArgumentCountError`.
//!
//! All `unsafe` code of an extension can stay here; none of it knows what the extension is about.
#![expect(unsafe_code, reason = "the engine's interface is C")]

mod arguments;
mod body;
mod layout;
mod listener;
mod object;
mod plain;
mod process;
mod register;
mod serializer;
mod stub;

pub use arguments::{Arguments, Unread};
pub use body::{Body, Exception};
pub use listener::tell;
pub use object::{Mask, Object, object};
pub use plain::{NotUtf8, entries, is_list, own, text, type_name, value};
pub use process::{LastUse, OfProcess, ini, show_ini, take_no_signals, without_signals};
pub use register::register;
pub use serializer::zval;
pub use stub::snake;
