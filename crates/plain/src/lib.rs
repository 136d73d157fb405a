//! The core's answers as plain data, once for all languages.
//!
//! A binding makes its language's own objects of them and adds nothing: a field is named in [`view`], so it has one name in
//! every language but for the letter case. Numbers are in clear: an answer is what was asked for.

mod doubles;
mod sandbox;
pub mod view;

pub use doubles::doubles;
pub use sandbox::{Refusal, Sandbox};

use serde_json::{Map, Value};

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
