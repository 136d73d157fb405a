//! The contract between the client and a vendor's protocol.

pub(crate) mod base_url;
pub(crate) mod codes;
mod moment;
mod operation;
mod options;
pub(crate) mod reply;

use std::fmt;
use std::sync::Arc;

pub use self::codes::{Code, Meaning};
pub use self::moment::Moment;
pub use self::operation::{Ask, Operation};
pub(crate) use self::options::Options;
pub use self::options::{Form, OptionSpec};
use crate::inspect::{Collector, Inspection};
use crate::model::{Error, Outcome, Params, PhoneNumber};
use crate::redact::Secret;

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
    /// Its operations.
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
    self::options::COMMON
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
    /// The provider as data.
    fn info(&self) -> &'static ProviderInfo;

    /// The app that it is configured for, where the vendor distinguishes apps.
    fn app_id(&self) -> Option<&str> {
        None
    }

    /// Whether the params were made for this app.
    fn matches_app(&self, _params: &Params) -> AppMatch {
        AppMatch::Unknown
    }

    /// The moment of a request that is made now.
    fn moment(&self) -> Result<Moment, Error> {
        Moment::now()
    }

    /// Builds the signed request.
    fn prepare(&self, ask: &Ask, moment: &Moment) -> Result<UnsentRequest, Error>;

    /// Reads the reply to a request that [`prepare`](Self::prepare) built.
    fn read(&self, request: &RequestContext, status: u16, body: &[u8]) -> Result<Outcome, Error>;

    /// The app's keys as the caller wrote them, which a gateway may repeat in its words.
    fn secrets(&self) -> Vec<&str>;

    /// A diagnosis from the sent token alone, once the gateway has refused it: Chinese, English.
    fn token_diagnosis(&self, _memo: &ProtocolState) -> Option<(String, String)> {
        None
    }

    /// Opens an encrypted number alone.
    fn decrypt(&self, _ciphertext: &str) -> Result<PhoneNumber, Error> {
        Err(self.unsupported("decrypt_number"))
    }

    /// Shows what the request signs.
    fn sign(&self, _ask: &Ask, _moment: &Moment) -> Result<Signature, Error> {
        Err(self.unsupported("signature"))
    }

    /// Looks for damage in what the phone returned, and repairs what loses nothing.
    fn inspect(&self, _operation: Operation, params: &Params, _moment: &Moment) -> Inspection {
        Collector::clean(params).into()
    }

    /// Replaces a token that a refusal has shown to be stale; returns whether to send again.
    #[cfg_attr(not(feature = "http"), expect(dead_code, reason = "only a client that sends meets a refusal"))]
    fn renew<'a>(&'a self, _refused: Option<&'a Error>) -> RefreshFuture<'a> {
        Box::pin(std::future::ready(Ok(false)))
    }

    /// The error for an operation that the vendor does not offer.
    fn unsupported(&self, what: &str) -> Error {
        let ProviderInfo { id, operations, .. } = self.info();
        let offered: Vec<_> = operations.iter().map(|operation| operation.as_str()).collect();
        Error::config(format!("{id} has no {what}; it has {}", offered.join(", "))).with_call(id, None)
    }
}

/// Whether params were made for an app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AppMatch {
    Yes,
    No,
    Unknown,
}

/// See [`Provider::renew`].
pub(crate) type RefreshFuture<'a> = std::pin::Pin<Box<dyn Future<Output = Result<bool, Error>> + Send + 'a>>;

/// A signed request before it becomes a [`Call`](crate::Call).
pub(crate) struct UnsentRequest {
    pub(crate) url: String,
    pub(crate) content_type: &'static str,
    pub(crate) body: String,
    pub(crate) request_id: Option<String>,
    pub(crate) memo: ProtocolState,
}

/// The request whose reply is read.
#[derive(Clone)]
pub(crate) struct RequestContext {
    pub(crate) operation: Operation,
    pub(crate) request_id: Option<String>,
    pub(crate) memo: ProtocolState,
}

/// A provider's state from a request to its response.
#[derive(Clone, Debug, Default)]
pub(crate) struct ProtocolState {
    /// The generation and cipher of the vendor's protocol, in the provider's own word; empty where it has but one.
    pub(crate) variant: &'static str,
    /// The app's token of the moment, where it has one that changes.
    pub(crate) token: Option<Arc<Secret>>,
    /// The params that were sent and when, in milliseconds since 1970, where the vendor's tokens tell of themselves.
    pub(crate) sent: Option<(Params, u64)>,
}
