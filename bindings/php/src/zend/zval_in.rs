//! PHP's values as plain data.

use ext_php_rs::types::{ZendHashTable, Zval};
use serde_json::{Map, Value, json};

/// A string that is not UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotUtf8;

/// The text of a string, `None` for other types.
///
/// # Errors
///
/// [`NotUtf8`].
pub(crate) fn text(zval: &Zval) -> Result<Option<&str>, NotUtf8> {
    zval.zend_str().map(|text| str::from_utf8(text.as_bytes()).map_err(|_| NotUtf8)).transpose()
}

/// A scalar as JSON. Of nested values only the kind is kept: an empty list or object.
///
/// # Errors
///
/// [`NotUtf8`].
pub(crate) fn value(zval: &Zval) -> Result<Value, NotUtf8> {
    Ok(match zval {
        zval if zval.is_string() => Value::from(text(zval)?),
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
