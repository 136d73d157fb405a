//! The sandbox for code that tests a login without a phone, in any language.

use std::error::Error;
use std::fmt;
use std::mem::forget;
use std::net::IpAddr;
use std::path::PathBuf;
use std::process;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use quhao_sandbox::{App, Entry, Failure, Sandbox as Gateways};
use serde_json::{Value, json};

/// The gateways, which belong to the process that started them: a forked child can neither use nor stop them.
pub struct Sandbox {
    pid: u32,
    running: RwLock<Option<Gateways>>,
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

    /// Does what the order's name says, and answers in plain data:
    ///
    /// | order | given | answer |
    /// |---|---|---|
    /// | `about` | | `url, ca_certificate, apps`, an app being `name, provider, zh, en, operations` |
    /// | `options` | app | the options of its client |
    /// | `endpoint` | name | the options of an address that fails |
    /// | `params` | number, carrier, number typed in, app, operation | what the phone's SDK returns |
    /// | `now_ms` | | milliseconds since 1970 |
    /// | `ledger` | | the entries, each with its `summary` and `revealed` besides |
    /// | `add_person` | number, name, id card | |
    /// | `advance` | seconds | |
    /// | `allow_ips` | app, addresses | |
    /// | `clear_ledger` | | |
    /// | `fail_next` | failure | |
    /// | `set_balance` | app, calls | |
    /// | `set_token` | app, token | |
    ///
    /// # Errors
    ///
    /// [`Refusal::Gone`] when it is closed or another process's, [`Refusal::Unknown`] for what a sandbox does not know.
    pub fn tell(&self, order: &str, given: &[&str]) -> Result<Value, Refusal> {
        if self.pid != process::id() {
            return Err(Refusal::Gone("the sandbox belongs to the process that started it".into()));
        }
        match &*self.running.read().unwrap_or_else(PoisonError::into_inner) {
            Some(running) => told(running, order, given).map_err(|error| Refusal::Unknown(error.to_string())),
            None => Err(Refusal::Gone("the sandbox is closed".into())),
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

/// Why a sandbox did not do as it was told.
#[derive(Debug)]
pub enum Refusal {
    /// There is no sandbox here any more.
    Gone(String),
    /// What it was given is nothing that it knows.
    Unknown(String),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Gone(text) | Self::Unknown(text)) = self;
        f.write_str(text)
    }
}

impl Error for Refusal {}

fn told(running: &Gateways, order: &str, given: &[&str]) -> Result<Value, Box<dyn Error>> {
    match (order, given) {
        ("about", []) => {
            let apps: Vec<_> = running.apps().iter().map(app).collect();
            return Ok(json!({"url": running.url(), "ca_certificate": running.ca_certificate(), "apps": apps}));
        }
        ("options", [app]) => return Ok(json!(running.options(app)?)),
        ("endpoint", [name]) => return Ok(json!(running.endpoint(name.parse()?)?)),
        ("params", [number, carrier, typed, app, operation]) => {
            let phone = running.phone(number, carrier.parse()?)?.typing(typed);
            return Ok(json!(phone.params(app, operation.parse()?)?));
        }
        ("now_ms", []) => return Ok(json!(running.now_ms())),
        ("ledger", []) => return Ok(running.ledger().iter().map(entry).collect()),
        ("add_person", [number, name, id_card]) => running.add_person(number, name, id_card),
        ("advance", [seconds]) => running.advance(Duration::try_from_secs_f64(seconds.parse()?)?),
        ("allow_ips", [app, ips @ ..]) => {
            let ips: Result<Vec<IpAddr>, _> = ips.iter().map(|ip| ip.parse()).collect();
            running.allow_ips(app, &ips?)?;
        }
        ("clear_ledger", []) => running.clear_ledger(),
        ("fail_next", [failure]) => running.fail_next(failure.parse::<Failure>()?),
        ("set_balance", [app, calls]) => running.set_balance(app, calls.parse()?)?,
        ("set_token", [app, token]) => running.set_token(app, token)?,
        _ => return Err(format!("{} with {} arguments is no order", order.escape_debug(), given.len()).into()),
    }
    Ok(Value::Null)
}

fn app(app: &App) -> Value {
    let operations: Vec<_> = app.operations().iter().map(|operation| operation.as_str()).collect();
    json!({"name": app.name, "provider": app.provider, "zh": app.zh, "en": app.en, "operations": operations})
}

fn entry(entry: &Entry) -> Value {
    let told = json!({"summary": entry.to_string(), "revealed": entry.reveal()});
    crate::joined([serde_json::to_value(entry).unwrap_or_default(), told])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sandbox_does_as_it_is_told_until_it_is_closed() {
        let sandbox = Sandbox::start(0, false, None).unwrap();
        let about = sandbox.tell("about", &[]).unwrap();
        let app = about["apps"][0]["name"].as_str().unwrap();
        let params =
            sandbox.tell("params", &["13800138000", "cmcc", "13800138000", "shanyan", "fetch_number"]).unwrap();
        assert!(params["accessToken"].is_string());
        assert!(sandbox.tell("options", &[app]).unwrap()["base_url"].is_string());
        assert!(sandbox.tell("advance", &["1.5"]).unwrap().is_null());
        for (order, given) in [("options", &["nobody"][..]), ("advance", &["-1"]), ("advance", &[]), ("", &[])] {
            assert!(matches!(sandbox.tell(order, given), Err(Refusal::Unknown(_))), "{order}");
        }
        sandbox.close();
        assert!(matches!(sandbox.tell("ledger", &[]), Err(Refusal::Gone(_))));
    }
}
