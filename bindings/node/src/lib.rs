//! The native part of the npm package `quhao`: plain data in, plain data out.
//!
//! What a user sees is TypeScript, in `ts/`. It has checked the type of every argument that comes here, and makes
//! classes and camelCase of what leaves. Calls run on the core's own I/O thread, never on libuv's pool.

mod client;
mod convert;
mod errors;
mod sandbox;

use napi_derive::napi;
use serde_json::{Value, json};

use crate::convert::{option, row};

/// Every row of the vendors' tables for a code.
#[napi(catch_unwind)]
pub fn explain(code: String) -> Value {
    quhao::explain(&code).map(row).collect()
}

/// Version, providers, operations and options as data: types are generated from it.
#[napi(catch_unwind)]
pub fn about() -> Value {
    let provider = |info: &'static quhao::ProviderInfo| {
        let operations: Vec<_> = info.operations.iter().map(|operation| operation.as_str()).collect();
        let options: Vec<_> = info.options.iter().map(option).collect();
        json!({"id": info.id, "zh": info.zh, "en": info.en, "operations": operations, "options": options})
    };
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "common": quhao::provider::common_options().iter().map(option).collect::<Vec<_>>(),
        "providers": quhao::provider::all().iter().map(provider).collect::<Vec<_>>(),
    })
}
