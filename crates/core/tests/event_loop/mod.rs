//! An event loop that is not tokio's, with a guest: mio's here, JavaScript's in the bindings.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token, Waker};
use quhao::{Errand, Guest};

pub(crate) struct EventLoop {
    pub(crate) guest: Guest,
    poll: Poll,
    events: Events,
}

/// Something under way, which ends when this is dropped, and what came of it.
pub(crate) struct Begun<T> {
    _errand: Errand,
    ended: Rc<RefCell<Option<T>>>,
}

impl EventLoop {
    pub(crate) fn new() -> Self {
        Self::with(|poll, bell| {
            let (guest, descriptor) = Guest::with_connections(bell).unwrap();
            poll.registry().register(&mut SourceFd(&descriptor), DESCRIPTOR, Interest::READABLE).unwrap();
            guest
        })
    }

    pub(crate) fn with(guest: impl FnOnce(&Poll, Box<dyn Fn() + Send + Sync>) -> Guest) -> Self {
        let poll = Poll::new().unwrap();
        let waker = Arc::new(Waker::new(poll.registry(), BELL).unwrap());
        let guest = guest(&poll, Box::new(move || waker.wake().unwrap()));
        Self { guest, poll, events: Events::with_capacity(8) }
    }

    pub(crate) fn begin<T: 'static>(&mut self, call: impl Future<Output = T> + 'static) -> Begun<T> {
        let ended = Rc::<RefCell<Option<T>>>::default();
        let told = Rc::clone(&ended);
        let errand = self.guest.add(async move { *told.borrow_mut() = Some(call.await) });
        self.guest.turn();
        Begun { _errand: errand, ended }
    }

    /// Runs until it has ended, or for so long.
    pub(crate) fn ended_within<T>(&mut self, how_long: Duration, begun: &Begun<T>) -> Option<T> {
        let end = Instant::now() + how_long;
        loop {
            let ended = begun.ended.take();
            let left = end.saturating_duration_since(Instant::now());
            if ended.is_some() || left.is_zero() {
                return ended;
            }
            self.step(left);
        }
    }

    /// Sleeps until something has happened, but no longer than that, and lets the guest go on.
    pub(crate) fn step(&mut self, at_most: Duration) {
        let due = self.guest.due().map(|due| due.saturating_duration_since(Instant::now()));
        self.poll.poll(&mut self.events, Some(due.unwrap_or(at_most).min(at_most))).unwrap();
        let is_due = self.guest.due().is_some_and(|due| due <= Instant::now());
        if is_due || self.events.iter().any(|event| event.token() == DESCRIPTOR) {
            self.guest.look();
        }
        self.guest.turn();
    }
}

const BELL: Token = Token(0);
const DESCRIPTOR: Token = Token(1);
