//! Calls under an event loop. The I/O thread never touches Python: it leaves the answer here and wakes the loop.
//!
//! So nobody waits for the GIL on the thread that serves all calls, and no call meets an interpreter that goes down.

use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::prelude::*;
use quhao::Task;

use crate::errors::raise;
use crate::{Answer, Ask, Client, convert};

/// Where the answers for one event loop arrive, each under its ticket. The descriptor is readable while there are any.
#[pyclass(frozen, module = "quhao._native")]
pub(crate) struct Inbox {
    sender: Sender<(u64, Answer)>,
    receiver: Mutex<Receiver<(u64, Answer)>>,
    bell: Arc<UnixStream>,
    ear: UnixStream,
}

/// A call in flight, until it is dropped.
#[pyclass(frozen, module = "quhao._native")]
pub(crate) struct Pending(#[expect(dead_code, reason = "held for its drop")] Task<()>);

#[pymethods]
impl Inbox {
    #[new]
    fn new() -> PyResult<Self> {
        let ((sender, receiver), (bell, ear)) = (channel(), UnixStream::pair()?);
        // A bell that is full has been heard of already.
        bell.set_nonblocking(true)?;
        ear.set_nonblocking(true)?;
        Ok(Self { sender, receiver: Mutex::new(receiver), bell: Arc::new(bell), ear })
    }

    fn fileno(&self) -> i32 {
        self.ear.as_raw_fd()
    }

    fn start(&self, client: &Client, ask: &Ask, ticket: u64) -> PyResult<Pending> {
        let (sender, bell) = (self.sender.clone(), Arc::clone(&self.bell));
        let deliver = move |answer| {
            drop(sender.send((ticket, answer)));
            drop((&*bell).write(&[0]));
        };
        client.start(ask, deliver).map(Pending)
    }

    /// Takes what has arrived: tickets, each with a result or an exception.
    fn take<'py>(&self, py: Python<'py>) -> Vec<(u64, Bound<'py, PyAny>)> {
        drop((&self.ear).read(&mut [0; 4096]));
        let receiver = self.receiver.lock().unwrap_or_else(PoisonError::into_inner);
        let answers = receiver.try_iter().map(|(ticket, answer)| {
            let answer = answer.map_err(raise).and_then(|outcome| convert::outcome(py, outcome));
            (ticket, answer.unwrap_or_else(|error| error.into_value(py).into_bound(py).into_any()))
        });
        answers.collect()
    }
}
