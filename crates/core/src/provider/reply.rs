//! A gateway's reply, read leniently: every vendor writes its JSON in more than one way.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::model::{Error, ErrorKind};

/// Reads a reply's body as a JSON object.
///
/// The gateways answer failures with HTTP 200, so the body decides wherever it is an object.
///
/// # Errors
///
/// `unavailable` for 5xx without an object, `protocol` for anything else without one. The body is never quoted.
pub(crate) fn object(status: u16, body: &[u8]) -> Result<Fields, Error> {
    let body = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
    match serde_json::from_slice(body) {
        Ok(Value::Object(map)) => Ok(Fields(map)),
        _ if (500..600).contains(&status) => {
            Err(Error::new(ErrorKind::Unavailable, format!("the gateway answered HTTP {status}")))
        }
        _ if status != 200 => Err(Error::protocol(format!("expected HTTP 200 with a JSON object, got HTTP {status}"))),
        _ => Err(Error::protocol(format!("expected a JSON object, got {}", look_of(body)))),
    }
}

/// The fields of a reply's object; reading a field takes it out, what is left over is `extra`.
#[derive(Default)]
pub(crate) struct Fields(Map<String, Value>);

impl Fields {
    /// Takes a text field: string, number or boolean; null and absent are `None`.
    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Value::String(_) => match self.0.remove(name)? {
                Value::String(text) => Some(text),
                _ => None,
            },
            Value::Number(_) | Value::Bool(_) => self.0.remove(name).map(|value| value.to_string()),
            Value::Null => {
                self.0.remove(name);
                None
            }
            Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// Takes a text field whose name may be in any letter case.
    pub(crate) fn text_any_case(&mut self, name: &str) -> Option<String> {
        let written = self.0.keys().find(|key| key.eq_ignore_ascii_case(name))?.clone();
        self.text(&written)
    }

    /// Takes a nested object: an object, or a JSON string that holds one; null, `""` and absent are empty.
    ///
    /// # Errors
    ///
    /// `protocol` for anything else.
    pub(crate) fn object(&mut self, name: &str) -> Result<Self, Error> {
        let unexpected = || Error::protocol(format!("{name}: expected an object"));
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(Self::default()),
            Some(Value::Object(map)) => Ok(Self(map)),
            Some(Value::String(text)) if text.trim().is_empty() => Ok(Self::default()),
            Some(Value::String(text)) => serde_json::from_str(&text).map(Self).map_err(|_| unexpected()),
            Some(_) => Err(unexpected()),
        }
    }

    /// The fields that were not taken.
    pub(crate) fn rest(self) -> impl Iterator<Item = (String, Value)> {
        self.0.into_iter().filter(|(_, value)| !value.is_null())
    }
}

/// Gathers what is left of several objects into one map; a later object's field does not replace an earlier one's.
pub(crate) fn extra<const N: usize>(objects: [Fields; N]) -> BTreeMap<String, Value> {
    let mut extra = BTreeMap::new();
    for (name, value) in objects.into_iter().flat_map(Fields::rest) {
        extra.entry(name).or_insert(value);
    }
    extra
}

/// Says what a body looks like without quoting it.
fn look_of(body: &[u8]) -> &'static str {
    match body.trim_ascii_start().first() {
        None => "an empty body",
        Some(b'<') => "HTML or XML",
        Some(b'{') => "a JSON object that breaks off or is malformed",
        Some(b'[') => "a list",
        Some(_) => "something else",
    }
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
