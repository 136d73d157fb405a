//! A command that failed: the core's error, or one of the same shape that the command line found itself.

use std::fmt;
use std::io;

use quhao::{Charge, Error, ErrorKind, Hint, Retry, masked};
use serde_json::{Value, json};

use crate::exit::Exit;

/// Why a command ends without an answer. Shows no secret.
#[derive(Debug)]
pub(crate) enum Failure {
    /// An error of the core, and the place that the option at fault came from.
    Core { error: Box<Error>, from: Option<String> },
    /// An error of the command line, before any call of the core.
    Own { kind: ErrorKind, message: String, hint: Option<(String, String)> },
    /// Output that could not be written; a closed pipe is no failure.
    Output(io::Error),
}

impl Failure {
    /// Something about options, with what to do: Chinese, English.
    pub(crate) fn config(message: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Own { kind: ErrorKind::Config, message: message.into(), hint: Some((zh.into(), en.into())) }
    }

    /// Something about what was asked, with what to do: Chinese, English.
    pub(crate) fn input(message: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Own { kind: ErrorKind::Input, message: message.into(), hint: Some((zh.into(), en.into())) }
    }

    /// The code that the process ends with.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Core { error, .. } => Exit::of_kind(error.kind()),
            Self::Own { kind, .. } => Exit::of_kind(*kind),
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::OK,
            Self::Output(_) => Exit::OTHER,
        }
    }

    /// The lines for a reader: what went wrong, what to do, what may be tried again, what it cost.
    pub(crate) fn lines(&self) -> String {
        if let Self::Output(error) = self {
            return match error.kind() {
                io::ErrorKind::BrokenPipe => String::new(),
                _ => format!("error: output: {error}\n"),
            };
        }
        let (zh, en) = self.hint();
        let mut lines = format!("error: {self}\nhint: {zh}\nhint: {en}\n");
        lines += &format!("retry: {}\ncharge: {}\n", retry_in_words(self.retry()), self.charge().as_str());
        if let Some(code) = self.core().and_then(Error::vendor_code) {
            lines += &format!("code: {code}\n");
        }
        if let Some(id) = self.core().and_then(Error::request_id) {
            lines += &format!("request: {id}\n");
        }
        lines
    }

    /// The same facts for a program.
    pub(crate) fn to_json(&self) -> Value {
        let core = self.core();
        let (zh, en) = self.hint();
        let mut facts = json!({
            "kind": self.kind().map_or("other", ErrorKind::as_str),
            "retry": self.retry().as_str(),
            "charge": self.charge().as_str(),
            "provider": core.and_then(Error::provider),
            "vendor_code": core.and_then(Error::vendor_code),
            "message": masked(&self.message()),
            "hint": {"zh": zh, "en": en},
            "request_id": core.and_then(Error::request_id),
        });
        if let Some(phase) = core.and_then(Error::phase) {
            facts["phase"] = json!(phase.as_str());
            facts["timeout"] = json!(core.is_some_and(Error::is_timeout));
        }
        json!({ "error": facts })
    }

    fn message(&self) -> String {
        match self {
            Self::Core { error, from: None } => error.message().to_owned(),
            Self::Core { error, from: Some(from) } => format!("{} (from {from})", error.message()),
            Self::Own { message, .. } => message.clone(),
            Self::Output(error) => error.to_string(),
        }
    }

    fn core(&self) -> Option<&Error> {
        match self {
            Self::Core { error, .. } => Some(error),
            _ => None,
        }
    }

    fn kind(&self) -> Option<ErrorKind> {
        match self {
            Self::Core { error, .. } => Some(error.kind()),
            Self::Own { kind, .. } => Some(*kind),
            Self::Output(_) => None,
        }
    }

    fn retry(&self) -> Retry {
        self.core().map_or(Retry::Never, Error::retry)
    }

    fn charge(&self) -> Charge {
        self.core().map_or(Charge::No, Error::charge)
    }

    fn hint(&self) -> (String, String) {
        let both = |hint: &Hint| (hint.zh.to_string(), hint.en.to_string());
        match self {
            Self::Core { error, .. } => both(error.hint()),
            Self::Own { hint: Some(hint), .. } => hint.clone(),
            Self::Own { kind, hint: None, .. } => both(&kind.hint()),
            Self::Output(_) => ("请检查输出目标".to_owned(), "check where the output goes".to_owned()),
        }
    }
}

/// The word, and its meaning for the token.
pub(crate) fn retry_in_words(retry: Retry) -> String {
    let meaning = match retry {
        Retry::Never => "the same request fails again",
        Retry::NewToken => "only with a new token from the phone",
        Retry::SameToken => "with the same token, nothing was sent",
    };
    format!("{} ({meaning})", retry.as_str())
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Core { error, from: None } => error.fmt(f),
            Self::Core { error, from: Some(from) } => write!(f, "{error} (from {from})"),
            Self::Own { kind, message, .. } => write!(f, "{kind}: {}", masked(message)),
            Self::Output(error) => write!(f, "output: {error}"),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Core { error: Box::new(error), from: None }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}
