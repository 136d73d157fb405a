//! What a provider is, and the list of them.

use std::fmt;
use std::sync::Arc;

use crate::call::ReturnAddress;
use crate::clock::Moment;
use crate::codes::Code;
use crate::echo;
use crate::error::Error;
use crate::inspect::{Examined, Inspection};
use crate::options::{OptionSpec, Options};
use crate::outcome::Outcome;
use crate::params::Params;
use crate::providers;
use crate::secret::{PhoneNumber, Secret, masked_name};

/// All providers, in the order they were added.
pub fn all() -> &'static [ProviderInfo] {
    PROVIDERS
}

/// A provider as data: what it is called, takes, does and answers.
#[derive(Debug)]
#[non_exhaustive]
pub struct ProviderInfo {
    /// Its id: `shanyan`.
    pub id: &'static str,
    /// Its name in Chinese.
    pub zh: &'static str,
    /// Its name in English.
    pub en: &'static str,
    /// What can be asked of it.
    pub operations: &'static [Operation],
    /// Its options, besides [`common_options`].
    pub options: &'static [OptionSpec],
    pub(crate) tables: &'static [&'static [Code]],
    pub(crate) build: fn(&mut Options) -> Result<Arc<dyn Provider>, Error>,
}

impl ProviderInfo {
    /// Every row of its code tables.
    pub fn codes(&self) -> impl Iterator<Item = &'static Code> + use<> {
        self.tables.iter().copied().flatten()
    }
}

/// The options that every provider takes.
pub fn common_options() -> &'static [OptionSpec] {
    crate::options::COMMON
}

/// Finds a provider by its id.
///
/// # Errors
///
/// [`ErrorKind::Config`](crate::ErrorKind::Config), naming the known ids.
pub fn find(id: &str) -> Result<&'static ProviderInfo, Error> {
    all().iter().find(|info| info.id == id).ok_or_else(|| {
        let ids: Vec<_> = all().iter().map(|info| info.id).collect();
        let shown: String = masked_name(id).chars().filter(|c| !c.is_control()).collect();
        Error::config(format!("unknown provider {shown}; expected one of {}", ids.join(", ")))
    })
}

/// What can be asked of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// 取号 / 一键登录: what the phone's SDK returned → number.
    FetchNumber,
    /// 手机实名认证: do number, name and id card belong together?
    VerifyIdentity,
    /// 本机号校验: is this the SIM's number?
    VerifyNumber,
}

impl Operation {
    /// The operation's name in Rust and Python: `fetch_number`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FetchNumber => "fetch_number",
            Self::VerifyIdentity => "verify_identity",
            Self::VerifyNumber => "verify_number",
        }
    }
}

impl std::str::FromStr for Operation {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let known = [Self::FetchNumber, Self::VerifyIdentity, Self::VerifyNumber];
        known.into_iter().find(|operation| operation.as_str() == name).ok_or_else(|| {
            Error::config(format!("unknown operation; expected one of {}", known.map(Self::as_str).join(", ")))
        })
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An operation and its arguments. `Debug` shows no argument.
#[derive(Clone)]
#[non_exhaustive]
pub enum Ask {
    /// See [`Operation::FetchNumber`].
    FetchNumber {
        /// What the phone's SDK returned.
        params: Params,
    },
    /// See [`Operation::VerifyIdentity`].
    VerifyIdentity {
        /// The subscriber number.
        number: Secret,
        /// The person's name.
        name: Secret,
        /// The person's 18-character id card number.
        id_card: Secret,
    },
    /// See [`Operation::VerifyNumber`].
    VerifyNumber {
        /// What the phone's SDK returned.
        params: Params,
        /// The number to check; may be left out where the params carry it.
        number: Option<Secret>,
    },
}

impl Ask {
    /// What the phone's SDK returned, where the operation takes it.
    pub fn params(&self) -> Option<&Params> {
        match self {
            Self::FetchNumber { params } | Self::VerifyNumber { params, .. } => Some(params),
            Self::VerifyIdentity { .. } => None,
        }
    }

    /// Asks for the number behind what the phone's SDK returned.
    pub fn fetch_number(params: impl Into<Params>) -> Self {
        Self::FetchNumber { params: params.into() }
    }

    /// Asks whether number, name and id card belong together.
    pub fn verify_identity(number: &str, name: &str, id_card: &str) -> Self {
        Self::VerifyIdentity { number: number.into(), name: name.into(), id_card: id_card.into() }
    }

    /// Asks whether `number` is the SIM's.
    pub fn verify_number(params: impl Into<Params>, number: Option<&str>) -> Self {
        Self::VerifyNumber { params: params.into(), number: number.map(Secret::from) }
    }

    /// The arguments that must not be shown: all but the words and short figures that phones relay.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        let (params, person) = match self {
            Self::FetchNumber { params } => (Some(params), [None; 3]),
            Self::VerifyNumber { params, number } => (Some(params), [number.as_ref(), None, None]),
            Self::VerifyIdentity { number, name, id_card } => (None, [Some(number), Some(name), Some(id_card)]),
        };
        let relayed = params.into_iter().flat_map(Params::fields).map(|(_, value)| value);
        let relayed = relayed.filter(|value| !echo::is_word_or_figure(value));
        relayed.chain(person.into_iter().flatten().map(Secret::expose))
    }

    /// Which operation it is.
    pub fn operation(&self) -> Operation {
        match self {
            Self::FetchNumber { .. } => Operation::FetchNumber,
            Self::VerifyIdentity { .. } => Operation::VerifyIdentity,
            Self::VerifyNumber { .. } => Operation::VerifyNumber,
        }
    }
}

impl fmt::Debug for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ask({})", self.operation())
    }
}

/// The string that a request signs, for comparing with another implementation.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Signature {
    /// The vendor's name for the algorithm: `HmacSHA1`.
    pub algorithm: &'static str,
    /// The string signed; where the app's secret is part of it, `{app_key}` or `{app_secret}` stands in its place.
    pub base: String,
    /// The signature as it is sent.
    pub value: String,
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({})", self.algorithm)
    }
}

/// A vendor's protocol: turns an operation into a request and a reply into an outcome, and touches neither socket nor clock.
pub(crate) trait Provider: fmt::Debug + Send + Sync {
    /// The provider's id.
    fn id(&self) -> &'static str;

    /// The app that it is configured for, where the vendor tells apps apart.
    fn app_id(&self) -> Option<&str> {
        None
    }

    /// Tells whether the params were made for this app.
    fn owns(&self, _params: &Params) -> Ownership {
        Ownership::Unknown
    }

    /// The moment of a request that is made now.
    fn moment(&self) -> Result<Moment, Error> {
        Moment::now()
    }

    /// Builds the signed request.
    fn prepare(&self, ask: &Ask, moment: &Moment) -> Result<Draft, Error>;

    /// Reads the reply to a request that [`prepare`](Self::prepare) built.
    fn read(&self, request: &ReturnAddress, status: u16, body: &[u8]) -> Result<Outcome, Error>;

    /// The app's keys as the caller wrote them, which a gateway may repeat in its words.
    fn secrets(&self) -> Vec<&str>;

    /// What the token that was sent suggests by itself, once the gateway has refused it: Chinese, English.
    fn suspicion(&self, _memo: &Memo) -> Option<(String, String)> {
        None
    }

    /// Opens an encrypted number alone.
    fn decrypt(&self, _ciphertext: &str) -> Result<PhoneNumber, Error> {
        Err(self.lacks("decrypt_number"))
    }

    /// Shows what the request signs.
    fn sign(&self, _ask: &Ask, _moment: &Moment) -> Result<Signature, Error> {
        Err(self.lacks("signature"))
    }

    /// Looks for damage in what the phone returned, and repairs what loses nothing.
    fn inspect(&self, _operation: Operation, params: &Params, _moment: &Moment) -> Inspection {
        Examined::clean(params).into()
    }

    /// Replaces what a refusal has shown to be stale; tells whether asking again makes sense.
    #[cfg_attr(not(feature = "http"), expect(dead_code, reason = "only a client that sends meets a refusal"))]
    fn renew<'a>(&'a self, _refused: Option<&'a Error>) -> Renewal<'a> {
        Box::pin(std::future::ready(Ok(false)))
    }

    /// The error for an operation that the vendor does not offer.
    fn lacks(&self, what: &str) -> Error {
        let offered = find(self.id()).map_or(&[][..], |info| info.operations);
        let offered: Vec<_> = offered.iter().map(|operation| operation.as_str()).collect();
        Error::config(format!("{} has no {what}; it has {}", self.id(), offered.join(", "))).of_call(self.id(), None)
    }
}

/// Whether params were made for an app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ownership {
    Own,
    Foreign,
    Unknown,
}

/// See [`Provider::renew`].
pub(crate) type Renewal<'a> = std::pin::Pin<Box<dyn Future<Output = Result<bool, Error>> + Send + 'a>>;

/// A signed request before it becomes a [`Call`](crate::Call).
pub(crate) struct Draft {
    pub(crate) url: String,
    pub(crate) content_type: &'static str,
    pub(crate) body: String,
    pub(crate) request_id: Option<String>,
    pub(crate) memo: Memo,
}

/// What reading a reply must know of its request beyond the operation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memo {
    /// The generation and cipher of the vendor's protocol, in the provider's own word; empty where it has but one.
    pub(crate) dialect: &'static str,
    /// The app's token of the moment, where it has one that changes.
    pub(crate) token: Option<Arc<Secret>>,
    /// The params that were sent and when, in milliseconds since 1970, where the vendor's tokens tell of themselves.
    pub(crate) sent: Option<(Params, u64)>,
}

/// A new provider is one folder and one line here.
static PROVIDERS: &[ProviderInfo] = &[providers::shanyan::INFO, providers::cmcc::INFO, providers::yuxin::INFO];
