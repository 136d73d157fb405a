//! Commands for contributors: `cargo xtask setup`, `cargo xtask test`, `cargo xtask docs`.

mod bench;
mod node;
mod php;
mod python;
mod soak;
mod steps;
mod supply;

use std::process::ExitCode;

use steps::{Counts, Step};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["bench", ref rest @ ..] => bench::bench(rest),
        ["deny"] => supply::deny(),
        ["docs"] => steps::all(&docs()),
        ["sbom"] => supply::sbom(),
        ["setup"] => setup(LANGUAGES),
        ["soak", ref rest @ ..] => soak::soak(rest),
        ["test"] => setup(LANGUAGES).and_then(|()| test(LANGUAGES)),
        ["test", name] => match LANGUAGES.iter().find(|language| language.name == name) {
            Some(language) => setup(&[*language]).and_then(|()| test(&[*language])),
            None => Err(USAGE.to_owned()),
        },
        _ => Err(USAGE.to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            steps::say(&why);
            ExitCode::FAILURE
        }
    }
}

/// A language: what its tests need on a fresh machine, and the tests.
#[derive(Clone, Copy)]
struct Language {
    name: &'static str,
    setup: fn() -> Result<(), String>,
    test: fn() -> Result<Counts, String>,
}

/// Rust first: what fails there fails everywhere.
const LANGUAGES: &[Language] = &[
    Language { name: "rust", setup: rust_setup, test: rust },
    Language { name: "python", setup: python::setup, test: python::test },
    Language { name: "node", setup: node::setup, test: node::test },
    Language { name: "php", setup: php::setup, test: php::test },
];

fn setup(languages: &[Language]) -> Result<(), String> {
    languages.iter().try_for_each(|language| (language.setup)())
}

fn test(languages: &[Language]) -> Result<(), String> {
    let mut counts = Counts::default();
    for language in languages {
        counts.add((language.test)()?);
        bench::check(language.name)?;
    }
    steps::say(&counts.closing_line());
    if counts.failed == 0 && counts.passed > 0 { Ok(()) } else { Err("the tests did not pass".into()) }
}

fn rust_setup() -> Result<(), String> {
    steps::all(&[
        Step::cargo("the toolchain", &["--version"]),
        Step::cargo("rustfmt", &["fmt", "--version"]),
        Step::cargo("clippy", &["clippy", "--version"]),
    ])
}

/// Rewrites what is generated in README.md and README.zh-CN.md.
fn docs() -> Vec<Step> {
    vec![
        // By itself: the other tests read what it writes.
        Step::cargo("README tables", &["test", "--quiet", "-p", "quhao", "--test", "readme", "generated_parts"])
            .env("QUHAO_BLESS", "1"),
        Step::cargo("the performance tables", &["test", "--quiet", "-p", "quhao-bench", "performance_tables"])
            .env("QUHAO_BLESS", "1"),
    ]
}

/// Everything that must hold of the Rust before a change lands, cheapest first.
fn rust() -> Result<Counts, String> {
    steps::all(&[
        Step::cargo("format", &["fmt", "--all", "--check"]),
        Step::cargo("lints", &["clippy", "--all-targets", "--quiet", "--", "-D", "warnings"]),
        Step::cargo(
            "lints without http",
            &["clippy", "-p", "quhao", "--no-default-features", "--quiet", "--", "-D", "warnings"],
        ),
    ])?;
    steps::links_no_socket_without_http()?;
    let mut counts = steps::suite()?;
    counts.add(Step::cargo("documentation's examples", &["test", "--doc"]).counted()?);
    steps::all(&[
        Step::cargo("documentation", &["doc", "--no-deps", "--quiet"]).env("RUSTDOCFLAGS", "-D warnings"),
        Step::cargo("the demo", &["run", "--release", "--quiet", "-p", "quhao-cli", "--", "demo"]),
    ])?;
    Ok(counts)
}

const USAGE: &str = "usage: cargo xtask setup | test [rust | python | node | php] | docs | deny | sbom\n       cargo xtask bench [rust | python | node | php]… [--keep | --check]\n       cargo xtask soak rust | python | node | php | one-send";
