//! Threads that quhao starts.

use std::io;
use std::sync::OnceLock;
use std::thread::Builder;

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
        if let Some(hook) = ON_THREAD_START.get() {
            hook();
        }
        work();
    };
    Builder::new().name(name.to_owned()).spawn(run).map(drop)
}

static ON_THREAD_START: OnceLock<fn()> = OnceLock::new();
