//! The core's error as plain data; TypeScript makes the class of it.

use std::error::Error as StdError;
use std::io;

use napi::bindgen_prelude::Error;
use napi::{Env, Status};
use quhao::{ErrorKind, Phase};
use serde_json::{Value, json};

/// Throws the facts of an error, and returns what tells napi so.
pub(crate) fn throw(env: &Env, error: &quhao::Error) -> Error {
    thrown(env, facts(error))
}

/// Throws what the sandbox cannot do: the caller's code asked for it.
pub(crate) fn throw_told(env: &Env, told: &dyn StdError) -> Error {
    let kind = ErrorKind::Config;
    let facts =
        json!({"kind": kind.as_str(), "message": told.to_string(), "hint": kind.hint().to_string(), "charge": "no"});
    thrown(env, facts)
}

/// The facts of an error as what a promise is rejected with.
pub(crate) fn rejection(env: &Env, error: &quhao::Error) -> Error {
    env.to_js_value(&facts(error)).map_or_else(|failed| failed, Error::from_unknown_without_coercion)
}

fn thrown(env: &Env, facts: Value) -> Error {
    env.throw(facts).err().unwrap_or_else(|| Error::new(Status::PendingException, String::new()))
}

fn facts(error: &quhao::Error) -> Value {
    let causes: Vec<_> = std::iter::successors(error.source(), |&cause| cause.source())
        .map(|cause| {
            let errno = cause.downcast_ref::<io::Error>().and_then(io::Error::raw_os_error);
            json!({"message": cause.to_string(), "errno": errno})
        })
        .collect();
    json!({
        "kind": error.kind().as_str(), "retry": error.retry().as_str(), "charge": error.charge().as_str(),
        "provider": error.provider(), "vendorCode": error.vendor_code(), "message": error.message(),
        "hint": error.hint().to_string(), "requestId": error.request_id(),
        "phase": error.phase().map(Phase::as_str), "timeout": error.is_timeout(), "causes": causes,
    })
}
