//! The core's results as plain data, once for all language bindings.
//!
//! A binding serialises a [`view`] into its language's own objects and adds nothing: each field is named once, in the
//! view, and has that name in every language but for the letter case. Numbers are in clear: a result is what was asked for.

#![expect(missing_docs, reason = "an internal crate: each field has the name and the meaning that the core gives it")]

mod safe_integers;
mod sandbox;
pub mod view;

pub use safe_integers::safe_integers;
pub use sandbox::{Command, CommandError, Sandbox};
