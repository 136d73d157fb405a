//! The other processes: gateways, and programs that print a line for each row.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use serde::Deserialize;

use crate::Failure;
use crate::gateway::Settings;

/// A gateway in a process of its own, until this is dropped.
pub(crate) struct Gateway {
    child: Child,
    stdin: Option<ChildStdin>,
    pub(crate) at: Address,
}

/// What a gateway prints when it is ready.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Address {
    pub(crate) http: String,
    pub(crate) https: String,
    pub(crate) ca: PathBuf,
    pub(crate) fixtures: PathBuf,
}

/// What a gateway tells at `/counters`.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Counts {
    pub(crate) connections: u64,
    pub(crate) handshakes: u64,
    pub(crate) requests: u64,
    pub(crate) unknown: u64,
    pub(crate) most_in_flight: u64,
}

impl Gateway {
    /// Starts this program a second time as a gateway, and waits until it listens.
    ///
    /// # Errors
    ///
    /// If it ends before it is ready; it has said why on stderr.
    pub(crate) fn start(settings: &Settings) -> Result<Self, Failure> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["gateway", "--delay-ms", &settings.delay_ms.to_string(), "--hold", &settings.hold.to_string()]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let stdin = child.stdin.take();
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let at = serde_json::from_str(&line).map_err(|_| "the gateway ended before it was ready");
        match at {
            Ok(at) => Ok(Self { child, stdin, at }),
            Err(why) => {
                drop(stdin);
                child.wait()?;
                Err(why.into())
            }
        }
    }

    /// The process's id.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        // It ends when its stdin does.
        drop(self.stdin.take());
        drop(self.child.wait());
    }
}

impl Address {
    /// The gateway that the environment names.
    ///
    /// # Errors
    ///
    /// Naming the variable that is not set.
    pub(crate) fn from_env() -> Result<Self, Failure> {
        let variable = |name: &str| std::env::var(name).map_err(|_| format!("{name} is not set"));
        Ok(Self {
            http: variable("QUHAO_BENCH_HTTP")?,
            https: variable("QUHAO_BENCH_HTTPS")?,
            ca: variable("QUHAO_BENCH_CA")?.into(),
            fixtures: variable("QUHAO_BENCH_FIXTURES")?.into(),
        })
    }

    /// Sets the variables for a program.
    pub(crate) fn set(&self, command: &mut Command) {
        command.env("QUHAO_BENCH_HTTP", &self.http).env("QUHAO_BENCH_HTTPS", &self.https);
        command.env("QUHAO_BENCH_CA", &self.ca).env("QUHAO_BENCH_FIXTURES", &self.fixtures);
    }

    /// What has come to the gateway so far.
    ///
    /// # Errors
    ///
    /// If it does not answer.
    pub(crate) fn counters(&self) -> Result<Counts, Failure> {
        let address: SocketAddr = self.http.trim_start_matches("http://").parse()?;
        let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(b"GET /counters HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n")?;
        let mut reply = String::new();
        stream.read_to_string(&mut reply)?;
        let (_, body) = reply.split_once("\r\n\r\n").ok_or("the gateway's counters could not be read")?;
        Ok(serde_json::from_str(body)?)
    }
}

/// Runs a program and gives each line of its stdout to `line`, and the process's id with it.
///
/// # Errors
///
/// If it cannot be started or fails, or `line` does: the program is ended then.
pub(crate) fn lines(
    command: &mut Command,
    mut line: impl FnMut(&str, u32) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let program = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{program} could not be started: {error}"))?;
    let mut read = || -> Result<(), Failure> {
        let (process, stdout) = (child.id(), child.stdout.take().ok_or("no stdout")?);
        for text in BufReader::new(stdout).lines() {
            line(&text?, process)?;
        }
        Ok(())
    };
    if let Err(why) = read() {
        drop(child.kill());
        child.wait()?;
        return Err(why);
    }
    let status = child.wait()?;
    if status.success() { Ok(()) } else { Err(format!("{program}: failed with {status}").into()) }
}

const PATIENCE: Duration = Duration::from_secs(10);
