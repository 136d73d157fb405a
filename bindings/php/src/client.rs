//! `Quhao\Client` and `Quhao\Call`.

use ext_php_rs::boxed::ZBox;
use ext_php_rs::types::ZendObject;
use quhao::{Call, Error, Moment, Operation, Outcome};
use quhao_bindings::view;
use quhao_php_engine::{Arguments, Body, Object, object, own, tell, zval};
use serde_json::json;

use crate::convert::{ask, configured, http_status, operation, outcome, params};
use crate::errors::Failure;
use crate::{Answer, POOL};

pub(crate) const BODIES: &[Body] = &[
    Body::new("Quhao\\Client::__construct", construct),
    Body::new("Quhao\\Client::app", |given| {
        let held: &Client = given.held()?;
        Answer::Ok(renewed(given, Client { client: held.client.app(&given.text(0)?)?, ..held.clone() }))
    }),
    Body::new("Quhao\\Client::atMoment", |given| {
        let wrong = || Failure::config("moment: expected milliseconds since 1970 and 32 hex digits");
        let now_ms = u64::try_from(given.whole(0)?).map_err(|_| wrong())?;
        let nonce = u128::from_str_radix(&given.text(1)?, 16).map_err(|_| wrong())?.to_be_bytes();
        let held: &Client = given.held()?;
        Answer::Ok(renewed(given, Client { moment: Some(Moment::at(now_ms, nonce)), ..held.clone() }))
    }),
    Body::new("Quhao\\Client::onCall", |given| {
        given.this().keep(given.callable(0)?);
        Answer::Ok(own(given.this()))
    }),
    Body::new("Quhao\\Client::fetchNumber", |given| call(given, Operation::FetchNumber)),
    Body::new("Quhao\\Client::verifyNumber", |given| call(given, Operation::VerifyNumber)),
    Body::new("Quhao\\Client::verifyIdentity", |given| call(given, Operation::VerifyIdentity)),
    Body::new("Quhao\\Client::prepareFetchNumber", |given| prepare(given, Operation::FetchNumber)),
    Body::new("Quhao\\Client::prepareVerifyNumber", |given| prepare(given, Operation::VerifyNumber)),
    Body::new("Quhao\\Client::prepareVerifyIdentity", |given| prepare(given, Operation::VerifyIdentity)),
    Body::new("Quhao\\Client::decryptNumber", |given| {
        let held: &Client = given.held()?;
        Answer::Ok(held.client.decrypt_number(&given.text(0)?)?.expose().to_owned())
    }),
    Body::new("Quhao\\Client::read", |given| {
        let held: &Client = given.held()?;
        let (operation, status) = (operation(&given.text(0)?)?, http_status(given, 1)?);
        Answer::Ok(outcome(&held.client.read(operation, status, &given.bytes(2)?)?))
    }),
    Body::new("Quhao\\Client::inspect", |given| {
        let held: &Client = given.held()?;
        let (operation, params) = (operation(&given.text(0)?)?, params(given, 1)?);
        Answer::Ok(zval(&view::inspection(&held.client.inspect(operation, params, &held.moment()?))))
    }),
    Body::new("Quhao\\Client::signature", |given| {
        let held: &Client = given.held()?;
        let ask = ask(operation(&given.text(0)?)?, given, 1)?;
        Answer::Ok(zval(&view::signature(&held.client.signature(&ask, &held.moment()?)?)))
    }),
    Body::new("Quhao\\Call::read", |given| {
        let call: &Call<Outcome> = given.held()?;
        Answer::Ok(outcome(&call.read(http_status(given, 0)?, &given.bytes(1)?)?))
    }),
];

/// Behind a `Quhao\Client`: one app, or several of a provider's. What `onCall` was given is kept with the object.
#[derive(Clone)]
struct Client {
    client: quhao::blocking::Client,
    /// Fixed for known answers only.
    moment: Option<Moment>,
}

impl Client {
    fn moment(&self) -> Result<Moment, Error> {
        self.moment.map_or_else(|| self.client.moment(), Ok)
    }
}

fn construct(given: &Arguments<'_>) -> Answer<()> {
    let client = configured(&String::from_utf8_lossy(&given.bytes(0)?), given, 1)?;
    given.set("provider", client.provider());
    given.this().hold(Client { client: client.into(), moment: None });
    Ok(())
}

/// Another client with this one's listener.
fn renewed(given: &Arguments<'_>, client: Client) -> ZBox<ZendObject> {
    let mut object = object("Quhao\\Client", &json!({"provider": client.client.provider()}));
    object.hold(client);
    object.keep(given.this().kept());
    object
}

fn call(given: &Arguments<'_>, operation: Operation) -> Answer<ZBox<ZendObject>> {
    let held: &Client = given.held()?;
    let ask = ask(operation, given, 0)?;
    POOL.note();
    let (answer, event) = held.client.call_with_event(ask);
    let listener = given.this().kept();
    if !listener.is_null() {
        tell(&listener, zval(&view::event(&event)));
    }
    Ok(outcome(&answer?))
}

fn prepare(given: &Arguments<'_>, operation: Operation) -> Answer<ZBox<ZendObject>> {
    let held: &Client = given.held()?;
    let call: Call<Outcome> = held.client.prepare(&ask(operation, given, 0)?, &held.moment()?)?;
    let mut object = object("Quhao\\Call", &view::call(&call));
    object.hold(call);
    Ok(object)
}
