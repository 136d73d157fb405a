//! The native part of the npm package `quhao`.
//!
//! Users see the TypeScript in `ts/`. It checks the types of all arguments that arrive here, and turns the plain
//! objects that leave into classes with camelCase names.

mod call;
mod client;
mod errors;
mod request;
mod sandbox;

use napi::Env;
use napi::bindgen_prelude::{Result, Unknown};
use napi_derive::napi;
use quhao_bindings::view;

/// Every row of the vendors' code tables for a code.
#[napi(catch_unwind)]
pub fn explain(env: &Env, code: String) -> Result<Unknown<'_>> {
    env.to_js_value(&view::explain(&code))
}

/// How calls have ended since the process started.
#[napi(catch_unwind)]
pub fn counters(env: &Env) -> Result<Unknown<'_>> {
    env.to_js_value(&view::counters())
}

/// Providers, operations and options: `ts/providers.ts` is generated from it.
#[napi(catch_unwind)]
pub fn providers(env: &Env) -> Result<Unknown<'_>> {
    env.to_js_value(&view::providers())
}

#[napi]
pub fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}
