//! A sandbox here, and a program in a process of its own that talks to it.

use std::process::Command;

use quhao_sandbox::Sandbox;

/// Runs a command while a sandbox listens, with its address in [`URL`].
///
/// # Errors
///
/// If the sandbox or the command cannot be started, or the command fails.
pub(crate) fn run(command: &[String]) -> Result<(), String> {
    let sandbox = Sandbox::start().map_err(|error| error.to_string())?;
    let status = Command::new(&command[0]).args(&command[1..]).env(URL, sandbox.url()).status();
    let status = status.map_err(|error| format!("{}: it could not be started: {error}", command[0]))?;
    if status.success() { Ok(()) } else { Err(format!("{}: failed with {status}", command[0])) }
}

/// The variable with the sandbox's address.
pub(crate) const URL: &str = "QUHAO_SANDBOX_URL";
