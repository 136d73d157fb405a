//! The command as a child process, with nothing in its environment but what a test puts there.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// A finished run.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// Standard output as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error} in {}{}", self.stdout, self.stderr))
    }

    /// Fails if any of `secrets` was printed anywhere.
    #[track_caller]
    pub(crate) fn never_shows<'a>(&self, secrets: impl IntoIterator<Item = &'a str>) {
        for secret in secrets {
            assert!(!self.stdout.contains(secret), "standard output shows {secret}: {}", self.stdout);
            assert!(!self.stderr.contains(secret), "standard error shows {secret}: {}", self.stderr);
        }
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().expect("it ends by itself"),
            stdout: String::from_utf8(output.stdout).expect("it prints UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("it prints UTF-8"),
        }
    }
}

/// The command with these arguments and variables, and no others.
pub(crate) fn command(arguments: &[&str], variables: &BTreeMap<String, String>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quhao"));
    command.args(arguments).env_clear().envs(variables);
    // Where sockets need it and temporary files go.
    for kept in ["SYSTEMROOT", "TMPDIR", "TEMP"] {
        if let Some(value) = std::env::var_os(kept) {
            command.env(kept, value);
        }
    }
    command
}

/// Runs it to its end, with `input` as standard input.
pub(crate) fn run(arguments: &[&str], variables: &BTreeMap<String, String>, input: &str) -> Run {
    let mut command = command(arguments, variables);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that does not read closes the pipe, which is its right.
    drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
    child.wait_with_output().unwrap().into()
}

/// A sandbox's options as variables of the command.
pub(crate) fn variables(provider: &str, options: BTreeMap<String, String>) -> BTreeMap<String, String> {
    let name = |option: &str| format!("QUHAO_{provider}_{option}").to_uppercase();
    let mut variables: BTreeMap<String, String> =
        options.into_iter().map(|(option, value)| (name(&option), value)).collect();
    variables.insert("QUHAO_PROVIDER".to_owned(), provider.to_owned());
    variables
}
