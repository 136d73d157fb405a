//! Connections belong to the runtime that polls them.

use std::collections::HashMap;
use std::net::{Ipv4Addr, UdpSocket};
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::thread::{self, ThreadId};
use std::time::Duration;

use arc_swap::ArcSwap;
use futures_util::future::{AbortHandle, Abortable, FutureExt as _};
use tokio::runtime::{Handle, Id};

use super::Io;
use super::guest::Host;
use crate::error::Error;
use crate::flight::Flights;
use crate::transport::{Connections, Route, Settings, Trust};

/// The connections that one runtime looks after.
pub(crate) struct Pool {
    pid: u32,
    handle: Handle,
    /// The thread that alone drives the runtime, if that is the I/O thread.
    driver: Option<ThreadId>,
    /// The event loop that gives the runtime its turns, if it is a guest's.
    host: Option<Arc<Host>>,
    pub(crate) flights: Arc<Flights>,
    trust: Arc<Trust>,
    /// A process has few, and finding one in a list beats a table.
    connections: ArcSwap<Vec<(Route, Arc<Connections>)>>,
    tasks: Arc<AtomicUsize>,
}

/// The pools of the runtimes that calls were made on.
#[derive(Default)]
pub(crate) struct Pools(ArcSwap<HashMap<Id, Option<Arc<Pool>>>>);

impl Pool {
    pub(super) fn new(io: &Io, handle: Handle) -> Self {
        let (flights, trust) = (Arc::clone(&io.flights), Arc::clone(&io.trust));
        let driver = io.worker.thread_of(&handle);
        let is_here = Handle::try_current().is_ok_and(|current| current.id() == handle.id());
        let host = if is_here { Host::here() } else { None };
        let (connections, tasks) = (ArcSwap::default(), Arc::default());
        Self { pid: io.pid, handle, driver, host, flights, trust, connections, tasks }
    }

    /// The connections of a route, shared by all that go the same way.
    ///
    /// # Errors
    ///
    /// `config` for a certificate that cannot be trusted.
    pub(crate) fn connections(&self, settings: &Settings) -> Result<Arc<Connections>, Error> {
        if let Some(connections) = self.found(&settings.route) {
            return Ok(connections);
        }
        let built = Arc::new(Connections::new(&settings.route, &self.trust)?);
        self.connections.rcu(|all| {
            let mut all = Vec::clone(all);
            if all.iter().all(|(route, _)| *route != settings.route) {
                all.push((settings.route.clone(), Arc::clone(&built)));
            }
            all
        });
        // Another thread may have been first, and its connections are the ones to share.
        Ok(self.found(&settings.route).unwrap_or(built))
    }

    fn found(&self, route: &Route) -> Option<Arc<Connections>> {
        self.connections.load().iter().find(|(known, _)| known == route).map(|(_, found)| Arc::clone(found))
    }

    /// Runs a task on the runtime.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) -> Errand {
        let counted = Counted::new(&self.tasks);
        let (errand, task) = Errand::new(task);
        let task = async move {
            let _counted = counted;
            task.await;
        };
        match &self.host {
            Some(host) => host.add(task),
            None => drop(self.handle.spawn(task)),
        }
        errand
    }

    /// Whether it was built here, and not in the process that this one was forked from.
    pub(crate) fn is_of_this_process(&self) -> bool {
        self.pid == std::process::id()
    }

    /// Whether this is called in the runtime, and by whom it is driven.
    pub(crate) fn is_here(&self) -> bool {
        Handle::try_current().is_ok_and(|handle| handle.id() == self.handle.id())
            && self.driver.is_none_or(|driver| driver == thread::current().id())
    }

    /// Whether something that was spawned has not ended.
    pub(super) fn is_busy(&self) -> bool {
        self.tasks.load(Ordering::Acquire) > 0
    }
}

impl Pools {
    /// The runtime's pool, for as long as the runtime runs; `None` for a runtime without I/O or time.
    pub(super) fn of(&self, io: &Arc<Io>, handle: Handle) -> Option<Arc<Pool>> {
        let id = handle.id();
        if let Some(pool) = self.0.load().get(&id) {
            return pool.clone();
        }
        let built = is_able(&handle).then(|| Arc::new(Pool::new(io, handle.clone())));
        let mut is_first = false;
        self.0.rcu(|pools| {
            let mut pools = HashMap::clone(pools);
            is_first = !pools.contains_key(&id);
            pools.entry(id).or_insert_with(|| built.clone());
            pools
        });
        if is_first {
            let end = End { io: Arc::downgrade(io), id };
            handle.spawn(async move {
                let _end = end;
                std::future::pending::<()>().await;
            });
        }
        self.0.load().get(&id).cloned().flatten()
    }
}

/// Whether connections can be opened and timed here. Tokio has no other way to ask than to try, and panics if not.
fn is_able(handle: &Handle) -> bool {
    let tried = panic::catch_unwind(AssertUnwindSafe(|| {
        let _inside = handle.enter();
        drop(tokio::time::sleep(Duration::ZERO));
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        socket.set_nonblocking(true)?;
        tokio::net::UdpSocket::from_std(socket).map(drop)
    }));
    tried.is_ok()
}

/// Something under way. Dropping it ends it: a cancelled call sends nothing more.
#[derive(Debug)]
pub struct Errand {
    pid: u32,
    abort: AbortHandle,
}

impl Errand {
    /// A task, and what ends it.
    pub(super) fn new(task: impl Future<Output = ()>) -> (Self, impl Future<Output = ()>) {
        let (abort, registration) = AbortHandle::new_pair();
        (Self { pid: std::process::id(), abort }, Abortable::new(task, registration).map(drop))
    }
}

impl Drop for Errand {
    fn drop(&mut self) {
        // A forked child inherits tasks of a runtime that it must not touch: a lock in it may have been held at the fork.
        if self.pid == std::process::id() {
            self.abort.abort();
        }
    }
}

/// One of the tasks of a pool.
struct Counted(Arc<AtomicUsize>);

impl Counted {
    fn new(tasks: &Arc<AtomicUsize>) -> Self {
        tasks.fetch_add(1, Ordering::AcqRel);
        Self(Arc::clone(tasks))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Dropped when its runtime is, whose id another may have afterwards.
struct End {
    io: Weak<Io>,
    id: Id,
}

impl Drop for End {
    fn drop(&mut self) {
        let Some(io) = self.io.upgrade() else { return };
        io.pools.0.rcu(|pools| {
            let mut pools = HashMap::clone(pools);
            pools.remove(&self.id);
            pools
        });
    }
}
