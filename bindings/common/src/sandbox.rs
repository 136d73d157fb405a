//! The sandbox as the bindings offer it: one type, driven by commands that are data.

use std::error::Error;
use std::fmt;
use std::mem::forget;
use std::net::IpAddr;
use std::path::PathBuf;
use std::process;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use quhao_sandbox::{App, Entry, Failure, Sandbox as Gateways};
use serde::Deserialize;
use serde_json::{Value, json};

/// The sandbox's gateways. They belong to the process that started them: a forked child can neither use nor stop them.
pub struct Sandbox {
    pid: u32,
    running: RwLock<Option<Gateways>>,
}

/// A command for the sandbox, in JSON `{"command": "set_balance", "app": "shanyan", "calls": 3}`.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case", rename_all_fields = "snake_case")]
pub enum Command {
    /// `url, ca_certificate, apps`; an app is `name, provider, zh, en, operations`.
    About,
    /// Registers a person for identity checks.
    AddPerson { number: String, name: String, id_card: String },
    /// Moves the clock forward.
    Advance { seconds: f64 },
    /// Refuses requests of an app from other addresses.
    AllowIps { app: String, ips: Vec<String> },
    /// Empties the ledger.
    ClearLedger,
    /// The options of an address that fails.
    Endpoint { name: String },
    /// Makes the next request fail.
    FailNext { failure: String },
    /// The ledger's entries, each with its `summary` in one line and the same `revealed`.
    Ledger,
    /// The clock: milliseconds since 1970.
    NowMs,
    /// The options of an app's client.
    Options { app: String },
    /// The params that the phone's SDK returns; `typed` is the number that its user typed in.
    Params { number: String, carrier: String, typed: String, app: String, operation: String },
    /// Checks the number and the carrier of a phone.
    Phone { number: String, carrier: String },
    /// Sets how many calls an app has left.
    SetBalance { app: String, calls: i64 },
    /// Replaces an app's credential token.
    SetToken { app: String, token: String },
}

impl Sandbox {
    /// Starts the gateways on a port of 127.0.0.1; 0 takes a free one.
    ///
    /// # Errors
    ///
    /// If the port is in use, or the CA's certificate cannot be written.
    pub fn start(port: u16, tls: bool, ca_file: Option<PathBuf>) -> Result<Self, quhao_sandbox::Error> {
        let builder = Gateways::builder().port(port).tls(tls);
        let started = if let Some(path) = ca_file { builder.ca_file(path) } else { builder }.start()?;
        Ok(Self { pid: process::id(), running: RwLock::new(Some(started)) })
    }

    /// Runs a command and returns its result as plain data, null where it has none.
    ///
    /// # Errors
    ///
    /// [`CommandError::Gone`] when the sandbox is closed or another process's, [`CommandError::Unknown`] for an app,
    /// carrier, operation or failure that it does not know.
    pub fn run(&self, command: Command) -> Result<Value, CommandError> {
        if self.pid != process::id() {
            return Err(CommandError::Gone("the sandbox belongs to the process that started it".into()));
        }
        match &*self.running.read().unwrap_or_else(PoisonError::into_inner) {
            Some(running) => run(running, command).map_err(|error| CommandError::Unknown(error.to_string())),
            None => Err(CommandError::Gone("the sandbox is closed".into())),
        }
    }

    /// Stops listening; does nothing in a forked child.
    pub fn close(&self) {
        if self.pid == process::id() {
            drop(self.running.write().unwrap_or_else(PoisonError::into_inner).take());
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // A forked child must not stop what its parent started, nor remove its CA file.
        if self.pid != process::id() {
            forget(self.running.get_mut().unwrap_or_else(PoisonError::into_inner).take());
        }
    }
}

/// Why a command was not run.
#[derive(Debug)]
pub enum CommandError {
    /// The sandbox is closed, or another process's.
    Gone(String),
    /// An argument names nothing that the sandbox knows.
    Unknown(String),
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Gone(text) | Self::Unknown(text)) = self;
        f.write_str(text)
    }
}

impl Error for CommandError {}

fn run(running: &Gateways, command: Command) -> Result<Value, Box<dyn Error>> {
    match command {
        Command::About => {
            let apps: Vec<_> = running.apps().iter().map(app).collect();
            return Ok(json!({"url": running.url(), "ca_certificate": running.ca_certificate(), "apps": apps}));
        }
        Command::AddPerson { number, name, id_card } => running.add_person(&number, &name, &id_card),
        Command::Advance { seconds } => running.advance(Duration::try_from_secs_f64(seconds)?),
        Command::AllowIps { app, ips } => {
            let ips: Result<Vec<IpAddr>, _> = ips.iter().map(|ip| ip.parse()).collect();
            running.allow_ips(&app, &ips?)?;
        }
        Command::ClearLedger => running.clear_ledger(),
        Command::Endpoint { name } => return Ok(json!(running.endpoint(name.parse()?)?)),
        Command::FailNext { failure } => running.fail_next(failure.parse::<Failure>()?),
        Command::Ledger => return Ok(running.ledger().iter().map(entry).collect()),
        Command::NowMs => return Ok(json!(running.now_ms())),
        Command::Options { app } => return Ok(json!(running.options(&app)?)),
        Command::Params { number, carrier, typed, app, operation } => {
            let phone = running.phone(&number, carrier.parse()?)?.typing(&typed);
            return Ok(json!(phone.params(&app, operation.parse()?)?));
        }
        Command::Phone { number, carrier } => {
            running.phone(&number, carrier.parse()?)?;
        }
        Command::SetBalance { app, calls } => running.set_balance(&app, u64::try_from(calls)?)?,
        Command::SetToken { app, token } => running.set_token(&app, &token)?,
    }
    Ok(Value::Null)
}

fn app(app: &App) -> Value {
    let operations: Vec<_> = app.operations().iter().map(|operation| operation.as_str()).collect();
    json!({"name": app.name, "provider": app.provider, "zh": app.zh, "en": app.en, "operations": operations})
}

fn entry(entry: &Entry) -> Value {
    let mut fields = serde_json::to_value(entry).unwrap_or_default();
    fields["summary"] = entry.to_string().into();
    fields["revealed"] = entry.reveal().into();
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_run_until_the_sandbox_is_closed() {
        let sandbox = Sandbox::start(0, false, None).unwrap();
        let run = |command: Value| sandbox.run(serde_json::from_value(command).unwrap());
        let about = run(json!({"command": "about"})).unwrap();
        let app = &about["apps"][0]["name"];
        let params = run(json!({
            "command": "params", "number": "13800138000", "carrier": "cmcc", "typed": "13800138000", "app": "shanyan",
            "operation": "fetch_number",
        }));
        assert!(params.unwrap()["accessToken"].is_string());
        assert!(run(json!({"command": "options", "app": app})).unwrap()["base_url"].is_string());
        assert!(run(json!({"command": "advance", "seconds": 1.5})).unwrap().is_null());
        for unknown in [
            json!({"command": "options", "app": "nobody"}),
            json!({"command": "advance", "seconds": -1}),
            json!({"command": "set_balance", "app": "shanyan", "calls": -1}),
            json!({"command": "fail_next", "failure": ""}),
        ] {
            assert!(matches!(run(unknown.clone()), Err(CommandError::Unknown(_))), "{unknown}");
        }
        sandbox.close();
        assert!(matches!(run(json!({"command": "ledger"})), Err(CommandError::Gone(_))));
    }
}
