//! 10,000 calls that wait for the gateway at the same time: the memory of each.

use std::fs;
use std::io::{self, Write as _};
use std::process::Command;
use std::time::Duration;

use clap::Args;
use tokio::task::JoinSet;

use super::tell;
use crate::Failure;
use crate::login::{Params, Setup};

pub(super) fn measure(setup: &Setup) -> Result<(), Failure> {
    for (part, address, args) in [("plain", "held", &["hold"][..]), ("TLS", "held_tls", &["hold", "--tls"])] {
        let mut kib = Vec::new();
        for _ in 0..setup.scale(5, 1) {
            // A process that has done nothing else.
            let output =
                Command::new(std::env::current_exe()?).args(args).stderr(std::process::Stdio::inherit()).output()?;
            if !output.status.success() {
                return Err(format!("{part}: the process that holds the calls failed with {}", output.status).into());
            }
            kib.push(String::from_utf8(output.stdout)?.trim().parse()?);
        }
        let (most, calls) = (setup.origins.counts(address)?.most_waiting.into_inner(), setup.scale(10_000, 100));
        if most != calls as u64 {
            return Err(format!("expected {calls} calls at the same time, got {most}").into());
        }
        tell("memory of each of 10,000 calls in flight", part, "", &kib, &[])?;
    }
    Ok(())
}

/// Hold as many calls at the same time as the setup has phones, and print the memory of each (run by `rust`)
#[derive(Args)]
#[command(hide = true)]
pub(crate) struct Hold {
    #[arg(long)]
    tls: bool,
}

impl Hold {
    /// Prints by how many KiB this process's resident memory grew for each call, at its highest.
    ///
    /// # Errors
    ///
    /// If a call fails, as it does where the descriptors do not suffice.
    pub(crate) fn run(&self) -> Result<(), Failure> {
        crate::run::raise_descriptors();
        let setup = Setup::load()?;
        let phones: Vec<Params> = serde_json::from_slice(&fs::read(&setup.held)?)?;
        let count = phones.len();
        let origin = if self.tls { &setup.origins.held_tls } else { &setup.origins.held };
        let client = setup.login.client(origin, &setup.ca)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let before = runtime.block_on(async {
            let mut calls = JoinSet::new();
            let mut before = 0.0;
            for (started, params) in phones.into_iter().enumerate() {
                let (client, expected) = (client.clone(), setup.login.expected.clone());
                calls.spawn(
                    async move { Ok::<_, Failure>(client.fetch_number(params).await?.number.expose() == expected) },
                );
                if started == 0 {
                    // The first call builds the pool and reads the system's certificates; it waits like the others.
                    tokio::time::sleep(Duration::from_millis(300)).await;
                    before = resident_kib("VmRSS:")?;
                }
            }
            while let Some(done) = calls.join_next().await {
                if !done?? {
                    return Err("expected the number of the login, got another".into());
                }
            }
            Ok::<_, Failure>(before)
        })?;
        Ok(writeln!(io::stdout(), "{}", (resident_kib("VmHWM:")? - before) / count as f64)?)
    }
}

/// `VmRSS:`, resident now, or `VmHWM:`, resident at most. proc_pid_status(5).
fn resident_kib(which: &str) -> Result<f64, Failure> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(which));
    let number = line.and_then(|line| line.trim().strip_suffix("kB")).ok_or("no such line in /proc/self/status")?;
    Ok(number.trim().parse()?)
}
