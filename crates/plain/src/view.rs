//! The core's answers as views: a language's serialiser makes its own objects of them, with nothing in between.
//!
//! Each is an object whose fields have the core's names, or a list of such.

use std::collections::BTreeMap;
use std::error::Error as StdError;
use std::io;

use quhao::provider::{self, ProviderInfo};
use quhao::{
    Call, Code, Counter, Error, Event, Finding, Form, Inspection, Meaning, OptionSpec, Outcome, Phase, Receipt, Retry,
    Risk, Signature,
};
use serde::ser::{Serialize, SerializeStruct, Serializer};

/// `{number}` or `{verdict, matches}`, and the receipt's `provider, code, message, charge, trade_no, request_id, risk, extra`.
pub fn answer(outcome: &Outcome) -> impl Serialize + '_ {
    Answer(outcome)
}

/// A function that returns a view of what it is given: its fields in their order.
macro_rules! view {
    ($(#[$doc:meta])* $visible:vis fn $name:ident($it:ident: $of:ty) { $($field:literal: $value:expr),* $(,)? }) => {
        $(#[$doc])*
        $visible fn $name<'a>($it: &'a $of) -> impl Serialize + 'a {
            struct View<'a>(&'a $of);

            impl Serialize for View<'_> {
                fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                    let $it = self.0;
                    let mut object = to.serialize_struct(stringify!($name), [$($field),*].len())?;
                    $(object.serialize_field($field, &$value)?;)*
                    object.end()
                }
            }

            View($it)
        }
    };
}

view! {
    /// `method, url, headers, body, request_id`
    pub fn call(call: Call<Outcome>) {
        "method": call.method, "url": call.url, "headers": call.headers, "body": call.body,
        "request_id": call.request_id(),
    }
}

view! {
    /// An error's facts, its `text` in one line, and its `causes`: `{message, errno}` from the outside in.
    pub fn error(error: Error) {
        "kind": error.kind().as_str(), "retry": error.retry().as_str(), "charge": error.charge().as_str(),
        "provider": error.provider(), "vendor_code": error.vendor_code(), "message": error.message(),
        "hint": error.hint().to_string(), "request_id": error.request_id(), "phase": error.phase().map(Phase::as_str),
        "timeout": error.is_timeout(), "text": error.to_string(), "causes": causes(error).map(cause).collect::<Vec<_>>(),
    }
}

view! {
    /// What may be logged of a call; `duration_ms` has three digits after the point.
    pub fn event(event: Event) {
        "provider": event.provider, "operation": event.operation.as_str(), "outcome": event.outcome,
        "kind": event.kind.map(|kind| kind.as_str()), "retry": event.retry.map(Retry::as_str),
        "phase": event.phase.map(Phase::as_str), "vendor_code": event.vendor_code, "charge": event.charge.as_str(),
        "request_id": event.request_id, "duration_ms": event.duration.as_micros() as f64 / 1e3,
        "shared": event.shared,
    }
}

view! {
    /// `refused, carrier, findings, params`
    pub fn inspection(found: Inspection) {
        "refused": found.is_refused(), "carrier": found.carrier, "findings": found.findings.iter().map(finding).collect::<Vec<_>>(),
        "params": found.params.fields().collect::<BTreeMap<_, _>>(),
    }
}

view! {
    /// `algorithm, base, value`
    pub fn signature(signed: Signature) { "algorithm": signed.algorithm, "base": signed.base, "value": signed.value }
}

/// Each of [`quhao::counters`]; `duration_ms` is the sum over its calls.
pub fn counters() -> impl Serialize {
    Counters(quhao::counters())
}

/// Every row for a vendor's code: `provider, table, code, fragment, meaning, charge, zh, en, hint`.
///
/// `meaning` is `answer`, `on_phone`, a verdict, or an error's kind.
pub fn explain(code: &str) -> impl Serialize + use<> {
    quhao::explain(code).map(row).collect::<Vec<_>>()
}

/// Every provider: `id, zh, en, operations, options`, an option being
/// `name, form, choices, secret, required, default, zh, en`.
pub fn providers() -> impl Serialize {
    provider::all().iter().map(provider).collect::<Vec<_>>()
}

struct Answer<'a>(&'a Outcome);

impl Serialize for Answer<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let (mut object, receipt) = match self.0 {
            Outcome::Fetched(fetched) => {
                let mut object = to.serialize_struct("answer", 9)?;
                object.serialize_field("number", fetched.number.expose())?;
                (object, &fetched.receipt)
            }
            Outcome::Verified(verified) => {
                let mut object = to.serialize_struct("answer", 10)?;
                object.serialize_field("verdict", verified.verdict.as_str())?;
                object.serialize_field("matches", &verified.matches())?;
                (object, &verified.receipt)
            }
        };
        let Receipt { provider, code, message, charge, trade_no, request_id, extra, .. } = receipt;
        object.serialize_field("provider", provider)?;
        object.serialize_field("code", code)?;
        object.serialize_field("message", message)?;
        object.serialize_field("charge", charge.as_str())?;
        object.serialize_field("trade_no", trade_no)?;
        object.serialize_field("request_id", request_id)?;
        object.serialize_field("risk", &receipt.risk.as_ref().map(risk))?;
        object.serialize_field("extra", extra)?;
        object.end()
    }
}

struct Counters(Vec<Counter>);

impl Serialize for Counters {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.0.iter().map(counter))
    }
}

view! {
    fn cause(cause: (dyn StdError + 'static)) {
        "message": cause.to_string(),
        "errno": cause.downcast_ref::<io::Error>().and_then(io::Error::raw_os_error),
    }
}

view! {
    fn counter(counter: Counter) {
        "provider": counter.provider, "operation": counter.operation.as_str(), "outcome": counter.outcome,
        "vendor_code": counter.vendor_code, "charge": counter.charge.as_str(), "shared": counter.shared,
        "calls": counter.calls, "duration_ms": counter.duration.as_micros() as f64 / 1e3,
    }
}

view! {
    fn finding(finding: Finding) {
        "field": finding.field, "cause": finding.cause.as_str(), "action": finding.action.as_str(),
        "message": finding.message,
    }
}

view! {
    fn option(option: OptionSpec) {
        "name": option.name, "form": option.form.as_str(), "choices": choices(option),
        "secret": option.form.is_secret(), "required": option.required, "default": option.default, "zh": option.zh,
        "en": option.en,
    }
}

view! {
    fn provider(provider: ProviderInfo) {
        "id": provider.id, "zh": provider.zh, "en": provider.en,
        "operations": provider.operations.iter().map(|operation| operation.as_str()).collect::<Vec<_>>(),
        "options": options(provider).map(option).collect::<Vec<_>>(),
    }
}

view! {
    fn risk(risk: Risk) { "level": risk.level.as_str(), "code": risk.code, "tags": risk.tags }
}

view! {
    fn row(row: Code) {
        "provider": row.provider, "table": row.table, "code": row.code, "fragment": row.fragment,
        "meaning": meaning(row), "charge": row.charge.as_str(), "zh": row.zh, "en": row.en,
        "hint": row.hint().to_string(),
    }
}

fn causes(error: &Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    std::iter::successors(error.source(), |&inner| inner.source())
}

fn choices(option: &OptionSpec) -> &[&str] {
    if let Form::Choice(words) = option.form { words } else { &[] }
}

fn meaning(row: &Code) -> &'static str {
    match row.meaning {
        Meaning::Failure(kind) => kind.as_str(),
        Meaning::OnPhone => "on_phone",
        Meaning::Verdict(verdict) => verdict.as_str(),
        _ => "answer",
    }
}

/// A provider's own options, and the common ones. Its own stands for the common one of the same name.
fn options(provider: &ProviderInfo) -> impl Iterator<Item = &OptionSpec> {
    let is_own = |common: &&OptionSpec| provider.options.iter().any(|own| own.name == common.name);
    provider.options.iter().chain(provider::common_options().iter().filter(move |common| !is_own(common)))
}

#[cfg(test)]
mod tests {
    use quhao::{Client, Moment, Operation, Params};
    use serde_json::{Value, json};

    use super::*;

    fn plain(view: impl Serialize) -> Value {
        serde_json::to_value(view).unwrap()
    }

    #[test]
    fn a_field_that_is_absent_is_null() {
        let failed = plain(error(&Client::new("nobody", [("", "")]).unwrap_err()));
        assert_eq!(
            (&failed["kind"], &failed["phase"], &failed["causes"]),
            (&json!("config"), &Value::Null, &json!([]))
        );
        assert!(failed.as_object().unwrap().contains_key("vendor_code"));
    }

    #[test]
    fn an_inspection_tells_what_it_found() {
        let options = [("app_id", "a"), ("app_key", "0123456789abcdef")];
        let client = Client::new("shanyan", options).unwrap();
        let found = client.inspect(Operation::FetchNumber, Params::from(""), &Moment::at(0, [0; 16]));
        let told = plain(inspection(&found));
        assert_eq!(told["refused"], json!(true));
        assert_eq!(told["findings"][0]["action"], json!("refused"));
    }

    #[test]
    fn a_providers_own_option_stands_for_the_common_one() {
        let told = plain(providers());
        for provider in told.as_array().unwrap() {
            let names: Vec<_> = provider["options"].as_array().unwrap().iter().map(|option| &option["name"]).collect();
            let unique: std::collections::HashSet<_> = names.iter().map(ToString::to_string).collect();
            assert_eq!(names.len(), unique.len(), "{provider}");
        }
        assert!(!plain(explain("403000")).as_array().unwrap().is_empty());
    }
}
