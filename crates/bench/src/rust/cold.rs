//! A process that starts, fetches one number over TLS, and is done.

use std::fs;
use std::io::{self, Write as _};
use std::process::Command;
use std::time::Instant;

use clap::Args;

use super::calls::Post;
use super::{Bench, row};
use crate::Failure;
use crate::fixtures::Fixture;
use crate::process::{Address, lines};

pub(super) fn measure(bench: &Bench) -> Result<(), Failure> {
    let (ours, other) = bench.rounds_of(|| started(bench, &[]), || started(bench, &["--bare"]))?;
    row("cold start to first number", Some("reqwest"), "ms", &ours, Some(&other))
}

/// Milliseconds from the start of the process to its first line.
fn started(bench: &Bench, args: &[&str]) -> Result<f64, Failure> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("first-number").args(args);
    bench.at.set(&mut command);
    let begun = Instant::now();
    let mut took = None;
    lines(&mut command, |_, _| {
        took = Some(begun.elapsed().as_secs_f64() * 1e3);
        Ok(())
    })?;
    took.ok_or_else(|| "the process told nothing".into())
}

/// Fetch one number and end (run by `rust`)
#[derive(Args)]
#[command(hide = true)]
pub(crate) struct FirstNumber {
    /// With reqwest alone
    #[arg(long)]
    bare: bool,
}

impl FirstNumber {
    /// Prints a line when the number is there.
    ///
    /// # Errors
    ///
    /// If the call fails.
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let at = Address::from_env()?;
        let fixtures: Vec<Fixture> = serde_json::from_slice(&fs::read(&at.fixtures)?)?;
        let fixture = fixtures.into_iter().find(|fixture| fixture.name == "shanyan-v2").ok_or("no such fixture")?;
        if self.bare {
            let runtime = tokio::runtime::Runtime::new()?;
            runtime.block_on(async { Post::new(&fixture, &at, true)?.once().await })?;
        } else {
            let client = quhao::blocking::Client::from(fixture.client(&at, true)?);
            fixture.expect(client.fetch_number(fixture.phone_params())?.number.expose())?;
        }
        Ok(writeln!(io::stdout(), "done")?)
    }
}
