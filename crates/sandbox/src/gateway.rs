//! The contract: a gateway judges a request, and writes the replies.

use std::borrow::Cow;
use std::collections::BTreeMap;

use quhao::{Code, Operation};
use serde_json::Value;

use crate::app::App;
use crate::error::Error;
use crate::explain::Explanation;
use crate::request::Request;
use crate::sim::Sim;
use crate::state::State;

/// A vendor's server side. It judges; [`answer`](crate::answer::answer) applies the verdict, the same for all.
pub(crate) trait Gateway: Sync {
    /// The provider's id, as the client has it.
    fn provider(&self) -> &'static str;

    /// Each path, with the code tables from which it answers.
    fn interfaces(&self) -> &'static [(&'static str, &'static [&'static str])];

    /// The apps that its console knows.
    fn apps(&self) -> &'static [App];

    /// Operations of an app: all that its provider offers, unless the vendor has less for this one.
    fn operations(&self, _app: &App) -> &'static [Operation] {
        quhao::provider(self.provider()).map_or(&[], |info| info.operations)
    }

    /// The result of the vendor's phone SDK.
    fn mint(
        &self,
        _sim: &Sim,
        app: &'static App,
        operation: Operation,
        _state: &mut State,
    ) -> Result<BTreeMap<String, String>, Error> {
        Err(Error::new(format!("app {}: {operation} takes nothing from a phone", app.name)))
    }

    /// Judges a request, and fills in `facts` on the way, whether or not it gets to the end.
    fn check(&self, request: &Request, state: &State, facts: &mut RequestFacts) -> Result<Approval, Refusal>;

    /// Writes the reply that is a code and no more.
    fn refuse(&self, request: &Request, facts: &RequestFacts, code: &str, message: &str, now_ms: u64) -> Value;

    /// Spells a reply out as its server's JSON library does.
    fn serialize(&self, reply: &Value) -> String {
        reply.to_string()
    }
}

/// Facts read from a request before it is refused or approved.
#[derive(Default)]
pub(crate) struct RequestFacts {
    pub(crate) app: Option<&'static App>,
    pub(crate) request_id: Option<String>,
    /// The phone's single-use token.
    pub(crate) token: Option<String>,
    /// Single-use values besides the token: a message id, an iv with its ciphertext.
    pub(crate) once: Option<String>,
}

/// Approval of a request.
pub(crate) struct Approval {
    /// The code in the reply.
    pub(crate) code: &'static str,
    pub(crate) charged: bool,
    /// The number behind the token, and the request's id; the fault `other-reply` swaps them.
    pub(crate) subject: Subject,
    pub(crate) write: ResponseFn,
}

/// Writes the reply for a subject; `None` if the app's key cannot encrypt.
pub(crate) type ResponseFn = Box<dyn Fn(&Subject) -> Option<Value>>;

/// The number and the request that a reply is about.
pub(crate) struct Subject {
    pub(crate) number: String,
    pub(crate) request_id: String,
}

/// Refusal of a request.
pub(crate) struct Refusal {
    pub(crate) code: &'static str,
    pub(crate) message: Cow<'static, str>,
    pub(crate) explanation: Explanation,
}

impl Refusal {
    /// Refuses in the words of the vendor's table.
    pub(crate) fn new(code: &'static str, message: impl Into<Cow<'static, str>>, why: impl Into<String>) -> Self {
        Self { code, message: message.into(), explanation: Explanation::words(why) }
    }

    /// The same, with the strings of a signature.
    pub(crate) fn explained(code: &'static str, message: &'static str, explanation: Explanation) -> Self {
        Self { code, message: message.into(), explanation }
    }
}

/// The rows of the tables from which a path answers.
pub(crate) fn rows(gateway: &dyn Gateway, path: &str) -> Vec<&'static Code> {
    let tables = gateway.interfaces().iter().find(|(known, _)| *known == path).map_or(&[][..], |(_, tables)| tables);
    let Ok(provider) = quhao::provider(gateway.provider()) else { return Vec::new() };
    provider.codes().filter(|row| tables.contains(&row.table)).collect()
}
