//! A gateway that answers at once, in a process of its own: what is measured against it is the client alone.
//!
//! Its replies are the sandbox's, asked once at the start. It looks at nothing but path, app and message id: every
//! token is good, and none is ever spent.

mod connection;
mod counters;
mod replies;
mod request;
mod tls;

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use quhao_sandbox::Sandbox;
use serde_json::json;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::oneshot;

use self::connection::State;
use self::replies::Replies;
use crate::fixtures::{Fixture, Subject};
use crate::{Failure, limits};

/// Answer at once what the gateways would answer, until stdin closes
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Settings {
    /// How long every answer takes
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub(crate) delay_ms: u64,
    /// Answer nobody until so many requests wait at the same time
    #[arg(long, value_name = "REQUESTS", default_value_t = 0)]
    pub(crate) hold: u64,
}

/// Serves on two ports of 127.0.0.1 and prints where, in one line of JSON, when it is ready.
///
/// # Errors
///
/// If the sandbox gives no replies, or the system no ports or files.
pub(crate) fn run(settings: &Settings) -> Result<(), Failure> {
    limits::raise_descriptors();
    // One thread, so that the client has the other core to itself.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(serve(settings))
}

async fn serve(settings: &Settings) -> Result<(), Failure> {
    let sandbox = Sandbox::start()?;
    let mut fixtures = Vec::new();
    let mut replies = Replies::default();
    for subject in Subject::ALL {
        let (fixture, request_id) = subject.fixture(&sandbox).await?;
        replies.add(&fixture, request_id.as_deref());
        fixtures.push(fixture);
    }
    let folder = Folder::new()?;
    let (acceptor, ca) = tls::acceptor()?;
    fs::write(folder.ca(), ca)?;
    let fixtures_file = folder.fixtures();
    write_fixtures(&fixtures_file, &fixtures)?;
    let delay = Duration::from_millis(settings.delay_ms);
    let state = Arc::new(State::new(replies, delay, settings.hold));
    let (plain, secured) = (listener()?, listener()?);
    let ready = json!({
        "http": format!("http://{}", plain.local_addr()?),
        "https": format!("https://{}", secured.local_addr()?),
        "ca": folder.ca(),
        "fixtures": fixtures_file,
    });
    writeln!(io::stdout(), "{ready}")?;
    io::stdout().flush()?;
    tokio::select! {
        ended = connection::accept(plain, None, Arc::clone(&state)) => ended,
        ended = connection::accept(secured, Some(acceptor), state) => ended,
        ended = keep_fresh(&fixtures_file, fixtures, &sandbox) => ended,
        _ = end_of_stdin() => Ok(()),
    }
}

/// Signs ShanYan V1's params anew every half minute: a client refuses them when they are three minutes old.
async fn keep_fresh(path: &Path, mut fixtures: Vec<Fixture>, sandbox: &Sandbox) -> Result<(), Failure> {
    loop {
        tokio::time::sleep(FRESH).await;
        for (subject, fixture) in Subject::ALL.iter().zip(&mut fixtures) {
            subject.renew(fixture, sandbox)?;
        }
        write_fixtures(path, &fixtures)?;
    }
}

/// Whole or not at all: a program may be reading it.
fn write_fixtures(path: &Path, fixtures: &[Fixture]) -> Result<(), Failure> {
    let unfinished = path.with_extension("new");
    fs::write(&unfinished, serde_json::to_vec_pretty(fixtures)?)?;
    Ok(fs::rename(unfinished, path)?)
}

fn listener() -> io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
    socket.listen(BACKLOG)
}

/// Resolves when whoever started this process closes its stdin, or ends.
async fn end_of_stdin() {
    let (ended, end) = oneshot::channel();
    std::thread::spawn(move || {
        drop(io::stdin().read_to_end(&mut Vec::new()));
        // Nobody waits any more if the gateway has failed.
        let _ = ended.send(());
    });
    drop(end.await);
}

/// Where the CA's certificate and the fixtures are; goes with the gateway.
struct Folder(PathBuf);

impl Folder {
    fn new() -> io::Result<Self> {
        let path = std::env::temp_dir().join(format!("quhao-bench-{}", std::process::id()));
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    fn ca(&self) -> PathBuf {
        self.0.join("ca.pem")
    }

    fn fixtures(&self) -> PathBuf {
        self.0.join("fixtures.json")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Whatever stays is among the temporary files.
        drop(fs::remove_dir_all(&self.0));
    }
}

const FRESH: Duration = Duration::from_secs(30);

/// Ten thousand clients knock at once.
const BACKLOG: u32 = 16_384;
