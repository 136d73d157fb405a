//! One I/O core for the process, built at the first call and never shared over a fork.
//!
//! A forked child that used its parent's connections could read the parent's reply: somebody else's number. So the
//! core carries the id of the process that built it, and any other process leaves it alone and builds its own.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use arc_swap::{ArcSwap, ArcSwapOption};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

use crate::error::Error;
use crate::flight::Flights;
use crate::transport::Settings;
use crate::transport::http::{self, Route};

/// The I/O core: one worker thread, one HTTP client for each way out, and the requests under way.
pub(crate) struct Io {
    pid: u32,
    runtime: Runtime,
    clients: ArcSwap<HashMap<Route, reqwest::Client>>,
    flights: Arc<Flights>,
}

/// The process's I/O core, built now if this is its first call since start or fork.
///
/// # Errors
///
/// `config` if the operating system refuses a thread or a descriptor.
pub(crate) fn current() -> Result<Arc<Io>, Error> {
    let pid = std::process::id();
    loop {
        let seen = CURRENT.load_full();
        if let Some(io) = seen.as_ref().filter(|io| io.pid == pid) {
            return Ok(Arc::clone(io));
        }
        // Dropping a core waits for its threads, and after a fork they are not there: the inherited one is kept for ever.
        std::mem::forget(seen.clone());
        let built = Arc::new(Io::new(pid)?);
        let previous = CURRENT.compare_and_swap(&seen, Some(Arc::clone(&built)));
        if previous.as_ref().map(Arc::as_ptr) == seen.as_ref().map(Arc::as_ptr) {
            return Ok(built);
        }
        // Another thread was first. Its core is used, and ours goes without waiting for its threads.
        if let Some(io) = Arc::into_inner(built) {
            io.runtime.shutdown_background();
        }
    }
}

/// Runs a future on the process's I/O core: for language bindings, whose own event loops cannot.
///
/// # Errors
///
/// [`ErrorKind::Config`](crate::ErrorKind::Config) if the operating system refuses a thread or a descriptor.
pub fn spawn<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> Result<Task<T>, Error> {
    Ok(current()?.spawn(future))
}

/// Waits for a future on the calling thread, which may belong to another runtime, and between its steps for `every`
/// so long at most before it asks `go_on`.
///
/// # Errors
///
/// `go_on`'s; the future is dropped.
pub(crate) fn wait<T, E>(
    future: impl Future<Output = T>,
    every: Duration,
    mut go_on: impl FnMut() -> Result<(), E>,
) -> Result<T, E> {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut asked = Instant::now();
    loop {
        if let Poll::Ready(answer) = future.as_mut().poll(&mut context) {
            return Ok(answer);
        }
        thread::park_timeout(every.saturating_sub(asked.elapsed()));
        if asked.elapsed() >= every {
            go_on()?;
            asked = Instant::now();
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

impl Io {
    fn new(pid: u32) -> Result<Self, Error> {
        // One worker: a current-thread runtime would leave sockets unattended between two calls.
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("quhao-io")
            .enable_all()
            .build()
            .map_err(|error| Error::config("the I/O thread could not be started").caused_by(error))?;
        Ok(Self { pid, runtime, clients: ArcSwap::default(), flights: Arc::default() })
    }

    /// Runs a future on the core; dropping the handle ends it.
    pub(crate) fn spawn<T: Send + 'static>(&self, future: impl Future<Output = T> + Send + 'static) -> Task<T> {
        Task { pid: self.pid, handle: self.runtime.spawn(future) }
    }

    pub(crate) fn flights(&self) -> &Arc<Flights> {
        &self.flights
    }

    /// The HTTP client for a way out, built at its first use and shared by all that go the same way.
    pub(crate) fn client(&self, settings: &Settings) -> Result<reqwest::Client, Error> {
        if let Some(client) = self.clients.load().get(&settings.route) {
            return Ok(client.clone());
        }
        let built = {
            let _inside = self.runtime.enter();
            http::client(&settings.route)?
        };
        self.clients.rcu(|clients| {
            let mut clients = HashMap::clone(clients);
            clients.entry(settings.route.clone()).or_insert_with(|| built.clone());
            clients
        });
        // Another thread may have been first, and its pool is the one to share.
        Ok(self.clients.load().get(&settings.route).cloned().unwrap_or(built))
    }
}

/// A future on the I/O core. Dropping it ends the future: a cancelled call sends nothing more.
#[derive(Debug)]
pub struct Task<T> {
    pid: u32,
    handle: JoinHandle<T>,
}

impl<T> Task<T> {
    /// Whether it runs here, and not in the process that this one was forked from.
    pub(crate) fn is_of_this_process(&self) -> bool {
        self.pid == std::process::id()
    }
}

impl<T> Future for Task<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: std::pin::Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<T, Error>> {
        std::pin::Pin::new(&mut self.handle)
            .poll(context)
            .map_err(|error| Error::config("the I/O core stopped while it was in use").caused_by(error))
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        // A forked child inherits tasks of a core that it must not touch: a lock in it may have been held at the fork.
        if self.is_of_this_process() {
            self.handle.abort();
        }
    }
}

static CURRENT: ArcSwapOption<Io> = ArcSwapOption::const_empty();
