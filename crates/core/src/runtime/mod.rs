//! The runtime that drives a call. Each has reqwest clients of its own, because connections belong to the runtime that
//! polls them:
//!
//! * the caller's tokio, for async Rust;
//! * a runtime that the waiting thread drives itself, for blocking callers: no other thread is woken;
//! * the I/O thread, for callers without tokio and for event loops of other languages.

mod connections;
mod io_thread;
mod local;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Builder, Handle, Runtime};

pub(crate) use self::connections::RuntimeConnections;
use self::connections::RuntimeRegistry;
pub use self::connections::Task;
use self::io_thread::IoThread;
use self::local::LocalRuntimes;
use crate::model::{Error, ErrorKind, Phase};
use crate::process::PerProcess;

/// The runtimes of this process.
#[derive(Default)]
struct Runtimes {
    callers: RuntimeRegistry,
    local: LocalRuntimes,
    io_thread: IoThread,
}

/// Drives a call in the caller's tokio runtime; without one, or in one without I/O or time, on the I/O thread.
///
/// # Errors
///
/// `transport` (connect) where the operating system refuses the I/O thread.
pub(crate) async fn drive<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
    call: impl FnOnce(Arc<RuntimeConnections>) -> F,
) -> Result<T, Error> {
    let handle = Handle::try_current().ok();
    match handle.and_then(|handle| RUNTIMES.with(|runtimes| runtimes.callers.get(handle))) {
        Some(connections) => Ok(call(connections).await),
        None => on_io_thread(call)?.await,
    }
}

/// Drives a call from a thread that waits for it, and calls `should_continue` on that thread every `interval`.
///
/// A thread that belongs to a tokio runtime already, or finds all local runtimes in use, waits for the I/O thread.
///
/// # Errors
///
/// That of `should_continue`, which drops the call; inside, an error of ours where the call could not be driven.
pub(crate) fn block_on<T: Send + 'static, F: Future<Output = T> + Send + 'static, E>(
    call: impl FnOnce(Arc<RuntimeConnections>) -> F,
    interval: Duration,
    should_continue: impl FnMut() -> Result<(), E>,
) -> Result<Result<T, Error>, E> {
    let is_outside = Handle::try_current().is_err();
    match is_outside.then(|| RUNTIMES.with(|runtimes| runtimes.local.acquire())).flatten() {
        Some(local) => local.wait(call, interval, should_continue),
        None => io_thread::wait(on_io_thread(call), interval, should_continue),
    }
}

/// Runs a future on the process's I/O thread: for language bindings, whose own event loops cannot drive it.
///
/// # Errors
///
/// `transport` (connect) where the operating system refuses a thread or a descriptor.
pub fn spawn<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> Result<Task<T>, Error> {
    on_io_thread(|_| future)
}

fn on_io_thread<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
    call: impl FnOnce(Arc<RuntimeConnections>) -> F,
) -> Result<Task<T>, Error> {
    let connections = RUNTIMES.with(|runtimes| runtimes.io_thread.connections())?;
    Ok(connections.spawn(call(Arc::clone(&connections))))
}

/// A runtime for the thread that drives it.
fn current_thread() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

/// The error of a request whose runtime ended.
pub(crate) fn runtime_ended(phase: Phase) -> Error {
    Error::new(ErrorKind::Transport { phase, timeout: false }, "the runtime ended while the request was in progress")
}

/// The error in a child that was forked during its parent's call.
fn forked() -> Error {
    Error::config("the process was forked during the call, whose answer is the parent's")
}

static RUNTIMES: PerProcess<Runtimes> = PerProcess::new();
