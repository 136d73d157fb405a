//! The phone: what its carrier's SDK returns to the app.

use std::collections::BTreeMap;
use std::fmt;

use quhao::Operation;

use crate::error::Error;
use crate::gateways;
use crate::shared::Shared;
use crate::sim::{Carrier, Sim};

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
    shared: &'a Shared,
    sim: Sim,
}

impl<'a> Phone<'a> {
    pub(crate) fn new(shared: &'a Shared, number: &str, carrier: Carrier) -> Result<Self, Error> {
        Ok(Self { shared, sim: Sim::new(number, carrier)? })
    }

    /// The number that the user types where the SDK asks for one; the SIM's own if this is not called.
    ///
    /// ShanYan's SDK takes and signs it for `verify_number`. Any text: users type all sorts of things.
    #[must_use]
    pub fn typing(mut self, number: &str) -> Self {
        number.clone_into(&mut self.sim.typed);
        self
    }

    /// The result of that app's phone SDK for an operation, with a fresh single-use token.
    ///
    /// A phone that may not have a token gets its SDK's refusal, which is a map as well: China Mobile's `resultCode`
    /// is `103911` for the 31st unused token of a number in ten minutes.
    ///
    /// # Errors
    ///
    /// For an unknown app, and for an operation that takes nothing from a phone.
    pub fn params(&self, app: &str, operation: Operation) -> Result<BTreeMap<String, String>, Error> {
        let app = gateways::app(app)?;
        gateways::of(app).mint(&self.sim, app, operation, &mut self.shared.lock())
    }
}

impl fmt::Debug for Phone<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({}, {})", crate::explain::masked(&self.sim.number), self.sim.carrier)
    }
}
