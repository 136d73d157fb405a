//! Plain data on its way in.

use std::ffi::{CStr, c_char};
use std::ptr;

use ext_php_rs::convert::IntoZval;
use ext_php_rs::ffi;
use ext_php_rs::types::{ZendHashTable, Zval};
use serde_json::{Map, Value, json};

/// A text that is no UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotUtf8;

/// What PHP gave, if it is a text.
///
/// # Errors
///
/// [`NotUtf8`] for a string that is none.
pub fn text(zval: &Zval) -> Result<Option<&str>, NotUtf8> {
    zval.zend_str().map(|text| str::from_utf8(text.as_bytes()).map_err(|_| NotUtf8)).transpose()
}

/// What PHP gave as plain data. Of what is nested it tells the kind alone: an empty list or object.
///
/// # Errors
///
/// [`NotUtf8`] for a string that is none.
pub fn value(zval: &Zval) -> Result<Value, NotUtf8> {
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

/// An array's names and values, whatever bytes the names are of. References are followed.
pub fn entries(array: &ZendHashTable) -> impl Iterator<Item = (String, &Zval)> {
    names_and_values(array).map(|(name, value)| {
        let name = match name {
            Name::Number(number) => number.to_string(),
            Name::Text(bytes) => {
                str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes).into_owned(), str::to_owned)
            }
        };
        (name, value.dereference())
    })
}

/// Whether an array's names are 0, 1, 2, …
pub fn is_list(array: &ZendHashTable) -> bool {
    (0..).zip(names_and_values(array)).all(|(at, (name, _))| matches!(name, Name::Number(number) if number == at))
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

enum Name<'a> {
    Number(i64),
    Text(&'a [u8]),
}

/// ext-php-rs's own iterator panics at a name that is no UTF-8.
fn names_and_values(array: &ZendHashTable) -> impl Iterator<Item = (Name<'_>, &Zval)> {
    let (table, mut position) = (ptr::from_ref(array).cast_mut(), 0);
    // SAFETY: all fields of the union are the same flags.
    let is_packed = unsafe { array.u.flags } & HASH_FLAG_PACKED != 0;
    std::iter::from_fn(move || {
        // SAFETY: the table is borrowed, so it stays as it is; one that is not packed has its values in buckets.
        unsafe {
            let value = ffi::zend_hash_get_current_data_ex(table, &raw mut position).as_ref()?;
            let name = if is_packed {
                let mut number = Zval::new();
                ffi::zend_hash_get_current_key_zval_ex(table, &raw mut number, &raw const position);
                Name::Number(number.long().unwrap_or_default())
            } else {
                let bucket = &*ptr::from_ref(value).cast::<ffi::Bucket>();
                bucket.key.as_ref().map_or(Name::Number(bucket.h.cast_signed()), |name| Name::Text(name.as_bytes()))
            };
            ffi::zend_hash_move_forward_ex(table, &raw mut position);
            Some((name, value))
        }
    })
}

/// Zend/zend_types.h.
const HASH_FLAG_PACKED: u32 = 1 << 2;

unsafe extern "C" {
    pub(crate) fn zend_zval_type_name(given: *const Zval) -> *const c_char;
}
