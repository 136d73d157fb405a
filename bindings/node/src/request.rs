//! Arguments of an operation, as TypeScript has checked them.

use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;
use quhao::{Ask, Client, Error, Moment, Operation, Params};
use serde_json::Value;

/// An operation and its arguments.
#[napi(object, object_to_js = false)]
pub struct Request {
    pub operation: String,
    pub params: Option<Value>,
    pub number: Option<String>,
    pub name: Option<String>,
    pub id_card: Option<String>,
    /// The time in milliseconds since 1970, together with 16 bytes as a nonce: for known answers.
    pub now_ms: Option<i64>,
    pub nonce: Option<Uint8Array>,
}

impl Request {
    pub(crate) fn operation(&self) -> Result<Operation, Error> {
        self.operation.parse()
    }

    pub(crate) fn params(&self) -> Result<Params, Error> {
        Params::from_value(self.params.as_ref().unwrap_or_default())
    }

    pub(crate) fn ask(&self) -> Result<Ask, Error> {
        let [number, name, id_card] = [&self.number, &self.name, &self.id_card].map(Option::as_deref);
        Ok(match self.operation()? {
            Operation::VerifyIdentity => {
                Ask::verify_identity(number.unwrap_or_default(), name.unwrap_or_default(), id_card.unwrap_or_default())
            }
            Operation::VerifyNumber => Ask::verify_number(self.params()?, number),
            _ => Ask::fetch_number(self.params()?),
        })
    }

    /// The given moment, or the client's now.
    pub(crate) fn moment(&self, client: &Client) -> Result<Moment, Error> {
        match (self.now_ms, &self.nonce) {
            (Some(now_ms), Some(nonce)) => {
                Ok(Moment::at(now_ms.unsigned_abs(), nonce.as_ref().try_into().unwrap_or_default()))
            }
            _ => client.moment(),
        }
    }
}
