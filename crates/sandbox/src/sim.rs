//! A SIM card: its number and its carrier.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;

/// A SIM card in a phone, and the number that its user types.
#[derive(Clone)]
pub(crate) struct Sim {
    pub(crate) number: String,
    pub(crate) carrier: Carrier,
    pub(crate) typed: String,
}

impl Sim {
    pub(crate) fn new(number: &str, carrier: Carrier) -> Result<Self, Error> {
        if !is_number(number) {
            return Err(Error::new("number: expected 1 and ten more digits"));
        }
        Ok(Self { number: number.to_owned(), carrier, typed: number.to_owned() })
    }
}

/// A carrier of the mainland.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the vendors' documents know these three")]
pub enum Carrier {
    /// 中国移动, `CMCC`.
    ChinaMobile,
    /// 中国电信, `CTCC`.
    ChinaTelecom,
    /// 中国联通, `CUCC`.
    ChinaUnicom,
}

impl Carrier {
    /// The vendors' short name: `CMCC`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ChinaMobile => "CMCC",
            Self::ChinaTelecom => "CTCC",
            Self::ChinaUnicom => "CUCC",
        }
    }
}

impl fmt::Display for Carrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Carrier {
    type Err = Error;

    /// Reads `cmcc`, `ctcc` or `cucc` in any letter case.
    fn from_str(text: &str) -> Result<Self, Error> {
        [Self::ChinaMobile, Self::ChinaTelecom, Self::ChinaUnicom]
            .into_iter()
            .find(|carrier| carrier.as_str().eq_ignore_ascii_case(text))
            .ok_or_else(|| Error::new("carrier: expected cmcc, ctcc or cucc"))
    }
}

/// `^1\d{10}$`.
pub(crate) fn is_number(text: &str) -> bool {
    text.len() == 11 && text.starts_with('1') && text.bytes().all(|b| b.is_ascii_digit())
}
