//! The sandbox in the same process, for tests without a phone.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use ext_php_rs::boxed::ZBox;
use ext_php_rs::types::ZendObject;
use quhao_php_engine::{Arguments, Body, Object, OfProcess, object, without_signals, zval};
use quhao_sandbox::{App, Carrier, Sandbox};
use serde_json::{Value, json};

use crate::Answer;
use crate::convert::operation;
use crate::errors::Failure;

pub(crate) const BODIES: &[Body] = &[
    Body::new("Quhao\\Sandbox::__construct", |given| {
        let sandbox = without_signals(Sandbox::start)?;
        given.set("url", sandbox.url());
        given.this().hold(Arc::new(OfProcess::new(sandbox)));
        Answer::Ok(())
    }),
    Body::new("Quhao\\Sandbox::apps", |given| Answer::Ok(zval(&Value::from_iter(here(given)?.apps().iter().map(app))))),
    Body::new("Quhao\\Sandbox::options", |given| Answer::Ok(zval(&here(given)?.options(&given.text(0)?)?))),
    Body::new("Quhao\\Sandbox::phone", |given| {
        let (number, carrier) = (given.text(0)?.into_owned(), Carrier::from_str(&given.text(1)?)?);
        here(given)?.phone(&number, carrier)?;
        let sandbox = Arc::clone(given.held()?);
        Answer::Ok(new_phone(Phone { sandbox, typed: number.clone(), number, carrier }))
    }),
    Body::new("Quhao\\Sandbox::addPerson", |given| {
        here(given)?.add_person(&given.text(0)?, &given.text(1)?, &given.text(2)?);
        Answer::Ok(())
    }),
    Body::new("Quhao\\Sandbox::advance", |given| {
        let seconds = u64::try_from(given.whole(0)?).map_err(|_| Failure::config("seconds: expected 0 or more"))?;
        here(given)?.advance(Duration::from_secs(seconds));
        Answer::Ok(())
    }),
    Body::new("Quhao\\Sandbox::failNext", |given| {
        here(given)?.fail_next(quhao_sandbox::Failure::from_str(&given.text(0)?)?);
        Answer::Ok(())
    }),
    Body::new("Quhao\\Sandbox::ledger", |given| Answer::Ok(zval(&here(given)?.ledger()))),
    Body::new("Quhao\\Sandbox::clearLedger", |given| here(given).map(Sandbox::clear_ledger)),
    Body::new("Quhao\\Phone::typing", |given| {
        let held: &Phone = given.held()?;
        Answer::Ok(new_phone(Phone { typed: given.text(0)?.into_owned(), ..held.clone() }))
    }),
    Body::new("Quhao\\Phone::params", |given| {
        let held: &Phone = given.held()?;
        let phone = running(&held.sandbox)?.phone(&held.number, held.carrier)?.typing(&held.typed);
        Answer::Ok(zval(&phone.params(&given.text(0)?, operation(&given.text(1)?)?)?))
    }),
];

/// Behind a `Quhao\Sandbox`.
type Running = OfProcess<Sandbox>;

/// Behind a `Quhao\Phone`.
#[derive(Clone)]
struct Phone {
    sandbox: Arc<Running>,
    number: String,
    carrier: Carrier,
    typed: String,
}

fn here<'a>(given: &'a Arguments<'_>) -> Result<&'a Sandbox, Failure> {
    running(given.held::<Arc<Running>>()?)
}

fn running(sandbox: &Running) -> Result<&Sandbox, Failure> {
    let elsewhere = "this sandbox belongs to the process that started it; make one after the fork";
    sandbox.here().ok_or_else(|| Failure::config(elsewhere))
}

fn app(app: &App) -> Value {
    let operations: Vec<_> = app.operations().iter().map(|operation| operation.as_str()).collect();
    json!({"name": app.name, "provider": app.provider, "operations": operations, "zh": app.zh, "en": app.en})
}

fn new_phone(phone: Phone) -> ZBox<ZendObject> {
    let mut object = object("Quhao\\Phone", &());
    object.hold(phone);
    object
}

impl From<quhao_sandbox::Error> for Failure {
    fn from(error: quhao_sandbox::Error) -> Self {
        Self::config(error.to_string())
    }
}
