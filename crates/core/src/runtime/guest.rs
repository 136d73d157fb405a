//! Calls on a thread that has an event loop of another kind, such as JavaScript's: it gives them their turns.

mod host;

use std::cell::RefCell;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Instant;
use std::{io, mem};

use futures_util::stream::{FuturesUnordered, Stream as _};
use tokio::runtime::Runtime;
use tokio::task::{unconstrained, yield_now};

pub(super) use self::host::Host;
use self::host::contained;
pub(crate) use self::host::{Alarm, spawn_here, until};
use super::pool::Errand;
use super::{descriptor, runtime_without_threads};

/// The calls of one thread. Not [`Send`]; dropping it ends them. In a forked child it stands still, since its sockets are
/// the parent's, and so would be the answers: make another one.
///
/// A call that is alone is carried on the thread itself, where nobody has to be woken on its way. Those that come while
/// it is under way go over the I/O thread, which works beside this one.
pub struct Guest {
    /// What has connections here.
    own: Option<(Runtime, Tasks)>,
    others: Tasks,
    pid: u32,
}

/// What goes on when it is woken.
struct Tasks {
    tasks: RefCell<FuturesUnordered<Pin<Box<dyn Future<Output = ()>>>>>,
    host: Arc<Host>,
}

impl Guest {
    /// All calls go over the I/O thread. `bell` asks for a [`turn`](Self::turn), from any thread, now and then more than once.
    pub fn new(bell: impl Fn() + Send + Sync + 'static) -> Self {
        Self::with(None, Arc::new(bell))
    }

    /// A call that is alone is carried here. [`look`](Self::look) is due when the descriptor that comes with it can be
    /// read, and at [`due`](Self::due).
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::Unsupported`] where there is no such descriptor, which is anywhere but on Linux; and what the
    /// operating system says that refuses one.
    pub fn with_connections(bell: impl Fn() + Send + Sync + 'static) -> io::Result<(Self, i32)> {
        let runtime = runtime_without_threads()?;
        let descriptor = descriptor::of(&runtime)?;
        Ok((Self::with(Some(runtime), Arc::new(bell)), descriptor))
    }

    /// Has a call begin at the next turn, which is to follow. Dropping the errand ends the call at the next turn.
    pub fn add(&self, call: impl Future<Output = ()> + 'static) -> Errand {
        let is_alone =
            [Some(&self.others), self.own.as_ref().map(|(_, own)| own)].iter().flatten().all(|it| it.host.is_idle());
        let tasks = match &self.own {
            Some((_, own)) if is_alone => own,
            _ => &self.others,
        };
        let (errand, call) = Errand::new(contained(tasks.host.counted(call)));
        tasks.tasks.borrow().push(Box::pin(call));
        tasks.host.wake_later();
        errand
    }

    /// Goes on with what was added or woken.
    pub fn turn(&self) {
        if !self.is_of_this_process() {
            return;
        }
        self.others.turn(Tasks::go_on);
        if self.own.as_ref().is_some_and(|(_, own)| own.host.is_woken()) {
            self.look();
        }
    }

    /// Asks the operating system, and goes on with what it has heard of.
    pub fn look(&self) {
        let Some((runtime, own)) = self.own.as_ref().filter(|_| self.is_of_this_process()) else { return };
        own.turn(|own| {
            let _here = own.host.enter();
            runtime.block_on(unconstrained(async {
                // A turn leaves nothing that it has heard of: the descriptor does not tell it twice.
                loop {
                    own.go_on();
                    yield_now().await;
                    if !own.host.is_woken() {
                        break;
                    }
                }
            }));
        });
    }

    /// When to [`look`](Self::look) at the latest.
    pub fn due(&self) -> Option<Instant> {
        self.own.as_ref().and_then(|(_, own)| own.host.due())
    }

    fn with(runtime: Option<Runtime>, bell: Arc<dyn Fn() + Send + Sync>) -> Self {
        let own = runtime.map(|runtime| (runtime, Tasks::new(&bell)));
        Self { own, others: Tasks::new(&bell), pid: std::process::id() }
    }

    fn is_of_this_process(&self) -> bool {
        self.pid == std::process::id()
    }
}

impl Tasks {
    fn new(bell: &Arc<dyn Fn() + Send + Sync>) -> Self {
        Self { tasks: RefCell::default(), host: Arc::new(Host::new(Arc::clone(bell))) }
    }

    fn turn(&self, turn: impl FnOnce(&Self)) {
        self.host.during_a_turn(|| turn(self));
    }

    fn go_on(&self) {
        let waker = Waker::from(Arc::clone(&self.host));
        let mut context = Context::from_waker(&waker);
        let mut tasks = self.tasks.borrow_mut();
        while self.host.take_wake() {
            for task in self.host.take_incoming() {
                tasks.push(task);
            }
            while let Poll::Ready(Some(())) = Pin::new(&mut *tasks).poll_next(&mut context) {}
        }
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        if !self.is_of_this_process() {
            // Closed here, the parent's sockets would be forgotten by the epoll that both share.
            mem::forget((self.own.take(), mem::replace(&mut self.others, Tasks::new(&(Arc::new(|| ()) as _)))));
        }
    }
}

impl Drop for Tasks {
    fn drop(&mut self) {
        self.tasks.get_mut().clear();
        self.host.end();
    }
}

impl std::fmt::Debug for Guest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Guest").field("has_connections", &self.own.is_some()).finish_non_exhaustive()
    }
}
