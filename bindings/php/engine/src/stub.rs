//! A stub file as PHP's own reflection reads it.

use std::ffi::c_int;

use ext_php_rs::ffi;
use serde::Deserialize;
use serde_json::{Map, Value};

/// All classes, parents first, and functions.
#[derive(Deserialize)]
pub(crate) struct Stub {
    pub(crate) classes: Vec<Class>,
    pub(crate) functions: Vec<Function>,
}

#[derive(Deserialize)]
pub(crate) struct Class {
    pub(crate) name: String,
    pub(crate) parent: Option<String>,
    #[serde(rename = "final")]
    pub(crate) is_final: bool,
    pub(crate) constants: Map<String, Value>,
    pub(crate) properties: Vec<Property>,
    pub(crate) methods: Vec<Function>,
}

#[derive(Deserialize)]
pub(crate) struct Property {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) holds: Option<String>,
    pub(crate) readonly: bool,
    /// One value or none: the default may be null.
    pub(crate) default: Vec<Value>,
}

/// A function, or a class's method.
#[derive(Deserialize)]
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) returns: Option<String>,
    pub(crate) parameters: Vec<Parameter>,
    #[serde(default)]
    pub(crate) private: bool,
}

#[derive(Deserialize)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) takes: Option<String>,
    /// PHP code.
    pub(crate) default: Option<String>,
    pub(crate) attributes: Vec<String>,
}

impl Function {
    /// How many arguments cannot be left out.
    pub(crate) fn required(&self) -> usize {
        self.parameters.iter().filter(|parameter| parameter.default.is_none()).count()
    }

    /// What it returns, and what each parameter takes.
    pub(crate) fn types(&self) -> impl Iterator<Item = &str> {
        let taken = self.parameters.iter().map(|parameter| parameter.takes.as_deref());
        std::iter::once(self.returns.as_deref()).chain(taken).map(Option::unwrap_or_default)
    }
}

impl Property {
    pub(crate) fn flags(&self) -> c_int {
        ffi::ZEND_ACC_PUBLIC.cast_signed() | if self.readonly { ACC_READONLY } else { 0 }
    }
}

/// The engine's bits for a type of built-in names; what it has no bit for, a class, has none.
pub(crate) fn type_mask(declared: &str) -> u32 {
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
pub fn snake(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        snake.extend(letter.is_ascii_uppercase().then_some('_'));
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// `ZEND_ACC_READONLY`, Zend/zend_compile.h.
const ACC_READONLY: c_int = 1 << 7;

#[cfg(test)]
mod tests {
    use super::*;

    const STUB: &str = r#"{
        "classes": [{
            "name": "Shop\\Till", "parent": null, "interfaces": [], "final": true, "abstract": false,
            "constants": {"OPEN": "open"},
            "properties": [
                {"name": "id", "type": "int", "modifiers": ["public", "readonly"], "readonly": true, "default": []},
                {"name": "note", "type": "?string", "modifiers": ["public"], "readonly": false, "default": [null]}
            ],
            "methods": [{
                "name": "sell", "modifiers": ["public"], "private": false, "returns": null,
                "parameters": [
                    {"name": "pin", "type": "string", "default": null, "attributes": ["SensitiveParameter"]},
                    {"name": "gift", "type": "?bool", "default": "null", "attributes": []}
                ]
            }]
        }],
        "functions": [{"name": "Shop\\tills", "returns": "array", "parameters": []}]
    }"#;

    #[test]
    fn what_reflection_tells_is_read() {
        let stub: Stub = serde_json::from_str(STUB).unwrap();
        let [class] = &stub.classes[..] else { unreachable!() };
        assert_eq!((class.name.as_str(), class.is_final, class.parent.is_none()), ("Shop\\Till", true, true));
        assert_eq!(class.constants["OPEN"], "open");
        assert_eq!(stub.functions[0].types().collect::<Vec<_>>(), ["array"]);
        assert!(!stub.functions[0].private);
    }

    #[test]
    fn a_parameter_with_a_default_may_be_left_out() {
        let stub: Stub = serde_json::from_str(STUB).unwrap();
        let sell = &stub.classes[0].methods[0];
        assert_eq!(sell.required(), 1);
        assert_eq!(sell.types().collect::<Vec<_>>(), ["", "string", "?bool"]);
        assert_eq!(sell.parameters[0].attributes, ["SensitiveParameter"]);
    }

    #[test]
    fn a_default_of_null_is_told_from_none() {
        let stub: Stub = serde_json::from_str(STUB).unwrap();
        let [id, note] = &stub.classes[0].properties[..] else { unreachable!() };
        assert_eq!((id.default.len(), note.default.len()), (0, 1));
        assert_eq!(id.flags() & !note.flags(), ACC_READONLY);
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
