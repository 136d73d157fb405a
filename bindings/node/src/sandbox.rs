//! The gateways in this process, for tests without a phone.

use napi::bindgen_prelude::Result;
use napi_derive::napi;
use quhao_bindings::Sandbox;

use crate::errors::told;

/// Listens from construction until it is closed.
#[napi]
pub struct NativeSandbox {
    gateways: Sandbox,
}

#[napi]
impl NativeSandbox {
    #[napi(constructor, catch_unwind)]
    pub fn new(port: u16, tls: bool, ca_file: Option<String>) -> Result<Self> {
        let started = Sandbox::start(port, tls, ca_file.map(Into::into));
        started.map(|gateways| Self { gateways }).map_err(told)
    }

    #[napi(catch_unwind)]
    pub fn close(&self) {
        self.gateways.close();
    }

    /// See [`Sandbox::tell`]: an order, what it needs as text, and its answer as JSON.
    #[napi(catch_unwind)]
    pub fn tell(&self, order: String, given: Vec<String>) -> Result<String> {
        let given: Vec<_> = given.iter().map(String::as_str).collect();
        self.gateways.tell(&order, &given).map(|answer| answer.to_string()).map_err(told)
    }
}
