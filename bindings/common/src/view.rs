//! The core's results as structs that serialise: their fields are the ones that users see; an absent value is null.

use std::collections::BTreeMap;
use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use quhao::ProviderInfo;
use quhao::{Form, Meaning, Outcome, Phase, Retry};
use serde::Serialize;
use serde_json::Value;

/// A result of an operation.
pub fn answer(outcome: &Outcome) -> Answer<'_> {
    match outcome {
        Outcome::Fetched(fetched) => {
            Answer::Fetched { number: fetched.number.expose(), receipt: Receipt::from(&fetched.receipt) }
        }
        Outcome::Verified(verified) => Answer::Verified {
            verdict: verified.verdict.as_str(),
            matches: verified.matches(),
            receipt: Receipt::from(&verified.receipt),
        },
    }
}

/// A signed request.
pub fn call(call: &quhao::Call<Outcome>) -> Call<'_> {
    let quhao::Call { method, url, headers, body, .. } = call;
    Call { method, url, headers, body, request_id: call.request_id() }
}

/// All facts of an error.
pub fn error(error: &quhao::Error) -> Error<'_> {
    Error {
        kind: error.kind().as_str(),
        retry: error.retry().as_str(),
        charge: error.charge().as_str(),
        provider: error.provider(),
        vendor_code: error.vendor_code(),
        message: error.message(),
        hint: error.hint().to_string(),
        request_id: error.request_id(),
        phase: error.phase().map(Phase::as_str),
        timeout: error.is_timeout(),
        text: error.to_string(),
        causes: std::iter::successors(error.source(), |&inner| inner.source()).map(cause).collect(),
    }
}

/// The loggable facts of one call.
pub fn event(event: &quhao::Event) -> Event<'_> {
    Event {
        provider: event.provider,
        operation: event.operation.as_str(),
        outcome: event.outcome,
        kind: event.kind.map(quhao::ErrorKind::as_str),
        retry: event.retry.map(Retry::as_str),
        phase: event.phase.map(Phase::as_str),
        vendor_code: event.vendor_code.as_deref(),
        charge: event.charge.as_str(),
        request_id: event.request_id.as_deref(),
        duration_ms: milliseconds(event.duration),
        shared: event.shared,
    }
}

/// A report on a phone's params.
pub fn inspection(found: &quhao::Inspection) -> Inspection<'_> {
    Inspection {
        refused: found.is_refused(),
        carrier: found.carrier,
        findings: (found.findings.iter())
            .map(|quhao::Finding { field, cause, action, message, .. }| Finding {
                field,
                cause: cause.as_str(),
                action: action.as_str(),
                message,
            })
            .collect(),
        params: found.params.fields().collect(),
    }
}

/// A signature and the string under it.
pub fn signature(signed: &quhao::Signature) -> Signature<'_> {
    Signature { algorithm: signed.algorithm, base: &signed.base, value: &signed.value }
}

/// Each of [`quhao::counters`].
pub fn counters() -> Vec<Counter> {
    quhao::counters().iter().map(Counter::from).collect()
}

/// Every row of the vendors' code tables for a code.
pub fn explain(code: &str) -> Vec<Code> {
    quhao::explain(code).map(Code::from).collect()
}

/// Every provider with its operations and options.
pub fn providers() -> Vec<Provider> {
    quhao::providers().iter().map(Provider::from).collect()
}

/// A fetched number or a verdict, and the facts that come with either. Serialised without a tag.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Answer<'a> {
    Fetched {
        number: &'a str,
        #[serde(flatten)]
        receipt: Receipt<'a>,
    },
    Verified {
        verdict: &'static str,
        matches: bool,
        #[serde(flatten)]
        receipt: Receipt<'a>,
    },
}

#[derive(Serialize)]
pub struct Receipt<'a> {
    provider: &'static str,
    code: &'a str,
    message: &'a str,
    charge: &'static str,
    trade_no: Option<&'a str>,
    request_id: Option<&'a str>,
    risk: Option<Risk<'a>>,
    extra: &'a BTreeMap<String, Value>,
}

#[derive(Serialize)]
pub struct Risk<'a> {
    level: &'static str,
    code: &'a str,
    tags: &'a [String],
}

#[derive(Serialize)]
pub struct Call<'a> {
    method: &'static str,
    url: &'a str,
    headers: &'a BTreeMap<&'static str, String>,
    body: &'a str,
    request_id: Option<&'a str>,
}

/// `text` is the error in one line; `causes` go from the outermost to the innermost.
#[derive(Serialize)]
pub struct Error<'a> {
    kind: &'static str,
    retry: &'static str,
    charge: &'static str,
    provider: Option<&'static str>,
    vendor_code: Option<&'a str>,
    message: &'a str,
    hint: String,
    request_id: Option<&'a str>,
    phase: Option<&'static str>,
    timeout: bool,
    text: String,
    causes: Vec<Cause>,
}

#[derive(Serialize)]
pub struct Cause {
    message: String,
    errno: Option<i32>,
}

/// `duration_ms` has three decimals.
#[derive(Serialize)]
pub struct Event<'a> {
    provider: &'static str,
    operation: &'static str,
    outcome: &'static str,
    kind: Option<&'static str>,
    retry: Option<&'static str>,
    phase: Option<&'static str>,
    vendor_code: Option<&'a str>,
    charge: &'static str,
    request_id: Option<&'a str>,
    duration_ms: f64,
    shared: bool,
}

#[derive(Serialize)]
pub struct Inspection<'a> {
    refused: bool,
    carrier: Option<&'static str>,
    findings: Vec<Finding<'a>>,
    params: BTreeMap<&'a str, &'a str>,
}

#[derive(Serialize)]
pub struct Finding<'a> {
    field: &'a str,
    cause: &'static str,
    action: &'static str,
    message: &'a str,
}

#[derive(Serialize)]
pub struct Signature<'a> {
    algorithm: &'static str,
    base: &'a str,
    value: &'a str,
}

/// `duration_ms` is the sum over the calls.
#[derive(Serialize)]
pub struct Counter {
    provider: &'static str,
    operation: &'static str,
    outcome: &'static str,
    vendor_code: Option<&'static str>,
    charge: &'static str,
    shared: bool,
    calls: u64,
    duration_ms: f64,
}

/// `meaning` is `answer`, `on_phone`, a verdict, or an error's kind.
#[derive(Serialize)]
pub struct Code {
    provider: &'static str,
    table: &'static str,
    code: &'static str,
    fragment: Option<&'static str>,
    meaning: &'static str,
    charge: &'static str,
    zh: &'static str,
    en: &'static str,
    hint: String,
}

#[derive(Serialize)]
pub struct Provider {
    id: &'static str,
    zh: &'static str,
    en: &'static str,
    operations: Vec<&'static str>,
    options: Vec<OptionSpec>,
}

#[derive(Serialize)]
pub struct OptionSpec {
    name: &'static str,
    form: &'static str,
    choices: &'static [&'static str],
    secret: bool,
    required: bool,
    default: Option<&'static str>,
    zh: &'static str,
    en: &'static str,
}

impl<'a> From<&'a quhao::Receipt> for Receipt<'a> {
    fn from(receipt: &'a quhao::Receipt) -> Self {
        Self {
            provider: receipt.provider,
            code: &receipt.code,
            message: &receipt.message,
            charge: receipt.charge.as_str(),
            trade_no: receipt.trade_no.as_deref(),
            request_id: receipt.request_id.as_deref(),
            risk: receipt.risk.as_ref().map(Risk::from),
            extra: &receipt.extra,
        }
    }
}

impl<'a> From<&'a quhao::Risk> for Risk<'a> {
    fn from(quhao::Risk { level, code, tags, .. }: &'a quhao::Risk) -> Self {
        Self { level: level.as_str(), code, tags }
    }
}

impl From<&quhao::Counter> for Counter {
    fn from(counter: &quhao::Counter) -> Self {
        Self {
            provider: counter.provider,
            operation: counter.operation.as_str(),
            outcome: counter.outcome,
            vendor_code: counter.vendor_code,
            charge: counter.charge.as_str(),
            shared: counter.shared,
            calls: counter.calls,
            duration_ms: milliseconds(counter.duration),
        }
    }
}

impl From<&quhao::Code> for Code {
    fn from(row: &quhao::Code) -> Self {
        let meaning = match row.meaning {
            Meaning::Failure(kind) => kind.as_str(),
            Meaning::OnPhone => "on_phone",
            Meaning::Verdict(verdict) => verdict.as_str(),
            _ => "answer",
        };
        Self {
            provider: row.provider,
            table: row.table,
            code: row.code,
            fragment: row.fragment,
            meaning,
            charge: row.charge.as_str(),
            zh: row.zh,
            en: row.en,
            hint: row.hint().to_string(),
        }
    }
}

impl From<&'static ProviderInfo> for Provider {
    /// A provider's own option replaces the common one of the same name.
    fn from(info: &'static ProviderInfo) -> Self {
        let is_own = |common: &&quhao::OptionSpec| info.options.iter().any(|own| own.name == common.name);
        let common = quhao::common_options().iter().filter(|common| !is_own(common));
        Self {
            id: info.id,
            zh: info.zh,
            en: info.en,
            operations: info.operations.iter().map(|operation| operation.as_str()).collect(),
            options: info.options.iter().chain(common).map(OptionSpec::from).collect(),
        }
    }
}

impl From<&'static quhao::OptionSpec> for OptionSpec {
    fn from(option: &'static quhao::OptionSpec) -> Self {
        Self {
            name: option.name,
            form: option.form.as_str(),
            choices: if let Form::Choice(words) = option.form { words } else { &[] },
            secret: option.form.is_secret(),
            required: option.required,
            default: option.default,
            zh: option.zh,
            en: option.en,
        }
    }
}

fn cause(cause: &(dyn StdError + 'static)) -> Cause {
    let errno = cause.downcast_ref::<io::Error>().and_then(io::Error::raw_os_error);
    Cause { message: cause.to_string(), errno }
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_micros() as f64 / 1e3
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
