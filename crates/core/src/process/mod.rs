//! State of the process: values that a forked child must not share, bounded caches, threads.
//!
//! A forked child that used its parent's connections could read the parent's response: another user's number.

mod cache;
#[cfg(feature = "http")]
mod per_process;
#[cfg(feature = "http")]
mod threads;

pub(crate) use self::cache::Cache;
#[cfg(feature = "http")]
pub(crate) use self::per_process::{PerProcess, Process};
#[cfg(feature = "http")]
pub use self::threads::on_thread_start;
#[cfg(feature = "http")]
pub(crate) use self::threads::{lock, start_thread};
