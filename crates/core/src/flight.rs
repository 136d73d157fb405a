//! Single flight: calls that ask the same with the same token at the same time share one request and one answer.
//!
//! An app's user taps twice, or a proxy repeats a request, and the token would be spent by one of the two: the other
//! would be refused, sometimes billed. Here the second waits for the first one's reply.

use std::collections::HashMap;
use std::future::poll_fn;
use std::mem;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::task::{Context, Poll, Waker};

use tokio::runtime::Handle;
use tokio::time::Instant;

use crate::apps::App;
use crate::call::ReturnAddress;
use crate::crypto::digest;
use crate::error::{Error, Phase};
use crate::provider::Ask;
use crate::runtime::{self, Errand, Pool};
use crate::transport::{self, Progress, Request, Settings};

/// The requests under way on one I/O core.
#[derive(Default)]
pub(crate) struct Flights(Mutex<HashMap<Key, Weak<Flight>>>);

/// `SHA-256(operation, arguments, options)`: equal for calls that may share a request.
type Key = [u8; 32];

/// A request under way. It ends when nobody waits for it any more.
pub(crate) struct Flight {
    pub(crate) return_address: ReturnAddress,
    course: Arc<Mutex<Course>>,
    progress: Progress,
    /// Ends with the flight.
    task: OnceLock<Errand>,
    settings: Arc<Settings>,
    pool: Arc<Pool>,
    key: Option<Key>,
}

type Reply = Result<(u16, Vec<u8>), Error>;

/// How far it is, and who waits.
struct Course {
    carrier: Carrier,
    waiting: Vec<Waker>,
}

/// Who sees to it that a request goes on.
enum Carrier {
    /// The call that began it, whenever it is polled.
    Call(Pin<Box<dyn Future<Output = Reply> + Send>>),
    /// The runtime.
    Task,
    /// Nobody: the reply is there.
    Landed(Reply),
}

impl Flights {
    /// Joins the request under way that asks the same, or starts the one that `request` builds; tells which.
    ///
    /// # Errors
    ///
    /// `request`'s, and `config` for a certificate that cannot be trusted.
    pub(crate) fn join(
        pool: &Arc<Pool>,
        key: Option<Key>,
        settings: &Arc<Settings>,
        request: impl FnOnce() -> Result<(Request, ReturnAddress), Error>,
    ) -> Result<(Arc<Flight>, bool), Error> {
        let flights = &pool.flights;
        if let Some(flight) = flights.under_way(key) {
            flight.hand_over();
            return Ok((flight, true));
        }
        let begun = Instant::now();
        let ((request, return_address), connections) = (request()?, pool.connections(settings)?);
        let mut under_way = flights.lock();
        // Another thread may have been first, and its request is the one that is sent.
        if let Some(flight) = key.and_then(|key| under_way.get(&key).and_then(Weak::upgrade)) {
            drop(under_way);
            flight.hand_over();
            return Ok((flight, true));
        }
        let (of_request, landing) = (Arc::clone(settings), key.map(|key| (Arc::clone(flights), key)));
        let progress = Progress::default();
        let of_flight = progress.clone();
        let request = async move {
            let reply = transport::exchange(&connections, &of_request, begun, request, &progress).await;
            // From here on the token is spent, and a later call with it is a call of its own.
            landing.map(|(flights, key)| flights.lock().remove(&key));
            reply
        };
        let course = Arc::new(Mutex::new(Course { carrier: Carrier::Call(Box::pin(request)), waiting: Vec::new() }));
        let (settings, pool) = (Arc::clone(settings), Arc::clone(pool));
        let (task, progress) = (OnceLock::new(), of_flight);
        let flight = Arc::new(Flight { return_address, course, progress, task, settings, pool, key });
        key.map(|key| under_way.insert(key, Arc::downgrade(&flight)));
        drop(under_way);
        if !flight.pool.is_here() {
            flight.hand_over();
        }
        Ok((flight, false))
    }

    fn under_way(&self, key: Option<Key>) -> Option<Arc<Flight>> {
        self.lock().get(&key?).and_then(Weak::upgrade)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Weak<Flight>>> {
        lock(&self.0)
    }
}

impl Flight {
    /// Waits for the reply, which all who joined read for themselves.
    ///
    /// # Errors
    ///
    /// As [`transport::exchange`].
    pub(crate) async fn reply(&self) -> Reply {
        poll_fn(|context| lock(&self.course).poll(context)).await
    }

    /// Waits for the reply to another call's request, but no longer than for one's own.
    ///
    /// # Errors
    ///
    /// As [`transport::exchange`].
    pub(crate) async fn reply_to_other(&self) -> Reply {
        let (course, settings) = (Arc::clone(&self.course), Arc::clone(&self.settings));
        let arrival = async move {
            let arrival = poll_fn(|context| lock(&course).poll(context));
            runtime::until(Instant::now() + settings.timeout, arrival)
                .await
                .unwrap_or_else(|_| Err(settings.late(Phase::Receive)))
        };
        if Handle::try_current().is_ok() { arrival.await } else { runtime::spawn(arrival)?.await? }
    }

    /// From now on the request goes on whether or not the call that began it does.
    fn hand_over(&self) {
        let mut course = lock(&self.course);
        let request = match mem::replace(&mut course.carrier, Carrier::Task) {
            Carrier::Call(request) => request,
            other => {
                course.carrier = other;
                return;
            }
        };
        drop(course);
        let landing = Landing(Arc::clone(&self.course), self.progress.clone());
        let task = async move {
            let landing = landing;
            let reply = request.await;
            lock(&landing.0).land(reply);
        };
        self.task.get_or_init(|| self.pool.spawn(task));
    }
}

impl Course {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Reply> {
        match &mut self.carrier {
            Carrier::Landed(reply) => return Poll::Ready(reply.clone()),
            Carrier::Call(request) => {
                if let Poll::Ready(reply) = request.as_mut().poll(context) {
                    self.land(reply.clone());
                    return Poll::Ready(reply);
                }
            }
            Carrier::Task => {}
        }
        // Even of the call that carries it: another may join, and then the runtime does.
        if !self.waiting.iter().any(|waker| waker.will_wake(context.waker())) {
            self.waiting.push(context.waker().clone());
        }
        Poll::Pending
    }

    fn land(&mut self, reply: Reply) {
        let carrier = mem::replace(&mut self.carrier, Carrier::Landed(reply));
        let was_handed_over = matches!(carrier, Carrier::Task);
        let waiting = self.waiting.drain(..);
        if was_handed_over {
            waiting.for_each(Waker::wake);
        }
    }
}

/// Of a request that the runtime carries: if the runtime ends before it, those who wait are told.
struct Landing(Arc<Mutex<Course>>, Progress);

impl Drop for Landing {
    fn drop(&mut self) {
        // In a forked child the lock may be held by nobody who is there.
        if let Ok(mut course) = self.0.try_lock()
            && matches!(course.carrier, Carrier::Task)
        {
            course.land(Err(runtime::stopped(self.1.phase())));
        }
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        // A forked child inherits flights that it must not touch: their lock may have been held at the fork, and
        // their sockets are the parent's.
        if !self.pool.is_of_this_process() {
            mem::forget(Arc::clone(&self.course));
            return;
        }
        let Some(key) = self.key else { return };
        let mut under_way = self.pool.flights.lock();
        // After the last of those who waited gave up, the same token may already be in a flight of its own.
        if under_way.get(&key).is_some_and(|flight| flight.as_ptr() == std::ptr::from_ref(self)) {
            under_way.remove(&key);
        }
    }
}

/// The key of a call with a token. Without a token, asking twice is two questions.
pub(crate) fn key(app: &App, ask: &Ask) -> Option<Key> {
    let params = ask.params()?;
    let number = match ask {
        Ask::VerifyNumber { number, .. } => number.as_ref().map(|number| number.expose().as_bytes()),
        _ => None,
    };
    let asked = [app.options.as_slice(), ask.operation().as_str().as_bytes(), number.unwrap_or_default()];
    let fields = params.fields().flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]);
    Some(digest::sha256_of(asked.into_iter().chain(fields)))
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
