//! The request's objects, field by field.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::ledger::printable;

/// An object of the request whose values are all strings, read field by field.
pub(super) struct Strings<'a>(&'a Map<String, Value>);

impl<'a> Strings<'a> {
    /// # Errors
    ///
    /// The first field that is not a string.
    pub(super) fn of(object: &'a Map<String, Value>) -> Result<Self, String> {
        for (name, value) in object {
            let got = match value {
                Value::String(_) => continue,
                Value::Number(_) => "a number",
                Value::Bool(_) => "a boolean",
                Value::Null => "null",
                Value::Array(_) => "a list",
                Value::Object(_) => "an object",
            };
            return Err(format!("{}: expected a string, got {got}", printable(name)));
        }
        Ok(Self(object))
    }

    pub(super) fn field(&self, name: &str) -> Option<&'a str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// A field that has to be there.
    pub(super) fn required(&self, name: &str) -> Result<&'a str, String> {
        self.field(name).filter(|value| !value.is_empty()).ok_or_else(|| format!("{name} is missing or empty"))
    }

    pub(super) fn all(&self) -> BTreeMap<&'a str, &'a str> {
        self.0.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))).collect()
    }

    /// The first field that the document does not name.
    pub(super) fn unknown(&self, known: &[&str]) -> Option<&'a str> {
        self.0.keys().map(String::as_str).find(|name| !known.contains(name))
    }
}
