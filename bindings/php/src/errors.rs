//! Why a call ends in an exception, with true file, line and trace.

use ext_php_rs::exception::PhpException;
use ext_php_rs::zend::ce;
use quhao::{ErrorKind, Phase};
use serde_json::{Value, json};

use crate::convert::zval;
use crate::engine;

/// Why a call ends in an exception.
pub(crate) enum Failure {
    /// The core says so.
    Core(quhao::Error),
    /// PHP's value could not even be handed to the core.
    Here(ErrorKind, String),
    /// The engine has thrown already.
    Thrown,
}

impl From<quhao::Error> for Failure {
    fn from(error: quhao::Error) -> Self {
        Self::Core(error)
    }
}

impl Failure {
    pub(crate) fn config(message: impl Into<String>) -> Self {
        Self::Here(ErrorKind::Config, message.into())
    }

    pub(crate) fn not_utf8(kind: ErrorKind, name: &str) -> Self {
        let shown: String = name.chars().filter(|c| !c.is_control()).take(64).collect();
        Self::Here(kind, format!("{shown}: expected UTF-8"))
    }

    /// Throws it. The engine takes file, line and trace where the object is made, which is here.
    pub(crate) fn throw(self) {
        let (kind, facts) = match self {
            Self::Core(error) => (error.kind(), facts(&error)),
            Self::Here(kind, message) => (kind, json!({"message": message, "charge": "no"})),
            Self::Thrown => return,
        };
        let name = kind.as_str();
        let class = format!("Quhao\\Exception\\{}{}Exception", name[..1].to_uppercase(), &name[1..]);
        let object = engine::object(&class, &[facts]);
        PhpException::new(String::new(), 0, ce::exception()).with_object(zval(object)).throw();
    }
}

/// What differs from the class's defaults, which are the kind's own.
fn facts(error: &quhao::Error) -> Value {
    let mut facts = json!({
        "message": error.message(), "retry": error.retry().as_str(), "charge": error.charge().as_str(),
        "provider": error.provider(), "vendorCode": error.vendor_code(), "hint": error.hint().to_string(),
        "requestId": error.request_id(),
    });
    if let Some(phase) = error.phase().map(Phase::as_str) {
        facts["phase"] = json!(phase);
        facts["timeout"] = json!(error.is_timeout());
    }
    facts
}
