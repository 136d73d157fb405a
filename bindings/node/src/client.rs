//! The client.

use std::cell::RefCell;
use std::collections::BTreeMap;

use napi::Env;
use napi::bindgen_prelude::Result;
use napi_derive::napi;
use quhao::{Form, Outcome};
use quhao_plain::view;

use crate::errors::{failed, thrown};
use crate::mailbox::Mailbox;
use crate::question::{Fields, Question, answer, json, read_moment, write_moment};

#[napi]
pub struct NativeClient {
    client: quhao::Client,
    /// Whether it holds no RSA key, which takes a millisecond that an event loop has not got.
    is_quick: bool,
    /// Where what was prepared last goes, and most of the next does, too: address, headers, and the JSON of both.
    way: RefCell<(String, BTreeMap<&'static str, String>, String)>,
}

/// A `question` is an operation and its arguments, see [`Question`]; answers are JSON.
#[napi]
impl NativeClient {
    /// Of one app, or of several that have `options` in common.
    #[napi(constructor, catch_unwind)]
    pub fn new(provider: String, options: Fields, apps: Option<Vec<Fields>>) -> Result<Self> {
        let known = quhao::provider::find(&provider).map_err(thrown)?.options;
        let is_key = |name: &String| known.iter().any(|option| option.name == name && option.form == Form::Key);
        let is_quick = !apps.iter().flatten().chain([&options]).flat_map(Fields::keys).any(is_key);
        let client = match apps {
            Some(apps) => quhao::Client::with_apps(&provider, options, apps),
            None => quhao::Client::new(&provider, options),
        };
        Ok(Self { client: client.map_err(thrown)?, is_quick, way: RefCell::default() })
    }

    #[napi(catch_unwind)]
    pub fn app(&self, app_id: String) -> Result<Self> {
        let client = self.client.app(&app_id).map_err(thrown)?;
        Ok(Self { client, is_quick: self.is_quick, way: RefCell::default() })
    }

    /// Prepares, sends once and reads. The mailbox gets the answer, or the error, and if `told` the event beside it;
    /// what ends before it is sent is returned.
    #[napi(catch_unwind)]
    pub fn call(&self, env: &Env, question: String, to: &Mailbox, ticket: u32, told: bool) -> Result<Option<String>> {
        let client = self.client.clone();
        let call = async move {
            let ask = match Question::parse(&question).ask() {
                Ok(ask) => ask,
                Err(error) => return failed(&error),
            };
            let (ended, event) = client.call_with_event::<Outcome>(ask).await;
            let ended = ended.map_or_else(|error| failed(&error), answer);
            if told { format!("{ended},{}", json(&view::event(&event))) } else { ended }
        };
        if !self.is_quick {
            let call = quhao::spawn(call).map_err(thrown)?;
            return to.begin(env, ticket, Box::pin(async { call.await.unwrap_or_else(|error| failed(&error)) }));
        }
        to.begin(env, ticket, Box::pin(call))
    }

    /// The lines `moment`, `request id`, JSON of `[method, url, headers]`, and then the body.
    #[napi(catch_unwind)]
    pub fn prepare(&self, question: String) -> Result<String> {
        let question = Question::parse(&question);
        let moment = question.moment(&self.client).map_err(thrown)?;
        let call = question.ask().and_then(|ask| self.client.prepare::<Outcome>(&ask, &moment)).map_err(thrown)?;
        let mut way = self.way.borrow_mut();
        if (&way.0, &way.1) != (&call.url, &call.headers) {
            *way = (call.url.clone(), call.headers.clone(), json(&(call.method, &call.url, &call.headers)));
        }
        let id = call.request_id().unwrap_or_default();
        Ok([&write_moment(&moment), id, &way.2, &call.body].join("\n"))
    }

    /// Reads the reply to what was prepared at that moment. A question and its moment make the same request again, so
    /// that none is kept for a reply that may not come.
    #[napi(catch_unwind)]
    pub fn read_prepared(&self, question: String, moment: String, status: u16, body: &[u8]) -> Result<String> {
        let ask = Question::parse(&question).ask();
        let call = ask.and_then(|ask| self.client.prepare::<Outcome>(&ask, &read_moment(&moment)));
        call.and_then(|call| call.read(status, body)).map(answer).map_err(thrown)
    }

    #[napi(catch_unwind)]
    pub fn read(&self, operation: String, status: u16, body: &[u8]) -> Result<String> {
        let read = operation.parse().and_then(|operation| self.client.read::<Outcome>(operation, status, body));
        read.map(answer).map_err(thrown)
    }

    #[napi(catch_unwind)]
    pub fn decrypt_number(&self, ciphertext: String) -> Result<String> {
        self.client.decrypt_number(&ciphertext).map(|number| number.expose().to_owned()).map_err(thrown)
    }

    #[napi(catch_unwind)]
    pub fn inspect(&self, question: String) -> Result<String> {
        let question = Question::parse(&question);
        let about =
            question.moment(&self.client).and_then(|moment| Ok((question.operation()?, question.params()?, moment)));
        let (operation, params, moment) = about.map_err(thrown)?;
        Ok(json(&view::inspection(&self.client.inspect(operation, params, &moment))))
    }

    #[napi(catch_unwind)]
    pub fn signature(&self, question: String) -> Result<String> {
        let question = Question::parse(&question);
        let moment = question.moment(&self.client).map_err(thrown)?;
        let signed = question.ask().and_then(|ask| self.client.signature(&ask, &moment)).map_err(thrown)?;
        Ok(json(&view::signature(&signed)))
    }
}
