//! The core's error as JSON; TypeScript makes the class of it.

use std::fmt::Display;

use napi::bindgen_prelude::Error;
use quhao::ErrorKind;
use serde_json::json;

/// What tells napi to throw the facts of an error.
pub(crate) fn thrown(error: quhao::Error) -> Error {
    Error::from_reason(quhao_plain::error(&error).to_string())
}

/// An error as what a call ends in.
pub(crate) fn failed(error: &quhao::Error) -> String {
    json!({"error": quhao_plain::error(error)}).to_string()
}

/// The facts of what the sandbox cannot do: the caller's code asked for it.
pub(crate) fn told(told: impl Display) -> Error {
    let kind = ErrorKind::Config;
    let (message, hint) = (told.to_string(), kind.hint().to_string());
    Error::from_reason(json!({"kind": kind.as_str(), "message": message, "hint": hint, "charge": "no"}).to_string())
}
