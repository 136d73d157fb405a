//! Rust's rows. Its lines are those of every language's program.

mod calls;
mod clients;
mod cold;
mod cost;
mod crypto;
mod flight;
mod repeat;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::time::Instant;

use quhao::{Client, Params};
use serde_json::json;

pub(crate) use self::cold::FirstNumber;
pub(crate) use self::flight::Flight;
pub(crate) use self::repeat::Repeat;
use crate::Failure;
use crate::fixtures::Fixture;
use crate::process::Address;

/// Measures every row of Rust's and prints a line for each.
///
/// # Errors
///
/// If a row cannot be measured, or an answer is not the expected one.
pub(crate) fn run() -> Result<(), Failure> {
    crate::limits::raise_descriptors();
    let bench =
        Bench { at: Address::from_env()?, is_check: std::env::var("QUHAO_BENCH_SCALE").as_deref() == Ok("check") };
    let openssl = crypto::OpenSsl::start()?;
    writeln!(io::stdout(), "{}", json!({ "about": format!("{}, {}", env!("CARGO_PKG_NAME"), openssl.version()) }))?;
    calls::measure(&bench)?;
    crypto::measure(&bench, openssl)?;
    flight::measure(&bench)?;
    cost::measure(&bench)?;
    clients::measure(&bench)?;
    cold::measure(&bench)
}

/// Asks for `one` core, the gateway's, or for `all`.
fn cores(which: &str) -> Result<(), Failure> {
    Ok(writeln!(io::stdout(), "{}", json!({ "cores": which }))?)
}

/// A gateway, and how much to ask of it.
struct Bench {
    at: Address,
    is_check: bool,
}

impl Bench {
    /// So many at full scale, and so many where it is only checked that it runs.
    fn scale(&self, full: usize, check: usize) -> usize {
        if self.is_check { check } else { full }
    }

    fn rounds(&self) -> usize {
        self.scale(11, 2)
    }

    /// A fixture as it is now: some are renewed.
    fn fixture(&self, name: &str) -> Result<Fixture, Failure> {
        let fixtures: Vec<Fixture> = serde_json::from_slice(&fs::read(&self.at.fixtures)?)?;
        fixtures.into_iter().find(|fixture| fixture.name == name).ok_or_else(|| format!("no fixture {name}").into())
    }

    /// Takes turns, and swaps who goes first, so that a disturbance hits both.
    fn rounds_of(
        &self,
        mut ours: impl FnMut() -> Result<f64, Failure>,
        mut other: impl FnMut() -> Result<f64, Failure>,
    ) -> Result<(Vec<f64>, Vec<f64>), Failure> {
        let (mut ours_took, mut other_took) = (Vec::new(), Vec::new());
        for round in 0..self.rounds() {
            if round % 2 == 1 {
                other_took.push(other()?);
            }
            ours_took.push(ours()?);
            if round % 2 == 0 {
                other_took.push(other()?);
            }
        }
        Ok((ours_took, other_took))
    }
}

impl Fixture {
    /// The options for this gateway.
    fn options_at(&self, at: &Address, secured: bool) -> BTreeMap<String, String> {
        let mut options = self.options.clone();
        options.insert("base_url".to_owned(), if secured { at.https.clone() } else { at.http.clone() });
        if secured {
            options.insert("ca_certificate".to_owned(), at.ca.display().to_string());
        }
        options
    }

    fn client(&self, at: &Address, secured: bool) -> Result<Client, Failure> {
        Ok(Client::new(&self.provider, self.options_at(at, secured))?)
    }

    fn phone_params(&self) -> Params {
        self.params.clone().into()
    }

    /// A failure unless what came back is what is expected.
    fn expect(&self, got: &str) -> Result<(), Failure> {
        if got == self.expected { Ok(()) } else { Err(format!("{}: expected another answer", self.name).into()) }
    }
}

/// Prints a row.
fn row(name: &str, other_name: Option<&str>, unit: &str, ours: &[f64], other: Option<&[f64]>) -> Result<(), Failure> {
    let line = json!({ "name": name, "other_name": other_name, "unit": unit, "ours": ours, "other": other });
    writeln!(io::stdout(), "{line}")?;
    Ok(io::stdout().flush()?)
}

/// Microseconds that each of so many takes.
fn micros_each(since: Instant, count: usize) -> f64 {
    since.elapsed().as_secs_f64() * 1e6 / count as f64
}
