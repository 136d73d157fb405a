//! Calls under an event loop. The I/O thread queues the completions and wakes the loop.

use std::mem::take;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pyo3::prelude::*;
use quhao::binding::{self, Task};
use quhao::{Error, Outcome};

use crate::client::{Ask, Client, Event};
use crate::detached::internal_error;
use crate::outputs;
use crate::waker::Waker;

/// The completed calls of one event loop.
#[pyclass(frozen, module = "quhao._native")]
pub(crate) struct CompletionQueue(Arc<Inner>);

struct Inner {
    completions: Mutex<Vec<Completion>>,
    waker: Waker,
}

/// A call's id, with its result and telemetry; `None` after a panic.
type Completion = (u64, Option<(Result<Outcome, Error>, quhao::Event)>);

/// Completes a call that panics.
struct PanicGuard(Arc<Inner>, u64);

/// A call in flight. Dropping it aborts the call.
#[pyclass(frozen, module = "quhao._native")]
pub(crate) struct Pending(#[expect(dead_code, reason = "held for its drop")] Task<()>);

#[pymethods]
impl CompletionQueue {
    /// Wakes the loop by calling `wake`, or through a descriptor if it is `None`.
    #[new]
    fn new(wake: Option<Py<PyAny>>) -> PyResult<Self> {
        Ok(Self(Arc::new(Inner { completions: Mutex::default(), waker: Waker::new(wake)? })))
    }

    fn fileno(&self) -> Option<i32> {
        self.0.waker.fileno()
    }

    fn start(&self, client: &Client, ask: &Ask, id: u64) -> PyResult<Pending> {
        let (client, ask) = (quhao::Client::clone(&client.0), ask.0.clone());
        let guard = PanicGuard(Arc::clone(&self.0), id);
        let call = async move {
            let completed = client.call_with_event(ask).await;
            guard.0.push((id, Some(completed)));
        };
        binding::spawn(call).map(Pending).map_err(outputs::exception)
    }

    /// Takes the completions: ids, each with a result or an exception, and with its telemetry.
    fn take<'py>(&self, py: Python<'py>) -> Vec<(u64, Bound<'py, PyAny>, Option<Event>)> {
        self.0.waker.drain();
        let completions = take(&mut *self.0.completions());
        let convert = |(id, completed): Completion| match completed {
            Some((answer, event)) => (id, outputs::result_or_exception(py, answer), Some(Event(event))),
            None => (id, internal_error().into_value(py).into_bound(py).into_any(), None),
        };
        completions.into_iter().map(convert).collect()
    }
}

impl Inner {
    fn completions(&self) -> MutexGuard<'_, Vec<Completion>> {
        self.completions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, completion: Completion) {
        let mut completions = self.completions();
        completions.push(completion);
        let is_first = completions.len() == 1;
        drop(completions);
        // Those that follow before the loop wakes are taken with it.
        if is_first {
            self.waker.wake();
        }
    }
}

impl Drop for PanicGuard {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.push((self.1, None));
        }
    }
}
