//! Opening a connection: straight to the gateway or through a proxy, encrypted unless it stays on this machine.

use std::error::Error as StdError;
use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use hyper::Uri;
use hyper::client::conn::http1::{Builder, SendRequest};
use hyper::rt::{Read, Write};
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use rustls::ClientConfig;
use tower_service::Service;

use super::address::is_plain;
use super::http::OneShot;
use super::resolve::Resolver;
use super::route::Proxy;
use crate::runtime::spawn_here;

/// How connections of one route are opened.
pub(crate) struct Connector {
    direct: Direct,
    /// Where the route has a proxy: its address, and how it is asked to pass on what is encrypted.
    proxied: Option<(Uri, HttpsConnector<Tunnel<Direct>>)>,
}

type Direct = HttpsConnector<HttpConnector<Resolver>>;

type Failure = Box<dyn StdError + Send + Sync>;

impl Connector {
    pub(crate) fn new(tls: Arc<ClientConfig>, proxy: Option<&Proxy>) -> Self {
        let mut plain = HttpConnector::new_with_resolver(Resolver::default());
        plain.enforce_http(false);
        plain.set_nodelay(true);
        plain.set_happy_eyeballs_timeout(Some(FALLBACK));
        let direct = HttpsConnector::from((plain, Arc::clone(&tls)));
        let proxied = proxy.map(|Proxy { address, authorization }| {
            let mut tunnel = Tunnel::new(address.clone(), direct.clone());
            if let Some(authorization) = authorization {
                tunnel = tunnel.with_auth(authorization.clone());
            }
            (address.clone(), HttpsConnector::from((tunnel, tls)))
        });
        Self { direct, proxied }
    }

    /// Opens a connection, which the runtime that this is polled in looks after.
    ///
    /// # Errors
    ///
    /// Whatever kept it from being opened.
    pub(crate) async fn open(&self, origin: &Uri) -> Result<SendRequest<OneShot>, Failure> {
        let wire = match &self.proxied {
            None => wire(self.direct.clone(), origin).await?,
            Some((proxy, _)) if is_plain(origin) => wire(self.direct.clone(), proxy).await?,
            Some((_, tunnel)) => wire(tunnel.clone(), origin).await?,
        };
        // Head and body leave as one: in one TLS record, and one packet.
        let (sender, connection) = Builder::new().writev(false).handshake(wire).await?;
        // What ends it is told to the request that is on it, if there is one.
        spawn_here(connection.map(drop));
        Ok(sender)
    }
}

/// Bytes to and from the gateway.
trait Wire: Read + Write + Send + Unpin {}

impl<T: Read + Write + Send + Unpin> Wire for T {}

async fn wire<S, T>(mut connector: S, to: &Uri) -> Result<Box<dyn Wire>, Failure>
where
    S: Service<Uri, Response = MaybeHttpsStream<T>, Error: Into<Failure>>,
    T: Wire + 'static,
{
    poll_fn(|context| connector.poll_ready(context)).await.map_err(Into::into)?;
    Ok(match connector.call(to.clone()).await.map_err(Into::into)? {
        MaybeHttpsStream::Http(wire) => Box::new(wire),
        MaybeHttpsStream::Https(wire) => Box::new(wire),
    })
}

/// How long a name's first address has before its other one is tried beside it.
pub(super) const FALLBACK: Duration = Duration::from_millis(300);
