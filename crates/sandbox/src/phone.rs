//! The phone: what its carrier's SDK returns to the app.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use quhao::Operation;

use crate::Sandbox;
use crate::apps;
use crate::error::Error;
use crate::gateways;

/// A phone with a SIM card and every app of the sandbox's on it.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use quhao_sandbox::{Carrier, Sandbox};
/// let sandbox = Sandbox::start()?;
/// let params = sandbox.phone("13800138000", Carrier::ChinaMobile)?.params("shanyan", quhao::Operation::FetchNumber)?;
/// assert_eq!(params["telecom"], "CMCC");
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Phone<'a> {
    sandbox: &'a Sandbox,
    sim: Sim,
}

impl<'a> Phone<'a> {
    pub(crate) fn new(sandbox: &'a Sandbox, number: &str, carrier: Carrier) -> Result<Self, Error> {
        Ok(Self { sandbox, sim: Sim::new(number, carrier)? })
    }

    /// The number that the user types where the SDK asks for one; the SIM's own if this is not called.
    ///
    /// ShanYan's SDK takes and signs it for `verify_number`. Any text: users type all sorts of things.
    #[must_use]
    pub fn typing(mut self, number: &str) -> Self {
        number.clone_into(&mut self.sim.typed);
        self
    }

    /// What that app's phone SDK returns for an operation; mints a fresh single-use token.
    ///
    /// A phone that may not have a token gets its SDK's refusal, which is a map as well: China Mobile's `resultCode`
    /// is `103911` for the 31st unused token of a number in ten minutes.
    ///
    /// # Errors
    ///
    /// For an unknown app, and for an operation that takes nothing from a phone.
    pub fn params(&self, app: &str, operation: Operation) -> Result<BTreeMap<String, String>, Error> {
        let app = apps::find(app)?;
        gateways::of(app).mint(&self.sim, app, operation, &mut self.sandbox.state())
    }
}

impl fmt::Debug for Phone<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({}, {})", crate::explain::masked(&self.sim.number), self.sim.carrier)
    }
}

/// What the carrier knows of a phone.
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
