//! The benchmarks: what they measure is built, what they measure it beside is installed, and the harness is run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::steps::{root, run, target};
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

/// Runs every row of a language once, with the profile that its tests are built with.
///
/// # Errors
///
/// As [`bench()`].
pub(crate) fn check(host: &str) -> Result<(), String> {
    measure(&[host], DEV, &["--check"])
}

fn measure(hosts: &[&str], profile: Profile, arguments: &[&str]) -> Result<(), String> {
    run("Bench: the harness", &mut profile.build("quhao-bench"))?;
    let mut harness = Command::new(target().join(profile.folder).join("quhao-bench"));
    harness.arg("run").args(arguments).arg("--to").arg(folder()).current_dir(root());
    for host in hosts {
        match *host {
            "rust" => harness.arg("--rust").arg(environment("openssl")?),
            "python" => harness.arg("--python").arg(with_quhao(profile)?),
            "node" => {
                node::setup()?;
                node::install(&host_folder("node"))?;
                node::build(profile.is_dev())?;
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

/// The Python of a virtual environment with what a program's `requirements.txt` names.
fn environment(host: &str) -> Result<PathBuf, String> {
    let environment = folder().join(format!("{host}-venv"));
    python::make_environment(&environment, &host_folder(host).join("requirements.txt"))?;
    Ok(environment.join("bin/python"))
}

/// The Python of a virtual environment with quhao's package as it is shipped.
pub(crate) fn python() -> Result<PathBuf, String> {
    with_quhao(DIST)
}

/// The same, and quhao's own package built with this profile.
fn with_quhao(profile: Profile) -> Result<PathBuf, String> {
    python::setup()?;
    let interpreter = environment("python")?;
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

/// How what is measured is built.
#[derive(Clone, Copy)]
struct Profile {
    name: &'static str,
    folder: &'static str,
}

impl Profile {
    fn is_dev(self) -> bool {
        self.name == DEV.name
    }

    fn build(self, package: &str) -> Command {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["build", "--quiet", "--profile", self.name, "--package", package]).current_dir(root());
        cargo
    }
}

/// `target/bench`, whole: the programs run elsewhere.
fn folder() -> PathBuf {
    target().join("bench")
}

fn host_folder(host: &str) -> PathBuf {
    Path::new(root()).join("crates/bench/hosts").join(host)
}

const HOSTS: [&str; 4] = ["rust", "python", "node", "php"];

const DEV: Profile = Profile { name: "dev", folder: "debug" };

/// What is shipped.
const DIST: Profile = Profile { name: "dist", folder: "dist" };
