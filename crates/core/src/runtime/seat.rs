//! Where a thread that waits carries its call itself, so that nobody has to be woken on its way.

use std::collections::VecDeque;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Handle, Runtime};
use tokio::time::{sleep, timeout};

use super::park::Ended;
use super::{Io, Pool, thread_starts};
use crate::transport::catch_up;

/// The seats that no thread is on, the latest used last: its connections are the likeliest to be open.
#[derive(Default)]
pub(super) struct Seats(Mutex<Row>);

#[derive(Default)]
struct Row {
    free: VecDeque<Seat>,
    taken: usize,
}

/// A runtime with connections of its own, driven by the one thread that is on it.
pub(super) struct Seat {
    runtime: Runtime,
    pub(super) pool: Arc<Pool>,
    left: Instant,
}

impl Seats {
    /// A seat, if the thread does not belong to a runtime already and not all are taken.
    pub(super) fn take(&self, io: &Io) -> Option<Seat> {
        if Handle::try_current().is_ok() {
            return None;
        }
        let mut row = self.lock();
        if row.taken == MOST {
            return None;
        }
        row.taken += 1;
        let free = row.free.pop_back();
        drop(row);
        free.or_else(|| Seat::new(io)).or_else(|| {
            self.lock().taken -= 1;
            None
        })
    }

    /// Has the seat ready for the next thread.
    pub(super) fn leave(io: &Arc<Io>, mut seat: Seat) {
        if seat.pool.is_busy() {
            // Somebody else waits for a request that began here, so another thread sees it through.
            let io = Arc::clone(io);
            let finished = thread::Builder::new().name("quhao-seat".into()).spawn(move || {
                thread_starts();
                seat.finish();
                io.seats.give_back(seat);
            });
            drop(finished);
        } else {
            seat.left = Instant::now();
            io.seats.give_back(seat);
        }
    }

    fn give_back(&self, seat: Seat) {
        let mut row = self.lock();
        row.taken -= 1;
        row.free.push_back(seat);
        let is_stale = row.free.front().is_some_and(|seat| seat.left.elapsed() > KEPT);
        let stale = if is_stale { row.free.pop_front() } else { None };
        drop(row);
        if let Some(seat) = stale {
            seat.runtime.shutdown_background();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Row> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    fn new(io: &Io) -> Option<Self> {
        // Its other threads are those that resolve names.
        let mut builder = Builder::new_current_thread();
        let runtime = builder.thread_name("quhao-dns").on_thread_start(thread_starts).enable_all().build().ok()?;
        let pool = Arc::new(Pool::new(io, runtime.handle().clone()));
        Some(Self { runtime, pool, left: Instant::now() })
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
