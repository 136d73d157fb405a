//! Why a call ends in an exception, with true file, line and trace.

use ext_php_rs::exception::throw_object;
use quhao::ErrorKind;
use quhao_bindings::view;
use quhao_php_engine::{Exception, Unread, object, own};
use serde_json::json;

/// Why a call ends in an exception.
pub(crate) enum Failure {
    /// The core says so.
    Core(quhao::Error),
    /// PHP's value could not even be handed to the core.
    Here(ErrorKind, String),
    /// The engine has thrown already.
    Thrown,
}

impl Failure {
    pub(crate) fn config(message: impl Into<String>) -> Self {
        Self::Here(ErrorKind::Config, message.into())
    }

    /// A token whose back end took it for a form's body is all name and no value, so only so much of a name is shown.
    pub(crate) fn not_utf8(kind: ErrorKind, what: &str, name: &str) -> Self {
        let shown: String = quhao::masked(name).chars().filter(|c| !c.is_control()).take(24).collect();
        Self::Here(kind, format!("{what}{shown}: expected UTF-8"))
    }
}

impl Exception for Failure {
    /// The engine takes file, line and trace where the object is made, which is here.
    fn throw(self) {
        let class = |kind: ErrorKind| {
            let name = kind.as_str();
            format!("Quhao\\Exception\\{}{}Exception", name[..1].to_uppercase(), &name[1..])
        };
        let exception = match self {
            Self::Core(error) => object(&class(error.kind()), &view::error(&error)),
            Self::Here(kind, message) => object(&class(kind), &json!({"message": message, "charge": "no"})),
            Self::Thrown => return,
        };
        throw_object(own(exception)).expect("it is an object");
    }
}

impl From<quhao::Error> for Failure {
    fn from(error: quhao::Error) -> Self {
        Self::Core(error)
    }
}

impl From<Unread> for Failure {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::Thrown => Self::Thrown,
            Unread::NotUtf8(name) => Self::not_utf8(ErrorKind::Input, "", &name),
            Unread::NotConstructed => Self::config("the object is not constructed"),
        }
    }
}
