//! The process that loads the extension: INI entries and signals.
#![expect(unsafe_code, reason = "an INI entry is read from the engine")]

use std::ffi::CStr;
use std::ptr;

use nix::sys::signal::{SigSet, SigmaskHow};

use super::engine;

/// An INI entry's value now, or the one that the script began with.
pub(crate) fn ini(name: &CStr, original: bool) -> String {
    // SAFETY: the engine returns its own string, or null.
    unsafe {
        let value = engine::zend_ini_string_ex(name.as_ptr(), name.count_bytes(), original.into(), ptr::null_mut());
        if value.is_null() { String::new() } else { CStr::from_ptr(value).to_string_lossy().into_owned() }
    }
}

/// Runs a function that starts threads; the threads leave signals to PHP's own thread.
///
/// PHP's handlers (`pcntl`, FPM's graceful stop, time limits) expect to interrupt the thread that runs the script.
pub(crate) fn with_blocked_signals<T>(start: impl FnOnce() -> T) -> T {
    let before = SigSet::all().thread_swap_mask(SigmaskHow::SIG_SETMASK);
    let started = start();
    before.and_then(|before| before.thread_set_mask()).expect("a mask of the system's own");
    started
}

/// Blocks all signals in the calling thread.
pub(crate) fn block_signals() {
    SigSet::all().thread_block().expect("all signals are a mask");
}

#[cfg(test)]
mod tests {
    use nix::sys::signal::Signal::{SIGALRM, SIGCHLD, SIGINT, SIGQUIT, SIGTERM, SIGUSR1};

    use super::*;

    #[test]
    fn a_thread_started_with_blocked_signals_takes_none_and_the_starter_takes_them_again() {
        let blocked = || SigSet::thread_get_mask().unwrap();
        let before = blocked();
        let started = with_blocked_signals(|| std::thread::spawn(blocked)).join().unwrap();
        assert_eq!(blocked(), before);
        let own = std::thread::spawn(move || {
            block_signals();
            blocked()
        });
        assert_eq!(own.join().unwrap(), started);
        assert!(
            [SIGALRM, SIGCHLD, SIGINT, SIGQUIT, SIGTERM, SIGUSR1].into_iter().all(|signal| started.contains(signal))
        );
    }
}
