//! Calls under an event loop. The I/O thread leaves the answers here and wakes the loop.

use std::mem::take;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pyo3::prelude::*;
use quhao::{Error, Outcome, Task};
use quhao_python_engine::broke_off;

use crate::bell::Bell;
use crate::{Ask, Client, Event, convert};

/// Where the answers for one event loop arrive, each under its ticket.
#[pyclass(frozen, module = "quhao._native")]
pub(crate) struct Inbox(Arc<Mail>);

struct Mail {
    letters: Mutex<Vec<Letter>>,
    bell: Bell,
}

/// A ticket, and what the call ended in: nothing where it broke off.
type Letter = (u64, Option<(Result<Outcome, Error>, quhao::Event)>);

/// What tells of a call that broke off: even a panic has an answer.
struct Unsent(Arc<Mail>, u64);

/// A call in flight, until it is dropped.
#[pyclass(frozen, module = "quhao._native")]
pub(crate) struct Pending(#[expect(dead_code, reason = "held for its drop")] Task<()>);

#[pymethods]
impl Inbox {
    /// Wakes the loop by `wake`, or without one by a descriptor.
    #[new]
    fn new(wake: Option<Py<PyAny>>) -> PyResult<Self> {
        Ok(Self(Arc::new(Mail { letters: Mutex::default(), bell: Bell::new(wake)? })))
    }

    fn fileno(&self) -> Option<i32> {
        self.0.bell.fileno()
    }

    fn start(&self, client: &Client, ask: &Ask, ticket: u64) -> PyResult<Pending> {
        let (client, ask) = (quhao::Client::clone(&client.0), ask.0.clone());
        let letter = Unsent(Arc::clone(&self.0), ticket);
        let call = async move {
            let (answer, event) = client.call_with_event(ask).await;
            letter.0.deliver((ticket, Some((answer, event))));
        };
        quhao::spawn(call).map(Pending).map_err(convert::raise)
    }

    /// Takes what has arrived: tickets, each with a result or an exception, and with what may be logged.
    fn take<'py>(&self, py: Python<'py>) -> Vec<(u64, Bound<'py, PyAny>, Option<Event>)> {
        self.0.bell.hush();
        let letters = take(&mut *self.0.letters());
        let told = |(ticket, ended): Letter| match ended {
            Some((answer, event)) => (ticket, convert::ended(py, answer), Some(Event(event))),
            None => (ticket, broke_off().into_value(py).into_bound(py).into_any(), None),
        };
        letters.into_iter().map(told).collect()
    }
}

impl Mail {
    fn letters(&self) -> MutexGuard<'_, Vec<Letter>> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn deliver(&self, letter: Letter) {
        let mut letters = self.letters();
        letters.push(letter);
        let is_first = letters.len() == 1;
        drop(letters);
        // Those that follow before the loop comes are taken with it.
        if is_first {
            self.bell.ring();
        }
    }
}

impl Drop for Unsent {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.deliver((self.1, None));
        }
    }
}
