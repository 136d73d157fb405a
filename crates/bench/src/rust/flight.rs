//! Ten thousand calls that wait for a slow gateway at the same time: what each of them costs in memory.

use std::fs;
use std::io::{self, Write as _};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use serde::Deserialize;
use serde_json::json;
use tokio::task::JoinSet;

use super::{Bench, row};
use crate::Failure;
use crate::fixtures::Fixture;
use crate::gateway::Settings;
use crate::process::{Address, Gateway, lines};

pub(super) fn measure(bench: &Bench) -> Result<(), Failure> {
    let calls = bench.scale(10_000, 200);
    let mut threads = Vec::new();
    for (name, secured) in [("10,000 calls in flight", false), ("10,000 calls in flight over TLS", true)] {
        let mut each = Vec::new();
        for _ in 0..bench.scale(5, 1) {
            let told = Told::of(calls, secured, bench.scale(1000, 10) as u64)?;
            each.push(told.kib_each);
            threads.push(told.threads);
        }
        row(name, None, "KiB", &each, None)?;
    }
    row("threads of ours, 10,000 calls in flight", None, "threads", &threads, None)
}

/// What the process that held the calls tells.
#[derive(Deserialize)]
struct Told {
    kib_each: f64,
    threads: f64,
}

impl Told {
    /// In a process that has done nothing else, against a gateway that answers so long after the last call came.
    fn of(calls: usize, secured: bool, delay_ms: u64) -> Result<Self, Failure> {
        let gateway = Gateway::start(&Settings { delay_ms, hold: calls as u64 })?;
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["flight", "--calls", &calls.to_string()]);
        if secured {
            command.arg("--tls");
        }
        gateway.at.set(&mut command);
        let mut told = None;
        lines(&mut command, |line, _| {
            told = Some(serde_json::from_str(line)?);
            Ok(())
        })?;
        let counts = gateway.at.counters()?;
        if counts.most_in_flight != calls as u64 || counts.unknown != 0 {
            return Err(format!("expected {calls} calls at the same time, got {counts:?}").into());
        }
        told.ok_or_else(|| "the process told nothing".into())
    }
}

/// Hold so many calls at the same time, and tell what each takes (run by `rust`)
#[derive(Args)]
#[command(hide = true)]
pub(crate) struct Flight {
    #[arg(long)]
    calls: usize,
    #[arg(long)]
    tls: bool,
}

impl Flight {
    /// Prints the growth of this process's resident memory, at its highest, for each call; and quhao's threads.
    ///
    /// # Errors
    ///
    /// If a call fails, or the descriptors do not suffice, or there is no `/proc`.
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let descriptors = crate::limits::raise_descriptors();
        if descriptors < self.calls as u64 + 64 {
            return Err(format!("{} calls need as many descriptors, the limit is {descriptors}", self.calls).into());
        }
        let at = Address::from_env()?;
        let fixtures: Vec<Fixture> = serde_json::from_slice(&fs::read(&at.fixtures)?)?;
        let fixture = fixtures.into_iter().find(|fixture| fixture.name == "shanyan-v2").ok_or("no such fixture")?;
        let fixture = Arc::new(fixture);
        let mut options = fixture.options_at(&at, self.tls);
        for name in ["timeout_ms", "connect_timeout_ms"] {
            options.insert(name.to_owned(), PATIENCE_MS.to_string());
        }
        let client = quhao::Client::new(&fixture.provider, options)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (before, threads) = runtime.block_on(async {
            let mut calls = JoinSet::new();
            let mut before = 0.0;
            for started in 0..self.calls {
                let (client, fixture) = (client.clone(), Arc::clone(&fixture));
                calls.spawn(async move {
                    // A field that is relayed makes each a call of its own: the same token would share one request.
                    let mut params = fixture.params.clone();
                    params.insert("outId".to_owned(), started.to_string());
                    fixture.expect(client.fetch_number(params).await?.number.expose())
                });
                if started == 0 {
                    // The first call builds the pool and reads the system's certificates; it waits like the others.
                    tokio::time::sleep(Duration::from_millis(300)).await;
                    before = resident_kib("VmRSS")?;
                }
            }
            let threads = threads()?;
            while let Some(done) = calls.join_next().await {
                done??;
            }
            Ok::<_, Failure>((before, threads))
        })?;
        let grown = resident_kib("VmHWM")? - before;
        let told = json!({ "kib_each": grown / self.calls as f64, "threads": threads });
        Ok(writeln!(io::stdout(), "{told}")?)
    }
}

/// `VmRSS`, resident now, or `VmHWM`, resident at most, from the system. proc_pid_status(5).
fn resident_kib(which: &str) -> Result<f64, Failure> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(which)?.strip_prefix(':'));
    let number = line.and_then(|line| line.trim().strip_suffix("kB")).ok_or("no such line in /proc/self/status")?;
    Ok(number.trim().parse()?)
}

/// The threads of this process besides its first: the first is the caller's.
fn threads() -> Result<usize, Failure> {
    Ok(fs::read_dir("/proc/self/task")?.count() - 1)
}

const PATIENCE_MS: u32 = 60_000;
