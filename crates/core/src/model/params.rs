//! Params: the map or token that the phone's SDK returned to the app, relayed to the back end.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use serde_json::Value;
use zeroize::Zeroize;

use super::error::Error;
use crate::redact::redact_field_name;

/// The map that the phone's SDK returned, or the bare token where it returned only that.
///
/// Values are kept as text, exactly as they came; `Debug` shows the field names only. Cheap to clone; zeroized when the
/// last clone is dropped.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Params {
    fields: Arc<Fields>,
    bare: bool,
}

#[derive(Clone, Default, PartialEq, Eq)]
struct Fields(BTreeMap<String, String>);

impl Params {
    /// A bare token.
    pub fn token(token: impl Into<String>) -> Self {
        Self { fields: Arc::new(Fields(BTreeMap::from([(TOKEN.to_owned(), token.into())]))), bare: true }
    }

    /// Reads a JSON object, or a JSON string as a bare token.
    ///
    /// Numbers and booleans become their text and null an absent field: apps relay all of these.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) for anything else, naming the field.
    pub fn from_json(json: &str) -> Result<Self, Error> {
        let value = serde_json::from_str::<Value>(json).map_err(|error| {
            Error::input(format!(
                "params: expected a JSON object or string, but the JSON ends or breaks at line {}, column {}",
                error.line(),
                error.column()
            ))
        })?;
        Self::from_value(&value)
    }

    /// Reads what [`from_json`](Self::from_json) reads, already parsed.
    ///
    /// # Errors
    ///
    /// As [`from_json`](Self::from_json).
    pub fn from_value(value: &Value) -> Result<Self, Error> {
        let map = match value {
            Value::String(token) => return Ok(Self::token(token.as_str())),
            Value::Object(map) => map,
            other => {
                return Err(Error::input(format!("params: expected an object or a token, got {}", kind_of(other))));
            }
        };
        let mut fields = Fields::default();
        for (name, value) in map {
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                Value::Bool(flag) => flag.to_string(),
                Value::Null => continue,
                Value::Array(_) | Value::Object(_) => {
                    let name = redact_field_name(name);
                    return Err(Error::input(format!("params: {name}: expected text, got {}", kind_of(value)))
                        .with_hint_text(
                            "请把 SDK 回调中的字段逐个传入，而不是外层对象",
                            "pass the fields of the SDK's result themselves, not an object around them",
                        ));
                }
            };
            fields.0.insert(name.clone(), text);
        }
        Ok(Self { fields: Arc::new(fields), bare: false })
    }

    /// One field's value.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.0.get(name).map(String::as_str)
    }

    /// All fields in byte order of their names.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> + Clone {
        self.fields.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether only a token was given, without a map around it.
    pub fn is_bare_token(&self) -> bool {
        self.bare
    }

    pub(crate) fn set(&mut self, name: &str, value: impl Into<String>) {
        if let Some(mut old) = Arc::make_mut(&mut self.fields).0.insert(name.to_owned(), value.into()) {
            old.zeroize();
        }
    }

    pub(crate) fn remove(&mut self, name: &str) {
        if let Some(mut old) = Arc::make_mut(&mut self.fields).0.remove(name) {
            old.zeroize();
        }
    }
}

impl Drop for Fields {
    fn drop(&mut self) {
        self.0.values_mut().for_each(Zeroize::zeroize);
    }
}

impl fmt::Debug for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.fields.0.keys().map(|name| redact_field_name(name))).finish()
    }
}

impl From<&str> for Params {
    fn from(token: &str) -> Self {
        Self::token(token)
    }
}

impl From<String> for Params {
    fn from(token: String) -> Self {
        Self::token(token)
    }
}

impl From<&Params> for Params {
    fn from(params: &Params) -> Self {
        params.clone()
    }
}

impl From<BTreeMap<String, String>> for Params {
    fn from(fields: BTreeMap<String, String>) -> Self {
        Self { fields: Arc::new(Fields(fields)), bare: false }
    }
}

impl From<HashMap<String, String>> for Params {
    fn from(fields: HashMap<String, String>) -> Self {
        fields.into_iter().collect()
    }
}

impl<const N: usize, K: Into<String>, V: Into<String>> From<[(K, V); N]> for Params {
    fn from(fields: [(K, V); N]) -> Self {
        fields.into_iter().collect()
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Params {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(fields: I) -> Self {
        let fields = fields.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        Self { fields: Arc::new(Fields(fields)), bare: false }
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Array(_) => "a list",
        Value::Bool(_) => "a boolean",
        Value::Null => "null",
        Value::Number(_) => "a number",
        Value::Object(_) => "an object",
        Value::String(_) => "a string",
    }
}

/// The name under which a bare token is kept: every vendor's own word.
const TOKEN: &str = "token";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_names_and_no_value() {
        let params = Params::from([("token", "STsid1"), ("appId", "x9")]);
        assert_eq!(format!("{params:?}"), r#"{"appId", "token"}"#);
    }

    #[test]
    fn json_numbers_become_their_text_and_null_is_absent() {
        let params = Params::from_json(r#"{"timestamp": 1532417231567, "mobile": null}"#).unwrap();
        assert_eq!(params.fields().collect::<Vec<_>>(), [("timestamp", "1532417231567")]);
    }

    #[test]
    fn nested_params_are_refused_with_the_field_named() {
        let error = Params::from_json(r#"{"data": {"token": "t"}}"#).unwrap_err();
        assert!(error.message().contains("data: expected text, got an object"), "{error}");
    }
}
