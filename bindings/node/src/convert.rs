//! Questions into the core's types, and the core's answers into plain data.

use std::collections::BTreeMap;

use quhao::{Ask, Code, Error, Form, Inspection, Meaning, Moment, Operation, OptionSpec, Outcome, Params};
use serde_json::{Map, Value, json};

pub(crate) type Fields = BTreeMap<String, String>;

pub(crate) fn operation(question: &Value) -> Result<Operation, Error> {
    text(question, "operation").unwrap_or_default().parse()
}

pub(crate) fn params(question: &Value) -> Result<Params, Error> {
    Params::from_value(&question["params"])
}

pub(crate) fn ask(question: &Value) -> Result<Ask, Error> {
    let required = |name| text(question, name).unwrap_or_default();
    Ok(match operation(question)? {
        Operation::VerifyIdentity => Ask::verify_identity(required("number"), required("name"), required("id_card")),
        Operation::VerifyNumber => Ask::verify_number(params(question)?, text(question, "number")),
        _ => Ask::fetch_number(params(question)?),
    })
}

/// The question's moment, or now.
pub(crate) fn moment(question: &Value) -> Result<Moment, Error> {
    let Some(moment) = question.get("moment") else { return Moment::now() };
    let nonce = u128::from_str_radix(text(moment, "nonce").unwrap_or_default(), 16).unwrap_or_default();
    let now_ms = text(moment, "now_ms").and_then(|text| text.parse().ok()).unwrap_or_default();
    Ok(Moment::at(now_ms, nonce.to_be_bytes()))
}

fn text<'a>(question: &'a Value, name: &str) -> Option<&'a str> {
    question.get(name).and_then(Value::as_str)
}

pub(crate) fn answer(outcome: Outcome) -> Value {
    let (mut fields, receipt) = match outcome {
        Outcome::Fetched(fetched) => (json!({"number": fetched.number.expose()}), fetched.receipt),
        Outcome::Verified(verified) => {
            (json!({"verdict": verified.verdict.as_str(), "matches": verified.matches()}), verified.receipt)
        }
    };
    let risk = receipt.risk.map(|risk| json!({"level": risk.level.as_str(), "code": risk.code, "tags": risk.tags}));
    let extra: Map<_, _> = receipt.extra.into_iter().map(|(name, value)| (name, exact(value))).collect();
    let rest = json!({
        "provider": receipt.provider, "code": receipt.code, "message": receipt.message,
        "charge": receipt.charge.as_str(), "tradeNo": receipt.trade_no, "requestId": receipt.request_id,
        "risk": risk, "extra": extra,
    });
    if let (Value::Object(fields), Value::Object(rest)) = (&mut fields, rest) {
        fields.extend(rest);
    }
    fields
}

/// Turns whole numbers that a JavaScript number cannot hold into their digits.
fn exact(value: Value) -> Value {
    match value {
        Value::Number(number) if !number.is_f64() && number.as_i64().is_none_or(|n| n.unsigned_abs() > SAFE) => {
            Value::String(number.to_string())
        }
        Value::Array(values) => values.into_iter().map(exact).collect(),
        Value::Object(fields) => fields.into_iter().map(|(name, value)| (name, exact(value))).collect(),
        other => other,
    }
}

/// `Number.MAX_SAFE_INTEGER`
const SAFE: u64 = (1 << 53) - 1;

pub(crate) fn inspection(found: &Inspection) -> Value {
    let finding = |finding: &quhao::Finding| {
        json!({
            "field": finding.field, "cause": finding.cause.as_str(), "action": finding.action.as_str(),
            "message": finding.message,
        })
    };
    json!({
        "refused": found.is_refused(), "carrier": found.carrier,
        "findings": found.findings.iter().map(finding).collect::<Vec<_>>(),
        "params": found.params.fields().collect::<BTreeMap<_, _>>(),
    })
}

pub(crate) fn row(code: &'static Code) -> Value {
    let (meaning, kind, verdict) = match code.meaning {
        Meaning::Failure(kind) => ("failure", Some(kind.as_str()), None),
        Meaning::OnPhone => ("on_phone", None, None),
        Meaning::Verdict(verdict) => ("verdict", None, Some(verdict.as_str())),
        _ => ("answer", None, None),
    };
    json!({
        "provider": code.provider, "table": code.table, "code": code.code, "fragment": code.fragment,
        "meaning": meaning, "kind": kind, "verdict": verdict, "charge": code.charge.as_str(),
        "zh": code.zh, "en": code.en, "hint": code.hint().to_string(),
    })
}

pub(crate) fn option(option: &'static OptionSpec) -> Value {
    let choices = if let Form::Choice(words) = option.form { words } else { &[] };
    json!({
        "name": option.name, "form": option.form.as_str(), "choices": choices, "secret": option.form.is_secret(),
        "required": option.required, "default": option.default, "zh": option.zh, "en": option.en,
    })
}
