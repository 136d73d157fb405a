//! The reqwest clients of a runtime, its tasks, and the callers' runtimes that have some.

use std::collections::HashMap;
use std::net::{Ipv4Addr, UdpSocket};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use reqwest::Client;
use tokio::runtime::{Handle, Id};
use tokio::task::JoinHandle;

use super::{forked, runtime_ended};
use crate::http::Route;
use crate::model::{Error, Phase};
use crate::process::{Process, lock};

/// A runtime's reqwest clients, one a route.
pub(crate) struct RuntimeConnections {
    handle: Handle,
    /// Few: finding one in a list beats a table.
    clients: Mutex<Vec<(Route, Client)>>,
    /// Held by each task.
    tasks: Arc<()>,
}

impl RuntimeConnections {
    pub(super) fn new(handle: Handle) -> Self {
        Self { handle, clients: Mutex::default(), tasks: Arc::default() }
    }

    /// The client of a route.
    ///
    /// # Errors
    ///
    /// `config` for a certificate or a proxy that cannot be used.
    pub(crate) fn client(&self, route: &Route) -> Result<Client, Error> {
        let mut clients = lock(&self.clients);
        if let Some((_, client)) = clients.iter().find(|(known, _)| known == route) {
            return Ok(client.clone());
        }
        let client = route.client()?;
        clients.push((route.clone(), client.clone()));
        Ok(client)
    }

    /// Runs a future in the runtime.
    pub(crate) fn spawn<T: Send + 'static>(&self, future: impl Future<Output = T> + Send + 'static) -> Task<T> {
        let held = Arc::clone(&self.tasks);
        let handle = self.handle.spawn(async move {
            let _held = held;
            future.await
        });
        Task { process: Process::current(), handle }
    }

    /// Whether a spawned future has not ended.
    pub(super) fn is_busy(&self) -> bool {
        Arc::strong_count(&self.tasks) > 1
    }
}

/// A spawned future. Dropping it drops the future: a cancelled call sends nothing more.
#[derive(Debug)]
pub struct Task<T> {
    process: Process,
    handle: JoinHandle<T>,
}

impl<T> Future for Task<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<T, Error>> {
        if !self.process.is_current() {
            return Poll::Ready(Err(forked()));
        }
        Pin::new(&mut self.handle).poll(context).map_err(|error| runtime_ended(Phase::Receive).with_source(error))
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        // A forked child inherits its parent's tasks, which it must not end.
        if self.process.is_current() {
            self.handle.abort();
        }
    }
}

/// The callers' runtimes; `None` for one without I/O or time.
#[derive(Default)]
pub(super) struct RuntimeRegistry(Arc<Mutex<Registered>>);

type Registered = HashMap<Id, Option<Arc<RuntimeConnections>>>;

impl RuntimeRegistry {
    /// The connections of a runtime, kept until it ends; `None` for one that cannot open any.
    pub(super) fn get(&self, handle: Handle) -> Option<Arc<RuntimeConnections>> {
        let id = handle.id();
        let mut registered = lock(&self.0);
        if let Some(connections) = registered.get(&id) {
            return connections.clone();
        }
        let connections = can_connect(&handle).then(|| Arc::new(RuntimeConnections::new(handle.clone())));
        registered.insert(id, connections.clone());
        drop(registered);
        let removal = Removal(Arc::downgrade(&self.0), id);
        handle.spawn(async move {
            let _removal = removal;
            std::future::pending::<()>().await;
        });
        connections
    }
}

/// Removes a runtime's connections when the runtime drops its tasks: another one may get its id.
struct Removal(Weak<Mutex<Registered>>, Id);

impl Drop for Removal {
    fn drop(&mut self) {
        let removed = self.0.upgrade().map(|registered| lock(&registered).remove(&self.1));
        drop(removed);
    }
}

/// Whether a runtime has I/O and time. Tokio offers no way to ask but to try, and panics if not.
fn can_connect(handle: &Handle) -> bool {
    let tried = catch_unwind(AssertUnwindSafe(|| {
        let _inside = handle.enter();
        drop(tokio::time::sleep(Duration::ZERO));
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        socket.set_nonblocking(true)?;
        tokio::net::UdpSocket::from_std(socket).map(drop)
    }));
    tried.is_ok()
}
