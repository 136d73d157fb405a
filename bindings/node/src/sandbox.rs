//! The gateways in this process, for tests without a phone.

use std::error::Error as StdError;
use std::net::IpAddr;
use std::time::Duration;

use napi::bindgen_prelude::Result;
use napi_derive::napi;
use quhao_sandbox::{App, Entry, Failure, Sandbox};
use serde_json::{Value, json};

use crate::errors::told;
use crate::question::Fields;

/// Listens from construction until it is closed.
#[napi]
pub struct NativeSandbox {
    running: Option<Sandbox>,
}

#[napi]
impl NativeSandbox {
    #[napi(constructor, catch_unwind)]
    pub fn new(port: u16, tls: bool, ca_file: Option<String>) -> Result<Self> {
        let builder = Sandbox::builder().port(port).tls(tls);
        let started = if let Some(path) = ca_file { builder.ca_file(path) } else { builder }.start();
        started.map(|running| Self { running: Some(running) }).map_err(told)
    }

    #[napi(catch_unwind)]
    pub fn close(&mut self) {
        self.running = None;
    }

    #[napi(catch_unwind)]
    pub fn about(&self) -> Result<String> {
        let app = |app: &App| {
            let operations: Vec<_> = app.operations().iter().map(|operation| operation.as_str()).collect();
            json!({"name": app.name, "provider": app.provider, "zh": app.zh, "en": app.en, "operations": operations})
        };
        let apps = |it: &Sandbox| it.apps().iter().map(app).collect::<Value>();
        self.ask(|it| Ok(json!({"url": it.url(), "caCertificate": it.ca_certificate(), "apps": apps(it)}).to_string()))
    }

    #[napi(catch_unwind)]
    pub fn options(&self, app: String) -> Result<Fields> {
        self.ask(|it| Ok(it.options(&app)?))
    }

    #[napi(catch_unwind)]
    pub fn endpoint(&self, name: String) -> Result<Fields> {
        self.ask(|it| Ok(it.endpoint(name.parse()?)?))
    }

    #[napi(catch_unwind)]
    pub fn params(&self, phone: Fields, app: String, operation: String) -> Result<Fields> {
        self.ask(|it| {
            let card = it.phone(&phone["number"], phone["carrier"].parse()?)?;
            Ok(card.typing(&phone["typed"]).params(&app, operation.parse()?)?)
        })
    }

    #[napi(catch_unwind)]
    pub fn now_ms(&self) -> Result<i64> {
        self.ask(|it| Ok(i64::try_from(it.now_ms())?))
    }

    /// Changes the gateways' world.
    #[napi(catch_unwind)]
    pub fn tell(&self, what: String, told: Vec<String>) -> Result<()> {
        self.ask(|it| {
            match (what.as_str(), &told[..]) {
                ("addPerson", [number, name, id_card]) => it.add_person(number, name, id_card),
                ("advance", [seconds]) => it.advance(Duration::try_from_secs_f64(seconds.parse()?)?),
                ("allowIps", [app, ips @ ..]) => {
                    let ips: std::result::Result<Vec<IpAddr>, _> = ips.iter().map(|ip| ip.parse()).collect();
                    it.allow_ips(app, &ips?)?;
                }
                ("clearLedger", []) => it.clear_ledger(),
                ("failNext", [failure]) => it.fail_next(failure.parse::<Failure>()?),
                ("setBalance", [app, calls]) => it.set_balance(app, calls.parse()?)?,
                ("setToken", [app, token]) => it.set_token(app, token)?,
                _ => return Err("no such change".into()),
            }
            Ok(())
        })
    }

    /// Each entry, and its explanation in clear.
    #[napi(catch_unwind)]
    pub fn ledger(&self) -> Result<String> {
        let entry = |entry: &Entry| Ok(json!([serde_json::to_value(entry)?, entry.reveal()]));
        self.ask(|it| Ok(it.ledger().iter().map(entry).collect::<Told<Value>>()?.to_string()))
    }

    fn ask<T>(&self, ask: impl FnOnce(&Sandbox) -> Told<T>) -> Result<T> {
        let running = self.running.as_ref().ok_or_else(|| "the sandbox is closed".into());
        running.and_then(ask).map_err(told)
    }
}

type Told<T> = std::result::Result<T, Box<dyn StdError>>;
