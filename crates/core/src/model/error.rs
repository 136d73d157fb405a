//! One error type whose kinds say whose fault it is and what to do next.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::error_kind::{Charge, ErrorKind, Hint, Phase, Retry};
use crate::redact::{masked, masked_id, redact_tokens};

/// A failed operation, with all a caller needs to decide what comes next.
///
/// `Display` is one line without secrets; [`hint`](Self::hint) says what to do.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    retry: Retry,
    charge: Charge,
    provider: Option<&'static str>,
    vendor_code: Option<String>,
    message: String,
    hint: Hint,
    request_id: Option<String>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
    quoted: Option<VendorText>,
}

/// Raw vendor text, kept until the secrets of its request have been removed from it.
#[derive(Clone)]
struct VendorText {
    /// `None` for a code that its table holds.
    code: Option<Zeroizing<String>>,
    said: Zeroizing<String>,
}

impl Error {
    /// The kind: whose fault it is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether, and with what, the operation may be tried again.
    pub fn retry(&self) -> Retry {
        self.0.retry
    }

    /// Whether the vendor charges for the failed call.
    pub fn charge(&self) -> Charge {
        self.0.charge
    }

    /// The provider's id, such as `shanyan`.
    pub fn provider(&self) -> Option<&'static str> {
        self.0.provider
    }

    /// The vendor's code as the gateway wrote it.
    pub fn vendor_code(&self) -> Option<&str> {
        self.0.vendor_code.as_deref()
    }

    /// The cause, without secrets.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The remedy, in Chinese and English.
    pub fn hint(&self) -> &Hint {
        &self.0.hint
    }

    /// The id under which the vendor can find the request.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// Where the network failed; only for [`ErrorKind::Transport`].
    pub fn phase(&self) -> Option<Phase> {
        match self.0.kind {
            ErrorKind::Transport { phase, .. } => Some(phase),
            _ => None,
        }
    }

    /// Whether a deadline passed.
    pub fn is_timeout(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Transport { timeout: true, .. })
    }
}

/// Construction, inside the crate: a kind and a message, then the facts that differ from the kind's own.
impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            retry: kind.retry(),
            charge: kind.charge(),
            provider: None,
            vendor_code: None,
            message: one_line(&message.into()),
            hint: kind.hint(),
            request_id: None,
            source: None,
            quoted: None,
        }))
    }

    pub(crate) fn config(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Config, message)
    }

    /// The one error for everything that can go wrong while a number is opened.
    pub(crate) fn decrypt() -> Self {
        Self::new(ErrorKind::Decrypt, "the number could not be decrypted")
    }

    pub(crate) fn input(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Input, message)
    }

    pub(crate) fn protocol(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Protocol, message)
    }

    /// A code that the vendor's table does not hold: never a quiet success.
    pub(crate) fn undocumented(code: &str, said: &str) -> Self {
        let quoted = VendorText { code: Some(Zeroizing::new(code.to_owned())), said: Zeroizing::new(said.to_owned()) };
        Self::protocol("").with_vendor_text(quoted)
    }

    /// The gateway's own words in place of the table's, if it gave any.
    pub(crate) fn with_vendor_message(self, said: &str) -> Self {
        if said.is_empty() {
            return self;
        }
        self.with_vendor_text(VendorText { code: None, said: Zeroizing::new(said.to_owned()) })
    }

    /// Puts what the gateway wrote as `other` has it, where it has any; once.
    pub(crate) fn redact_with(mut self, other: impl Fn(&str) -> Option<String>) -> Self {
        let Some(VendorText { mut code, mut said }) = self.0.quoted.take() else { return self };
        for text in code.iter_mut().chain([&mut said]) {
            if let Some(other) = other(text) {
                *text = Zeroizing::new(other);
            }
        }
        let mut told = self.with_vendor_text(VendorText { code, said });
        told.0.quoted = None;
        told
    }

    fn with_vendor_text(mut self, quoted: VendorText) -> Self {
        let said = quoted.said.as_str();
        self.0.message = match &quoted.code {
            None => one_line(said),
            Some(code) => {
                // The code comes from the network, so it is masked and cut before it is shown; no vendor's has 11 digits.
                let code: String = one_line(code).chars().take(MAX_CODE_LEN).collect();
                let colon = if said.is_empty() { "" } else { ": " };
                let message =
                    format!("the gateway answered code {code}, which its documentation does not hold{colon}{said}");
                self.0.vendor_code = Some(code);
                one_line(&message)
            }
        };
        self.0.quoted = Some(quoted);
        self
    }

    /// Names the configured ids, unmasked: China Mobile's have as many digits as a number.
    pub(crate) fn with_known_ids(mut self, ids: &[&str]) -> Self {
        self.0.message.push_str("; known: ");
        self.0.message.push_str(&ids.join(", "));
        self
    }

    pub(crate) fn with_hint_text(self, zh: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Self {
        self.with_hint(Hint { zh: zh.into(), en: en.into() })
    }

    pub(crate) fn with_hint(mut self, hint: Hint) -> Self {
        self.0.hint = hint;
        self
    }

    pub(crate) fn with_retry(mut self, retry: Retry) -> Self {
        self.0.retry = retry;
        self
    }

    pub(crate) fn with_charge(mut self, charge: Charge) -> Self {
        self.0.charge = charge;
        self
    }

    pub(crate) fn with_vendor_code(mut self, code: &str) -> Self {
        self.0.vendor_code = Some(code.to_owned());
        self
    }

    /// Adds the facts of the call that failed, unless they are there already.
    pub(crate) fn with_call(mut self, provider: &'static str, request_id: Option<&str>) -> Self {
        self.0.provider.get_or_insert(provider);
        if self.0.request_id.is_none() {
            self.0.request_id = request_id.map(str::to_owned);
        }
        self
    }

    pub(crate) fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(Arc::from(source.into()));
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(provider) = self.0.provider {
            write!(f, "{provider}: ")?;
        }
        write!(f, "{}: {}", self.0.kind, self.0.message)?;
        if let Some(code) = &self.0.vendor_code {
            write!(f, " (code {code})")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("retry", &self.0.retry)
            .field("charge", &self.0.charge)
            .field("provider", &self.0.provider)
            .field("vendor_code", &self.0.vendor_code)
            .field("message", &self.0.message)
            .field("hint", &self.0.hint.en)
            .field("request_id", &self.0.request_id.as_deref().map(masked_id))
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

/// A vendor's words may quote the number that was asked about, break out of a line of log, or never end.
fn one_line(message: &str) -> String {
    let line = redact_tokens(&masked(&message.replace(char::is_control, " ")));
    match line.char_indices().nth(MAX_MESSAGE_LEN) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// In characters; the documents' codes have six at most.
const MAX_CODE_LEN: usize = 32;

/// In characters; the documents' own messages have a few dozen.
const MAX_MESSAGE_LEN: usize = 500;
