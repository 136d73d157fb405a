//! Threads that quhao starts.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::{io, thread};

/// Sets a function that runs first on every thread started from now on; PHP blocks signals with it. The first one stays.
pub fn on_thread_start(hook: fn()) {
    ON_THREAD_START.get_or_init(|| hook);
}

/// Starts a detached thread.
///
/// # Errors
///
/// That of the operating system, where it refuses a thread.
pub(crate) fn start_thread(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let run = || {
        ON_THREAD_START.get().inspect(|hook| hook());
        work();
    };
    thread::Builder::new().name(name.to_owned()).spawn(run).map(drop)
}

/// Locks a mutex whose holder may have panicked: what it holds is never half changed.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

static ON_THREAD_START: OnceLock<fn()> = OnceLock::new();
