//! One run: the hosts one after the other, and the table of their figures.

use std::fs;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{self, Command, Stdio};

use clap::Args;

use crate::cores::{self, Awake, Cores};
use crate::login::Setup;
use crate::results::{Figures, Line, Results};
use crate::rows::HOSTS;
use crate::{Failure, report};

/// Measure, and print the table
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
    /// Only prove that every measure runs: as few samples as possible, and no table
    #[arg(long)]
    check: bool,
    /// Write results.json, and the tables of the READMEs from it
    #[arg(long, conflicts_with = "check")]
    keep: bool,
}

impl Run {
    /// # Errors
    ///
    /// If a host fails, prints a line that is no measure, or leaves a measure out.
    pub(crate) fn run(&self) -> Result<(), Failure> {
        raise_descriptors();
        let folder = Folder(std::env::temp_dir().join(format!("quhao-bench-{}", process::id())));
        let (_, setup) = Setup::write(&folder.0, self.check)?;
        let _awake = if self.check { None } else { Some(Awake::start()?) };
        let mut results = Results { machine: machine(), ..Results::default() };
        let cores = cores::count();
        for host in HOSTS {
            let Some(mut command) = self.command(host)? else { continue };
            command.env("QUHAO_BENCH", &setup);
            // The host before may have left this process on one core.
            Cores::All.pin(&[process::id()], cores);
            self.measure(host, &mut command, cores, &mut results)?;
            let missing = results.missing(host);
            if !missing.is_empty() {
                return Err(format!("{host}: not measured: {}", missing.join("; ")).into());
            }
        }
        if self.check {
            return Ok(writeln!(io::stdout(), "{} measures ran", results.figures.len())?);
        }
        writeln!(io::stdout(), "{}", report::terminal(&results))?;
        if self.keep { report::keep(results) } else { Ok(()) }
    }

    /// Runs a host and collects its lines.
    fn measure(&self, host: &str, command: &mut Command, cores: usize, results: &mut Results) -> Result<(), Failure> {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let lines = BufReader::new(child.stdout.take().ok_or("no stdout")?).lines();
        let read = lines.map(|line| line.map_err(Failure::from)).try_for_each(|line| {
            let line = line?;
            match serde_json::from_str(&line).map_err(|_| format!("{host}: expected a measure, got {line}"))? {
                Line::Versions { versions } => drop(results.versions.insert(host.to_owned(), versions)),
                Line::Cores { cores: asked } => asked.pin(&[child.id(), process::id()], cores),
                Line::Samples(samples) => {
                    let figures = Figures::new(&samples)?;
                    if !self.check {
                        writeln!(io::stderr(), "{}", serde_json::to_string(&figures)?)?;
                    }
                    results.figures.push(figures);
                }
            }
            Ok(())
        });
        if read.is_err() {
            drop(child.kill());
        }
        let status = child.wait()?;
        read.and_then(|()| if status.success() { Ok(()) } else { Err(format!("{host}: {status}").into()) })
    }

    /// The program of a host, if its rows are asked for.
    fn command(&self, host: &str) -> Result<Option<Command>, Failure> {
        let hosts = Path::new(env!("CARGO_MANIFEST_DIR")).join("hosts");
        let mut command;
        match (host, &self.rust, &self.python, &self.php) {
            ("rust", Some(python), ..) => {
                command = Command::new(std::env::current_exe()?);
                command.arg("rust").env("QUHAO_BENCH_PYTHON", python);
            }
            ("python", _, Some(python), _) => {
                command = Command::new(python);
                command.arg(hosts.join("python/bench.py")).env("PYTHONDONTWRITEBYTECODE", "1");
            }
            ("node", ..) if self.node => {
                command = Command::new("node");
                // With --check, the native part that the tests have built.
                command.args(self.check.then_some("--conditions=quhao-dev")).arg(hosts.join("node/bench.mjs"));
            }
            ("php", .., Some(extension)) => {
                command = Command::new("php");
                command.arg(hosts.join("php/bench.php")).env("QUHAO_EXTENSION", extension);
            }
            _ => return Ok(None),
        }
        Ok(Some(command))
    }
}

/// Raises the limit of open descriptors as far as this user may: 10,000 calls in flight are 10,000 sockets.
pub(crate) fn raise_descriptors() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let maximum = getrlimit(Resource::Nofile).maximum;
    // Where it is refused, the calls in flight fail and report why.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
}

/// "AMD EPYC, 2 cores, Debian GNU/Linux 12 (bookworm), Linux 6.18".
fn machine() -> String {
    let field = |path: &str, name: &str| -> Option<String> {
        let text = fs::read_to_string(path).ok()?;
        let line = text.lines().find(|line| line.starts_with(name))?;
        Some(line.split_once([':', '='])?.1.trim().trim_matches('"').to_owned())
    };
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let processor = field("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let system = field("/etc/os-release", "PRETTY_NAME").unwrap_or_else(|| std::env::consts::OS.to_owned());
    let kernel = kernel.split('-').next().unwrap_or_default().trim().to_owned();
    format!("{processor}, {} cores, {system}, Linux {kernel}", cores::count())
}

/// A folder among the temporary files, removed with its content.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}
