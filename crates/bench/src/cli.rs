//! The command line.

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::{Failure, awake, gateway, run, rust};

/// Measure quhao beside what a back end would otherwise run
#[derive(Parser)]
#[command(name = "quhao-bench")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Run(run::Run),
    /// Keep every core from sleeping, until stdin closes
    Awake,
    Gateway(gateway::Settings),
    /// Measure Rust's rows, a line of JSON each, against the gateway that the environment names
    Rust,
    Flight(rust::Flight),
    FirstNumber(rust::FirstNumber),
    Repeat(rust::Repeat),
}

/// Runs what the arguments ask for.
pub fn main() -> ExitCode {
    let done: Result<(), Failure> = match Cli::parse().command {
        Command::Run(run) => run.run(),
        Command::Awake => awake::run(),
        Command::Gateway(settings) => gateway::run(&settings),
        Command::Rust => rust::run(),
        Command::Flight(flight) => flight.run(),
        Command::FirstNumber(first) => first.run(),
        Command::Repeat(repeat) => repeat.run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            drop(writeln!(io::stderr(), "quhao-bench: {why}"));
            ExitCode::FAILURE
        }
    }
}
