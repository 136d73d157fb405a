//! The client, and a signed request.

use napi::Env;
use napi::bindgen_prelude::Result;
use napi_derive::napi;
use quhao::{Form, Outcome};
use quhao_plain as plain;

use crate::errors::{failed, thrown};
use crate::mailbox::Mailbox;
use crate::question::{Fields, Question, answer};

#[napi]
pub struct NativeClient {
    client: quhao::Client,
    /// Whether it holds no RSA key, which takes a millisecond that an event loop has not got.
    is_quick: bool,
}

/// A `question` is JSON: an operation and its arguments, and for known answers the moment. So are the answers.
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
        Ok(Self { client: client.map_err(thrown)?, is_quick })
    }

    #[napi(catch_unwind)]
    pub fn app(&self, app_id: String) -> Result<Self> {
        Ok(Self { client: self.client.app(&app_id).map_err(thrown)?, is_quick: self.is_quick })
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
            if told { format!("{ended},{}", plain::event(&event)) } else { ended }
        };
        if !self.is_quick {
            let call = quhao::spawn(call).map_err(thrown)?;
            return to.begin(env, ticket, Box::pin(async { call.await.unwrap_or_else(|error| failed(&error)) }));
        }
        to.begin(env, ticket, Box::pin(call))
    }

    #[napi(catch_unwind)]
    pub fn prepare(&self, question: String) -> Result<NativeCall> {
        let question = Question::parse(&question);
        let call = question.ask().and_then(|ask| self.client.prepare(&ask, &question.moment()?));
        call.map(|call| NativeCall { call }).map_err(thrown)
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
        let inspect = |of| Ok(self.client.inspect(of, question.params()?, &question.moment()?));
        let found = question.operation().and_then(inspect);
        found.map(|found| plain::inspection(&found).to_string()).map_err(thrown)
    }

    #[napi(catch_unwind)]
    pub fn signature(&self, question: String) -> Result<String> {
        let question = Question::parse(&question);
        let signed = question.ask().and_then(|ask| self.client.signature(&ask, &question.moment()?));
        signed.map(|signed| plain::signature(&signed).to_string()).map_err(thrown)
    }
}

#[napi]
pub struct NativeCall {
    call: quhao::Call<Outcome>,
}

#[napi]
impl NativeCall {
    #[napi(catch_unwind)]
    pub fn parts(&self) -> String {
        plain::call(&self.call).to_string()
    }

    #[napi(catch_unwind)]
    pub fn read(&self, status: u16, body: &[u8]) -> Result<String> {
        self.call.read(status, body).map(answer).map_err(thrown)
    }
}
