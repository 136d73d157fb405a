//! The command line: its commands, and the way each of them ends.

use std::io::{self, Write};

use clap::{Parser, Subcommand};

use crate::commands::{decrypt, demo, explain, fetch, identity, inspect, sandbox, sign, verify};
use crate::exit::{self, Exit};
use crate::failure::Failure;
use crate::report;

/// 取号: turns what a phone's carrier SDK returned into a verified phone number.
#[derive(Parser)]
#[command(name = "quhao", version, after_help = exit::table(), max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Demo(demo::Demo),
    Sandbox(sandbox::Serve),
    Fetch(fetch::Fetch),
    Verify(verify::Verify),
    Identity(identity::Identity),
    Decrypt(decrypt::Decrypt),
    Sign(sign::Sign),
    Inspect(inspect::Inspect),
    Explain(explain::Explain),
}

/// Runs the command that the arguments name, and says how it ended.
pub(crate) fn run() -> Exit {
    let cli = Cli::parse();
    // Not locked for the whole run: a sandbox writes its log from another thread.
    let out = &mut io::stdout();
    let (ended, json) = match &cli.command {
        Command::Demo(demo) => (demo.run(out), demo.json),
        Command::Sandbox(sandbox) => (sandbox.run(out), false),
        Command::Fetch(fetch) => (fetch.run(out), fetch.show.json),
        Command::Verify(verify) => (verify.run(out), verify.show.json),
        Command::Identity(identity) => (identity.run(out), identity.show.json),
        Command::Decrypt(decrypt) => (decrypt.run(out), decrypt.show.json),
        Command::Sign(sign) => (sign.run(out), sign.show.json),
        Command::Inspect(inspect) => (inspect.run(out), inspect.json),
        Command::Explain(explain) => (explain.run(out), explain.json),
    };
    let ended = ended.and_then(|exit| out.flush().map(|()| exit).map_err(Failure::from));
    ended.unwrap_or_else(|failure| tell(&failure, json, out))
}

/// Prints a failure: lines on standard error, or one object on standard output.
fn tell(failure: &Failure, json: bool, out: &mut dyn Write) -> Exit {
    let told = match (json, failure) {
        (true, Failure::Core { .. } | Failure::Own { .. }) => report::write_json(out, &failure.to_json()),
        _ => io::stderr().write_all(failure.lines().as_bytes()),
    };
    // Where neither stream can be written, the exit code is all that is left to tell.
    drop(told);
    failure.exit()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_says_what_it_does() {
        for command in Cli::command().get_subcommands() {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            for argument in command.get_arguments().filter(|argument| argument.get_id() != "help") {
                assert!(argument.get_help().is_some(), "{} {}", command.get_name(), argument.get_id());
            }
        }
    }
}
