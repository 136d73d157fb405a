//! Questions into the core's types, and what comes of them into JSON.

use std::collections::BTreeMap;

use quhao::{Ask, Error, Moment, Operation, Outcome, Params};
use quhao_plain as plain;
use serde_json::Value;

pub(crate) type Fields = BTreeMap<String, String>;

/// An operation and its arguments, as TypeScript writes them.
pub(crate) struct Question(Value);

impl Question {
    /// What is not JSON asks for no known operation.
    pub(crate) fn parse(json: &str) -> Self {
        Self(serde_json::from_str(json).unwrap_or_default())
    }

    pub(crate) fn operation(&self) -> Result<Operation, Error> {
        text(&self.0, "operation").unwrap_or_default().parse()
    }

    pub(crate) fn params(&self) -> Result<Params, Error> {
        Params::from_value(&self.0["params"])
    }

    pub(crate) fn ask(&self) -> Result<Ask, Error> {
        let required = |name| text(&self.0, name).unwrap_or_default();
        Ok(match self.operation()? {
            Operation::VerifyIdentity => {
                Ask::verify_identity(required("number"), required("name"), required("id_card"))
            }
            Operation::VerifyNumber => Ask::verify_number(self.params()?, text(&self.0, "number")),
            _ => Ask::fetch_number(self.params()?),
        })
    }

    /// The question's moment, or now.
    pub(crate) fn moment(&self) -> Result<Moment, Error> {
        let Some(moment) = self.0.get("moment") else { return Moment::now() };
        let nonce = u128::from_str_radix(text(moment, "nonce").unwrap_or_default(), 16).unwrap_or_default();
        let now_ms = text(moment, "now_ms").and_then(|text| text.parse().ok()).unwrap_or_default();
        Ok(Moment::at(now_ms, nonce.to_be_bytes()))
    }
}

fn text<'a>(question: &'a Value, name: &str) -> Option<&'a str> {
    question.get(name).and_then(Value::as_str)
}

pub(crate) fn answer(outcome: Outcome) -> String {
    plain::doubles(plain::answer(outcome)).to_string()
}
