//! The benchmarks: quhao's packages are built, their peers are installed, and the harness is run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::steps::{Step, root, run, target};
use crate::{node, php, python};

/// `cargo xtask bench [rust | python | node | php]… [--keep | --check]`; all four where none is named.
///
/// # Errors
///
/// If something cannot be built or installed, or a row cannot be measured.
pub(crate) fn bench(arguments: &[&str]) -> Result<(), String> {
    let (flags, mut hosts): (Vec<&str>, Vec<&str>) = arguments.iter().partition(|argument| argument.starts_with("--"));
    let unknown = flags.iter().find(|flag| !["--keep", "--check"].contains(flag));
    if let Some(unknown) = unknown.or_else(|| hosts.iter().find(|host| !HOSTS.contains(host))) {
        return Err(format!("bench: expected rust, python, node, php, --keep or --check, got {unknown}"));
    }
    if hosts.is_empty() {
        hosts = HOSTS.to_vec();
    }
    let keep = if flags.contains(&"--keep") { &["--keep"][..] } else { &[] };
    if flags.contains(&"--check") { hosts.iter().try_for_each(|host| check(host)) } else { measure(&hosts, DIST, keep) }
}

/// Proves that every row of a language runs, with the profile that its tests are built with.
///
/// # Errors
///
/// As [`bench()`].
pub(crate) fn check(host: &str) -> Result<(), String> {
    measure(&[host], DEV, &["--check"])
}

fn measure(hosts: &[&str], profile: Profile, arguments: &[&str]) -> Result<(), String> {
    let mut harness = harness(profile)?;
    harness.arg("run").args(arguments).current_dir(root());
    for host in hosts {
        match *host {
            "rust" => harness.arg("--rust").arg(environment()?),
            "python" => harness.arg("--python").arg(with_quhao(profile)?),
            "node" => {
                node::setup()?;
                node::install(&host_folder("node"))?;
                node::build(profile.name == DEV.name)?;
                harness.arg("--node")
            }
            _ => {
                php::setup()?;
                harness.arg("--php").arg(php::extension(profile.name)?)
            }
        };
    }
    run(&format!("Bench: {}", hosts.join(", ")), &mut harness)
}

/// The Python of a virtual environment with the peers, and OpenSSL for the rows of RSA.
fn environment() -> Result<PathBuf, String> {
    let environment = folder().join("python-venv");
    python::make_environment(&environment, &host_folder("python").join("requirements.txt"))?;
    Ok(environment.join("bin/python"))
}

/// The Python of a virtual environment with quhao's package as it is shipped.
pub(crate) fn python() -> Result<PathBuf, String> {
    with_quhao(DIST)
}

/// The same, with quhao's own package built with this profile.
fn with_quhao(profile: Profile) -> Result<PathBuf, String> {
    python::setup()?;
    let interpreter = environment()?;
    let wheels = folder().join("wheels");
    // One wheel is installed, so one has to be there.
    let _ = fs::remove_dir_all(&wheels);
    let mut build = python::tool("maturin");
    build
        .args(["build", "--quiet", "--profile", profile.name, "--interpreter"])
        .arg(&interpreter)
        .arg("--out")
        .arg(&wheels);
    run("Bench: the Python package", &mut build)?;
    let built = fs::read_dir(&wheels).map_err(|error| error.to_string())?.flatten().next();
    let wheel = built.ok_or("maturin built no wheel")?.path();
    let mut install = Command::new(&interpreter);
    install.args(["-m", "pip", "install", "--quiet", "--force-reinstall", "--no-deps", "--disable-pip-version-check"]);
    run("Bench: pip install", install.arg(wheel))?;
    Ok(interpreter)
}

/// The program of `crates/bench`, built with this profile.
pub(crate) fn harness(profile: Profile) -> Result<Command, String> {
    let build = ["build", "--quiet", "--profile", profile.name, "--package", "quhao-bench"];
    run("quhao-bench", &mut Step::cargo("", &build).command())?;
    Ok(Command::new(target().join(profile.folder).join("quhao-bench")))
}

/// A profile of cargo's.
#[derive(Clone, Copy)]
pub(crate) struct Profile {
    name: &'static str,
    folder: &'static str,
}

/// `target/bench`, absolute: the programs run in other folders.
fn folder() -> PathBuf {
    target().join("bench")
}

fn host_folder(host: &str) -> PathBuf {
    Path::new(root()).join("crates/bench/hosts").join(host)
}

const HOSTS: [&str; 4] = ["rust", "python", "node", "php"];

const DEV: Profile = Profile { name: "dev", folder: "debug" };

/// The bindings as they are shipped.
pub(crate) const DIST: Profile = Profile { name: "dist", folder: "dist" };
