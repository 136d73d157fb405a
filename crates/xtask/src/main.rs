//! What a contributor runs: `cargo xtask setup`, `cargo xtask test`, `cargo xtask docs`.

mod steps;

use std::process::ExitCode;

use steps::{Counts, Step};

fn main() -> ExitCode {
    let command = std::env::args().nth(1).unwrap_or_default();
    let done = match command.as_str() {
        "docs" => steps::run(&docs()),
        "setup" => steps::run(&setup()),
        "test" => steps::run(&setup()).and_then(|()| test()),
        _ => Err(format!("{USAGE}\n\nunknown command {command:?}")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            steps::say(&why);
            ExitCode::FAILURE
        }
    }
}

/// What a fresh machine must have before the tests can run.
fn setup() -> Vec<Step> {
    vec![
        Step::cargo("the toolchain", &["--version"]),
        Step::cargo("rustfmt", &["fmt", "--version"]),
        Step::cargo("clippy", &["clippy", "--version"]),
    ]
}

/// Rewrites what is generated in README.md and README.zh-CN.md.
fn docs() -> Vec<Step> {
    vec![Step::cargo("README tables", &["test", "--quiet", "-p", "quhao", "--test", "readme"]).env("QUHAO_BLESS", "1")]
}

/// Everything that must hold before a change lands, cheapest first.
fn test() -> Result<(), String> {
    steps::run(&[
        Step::cargo("format", &["fmt", "--all", "--check"]),
        Step::cargo("lints", &["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"]),
        Step::cargo(
            "lints without http",
            &["clippy", "-p", "quhao", "--no-default-features", "--quiet", "--", "-D", "warnings"],
        ),
    ])?;
    steps::links_no_socket_without_http()?;
    let mut counts = Counts::default();
    counts.add(steps::suite()?);
    counts.add(Step::cargo("documentation's examples", &["test", "--workspace", "--doc"]).counted()?);
    steps::run(&[
        Step::cargo("documentation", &["doc", "--workspace", "--no-deps", "--quiet"])
            .env("RUSTDOCFLAGS", "-D warnings"),
        Step::cargo("the demo", &["run", "--release", "--quiet", "-p", "quhao-cli", "--", "demo"]),
    ])?;
    steps::say(&counts.closing_line());
    if counts.failed == 0 && counts.passed > 0 { Ok(()) } else { Err("the tests did not pass".into()) }
}

const USAGE: &str = "usage: cargo xtask setup | test | docs";
