//! `quhao`: demo, sandbox, and each call of the library, on the command line.

mod ask;
mod cli;
mod commands;
mod exit;
mod failure;
mod input;
mod mask;
mod options;
mod report;
mod settings;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run().into()
}
