//! What an extension shares with the process it is loaded into.

use std::ffi::{CStr, c_char, c_int};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{fmt, mem, process, ptr};

use ext_php_rs::zend::ModuleEntry;

/// An INI entry's value now.
pub fn ini(name: &CStr) -> String {
    // SAFETY: the engine returns its own string, or null.
    unsafe {
        let value = zend_ini_string_ex(name.as_ptr(), name.count_bytes(), 0, ptr::null_mut());
        if value.is_null() { String::new() } else { CStr::from_ptr(value).to_string_lossy().into_owned() }
    }
}

/// Shows the module's INI entries in `phpinfo()`: for its information function, which the engine gives the module.
#[expect(clippy::not_unsafe_ptr_arg_deref, reason = "an information function has nothing else to pass on")]
pub fn show_ini(module: *mut ModuleEntry) {
    // SAFETY: the engine passed the module to the extension's own information function.
    unsafe { display_ini_entries(module) };
}

/// Runs something that starts threads, so that they leave signals to PHP's own thread.
///
/// PHP's handlers (`pcntl`, FPM's graceful stop, time limits) expect to interrupt the thread that runs the script.
pub fn without_signals<T>(start: impl FnOnce() -> T) -> T {
    let before = mask_signals();
    let started = start();
    // SAFETY: the set outlives the call.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const before, ptr::null_mut()) };
    started
}

/// The same for the thread that calls it, as long as it runs.
pub fn take_no_signals() {
    mask_signals();
}

/// The mask before.
fn mask_signals() -> libc::sigset_t {
    // SAFETY: both sets are on the stack, and zeros are one.
    unsafe {
        let (mut all, mut before) = (mem::zeroed(), mem::zeroed());
        libc::sigfillset(&raw mut all);
        libc::pthread_sigmask(libc::SIG_SETMASK, &raw const all, &raw mut before);
        before
    }
}

/// Which process something was last used in. Threads and connections do not survive a fork.
#[derive(Debug, Default)]
pub struct LastUse(AtomicU32);

impl LastUse {
    /// In none.
    pub const fn new() -> Self {
        Self(AtomicU32::new(0))
    }

    /// In this one, now.
    pub fn note(&self) {
        self.0.store(process::id(), Ordering::Relaxed);
    }
}

/// For `phpinfo()`.
impl fmt::Display for LastUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.load(Ordering::Relaxed) {
            0 => f.write_str("not started: no call yet"),
            pid if pid == process::id() => write!(f, "running in this process, {pid}"),
            pid => write!(f, "not started in this process; that of {pid} is not used"),
        }
    }
}

/// A value with threads of its own: a forked child neither sees nor drops it.
#[derive(Debug)]
pub struct OfProcess<T> {
    pid: u32,
    value: mem::ManuallyDrop<T>,
}

impl<T> OfProcess<T> {
    /// It belongs to the process that calls this.
    pub fn new(value: T) -> Self {
        Self { pid: process::id(), value: mem::ManuallyDrop::new(value) }
    }

    /// The value, in the process that it belongs to.
    pub fn here(&self) -> Option<&T> {
        (self.pid == process::id()).then(|| &*self.value)
    }
}

impl<T> Drop for OfProcess<T> {
    fn drop(&mut self) {
        // Stopping threads waits for them, and a forked child does not have them.
        if self.pid == process::id() {
            // SAFETY: it is dropped once, here.
            unsafe { mem::ManuallyDrop::drop(&mut self.value) };
        }
    }
}

unsafe extern "C" {
    fn display_ini_entries(module: *mut ModuleEntry);
    fn zend_ini_string_ex(name: *const c_char, length: usize, original: c_int, exists: *mut bool) -> *const c_char;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_process_is_told_from_this_one() {
        let used = LastUse::new();
        assert_eq!(used.to_string(), "not started: no call yet");
        used.note();
        assert_eq!(used.to_string(), format!("running in this process, {}", process::id()));
        assert_eq!(LastUse(1.into()).to_string(), "not started in this process; that of 1 is not used");
    }

    #[test]
    fn a_value_of_another_process_is_neither_seen_nor_dropped() {
        let value = std::sync::Arc::new(());
        let mine = OfProcess::new(std::sync::Arc::clone(&value));
        let mut inherited = OfProcess::new(std::sync::Arc::clone(&value));
        inherited.pid = 1;
        assert!(mine.here().is_some() && inherited.here().is_none());
        drop(mine);
        drop(inherited);
        assert_eq!(std::sync::Arc::strong_count(&value), 2, "one of three was dropped");
    }

    /// The signals that the calling thread blocks.
    fn blocked(thread: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{thread}/status")).unwrap();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigBlk:")).unwrap();
        u64::from_str_radix(mask.trim(), 16).unwrap()
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_thread_started_without_signals_takes_none_and_the_starter_takes_them_again() {
        let before = blocked("thread-self");
        let started = without_signals(|| std::thread::spawn(|| blocked("thread-self")));
        let taken_by_none = started.join().unwrap();
        for signal in [libc::SIGALRM, libc::SIGCHLD, libc::SIGINT, libc::SIGQUIT, libc::SIGTERM, libc::SIGUSR1] {
            assert_ne!(taken_by_none & 1 << (signal - 1), 0, "signal {signal}");
        }
        assert_eq!(blocked("thread-self"), before);
        let of_its_own = std::thread::spawn(|| {
            take_no_signals();
            blocked("thread-self")
        });
        assert_eq!(of_its_own.join().unwrap(), taken_by_none);
    }
}
