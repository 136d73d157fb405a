//! The pool: connections that are idle between requests, the latest used first. Each carries one request at a time.

use std::future::pending;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use hyper::Uri;
use hyper::client::conn::http1::SendRequest;
use tokio::time::Instant;

use super::connect::{Connector, FALLBACK};
use super::http::{self, OneShot};
use super::route::Route;
use super::tls::Trust;
use crate::error::{Error, ErrorKind, Phase};
use crate::runtime::{Alarm, spawn_here, until};

/// The connections of one route that one runtime looks after.
pub(crate) struct Connections {
    connector: Connector,
    connect_timeout: Duration,
    idle: Mutex<IdleConnections>,
}

/// Those that no request is on.
#[derive(Default)]
struct IdleConnections {
    by_origin: Vec<(Uri, Vec<IdleConnection>)>,
    /// Whether a task closes those that are not used any more.
    is_swept: bool,
}

struct IdleConnection {
    sender: SendRequest<OneShot>,
    since: Instant,
}

impl Connections {
    /// Of a route, trusting whom it says.
    ///
    /// # Errors
    ///
    /// `config` for a certificate that cannot be trusted.
    pub(crate) fn new(route: &Route, trust: &Trust) -> Result<Self, Error> {
        let connector = Connector::new(trust.config(route.trusted())?, route.proxy());
        Ok(Self { connector, connect_timeout: route.connect_timeout(), idle: Mutex::default() })
    }

    /// The idle connection that was used last, if it is still open.
    pub(super) async fn check_out(&self, origin: &Uri) -> Option<SendRequest<OneShot>> {
        loop {
            let mut sender = self.lock().pop(origin)?;
            // It may still be busy for a moment with the end of the reply before.
            if sender.is_ready() || matches!(until(Instant::now() + MOMENT, sender.ready()).await, Ok(Ok(()))) {
                return Some(sender);
            }
        }
    }

    /// A new connection.
    ///
    /// # Errors
    ///
    /// `transport` in the phase `connect`.
    pub(super) async fn connect(&self, origin: &Uri) -> Result<SendRequest<OneShot>, Error> {
        let _fallback = Alarm::at(Instant::now() + FALLBACK);
        match until(Instant::now() + self.connect_timeout, self.connector.open(origin)).await {
            Ok(Ok(sender)) => Ok(sender),
            Ok(Err(error)) => Err(http::failure(Phase::Connect, error)),
            Err(_) => {
                let message = format!("no connection within {} ms", self.connect_timeout.as_millis());
                Err(Error::new(ErrorKind::Transport { phase: Phase::Connect, timeout: true }, message))
            }
        }
    }

    /// Leaves a connection, whose reply has been read to its end, to the next request.
    pub(super) fn check_in(self: &Arc<Self>, origin: &Uri, sender: SendRequest<OneShot>) {
        if sender.is_closed() {
            return;
        }
        let mut idle = self.lock();
        let connection = IdleConnection { sender, since: Instant::now() };
        match idle.by_origin.iter_mut().find(|(known, _)| known == origin) {
            Some((_, row)) => row.push(connection),
            None => idle.by_origin.push((origin.clone(), vec![connection])),
        }
        let is_swept = mem::replace(&mut idle.is_swept, true);
        drop(idle);
        if !is_swept {
            spawn_here(sweep(Arc::downgrade(self)));
        }
    }

    fn lock(&self) -> MutexGuard<'_, IdleConnections> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl IdleConnections {
    /// The one that was used last, if that was not long ago; closes those before it otherwise.
    fn pop(&mut self, origin: &Uri) -> Option<SendRequest<OneShot>> {
        let (_, row) = self.by_origin.iter_mut().find(|(known, _)| known == origin)?;
        let last = row.pop()?;
        if last.is_fresh() {
            return Some(last.sender);
        }
        row.clear();
        None
    }

    /// Closes those that were not used for long; tells whether any are left.
    fn sweep(&mut self) -> bool {
        for (_, row) in &mut self.by_origin {
            row.retain(|connection| connection.is_fresh() && !connection.sender.is_closed());
        }
        self.by_origin.retain(|(_, row)| !row.is_empty());
        self.is_swept = !self.by_origin.is_empty();
        self.is_swept
    }
}

impl IdleConnection {
    fn is_fresh(&self) -> bool {
        self.since.elapsed() < IDLE_TIMEOUT
    }
}

async fn sweep(connections: Weak<Connections>) {
    loop {
        drop(until(Instant::now() + IDLE_TIMEOUT / 4, pending::<()>()).await);
        match connections.upgrade() {
            Some(connections) if connections.lock().sweep() => {}
            _ => return,
        }
    }
}

/// Shorter than the balancers' own limits, so that a login does not meet a connection that is just being closed.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);

/// Long for the end of a reply that has been read.
const MOMENT: Duration = Duration::from_millis(50);

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::io::Read;
    use std::net::{TcpListener, TcpStream};

    use tokio::time::sleep;

    use super::*;
    use crate::options::Options;

    #[tokio::test]
    async fn the_latest_is_used_first_and_the_closed_are_left_out() {
        let (connections, origin, listener) = gateway();
        let (first, at_first) = opened(&connections, &origin, &listener).await;
        let (second, at_second) = opened(&connections, &origin, &listener).await;
        connections.check_in(&origin, first);
        connections.check_in(&origin, second);
        assert!(connections.check_out(&"http://127.0.0.2:1".parse().unwrap()).await.is_none(), "another's");
        drop(at_second);
        sleep(Duration::from_millis(20)).await;
        let in_use = connections.check_out(&origin).await.unwrap();
        assert!(connections.check_out(&origin).await.is_none(), "one was closed, and one is in use");
        drop(in_use);
        assert!(is_closed(at_first).await);
    }

    #[tokio::test]
    async fn those_not_used_for_long_are_closed_and_the_sweeper_rests() {
        let (connections, origin, listener) = gateway();
        let (sender, at_gateway) = opened(&connections, &origin, &listener).await;
        connections.check_in(&origin, sender);
        tokio::time::pause();
        sleep(IDLE_TIMEOUT + IDLE_TIMEOUT).await;
        tokio::time::resume();
        assert!(is_closed(at_gateway).await);
        assert!(!connections.lock().is_swept && connections.lock().by_origin.is_empty());
        let (sender, _at_gateway) = opened(&connections, &origin, &listener).await;
        connections.check_in(&origin, sender);
        assert!(connections.lock().is_swept && connections.check_out(&origin).await.is_some());
    }

    #[tokio::test]
    async fn one_that_the_sweeper_has_not_come_to_is_left_out_as_well() {
        let (connections, origin, listener) = gateway();
        let mut at_gateway = Vec::new();
        for _ in 0..3 {
            let (sender, stream) = opened(&connections, &origin, &listener).await;
            at_gateway.push(stream);
            connections.lock().is_swept = true;
            connections.check_in(&origin, sender);
        }
        tokio::time::pause();
        sleep(IDLE_TIMEOUT).await;
        tokio::time::resume();
        assert!(connections.check_out(&origin).await.is_none());
        for stream in at_gateway {
            assert!(is_closed(stream).await);
        }
    }

    fn gateway() -> (Arc<Connections>, Uri, TcpListener) {
        let mut options = Options::read(&[], BTreeMap::<String, String>::new()).unwrap();
        let connections = Connections::new(&Route::from(&mut options).unwrap(), &Trust::default()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        (Arc::new(connections), origin, listener)
    }

    async fn opened(
        connections: &Arc<Connections>,
        origin: &Uri,
        listener: &TcpListener,
    ) -> (SendRequest<OneShot>, TcpStream) {
        let sender = connections.connect(origin).await.unwrap();
        (sender, listener.accept().unwrap().0)
    }

    async fn is_closed(mut stream: TcpStream) -> bool {
        // So that the connection's own task runs.
        sleep(Duration::from_millis(20)).await;
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        stream.read(&mut [0]).is_ok_and(|read| read == 0)
    }
}
