//! Answers a request by its gateway's verdict: spends, charges, records.

use serde_json::Value;

use crate::crypto;
use crate::explain::Explanation;
use crate::faults::Fault;
use crate::gateway::{Approval, Gateway, Refusal, RequestFacts, Subject, rows};
use crate::ledger::{Entry, printable};
use crate::request::Request;
use crate::scenario::{Failure, Scenario};
use crate::state::State;

/// A gateway's answer, before the wire can damage it.
pub(crate) struct Answer {
    pub(crate) body: String,
    pub(crate) fault: Option<Fault>,
}

/// Judges a request and applies the verdict: token, message id, charge and the entry in the ledger.
pub(crate) fn answer(gateway: &dyn Gateway, request: &Request, state: &mut State) -> (Answer, Entry) {
    let now_ms = state.now_ms();
    let failure = state.next_failure(gateway.provider());
    let mut facts = RequestFacts::default();
    let checked = gateway.check(request, state, &mut facts);

    let mut entry = Entry::new(now_ms, &request.method, &request.path);
    entry.of(gateway.provider(), facts.app, facts.request_id.as_deref());
    entry.token_seen_before = facts.token.as_deref().is_some_and(|token| state.has_seen(token));
    if let Some(once) = facts.once.take() {
        state.use_up(once);
    }
    let fault = match failure {
        Some(Failure::Fault(fault)) => Some(fault),
        Some(Failure::Code { code, message, .. }) => {
            let body = play(gateway, request, state, &facts, checked, (&code, message.as_deref()), &mut entry);
            return (Answer { body: gateway.serialize(&body), fault: None }, entry);
        }
        None => None,
    };
    let body = match checked {
        Ok(approval) => {
            apply(state, &facts, approval.charged);
            entry.accepted = true;
            entry.charged = approval.charged;
            entry.verdict = approval.code.to_owned();
            let subject = if fault == Some(Fault::OtherReply) { another_user() } else { approval.subject };
            (approval.write)(&subject).unwrap_or(Value::Null)
        }
        Err(refusal) => {
            entry.verdict = refusal.code.to_owned();
            entry.explain(refusal.explanation);
            gateway.refuse(request, &facts, refusal.code, &refusal.message, now_ms)
        }
    };
    entry.fault = fault.map(|fault| fault.to_string());
    let body = fault.map_or_else(|| body.clone(), |fault| fault.damage(body.clone()));
    (Answer { body: gateway.serialize(&body), fault }, entry)
}

/// Answers a code that was asked for, and spends and charges as that code would have.
fn play(
    gateway: &dyn Gateway,
    request: &Request,
    state: &mut State,
    facts: &RequestFacts,
    checked: Result<Approval, Refusal>,
    (code, said): (&str, Option<&str>),
    entry: &mut Entry,
) -> Value {
    let scenario = Scenario::of(&rows(gateway, &request.path), code, said);
    let mut why = format!("{} was asked for by fail_next", printable(code));
    match checked {
        Ok(_) if scenario.spends => apply(state, facts, scenario.is_verdict),
        Ok(_) => {}
        Err(refusal) => why = format!("{why}; without it {}: {}", refusal.code, refusal.explanation.headline()),
    }
    entry.verdict = printable(code);
    entry.accepted = scenario.is_verdict;
    entry.charged = scenario.is_verdict;
    entry.explain(Explanation::words(why));
    gateway.refuse(request, facts, code, &scenario.message, state.now_ms())
}

fn apply(state: &mut State, facts: &RequestFacts, charged: bool) {
    let now_ms = state.now_ms();
    if let Some(token) = &facts.token {
        state.tokens.spend(token, now_ms);
    }
    if let Some(app) = facts.app.filter(|_| charged) {
        state.charge(app);
    }
}

fn another_user() -> Subject {
    Subject { number: "19900001111".to_owned(), request_id: crypto::random_id() }
}
