//! Logins against a sandbox in another process, some of them under a fault.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use quhao::{Client, ErrorKind};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::runtime;
use tokio::task::JoinSet;

use super::URL;
use super::growth::{Growth, Sample};
use crate::Failure;
use crate::login::Params;

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
