//! Results of operations: a number or a verdict, with its receipt.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use super::error_kind::Charge;
use super::phone_number::PhoneNumber;
use crate::redact::{masked, masked_id, redact_field_name, redact_tokens};

/// The number behind a phone's token, and the receipt.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FetchedNumber {
    /// The verified number; masked when printed.
    pub number: PhoneNumber,
    /// The other facts of the response.
    pub receipt: Receipt,
}

/// Whether what was asked is so, and the receipt.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Verification {
    /// The answer.
    pub verdict: Verdict,
    /// The other facts of the response.
    pub receipt: Receipt,
}

impl Verification {
    /// `true` only for [`Verdict::Match`].
    pub fn matches(&self) -> bool {
        self.verdict == Verdict::Match
    }
}

/// The facts that come with every answer; read as fields of the answer itself.
///
/// `Debug` masks the message and shows the names in `extra` only: a vendor may put a number in either.
#[derive(Clone)]
#[non_exhaustive]
pub struct Receipt {
    /// The provider's id, such as `shanyan`.
    pub provider: &'static str,
    /// The vendor's code as the gateway wrote it.
    pub code: String,
    /// The vendor's words for it; what they repeat of the request is masked.
    pub message: String,
    /// Whether the call is billed.
    pub charge: Charge,
    /// The vendor's number for the transaction.
    pub trade_no: Option<String>,
    /// The id that we gave the request.
    pub request_id: Option<String>,
    /// The vendor's fraud verdict, where the console has it enabled.
    pub risk: Option<Risk>,
    /// Every field of the reply that has no name above, as the gateway wrote it.
    pub extra: BTreeMap<String, Value>,
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receipt")
            .field("provider", &self.provider)
            .field("code", &self.code)
            .field("message", &redact_tokens(&masked(&self.message)))
            .field("charge", &self.charge)
            .field("trade_no", &self.trade_no.as_deref().map(masked_id))
            .field("request_id", &self.request_id.as_deref().map(masked_id))
            .field("risk", &self.risk)
            .field("extra", &self.extra.keys().map(|name| redact_field_name(name)).collect::<Vec<_>>())
            .finish()
    }
}

impl std::ops::Deref for FetchedNumber {
    type Target = Receipt;

    fn deref(&self) -> &Receipt {
        &self.receipt
    }
}

impl std::ops::Deref for Verification {
    type Target = Receipt;

    fn deref(&self) -> &Receipt {
        &self.receipt
    }
}

/// The answer to "is it so?".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a fourth answer would have to be a new type: callers decide on it")]
pub enum Verdict {
    /// It is so.
    Match,
    /// It is not so. Not an error, and usually billed.
    Mismatch,
    /// The vendor says that it cannot tell.
    Unknown,
}

impl Verdict {
    /// The verdict's name, the same in every language: `match`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::Mismatch => "mismatch",
            Self::Unknown => "unknown",
        }
    }
}

/// A fraud verdict about the phone or the number (反欺诈). `Debug` masks the vendor's own texts.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Risk {
    /// Which list it is on.
    pub level: RiskLevel,
    /// The vendor's code for the level as it wrote it.
    pub code: String,
    /// Why, in the vendor's words; for the deny list.
    pub tags: Vec<String>,
}

impl fmt::Debug for Risk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Risk")
            .field("level", &self.level)
            .field("code", &masked_id(&self.code))
            .field("tags", &self.tags.iter().map(|tag| redact_tokens(&masked(tag))).collect::<Vec<_>>())
            .finish()
    }
}

/// Where the vendor's fraud service places a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RiskLevel {
    /// 黑名单: on the deny list.
    Denied,
    /// 可信任度低: of low trust.
    LowTrust,
    /// 未找到: not found.
    NotFound,
    /// 白名单: on the allow list.
    Trusted,
    /// A level that the documentation does not name; see [`Risk::code`].
    Undocumented,
}

impl RiskLevel {
    /// The level's name, the same in every language: `low_trust`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::LowTrust => "low_trust",
            Self::NotFound => "not_found",
            Self::Trusted => "trusted",
            Self::Undocumented => "undocumented",
        }
    }
}

/// Either answer, for code that does not know the operation beforehand.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_enums, reason = "an operation fetches or verifies")]
pub enum Outcome {
    /// From `fetch_number`.
    Fetched(FetchedNumber),
    /// From `verify_number` and `verify_identity`.
    Verified(Verification),
}

impl Outcome {
    /// Puts each of the vendor's texts as `other` has it, where it has any.
    pub(crate) fn redact_with(&mut self, other: impl Fn(&str) -> Option<String>) {
        let receipt = match self {
            Self::Fetched(fetched) => &mut fetched.receipt,
            Self::Verified(verified) => &mut verified.receipt,
        };
        let tags = receipt.risk.iter_mut().flat_map(|risk| &mut risk.tags);
        for said in std::iter::once(&mut receipt.message).chain(tags) {
            if let Some(other) = other(said) {
                *said = other;
            }
        }
    }
}

/// The output of an operation: sealed, for [`Call`](crate::Call).
pub trait Answer: TryFrom<Outcome> + sealed::Sealed {}

impl Answer for FetchedNumber {}
impl Answer for Outcome {}
impl Answer for Verification {}

impl TryFrom<Outcome> for FetchedNumber {
    /// The outcome of another operation.
    type Error = Outcome;

    fn try_from(outcome: Outcome) -> Result<Self, Outcome> {
        match outcome {
            Outcome::Fetched(fetched) => Ok(fetched),
            other @ Outcome::Verified(_) => Err(other),
        }
    }
}

impl TryFrom<Outcome> for Verification {
    /// The outcome of another operation.
    type Error = Outcome;

    fn try_from(outcome: Outcome) -> Result<Self, Outcome> {
        match outcome {
            Outcome::Verified(verification) => Ok(verification),
            other @ Outcome::Fetched(_) => Err(other),
        }
    }
}

mod sealed {
    #[expect(unnameable_types, reason = "it seals `Answer`")]
    pub trait Sealed {}
}

impl sealed::Sealed for FetchedNumber {}
impl sealed::Sealed for Outcome {}
impl sealed::Sealed for Verification {}
