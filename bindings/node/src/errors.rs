//! The core's error as JSON; TypeScript makes the class of it.

use std::fmt::Display;

use napi::bindgen_prelude::Error;
use quhao::ErrorKind;
use quhao_bindings::view;
use serde_json::json as object;

use crate::question::json;

/// What tells napi to throw the facts of an error.
pub(crate) fn thrown(error: quhao::Error) -> Error {
    Error::from_reason(json(&view::error(&error)))
}

/// An error as what a call ends in.
pub(crate) fn failed(error: &quhao::Error) -> String {
    format!(r#"{{"error":{}}}"#, json(&view::error(error)))
}

/// The facts of what the sandbox cannot do: the caller's code asked for it.
pub(crate) fn told(told: impl Display) -> Error {
    let kind = ErrorKind::Config;
    let (message, hint) = (told.to_string(), kind.hint().to_string());
    Error::from_reason(object!({"kind": kind.as_str(), "message": message, "hint": hint, "charge": "no"}).to_string())
}
