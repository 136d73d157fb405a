//! Answers a request by its gateway's verdict: spends, charges, records.

use serde_json::Value;

use crate::crypto;
use crate::explain::Explanation;
use crate::faults::Fault;
use crate::gateway::{Gateway, Grant, Refusal, Seen, Whose, rows};
use crate::ledger::{Entry, printable};
use crate::request::Request;
use crate::scenario::{Failure, Scenario};
use crate::state::State;

/// A gateway's answer, before the wire can damage it.
pub(crate) struct Answer {
    pub(crate) body: String,
    pub(crate) fault: Option<Fault>,
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
    let mut why = format!("{} was asked for by fail_next", printable(code));
    match checked {
        Ok(_) if scenario.spends => settle(state, seen, scenario.is_verdict),
        Ok(_) => {}
        Err(refusal) => why = format!("{why}; without it {}: {}", refusal.code, refusal.explanation.headline()),
    }
    entry.verdict = printable(code);
    entry.accepted = scenario.is_verdict;
    entry.charged = scenario.is_verdict;
    entry.explain(Explanation::words(why));
    gateway.refuse(request, seen, code, &scenario.message, state.now_ms())
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
