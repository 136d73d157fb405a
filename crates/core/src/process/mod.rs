//! What belongs to the process: values that a forked child must not share, bounded caches, threads.
//!
//! A forked child that used its parent's connections could read the parent's response: another user's number. A value
//! of the parent is leaked in the child, because its locks may have been held at the fork and its sockets are shared.

mod cache;
#[cfg(feature = "http")]
mod per_process;
#[cfg(feature = "http")]
mod threads;

pub(crate) use self::cache::Cache;
#[cfg(feature = "http")]
pub(crate) use self::per_process::{ForkGuard, PerProcess, Process};
#[cfg(feature = "http")]
pub use self::threads::on_thread_start;
#[cfg(feature = "http")]
pub(crate) use self::threads::start_thread;
