//! The I/O thread.

use std::future::pending;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use super::connections::{RuntimeConnections, Task};
use super::current_thread;
use crate::model::{Error, ErrorKind, Phase};
use crate::process::{lock, start_thread};

/// A current-thread runtime on a thread that is started when it is first needed.
///
/// Not a multi-thread runtime with one worker: tokio panics where the operating system refuses that worker.
#[derive(Default)]
pub(super) struct IoThread(Mutex<Option<Arc<RuntimeConnections>>>);

impl IoThread {
    /// The thread's connections.
    ///
    /// # Errors
    ///
    /// `transport` (connect) where the operating system refuses a thread or a descriptor.
    pub(super) fn connections(&self) -> Result<Arc<RuntimeConnections>, Error> {
        let mut started = lock(&self.0);
        if let Some(connections) = &*started {
            return Ok(Arc::clone(connections));
        }
        let (sender, built) = mpsc::channel();
        let run = move || match current_thread() {
            Ok(runtime) => {
                drop(sender.send(Ok(runtime.handle().clone())));
                runtime.block_on(pending::<()>());
            }
            Err(error) => drop(sender.send(Err(error))),
        };
        let handle = start_thread("quhao-io", run).and_then(|()| built.recv().map_err(io::Error::other)?);
        let refused = |error| {
            let kind = ErrorKind::Transport { phase: Phase::Connect, timeout: false };
            Error::new(kind, "the I/O thread could not be started").with_source(error)
        };
        let connections = Arc::new(RuntimeConnections::new(handle.map_err(refused)?));
        Ok(Arc::clone(started.insert(connections)))
    }
}

/// Parks the thread until a task has ended. See [`super::block_on`].
pub(super) fn wait<T, E>(
    task: Result<Task<T>, Error>,
    interval: Duration,
    mut should_continue: impl FnMut() -> Result<(), E>,
) -> Result<Result<T, Error>, E> {
    let mut task = match task {
        Ok(task) => task,
        Err(error) => return Ok(Err(error)),
    };
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut asked = Instant::now();
    loop {
        if let Poll::Ready(ended) = Pin::new(&mut task).poll(&mut Context::from_waker(&waker)) {
            return Ok(ended);
        }
        thread::park_timeout(interval.saturating_sub(asked.elapsed()));
        if asked.elapsed() >= interval {
            should_continue()?;
            asked = Instant::now();
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
