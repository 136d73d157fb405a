//! One request out, one reply in, sent at most once.

mod address;
mod connect;
mod connections;
mod http;
mod resolve;
mod route;
mod tls;

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use hyper::header::{ACCEPT, HeaderMap, HeaderValue, USER_AGENT};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::yield_now;
use tokio::time::Instant;

use self::address::Address;
pub(crate) use self::connections::Connections;
pub(crate) use self::http::{Progress, Request};
pub(crate) use self::route::Route;
pub(crate) use self::tls::Trust;
use crate::client::JSON;
use crate::error::{Error, ErrorKind, Phase};
use crate::options::Options;
use crate::runtime::until;

/// How requests go out.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) route: Route,
    pub(crate) user_agent: String,
    pub(crate) timeout: Duration,
    headers: HeaderMap,
    /// Those that were posted to.
    addresses: ArcSwap<Vec<Arc<Address>>>,
}

impl Settings {
    /// Takes the common options.
    ///
    /// # Errors
    ///
    /// `config` for a certificate or proxy address that cannot be read.
    pub(crate) fn from(options: &mut Options) -> Result<Self, Error> {
        let suffix = options.take("user_agent_suffix").map(|text| format!(" {}", text.as_str())).unwrap_or_default();
        if !suffix.bytes().all(|b| b.is_ascii_graphic() || b == b' ') {
            return Err(Error::config("option user_agent_suffix: expected printable ASCII"));
        }
        let user_agent = format!("quhao/{}{suffix}", env!("CARGO_PKG_VERSION"));
        let unusable = |error| Error::config("option user_agent_suffix: it cannot be sent").caused_by(error);
        let headers = [
            (ACCEPT, HeaderValue::from_static(JSON)),
            (USER_AGENT, HeaderValue::from_str(&user_agent).map_err(unusable)?),
        ];
        Ok(Self {
            route: Route::from(options)?,
            user_agent,
            timeout: options.milliseconds("timeout_ms")?,
            headers: headers.into_iter().collect(),
            addresses: ArcSwap::default(),
        })
    }

    /// Where a request goes, worked out once.
    ///
    /// # Errors
    ///
    /// `config` if it cannot be read.
    fn address(&self, request: &Request) -> Result<Arc<Address>, Error> {
        if let Some(address) = self.addresses.load().iter().find(|address| address.is_of(request)) {
            return Ok(Arc::clone(address));
        }
        let address = Arc::new(Address::new(request, &self.headers, &self.route)?);
        self.addresses.rcu(|addresses| {
            let mut addresses = Vec::clone(addresses);
            if addresses.len() < MOST_ADDRESSES {
                addresses.push(Arc::clone(&address));
            }
            addresses
        });
        Ok(address)
    }

    /// What is said when the time is over.
    pub(crate) fn late(&self, phase: Phase) -> Error {
        let message = format!("no complete reply within {} ms", self.timeout.as_millis());
        Error::new(ErrorKind::Transport { phase, timeout: true }, message)
    }
}

/// Posts a body and returns status and body of the reply; polled within the runtime that the connections belong to.
///
/// The time limit counts from `begun`, so that what had to be made for the first call is within it.
/// A second attempt is made only when no byte of the first one's body was handed to a connection, which `progress`
/// tells. Dropping the future ends the request.
///
/// # Errors
///
/// `transport`, with phase and retry by how far the request got; `protocol` for a reply over 1 MiB.
pub(crate) async fn exchange(
    connections: &Arc<Connections>,
    settings: &Settings,
    begun: Instant,
    request: Request,
    progress: &Progress,
) -> Result<(u16, Vec<u8>), Error> {
    let (address, deadline) = (settings.address(&request)?, begun + settings.timeout);
    let mut attempts = 0;
    catch_up().await;
    loop {
        attempts += 1;
        let attempt = http::post(connections, &address, &request.body, progress);
        let failure = match until(deadline, attempt).await {
            Ok(Ok(reply)) => return Ok(reply),
            Ok(Err(failure)) => failure,
            Err(_) => settings.late(progress.phase()),
        };
        catch_up().await;
        let nothing_left = failure.phase() == Some(Phase::Connect) && !failure.is_timeout();
        if !nothing_left || attempts == MOST_ATTEMPTS {
            return Err(failure);
        }
    }
}

/// Lets a current-thread runtime see to its connections, which nobody else does between two calls.
///
/// Before a request: one that the gateway has closed since must not be handed the token. After a failure: the one
/// that was given up is to be closed now. The first turn asks the operating system, the second runs the connections.
pub(crate) async fn catch_up() {
    if Handle::try_current().is_ok_and(|handle| handle.runtime_flavor() == RuntimeFlavor::CurrentThread) {
        yield_now().await;
        yield_now().await;
    }
}

/// Gateways restart and balancers drop connections, so one more attempt; a second one rarely helps.
const MOST_ATTEMPTS: u32 = 2;

/// An app has one for each operation.
const MOST_ADDRESSES: usize = 64;
