//! The reqwest clients of one runtime, and the callers' runtimes that have some.

use std::collections::HashMap;
use std::net::{Ipv4Addr, UdpSocket};
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use reqwest::Client;
use tokio::runtime::{Handle, Id};

use super::io_thread::Task;
use crate::error::Error;
use crate::http::{Route, TlsConfigs};

/// A runtime's reqwest clients, one a route.
pub(crate) struct RuntimeConnections {
    handle: Handle,
    tls: Arc<TlsConfigs>,
    /// Few: finding one in a list beats a table.
    clients: Mutex<Vec<(Route, Client)>>,
    /// Held by each task.
    tasks: Arc<()>,
}

impl RuntimeConnections {
    pub(super) fn new(handle: Handle, tls: &Arc<TlsConfigs>) -> Self {
        Self { handle, tls: Arc::clone(tls), clients: Mutex::default(), tasks: Arc::default() }
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
        let client = route.client(&self.tls)?;
        clients.push((route.clone(), client.clone()));
        Ok(client)
    }

    /// Runs a future in the runtime.
    pub(crate) fn spawn<T: Send + 'static>(&self, future: impl Future<Output = T> + Send + 'static) -> Task<T> {
        let held = Arc::clone(&self.tasks);
        Task::new(self.handle.spawn(async move {
            let _held = held;
            future.await
        }))
    }

    /// Whether a spawned future has not ended.
    pub(super) fn is_busy(&self) -> bool {
        Arc::strong_count(&self.tasks) > 1
    }
}

/// The callers' runtimes; `None` for one without I/O or time.
#[derive(Default)]
pub(super) struct RuntimeRegistry(Arc<Mutex<Connections>>);

type Connections = HashMap<Id, Option<Arc<RuntimeConnections>>>;

impl RuntimeRegistry {
    /// The connections of a runtime, kept until it ends; `None` for one that cannot open any.
    pub(super) fn get(&self, handle: &Handle, tls: &Arc<TlsConfigs>) -> Option<Arc<RuntimeConnections>> {
        let id = handle.id();
        if let Some(connections) = lock(&self.0).get(&id) {
            return connections.clone();
        }
        let connections = can_connect(handle).then(|| Arc::new(RuntimeConnections::new(handle.clone(), tls)));
        let mut all = lock(&self.0);
        if let Some(connections) = all.get(&id) {
            return connections.clone();
        }
        all.insert(id, connections.clone());
        drop(all);
        let removal = Removal { registry: Arc::downgrade(&self.0), id };
        handle.spawn(async move {
            let _removal = removal;
            std::future::pending::<()>().await;
        });
        connections
    }
}

/// Removes a runtime's connections when its tasks are dropped: another runtime may get its id.
struct Removal {
    registry: Weak<Mutex<Connections>>,
    id: Id,
}

impl Drop for Removal {
    fn drop(&mut self) {
        let removed = self.registry.upgrade().and_then(|registry| lock(&registry).remove(&self.id));
        drop(removed);
    }
}

/// Whether a runtime has I/O and time. Tokio offers no way to ask but to try, and panics if not.
fn can_connect(handle: &Handle) -> bool {
    let tried = panic::catch_unwind(AssertUnwindSafe(|| {
        let _inside = handle.enter();
        drop(tokio::time::sleep(Duration::ZERO));
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        socket.set_nonblocking(true)?;
        tokio::net::UdpSocket::from_std(socket).map(drop)
    }));
    tried.is_ok()
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
