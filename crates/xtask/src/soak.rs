//! The long tests: a million logins, and a hundred thousand calls under random faults.

use std::env;

use crate::bench::{self, DIST};
use crate::php;
use crate::steps::{Step, run};

/// `rust`: a million logins, and whether anything grows by them; `python`, `node`, `php`: a hundred thousand. `one-send`:
/// 100 000 calls under random faults, and whether a token is sent twice.
///
/// `QUHAO_SOAK_CALLS` chooses another number of calls; `QUHAO_SOAK_SEED` other faults.
///
/// # Errors
///
/// If something grows, or a token is sent twice.
pub(crate) fn soak(arguments: &[&str]) -> Result<(), String> {
    match arguments {
        ["node"] => crate::node::soak(),
        ["one-send"] => one_send(),
        ["php"] => {
            let extension = format!("extension={}", php::extension("dist")?.display());
            beside_a_sandbox(&["php", "-n", "-d", &extension, "bindings/php/tests/soak.php"])
        }
        ["python"] => {
            let python = bench::python()?;
            beside_a_sandbox(&[&python.to_string_lossy(), "bindings/python/tests/programs/soak.py"])
        }
        ["rust"] => {
            let bench = bench::harness(DIST)?;
            beside_a_sandbox(&[&bench.get_program().to_string_lossy(), "soak"])
        }
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

/// Runs a command that finds a sandbox's address in `QUHAO_SANDBOX_URL`.
fn beside_a_sandbox(command: &[&str]) -> Result<(), String> {
    let mut harness = bench::harness(DIST)?;
    harness.arg("beside").args(command).current_dir(crate::steps::root());
    run(&format!("beside a sandbox: {}", command.join(" ")), &mut harness)
}

const CALLS: &str = "QUHAO_SOAK_CALLS";
