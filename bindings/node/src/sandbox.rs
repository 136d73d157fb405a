//! The gateways in this process, for tests without a phone.

use napi::bindgen_prelude::{Env, Object, Result};
use napi_derive::napi;
use quhao_bindings::{Command, Sandbox};
use serde_json::Value;

use crate::errors::refused;

/// Listens from construction until it is closed.
#[napi]
pub struct NativeSandbox(Sandbox);

#[napi]
impl NativeSandbox {
    #[napi(constructor, catch_unwind)]
    pub fn new(env: &Env, port: u16, tls: bool, ca_file: Option<String>) -> Result<Self> {
        let started = Sandbox::start(port, tls, ca_file.map(Into::into));
        started.map(Self).map_err(|error| refused(env, error))
    }

    #[napi(catch_unwind)]
    pub fn close(&self) {
        self.0.close();
    }

    /// Runs a [`Command`], whose fields are in snake_case.
    #[napi(catch_unwind)]
    pub fn run(&self, env: &Env, command: Object) -> Result<Value> {
        let command: Command = env.from_js_value(command)?;
        self.0.run(command).map_err(|error| refused(env, error))
    }
}
