//! A million logins against a sandbox in another process, some under a fault, and whether memory, threads or descriptors grow by them.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use std::{fmt, fs};

use quhao::{Client, ErrorKind};
use quhao_sandbox::Sandbox;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::runtime;
use tokio::task::JoinSet;

use crate::Failure;
use crate::login::Params;

/// Runs a command while a sandbox listens in this process, so that any growth in the command is the client's.
///
/// # Errors
///
/// If the sandbox or the command cannot be started, or the command fails.
pub(crate) fn beside(command: &[String]) -> Result<(), Failure> {
    let sandbox = Sandbox::start()?;
    let status = Command::new(&command[0]).args(&command[1..]).env(URL, sandbox.url()).status();
    let status = status.map_err(|error| format!("{}: it could not be started: {error}", command[0]))?;
    if status.success() { Ok(()) } else { Err(format!("{}: failed with {status}", command[0]).into()) }
}

/// Logs in as often as `QUHAO_SOAK_CALLS` says, and samples the process's resources a hundred times on the way.
///
/// # Errors
///
/// If a login fails without a fault of its own, brings another user's number, or something grows.
pub(crate) fn run() -> Result<(), Failure> {
    let url = std::env::var(URL).map_err(|_| format!("{URL}: expected a sandbox's address; see quhao-bench beside"))?;
    let calls = match std::env::var("QUHAO_SOAK_CALLS") {
        Ok(text) => text.parse().map_err(|_| "QUHAO_SOAK_CALLS: expected a number")?,
        Err(_) => 1_000_000,
    };
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(soak(Gateway { url, http: reqwest::Client::new() }, calls))
}

async fn soak(gateway: Gateway, calls: u64) -> Result<(), Failure> {
    let begun = Instant::now();
    let chunk = (calls / 100).clamp(10, 1000);
    let apps = gateway.apps().await?;
    let (mut samples, mut made, mut lost, mut faults) = (Vec::new(), 0, 0, 0);
    while made < calls {
        let turn = usize::try_from(made / chunk).unwrap_or_default();
        // The costly keys take turns in every tenth chunk, the others share the rest.
        let app = match turn % 10 {
            9 => &apps[CHEAP + turn / 10 % (apps.len() - CHEAP)],
            _ => &apps[turn % CHEAP],
        };
        for fault in FAULTS {
            gateway.post::<Value>("/fail-next", json!({ "failure": fault })).await?;
        }
        lost += login_all(app, gateway.phones(app.name, made, chunk).await?).await?;
        made += chunk;
        faults += FAULTS.len() as u64;
        if made * 100 / calls > samples.len() as u64 {
            let sample = Sample::after(made)?;
            if samples.len() % 10 == 0 {
                writeln!(io::stdout(), "{sample}")?;
            }
            samples.push(sample);
        }
    }
    let growth = Growth::of(&samples)?;
    let seconds = begun.elapsed().as_secs_f64();
    writeln!(io::stdout(), "{made} logins in {seconds:.1} s, {lost} of them lost to faults on purpose; {growth}")?;
    // A connection that is closed while it is being taken loses a login without a fault of its own; few are.
    if lost > faults + calls / 1000 {
        return Err(format!("{lost} logins failed, but only {faults} were given a fault").into());
    }
    growth.judge()
}

/// Logs all users in, [`CONCURRENCY`] at a time; returns how many logins were lost.
async fn login_all(app: &App, users: Vec<User>) -> Result<u64, Failure> {
    let (users, next) = (Arc::new(users), Arc::new(AtomicUsize::new(0)));
    let mut workers = JoinSet::new();
    for _ in 0..CONCURRENCY {
        let (client, users, next) = (app.client.clone(), Arc::clone(&users), Arc::clone(&next));
        workers.spawn(async move {
            let mut lost = 0;
            while let Some(user) = users.get(next.fetch_add(1, Ordering::Relaxed)) {
                match client.fetch_number(user.params.clone()).await {
                    Ok(fetched) if fetched.number.expose() == user.number => {}
                    Ok(fetched) => return Err(format!("expected {}, got {}", user.number, fetched.number.expose())),
                    Err(error) if matches!(error.kind(), ErrorKind::Transport { .. } | ErrorKind::Protocol) => {
                        lost += 1;
                    }
                    Err(error) => return Err(error.to_string()),
                }
            }
            Ok(lost)
        });
    }
    let mut lost = 0;
    while let Some(worker) = workers.join_next().await {
        lost += worker??;
    }
    Ok(lost)
}

/// An app and the client that logs into it.
struct App {
    name: &'static str,
    client: Client,
}

/// A number, and what its phone's SDK returned.
#[derive(Deserialize)]
struct User {
    number: String,
    params: Params,
}

/// The sandbox in another process.
struct Gateway {
    url: String,
    http: reqwest::Client,
}

impl Gateway {
    /// The apps of [`APPS`], every other one under TLS.
    async fn apps(&self) -> Result<Vec<App>, Failure> {
        let mut apps = Vec::new();
        for (turn, (name, provider)) in APPS.iter().enumerate() {
            let mut options: BTreeMap<String, String> = self.post("/options", json!({ "app": name })).await?;
            if turn % 2 == 1 {
                options.extend(self.post::<BTreeMap<_, _>>("/endpoint", json!({ "endpoint": "tls" })).await?);
            }
            apps.push(App { name, client: Client::new(provider, options)? });
        }
        Ok(apps)
    }

    async fn phones(&self, app: &str, from: u64, count: u64) -> Result<Vec<User>, Failure> {
        let first = format!("1{:010}", 3_000_000_000 + from);
        let operation = quhao::Operation::FetchNumber.as_str();
        let wanted = json!({"number": first, "carrier": "cmcc", "app": app, "operation": operation, "count": count});
        self.post("/phone", wanted).await
    }

    async fn post<T: DeserializeOwned>(&self, path: &str, body: Value) -> Result<T, Failure> {
        let response = self.http.post(format!("{}{path}", self.url)).body(body.to_string()).send().await?;
        Ok(serde_json::from_slice(&response.error_for_status()?.bytes().await?)?)
    }
}

/// The process's resources after so many calls.
#[derive(Clone, Copy)]
struct Sample {
    calls: u64,
    resident_kib: u64,
    threads: u64,
    descriptors: u64,
}

impl Sample {
    /// Reads `/proc/self`.
    ///
    /// # Errors
    ///
    /// Where there is none.
    fn after(calls: u64) -> Result<Self, Failure> {
        let status = fs::read_to_string("/proc/self/status")?;
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
            line.trim_end_matches("kB").trim().parse().map_err(|_| format!("/proc/self/status has no {name}"))
        };
        let descriptors = fs::read_dir("/proc/self/fd")?.count() as u64;
        Ok(Self { calls, resident_kib: field("VmRSS:")?, threads: field("Threads:")?, descriptors })
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { calls, resident_kib, threads, descriptors } = self;
        write!(f, "{calls} calls: {resident_kib} KiB resident, {threads} threads, {descriptors} descriptors")
    }
}

/// The line through the samples of the second half: in the first one pools and the allocator find their size.
struct Growth {
    calls: u64,
    /// Over all measured calls, by least squares.
    resident_kib: f64,
    threads: f64,
    descriptors: f64,
}

impl Growth {
    /// # Errors
    ///
    /// If there are too few samples for a line.
    fn of(samples: &[Sample]) -> Result<Self, Failure> {
        let last = samples.last().map_or(0, |sample| sample.calls);
        let measured: Vec<&Sample> = samples.iter().filter(|sample| sample.calls * 2 >= last).collect();
        if measured.len() < 10 {
            return Err(format!("expected ten samples or more, got {}", measured.len()).into());
        }
        let calls = last - measured[0].calls;
        let line = |value: fn(&Sample) -> u64| {
            slope(measured.iter().map(|sample| (sample.calls as f64, value(sample) as f64))) * calls as f64
        };
        Ok(Self {
            calls,
            resident_kib: line(|sample| sample.resident_kib),
            threads: line(|sample| sample.threads),
            descriptors: line(|sample| sample.descriptors),
        })
    }

    /// Compares with the growth of a process that leaks nothing: two bytes a call, or 2 MiB of the allocator's own, whose pages go on filling up
    /// long after the last byte was leaked; half a thread; as many descriptors as the pool has more or less at times.
    ///
    /// The least that a call can leak is an allocation of 16 bytes: 8 MiB over half a million.
    ///
    /// # Errors
    ///
    /// If one of them grew.
    fn judge(&self) -> Result<(), Failure> {
        let resident_kib = (2.0 * self.calls as f64 / 1024.0).max(2048.0);
        let grew = [
            ("memory in KiB", self.resident_kib, resident_kib),
            ("threads", self.threads, 0.5),
            ("descriptors", self.descriptors, 8.0),
        ];
        match grew.iter().find(|(_, grown, allowed)| grown > allowed) {
            None => Ok(()),
            Some((what, grown, allowed)) => {
                Err(format!("{what} grew: expected {allowed:.1} at most, got {grown:.1}").into())
            }
        }
    }
}

impl fmt::Display for Growth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { calls, resident_kib, threads, descriptors } = self;
        write!(f, "over {calls} calls {resident_kib:+.1} KiB, {threads:+.2} threads, {descriptors:+.2} descriptors")
    }
}

/// Of the straight line with the least squared distance from the points.
fn slope(points: impl Iterator<Item = (f64, f64)> + Clone) -> f64 {
    let count = points.clone().count() as f64;
    let (x, y) = points.clone().fold((0.0, 0.0), |(x, y), point| (x + point.0 / count, y + point.1 / count));
    let (above, below) = points.fold((0.0, 0.0), |(above, below), point| {
        let x = point.0 - x;
        (above + x * (point.1 - y), below + x * x)
    });
    if below == 0.0 { 0.0 } else { above / below }
}

/// The variable with the sandbox's address.
const URL: &str = "QUHAO_SANDBOX_URL";

/// The cheap ones first: no private key is used for them.
const APPS: &[(&str, &str)] = &[
    ("shanyan", "shanyan"),
    ("cmcc", "cmcc"),
    ("shanyan-v2", "shanyan"),
    ("shanyan-rsa1024", "shanyan"),
    ("cmcc-rsa", "cmcc"),
    ("shanyan-rsa2048", "shanyan"),
];
const CHEAP: usize = 3;

/// In each chunk: connections that end in each way, and replies that are none.
const FAULTS: &[&str] = &["fault:close-idle", "fault:reset", "fault:reset-unread", "fault:truncated", "fault:garbage"];

const CONCURRENCY: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(leak: fn(u64) -> u64) -> Vec<Sample> {
        let sample = |percent: u64| {
            let calls = percent * 10_000;
            let noise = percent * 7919 % 613;
            Sample { calls, resident_kib: 20_000 + leak(calls) + noise, threads: 2, descriptors: 90 + noise % 20 }
        };
        (1..=100).map(sample).collect()
    }

    #[test]
    fn noise_is_no_growth() {
        let growth = Growth::of(&samples(|_| 0)).unwrap();
        assert!(growth.judge().is_ok(), "{growth}");
    }

    #[test]
    fn the_least_leak_is_growth() {
        let growth = Growth::of(&samples(|calls| 16 * calls / 1024)).unwrap();
        assert!(growth.judge().unwrap_err().to_string().starts_with("memory in KiB grew"), "{growth}");
    }

    #[test]
    fn a_pool_that_fills_at_first_is_not_counted() {
        let growth = Growth::of(&samples(|calls| calls.min(150_000))).unwrap();
        assert!(growth.judge().is_ok(), "{growth}");
    }

    #[test]
    fn a_line_needs_samples() {
        assert!(Growth::of(&samples(|_| 0)[..5]).is_err());
    }
}
