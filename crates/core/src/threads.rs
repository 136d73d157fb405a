//! The few threads that quhao starts.

use std::io;
use std::sync::OnceLock;
use std::thread::Builder;

/// Has `hook` called first on every thread that is made from now on, by a host whose signals are its own threads'.
///
/// The first hook stays.
pub fn on_thread_start(hook: fn()) {
    ON_THREAD_START.get_or_init(|| hook);
}

/// Starts a thread that nobody waits for.
///
/// # Errors
///
/// The operating system's, where it refuses one: tokio, whose own threads are not used for that, panics there.
pub(crate) fn start(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let begin = || {
        if let Some(hook) = ON_THREAD_START.get() {
            hook();
        }
        work();
    };
    Builder::new().name(name.to_owned()).spawn(begin).map(drop)
}

static ON_THREAD_START: OnceLock<fn()> = OnceLock::new();
