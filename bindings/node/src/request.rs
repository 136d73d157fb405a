//! Arguments of an operation, as TypeScript has checked them.

use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;
use quhao::{Ask, Client, Error, Operation, Params};
use serde_json::Value;

/// An operation and its arguments.
#[napi(object, object_to_js = false)]
pub struct Request {
    pub operation: String,
    pub params: Option<Value>,
    pub number: Option<String>,
    pub name: Option<String>,
    pub id_card: Option<String>,
    /// For known answers.
    pub moment: Option<Moment>,
}

/// A chosen time and nonce.
#[napi(object, object_to_js = false)]
pub struct Moment {
    pub now_ms: i64,
    /// 16 bytes.
    pub nonce: Uint8Array,
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
            Operation::VerifyIdentity => Ask::verify_identity(
                number.unwrap_or_default(),
                name.unwrap_or_default(),
                id_card.unwrap_or_default(),
            ),
            Operation::VerifyNumber => Ask::verify_number(self.params()?, number),
            _ => Ask::fetch_number(self.params()?),
        })
    }

    /// The given moment, or the client's now.
    pub(crate) fn moment(&self, client: &Client) -> Result<quhao::Moment, Error> {
        match &self.moment {
            Some(Moment { now_ms, nonce }) => {
                Ok(quhao::Moment::at(now_ms.unsigned_abs(), nonce.as_ref().try_into().unwrap_or_default()))
            }
            None => client.moment(),
        }
    }
}
