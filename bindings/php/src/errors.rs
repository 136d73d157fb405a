//! Failures as PHP's exceptions, with true file, line and trace.

use ext_php_rs::exception::throw_object;
use quhao::ErrorKind;
use quhao_bindings::view;
use serde_json::json;

use crate::zend::{object, to_zval};

/// A failure that PHP's exception reports.
pub(crate) enum Failure {
    /// An error of the core.
    Core(quhao::Error),
    /// A value that could not be passed to the core.
    Value(ErrorKind, String),
    /// The engine has thrown already.
    Thrown,
}

impl Failure {
    pub(crate) fn config(message: impl Into<String>) -> Self {
        Self::Value(ErrorKind::Config, message.into())
    }

    /// A token whose back end took it for a form's body is all name and no value, so only so much of a name is shown.
    pub(crate) fn not_utf8(kind: ErrorKind, what: &str, name: &str) -> Self {
        let shown: String = quhao::masked(name).chars().filter(|c| !c.is_control()).take(24).collect();
        Self::Value(kind, format!("{what}{shown}: expected UTF-8"))
    }

    /// Throws it, unless the engine has thrown already. The new object takes the script's file, line and trace.
    pub(crate) fn throw(self) {
        let class = |kind: ErrorKind| {
            let name = kind.as_str();
            format!("Quhao\\Exception\\{}{}Exception", name[..1].to_uppercase(), &name[1..])
        };
        let exception = match self {
            Self::Core(error) => object(&class(error.kind()), &view::error(&error)),
            Self::Value(kind, message) => object(&class(kind), &json!({"message": message, "charge": "no"})),
            Self::Thrown => return,
        };
        throw_object(to_zval(exception)).expect("it is an object");
    }
}

impl From<quhao::Error> for Failure {
    fn from(error: quhao::Error) -> Self {
        Self::Core(error)
    }
}
