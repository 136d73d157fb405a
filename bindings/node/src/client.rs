//! The client, which JavaScript holds without looking into it: of a class's methods, each call would look up the object
//! behind `this`, which takes half as long as to open a number.
//!
//! A `question` is an operation and its arguments, see [`Question`]; answers are JSON.

use std::cell::RefCell;
use std::collections::BTreeMap;

use napi::Env;
use napi::bindgen_prelude::{External, Result};
use napi_derive::napi;
use quhao::{Form, Outcome};
use quhao_bindings::view;
use quhao_node_engine::Text;

use crate::errors::{failed, thrown};
use crate::mailbox::Mailbox;
use crate::question::{Fields, Question, answer, json, read_moment, write_moment};

/// One app, or several of a provider's.
pub struct Held {
    client: quhao::Client,
    /// Whether it holds no RSA key, which takes a millisecond that an event loop has not got.
    is_quick: bool,
    /// Where what was prepared last goes, and most of the next does, too: address, headers, and the JSON of both.
    way: RefCell<(String, BTreeMap<&'static str, String>, String)>,
}

type Client = External<Held>;

/// Of one app, or of several that have `options` in common.
#[napi(catch_unwind)]
pub fn configure(provider: String, options: Fields, apps: Option<Vec<Fields>>) -> Result<Client> {
    let known = quhao::provider(&provider).map_err(thrown)?.options;
    let is_key = |name: &String| known.iter().any(|option| option.name == name && option.form == Form::Key);
    let is_quick = !apps.iter().flatten().chain([&options]).flat_map(Fields::keys).any(is_key);
    let client = match apps {
        Some(apps) => quhao::Client::with_apps(&provider, options, apps),
        None => quhao::Client::new(&provider, options),
    };
    Ok(Held { client: client.map_err(thrown)?, is_quick, way: RefCell::default() }.into())
}

#[napi(catch_unwind)]
pub fn app(held: &Client, app_id: String) -> Result<Client> {
    let of_app = held.client.app(&app_id).map_err(thrown)?;
    Ok(Held { client: of_app, is_quick: held.is_quick, way: RefCell::default() }.into())
}

/// Prepares, sends once and reads. The mailbox gets the answer, or the error, and if `told` the event beside it; what
/// has come in by then is returned.
#[napi(catch_unwind)]
pub fn call(env: &Env, held: &Client, question: Text, to: &Mailbox, ticket: u32, told: bool) -> Result<Option<String>> {
    let client = held.client.clone();
    let call = async move {
        let ask = match Question::parse(&question).ask() {
            Ok(ask) => ask,
            Err(error) => return failed(&error),
        };
        let (ended, event) = client.call_with_event::<Outcome>(ask).await;
        let ended = ended.map_or_else(|error| failed(&error), answer);
        if told { format!("{ended},{}", json(&view::event(&event))) } else { ended }
    };
    if !held.is_quick {
        let call = quhao::spawn(call).map_err(thrown)?;
        return to.begin(env, ticket, Box::pin(async { call.await.unwrap_or_else(|error| failed(&error)) }));
    }
    to.begin(env, ticket, Box::pin(call))
}

/// The lines `moment`, `request id`, JSON of `[method, url, headers]`, and then the body.
#[napi(catch_unwind)]
pub fn prepare(held: &Client, question: Text) -> Result<String> {
    let question = Question::parse(&question);
    let moment = question.moment(&held.client).map_err(thrown)?;
    let call = question.ask().and_then(|ask| held.client.prepare::<Outcome>(&ask, &moment)).map_err(thrown)?;
    let mut way = held.way.borrow_mut();
    if (&way.0, &way.1) != (&call.url, &call.headers) {
        *way = (call.url.clone(), call.headers.clone(), json(&(call.method, &call.url, &call.headers)));
    }
    let id = call.request_id().unwrap_or_default();
    Ok([&write_moment(&moment), id, &way.2, &call.body].join("\n"))
}

/// Reads the reply to what was prepared at that moment. A question and its moment make the same request again, so
/// that none is kept for a reply that may not come.
#[napi(catch_unwind)]
pub fn read_prepared(held: &Client, question: Text, moment: Text, status: u16, body: &[u8]) -> Result<String> {
    let ask = Question::parse(&question).ask();
    let call = ask.and_then(|ask| held.client.prepare::<Outcome>(&ask, &read_moment(&moment)));
    call.and_then(|call| call.read(status, body)).map(answer).map_err(thrown)
}

#[napi(catch_unwind)]
pub fn read(held: &Client, operation: String, status: u16, body: &[u8]) -> Result<String> {
    let read = operation.parse().and_then(|operation| held.client.read::<Outcome>(operation, status, body));
    read.map(answer).map_err(thrown)
}

#[napi(catch_unwind)]
pub fn decrypt_number(held: &Client, ciphertext: Text) -> Result<String> {
    held.client.decrypt_number(&ciphertext).map(|number| number.expose().to_owned()).map_err(thrown)
}

#[napi(catch_unwind)]
pub fn inspect(held: &Client, question: Text) -> Result<String> {
    let question = Question::parse(&question);
    let about =
        question.moment(&held.client).and_then(|moment| Ok((question.operation()?, question.params()?, moment)));
    let (operation, params, moment) = about.map_err(thrown)?;
    Ok(json(&view::inspection(&held.client.inspect(operation, params, &moment))))
}

#[napi(catch_unwind)]
pub fn signature(held: &Client, question: Text) -> Result<String> {
    let question = Question::parse(&question);
    let moment = question.moment(&held.client).map_err(thrown)?;
    let signed = question.ask().and_then(|ask| held.client.signature(&ask, &moment)).map_err(thrown)?;
    Ok(json(&view::signature(&signed)))
}
