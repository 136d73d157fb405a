//! A call: prepare, send once, read.

use std::sync::Arc;
use std::time::{Duration, Instant, UNIX_EPOCH};

use tracing::Instrument as _;

use super::apps::{App, dedupe_key};
use super::telemetry::{self, Event};
use super::{Client, draft, owned, single_flight};
use crate::crypto::digest;
use crate::http::HttpRequest;
use crate::model::{Answer, Error, FetchedNumber, Outcome, Params, Verification};
use crate::process::Cache;
use crate::provider::{Ask, Operation, UnsentRequest};
use crate::runtime::{self, RuntimeConnections};

/// Over HTTP.
impl Client {
    /// As [`new`](Self::new), once for all who give the same options, for hosts that make a client a request.
    ///
    /// The process keeps it, and so its keys, for good: at most 256 such clients.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new); a failure is not kept.
    pub fn shared<K: AsRef<str>, V: Into<String>>(
        provider: &str,
        options: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Self, Error> {
        let mut given = owned(options);
        given.sort_by(|(one, _), (other, _)| one.cmp(other));
        // A certificate that was renewed in its place is another.
        let file =
            given.iter().find(|(name, _)| name == "ca_certificate").map(|(_, path)| age(path)).unwrap_or_default();
        let texts = given.iter().flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]);
        let name = digest::sha256_of([provider.as_bytes(), &file].into_iter().chain(texts));
        let texts = given.iter().map(|(name, value)| (name, value.as_str()));
        SHARED.get_or_try_insert_with(name, || Self::new(provider, texts))
    }

    /// 取号 / 一键登录: turns what the phone's SDK returned into the number.
    ///
    /// # Errors
    ///
    /// Any [`ErrorKind`](crate::ErrorKind); [`Error::retry`] says whether the token is spent.
    pub async fn fetch_number(&self, params: impl Into<Params>) -> Result<FetchedNumber, Error> {
        self.call(Ask::fetch_number(params)).await
    }

    /// 本机号校验: checks whether `number` is the SIM's. It may be left out where the params carry it.
    ///
    /// # Errors
    ///
    /// As [`fetch_number`](Self::fetch_number). "Not this number" is a verdict, not an error.
    pub async fn verify_number(&self, params: impl Into<Params>, number: Option<&str>) -> Result<Verification, Error> {
        self.call(Ask::verify_number(params, number)).await
    }

    /// 手机实名认证: checks whether number, name and id card belong together.
    ///
    /// # Errors
    ///
    /// As [`fetch_number`](Self::fetch_number). "They do not" is a verdict, not an error.
    pub async fn verify_identity(&self, number: &str, name: &str, id_card: &str) -> Result<Verification, Error> {
        self.call(Ask::verify_identity(number, name, id_card)).await
    }

    /// Any operation: prepare, send once, read.
    ///
    /// Calls that ask the same with the same token at the same time, of clients with the same options, share one
    /// request and one answer.
    ///
    /// # Errors
    ///
    /// As the operation's own method.
    pub async fn call<T: Answer>(&self, ask: Ask) -> Result<T, Error> {
        self.call_with_event(ask).await.0
    }

    /// Any operation, and beside its answer the loggable facts of the call.
    ///
    /// The event has been counted, and reported to `tracing`, already.
    pub async fn call_with_event<T: Answer>(&self, ask: Ask) -> (Result<T, Error>, Event) {
        let (client, operation) = (self.clone(), ask.operation());
        let driven = runtime::drive(|connections| client.call_on(connections, ask)).await;
        self.ended(operation, driven)
    }

    /// Any operation, in the runtime of `connections`.
    pub(crate) async fn call_on(
        self,
        connections: Arc<RuntimeConnections>,
        ask: Ask,
    ) -> (Result<Outcome, Error>, Event) {
        let (begun, operation) = (Instant::now(), ask.operation());
        let span = telemetry::span(self.provider(), operation);
        let mut shared = false;
        let answer = self.ask(&connections, &ask, &mut shared).instrument(span.clone()).await;
        let event = Event::new(self.provider(), operation, answer.as_ref(), begun.elapsed(), shared);
        event.publish(&span);
        (answer, event)
    }

    /// The answer in the type that was asked for; an event of its own for a call that was not driven.
    pub(crate) fn ended<T: Answer>(
        &self,
        operation: Operation,
        driven: Result<(Result<Outcome, Error>, Event), Error>,
    ) -> (Result<T, Error>, Event) {
        let of_call = |error: Error| error.with_call(self.provider(), None);
        let (answer, event) = driven.unwrap_or_else(|error| {
            let error = of_call(error);
            let event = Event::new(self.provider(), operation, Err(&error), Duration::ZERO, false);
            event.publish(&telemetry::span(self.provider(), operation));
            (Err(error), event)
        });
        let other = || of_call(Error::protocol("the reply answers another operation"));
        (answer.and_then(|outcome| T::try_from(outcome).map_err(|_| other())), event)
    }

    async fn ask(&self, connections: &RuntimeConnections, ask: &Ask, shared: &mut bool) -> Result<Outcome, Error> {
        let of_call = |error: Error| error.with_call(self.provider(), None);
        let app = self.app_of(ask.params())?;
        app.renew(None).await.map_err(of_call)?;
        match self.send(connections, app, ask, shared).await {
            Err(error) if app.renew(Some(&error)).await.map_err(of_call)? => {
                self.send(connections, app, ask, shared).await
            }
            answer => answer,
        }
    }

    async fn send(
        &self,
        connections: &RuntimeConnections,
        app: &App,
        ask: &Ask,
        shared: &mut bool,
    ) -> Result<Outcome, Error> {
        let of_call = |error: Error| error.with_call(self.provider(), None);
        let key = dedupe_key(app, ask);
        let (request, is_shared) = match single_flight::find(key) {
            Some(request) => (request, true),
            None => {
                let (draft, parser) = draft(app, ask, &app.moment().map_err(of_call)?).map_err(of_call)?;
                let UnsentRequest { url, content_type, body, .. } = draft;
                let request = HttpRequest { url, content_type, body: body.into() };
                single_flight::start(key, connections, &self.settings, request, parser).map_err(of_call)?
            }
        };
        *shared |= is_shared;
        let response = if is_shared { request.response_to_other().await } else { request.response().await };
        let (status, body) = response.map_err(|error| request.parser.sign(Some(ask), error))?;
        request.parser.read(Some(ask), status, &body)
    }
}

/// When a file was last written, if it is one, and its length.
fn age(path: &str) -> Vec<u8> {
    let Ok(file) = std::fs::metadata(path) else { return Vec::new() };
    let written = file.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    [written.as_nanos().to_be_bytes(), u128::from(file.len()).to_be_bytes()].concat()
}

static SHARED: Cache<Client> = Cache::new();
