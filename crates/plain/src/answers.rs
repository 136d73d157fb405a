//! What calls end in.

use std::collections::BTreeMap;
use std::error::Error as StdError;
use std::io;

use quhao::{Call, Counter, Error, Event, Inspection, Outcome, Phase, Retry, Signature};
use serde_json::{Value, json};

use crate::joined;

/// `{number}` or `{verdict, matches}`, and the receipt's `provider, code, message, charge, trade_no, request_id, risk, extra`.
pub fn answer(outcome: Outcome) -> Value {
    let (answer, receipt) = match outcome {
        Outcome::Fetched(fetched) => (json!({"number": fetched.number.expose()}), fetched.receipt),
        Outcome::Verified(verified) => {
            (json!({"verdict": verified.verdict.as_str(), "matches": verified.matches()}), verified.receipt)
        }
    };
    let risk = receipt.risk.map(|risk| json!({"level": risk.level.as_str(), "code": risk.code, "tags": risk.tags}));
    let receipt = json!({
        "provider": receipt.provider, "code": receipt.code, "message": receipt.message,
        "charge": receipt.charge.as_str(), "trade_no": receipt.trade_no, "request_id": receipt.request_id,
        "risk": risk, "extra": receipt.extra,
    });
    joined([answer, receipt])
}

/// `method, url, headers, body, request_id`
pub fn call<T>(call: &Call<T>) -> Value {
    json!({
        "method": call.method, "url": call.url, "headers": call.headers, "body": call.body,
        "request_id": call.request_id(),
    })
}

/// An error's facts, its `text` in one line, and its `causes`: `{message, errno}` from the outside in.
pub fn error(error: &Error) -> Value {
    let cause = |cause: &(dyn StdError + 'static)| {
        let errno = cause.downcast_ref::<io::Error>().and_then(io::Error::raw_os_error);
        json!({"message": cause.to_string(), "errno": errno})
    };
    let causes: Vec<_> = std::iter::successors(error.source(), |&inner| inner.source()).map(cause).collect();
    json!({
        "kind": error.kind().as_str(), "retry": error.retry().as_str(), "charge": error.charge().as_str(),
        "provider": error.provider(), "vendor_code": error.vendor_code(), "message": error.message(),
        "hint": error.hint().to_string(), "request_id": error.request_id(), "phase": error.phase().map(Phase::as_str),
        "timeout": error.is_timeout(), "text": error.to_string(), "causes": causes,
    })
}

/// What may be logged of a call; `duration_ms` has three digits after the point.
pub fn event(event: &Event) -> Value {
    json!({
        "provider": event.provider, "operation": event.operation.as_str(), "outcome": event.outcome,
        "kind": event.kind.map(|kind| kind.as_str()), "retry": event.retry.map(Retry::as_str),
        "phase": event.phase.map(Phase::as_str), "vendor_code": event.vendor_code, "charge": event.charge.as_str(),
        "request_id": event.request_id, "duration_ms": event.duration.as_micros() as f64 / 1e3, "shared": event.shared,
    })
}

/// Each of [`quhao::counters`]; `duration_ms` is the sum over its calls.
pub fn counters() -> Value {
    let counter = |counter: Counter| {
        json!({
            "provider": counter.provider, "operation": counter.operation.as_str(), "outcome": counter.outcome,
            "vendor_code": counter.vendor_code, "charge": counter.charge.as_str(), "shared": counter.shared,
            "calls": counter.calls, "duration_ms": counter.duration.as_micros() as f64 / 1e3,
        })
    };
    quhao::counters().into_iter().map(counter).collect()
}

/// `refused, carrier, findings, params`
pub fn inspection(found: &Inspection) -> Value {
    let findings = found.findings.iter().map(|finding| {
        json!({
            "field": finding.field, "cause": finding.cause.as_str(), "action": finding.action.as_str(),
            "message": finding.message,
        })
    });
    json!({
        "refused": found.is_refused(), "carrier": found.carrier, "findings": findings.collect::<Vec<_>>(),
        "params": found.params.fields().collect::<BTreeMap<_, _>>(),
    })
}

/// `algorithm, base, value`
pub fn signature(signed: &Signature) -> Value {
    json!({"algorithm": signed.algorithm, "base": signed.base, "value": signed.value})
}
