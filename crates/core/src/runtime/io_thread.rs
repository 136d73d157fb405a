//! The I/O thread, and tasks that are dropped with their handles.

use std::future::pending;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

use super::connections::RuntimeConnections;
use super::{RUNTIMES, current_thread, forked, runtime_ended};
use crate::error::{Error, ErrorKind, Phase};
use crate::http::TlsConfigs;
use crate::process::{ForkGuard, start_thread};

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
    pub(super) fn connections(&self, tls: &Arc<TlsConfigs>) -> Result<Arc<RuntimeConnections>, Error> {
        let mut started = self.0.lock().unwrap_or_else(PoisonError::into_inner);
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
            Error::new(kind, "the I/O thread could not be started").caused_by(error)
        };
        let connections = Arc::new(RuntimeConnections::new(handle.map_err(refused)?, tls));
        Ok(Arc::clone(started.insert(connections)))
    }
}

/// Runs a future on the process's I/O thread: for language bindings, whose own event loops cannot drive it.
///
/// # Errors
///
/// `transport` (connect) where the operating system refuses a thread or a descriptor.
pub fn spawn<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> Result<Task<T>, Error> {
    Ok(RUNTIMES.with(|runtimes| runtimes.io_thread.connections(&runtimes.tls))?.spawn(future))
}

/// A spawned future. Dropping it drops the future: a cancelled call sends nothing more. A forked child leaks it.
#[derive(Debug)]
pub struct Task<T>(ForkGuard<AbortOnDrop<T>>);

#[derive(Debug)]
struct AbortOnDrop<T>(JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl<T> Task<T> {
    pub(super) fn new(handle: JoinHandle<T>) -> Self {
        Self(ForkGuard::new(AbortOnDrop(handle)))
    }

    /// Parks the thread until the future has ended, and calls `should_continue` every `interval`.
    pub(super) fn wait<E>(
        mut self,
        interval: Duration,
        mut should_continue: impl FnMut() -> Result<(), E>,
    ) -> Result<Result<T, Error>, E> {
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let mut asked = Instant::now();
        loop {
            if let Poll::Ready(ended) = Pin::new(&mut self).poll(&mut Context::from_waker(&waker)) {
                return Ok(ended);
            }
            thread::park_timeout(interval.saturating_sub(asked.elapsed()));
            if asked.elapsed() >= interval {
                should_continue()?;
                asked = Instant::now();
            }
        }
    }
}

impl<T> Future for Task<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<T, Error>> {
        match self.0.get_mut() {
            Some(task) => {
                let ended = Pin::new(&mut task.0).poll(context);
                ended.map_err(|error| runtime_ended(Phase::Receive).caused_by(error))
            }
            None => Poll::Ready(Err(forked())),
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
