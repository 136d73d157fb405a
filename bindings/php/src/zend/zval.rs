//! Values of PHP and of Rust, both ways.

use ext_php_rs::convert::IntoZval;
use ext_php_rs::types::{ZendHashTable, Zval};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// A scalar as JSON, `None` for a string that is not UTF-8. Of nested values only the kind is kept: `[]` or `{}`.
pub(crate) fn value(zval: &Zval) -> Option<Value> {
    Some(match zval {
        zval if zval.is_string() => Value::from(str::from_utf8(zval.zend_str()?.as_bytes()).ok()?),
        zval if zval.is_null() => Value::Null,
        zval if zval.is_bool() => json!(zval.is_true()),
        zval if zval.is_long() => json!(zval.long()),
        zval if zval.is_double() => json!(zval.coerce_to_string()),
        zval if zval.array().is_some_and(is_list) => json!([]),
        _ => Value::Object(Map::new()),
    })
}

/// An array's names and values. References are followed; ext-php-rs's own keys panic at a name that is not UTF-8.
pub(crate) fn entries(array: &ZendHashTable) -> impl Iterator<Item = (String, &Zval)> {
    let mut entries = array.iter();
    std::iter::from_fn(move || entries.next_zval()).map(|(name, value)| {
        let text = name.zend_str().map(|name| String::from_utf8_lossy(name.as_bytes()).into_owned());
        (text.unwrap_or_else(|| name.long().unwrap_or_default().to_string()), value.dereference())
    })
}

/// Whether an array's names are 0, 1, 2, …
pub(crate) fn is_list(array: &ZendHashTable) -> bool {
    (0..).zip(entries(array)).all(|(at, (name, _)): (usize, _)| name == at.to_string())
}

/// A text, a number of at most 63 bits, an array or an object.
pub(crate) fn to_zval(value: impl IntoZval) -> Zval {
    value.into_zval(false).expect("a text, a number, an array or an object is always a PHP value")
}

/// Plain data: structs and maps become arrays, and an integer beyond PHP's becomes its digits.
pub(crate) fn plain(data: impl Serialize) -> Zval {
    from_json(serde_json::to_value(data).expect("plain data"))
}

pub(super) fn from_json(value: Value) -> Zval {
    match value {
        Value::Null => Zval::null(),
        Value::Bool(flag) => to_zval(flag),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(integer), _) => to_zval(integer),
            (None, Some(integer)) => to_zval(integer.to_string()),
            (None, None) => to_zval(number.as_f64()),
        },
        Value::String(text) => to_zval(text),
        Value::Array(items) => {
            let mut array = ZendHashTable::new();
            items.into_iter().for_each(|item| array.push(from_json(item)).expect("it is a PHP value already"));
            to_zval(array)
        }
        Value::Object(fields) => {
            let mut array = ZendHashTable::new();
            for (name, field) in fields {
                array.insert(name.as_str(), from_json(field)).expect("it is a PHP value already");
            }
            to_zval(array)
        }
    }
}
