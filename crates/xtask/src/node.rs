//! The npm package: its tools, a build in the dev profile, types, tests, and an installation as its users make it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::steps::{Counts, counted, root, run};

/// Checks that Node is there, and installs what the package is built with.
pub(crate) fn setup() -> Result<(), String> {
    let told = command("node", &["--version"], root()).output().map_err(|_| NODE_IS_MISSING)?;
    let version = String::from_utf8_lossy(&told.stdout);
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_none_or(|major| major < 20) {
        return Err(format!("{NODE_IS_MISSING}; found {}", version.trim()));
    }
    install(&package())?;
    install(&example())
}

/// Lints, builds, checks types, and runs every test.
///
/// # Errors
///
/// If the build, a check or a test fails.
pub(crate) fn test() -> Result<Counts, String> {
    let at = package();
    let lints = ["clippy", "--quiet", "--package", "quhao-node", "--no-deps", "--", "-D", "warnings"];
    run("Node: lints", &mut command("cargo", &lints, &at))?;
    build(true)?;
    run("Node: tsc", &mut command("npm", &["run", "--silent", "types"], &at))?;
    let mut counts = counted("Node: tests", &mut command("npm", &["run", "--silent", "test"], &at), closing)?;
    let installed = &mut command("npm", &["run", "--silent", "test:install"], &at);
    counts.add(counted("Node: the package installed", installed, closing)?);
    let login = ["--conditions=quhao-dev", "--test", "--test-reporter=spec", "app.test.js"];
    counts.add(counted("Node: the example", &mut command("node", &login, &example()), closing)?);
    Ok(counts)
}

/// A hundred thousand logins as the package is shipped, and whether anything grows by them.
///
/// # Errors
///
/// If something does, or the build fails.
pub(crate) fn soak() -> Result<(), String> {
    build(false)?;
    let mut soak = command("npm", &["run", "--silent", "soak"], &package());
    if std::env::var_os("QUHAO_SOAK_CALLS").is_none() {
        soak.env("QUHAO_SOAK_CALLS", "100000");
    }
    run("Node: the soak", &mut soak)
}

/// Builds the native part, for the tests or as it is shipped, and the types.
pub(crate) fn build(dev: bool) -> Result<(), String> {
    let args = if dev { &["scripts/build.cjs", "--dev"][..] } else { &["scripts/build.cjs"] };
    run("Node: the native part and the types", &mut command("node", args, &package()))
}

/// Installs what a folder's lock file says, unless that is there already.
pub(crate) fn install(folder: &Path) -> Result<(), String> {
    // npm writes the second file when it has installed what the first one says.
    let modified = |file: &str| fs::metadata(folder.join(file)).and_then(|found| found.modified()).ok();
    if modified("node_modules/.package-lock.json") >= modified("package-lock.json") {
        return Ok(());
    }
    run("Node: npm ci", &mut command("npm", &["ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder))
}

fn command(program: &str, args: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(args).current_dir(folder);
    command
}

fn package() -> PathBuf {
    root().join("bindings/node")
}

fn example() -> PathBuf {
    root().join("examples/node")
}

/// `ℹ pass 12`; a skipped test has not passed.
fn closing(line: &str) -> Counts {
    let mut counts = Counts::default();
    let told = line.strip_prefix("ℹ ").and_then(|told| told.split_once(' '));
    match told.and_then(|(word, number)| Some((word, number.parse::<u64>().ok()?))) {
        Some(("pass", number)) => counts.passed = number,
        Some(("fail" | "cancelled" | "skipped" | "todo", number)) => counts.failed = number,
        _ => {}
    }
    counts
}

const NODE_IS_MISSING: &str = "Node 20 or later, with npm, is needed: https://nodejs.org";
