//! PHP's reflection of a stub file.

use std::ffi::c_int;

use ext_php_rs::ffi;
use serde::Deserialize;
use serde_json::{Map, Value};

/// All classes, parents first, and functions.
#[derive(Deserialize)]
pub(super) struct Stub {
    pub(super) classes: Vec<Class>,
    pub(super) functions: Vec<Function>,
}

#[derive(Deserialize)]
pub(super) struct Class {
    pub(super) name: String,
    pub(super) parent: Option<String>,
    #[serde(rename = "final")]
    pub(super) is_final: bool,
    pub(super) constants: Map<String, Value>,
    pub(super) properties: Vec<Property>,
    pub(super) methods: Vec<Function>,
}

#[derive(Deserialize)]
pub(super) struct Property {
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) declared: Option<String>,
    /// The engine's bits: public, readonly and so on.
    pub(super) flags: c_int,
    /// One value or none: the default may be null.
    pub(super) default: Vec<Value>,
}

/// A function, or a class's method.
#[derive(Deserialize)]
pub(super) struct Function {
    pub(super) name: String,
    pub(super) returns: Option<String>,
    pub(super) parameters: Vec<Parameter>,
    /// The engine's bits of a method; none of a function.
    #[serde(default)]
    pub(super) flags: u32,
}

#[derive(Deserialize)]
pub(super) struct Parameter {
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) accepts: Option<String>,
    /// PHP code.
    pub(super) default: Option<String>,
    pub(super) attributes: Vec<String>,
}

impl Function {
    /// The number of arguments that cannot be left out.
    pub(super) fn required(&self) -> usize {
        self.parameters.iter().filter(|parameter| parameter.default.is_none()).count()
    }

    /// The type of the result, and of each parameter.
    pub(super) fn types(&self) -> impl Iterator<Item = &str> {
        let accepted = self.parameters.iter().map(|parameter| parameter.accepts.as_deref());
        std::iter::once(self.returns.as_deref()).chain(accepted).map(Option::unwrap_or_default)
    }
}

/// The engine's bits for a type of built-in names; a class has none.
pub(super) fn type_mask(declared: &str) -> u32 {
    let names = declared.trim_start_matches('?').split('|').chain(declared.starts_with('?').then_some("null"));
    names.fold(0, |mask, name| {
        mask | match name {
            "array" => 1 << ffi::IS_ARRAY,
            "bool" => ffi::MAY_BE_BOOL,
            "callable" => 1 << ffi::IS_CALLABLE,
            "float" => 1 << ffi::IS_DOUBLE,
            "int" => 1 << ffi::IS_LONG,
            "mixed" => ffi::MAY_BE_ANY,
            "null" => 1 << ffi::IS_NULL,
            "string" => 1 << ffi::IS_STRING,
            "void" => 1 << ffi::IS_VOID,
            _ => 0,
        }
    })
}

/// `tradeNo` → `trade_no`
pub(crate) fn snake(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        snake.extend(letter.is_ascii_uppercase().then_some('_'));
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reflection_is_read() {
        let stub: Stub = serde_json::from_str(crate::STUB).unwrap();
        let class = |name: &str| stub.classes.iter().find(|class| class.name == name).unwrap();
        let (client, error) = (class("Quhao\\Client"), class("Quhao\\Exception\\QuhaoException"));
        assert_eq!((client.parent.as_deref(), error.parent.as_deref()), (None, Some("RuntimeException")));
        assert!(!client.is_final && class("Quhao\\Call").is_final);
        assert_eq!(class("Quhao\\Verdict").constants["MATCH"], "match");
        let verify = client.methods.iter().find(|method| method.name == "verifyNumber").unwrap();
        assert_eq!(verify.types().collect::<Vec<_>>(), ["Quhao\\Verification", "array|string", "?string"]);
        assert_eq!(verify.required(), 1, "a parameter with a default may be left out");
        assert_eq!(verify.parameters[0].attributes, ["SensitiveParameter"]);
        assert_eq!(stub.functions[0].types().collect::<Vec<_>>(), ["array"]);
        let provider = error.properties.iter().find(|property| property.name == "provider").unwrap();
        assert_eq!((provider.default.len(), client.properties[0].default.len()), (1, 0), "null is a default");
        assert_eq!(client.properties[0].flags & !provider.flags, 128, "`ZEND_ACC_READONLY`");
    }

    #[test]
    fn a_propertys_field_has_a_word_for_each_capital() {
        for (name, field) in [("tradeNo", "trade_no"), ("number", "number"), ("nowMsUtc", "now_ms_utc")] {
            assert_eq!(snake(name), field);
        }
    }

    #[test]
    fn every_spelling_of_a_nullable_type_is_the_same() {
        assert_eq!(type_mask("?string"), type_mask("null|string"));
        assert_eq!(type_mask("array|string"), type_mask("array") | type_mask("string"));
        assert_eq!(type_mask("bool").count_ones(), 2, "true and false have a bit each");
        assert_eq!(type_mask(""), 0);
        assert_eq!(type_mask("Shop\\Till"), 0);
    }
}
