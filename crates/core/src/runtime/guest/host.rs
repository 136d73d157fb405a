//! The event loop that gives turns, as what it gives them to knows it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::mem;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Wake;
use std::time::Duration;

use futures_util::future::FutureExt as _;
use tokio::time::{Instant, error::Elapsed, timeout_at};

/// Who gives the turns.
pub(in crate::runtime) struct Host {
    bell: Arc<dyn Fn() + Send + Sync>,
    is_woken: AtomicBool,
    /// Whether a turn is under way, which sees for itself that it was woken.
    is_in_turn: AtomicBool,
    calls: AtomicUsize,
    /// What other threads have for it; nothing after its end.
    incoming: Mutex<Option<Vec<Incoming>>>,
    /// How many wait for a time.
    alarms: Mutex<BTreeMap<Instant, usize>>,
}

type Incoming = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Host {
    pub(super) fn new(bell: Arc<dyn Fn() + Send + Sync>) -> Self {
        Self {
            bell,
            is_woken: AtomicBool::new(false),
            is_in_turn: AtomicBool::new(false),
            calls: AtomicUsize::new(0),
            incoming: Mutex::new(Some(Vec::new())),
            alarms: Mutex::default(),
        }
    }

    /// The one whose turn this is.
    pub(in crate::runtime) fn here() -> Option<Arc<Self>> {
        HERE.with_borrow(Clone::clone)
    }

    /// Has a task begin, from any thread. After the end it is dropped.
    pub(in crate::runtime) fn add(self: &Arc<Self>, task: impl Future<Output = ()> + Send + 'static) {
        let task = Box::pin(contained(task));
        match &mut *lock(&self.incoming) {
            Some(incoming) => incoming.push(task),
            None => return,
        }
        self.wake_by_ref();
    }

    pub(super) fn take_incoming(&self) -> Vec<Incoming> {
        lock(&self.incoming).as_mut().map(mem::take).unwrap_or_default()
    }

    /// Drops what has not begun, and whatever else comes.
    pub(super) fn end(&self) {
        let incoming = lock(&self.incoming).take();
        drop(incoming);
    }

    /// Whether no call is under way.
    pub(super) fn is_idle(&self) -> bool {
        self.calls.load(Ordering::Acquire) == 0
    }

    /// The call, which counts as under way from now on until it has ended.
    pub(super) fn counted<F: Future<Output = ()>>(self: &Arc<Self>, call: F) -> impl Future<Output = ()> + use<F> {
        self.calls.fetch_add(1, Ordering::AcqRel);
        let counted = Counted(Arc::clone(self));
        async move {
            let _counted = counted;
            call.await;
        }
    }

    pub(super) fn is_woken(&self) -> bool {
        self.is_woken.load(Ordering::SeqCst)
    }

    pub(super) fn take_wake(&self) -> bool {
        self.is_woken.swap(false, Ordering::SeqCst)
    }

    /// Without ringing: the turn follows.
    pub(super) fn wake_later(&self) {
        self.is_woken.store(true, Ordering::SeqCst);
    }

    /// Rings afterwards if it was woken in the last moment.
    pub(super) fn during_a_turn(&self, turn: impl FnOnce()) {
        self.is_in_turn.store(true, Ordering::SeqCst);
        turn();
        self.is_in_turn.store(false, Ordering::SeqCst);
        if self.is_woken() {
            (self.bell)();
        }
    }

    /// Makes it the one whose turn this is, until the entry is dropped.
    pub(super) fn enter(self: &Arc<Self>) -> Entered {
        Entered(HERE.replace(Some(Arc::clone(self))))
    }

    /// The first time that somebody waits for.
    pub(super) fn due(&self) -> Option<std::time::Instant> {
        // The runtime's clock ticks once a millisecond.
        lock(&self.alarms).keys().next().map(|&at| (at + Duration::from_millis(1)).into_std())
    }
}

impl Wake for Host {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.is_woken.swap(true, Ordering::SeqCst) && !self.is_in_turn.load(Ordering::SeqCst) {
            (self.bell)();
        }
    }
}

/// Runs a task beside what this is called in: on the guest, or the runtime.
pub(crate) fn spawn_here(task: impl Future<Output = ()> + Send + 'static) {
    match Host::here() {
        Some(host) => host.add(task),
        None => drop(tokio::spawn(task)),
    }
}

/// Waits for a future, but not beyond a time.
///
/// # Errors
///
/// [`Elapsed`] if the time comes first.
pub(crate) async fn until<T>(at: Instant, future: impl Future<Output = T>) -> Result<T, Elapsed> {
    let _alarm = Alarm::at(at);
    timeout_at(at, future).await
}

/// While it lives, a guest has a turn at its time: nobody else drives its clock.
pub(crate) struct Alarm(Option<(Arc<Host>, Instant)>);

impl Alarm {
    pub(crate) fn at(at: Instant) -> Self {
        let host = Host::here();
        if let Some(host) = &host {
            *lock(&host.alarms).entry(at).or_default() += 1;
        }
        Self(host.map(|host| (host, at)))
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        let Some((host, at)) = &self.0 else { return };
        if let Entry::Occupied(mut waiting) = lock(&host.alarms).entry(*at) {
            *waiting.get_mut() -= 1;
            if *waiting.get() == 0 {
                waiting.remove();
            }
        }
    }
}

/// Whose turn it was before.
pub(super) struct Entered(Option<Arc<Host>>);

impl Drop for Entered {
    fn drop(&mut self) {
        HERE.set(self.0.take());
    }
}

struct Counted(Arc<Host>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.calls.fetch_sub(1, Ordering::AcqRel);
    }
}

/// A panic ends a task alone.
pub(super) fn contained(task: impl Future<Output = ()>) -> impl Future<Output = ()> {
    AssertUnwindSafe(task).catch_unwind().map(drop)
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

thread_local! {
    static HERE: RefCell<Option<Arc<Host>>> = const { RefCell::new(None) };
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    #[test]
    fn it_rings_once_until_the_next_turn_and_not_during_one() {
        let (host, rings) = host();
        host.wake_by_ref();
        host.wake_by_ref();
        assert_eq!(rings.load(Ordering::SeqCst), 1);
        host.during_a_turn(|| {
            assert!(host.take_wake());
            host.wake_by_ref();
            assert!(host.take_wake() && !host.take_wake());
        });
        assert_eq!(rings.load(Ordering::SeqCst), 1);
        host.during_a_turn(|| host.wake_by_ref());
        assert_eq!(rings.load(Ordering::SeqCst), 2, "nobody took that wake in the turn");
    }

    #[test]
    fn what_comes_after_its_end_is_dropped_at_once() {
        let ((host, rings), held) = (host(), Arc::new(()));
        for held in [Arc::clone(&held), Arc::clone(&held)] {
            host.end();
            host.add(async move {
                let _held = held;
                pending::<()>().await;
            });
        }
        assert_eq!((Arc::strong_count(&held), rings.load(Ordering::SeqCst)), (1, 0));
        assert!(host.take_incoming().is_empty());
    }

    #[test]
    fn the_first_alarm_is_due_until_all_of_its_time_are_gone() {
        let (host, _) = host();
        assert!(host.due().is_none() && Alarm::at(Instant::now()).0.is_none(), "nobody's turn");
        let (first, last) = (Instant::now(), Instant::now() + Duration::from_secs(9));
        let _here = host.enter();
        let alarms = [Alarm::at(last), Alarm::at(first), Alarm::at(first)];
        let due = |at: Instant| Some((at + Duration::from_millis(1)).into_std());
        let [late, one, other] = alarms;
        drop(one);
        assert_eq!(host.due(), due(first));
        drop(other);
        assert_eq!(host.due(), due(last));
        drop(late);
        assert!(host.due().is_none());
    }

    fn host() -> (Arc<Host>, Arc<AtomicUsize>) {
        let rings = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&rings);
        let bell = Arc::new(move || {
            counted.fetch_add(1, Ordering::SeqCst);
        });
        (Arc::new(Host::new(bell)), rings)
    }
}
