//! What takes minutes: a million logins, and a hundred thousand calls under random faults.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use crate::steps::{Step, run, target};
use crate::{bench, php};

/// `rust`: a million logins, and whether anything grows by them; `python`, `node`, `php`: a hundred thousand. `one-send`:
/// 100 000 calls under random faults, and whether a token is sent twice. `beside …`: a command with a sandbox's address
/// in `QUHAO_SANDBOX_URL`.
///
/// `QUHAO_SOAK_CALLS` chooses another number of calls; `QUHAO_SOAK_SEED` other faults.
///
/// # Errors
///
/// If something grows, a token is sent twice, or the command fails.
pub(crate) fn soak(arguments: &[&str]) -> Result<(), String> {
    match arguments {
        ["node"] => crate::node::soak(),
        ["one-send"] => one_send(),
        ["php"] => {
            let extension = format!("extension={}", php::extension("dist")?.display());
            beside(&program()?, &["php", "-n", "-d", &extension, "bindings/php/tests/soak.php"])
        }
        ["python"] => {
            let python = bench::python()?;
            beside(&program()?, &[&python.to_string_lossy(), "bindings/python/tests/programs/soak.py"])
        }
        ["rust"] => {
            let soak = program()?;
            beside(&soak, &[&soak.to_string_lossy(), "logins"])
        }
        ["beside", command @ ..] if !command.is_empty() => beside(&program()?, command),
        _ => Err(crate::USAGE.to_owned()),
    }
}

fn one_send() -> Result<(), String> {
    let mut test = Step::cargo("", &["test", "--release", "-p", "quhao", "--test", "one_send", "--", "--nocapture"]);
    if env::var_os(CALLS).is_none() {
        test = test.env(CALLS, "100000");
    }
    run("one token, one send", &mut test.command())
}

fn beside(soak: &Path, command: &[&str]) -> Result<(), String> {
    run(&format!("beside a sandbox: {}", command.join(" ")), Command::new(soak).arg("beside").args(command))
}

/// The program of `crates/soak`, built as it is shipped: a debug build measures itself.
fn program() -> Result<PathBuf, String> {
    run("the soak", &mut Step::cargo("", &["build", "--release", "--quiet", "-p", "quhao-soak"]).command())?;
    fs::canonicalize(target().join("release/soak")).map_err(|error| format!("release/soak: {error}"))
}

const CALLS: &str = "QUHAO_SOAK_CALLS";
