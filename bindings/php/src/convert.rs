//! PHP's values in, the core's answers out.

use std::collections::BTreeMap;

use ext_php_rs::boxed::ZBox;
use ext_php_rs::types::{ZendHashTable, ZendObject, Zval};
use quhao::{Ask, Client, Error, ErrorKind, Operation, Outcome, Params};
use quhao_bindings::view;
use quhao_php_engine::{Arguments, Body, Object, entries, ini, is_list, object, snake, text, type_name, value};
use serde_json::{Value, json};

use crate::Answer;
use crate::errors::Failure;

pub(crate) const BODIES: &[Body] = &[
    Body::new("Quhao\\FetchedNumber::toArray", |given| Answer::Ok(given.this().properties())),
    Body::new("Quhao\\Verification::toArray", |given| Answer::Ok(given.this().properties())),
];

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
        let token = given.value(at).filter(|token| token.is_string());
        token.ok_or_else(|| given.refuse(at, c"array|string"))?;
        return Ok(Params::token(given.text(at)?));
    };
    // A list is no map, and the core says so.
    if is_list(map) && !map.is_empty() {
        return Ok(Params::from_value(&json!([]))?);
    }
    let mut fields = BTreeMap::new();
    for (name, field) in entries(map) {
        let not_utf8 = |_| Failure::not_utf8(ErrorKind::Input, "params: ", &name);
        if let Some(text) = text(field).map_err(not_utf8)? {
            fields.insert(name, text.to_owned());
            continue;
        }
        // What else may stand for a text is the core's to say.
        let read = Params::from_value(&json!({ name.as_str(): value(field).map_err(not_utf8)? }))?;
        fields.extend(read.field(&name).map(|text| (name.clone(), text.to_owned())));
    }
    Ok(fields.into())
}

/// A client by its options, or one of several apps where the options have `apps`.
///
/// The INI entry's time limit holds where the options have none.
pub(crate) fn configured(provider: &str, given: &Arguments<'_>, at: u32) -> Result<Client, Failure> {
    let map = given.value(at).and_then(Zval::array).ok_or_else(|| given.refuse(at, c"array"))?;
    let mut common = options(map)?;
    if !common.iter().any(|(name, _)| name == "timeout_ms") {
        common.push(("timeout_ms".to_owned(), ini(crate::INI_TIMEOUT)));
    }
    let Some(apps) = map.get(APPS).map(Zval::dereference) else { return Ok(Client::shared(provider, common)?) };
    let lists = apps.array().and_then(|apps| entries(apps).map(|(_, app)| app.array()).collect::<Option<Vec<_>>>());
    let lists = lists.ok_or_else(|| Failure::config("option apps: expected an array of each app's options"))?;
    let apps = lists.into_iter().map(options).collect::<Result<Vec<_>, _>>()?;
    Ok(Client::with_apps(provider, common, apps)?)
}

/// Options by name; null leaves one out.
fn options(map: &ZendHashTable) -> Result<Vec<(String, String)>, Failure> {
    let mut options = Vec::new();
    for (name, option) in entries(map).filter(|(name, _)| name != APPS) {
        let text = match value(option).map_err(|_| Failure::not_utf8(ErrorKind::Config, "option ", &name))? {
            Value::Null => continue,
            Value::String(text) => text,
            // The vendors' switches are 0 and 1.
            Value::Bool(on) => u8::from(on).to_string(),
            Value::Number(number) => number.to_string(),
            _ => {
                let got = type_name(option);
                return Err(Failure::config(format!("option {name}: expected text, a number or a switch, got {got}")));
            }
        };
        options.push((name, text));
    }
    Ok(options)
}

/// Reads `fetchNumber`, as PHP names it, and `fetch_number`.
pub(crate) fn operation(name: &str) -> Result<Operation, Error> {
    snake(name).parse()
}

/// No status that HTTP knows reads as 0, which no gateway answers.
pub(crate) fn http_status(given: &Arguments<'_>, at: u32) -> Result<u16, Failure> {
    Ok(u16::try_from(given.whole(at)?).unwrap_or_default())
}

/// An answer as one of the classes in the stub.
pub(crate) fn outcome(outcome: &Outcome) -> ZBox<ZendObject> {
    let class = match outcome {
        Outcome::Fetched(_) => "Quhao\\FetchedNumber",
        Outcome::Verified(_) => "Quhao\\Verification",
    };
    object(class, &view::answer(outcome))
}

/// The option that holds each app's own options.
const APPS: &str = "apps";
