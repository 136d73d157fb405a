//! One POST over reqwest, sent at most once.

mod body;
mod dns;
mod route;

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};
use reqwest::{Body, Client};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::yield_now;
use tokio::time::{Instant, timeout_at};

pub(crate) use self::body::SendProgress;
use self::body::TrackedBody;
pub(crate) use self::route::Route;
use crate::model::{Error, ErrorKind, Phase};
use crate::provider::Options;

/// How requests are sent.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) route: Route,
    pub(crate) user_agent: String,
    pub(crate) timeout: Duration,
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
        Ok(Self { route: Route::from(options)?, user_agent, timeout: options.milliseconds("timeout_ms")? })
    }

    /// The error of a call whose deadline has passed.
    pub(crate) fn timeout_error(&self, phase: Phase) -> Error {
        let message = format!("no complete reply within {} ms", self.timeout.as_millis());
        Error::new(ErrorKind::Transport { phase, timeout: true }, message)
    }
}

/// The request's address and body.
pub(crate) struct HttpRequest {
    pub(crate) url: String,
    pub(crate) content_type: &'static str,
    pub(crate) body: Bytes,
}

/// Posts a body and returns status and body of the response; runs in the runtime that `client` belongs to.
///
/// The deadline counts from `begun` and spans both attempts. A second attempt is made only when no byte of the body was
/// handed to a connection, which `progress` records. Dropping the future ends the request.
///
/// # Errors
///
/// `transport`, with phase and retry by how far the request got; `protocol` for a response over 1 MiB.
pub(crate) async fn send(
    client: &Client,
    settings: &Settings,
    begun: Instant,
    request: HttpRequest,
    progress: &SendProgress,
) -> Result<(u16, Vec<u8>), Error> {
    let deadline = begun + settings.timeout;
    let mut attempts = 0;
    loop {
        attempts += 1;
        drive_io().await;
        let failure = match timeout_at(deadline, attempt(client, settings, &request, progress)).await {
            Ok(Ok(response)) => return Ok(response),
            Ok(Err(failure)) => failure,
            Err(_) => settings.timeout_error(progress.phase()),
        };
        let nothing_sent = failure.phase() == Some(Phase::Connect) && !failure.is_timeout();
        if !nothing_sent || attempts == MAX_ATTEMPTS {
            // The abandoned connection is closed now and not at the runtime's next call.
            drive_io().await;
            return Err(failure);
        }
    }
}

async fn attempt(
    client: &Client,
    settings: &Settings,
    request: &HttpRequest,
    progress: &SendProgress,
) -> Result<(u16, Vec<u8>), Error> {
    let failed = |error: reqwest::Error| failure(progress.phase(), &settings.route, error.without_url());
    let body = Body::wrap(TrackedBody::new(request.body.clone(), progress.clone()));
    let sent = client
        .post(&request.url)
        .header(ACCEPT, "application/json")
        .header(USER_AGENT, &settings.user_agent)
        .header(CONTENT_TYPE, request.content_type)
        .body(body);
    let mut response = sent.send().await.map_err(failed)?;
    let mut received = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if received.len() + chunk.len() > MAX_RESPONSE_LEN {
            return Err(Error::protocol(format!("the reply is larger than {MAX_RESPONSE_LEN} bytes")));
        }
        received.extend_from_slice(&chunk);
    }
    Ok((response.status().as_u16(), received))
}

/// Lets a current-thread runtime see to its connections, which nothing polls between two calls.
///
/// Without it a connection that the gateway has closed is handed the token, and bytes that follow an earlier response
/// are read as this request's: another user's number. The first yield polls the operating system, the second runs the
/// connections' tasks.
pub(crate) async fn drive_io() {
    if Handle::try_current().is_ok_and(|handle| handle.runtime_flavor() == RuntimeFlavor::CurrentThread) {
        yield_now().await;
        yield_now().await;
    }
}

/// Turns a failure into an error whose phase says whether the token may be spent.
fn failure(phase: Phase, route: &Route, error: reqwest::Error) -> Error {
    let is = |kind| causes(&error).filter_map(|cause| cause.downcast_ref::<io::Error>()).any(|e| e.kind() == kind);
    let phase = if phase == Phase::Receive && is(io::ErrorKind::BrokenPipe) { Phase::Send } else { phase };
    let timeout = error.is_timeout() || is(io::ErrorKind::TimedOut);
    let message = if phase == Phase::Connect && error.is_timeout() {
        format!("no connection within {} ms", route.connect_timeout().as_millis())
    } else {
        format!("{} failed: {}", phase.as_str(), causes(&error).last().map(ToString::to_string).unwrap_or_default())
    };
    Error::new(ErrorKind::Transport { phase, timeout }, message).with_source(error)
}

/// The error and its causes, from the outermost to the innermost.
fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&cause| cause.source())
}

/// Gateways restart and balancers drop connections, so one more attempt; a second one rarely helps.
const MAX_ATTEMPTS: u32 = 2;

/// A gateway's response has a few hundred bytes.
const MAX_RESPONSE_LEN: usize = 1 << 20;
