//! Errors as plain objects; TypeScript makes the class of them.

use napi::Status;
use napi::bindgen_prelude::{Env, Error, Result};
use quhao::ErrorKind;
use quhao_bindings::view;
use serde::Serialize;
use serde_json::json;

/// Throws the facts of an error.
pub(crate) fn thrown(env: &Env, error: quhao::Error) -> Error {
    throw(env, &view::error(&error))
}

/// Throws what the sandbox refused: the caller's code asked for it.
pub(crate) fn refused(env: &Env, message: impl ToString) -> Error {
    let kind = ErrorKind::Config;
    let (message, hint) = (message.to_string(), kind.hint().to_string());
    throw(env, &json!({"kind": kind.as_str(), "message": message, "hint": hint, "charge": "no"}))
}

/// An exception is pending once this returns, and napi leaves it as it is.
fn throw(env: &Env, facts: &impl Serialize) -> Error {
    let thrown: Result<()> = env.to_js_value(facts).and_then(|facts| env.throw(facts));
    thrown.err().unwrap_or_else(|| Error::from_status(Status::PendingException))
}
