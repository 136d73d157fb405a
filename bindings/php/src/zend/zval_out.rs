//! Rust's values as PHP's.

use ext_php_rs::convert::IntoZval;
use ext_php_rs::types::{ZendHashTable, Zval};
use serde::Serialize;
use serde_json::Value;

/// A text, number, array or object.
///
/// # Panics
///
/// For a number beyond 63 bits and a list of more than 2³² items.
pub(crate) fn to_zval(value: impl IntoZval) -> Zval {
    value.into_zval(false).expect("a text, a number, an array or an object is always a PHP value")
}

/// Plain data: structs and maps become arrays, and an integer beyond PHP's becomes its digits.
///
/// # Panics
///
/// If it does not serialise to JSON.
pub(crate) fn plain(data: &(impl Serialize + ?Sized)) -> Zval {
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
