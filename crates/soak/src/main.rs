//! A million logins, and whether memory, threads or descriptors grow by them.
//!
//! `soak beside <command>` starts a sandbox, and the command with its address in `QUHAO_SANDBOX_URL`, so that what grows
//! in the command is the client's; `soak logins` is such a command. `QUHAO_SOAK_CALLS` says how many.

mod beside;
mod growth;
mod logins;

use std::io::Write as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.split_first() {
        Some((word, command)) if word == "beside" && !command.is_empty() => beside::run(command),
        Some((word, [])) if word == "logins" => logins::run(),
        _ => Err("usage: soak beside <command> | logins".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            say(&why);
            ExitCode::FAILURE
        }
    }
}

/// Writes a line; a closed pipe is no reason to stop.
fn say(line: &str) {
    drop(writeln!(std::io::stdout(), "{line}"));
}
