//! Name resolution on threads of our own: tokio panics where the operating system refuses one.

use std::io;
use std::net::ToSocketAddrs as _;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::{Semaphore, oneshot};

use crate::process::start_thread;

/// Calls `getaddrinfo` on a thread for each lookup, at most [`MAX_LOOKUPS`] at a time.
pub(super) struct ThreadResolver(Arc<Semaphore>);

impl Default for ThreadResolver {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MAX_LOOKUPS)))
    }
}

impl Resolve for ThreadResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let lookups = Arc::clone(&self.0);
        Box::pin(async move {
            let permit = lookups.acquire_owned().await?;
            let (sender, resolved) = oneshot::channel();
            start_thread("quhao-dns", move || {
                let addresses = (name.as_str(), 0).to_socket_addrs();
                drop(permit);
                drop(sender.send(addresses));
            })?;
            let addresses = resolved.await.map_err(io::Error::other)??;
            Ok(Box::new(addresses) as Addrs)
        })
    }
}

/// Connections are kept, so many lookups run at a time only where a name server does not answer.
const MAX_LOOKUPS: usize = 64;
