//! One I/O core for the process, built at the first call and never shared over a fork.
//!
//! A forked child that used its parent's connections could read the parent's reply: somebody else's number. So the
//! core carries the id of the process that built it, and any other process leaves it alone and builds its own.
//!
//! A call is carried where its caller is, because each thread that has to be woken on its way costs more than all the
//! rest: by the runtime that it was made in, by the thread that waits for it, which takes a seat, or, where the caller
//! has an event loop of another kind, as a guest of that loop or by the I/O thread.

mod descriptor;
mod guest;
mod park;
mod pool;
mod seat;
mod worker;

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use std::{io, mem};

use arc_swap::ArcSwapOption;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::JoinHandle;

pub use self::guest::Guest;
pub(crate) use self::guest::{Alarm, spawn_here, until};
use self::park::{Ended, at_once, park};
pub use self::pool::Errand;
pub(crate) use self::pool::Pool;
use self::pool::Pools;
use self::seat::Seats;
use self::worker::Worker;
use crate::error::{Error, ErrorKind, Phase};
use crate::flight::Flights;
use crate::transport::Trust;

/// The I/O core: where calls are carried, and the requests under way.
pub(crate) struct Io {
    pid: u32,
    trust: Arc<Trust>,
    pools: Pools,
    seats: Seats,
    worker: Worker,
    flights: Arc<Flights>,
}

/// The process's I/O core, built now if this is its first call since start or fork.
pub(crate) fn current() -> Arc<Io> {
    let pid = std::process::id();
    loop {
        let seen = CURRENT.load_full();
        if let Some(io) = seen.as_ref().filter(|io| io.pid == pid) {
            return Arc::clone(io);
        }
        // Dropped after a fork, a core would have the operating system forget sockets that are the parent's.
        mem::forget(seen.clone());
        let built = Arc::new(Io::new(pid));
        let previous = CURRENT.compare_and_swap(&seen, Some(Arc::clone(&built)));
        if previous.as_ref().map(Arc::as_ptr) == seen.as_ref().map(Arc::as_ptr) {
            return built;
        }
    }
}

/// Runs a future on the process's I/O thread: for language bindings, whose own event loops cannot. See also [`Guest`].
///
/// # Errors
///
/// [`ErrorKind::Config`](crate::ErrorKind::Config) if the operating system refuses a thread or a descriptor.
pub fn spawn<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> Result<Task<T>, Error> {
    let io = current();
    Ok(Task { pid: io.pid, handle: io.worker.handle()?.spawn(future) })
}

impl Io {
    fn new(pid: u32) -> Self {
        let (trust, flights) = (Arc::default(), Arc::default());
        Self { pid, trust, pools: Pools::default(), seats: Seats::default(), worker: Worker::default(), flights }
    }

    /// Whether it was built here, and not in the process that this one was forked from.
    fn is_of_this_process(&self) -> bool {
        self.pid == std::process::id()
    }

    /// The connections of the runtime that this is called in, or of the I/O thread.
    ///
    /// # Errors
    ///
    /// `config` if the operating system refuses a thread or a descriptor.
    pub(crate) fn pool(self: &Arc<Self>) -> Result<Arc<Pool>, Error> {
        if let Some(pool) = Handle::try_current().ok().and_then(|handle| self.pools.of(self, handle)) {
            return Ok(pool);
        }
        self.pools.of(self, self.worker.handle()?).ok_or_else(|| Error::config("the I/O thread has no I/O"))
    }

    /// Waits for a call on the calling thread, and between its steps for `every` at most before it asks `go_on`.
    ///
    /// The thread takes a seat and carries the call itself. If it belongs to a runtime, or all seats are taken, the
    /// call's connection is the I/O thread's.
    ///
    /// # Errors
    ///
    /// `go_on`'s; the call is dropped.
    pub(crate) fn wait<T, E, F: Future<Output = T>>(
        self: &Arc<Self>,
        call: impl Fn(Result<Arc<Pool>, Error>) -> F,
        every: Duration,
        go_on: impl FnMut() -> Result<(), E>,
    ) -> Result<T, E> {
        let ended = match self.seats.take(self) {
            Some(seat) => {
                let ended = seat.carry(self, call(Ok(Arc::clone(&seat.pool))), every, go_on);
                match ended {
                    Ended::Forked(_) => mem::forget(seat),
                    _ => Seats::leave(self, seat),
                }
                ended
            }
            None => match self.worker.handle() {
                Ok(worker) => {
                    let _inside = worker.enter();
                    park(self, call(self.pool()), every, go_on)
                }
                Err(error) => park(self, call(Err(error)), every, go_on),
            },
        };
        match ended {
            Ended::Answered(answer) => Ok(answer),
            Ended::Stopped(stop) | Ended::Forked(Err(stop)) => Err(stop),
            Ended::Forked(Ok(())) => {
                let error = Error::config("the process was forked during the call, whose answer is the parent's");
                // Without connections it waits for nothing.
                Ok(at_once(call(Err(error))))
            }
        }
    }
}

/// What a request ends in that nobody carries any further.
pub(crate) fn stopped(phase: Phase) -> Error {
    Error::new(ErrorKind::Transport { phase, timeout: false }, "the runtime ended while the request was under way")
}

/// A runtime for the thread that drives it.
fn runtime_without_threads() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

/// A future on a runtime. Dropping it ends the future: a cancelled call sends nothing more.
#[derive(Debug)]
pub struct Task<T> {
    pid: u32,
    handle: JoinHandle<T>,
}

impl<T> Future for Task<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<T, Error>> {
        Pin::new(&mut self.handle).poll(context).map_err(|error| stopped(Phase::Receive).caused_by(error))
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        // A forked child inherits tasks of a core that it must not touch: a lock in it may have been held at the fork.
        if self.pid == std::process::id() {
            self.handle.abort();
        }
    }
}

static CURRENT: ArcSwapOption<Io> = ArcSwapOption::const_empty();
