//! The core's answers as plain data, once for all languages.
//!
//! A binding turns JSON values into its language's own objects and adds nothing: a field is named here, so it has one
//! name in every language but for the letter case ([`camel`]). Numbers are in clear: an answer is what was asked for.

mod answers;
mod doubles;
mod sandbox;
mod tables;

pub use answers::{answer, call, counters, error, event, inspection, signature};
pub use doubles::doubles;
pub use sandbox::{Refusal, Sandbox};
pub use tables::{explain, providers};

use serde_json::{Map, Value};

/// The same fields under camelCase names; what is inside them keeps the names it came with.
pub fn camel(plain: Value) -> Value {
    match plain {
        Value::Object(fields) => {
            Value::Object(fields.into_iter().map(|(name, value)| (camel_name(&name), value)).collect())
        }
        other => other,
    }
}

/// `request_id` → `requestId`
pub fn camel_name(name: &str) -> String {
    let mut words = name.split('_');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
    }
    camel
}

/// The fields of several objects in one.
fn joined(parts: impl IntoIterator<Item = Value>) -> Value {
    let mut fields = Map::new();
    for part in parts {
        if let Value::Object(part) = part {
            fields.extend(part);
        }
    }
    Value::Object(fields)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_names_at_the_top_change_their_case() {
        let plain = json!({"request_id": "1", "extra": {"trade_no": 2}, "code": null});
        assert_eq!(camel(plain), json!({"requestId": "1", "extra": {"trade_no": 2}, "code": null}));
        assert_eq!(camel_name("fetch_number"), "fetchNumber");
    }
}
