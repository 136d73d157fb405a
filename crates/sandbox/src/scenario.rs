//! Answers that are asked for by `fail_next`, whatever the request.

use std::fmt;
use std::str::FromStr;

use quhao::{Code, ErrorKind, Meaning};

use crate::error::Error;
use crate::faults::Fault;

/// Failure of the next request: a code of the vendor's, or damage on the wire.
///
/// As text: `403101`, `shanyan/500005`, `403000:重复请求`, `fault:reset`, `fault:stall=800`.
///
/// A code that the vendor's table marks as `unavailable` comes from behind the gateway, so an acceptable request's
/// token is spent. A verdict spends and is charged as a real one. Any other code is the gateway's own refusal: the
/// token stays good, as does anything under a code that the table does not hold. A fault damages the reply to a
/// request that was judged, and if need be charged, as always.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// The reply is this code, in the vendor's shape for it.
    Code {
        /// The provider whose next request fails; any if left out.
        provider: Option<String>,
        /// The vendor's code; one that its table does not hold is answered all the same.
        code: String,
        /// The vendor's words; the table's if left out. A fragment picks the row of the table that has it.
        message: Option<String>,
    },
    /// The reply is damaged.
    Fault(Fault),
}

impl Failure {
    /// A code, for whichever gateway is asked next.
    pub fn code(code: impl Into<String>) -> Self {
        Self::Code { provider: None, code: code.into(), message: None }
    }

    /// The same, for a provider's gateway only.
    #[must_use]
    pub fn of(self, provider: impl Into<String>) -> Self {
        match self {
            Self::Code { code, message, .. } => Self::Code { provider: Some(provider.into()), code, message },
            fault @ Self::Fault(_) => fault,
        }
    }

    /// The same, with the vendor's words.
    #[must_use]
    pub fn saying(self, message: impl Into<String>) -> Self {
        match self {
            Self::Code { provider, code, .. } => Self::Code { provider, code, message: Some(message.into()) },
            fault @ Self::Fault(_) => fault,
        }
    }

    pub(crate) fn is_for(&self, asked: &str) -> bool {
        match self {
            Self::Code { provider: Some(provider), .. } => provider == asked,
            _ => true,
        }
    }
}

/// Meaning of a code in the vendor's table.
pub(crate) struct Scenario {
    pub(crate) message: String,
    pub(crate) spends: bool,
    pub(crate) is_verdict: bool,
}

impl Scenario {
    /// Looks a code up in the tables of the interface that was asked.
    pub(crate) fn of(rows: &[&'static Code], code: &str, said: Option<&str>) -> Self {
        let rows = || rows.iter().filter(|row| row.code == code);
        let by_fragment =
            rows().find(|row| row.fragment.is_some_and(|fragment| said.is_some_and(|s| s.contains(fragment))));
        let row = by_fragment.or_else(|| rows().find(|row| row.fragment.is_none())).or_else(|| rows().next());
        let message = match (said, row) {
            (Some(said), Some(row)) if row.fragment == Some(said) => row.zh,
            (Some(said), _) => said,
            (None, Some(row)) => row.zh,
            (None, None) => "未知返回码",
        };
        let meaning = row.map(|row| row.meaning);
        let is_verdict = matches!(meaning, Some(Meaning::Verdict(_)));
        let spends = is_verdict || meaning == Some(Meaning::Failure(ErrorKind::Unavailable));
        Self { message: message.to_owned(), spends, is_verdict }
    }
}

impl FromStr for Failure {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if let Some(fault) = text.strip_prefix("fault:") {
            return fault.parse().map(Self::Fault);
        }
        let (code, message) = match text.split_once(':') {
            Some((code, message)) if !message.is_empty() => (code, Some(message.to_owned())),
            Some((code, _)) => (code, None),
            None => (text, None),
        };
        let (provider, code) = match code.split_once('/') {
            Some((provider, code)) => (Some(provider), code),
            None => (None, code),
        };
        if let Some(provider) = provider {
            quhao::provider(provider).map_err(|error| Error::new(error.message()))?;
        }
        if code.is_empty() || code.len() > 32 || !code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            return Err(Error::new("expected a failure as 403101, shanyan/500005, 403000:重复请求 or fault:reset"));
        }
        Ok(Self::Code { provider: provider.map(str::to_owned), code: code.to_owned(), message })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fault(fault) => write!(f, "fault:{fault}"),
            Self::Code { provider, code, message } => {
                provider.iter().try_for_each(|provider| write!(f, "{provider}/"))?;
                f.write_str(code)?;
                message.iter().try_for_each(|message| write!(f, ":{message}"))
            }
        }
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_written_as_it_is_read() {
        for text in ["403101", "shanyan/500005", "403000:重复请求", "cmcc/001", "fault:reset", "fault:stall=800"] {
            assert_eq!(text.parse::<Failure>().unwrap().to_string(), text);
        }
        assert_eq!("shanyan/1".parse::<Failure>().unwrap(), Failure::code("1").of("shanyan"));
        assert_eq!("1:x".parse::<Failure>().unwrap(), Failure::code("1").saying("x"));
    }

    #[test]
    fn what_is_no_failure_is_refused_with_the_form() {
        for (bad, said) in [
            ("", "expected a failure as"),
            ("shanyam/500005", "unknown provider shanyam"),
            ("shanyan/", "expected a failure as"),
            ("50 00", "expected a failure as"),
            ("fault:rest", "unknown fault rest"),
            ("fault:stall=soon", "expected milliseconds"),
        ] {
            let error = bad.parse::<Failure>().unwrap_err();
            assert!(error.to_string().contains(said), "{bad}: {error}");
        }
    }
}
