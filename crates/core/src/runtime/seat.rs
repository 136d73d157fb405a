//! Where a thread that waits carries its call itself, so that nobody has to be woken on its way.

use std::collections::VecDeque;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::{Handle, Runtime};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};

use super::park::Ended;
use super::{Io, Pool, runtime_without_threads};
use crate::threads;
use crate::transport::catch_up;

/// The seats.
pub(super) struct Seats {
    /// Those that no thread is on, the latest used last: its connections are the likeliest to be open.
    free: Mutex<VecDeque<Seat>>,
    places: Arc<Semaphore>,
}

/// A runtime with connections of its own, driven by the one thread that is on it.
pub(super) struct Seat {
    runtime: Runtime,
    pub(super) pool: Arc<Pool>,
    left: Instant,
    /// Held while a thread is on it, however that ends.
    place: Option<OwnedSemaphorePermit>,
}

impl Default for Seats {
    fn default() -> Self {
        Self { free: Mutex::default(), places: Arc::new(Semaphore::new(MOST)) }
    }
}

impl Seats {
    /// A seat, if the thread does not belong to a runtime already and not all are taken.
    pub(super) fn take(&self, io: &Io) -> Option<Seat> {
        if Handle::try_current().is_ok() {
            return None;
        }
        let place = Arc::clone(&self.places).try_acquire_owned().ok()?;
        let free = self.lock().pop_back();
        let mut seat = free.or_else(|| Seat::new(io))?;
        seat.place = Some(place);
        Some(seat)
    }

    /// Has the seat ready for the next thread.
    pub(super) fn leave(io: &Arc<Io>, seat: Seat) {
        if seat.pool.is_busy() {
            // Somebody else waits for a request that began here, so another thread sees it through.
            let io = Arc::clone(io);
            drop(threads::start("quhao-seat", move || {
                seat.finish();
                io.seats.give_back(seat);
            }));
        } else {
            io.seats.give_back(seat);
        }
    }

    fn give_back(&self, mut seat: Seat) {
        (seat.left, seat.place) = (Instant::now(), None);
        let mut free = self.lock();
        free.push_back(seat);
        let is_stale = free.front().is_some_and(|seat| seat.left.elapsed() > KEPT);
        let stale = if is_stale { free.pop_front() } else { None };
        drop(free);
        if let Some(seat) = stale {
            seat.runtime.shutdown_background();
        }
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Seat>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    fn new(io: &Io) -> Option<Self> {
        let runtime = runtime_without_threads().ok()?;
        let pool = Arc::new(Pool::new(io, runtime.handle().clone()));
        Some(Self { runtime, pool, left: Instant::now(), place: None })
    }

    /// Carries a call to its end, and asks `go_on` each time `every` is over.
    pub(super) fn carry<T, E>(
        &self,
        io: &Io,
        call: impl Future<Output = T>,
        every: Duration,
        mut go_on: impl FnMut() -> Result<(), E>,
    ) -> Ended<T, E> {
        let mut call = Box::pin(call);
        self.runtime.block_on(async {
            if every == Duration::MAX {
                return Ended::Answered(call.await);
            }
            loop {
                if let Ok(answer) = timeout(every, &mut call).await {
                    return Ended::Answered(answer);
                }
                let goes_on = go_on();
                if !io.is_of_this_process() {
                    // Dropped, it would have the operating system forget sockets that are the parent's.
                    mem::forget(call);
                    return Ended::Forked(goes_on);
                }
                if let Err(stop) = goes_on {
                    drop(call);
                    catch_up().await;
                    return Ended::Stopped(stop);
                }
            }
        })
    }

    fn finish(&self) {
        self.runtime.block_on(async {
            while self.pool.is_busy() {
                sleep(Duration::from_millis(1)).await;
            }
        });
    }
}

/// Each has three descriptors of its own; the calls of more threads go over the I/O thread.
const MOST: usize = 64;

/// Longer than its connections are.
const KEPT: Duration = Duration::from_secs(60);
