//! The short loop around a provider: prepare, send, read.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
#[cfg(feature = "http")]
use std::time::{Duration, Instant, UNIX_EPOCH};

#[cfg(feature = "http")]
use tracing::Instrument as _;
use zeroize::Zeroizing;

#[cfg(feature = "http")]
use crate::apps;
use crate::apps::{App, Apps};
use crate::call::{Call, ReturnAddress};
use crate::clock::Moment;
#[cfg(feature = "http")]
use crate::crypto::digest;
use crate::error::Error;
#[cfg(feature = "http")]
use crate::event::{self, Event};
#[cfg(feature = "http")]
use crate::http::{HttpRequest, Settings};
use crate::inspect::Inspection;
use crate::options::Options;
#[cfg(feature = "http")]
use crate::outcome::Outcome;
use crate::outcome::{Answer, Charge, FetchedNumber, Verification};
use crate::params::Params;
#[cfg(feature = "http")]
use crate::process::Cache;
use crate::provider::{self, Ask, Draft, Memo, Operation, Signature};
#[cfg(feature = "http")]
use crate::runtime::{self, RuntimeConnections};
use crate::secret::PhoneNumber;
#[cfg(feature = "http")]
use crate::single_flight;

/// One app at one provider, or several of its apps. Cheap to clone; all clients of a process share one pool of connections.
#[derive(Clone)]
pub struct Client {
    apps: Apps,
    #[cfg(feature = "http")]
    settings: Arc<Settings>,
}

impl Client {
    /// Configures a provider by its id and a flat map of options; the tables are in the README.
    ///
    /// Nothing is connected or started before the first call.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) for an unknown provider or option, a missing one, or a key
    /// that cannot be read.
    pub fn new<K: AsRef<str>, V: Into<String>>(
        provider: &str,
        options: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Self, Error> {
        let info = provider::find(provider)?;
        let mut options = Options::read(info.options, options).map_err(|error| error.of_call(info.id, None))?;
        let app = App::build(info, &mut options).map_err(|error| error.of_call(info.id, None))?;
        Self::over(vec![app], options)
    }

    /// Configures several apps of one provider: `common` holds for all, and each app's own options besides.
    ///
    /// A call finds its app by the params: their `appId`, or their token's envelope. [`app`](Self::app) names one.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new), and for an app without an `app_id` of its own.
    pub fn with_apps<K: AsRef<str>, V: Into<String>, A: IntoIterator<Item = (K, V)>>(
        provider: &str,
        common: impl IntoIterator<Item = (K, V)>,
        apps: impl IntoIterator<Item = A>,
    ) -> Result<Self, Error> {
        let info = provider::find(provider)?;
        let of_call = |error: Error| error.of_call(info.id, None);
        let common: Vec<(String, Zeroizing<String>)> = owned(common);
        let mut built = Vec::new();
        let mut rest = None;
        for app in apps {
            let own = owned(app);
            if let Some((name, _)) = own.iter().find(|(name, _)| is_common(name)) {
                return Err(of_call(Error::config(format!(
                    "option {name}: it holds for all apps, so give it beside them"
                ))));
            }
            let shared = common.iter().filter(|(name, _)| own.iter().all(|(of_app, _)| of_app != name));
            let given = shared.chain(&own).map(|(name, value)| (name, value.as_str()));
            let mut options = Options::read(info.options, given).map_err(of_call)?;
            built.push(App::build(info, &mut options).map_err(of_call)?);
            rest.get_or_insert(options);
        }
        let rest = rest.ok_or_else(|| of_call(Error::config("apps: expected one app or more, got none")))?;
        Self::over(built, rest)
    }

    pub(crate) fn over(apps: Vec<App>, mut options: Options) -> Result<Self, Error> {
        let apps = Apps::new(apps)?;
        #[cfg(feature = "http")]
        let settings = Arc::new(Settings::from(&mut options).map_err(|error| error.of_call(apps.provider(), None))?);
        #[cfg(not(feature = "http"))]
        let _ = &mut options;
        Ok(Self {
            apps,
            #[cfg(feature = "http")]
            settings,
        })
    }

    /// The same client for one of its apps alone, whatever the params say.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`](crate::ErrorKind::Input), naming the known ids.
    pub fn app(&self, app_id: &str) -> Result<Self, Error> {
        let apps = self.apps.named(app_id).map_err(|error| error.of_call(self.provider(), None))?;
        let mut narrowed = self.clone();
        narrowed.apps = apps;
        Ok(narrowed)
    }

    /// The provider's id.
    pub fn provider(&self) -> &'static str {
        self.apps.provider()
    }

    /// Opens a number that the gateway encrypted, for those who post the form themselves.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decrypt`](crate::ErrorKind::Decrypt), the same for a wrong key and a corrupt ciphertext.
    pub fn decrypt_number(&self, ciphertext: &str) -> Result<PhoneNumber, Error> {
        let opened = self.app_of(None)?.decrypt(ciphertext);
        // Nothing is sent here; what the call that brought the ciphertext cost is not told.
        opened.map_err(|error| error.charged(Charge::No).of_call(self.provider(), None))
    }

    /// Tells what is wrong with the phone's params and repairs what loses nothing; no I/O.
    pub fn inspect(&self, operation: Operation, params: impl Into<Params>, moment: &Moment) -> Inspection {
        let params = params.into();
        match self.apps.of(Some(&params)) {
            Ok(app) => app.inspect(operation, &params, moment),
            Err(error) => Inspection::of_no_app(&params, error.message()),
        }
    }

    /// Shows the string that a request signs, for comparing with another implementation; no I/O.
    ///
    /// # Errors
    ///
    /// As the operation's `prepare_…`.
    pub fn signature(&self, ask: &Ask, moment: &Moment) -> Result<Signature, Error> {
        self.app_of(ask.params())?.sign(ask, moment).map_err(|error| error.of_call(self.provider(), None))
    }

    /// Reads a reply whose [`Call`] is not at hand, say in another process than the one that prepared it.
    ///
    /// A name or a short token that the gateway repeats in its own words is not known for what it is here; with the call
    /// it is masked.
    ///
    /// # Errors
    ///
    /// As [`Call::read`]. Without the call, a reply to another request cannot be told from the right one.
    pub fn read<T: Answer>(&self, operation: Operation, status: u16, body: &[u8]) -> Result<T, Error> {
        let provider = Arc::clone(&self.app_of(None)?.provider);
        ReturnAddress { provider, operation, request_id: None, memo: Memo::default() }.read(None, status, body)
    }

    /// Builds the signed request of [`fetch_number`](Self::fetch_number) without sending it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) for params that the gateway would refuse.
    pub fn prepare_fetch_number(&self, params: impl Into<Params>) -> Result<Call<FetchedNumber>, Error> {
        self.prepare(&Ask::fetch_number(params), &self.moment()?)
    }

    /// Builds the signed request of [`verify_number`](Self::verify_number) without sending it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) for params or a number that the gateway would refuse.
    pub fn prepare_verify_number(
        &self,
        params: impl Into<Params>,
        number: Option<&str>,
    ) -> Result<Call<Verification>, Error> {
        self.prepare(&Ask::verify_number(params, number), &self.moment()?)
    }

    /// Builds the signed request of [`verify_identity`](Self::verify_identity) without sending it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) for a number, name or id card that the gateway would refuse.
    pub fn prepare_verify_identity(
        &self,
        number: &str,
        name: &str,
        id_card: &str,
    ) -> Result<Call<Verification>, Error> {
        self.prepare(&Ask::verify_identity(number, name, id_card), &self.moment()?)
    }

    /// Now, for [`prepare`](Self::prepare): with random bytes where the provider's requests have any.
    ///
    /// # Errors
    ///
    /// As [`Moment::now`].
    pub fn moment(&self) -> Result<Moment, Error> {
        self.apps.moment().map_err(|error| error.of_call(self.provider(), None))
    }

    /// Builds any operation's request at a chosen moment.
    ///
    /// # Errors
    ///
    /// As the operation's own `prepare_…`.
    pub fn prepare<T: Answer>(&self, ask: &Ask, moment: &Moment) -> Result<Call<T>, Error> {
        let (app, of_call) = (self.app_of(ask.params())?, |error: Error| error.of_call(self.provider(), None));
        let (draft, return_address) = draft(app, ask, moment).map_err(of_call)?;
        let headers = BTreeMap::from([
            ("accept", JSON.to_owned()),
            ("content-type", draft.content_type.to_owned()),
            #[cfg(feature = "http")]
            ("user-agent", self.settings.user_agent.clone()),
        ]);
        let (url, body, asked) = (draft.url, draft.body, ask.clone());
        Ok(Call { method: "POST", url, headers, body, return_address, asked, answer: PhantomData })
    }
}

impl Client {
    fn app_of(&self, params: Option<&Params>) -> Result<&App, Error> {
        self.apps.of(params).map_err(|error| error.of_call(self.provider(), None))
    }
}

/// Over HTTP.
#[cfg(feature = "http")]
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

    /// 本机号校验: tells whether `number` is the SIM's. It may be left out where the params carry it.
    ///
    /// # Errors
    ///
    /// As [`fetch_number`](Self::fetch_number). "Not this number" is a verdict, not an error.
    pub async fn verify_number(&self, params: impl Into<Params>, number: Option<&str>) -> Result<Verification, Error> {
        self.call(Ask::verify_number(params, number)).await
    }

    /// 手机实名认证: tells whether number, name and id card belong together.
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
        let span = event::span(self.provider(), operation);
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
        let of_call = |error: Error| error.of_call(self.provider(), None);
        let (answer, event) = driven.unwrap_or_else(|error| {
            let error = of_call(error);
            let event = Event::new(self.provider(), operation, Err(&error), Duration::ZERO, false);
            event.publish(&event::span(self.provider(), operation));
            (Err(error), event)
        });
        let other = || of_call(Error::protocol("the reply answers another operation"));
        (answer.and_then(|outcome| T::from_outcome(outcome).ok_or_else(other)), event)
    }

    async fn ask(&self, connections: &RuntimeConnections, ask: &Ask, shared: &mut bool) -> Result<Outcome, Error> {
        let of_call = |error: Error| error.of_call(self.provider(), None);
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
        let of_call = |error: Error| error.of_call(self.provider(), None);
        let key = apps::dedupe_key(app, ask);
        let (request, is_shared) = match single_flight::find(key) {
            Some(request) => (request, true),
            None => {
                let (draft, return_address) = draft(app, ask, &app.moment().map_err(of_call)?).map_err(of_call)?;
                let Draft { url, content_type, body, .. } = draft;
                let request = HttpRequest { url, content_type, body: body.into() };
                single_flight::start(key, connections, &self.settings, request, return_address).map_err(of_call)?
            }
        };
        *shared |= is_shared;
        let response = if is_shared { request.response_to_other().await } else { request.response().await };
        let (status, body) = response.map_err(|error| request.return_address.sign(Some(ask), error))?;
        request.return_address.read(Some(ask), status, &body)
    }
}

fn draft(app: &App, ask: &Ask, moment: &Moment) -> Result<(Draft, ReturnAddress), Error> {
    let mut draft = app.prepare(ask, moment)?;
    let (request_id, memo) = (draft.request_id.take(), std::mem::take(&mut draft.memo));
    let provider = Arc::clone(&app.provider);
    Ok((draft, ReturnAddress { provider, operation: ask.operation(), request_id, memo }))
}

/// Whether an option is of the connection, which all apps share.
fn is_common(name: &str) -> bool {
    name != "base_url" && provider::common_options().iter().any(|common| common.name == name)
}

fn owned<K: AsRef<str>, V: Into<String>>(
    options: impl IntoIterator<Item = (K, V)>,
) -> Vec<(String, Zeroizing<String>)> {
    options.into_iter().map(|(name, value)| (name.as_ref().to_owned(), Zeroizing::new(value.into()))).collect()
}

/// When a file was last written, if it is one, and its length.
#[cfg(feature = "http")]
fn age(path: &str) -> Vec<u8> {
    let Ok(file) = std::fs::metadata(path) else { return Vec::new() };
    let written = file.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    [written.as_nanos().to_be_bytes(), u128::from(file.len()).to_be_bytes()].concat()
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client({})", self.provider())
    }
}

/// What every gateway answers in.
pub(crate) const JSON: &str = "application/json";

#[cfg(feature = "http")]
static SHARED: Cache<Client> = Cache::new();
