//! Resolving a gateway's name.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::vec::IntoIter;

use hyper_util::client::legacy::connect::dns::Name;
use tokio::sync::{Semaphore, oneshot};
use tower_service::Service;

use crate::threads;

/// Asks the operating system, which keeps a thread waiting: each lookup has one, and so many at a time.
#[derive(Clone)]
pub(super) struct Resolver(Arc<Semaphore>);

impl Default for Resolver {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MOST_AT_A_TIME)))
    }
}

impl Service<Name> for Resolver {
    type Response = IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let places = Arc::clone(&self.0);
        Box::pin(async move {
            let place = places.acquire_owned().await.map_err(io::Error::other)?;
            let (tell, told) = oneshot::channel();
            threads::start("quhao-dns", move || {
                let resolved = (name.as_str(), 0).to_socket_addrs();
                drop(place);
                drop(tell.send(resolved));
            })?;
            told.await.map_err(io::Error::other)?
        })
    }
}

/// Connections are kept, so that many names are asked for at a time only where nobody answers.
const MOST_AT_A_TIME: usize = 64;
