//! What a gateway is, the list of them, and how a request is settled.

mod cmcc;
mod shanyan;
mod yuxin;

use std::borrow::Cow;
use std::collections::BTreeMap;

use quhao::{Code, Operation};
use serde_json::Value;

use crate::apps::App;
use crate::crypto;
use crate::error::Error;
use crate::explain::Explanation;
use crate::faults::Fault;
use crate::ledger::Entry;
use crate::phone::Sim;
use crate::request::Request;
use crate::scenario::{Failure, Scenario};
use crate::state::State;

/// A new gateway is one file and one line here.
pub(crate) static ALL: &[&dyn Gateway] = &[&shanyan::ShanYan, &cmcc::Cmcc, &yuxin::Yuxin];

/// A vendor's server side. It judges; what follows from a verdict is settled by [`answer`], the same for all.
pub(crate) trait Gateway: Sync {
    /// The provider's id, as the client has it.
    fn provider(&self) -> &'static str;

    /// Each path, with the code tables from which it answers.
    fn interfaces(&self) -> &'static [(&'static str, &'static [&'static str])];

    /// The apps that its console knows.
    fn apps(&self) -> &'static [App];

    /// What may be asked of an app: all that its provider offers, unless the vendor has less for this one.
    fn operations(&self, _app: &App) -> &'static [Operation] {
        quhao::provider(self.provider()).map_or(&[], |info| info.operations)
    }

    /// What the vendor's phone SDK returns.
    fn mint(
        &self,
        _sim: &Sim,
        app: &'static App,
        operation: Operation,
        _state: &mut State,
    ) -> Result<BTreeMap<String, String>, Error> {
        Err(Error::new(format!("app {}: {operation} takes nothing from a phone", app.name)))
    }

    /// Judges a request, and notes in `seen` what it learns on the way, whether or not it gets to the end.
    fn check(&self, request: &Request, state: &State, seen: &mut Seen) -> Result<Grant, Refusal>;

    /// Writes the reply that is a code and no more.
    fn refuse(&self, request: &Request, seen: &Seen, code: &str, message: &str, now_ms: u64) -> Value;

    /// Spells a reply out as its server's JSON library does.
    fn spell(&self, reply: &Value) -> String {
        reply.to_string()
    }
}

/// What was learned of a request before it was refused or granted.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) app: Option<&'static App>,
    pub(crate) request_id: Option<String>,
    /// The phone's single-use token.
    pub(crate) token: Option<String>,
    /// What the vendor takes once, besides the token: a message id, an iv with its ciphertext.
    pub(crate) once: Option<String>,
}

/// A request that is answered with what it asked for.
pub(crate) struct Grant {
    /// The code in the reply.
    pub(crate) code: &'static str,
    pub(crate) charged: bool,
    /// The number behind the token, and the request's id; the fault `other-reply` swaps them.
    pub(crate) whose: Whose,
    pub(crate) write: Writer,
}

/// Writes the reply for whoever it is; `None` if the app's key cannot encrypt.
pub(crate) type Writer = Box<dyn Fn(&Whose) -> Option<Value>>;

/// Whose reply it is.
pub(crate) struct Whose {
    pub(crate) number: String,
    pub(crate) request_id: String,
}

/// A request that is not.
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

/// A gateway's answer, before the wire can damage it.
pub(crate) struct Answer {
    pub(crate) body: String,
    pub(crate) fault: Option<Fault>,
}

/// The gateway that has a path.
pub(crate) fn at(path: &str) -> Option<&'static dyn Gateway> {
    ALL.iter().copied().find(|gateway| gateway.interfaces().iter().any(|(known, _)| *known == path))
}

/// The gateway that an app belongs to.
pub(crate) fn of(app: &App) -> &'static dyn Gateway {
    let gateway = ALL.iter().copied().find(|gateway| gateway.provider() == app.provider);
    gateway.expect("every app is one of a gateway's")
}

/// Judges a request and settles what follows: token, message id, charge and the entry in the ledger.
pub(crate) fn answer(gateway: &dyn Gateway, request: &Request, state: &mut State) -> (Answer, Entry) {
    let now_ms = state.now_ms();
    let failure = state.next_failure(gateway.provider());
    let mut seen = Seen::default();
    let checked = gateway.check(request, state, &mut seen);

    let mut entry = Entry::new(now_ms, &request.method, &request.path);
    entry.of(gateway.provider(), seen.app, seen.request_id.as_deref());
    entry.token_seen_before = seen.token.as_deref().is_some_and(|token| state.has_seen(token));
    if let Some(once) = seen.once.take() {
        state.use_up(once);
    }
    let fault = match failure {
        Some(Failure::Fault(fault)) => Some(fault),
        Some(Failure::Code { code, message, .. }) => {
            let body = play(gateway, request, state, &seen, checked, (&code, message.as_deref()), &mut entry);
            return (Answer { body: gateway.spell(&body), fault: None }, entry);
        }
        None => None,
    };
    let body = match checked {
        Ok(grant) => {
            settle(state, &seen, grant.charged);
            entry.accepted = true;
            entry.charged = grant.charged;
            entry.verdict = grant.code.to_owned();
            let whose = if fault == Some(Fault::OtherReply) { somebody_else() } else { grant.whose };
            (grant.write)(&whose).unwrap_or(Value::Null)
        }
        Err(refusal) => {
            entry.verdict = refusal.code.to_owned();
            entry.explain(refusal.explanation);
            gateway.refuse(request, &seen, refusal.code, &refusal.message, now_ms)
        }
    };
    entry.fault = fault.map(|fault| fault.to_string());
    let body = fault.map_or_else(|| body.clone(), |fault| fault.damage(body.clone()));
    (Answer { body: gateway.spell(&body), fault }, entry)
}

/// Answers a code that was asked for, and spends and charges as that code would have.
fn play(
    gateway: &dyn Gateway,
    request: &Request,
    state: &mut State,
    seen: &Seen,
    checked: Result<Grant, Refusal>,
    (code, said): (&str, Option<&str>),
    entry: &mut Entry,
) -> Value {
    let scenario = Scenario::of(&rows(gateway, &request.path), code, said);
    let mut why = format!("{} was asked for by fail_next", crate::ledger::printable(code));
    match checked {
        Ok(_) if scenario.spends => settle(state, seen, scenario.is_verdict),
        Ok(_) => {}
        Err(refusal) => why = format!("{why}; without it {}: {}", refusal.code, refusal.explanation.headline()),
    }
    entry.verdict = crate::ledger::printable(code);
    entry.accepted = scenario.is_verdict;
    entry.charged = scenario.is_verdict;
    entry.explain(Explanation::words(why));
    gateway.refuse(request, seen, code, &scenario.message, state.now_ms())
}

/// The rows of the tables from which a path answers.
pub(crate) fn rows(gateway: &dyn Gateway, path: &str) -> Vec<&'static Code> {
    let tables = gateway.interfaces().iter().find(|(known, _)| *known == path).map_or(&[][..], |(_, tables)| tables);
    let Ok(provider) = quhao::provider(gateway.provider()) else { return Vec::new() };
    provider.codes().filter(|row| tables.contains(&row.table)).collect()
}

fn settle(state: &mut State, seen: &Seen, charged: bool) {
    let now_ms = state.now_ms();
    if let Some(token) = &seen.token {
        state.tokens.spend(token, now_ms);
    }
    if let Some(app) = seen.app.filter(|_| charged) {
        state.charge(app);
    }
}

fn somebody_else() -> Whose {
    Whose { number: "19900001111".to_owned(), request_id: crypto::random_id() }
}
