//! The npm package: its tools, a build in the dev profile, types, tests, and an installation as its users make it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::steps::{Counts, say};

/// Checks that Node is there, and installs what the package is built with.
pub(crate) fn setup() -> Result<(), String> {
    let told = command("node", &["--version"]).output().map_err(|_| NODE_IS_MISSING)?;
    let version = String::from_utf8_lossy(&told.stdout);
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_none_or(|major| major < 20) {
        return Err(format!("{NODE_IS_MISSING}; found {}", version.trim()));
    }
    // npm writes the second file when it has installed what the first one says.
    let modified = |file: &str| fs::metadata(folder().join(file)).and_then(|found| found.modified()).ok();
    if modified("node_modules/.package-lock.json") >= modified("package-lock.json") {
        return Ok(());
    }
    run("npm", &["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
}

/// Lints, builds, checks types, and runs every test.
pub(crate) fn test() -> Result<Counts, String> {
    run("cargo", &["clippy", "--quiet", "--package", "quhao-node", "--no-deps", "--", "-D", "warnings"])?;
    run("node", &["scripts/build.cjs", "--dev"])?;
    run("npm", &["run", "--silent", "types"])?;
    let mut counts = counted("npm", &["run", "--silent", "test"])?;
    counts.add(counted("npm", &["run", "--silent", "test:install"])?);
    Ok(counts)
}

fn run(program: &str, args: &[&str]) -> Result<(), String> {
    say(&format!("── Node: {program} {}", args.join(" ")));
    let status = command(program, args).status().map_err(|error| format!("{program}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{program} {}: failed with {status}", args.join(" "))) }
}

/// Runs tests and counts them in the closing lines of Node's runner; a skipped one has not passed.
fn counted(program: &str, args: &[&str]) -> Result<Counts, String> {
    say(&format!("── Node: {program} {}", args.join(" ")));
    let mut child =
        command(program, args).stdout(Stdio::piped()).spawn().map_err(|error| format!("{program}: {error}"))?;
    let mut counts = Counts::default();
    for line in child.stdout.take().map(BufReader::new).into_iter().flat_map(BufRead::lines).map_while(Result::ok) {
        let told = line.strip_prefix("ℹ ").and_then(|told| told.split_once(' '));
        match told.and_then(|(word, number)| Some((word, number.parse::<u64>().ok()?))) {
            Some(("pass", number)) => counts.passed += number,
            Some(("fail" | "cancelled" | "skipped" | "todo", number)) => counts.failed += number,
            _ => {}
        }
        say(&line);
    }
    let status = child.wait().map_err(|error| error.to_string())?;
    if status.success() && counts.failed == 0 && counts.passed > 0 {
        Ok(counts)
    } else {
        Err(format!("{program} {}: failed with {status}", args.join(" ")))
    }
}

fn command(program: &str, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(args).current_dir(folder());
    command
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../bindings/node")
}

const NODE_IS_MISSING: &str = "Node 20 or later, with npm, is needed: https://nodejs.org";
