//! One run: a gateway and a program for each language, and what becomes of their lines.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;

use crate::awake::Awake;
use crate::gateway::Settings;
use crate::machine::Machine;
use crate::process::{Gateway, lines};
use crate::results::{Line, Measured, missing};
use crate::{Failure, bars, documents, report};

/// Measure, print the table, and write results.json and results.svg
#[derive(Args)]
pub(crate) struct Run {
    /// Rust's rows; the Python that has the package cryptography
    #[arg(long, value_name = "PYTHON")]
    rust: Option<PathBuf>,
    /// Python's rows, with this Python
    #[arg(long, value_name = "PYTHON")]
    python: Option<PathBuf>,
    /// Node's rows
    #[arg(long)]
    node: bool,
    /// PHP's rows, with this extension
    #[arg(long, value_name = "EXTENSION")]
    php: Option<PathBuf>,
    /// Only that every row runs: as few samples as possible, and no bar
    #[arg(long)]
    check: bool,
    /// Also write what is checked in: results.json, CAPACITY.md and README's performance section
    #[arg(long, conflicts_with = "check")]
    keep: bool,
    /// The folder for results.json and results.svg
    #[arg(long, value_name = "FOLDER", default_value = "target/bench")]
    to: PathBuf,
}

impl Run {
    /// Runs the programs one after the other.
    ///
    /// # Errors
    ///
    /// If one fails, prints what is no row, or leaves a row out.
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let mut machine = Machine::here();
        let _awake = if self.check { None } else { Awake::start() };
        let mut measured = Vec::new();
        let hosts: Vec<(&str, Command)> = self.hosts()?;
        for (host, command) in hosts {
            let (about, rows) = self.host(command)?;
            machine.about.insert(host.to_owned(), about);
            let missed = missing(&[host], &rows);
            if !missed.is_empty() {
                return Err(format!("{host}: nobody measured {}", missed.join("; ")).into());
            }
            measured.extend(rows);
        }
        if self.check {
            return Ok(writeln!(io::stdout(), "{} rows ran", measured.len())?);
        }
        fs::create_dir_all(&self.to)?;
        fs::write(self.to.join("results.json"), report::json(&measured)?)?;
        fs::write(self.to.join("results.svg"), report::plot(&measured)?)?;
        writeln!(io::stdout(), "{}", report::table(&measured))?;
        if self.keep {
            documents::keep(&measured, &machine)?;
        }
        Ok(())
    }

    /// Each with a gateway of its own, so that nobody inherits another's connections.
    fn host(&self, mut command: Command) -> Result<(String, Vec<Measured>), Failure> {
        let gateway = Gateway::start(&Settings::default())?;
        gateway.at.set(&mut command);
        command.env("QUHAO_BENCH_SCALE", if self.check { "check" } else { "full" });
        command.env("QUHAO_BENCH_GATEWAY", std::env::current_exe()?);
        let (mut about, mut rows) = (String::new(), Vec::new());
        lines(&mut command, |line, process| {
            match serde_json::from_str(line).map_err(|_| format!("expected a row in JSON, got {line}"))? {
                Line::About { about: told } => about = told,
                Line::Cores { cores } => cores.hold([process, gateway.process()]),
                Line::Samples(samples) => {
                    let row = Measured::new(&samples)?;
                    if !self.check {
                        writeln!(io::stderr(), "{}", report::line(&row))?;
                    }
                    rows.push(row);
                }
            }
            Ok(())
        })?;
        let counts = gateway.at.counters()?;
        if counts.unknown != 0 {
            return Err(format!("{} requests were of no fixture", counts.unknown).into());
        }
        Ok((about, rows))
    }

    /// The programs that are asked for, in the order of the table.
    fn hosts(&self) -> Result<Vec<(&'static str, Command)>, Failure> {
        let at = Path::new(env!("CARGO_MANIFEST_DIR")).join("hosts");
        let mut hosts = Vec::new();
        for host in bars::HOSTS {
            let mut command = match host {
                "rust" => {
                    let Some(python) = &self.rust else { continue };
                    let mut command = Command::new(std::env::current_exe()?);
                    command.arg("rust").env("QUHAO_BENCH_OPENSSL", python);
                    command
                }
                "python" => {
                    let Some(python) = &self.python else { continue };
                    let mut command = Command::new(python);
                    command.arg(at.join("python/bench.py"));
                    command
                }
                "node" if self.node => {
                    let mut command = Command::new("node");
                    if self.check {
                        // The native part that the tests have built.
                        command.arg("--conditions=quhao-dev");
                    }
                    command.arg(at.join("node/bench.mjs"));
                    command
                }
                "php" => {
                    let Some(extension) = &self.php else { continue };
                    let mut command = Command::new("php");
                    command.arg(at.join("php/bench.php")).env("QUHAO_EXTENSION", extension);
                    command
                }
                _ => continue,
            };
            command.env("PYTHONDONTWRITEBYTECODE", "1");
            hosts.push((host, command));
        }
        Ok(hosts)
    }
}
