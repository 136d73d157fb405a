//! A million logins, and whether memory, threads or descriptors grow by them.

mod growth;
mod logins;

use std::process::Command;

use quhao_sandbox::Sandbox;

pub(crate) use self::logins::run;
use crate::Failure;

/// Runs a command while a sandbox listens in this process, so that any growth in the command is the client's.
///
/// # Errors
///
/// If the sandbox or the command cannot be started, or the command fails.
pub(crate) fn beside(command: &[String]) -> Result<(), Failure> {
    let sandbox = Sandbox::start()?;
    let status = Command::new(&command[0]).args(&command[1..]).env(URL, sandbox.url()).status();
    let status = status.map_err(|error| format!("{}: it could not be started: {error}", command[0]))?;
    if status.success() { Ok(()) } else { Err(format!("{}: failed with {status}", command[0]).into()) }
}

/// The variable with the sandbox's address.
const URL: &str = "QUHAO_SANDBOX_URL";
