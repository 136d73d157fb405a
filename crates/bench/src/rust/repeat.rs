//! One thing over and over, for a profiler to look at.

use std::fs;
use std::hint::black_box;
use std::io::{self, Write as _};
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use quhao::{Ask, FetchedNumber, Moment};

use super::micros_each;
use crate::Failure;
use crate::fixtures::Fixture;
use crate::gateway::Settings;
use crate::process::Gateway;

/// Do one thing over and over, for a profiler: `perf record --call-graph dwarf quhao-bench repeat sign shanyan-v2`
#[derive(Args)]
pub(crate) struct Repeat {
    what: What,
    /// A fixture's name
    fixture: String,
    /// How long
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Over TLS
    #[arg(long)]
    tls: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum What {
    /// Fetch a number
    Call,
    /// Configure a client
    Client,
    /// Open the number in a reply
    Open,
    /// Build the signed request
    Prepare,
    /// Read a reply
    Read,
    /// Sign
    Sign,
}

impl Repeat {
    /// Prints the microseconds that each took.
    ///
    /// # Errors
    ///
    /// If one fails.
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let gateway = Gateway::start(&Settings::default())?;
        let fixtures: Vec<Fixture> = serde_json::from_slice(&fs::read(&gateway.at.fixtures)?)?;
        let found = fixtures.into_iter().find(|fixture| fixture.name == self.fixture);
        let fixture = found.ok_or_else(|| format!("no fixture {}", self.fixture))?;
        let client = fixture.client(&gateway.at, self.tls)?;
        let blocking = quhao::blocking::Client::from(client.clone());
        let (ask, moment) = (Ask::fetch_number(fixture.params.clone()), Moment::now()?);
        let call = client.prepare::<FetchedNumber>(&ask, &moment)?;
        let once = || -> Result<(), Failure> {
            match self.what {
                What::Call => drop(black_box(blocking.call::<FetchedNumber>(ask.clone())?)),
                What::Client => drop(black_box(fixture.client(&gateway.at, self.tls)?)),
                What::Open => {
                    let ciphertext = fixture.ciphertext.as_deref().ok_or("the fixture has no ciphertext")?;
                    drop(black_box(client.decrypt_number(black_box(ciphertext))?));
                }
                What::Prepare => drop(black_box(client.prepare::<FetchedNumber>(black_box(&ask), &moment)?)),
                What::Read => drop(black_box(call.read(200, black_box(fixture.reply.as_bytes()))?)),
                What::Sign => drop(black_box(client.signature(black_box(&ask), &moment)?)),
            }
            Ok(())
        };
        let (begun, limit, mut count) = (Instant::now(), Duration::from_secs(self.seconds), 0);
        while begun.elapsed() < limit {
            for _ in 0..BETWEEN_LOOKS {
                once()?;
            }
            count += BETWEEN_LOOKS;
        }
        Ok(writeln!(io::stdout(), "{count} times, {:.2} µs each", micros_each(begun, count))?)
    }
}

/// Looking at the clock costs as much as a short thing.
const BETWEEN_LOOKS: usize = 100;
