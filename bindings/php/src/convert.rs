//! PHP's values in, the core's answers out.

use ext_php_rs::boxed::ZBox;
use ext_php_rs::types::{ZendHashTable, ZendObject, Zval};
use quhao::{Ask, Client, ErrorKind, Operation, Outcome, Params};
use quhao_bindings::view;
use serde_json::{Map, Value};

use crate::Result;
use crate::errors::Failure;
use crate::zend::{Arguments, Handler, entries, ini, is_list, object, properties, snake, value};

pub(crate) const HANDLERS: &[Handler] = &[
    Handler::new("Quhao\\FetchedNumber::toArray", |args| Ok(properties(args.this()))),
    Handler::new("Quhao\\Verification::toArray", |args| Ok(properties(args.this()))),
];

/// An operation and its arguments, which begin at `at`.
pub(crate) fn ask(operation: Operation, args: &Arguments<'_>, at: u32) -> Result<Ask> {
    Ok(match operation {
        Operation::VerifyIdentity => Ask::verify_identity(&args.text(at)?, &args.text(at + 1)?, &args.text(at + 2)?),
        Operation::VerifyNumber => Ask::verify_number(params(args, at)?, args.optional_text(at + 1)?.as_deref()),
        _ => Ask::fetch_number(params(args, at)?),
    })
}

/// The result of the phone's SDK: its map, or the bare token.
pub(crate) fn params(args: &Arguments<'_>, at: u32) -> Result<Params> {
    let Some(map) = args.value(at).and_then(Zval::array) else {
        let token = args.value(at).filter(|token| token.is_string());
        token.ok_or_else(|| args.type_error(at, c"array|string"))?;
        return Ok(Params::token(args.text(at)?));
    };
    // The core refuses a list.
    if is_list(map) && !map.is_empty() {
        return Ok(Params::from_value(&Value::Array(Vec::new()))?);
    }
    let mut fields = Map::new();
    for (name, field) in entries(map) {
        let field = value(field).ok_or_else(|| Failure::not_utf8(ErrorKind::Input, "params: ", &name))?;
        fields.insert(name, field);
    }
    Ok(Params::from_value(&Value::Object(fields))?)
}

/// A client by its options, or one of several apps where the options have `apps`.
///
/// The INI entry's time limit holds where the options have none.
pub(crate) fn configured(provider: &str, args: &Arguments<'_>, at: u32) -> Result<Client> {
    let map = args.value(at).and_then(Zval::array).ok_or_else(|| args.type_error(at, c"array"))?;
    let mut common = options(map)?;
    if !common.iter().any(|(name, _)| name == "timeout_ms") {
        common.push(("timeout_ms".to_owned(), ini(crate::INI_TIMEOUT, false)));
    }
    let Some(apps) = map.get(APPS).map(Zval::dereference) else { return Ok(Client::shared(provider, common)?) };
    let lists = apps.array().and_then(|apps| entries(apps).map(|(_, app)| app.array()).collect::<Option<Vec<_>>>());
    let lists = lists.ok_or_else(|| Failure::config("option apps: expected an array of each app's options"))?;
    let apps = lists.into_iter().map(options).collect::<Result<Vec<_>>>()?;
    Ok(Client::with_apps(provider, common, apps)?)
}

/// Options by name; null leaves one out.
fn options(map: &ZendHashTable) -> Result<Vec<(String, String)>> {
    let mut options = Vec::new();
    for (name, option) in entries(map).filter(|(name, _)| name != APPS) {
        let text = match value(option).ok_or_else(|| Failure::not_utf8(ErrorKind::Config, "option ", &name))? {
            Value::Null => continue,
            Value::String(text) => text,
            // The vendors' switches are 0 and 1.
            Value::Bool(on) => u8::from(on).to_string(),
            Value::Number(number) => number.to_string(),
            _ => {
                let kind = if option.is_array() { "array" } else { "resource" }.to_owned();
                let got = option.object().and_then(|object| object.get_class_name().ok()).unwrap_or(kind);
                return Err(Failure::config(format!("option {name}: expected text, a number or a switch, got {got}")));
            }
        };
        options.push((name, text));
    }
    Ok(options)
}

/// Reads `fetchNumber`, as PHP names it, and `fetch_number`.
pub(crate) fn operation(name: &str) -> Result<Operation> {
    Ok(snake(name).parse()?)
}

/// No status that HTTP knows reads as 0, which no gateway answers.
pub(crate) fn http_status(args: &Arguments<'_>, at: u32) -> Result<u16> {
    Ok(u16::try_from(args.integer(at)?).unwrap_or_default())
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
