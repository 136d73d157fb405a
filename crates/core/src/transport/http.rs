//! The HTTP client: what it trusts, what it refuses, and how far a request got.

use std::error::Error as StdError;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::redirect::Policy;
use rustls::pki_types::CertificateDer;
use url::Url;

use super::Settings;
use super::tls::{Trust, certificates};
use crate::error::{Error, ErrorKind, Phase};
use crate::options::Options;

/// The way out of this process; clients with the same one share connections.
#[derive(Clone)]
pub(crate) struct Route {
    way: Arc<Way>,
    /// Of the whole way, so that a call does not go over its certificates.
    hash: u64,
}

#[derive(PartialEq, Eq, Hash)]
struct Way {
    connect_timeout: Duration,
    proxy: Option<Url>,
    /// DER of the certificates trusted besides the system's.
    trusted: Vec<CertificateDer<'static>>,
}

impl Route {
    /// Takes `connect_timeout_ms`, `proxy` and `ca_certificate`.
    ///
    /// # Errors
    ///
    /// `config` for an address or a certificate that cannot be read.
    pub(crate) fn from(options: &mut Options) -> Result<Self, Error> {
        let proxy = options.take("proxy").map(|text| {
            let url = Url::parse(&text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
            url.ok_or_else(|| Error::config("option proxy: expected http://host:port"))
        });
        let way = Arc::new(Way {
            connect_timeout: options.milliseconds("connect_timeout_ms")?,
            proxy: proxy.transpose()?,
            trusted: options.take("ca_certificate").map(|text| certificates(&text)).transpose()?.unwrap_or_default(),
        });
        let mut hasher = DefaultHasher::new();
        way.hash(&mut hasher);
        Ok(Self { way, hash: hasher.finish() })
    }
}

impl PartialEq for Route {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.way, &other.way) || (self.hash == other.hash && self.way == other.way)
    }
}

impl Eq for Route {}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Route").field("connect_timeout", &self.way.connect_timeout).finish_non_exhaustive()
    }
}

/// Builds the client for a route: https or loopback, no redirects, no cookies, no environment proxy, no resending.
pub(crate) fn client(Route { way: route, .. }: &Route, trust: &Trust) -> Result<reqwest::Client, Error> {
    let mut builder = reqwest::Client::builder()
        .tls_backend_preconfigured(trust.config(&route.trusted)?)
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(route.connect_timeout)
        .pool_idle_timeout(POOL_IDLE)
        .no_proxy();
    if let Some(url) = &route.proxy {
        let unusable = |error| Error::config("option proxy: it cannot be used").caused_by(without_url(error));
        builder = builder.proxy(reqwest::Proxy::all(url.clone()).map_err(unusable)?);
    }
    builder.build().map_err(|error| Error::config("the HTTP client could not be built").caused_by(without_url(error)))
}

/// What is posted.
pub(crate) struct Request {
    pub(crate) url: String,
    pub(crate) content_type: &'static str,
    pub(crate) body: Bytes,
}

/// Posts once and reads the whole reply, at most 1 MiB.
pub(crate) async fn post(
    client: &reqwest::Client,
    settings: &Settings,
    request: &Request,
    progress: Progress,
) -> Result<(u16, Vec<u8>), Error> {
    let mut headers = settings.headers.clone();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(request.content_type));
    let body = reqwest::Body::wrap(OneShot { body: Some(request.body.clone()), progress: progress.clone() });
    let request = client.post(settings.parsed(&request.url)?).headers(headers).body(body);
    let mut reply = request.send().await.map_err(|error| failure(error, &progress))?;
    let mut received = Vec::new();
    while let Some(chunk) = reply.chunk().await.map_err(|error| failure(error, &progress))? {
        if received.len() + chunk.len() > LARGEST_REPLY {
            return Err(Error::protocol(format!("the reply is larger than {LARGEST_REPLY} bytes")));
        }
        received.extend_from_slice(&chunk);
    }
    Ok((reply.status().as_u16(), received))
}

/// How far a request got: whether its body was handed to a connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Progress(Arc<AtomicU8>);

impl Progress {
    /// Where a failure now would be.
    pub(crate) fn phase(&self) -> Phase {
        if self.0.load(Ordering::Acquire) == 0 { Phase::Connect } else { Phase::Receive }
    }

    fn body_left(&self) {
        self.0.store(1, Ordering::Release);
    }
}

/// A body that notes when a connection takes it.
struct OneShot {
    body: Option<Bytes>,
    progress: Progress,
}

impl Body for OneShot {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        self.progress.body_left();
        Poll::Ready(self.body.take().map(|body| Ok(Frame::data(body))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.body.as_ref().map_or(0, |body| body.len() as u64))
    }
}

/// Turns a failure into an error whose phase says whether the token may be spent.
fn failure(error: reqwest::Error, progress: &Progress) -> Error {
    let error = without_url(error);
    if error.is_builder() {
        return Error::config("the request could not be built").caused_by(error);
    }
    let timeout = error.is_timeout();
    let phase = match progress.phase() {
        Phase::Receive if is_broken_pipe(&error) => Phase::Send,
        phase => phase,
    };
    let message = match root_of(&error) {
        cause if cause.is_empty() => format!("{} failed", phase.as_str()),
        cause => format!("{} failed: {cause}", phase.as_str()),
    };
    Error::new(ErrorKind::Transport { phase, timeout }, message).caused_by(error)
}

/// The address holds no secret, but a proxy's may.
fn without_url(error: reqwest::Error) -> reqwest::Error {
    error.without_url()
}

fn is_broken_pipe(error: &reqwest::Error) -> bool {
    causes(error).filter_map(|cause| cause.downcast_ref::<io::Error>()).any(|e| e.kind() == io::ErrorKind::BrokenPipe)
}

fn root_of(error: &reqwest::Error) -> String {
    causes(error).last().map(ToString::to_string).unwrap_or_default()
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source())
}

/// A gateway's reply has a few hundred bytes.
const LARGEST_REPLY: usize = 1 << 20;

/// Shorter than the balancers' own limits, so that a login does not meet a connection that is just being closed.
const POOL_IDLE: Duration = Duration::from_secs(20);
