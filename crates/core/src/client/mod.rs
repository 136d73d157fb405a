//! A configured provider: prepares requests, parses replies and inspects params. No I/O; `call` sends.

mod apps;
#[cfg(feature = "http")]
pub mod blocking;
mod builder;
#[cfg(feature = "http")]
mod call;
mod prepared_request;
#[cfg(feature = "http")]
mod single_flight;
#[cfg(feature = "http")]
mod telemetry;

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use zeroize::Zeroizing;

use self::apps::{App, Apps};
pub use self::builder::{Cmcc, ShanYan, Yuxin};
pub use self::prepared_request::Call;
use self::prepared_request::ResponseParser;
#[cfg(feature = "http")]
pub use self::telemetry::{Counter, Event, counters};
#[cfg(feature = "http")]
use crate::http::Settings;
use crate::inspect::Inspection;
use crate::model::{Answer, Charge, Error, FetchedNumber, Params, PhoneNumber, Verification};
use crate::provider::{self, Ask, Moment, Operation, Options, ProtocolState, RequestContext, Signature, UnsentRequest};
use crate::providers;

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
        let info = providers::find(provider)?;
        let mut options = Options::read(info.options, options).map_err(|error| error.with_call(info.id, None))?;
        let app = App::build(info, &mut options).map_err(|error| error.with_call(info.id, None))?;
        Self::from_parts(vec![app], options)
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
        let info = providers::find(provider)?;
        let of_call = |error: Error| error.with_call(info.id, None);
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
        Self::from_parts(built, rest)
    }

    pub(crate) fn from_parts(apps: Vec<App>, mut options: Options) -> Result<Self, Error> {
        let apps = Apps::new(apps)?;
        #[cfg(feature = "http")]
        let settings = Arc::new(Settings::from(&mut options).map_err(|error| error.with_call(apps.provider(), None))?);
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
        let apps = self.apps.by_id(app_id).map_err(|error| error.with_call(self.provider(), None))?;
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
        // Nothing is sent here; the charge of the call that returned the ciphertext is its own.
        opened.map_err(|error| error.with_charge(Charge::No).with_call(self.provider(), None))
    }

    /// Reports what is wrong with the phone's params and repairs what loses nothing; no I/O.
    pub fn inspect(&self, operation: Operation, params: impl Into<Params>, moment: &Moment) -> Inspection {
        let params = params.into();
        match self.apps.select(Some(&params)) {
            Ok(app) => app.inspect(operation, &params, moment),
            Err(error) => Inspection::unknown_app(&params, error.message()),
        }
    }

    /// Shows the string that a request signs, for comparing with another implementation; no I/O.
    ///
    /// # Errors
    ///
    /// As the operation's `prepare_…`.
    pub fn signature(&self, ask: &Ask, moment: &Moment) -> Result<Signature, Error> {
        self.app_of(ask.params())?.sign(ask, moment).map_err(|error| error.with_call(self.provider(), None))
    }

    /// Reads a reply whose [`Call`] is not at hand, say in another process than the one that prepared it.
    ///
    /// A name or a short token that the gateway repeats in its own words is not known for what it is here; with the call
    /// it is masked.
    ///
    /// # Errors
    ///
    /// As [`Call::read`]. Without the call, a reply to another request looks like the right one.
    pub fn read<T: Answer>(&self, operation: Operation, status: u16, body: &[u8]) -> Result<T, Error> {
        let provider = Arc::clone(&self.app_of(None)?.provider);
        let context = RequestContext { operation, request_id: None, memo: ProtocolState::default() };
        ResponseParser { provider, context }.read(None, status, body)
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
        self.apps.moment().map_err(|error| error.with_call(self.provider(), None))
    }

    /// Builds any operation's request at a chosen moment.
    ///
    /// # Errors
    ///
    /// As the operation's own `prepare_…`.
    pub fn prepare<T: Answer>(&self, ask: &Ask, moment: &Moment) -> Result<Call<T>, Error> {
        let (app, of_call) = (self.app_of(ask.params())?, |error: Error| error.with_call(self.provider(), None));
        let (draft, parser) = draft(app, ask, moment).map_err(of_call)?;
        let headers = BTreeMap::from([
            ("accept", JSON.to_owned()),
            ("content-type", draft.content_type.to_owned()),
            #[cfg(feature = "http")]
            ("user-agent", self.settings.user_agent.clone()),
        ]);
        let (url, body, asked) = (draft.url, draft.body, ask.clone());
        Ok(Call { method: "POST", url, headers, body, parser, asked, answer: PhantomData })
    }
}

impl Client {
    pub(crate) fn app_of(&self, params: Option<&Params>) -> Result<&App, Error> {
        self.apps.select(params).map_err(|error| error.with_call(self.provider(), None))
    }
}

fn draft(app: &App, ask: &Ask, moment: &Moment) -> Result<(UnsentRequest, ResponseParser), Error> {
    let mut draft = app.prepare(ask, moment)?;
    let (request_id, memo) = (draft.request_id.take(), std::mem::take(&mut draft.memo));
    let context = RequestContext { operation: ask.operation(), request_id, memo };
    Ok((draft, ResponseParser { provider: Arc::clone(&app.provider), context }))
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

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client({})", self.provider())
    }
}

/// The media type of every gateway's response.
pub(crate) const JSON: &str = "application/json";
