//! Operations and their arguments.

use std::fmt;

use crate::model::{Error, Params};
use crate::redact::{Secret, echo};

/// An operation of a provider.
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
        /// The params that the phone's SDK returned.
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
        /// The params that the phone's SDK returned.
        params: Params,
        /// The number to check; may be left out where the params carry it.
        number: Option<Secret>,
    },
}

impl Ask {
    /// The params, where the operation takes them.
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
        let relayed = relayed.filter(|value| !echo::is_common_word(value));
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
