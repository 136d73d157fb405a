//! A call under way: a promise for its end, and the way to abort it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use napi::JsDeferred;
use napi::bindgen_prelude::{Env, Object, Result, Unknown};
use napi_derive::napi;
use quhao::binding::{Task, spawn};
use quhao::{Error, Event, Outcome};
use quhao_bindings::view;
use serde::Serialize;

use crate::errors::thrown;

/// Aborts the call that it is passed to.
#[napi]
pub struct NativeAbort(Slot);

/// The call's task. The task holds its own slot, so that a call lives until it ends or is aborted.
type Slot = Arc<Mutex<Option<Task<()>>>>;

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

/// How a call ended, and its event if that is wanted.
pub(crate) type Ended = (std::result::Result<Outcome, Error>, Option<Event>);

#[derive(Serialize)]
struct EndedView<'a> {
    result: Option<view::Answer<'a>>,
    error: Option<view::Error<'a>>,
    event: Option<view::Event<'a>>,
}

/// Runs a call on quhao's I/O thread. The promise resolves to an [`EndedView`], or to null if the call was aborted or
/// panicked.
pub(crate) fn begin<'env>(
    env: &'env Env,
    abort: Option<&NativeAbort>,
    call: impl Future<Output = Ended> + Send + 'static,
) -> Result<Object<'env>> {
    let (deferred, promise) = env.create_deferred()?;
    let reply = Reply { deferred: Some(deferred), ended: None };
    let slot = abort.map(|abort| Arc::clone(&abort.0)).unwrap_or_default();
    let held = Arc::clone(&slot);
    let task = spawn(async move {
        let _held = held;
        reply.settle(call.await);
    });
    *lock(&slot) = Some(task.map_err(|error| thrown(env, error))?);
    Ok(promise)
}

/// Resolves its promise when it is dropped: a promise that stays open keeps the event loop alive for ever.
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
        let ended = self.ended.take();
        if let Some(deferred) = self.deferred.take() {
            deferred.resolve(Box::new(move |env| {
                env.to_js_value(&ended.as_ref().map(|(result, event)| EndedView {
                    result: result.as_ref().ok().map(view::answer),
                    error: result.as_ref().err().map(view::error),
                    event: event.as_ref().map(view::event),
                }))
            }));
        }
    }
}

fn lock(slot: &Slot) -> MutexGuard<'_, Option<Task<()>>> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}
