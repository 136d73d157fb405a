//! Rust's rows, printed as every host prints them.

mod calls;
mod crypto;
mod hold;
mod post;

use std::io::{self, Write as _};

use serde_json::json;

pub(crate) use self::hold::Hold;
use crate::Failure;
use crate::login::Setup;

/// Measures every row of Rust's and prints a line for each measure.
///
/// # Errors
///
/// If a row cannot be measured, or an answer is not the expected one.
pub(crate) fn run() -> Result<(), Failure> {
    crate::run::raise_descriptors();
    let setup = Setup::load()?;
    let openssl = crypto::OpenSsl::start()?;
    let versions = format!("quhao {}, reqwest 0.13, {}", env!("CARGO_PKG_VERSION"), openssl.version());
    writeln!(io::stdout(), "{}", json!({ "versions": versions }))?;
    calls::measure(&setup)?;
    crypto::measure(&setup, openssl)?;
    hold::measure(&setup)
}

impl Setup {
    /// So many in a full run, and so many where only every row is to run.
    fn scale(&self, full: usize, check: usize) -> usize {
        if self.check { check } else { full }
    }

    /// Both sides in turns, after a round to warm up; the first side changes, so that a disturbance hits both.
    fn rounds<T>(
        &self,
        mut ours: impl FnMut() -> Result<T, Failure>,
        mut theirs: impl FnMut() -> Result<T, Failure>,
    ) -> Result<(Vec<T>, Vec<T>), Failure> {
        let (mut our_rounds, mut their_rounds) = (Vec::new(), Vec::new());
        for round in 0..=self.scale(11, 1) {
            let (our_round, their_round) = if round % 2 == 0 {
                (ours()?, theirs()?)
            } else {
                let their_round = theirs()?;
                (ours()?, their_round)
            };
            if round > 0 {
                our_rounds.push(our_round);
                their_rounds.push(their_round);
            }
        }
        Ok((our_rounds, their_rounds))
    }
}

/// Prints a measure.
fn tell(row: &str, part: &str, peer: &str, ours: &[f64], theirs: &[f64]) -> Result<(), Failure> {
    let line = json!({ "row": row, "part": part, "peer": peer, "ours": ours, "theirs": theirs });
    Ok(writeln!(io::stdout(), "{line}")?)
}

/// Asks for `one` core, the gateway's, or for `all`, and waits until both processes are there.
fn cores(which: &str) -> Result<(), Failure> {
    writeln!(io::stdout(), "{}", json!({ "cores": which }))?;
    std::thread::sleep(std::time::Duration::from_millis(100));
    Ok(())
}
