//! The I/O thread: it carries the calls of those whose own event loop cannot.

use std::future::pending;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::{self, ThreadId};

use tokio::runtime::Handle;

use super::runtime_without_threads;
use crate::error::Error;
use crate::threads;

/// The I/O thread, started when it is first needed.
#[derive(Default)]
pub(super) struct Worker(Mutex<Option<Started>>);

#[derive(Clone)]
struct Started {
    thread: ThreadId,
    handle: Handle,
}

impl Worker {
    /// The runtime that the thread drives.
    ///
    /// # Errors
    ///
    /// `config` if the operating system refuses a thread or a descriptor.
    pub(super) fn handle(&self) -> Result<Handle, Error> {
        let mut worker = self.lock();
        if let Some(started) = &*worker {
            return Ok(started.handle.clone());
        }
        let (tell, told) = mpsc::channel();
        let begun = threads::start("quhao-io", move || match runtime_without_threads() {
            Ok(runtime) => {
                drop(tell.send(Ok(Started { thread: thread::current().id(), handle: runtime.handle().clone() })));
                runtime.block_on(pending::<()>());
            }
            Err(error) => drop(tell.send(Err(error))),
        });
        let started = begun.and_then(|()| told.recv().unwrap_or_else(|error| Err(io::Error::other(error))));
        let refused = |error| Error::config("the I/O thread could not be started").caused_by(error);
        Ok(worker.insert(started.map_err(refused)?).handle.clone())
    }

    /// The thread, if this is the runtime that it drives.
    pub(super) fn thread_of(&self, handle: &Handle) -> Option<ThreadId> {
        self.lock().as_ref().filter(|started| started.handle.id() == handle.id()).map(|started| started.thread)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Started>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
