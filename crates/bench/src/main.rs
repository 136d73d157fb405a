//! `quhao-bench`: quhao measured beside what a back end would otherwise run, and soaked. See README.md.

mod cores;
mod gateway;
mod login;
mod report;
mod results;
mod rows;
mod run;
mod rust;
mod soak;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

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
    /// Keep every core from sleeping until stdin closes (run by `run`)
    #[command(hide = true)]
    KeepAwake,
    /// Measure Rust's rows (run by `run`)
    #[command(hide = true)]
    Rust,
    Hold(rust::Hold),
    /// Log in as often as `QUHAO_SOAK_CALLS` says at the sandbox of `QUHAO_SANDBOX_URL`, and check that nothing grows
    Soak,
    /// Start a sandbox, and a command that finds its address in `QUHAO_SANDBOX_URL`
    Beside {
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        command: Vec<String>,
    },
}

/// Any failure ends the program with its message; no caller reacts to its kind.
type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Run(run) => run.run(),
        Command::KeepAwake => cores::keep_awake(),
        Command::Rust => rust::run(),
        Command::Hold(hold) => hold.run(),
        Command::Soak => soak::run(),
        Command::Beside { command } => soak::beside(&command),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            drop(writeln!(io::stderr(), "quhao-bench: {why}"));
            ExitCode::FAILURE
        }
    }
}
