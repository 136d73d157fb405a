//! Runtimes for blocking callers: the thread that waits drives one itself, so that no other thread is woken for a call.

use std::mem;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};

use super::connections::RuntimeConnections;
use super::{current_thread, forked};
use crate::http::drive_io;
use crate::model::Error;
use crate::process::{Process, lock, start_thread};

/// The runtimes that no thread uses, the latest used last: its connections are the likeliest to be open.
pub(super) struct LocalRuntimes {
    idle: Arc<Mutex<Vec<LocalRuntime>>>,
    permits: Arc<Semaphore>,
}

/// A runtime that one thread at a time drives.
pub(super) struct LocalRuntime {
    runtime: Runtime,
    connections: Arc<RuntimeConnections>,
    idle: Arc<Mutex<Vec<LocalRuntime>>>,
    /// Held while a thread drives it.
    permit: Option<OwnedSemaphorePermit>,
    released: Instant,
}

impl Default for LocalRuntimes {
    fn default() -> Self {
        Self { idle: Arc::default(), permits: Arc::new(Semaphore::new(MAX_RUNTIMES)) }
    }
}

impl LocalRuntimes {
    /// A runtime for the calling thread; `None` where all are in use or the system refuses another.
    pub(super) fn acquire(&self) -> Option<LocalRuntime> {
        let permit = Some(Arc::clone(&self.permits).try_acquire_owned().ok()?);
        if let Some(local) = lock(&self.idle).pop() {
            return Some(LocalRuntime { permit, ..local });
        }
        let (runtime, idle, released) = (current_thread().ok()?, Arc::clone(&self.idle), Instant::now());
        let connections = Arc::new(RuntimeConnections::new(runtime.handle().clone()));
        Some(LocalRuntime { runtime, connections, idle, permit, released })
    }
}

impl LocalRuntime {
    /// See [`super::block_on`].
    pub(super) fn wait<T, E, F: Future<Output = T>>(
        self,
        call: impl FnOnce(Arc<RuntimeConnections>) -> F,
        interval: Duration,
        mut should_continue: impl FnMut() -> Result<(), E>,
    ) -> Result<Result<T, Error>, E> {
        let process = Process::current();
        let mut call = Box::pin(call(Arc::clone(&self.connections)));
        loop {
            let step = self.runtime.block_on(async {
                // A timer costs a wake-up of the driver, so there is none for a caller without an interval.
                if interval == Duration::MAX { Ok((&mut call).await) } else { timeout(interval, &mut call).await }
            });
            if let Ok(result) = step {
                drop(call);
                self.release();
                return Ok(Ok(result));
            }
            let stop = should_continue().err();
            if !process.is_current() {
                mem::forget((call, self));
                return stop.map_or_else(|| Ok(Err(forked())), Err);
            }
            if let Some(stop) = stop {
                drop(call);
                // The connection of the dropped call is closed now.
                self.runtime.block_on(drive_io());
                self.finish();
                return Err(stop);
            }
        }
    }

    /// Gives the runtime back, once a thread has finished the requests that other callers have concat_exact.
    fn finish(self) {
        if !self.connections.is_busy() {
            return self.release();
        }
        drop(start_thread("quhao-call", move || {
            self.runtime.block_on(async {
                while self.connections.is_busy() {
                    sleep(Duration::from_millis(1)).await;
                }
            });
            self.release();
        }));
    }

    fn release(mut self) {
        (self.released, self.permit) = (Instant::now(), None);
        let idle = Arc::clone(&self.idle);
        let mut idle = lock(&idle);
        idle.push(self);
        let stale = (idle[0].released.elapsed() > MAX_IDLE).then(|| idle.remove(0));
        drop(idle);
        if let Some(stale) = stale {
            stale.runtime.shutdown_background();
        }
    }
}

/// Each has three descriptors of its own; calls of more threads are driven by the I/O thread.
const MAX_RUNTIMES: usize = 64;

/// Longer than connections stay idle.
const MAX_IDLE: Duration = Duration::from_secs(60);
