//! The sandbox in the same process, for tests without a phone.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use ext_php_rs::types::Zval;
use quhao_sandbox::{App, Carrier, Sandbox};
use serde_json::{Value, json};

use crate::convert::{plain, zval};
use crate::engine::{self, Arguments, Object};
use crate::errors::Failure;

/// Behind a `Quhao\Sandbox`: the sandbox, and the process whose thread serves it.
struct Running {
    pid: u32,
    sandbox: Option<Sandbox>,
}

pub(crate) fn sandbox(method: &str, given: &Arguments<'_>) -> Result<Zval, Failure> {
    if method == "__construct" {
        let sandbox = engine::without_signals(Sandbox::start)?;
        given.set("url", sandbox.url());
        given.this().hold(Arc::new(Running { pid: std::process::id(), sandbox: Some(sandbox) }));
        return Ok(Zval::null());
    }
    let running: &Arc<Running> = given.held()?;
    let sandbox = running.here()?;
    Ok(match method {
        "apps" => plain(&sandbox.apps().iter().map(app).collect()),
        "options" => plain(&json!(sandbox.options(&given.text(0)?)?)),
        "phone" => {
            let (number, carrier) = (given.text(0)?, Carrier::from_str(&given.text(1)?)?);
            sandbox.phone(&number, carrier)?;
            new_phone(Phone { sandbox: Arc::clone(running), typed: number.clone(), number, carrier })
        }
        "ledger" => plain(&serde_json::to_value(sandbox.ledger()).map_err(|error| Failure::config(error.to_string()))?),
        effect => {
            match effect {
                "addPerson" => sandbox.add_person(&given.text(0)?, &given.text(1)?, &given.text(2)?),
                "advance" => sandbox.advance(Duration::from_secs(
                    u64::try_from(given.whole(0)?).map_err(|_| Failure::config("seconds: expected 0 or more"))?,
                )),
                "failNext" => sandbox.fail_next(quhao_sandbox::Failure::from_str(&given.text(0)?)?),
                "clearLedger" => sandbox.clear_ledger(),
                _ => {}
            }
            Zval::null()
        }
    })
}

/// Behind a `Quhao\Phone`.
#[derive(Clone)]
struct Phone {
    sandbox: Arc<Running>,
    number: String,
    carrier: Carrier,
    typed: String,
}

pub(crate) fn phone(method: &str, given: &Arguments<'_>) -> Result<Zval, Failure> {
    let held: &Phone = given.held()?;
    Ok(match method {
        "typing" => new_phone(Phone { typed: given.text(0)?, ..held.clone() }),
        "params" => {
            let phone = held.sandbox.here()?.phone(&held.number, held.carrier)?.typing(&held.typed);
            plain(&json!(phone.params(&given.text(0)?, crate::operation(&given.text(1)?)?)?))
        }
        _ => Zval::null(),
    })
}

fn app(app: &App) -> Value {
    let operations: Vec<_> = app.operations().iter().map(|operation| operation.as_str()).collect();
    json!({"name": app.name, "provider": app.provider, "operations": operations, "zh": app.zh, "en": app.en})
}

fn new_phone(phone: Phone) -> Zval {
    let mut object = engine::object("Quhao\\Phone", &[]);
    object.hold(phone);
    zval(object)
}

impl Running {
    fn here(&self) -> Result<&Sandbox, Failure> {
        let here = self.sandbox.as_ref().filter(|_| self.pid == std::process::id());
        here.ok_or_else(|| {
            Failure::config("this sandbox belongs to the process that started it; make one after the fork")
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Stopping it waits for its thread, which a forked child does not have.
        if self.pid != std::process::id() {
            std::mem::forget(self.sandbox.take());
        }
    }
}

impl From<quhao_sandbox::Error> for Failure {
    fn from(error: quhao_sandbox::Error) -> Self {
        Self::config(error.to_string())
    }
}
