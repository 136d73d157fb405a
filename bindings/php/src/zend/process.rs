//! The process that loads the extension: INI entries, signals, forks.
#![expect(unsafe_code, reason = "an INI entry is read from the engine")]

use std::ffi::CStr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::{fmt, process, ptr};

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

/// The process that last sent a call. Connections do not survive a fork.
#[derive(Debug, Default)]
pub(crate) struct LastPid(AtomicU32);

impl LastPid {
    pub(crate) const fn new() -> Self {
        Self(AtomicU32::new(0))
    }

    pub(crate) fn set(&self) {
        self.0.store(process::id(), Ordering::Relaxed);
    }
}

/// For `phpinfo()`.
impl fmt::Display for LastPid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.load(Ordering::Relaxed) {
            0 => f.write_str("not started: no call yet"),
            pid if pid == process::id() => write!(f, "running in this process, {pid}"),
            pid => write!(f, "not started in this process; that of {pid} is not used"),
        }
    }
}

#[cfg(test)]
mod tests {
    use nix::sys::signal::Signal;

    use super::*;

    #[test]
    fn another_process_is_distinct_from_this_one() {
        let used = LastPid::new();
        assert_eq!(used.to_string(), "not started: no call yet");
        used.set();
        assert_eq!(used.to_string(), format!("running in this process, {}", process::id()));
        assert_eq!(LastPid(1.into()).to_string(), "not started in this process; that of 1 is not used");
    }

    #[test]
    fn a_thread_started_with_blocked_signals_takes_none_and_the_starter_takes_them_again() {
        let blocked = || SigSet::thread_get_mask().unwrap();
        let before = blocked();
        let started = with_blocked_signals(|| std::thread::spawn(blocked)).join().unwrap();
        let own = std::thread::spawn(move || {
            block_signals();
            blocked()
        });
        let own = own.join().unwrap();
        for signal in
            [Signal::SIGALRM, Signal::SIGCHLD, Signal::SIGINT, Signal::SIGQUIT, Signal::SIGTERM, Signal::SIGUSR1]
        {
            assert!(started.contains(signal) && own.contains(signal), "{signal}");
        }
        assert_eq!(blocked(), before);
    }
}
