//! The vocabulary: errors, results, params, numbers.

mod error;
mod error_kind;
mod identity;
mod params;
mod phone_number;
mod result;

pub use self::error::Error;
pub use self::error_kind::{Charge, ErrorKind, Hint, Phase, Retry};
pub(crate) use self::identity::Identity;
pub use self::params::Params;
pub use self::phone_number::PhoneNumber;
pub use self::result::{Answer, FetchedNumber, Outcome, Receipt, Risk, RiskLevel, Verdict, Verification};
