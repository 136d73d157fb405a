//! Single flight: calls that ask the same with the same token at the same time share one request and one answer.
//!
//! An app's user taps twice, or a proxy repeats a request, and the token would be spent by one of the two: the other
//! would be refused, sometimes billed. Here the second waits for the first one's reply.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::watch;
use tokio::time::Instant;

use crate::apps::App;
use crate::call::{Call, ReturnAddress};
use crate::crypto::digest;
use crate::error::Error;
use crate::provider::Ask;
use crate::runtime::{Io, Task};
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
    key: Option<Key>,
    flights: Arc<Flights>,
    task: Task<()>,
}

type Reply = Result<(u16, Vec<u8>), Error>;

impl Flights {
    /// Joins the request under way that asks the same, or starts the one that `prepare` builds; tells which.
    ///
    /// # Errors
    ///
    /// `prepare`'s, and `config` if the HTTP client cannot be built.
    pub(crate) fn join<T>(
        io: &Io,
        key: Option<Key>,
        settings: &Arc<Settings>,
        prepare: impl FnOnce() -> Result<Call<T>, Error>,
    ) -> Result<(Arc<Flight>, bool), Error> {
        let flights = io.flights();
        if let Some(flight) = key.and_then(|key| flights.lock().get(&key).and_then(Weak::upgrade)) {
            return Ok((flight, true));
        }
        let begun = Instant::now();
        let (call, client) = (prepare()?, io.client(settings)?);
        let mut under_way = flights.lock();
        // Another thread may have been first, and its request is the one that is sent.
        if let Some(flight) = key.and_then(|key| under_way.get(&key).and_then(Weak::upgrade)) {
            return Ok((flight, true));
        }
        let (sender, reply) = watch::channel(None);
        let (landed, settings) = (Arc::clone(flights), Arc::clone(settings));
        let (Call { url, headers, body, return_address, .. }, start) = (call, Arc::clone(flights));
        let task = io.spawn(async move {
            let reply = transport::exchange(client, &settings, begun, &url, &headers, body).await;
            // From here on the token is spent, and a later call with it is a call of its own.
            key.map(|key| landed.lock().remove(&key));
            sender.send_replace(Some(reply));
        });
        let flight = Arc::new(Flight { return_address, reply, key, flights: start, task });
        key.map(|key| under_way.insert(key, Arc::downgrade(&flight)));
        Ok((flight, false))
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
        match reply.wait_for(Option::is_some).await {
            Ok(reply) => reply.clone().unwrap_or_else(|| Err(stopped())),
            Err(_) => Err(stopped()),
        }
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        // A forked child inherits flights that it must not touch: their lock may have been held at the fork.
        let Some(key) = self.key.filter(|_| self.task.is_of_this_process()) else { return };
        let mut under_way = self.flights.lock();
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
