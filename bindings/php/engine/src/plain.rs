//! Plain data on its way in and out.

use std::ffi::{CStr, c_char};

use ext_php_rs::convert::IntoZval;
use ext_php_rs::types::{ZendHashTable, Zval};
use serde_json::{Map, Value, json};

/// A text that is no UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotUtf8;

/// Plain data as PHP has it: objects are arrays by name, and a whole number beyond PHP's is its digits.
pub fn zval(value: &Value) -> Zval {
    match value {
        Value::Null => Zval::null(),
        Value::Bool(flag) => own(*flag),
        Value::String(text) => own(text.as_str()),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => own(whole),
            (None, Some(fraction)) if number.is_f64() => own(fraction),
            _ => own(number.to_string()),
        },
        Value::Array(list) => own(list.iter().map(zval).collect::<Vec<_>>()),
        Value::Object(fields) => {
            let mut array = ZendHashTable::with_capacity(fields.len().try_into().unwrap_or_default());
            for (name, value) in fields {
                array.insert(name.as_str(), zval(value)).expect("an array takes any name");
            }
            own(array)
        }
    }
}

/// What PHP gave as plain data. Of what is nested it tells the kind alone: an empty list or object.
///
/// # Errors
///
/// [`NotUtf8`] for a string that is none.
pub fn value(zval: &Zval) -> Result<Value, NotUtf8> {
    Ok(match zval {
        zval if zval.is_string() => json!(zval.str().ok_or(NotUtf8)?),
        zval if zval.is_null() => Value::Null,
        zval if zval.is_bool() => json!(zval.is_true()),
        zval if zval.is_long() => json!(zval.long()),
        zval if zval.is_double() => json!(zval.coerce_to_string()),
        zval if zval.array().is_some_and(is_list) => json!([]),
        _ => Value::Object(Map::new()),
    })
}

/// An array's names and values, whatever bytes the names are of. References are followed.
pub fn entries(array: &ZendHashTable) -> impl Iterator<Item = (String, &Zval)> {
    // Its `next` panics at a name that is no UTF-8.
    let mut entries = array.iter();
    std::iter::from_fn(move || {
        let (name, value) = entries.next_zval()?;
        let text = name.zend_str().map(|name| String::from_utf8_lossy(name.as_bytes()).into_owned());
        Some((text.unwrap_or_else(|| name.long().unwrap_or_default().to_string()), value.dereference()))
    })
}

/// Whether an array's names are 0, 1, 2, …
pub fn is_list(array: &ZendHashTable) -> bool {
    let mut entries = array.iter();
    (0..).zip(std::iter::from_fn(|| entries.next_zval())).all(|(at, (name, _))| name.long() == Some(at))
}

/// What PHP calls the type of a value: `string`, `ArrayObject`.
pub fn type_name(zval: &Zval) -> String {
    // SAFETY: it returns a string of the engine's.
    unsafe { CStr::from_ptr(zend_zval_type_name(zval)) }.to_string_lossy().into_owned()
}

/// Any other value of Rust's as PHP has it.
///
/// # Panics
///
/// If it is larger than PHP can say: a number beyond 63 bits, a list of more than 2³² items.
pub fn own(value: impl IntoZval) -> Zval {
    value.into_zval(false).expect("a text, a number, an array or an object is always a PHP value")
}

unsafe extern "C" {
    pub(crate) fn zend_zval_type_name(given: *const Zval) -> *const c_char;
}
