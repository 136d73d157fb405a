//! Questions into the core's types, and what comes of them into text.

use std::collections::BTreeMap;

use quhao::{Ask, Client, Error, Moment, Operation, Outcome, Params};
use quhao_bindings::{doubles, view};
use serde::Serialize;
use serde_json::Value;

pub(crate) type Fields = BTreeMap<String, String>;

/// An operation and its arguments, as TypeScript writes them: see `ts/question.ts`.
pub(crate) enum Question<'a> {
    /// Whatever JSON can hold, and for known answers the moment.
    Json(Value),
    /// A phone's params where all are text, which are nearly all: several times as fast as JSON.
    Record { operation: &'a str, number: Option<&'a str>, params: Params },
}

impl<'a> Question<'a> {
    /// What is neither asks for no known operation.
    pub(crate) fn parse(text: &'a str) -> Self {
        if text.starts_with('{') {
            return Self::Json(serde_json::from_str(text).unwrap_or_default());
        }
        let mut parts = text.split(SEPARATOR);
        let operation = parts.next().unwrap_or_default();
        let number = parts.next().and_then(|number| number.strip_prefix('='));
        let params = match parts.collect::<Vec<_>>().as_slice() {
            &[token] => Params::token(token),
            fields => {
                let (names, values) = fields.split_at(fields.len() / 2);
                let owned = |(name, value): (&&str, &&str)| ((*name).to_owned(), (*value).to_owned());
                names.iter().zip(values).map(owned).collect::<Fields>().into()
            }
        };
        Self::Record { operation, number, params }
    }

    pub(crate) fn operation(&self) -> Result<Operation, Error> {
        match self {
            Self::Json(question) => text(question, "operation").unwrap_or_default(),
            Self::Record { operation, .. } => operation,
        }
        .parse()
    }

    pub(crate) fn params(self) -> Result<Params, Error> {
        match self {
            Self::Json(question) => Params::from_value(&question["params"]),
            Self::Record { params, .. } => Ok(params),
        }
    }

    pub(crate) fn ask(self) -> Result<Ask, Error> {
        match (self.operation()?, &self) {
            (Operation::VerifyIdentity, Self::Json(question)) => {
                let required = |name| text(question, name).unwrap_or_default();
                Ok(Ask::verify_identity(required("number"), required("name"), required("id_card")))
            }
            (Operation::VerifyNumber, Self::Json(question)) => {
                Ok(Ask::verify_number(Params::from_value(&question["params"])?, text(question, "number")))
            }
            (Operation::VerifyNumber, &Self::Record { number, .. }) => Ok(Ask::verify_number(self.params()?, number)),
            _ => self.params().map(Ask::fetch_number),
        }
    }

    /// The question's moment, or the client's now.
    pub(crate) fn moment(&self, client: &Client) -> Result<Moment, Error> {
        let moment = if let Self::Json(question) = self { text(question, "moment") } else { None };
        moment.map_or_else(|| client.moment(), |moment| Ok(read_moment(moment)))
    }
}

/// `1532417231567:0123…`: milliseconds, and the nonce in hex.
pub(crate) fn read_moment(text: &str) -> Moment {
    let (now_ms, nonce) = text.split_once(':').unwrap_or_default();
    let nonce = u128::from_str_radix(nonce, 16).unwrap_or_default();
    Moment::at(now_ms.parse().unwrap_or_default(), nonce.to_be_bytes())
}

/// Undoes [`read_moment`].
pub(crate) fn write_moment(moment: &Moment) -> String {
    format!("{}:{:x}", moment.now_ms, u128::from_be_bytes(moment.nonce))
}

pub(crate) fn answer(outcome: Outcome) -> String {
    json(&view::answer(&doubles(outcome)))
}

/// A view as JSON.
pub(crate) fn json(view: &impl Serialize) -> String {
    serde_json::to_string(view).unwrap_or_default()
}

fn text<'a>(question: &'a Value, name: &str) -> Option<&'a str> {
    question.get(name).and_then(Value::as_str)
}

const SEPARATOR: char = '\0';
