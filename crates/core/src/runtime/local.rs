//! Runtimes for blocking callers: the thread that waits drives one itself, so that no other thread is woken for a call.

use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};

use super::connections::RuntimeConnections;
use super::{current_thread, forked};
use crate::error::Error;
use crate::http::{TlsConfigs, drive_io};
use crate::process::{Process, start_thread};

/// The local runtimes that no thread uses, the latest used last: its connections are the likeliest to be open.
pub(super) struct LocalRuntimes {
    idle: Arc<Mutex<Vec<LocalRuntime>>>,
    permits: Arc<Semaphore>,
}

impl Default for LocalRuntimes {
    fn default() -> Self {
        Self { idle: Arc::default(), permits: Arc::new(Semaphore::new(MAX_RUNTIMES)) }
    }
}

struct LocalRuntime {
    runtime: Runtime,
    connections: Arc<RuntimeConnections>,
    released: Instant,
}

/// A local runtime in use. Dropping it gives it back.
pub(super) struct Lease {
    local: Option<LocalRuntime>,
    idle: Arc<Mutex<Vec<LocalRuntime>>>,
    permit: Option<OwnedSemaphorePermit>,
}

impl LocalRuntimes {
    /// A runtime that the calling thread may drive; `None` where all are in use or the system refuses another.
    pub(super) fn acquire(&self, tls: &Arc<TlsConfigs>) -> Option<Lease> {
        let permit = Arc::clone(&self.permits).try_acquire_owned().ok()?;
        let idle = lock(&self.idle).pop();
        let local = idle.or_else(|| {
            let runtime = current_thread().ok()?;
            let connections = Arc::new(RuntimeConnections::new(runtime.handle().clone(), tls));
            Some(LocalRuntime { runtime, connections, released: Instant::now() })
        });
        Some(Lease { local: Some(local?), idle: Arc::clone(&self.idle), permit: Some(permit) })
    }
}

impl Lease {
    /// See [`super::block_on`].
    pub(super) fn wait<T, E, F: Future<Output = T>>(
        self,
        call: impl FnOnce(Arc<RuntimeConnections>) -> F,
        interval: Duration,
        mut should_continue: impl FnMut() -> Result<(), E>,
    ) -> Result<Result<T, Error>, E> {
        let Some(local) = &self.local else { return Ok(Err(forked())) };
        let process = Process::current();
        let mut call = Box::pin(call(Arc::clone(&local.connections)));
        loop {
            let step = local.runtime.block_on(async { timeout(interval, &mut call).await });
            if let Ok(result) = step {
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
                local.runtime.block_on(drive_io());
                return Err(stop);
            }
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let (Some(local), permit) = (self.local.take(), self.permit.take()) else { return };
        let idle = Arc::clone(&self.idle);
        if !local.connections.is_busy() {
            return release(&idle, local);
        }
        // Another caller has joined a request of this runtime, so a thread finishes it.
        drop(start_thread("quhao-call", move || {
            local.runtime.block_on(async {
                while local.connections.is_busy() {
                    sleep(Duration::from_millis(1)).await;
                }
            });
            release(&idle, local);
            drop(permit);
        }));
    }
}

fn release(idle: &Mutex<Vec<LocalRuntime>>, mut local: LocalRuntime) {
    local.released = Instant::now();
    let mut idle = lock(idle);
    idle.push(local);
    let is_stale = idle[0].released.elapsed() > MAX_IDLE;
    let stale = is_stale.then(|| idle.remove(0));
    drop(idle);
    if let Some(stale) = stale {
        stale.runtime.shutdown_background();
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Each has three descriptors of its own; calls of more threads are driven by the I/O thread.
const MAX_RUNTIMES: usize = 64;

/// Longer than connections stay idle.
const MAX_IDLE: Duration = Duration::from_secs(60);
