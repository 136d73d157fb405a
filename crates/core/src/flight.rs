//! Single flight: calls that ask the same with the same token at the same time share one request and one answer.
//!
//! An app's user taps twice, or a proxy repeats a request, and the token would be spent by one of the two: the other
//! would be refused, sometimes billed. Here the second waits for the first one's reply.

use std::collections::HashMap;
use std::future::poll_fn;
use std::mem;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll};

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use crate::apps::App;
use crate::call::ReturnAddress;
use crate::crypto::digest;
use crate::error::{Error, Phase};
use crate::provider::Ask;
use crate::runtime::{self, Pool, Task};
use crate::transport::http::Request;
use crate::transport::{self, Settings};

/// The requests under way on one I/O core.
#[derive(Default)]
pub(crate) struct Flights(Mutex<HashMap<Key, Weak<Flight>>>);

/// `SHA-256(operation, arguments, options)`: equal for calls that may share a request.
type Key = [u8; 32];

/// A request under way. It ends when nobody waits for it any more.
pub(crate) struct Flight {
    pub(crate) return_address: ReturnAddress,
    reply: watch::Receiver<Option<Reply>>,
    carrier: Mutex<Carrier>,
    settings: Arc<Settings>,
    pool: Arc<Pool>,
    key: Option<Key>,
}

type Reply = Result<(u16, Vec<u8>), Error>;

/// Who sees to it that a request goes on.
enum Carrier {
    /// The call that began it, whenever it is polled.
    Call(Pin<Box<dyn Future<Output = ()> + Send>>),
    /// The runtime.
    Task { _until_dropped: Task<()> },
    /// Nobody: the reply is there.
    Landed,
}

impl Flights {
    /// Joins the request under way that asks the same, or starts the one that `request` builds; tells which.
    ///
    /// # Errors
    ///
    /// `request`'s, and `config` if the HTTP client cannot be built.
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
        let ((request, return_address), client) = (request()?, pool.client(settings)?);
        let mut under_way = flights.lock();
        // Another thread may have been first, and its request is the one that is sent.
        if let Some(flight) = key.and_then(|key| under_way.get(&key).and_then(Weak::upgrade)) {
            drop(under_way);
            flight.hand_over();
            return Ok((flight, true));
        }
        let (sender, reply) = watch::channel(None);
        let (of_request, landing) = (Arc::clone(settings), key.map(|key| (Arc::clone(flights), key)));
        let request = async move {
            let reply = transport::exchange(&client, &of_request, begun, request).await;
            // From here on the token is spent, and a later call with it is a call of its own.
            landing.map(|(flights, key)| flights.lock().remove(&key));
            sender.send_replace(Some(reply));
        };
        let carrier = Mutex::new(Carrier::Call(Box::pin(request)));
        let (settings, pool) = (Arc::clone(settings), Arc::clone(pool));
        let flight = Arc::new(Flight { return_address, reply, carrier, settings, pool, key });
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
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Flight {
    /// Waits for the reply, which all who joined read for themselves.
    ///
    /// # Errors
    ///
    /// As [`transport::exchange`].
    pub(crate) async fn reply(&self) -> Reply {
        let mut reply = self.reply.clone();
        let mut arrival = pin!(reply.wait_for(Option::is_some));
        let arrived = poll_fn(|context| {
            // First, so that whoever takes the request over can wake this call.
            if let Poll::Ready(arrived) = arrival.as_mut().poll(context) {
                return Poll::Ready(arrived.map(|reply| reply.clone()));
            }
            self.carry(context);
            arrival.as_mut().poll(context).map_ok(|reply| reply.clone())
        });
        arrived.await.ok().flatten().unwrap_or_else(|| Err(stopped()))
    }

    /// Waits for the reply to another call's request, but no longer than for one's own.
    ///
    /// # Errors
    ///
    /// As [`transport::exchange`].
    pub(crate) async fn reply_to_other(&self) -> Reply {
        let (mut reply, settings) = (self.reply.clone(), Arc::clone(&self.settings));
        let arrival = async move {
            match timeout(settings.timeout, reply.wait_for(Option::is_some)).await {
                Ok(arrived) => arrived.ok().and_then(|reply| reply.clone()).unwrap_or_else(|| Err(stopped())),
                Err(_) => Err(settings.late(Phase::Receive)),
            }
        };
        if Handle::try_current().is_ok() { arrival.await } else { runtime::spawn(arrival)?.await? }
    }

    fn carry(&self, context: &mut Context<'_>) {
        let mut carrier = self.carrier();
        if let Carrier::Call(request) = &mut *carrier
            && request.as_mut().poll(context).is_ready()
        {
            *carrier = Carrier::Landed;
        }
    }

    /// From now on the request goes on whether or not the call that began it does.
    fn hand_over(&self) {
        let mut carrier = self.carrier();
        *carrier = match mem::replace(&mut *carrier, Carrier::Landed) {
            Carrier::Call(request) => Carrier::Task { _until_dropped: self.pool.spawn(request) },
            other => other,
        };
    }

    fn carrier(&self) -> MutexGuard<'_, Carrier> {
        self.carrier.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        // A forked child inherits flights that it must not touch: their lock may have been held at the fork, and
        // their sockets are the parent's.
        if !self.pool.is_of_this_process() {
            let carrier = self.carrier.get_mut().unwrap_or_else(PoisonError::into_inner);
            mem::forget(mem::replace(carrier, Carrier::Landed));
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

fn stopped() -> Error {
    Error::config("the I/O core stopped while it was in use")
}
