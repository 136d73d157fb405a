//! The client and its prepared requests.

use std::collections::BTreeMap;

use napi::Env;
use napi::bindgen_prelude::{Object, Result, Unknown};
use napi_derive::napi;
use quhao::{Error, Outcome};
use quhao_bindings::{safe_integers, view};

use crate::call::{self, NativeAbort};
use crate::errors::thrown;
use crate::request::Request;

type Options = BTreeMap<String, String>;

/// One app, or several of a provider's that have `options` in common.
#[napi]
pub struct NativeClient(quhao::Client);

#[napi]
impl NativeClient {
    #[napi(constructor, catch_unwind)]
    pub fn new(env: &Env, provider: String, options: Options, apps: Option<Vec<Options>>) -> Result<Self> {
        let client = match apps {
            Some(apps) => quhao::Client::with_apps(&provider, options, apps),
            None => quhao::Client::new(&provider, options),
        };
        client.map(Self).map_err(|error| thrown(env, error))
    }

    #[napi(catch_unwind)]
    pub fn app(&self, env: &Env, app_id: String) -> Result<Self> {
        self.0.app(&app_id).map(Self).map_err(|error| thrown(env, error))
    }

    /// Prepares, sends once and reads. The promise resolves to `{ result, error, event }`, the event only if `wants_event`.
    #[napi(catch_unwind)]
    pub fn call<'env>(
        &self,
        env: &'env Env,
        request: Request,
        wants_event: bool,
        abort: Option<&NativeAbort>,
    ) -> Result<Object<'env>> {
        let ask = request.ask().map_err(|error| thrown(env, error))?;
        let client = self.0.clone();
        call::begin(env, abort, async move {
            let (result, event) = client.call_with_event::<Outcome>(ask).await;
            (result.map(safe_integers), wants_event.then_some(event))
        })
    }

    #[napi(catch_unwind)]
    pub fn prepare(&self, env: &Env, request: Request) -> Result<NativeCall> {
        let prepared = request.moment(&self.0).and_then(|moment| self.0.prepare(&request.ask()?, &moment));
        prepared.map(NativeCall).map_err(|error| thrown(env, error))
    }

    #[napi(catch_unwind)]
    pub fn read<'env>(&self, env: &'env Env, operation: String, status: u16, body: &[u8]) -> Result<Unknown<'env>> {
        let read = operation.parse().and_then(|operation| self.0.read(operation, status, body));
        answer(env, read)
    }

    #[napi(catch_unwind)]
    pub fn decrypt_number(&self, env: &Env, ciphertext: String) -> Result<String> {
        let opened = self.0.decrypt_number(&ciphertext);
        opened.map(|number| number.expose().to_owned()).map_err(|error| thrown(env, error))
    }

    #[napi(catch_unwind)]
    pub fn inspect<'env>(&self, env: &'env Env, request: Request) -> Result<Unknown<'env>> {
        let inspect = || {
            let (operation, params, moment) = (request.operation()?, request.params()?, request.moment(&self.0)?);
            Ok(self.0.inspect(operation, params, &moment))
        };
        let found = inspect().map_err(|error| thrown(env, error))?;
        env.to_js_value(&view::inspection(&found))
    }

    #[napi(catch_unwind)]
    pub fn signature<'env>(&self, env: &'env Env, request: Request) -> Result<Unknown<'env>> {
        let signed = request.moment(&self.0).and_then(|moment| self.0.signature(&request.ask()?, &moment));
        let signed = signed.map_err(|error| thrown(env, error))?;
        env.to_js_value(&view::signature(&signed))
    }
}

/// A signed request, and the way back from its reply.
#[napi]
pub struct NativeCall(quhao::Call<Outcome>);

#[napi]
impl NativeCall {
    /// Method, url, headers, body and request id.
    #[napi(catch_unwind)]
    pub fn facts<'env>(&self, env: &'env Env) -> Result<Unknown<'env>> {
        env.to_js_value(&view::call(&self.0))
    }

    #[napi(catch_unwind)]
    pub fn read<'env>(&self, env: &'env Env, status: u16, body: &[u8]) -> Result<Unknown<'env>> {
        answer(env, self.0.read(status, body))
    }
}

fn answer(env: &Env, read: std::result::Result<Outcome, Error>) -> Result<Unknown<'_>> {
    let outcome = read.map(safe_integers).map_err(|error| thrown(env, error))?;
    env.to_js_value(&view::answer(&outcome))
}
