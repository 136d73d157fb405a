//! The native part of the npm package `quhao`: text in, text out.
//!
//! What a user sees is TypeScript, in `ts/`. It has checked the type of every argument that comes here, and makes
//! classes and camelCase of what leaves. One text crosses faster than an object, of which Node-API takes a call for
//! each field. Calls are never on libuv's pool: see [`mailbox`].

mod client;
mod errors;
mod mailbox;
mod question;
mod sandbox;

use napi_derive::napi;
use quhao_bindings::view;

use crate::question::json;

/// Every row of the vendors' tables for a code.
#[napi(catch_unwind)]
pub fn explain(code: String) -> String {
    json(&view::explain(&code))
}

/// How calls have ended since the process started.
#[napi(catch_unwind)]
pub fn counters() -> String {
    json(&view::counters())
}

/// Providers, operations and options: types are generated from it.
#[napi(catch_unwind)]
pub fn providers() -> String {
    json(&view::providers())
}

#[napi]
pub fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}
