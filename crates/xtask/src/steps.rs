//! Commands that run one after another, each announced by a line.

use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Instant;

/// One command, and what it is for.
pub(crate) struct Step {
    name: &'static str,
    args: Vec<String>,
    env: Vec<(&'static str, &'static str)>,
}

impl Step {
    /// A cargo command at the root of the repository.
    pub(crate) fn cargo(name: &'static str, args: &[&str]) -> Self {
        Self { name, args: args.iter().map(ToString::to_string).collect(), env: Vec::new() }
    }

    pub(crate) fn env(mut self, name: &'static str, value: &'static str) -> Self {
        self.env.push((name, value));
        self
    }

    /// Runs it and counts the tests that its output reports.
    pub(crate) fn counted(&self) -> Result<Counts, String> {
        counted(&format!("{}: cargo {}", self.name, self.args.join(" ")), &mut self.command(), cargo_closing)
    }

    pub(crate) fn run(&self) -> Result<(), String> {
        run(&format!("{}: cargo {}", self.name, self.args.join(" ")), &mut self.command())
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(&self.args).envs(self.env.iter().copied()).current_dir(root());
        command
    }
}

/// Runs steps until one fails.
pub(crate) fn all(steps: &[Step]) -> Result<(), String> {
    steps.iter().try_for_each(Step::run)
}

/// Runs a command and says how long it took.
pub(crate) fn run(what: &str, command: &mut Command) -> Result<(), String> {
    let begun = Instant::now();
    say(&format!("── {what}"));
    let status = command.status().map_err(|error| format!("{what}: it could not be started: {error}"))?;
    if !status.success() {
        return Err(format!("{what}: failed with {status}"));
    }
    say(&format!("   {:.1} s", begun.elapsed().as_secs_f32()));
    Ok(())
}

/// Runs a suite, passes its output on, and counts in its closing lines.
///
/// # Errors
///
/// If it fails, or reports no test that passed: a suite that ran nothing has proved nothing.
pub(crate) fn counted(what: &str, command: &mut Command, closing: fn(&str) -> Counts) -> Result<Counts, String> {
    say(&format!("── {what}"));
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.map_err(|error| format!("{what}: it could not be started: {error}"))?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let other = thread::spawn(move || err.map_or_else(Counts::default, |err| Counts::read(err, closing)));
    let mut counts = out.map_or_else(Counts::default, |out| Counts::read(out, closing));
    counts.add(other.join().map_err(|_| "its output could not be read")?);
    let status = child.wait().map_err(|error| error.to_string())?;
    if status.success() && counts.failed == 0 && counts.passed > 0 {
        Ok(counts)
    } else {
        Err(format!("{what}: {}, {status}", counts.closing_line()))
    }
}

/// The tests of all crates, under cargo-nextest where it is installed.
pub(crate) fn suite() -> Result<Counts, String> {
    let nextest = Step::cargo("", &["nextest", "--version"]);
    let has_nextest = nextest.command().stdout(Stdio::null()).stderr(Stdio::null()).status();
    if has_nextest.is_ok_and(|status| status.success()) {
        Step::cargo("tests", &["nextest", "run", "--no-fail-fast", "--status-level", "fail"]).counted()
    } else {
        Step::cargo("tests", &["test", "--lib", "--bins", "--tests", "--no-fail-fast"]).counted()
    }
}

/// Proves that signing, reading and decrypting alone link no network code.
pub(crate) fn links_no_socket_without_http() -> Result<(), String> {
    let tree = Step::cargo(
        "dependencies without http",
        &["tree", "-p", "quhao", "--no-default-features", "-e", "normal", "--prefix", "none"],
    );
    let output = tree.command().output().map_err(|error| error.to_string())?;
    let listed = String::from_utf8_lossy(&output.stdout);
    let unwanted: Vec<&str> =
        listed.lines().filter(|line| NETWORK.iter().any(|name| line.starts_with(&format!("{name} ")))).collect();
    if output.status.success() && !listed.is_empty() && unwanted.is_empty() {
        return Ok(());
    }
    Err(format!("without http the core must link no network code, but it links {unwanted:?}"))
}

/// Tests reported by a runner.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl Counts {
    pub(crate) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    /// The line by which a run is judged.
    pub(crate) fn closing_line(&self) -> String {
        format!("{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }

    /// Passes output on, and counts in its closing lines.
    fn read(output: impl io::Read, closing: fn(&str) -> Self) -> Self {
        let mut counts = Self::default();
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            counts.add(closing(&line));
            say(&line);
        }
        counts
    }
}

/// The closing lines of nextest and of cargo test.
fn cargo_closing(line: &str) -> Counts {
    let mut counts = Counts::default();
    if line.contains("tests run:") || line.contains("test run:") || line.starts_with("test result:") {
        counts.passed = number_before(line, "passed");
        counts.failed = number_before(line, "failed");
        counts.skipped = number_before(line, "skipped") + number_before(line, "ignored");
    }
    counts
}

/// `12` of `12 passed`.
fn number_before(line: &str, word: &str) -> u64 {
    let words: Vec<&str> = line.split([' ', ',', ';']).filter(|word| !word.is_empty()).collect();
    words.windows(2).filter(|pair| pair[1] == word).filter_map(|pair| pair[0].parse::<u64>().ok()).sum()
}

/// Writes a line; a closed pipe is no reason to stop.
pub(crate) fn say(line: &str) {
    drop(writeln!(io::stdout(), "{line}"));
}

pub(crate) fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// Where cargo builds, whole: the tools run in other folders.
pub(crate) fn target() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    std::fs::canonicalize(root()).unwrap_or_else(|_| root().to_owned()).join(target)
}

const NETWORK: &[&str] = &["hyper", "mio", "reqwest", "rustls", "socket2", "tokio"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_runners_closing_lines_are_counted() {
        let nextest = "     Summary [   0.365s] 23 tests run: 22 passed (1 slow), 1 failed, 2 skipped\n";
        let cargo = "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.26s\n";
        let mut counts = Counts::read(nextest.as_bytes(), cargo_closing);
        counts.add(Counts::read(cargo.as_bytes(), cargo_closing));
        assert_eq!(counts.closing_line(), "25 passed, 1 failed, 3 skipped");
    }
}
