//! The client, a signed request, and a handle on a call under way.

use std::sync::{Arc, Mutex, PoisonError};

use napi::bindgen_prelude::{Object, Result};
use napi::{Env, JsDeferred};
use napi_derive::napi;
use quhao::{Outcome, Task};
use serde_json::{Value, json};

use crate::convert::{Fields, answer, ask, inspection, moment, operation, params};
use crate::errors::{rejection, throw};

#[napi]
pub struct NativeClient {
    client: quhao::Client,
}

/// A `question` is an operation and its arguments, and for known answers the moment.
#[napi]
impl NativeClient {
    /// Of one app, or of several that have `options` in common.
    #[napi(constructor, catch_unwind)]
    pub fn new(env: &Env, provider: String, options: Fields, apps: Option<Vec<Fields>>) -> Result<Self> {
        let client = match apps {
            Some(apps) => quhao::Client::with_apps(&provider, options, apps),
            None => quhao::Client::new(&provider, options),
        };
        client.map(|client| Self { client }).map_err(|error| throw(env, &error))
    }

    #[napi(catch_unwind)]
    pub fn app(&self, env: &Env, app_id: String) -> Result<Self> {
        self.client.app(&app_id).map(|client| Self { client }).map_err(|error| throw(env, &error))
    }

    /// Prepares, sends once and reads; resolves to null if it was cancelled.
    #[napi(catch_unwind)]
    pub fn call<'env>(&self, env: &'env Env, question: Value, flight: Option<&Flight>) -> Result<Object<'env>> {
        let ask = ask(&question).map_err(|error| throw(env, &error))?;
        let (deferred, promise) = env.create_deferred()?;
        let settle = Settle(Some(deferred));
        let task = flight.map(|flight| Arc::clone(&flight.task)).unwrap_or_default();
        let (client, own) = (self.client.clone(), Arc::clone(&task));
        let spawned = quhao::spawn(async move {
            // A task that nobody holds is cancelled, so it holds itself until it is done.
            let _own = own;
            settle.with(client.call::<Outcome>(ask).await);
        });
        let spawned = spawned.map_err(|error| throw(env, &error))?;
        *task.lock().unwrap_or_else(PoisonError::into_inner) = Some(spawned);
        Ok(promise)
    }

    #[napi(catch_unwind)]
    pub fn prepare(&self, env: &Env, question: Value) -> Result<NativeCall> {
        let call = ask(&question).and_then(|ask| self.client.prepare::<Outcome>(&ask, &moment(&question)?));
        call.map(|call| NativeCall { call }).map_err(|error| throw(env, &error))
    }

    #[napi(catch_unwind)]
    pub fn read(&self, env: &Env, question: Value, status: u16, body: &[u8]) -> Result<Value> {
        let read = operation(&question).and_then(|operation| self.client.read::<Outcome>(operation, status, body));
        read.map(answer).map_err(|error| throw(env, &error))
    }

    #[napi(catch_unwind)]
    pub fn decrypt_number(&self, env: &Env, ciphertext: String) -> Result<String> {
        self.client.decrypt_number(&ciphertext).map(|it| it.expose().to_owned()).map_err(|error| throw(env, &error))
    }

    #[napi(catch_unwind)]
    pub fn inspect(&self, env: &Env, question: Value) -> Result<Value> {
        let found = |of| Ok(inspection(&self.client.inspect(of, params(&question)?, &moment(&question)?)));
        operation(&question).and_then(found).map_err(|error| throw(env, &error))
    }

    #[napi(catch_unwind)]
    pub fn signature(&self, env: &Env, question: Value) -> Result<Value> {
        let signed = ask(&question).and_then(|ask| self.client.signature(&ask, &moment(&question)?));
        signed.map(|it| json!([it.algorithm, it.base, it.value])).map_err(|error| throw(env, &error))
    }
}

#[napi]
pub struct NativeCall {
    call: quhao::Call<Outcome>,
}

#[napi]
impl NativeCall {
    #[napi(catch_unwind)]
    pub fn parts(&self) -> Value {
        let call = &self.call;
        json!({
            "method": call.method, "url": call.url, "headers": call.headers, "body": call.body,
            "requestId": call.request_id(),
        })
    }

    #[napi(catch_unwind)]
    pub fn read(&self, env: &Env, status: u16, body: &[u8]) -> Result<Value> {
        self.call.read(status, body).map(answer).map_err(|error| throw(env, &error))
    }
}

#[napi]
#[derive(Default)]
pub struct Flight {
    task: Arc<Mutex<Option<Task<()>>>>,
}

#[napi]
impl Flight {
    #[napi(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Drops the request: nothing more is sent.
    #[napi(catch_unwind)]
    pub fn cancel(&self) {
        drop(self.task.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

type Resolver = Box<dyn FnOnce(Env) -> Result<Value>>;

/// A promise that is settled come what may: an unsettled one would keep the process alive.
struct Settle(Option<JsDeferred<Value, Resolver>>);

impl Settle {
    fn with(mut self, answered: std::result::Result<Outcome, quhao::Error>) {
        let resolver: Resolver = match answered.map(answer) {
            Ok(value) => Box::new(move |_| Ok(value)),
            Err(error) => Box::new(move |env| Err(rejection(&env, &error))),
        };
        if let Some(deferred) = self.0.take() {
            deferred.resolve(resolver);
        }
    }
}

impl Drop for Settle {
    fn drop(&mut self) {
        if let Some(deferred) = self.0.take() {
            deferred.resolve(Box::new(|_| Ok(Value::Null)));
        }
    }
}
