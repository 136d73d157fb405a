//! PHP's values in, the core's answers out.

use ext_php_rs::convert::IntoZval;
use ext_php_rs::types::{ZendHashTable, Zval};
use quhao::{
    Ask, Client, Code, ErrorKind, FetchedNumber, Form, Inspection, Meaning, Operation, OptionSpec, Outcome, Params,
    Receipt, provider,
};
use serde_json::{Map, Value, json};

use crate::engine::{self, Arguments};
use crate::errors::Failure;

/// An operation's question, whose arguments begin at `at`.
pub(crate) fn ask(operation: Operation, given: &Arguments<'_>, at: u32) -> Result<Ask, Failure> {
    Ok(match operation {
        Operation::VerifyIdentity => Ask::verify_identity(&given.text(at)?, &given.text(at + 1)?, &given.text(at + 2)?),
        Operation::VerifyNumber => Ask::verify_number(params(given, at)?, given.maybe(at + 1)?.as_deref()),
        _ => Ask::fetch_number(params(given, at)?),
    })
}

/// What the phone's SDK returned: its map, or the bare token.
pub(crate) fn params(given: &Arguments<'_>, at: u32) -> Result<Params, Failure> {
    let Some(map) = given.value(at).and_then(Zval::array) else {
        let is_token = given.value(at).is_some_and(Zval::is_string);
        return if is_token { given.text(at).map(Params::token) } else { Err(given.refuse(at, c"array|string")) };
    };
    let mut fields = Map::new();
    for (name, value) in entries(map) {
        let value = json_value(value, ErrorKind::Input, &format!("params: {name}"))?;
        fields.insert(name, value);
    }
    // A list is no map, and the core says so.
    let value = if is_list(map) && !map.is_empty() { json!([]) } else { Value::Object(fields) };
    Ok(Params::from_value(&value)?)
}

/// A client by its options, or one of several apps where the options have `apps`.
///
/// The INI entry's time limit holds where the options have none.
pub(crate) fn client(provider: &str, given: &Arguments<'_>, at: u32) -> Result<Client, Failure> {
    let map = given.value(at).and_then(Zval::array).ok_or_else(|| given.refuse(at, c"array"))?;
    let mut common = options(map)?;
    if !common.iter().any(|(name, _)| name == "timeout_ms") {
        common.push(("timeout_ms".to_owned(), engine::ini(crate::INI_TIMEOUT)));
    }
    let Some((_, apps)) = entries(map).find(|(name, _)| name == APPS) else {
        return Ok(Client::new(provider, common)?);
    };
    let lists = apps.array().map(|apps| entries(apps).map(|(_, app)| app.array()).collect::<Option<Vec<_>>>());
    let lists =
        lists.flatten().ok_or_else(|| Failure::config("option apps: expected an array of each app's options"))?;
    let apps = lists.into_iter().map(options).collect::<Result<Vec<_>, _>>()?;
    Ok(Client::with_apps(provider, common, apps)?)
}

/// Options by name; null leaves one out.
fn options(map: &ZendHashTable) -> Result<Vec<(String, String)>, Failure> {
    let mut options = Vec::new();
    for (name, value) in entries(map).filter(|(name, _)| name != APPS) {
        let text = match json_value(value, ErrorKind::Config, &format!("option {name}"))? {
            Value::Null => continue,
            Value::String(text) => text,
            // The vendors' switches are 0 and 1.
            Value::Bool(on) => u8::from(on).to_string(),
            Value::Number(number) => number.to_string(),
            _ => {
                let got = engine::type_name(value);
                return Err(Failure::config(format!("option {name}: expected text, a number or a switch, got {got}")));
            }
        };
        options.push((name, text));
    }
    Ok(options)
}

/// A value as JSON has it; of what is nested, only the kind.
fn json_value(value: &Zval, kind: ErrorKind, name: &str) -> Result<Value, Failure> {
    Ok(match value {
        value if value.is_null() => Value::Null,
        value if value.is_bool() => json!(value.is_true()),
        value if value.is_long() => json!(value.long()),
        value if value.is_double() => json!(value.coerce_to_string()),
        value if value.is_string() => json!(value.str().ok_or_else(|| Failure::not_utf8(kind, name))?),
        value if value.array().is_some_and(is_list) => json!([]),
        _ => json!({}),
    })
}

/// Names and values, whatever bytes the names are of. References are followed.
pub(crate) fn entries(map: &ZendHashTable) -> impl Iterator<Item = (String, &Zval)> {
    // Its `next` panics at a name that is no UTF-8.
    let mut entries = map.iter();
    std::iter::from_fn(move || {
        let (name, value) = entries.next_zval()?;
        let text = name.zend_str().map(|name| String::from_utf8_lossy(name.as_bytes()).into_owned());
        Some((text.unwrap_or_else(|| name.long().unwrap_or_default().to_string()), value.dereference()))
    })
}

/// Whether the names are 0, 1, 2, …
fn is_list(array: &ZendHashTable) -> bool {
    let mut entries = array.iter();
    (0..).zip(std::iter::from_fn(|| entries.next_zval())).all(|(at, (name, _))| name.long() == Some(at))
}

/// An answer as one of the classes in the stub.
pub(crate) fn outcome(outcome: Outcome) -> Zval {
    let (class, answer, receipt) = match outcome {
        Outcome::Fetched(FetchedNumber { number, receipt, .. }) => {
            ("Quhao\\FetchedNumber", json!({"number": number.expose()}), receipt)
        }
        Outcome::Verified(verification) => {
            let answer = json!({"verdict": verification.verdict.as_str(), "matches": verification.matches()});
            ("Quhao\\Verification", answer, verification.receipt)
        }
    };
    let Receipt { provider, code, message, charge, trade_no, request_id, risk, extra, .. } = receipt;
    let risk = risk.map(|risk| json!({"level": risk.level.as_str(), "code": risk.code, "tags": risk.tags}));
    let receipt = json!({
        "provider": provider, "code": code, "message": message, "charge": charge.as_str(), "tradeNo": trade_no,
        "requestId": request_id, "risk": risk, "extra": extra,
    });
    zval(engine::object(class, &[answer, receipt]))
}

/// What was found in the params.
pub(crate) fn inspection(inspection: &Inspection) -> Value {
    let findings = inspection.findings.iter();
    let findings = findings.map(
        |f| json!({"field": f.field, "cause": f.cause.as_str(), "action": f.action.as_str(), "message": f.message}),
    );
    let params: Map<_, _> = inspection.params.fields().map(|(name, value)| (name.to_owned(), json!(value))).collect();
    json!({"findings": findings.collect::<Vec<_>>(), "params": params, "carrier": inspection.carrier, "refused": inspection.is_refused()})
}

/// A row of a vendor's code table.
pub(crate) fn row(row: &Code) -> Value {
    let meaning = match row.meaning {
        Meaning::Answer => "answer",
        Meaning::Failure(kind) => kind.as_str(),
        Meaning::OnPhone => "on_phone",
        Meaning::Verdict(verdict) => verdict.as_str(),
        _ => "undocumented",
    };
    json!({
        "provider": row.provider, "table": row.table, "code": row.code, "fragment": row.fragment, "meaning": meaning,
        "charge": row.charge.as_str(), "zh": row.zh, "en": row.en, "hint": row.hint().to_string(),
    })
}

/// Every provider with its operations and options.
pub(crate) fn providers() -> Value {
    let option = |spec: &OptionSpec| {
        let choices = if let Form::Choice(words) = spec.form { words } else { &[] };
        json!({
            "name": spec.name, "form": spec.form.as_str(), "choices": choices, "required": spec.required,
            "default": spec.default, "zh": spec.zh, "en": spec.en,
        })
    };
    let all = provider::all().iter().map(|info| {
        let operations: Vec<_> = info.operations.iter().map(|operation| operation.as_str()).collect();
        let common = provider::common_options().iter();
        let common = common.filter(|spec| !info.options.iter().any(|own| own.name == spec.name));
        let options: Vec<_> = info.options.iter().chain(common).map(option).collect();
        json!({"id": info.id, "zh": info.zh, "en": info.en, "operations": operations, "options": options})
    });
    all.collect()
}

/// Plain data as PHP has it: an object is an array with names.
pub(crate) fn plain(value: &Value) -> Zval {
    match value {
        Value::Null => Zval::null(),
        Value::Bool(flag) => zval(*flag),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => zval(whole),
            None if number.is_f64() => zval(number.as_f64()),
            // Beyond PHP's integers: its digits.
            None => zval(number.to_string()),
        },
        Value::String(text) => zval(text.as_str()),
        Value::Array(values) => zval(values.iter().map(plain).collect::<Vec<_>>()),
        Value::Object(map) => {
            let mut array = ZendHashTable::new();
            for (name, value) in map {
                array.insert(name.as_str(), plain(value)).expect("an array takes any name");
            }
            zval(array)
        }
    }
}

pub(crate) fn zval(value: impl IntoZval) -> Zval {
    value.into_zval(false).expect("a text, a number or an array is always a PHP value")
}

/// The option that holds each app's own options.
const APPS: &str = "apps";
