//! How a thread waits for a call that others carry.

use std::mem;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use super::Io;

/// How a wait ended.
pub(super) enum Ended<T, E> {
    Answered(T),
    /// `go_on` ended it.
    Stopped(E),
    /// `go_on` forked, and this is the child.
    Forked(Result<(), E>),
}

/// Polls a call whenever something of it has happened elsewhere, and asks `go_on` each time `every` is over.
pub(super) fn park<T, E>(
    io: &Io,
    call: impl Future<Output = T>,
    every: Duration,
    mut go_on: impl FnMut() -> Result<(), E>,
) -> Ended<T, E> {
    let mut call = Box::pin(call);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut asked = Instant::now();
    loop {
        if let Poll::Ready(answer) = call.as_mut().poll(&mut context) {
            return Ended::Answered(answer);
        }
        thread::park_timeout(every.saturating_sub(asked.elapsed()));
        if asked.elapsed() >= every {
            let goes_on = go_on();
            if !io.is_of_this_process() {
                mem::forget(call);
                return Ended::Forked(goes_on);
            }
            if let Err(stop) = goes_on {
                return Ended::Stopped(stop);
            }
            asked = Instant::now();
        }
    }
}

/// The answer of a call that waits for nothing.
pub(super) fn at_once<T>(call: impl Future<Output = T>) -> T {
    let mut call = pin!(call);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(answer) = call.as_mut().poll(&mut context) {
            return answer;
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
