//! A call under way: a promise for its end, and the way to abort it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use napi::JsDeferred;
use napi::bindgen_prelude::{Env, Object, Result, Unknown};
use napi_derive::napi;
use quhao::{Error, Event, Outcome, binding};
use quhao_bindings::{safe_integers, view};
use serde::Serialize;

use crate::errors::thrown;

/// Aborts the call that it was passed to; does nothing before that call begins or after it ends.
#[napi]
pub struct NativeAbort(Slot);

/// The call's task. The task holds it as well, so that a call lives until it ends or is aborted.
type Slot = Arc<Mutex<Option<binding::Task<()>>>>;

#[napi]
impl NativeAbort {
    #[napi(constructor)]
    pub fn new() -> Self {
        Self(Slot::default())
    }

    /// Drops the call's request: nothing more is sent.
    #[napi(catch_unwind)]
    pub fn abort(&self) {
        drop(lock(&self.0).take());
    }
}

/// How a call ended.
pub(crate) struct Ended {
    pub(crate) result: std::result::Result<Outcome, Error>,
    pub(crate) event: Option<Event>,
}

#[derive(Serialize)]
struct EndedView<'a> {
    result: Option<view::Answer<'a>>,
    error: Option<view::Error<'a>>,
    event: Option<view::Event<'a>>,
}

/// Runs a call on quhao's I/O thread. The promise resolves to `{ result, error, event }`, or to null if the call was
/// aborted or panicked.
pub(crate) fn begin<'env>(
    env: &'env Env,
    abort: Option<&NativeAbort>,
    call: impl Future<Output = Ended> + Send + 'static,
) -> Result<Object<'env>> {
    let (deferred, promise) = env.create_deferred()?;
    let reply = Reply { deferred: Some(deferred), ended: None };
    let slot = abort.map(|abort| Arc::clone(&abort.0)).unwrap_or_default();
    let held = Arc::clone(&slot);
    let task = binding::spawn(async move {
        let _held = held;
        reply.settle(call.await);
    });
    *lock(&slot) = Some(task.map_err(|error| thrown(env, error))?);
    Ok(promise)
}

/// Resolves its promise when dropped. An unresolved one would keep the event loop alive for ever.
struct Reply {
    deferred: Option<JsDeferred<Unknown<'static>, Resolver>>,
    ended: Option<Ended>,
}

type Resolver = Box<dyn FnOnce(Env) -> Result<Unknown<'static>>>;

impl Reply {
    fn settle(mut self, ended: Ended) {
        self.ended = Some(ended);
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        if let Some(deferred) = self.deferred.take() {
            let ended = self.ended.take();
            deferred.resolve(Box::new(move |env| to_js(&env, ended)));
        }
    }
}

fn to_js(env: &Env, ended: Option<Ended>) -> Result<Unknown<'static>> {
    let Some(Ended { result, event }) = ended else { return env.to_js_value(&()) };
    let (result, error) = match result {
        Ok(outcome) => (Some(safe_integers(outcome)), None),
        Err(error) => (None, Some(error)),
    };
    let event = event.as_ref().map(view::event);
    env.to_js_value(&EndedView {
        result: result.as_ref().map(view::answer),
        error: error.as_ref().map(view::error),
        event,
    })
}

fn lock(slot: &Slot) -> MutexGuard<'_, Option<binding::Task<()>>> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}
