//! A signed request as plain data, and the way back from its reply.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::model::{Answer, Error, ErrorKind, Outcome};
use crate::provider::{Ask, Provider, RequestContext};
use crate::redact::{Secret, echo, masked_id};

/// A signed request as plain data, for back ends that post it themselves.
///
/// Send it once: the token inside is single-use. `Debug` leaves the body out.
pub struct Call<T> {
    /// The HTTP method, `POST`.
    pub method: &'static str,
    /// The whole address.
    pub url: String,
    /// The headers to send, by lower-case name.
    pub headers: BTreeMap<&'static str, String>,
    /// The body, which holds the token.
    pub body: String,
    pub(crate) parser: ResponseParser,
    pub(crate) asked: Ask,
    pub(crate) answer: PhantomData<fn() -> T>,
}

/// Parses the response to one request.
#[derive(Clone)]
pub(crate) struct ResponseParser {
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) context: RequestContext,
}

impl<T: Answer> Call<T> {
    /// Reads the reply: HTTP status and body as they came.
    ///
    /// # Errors
    ///
    /// Whatever the gateway refused, and `protocol` or `decrypt` for a reply that does not hold what it should.
    pub fn read(&self, status: u16, body: &[u8]) -> Result<T, Error> {
        self.parser.read(Some(&self.asked), status, body)
    }
}

impl<T> Call<T> {
    /// The id under which the vendor can find this request.
    pub fn request_id(&self) -> Option<&str> {
        self.parser.context.request_id.as_deref()
    }
}

impl ResponseParser {
    /// Reads the reply to what was asked, if that is at hand.
    pub(crate) fn read<T: Answer>(&self, asked: Option<&Ask>, status: u16, body: &[u8]) -> Result<T, Error> {
        let read: Result<Outcome, Error> = self.provider.read(&self.context, status, body);
        read.and_then(|mut outcome| {
            outcome.redact_with(|said| self.redacted(asked, said));
            T::try_from(outcome).map_err(|_| Error::protocol("the reply answers another operation"))
        })
        .map_err(|error| self.sign(asked, error))
    }

    /// Adds to an error the facts of this request, and what its token lets suspect.
    pub(crate) fn sign(&self, asked: Option<&Ask>, error: Error) -> Error {
        let error = error.with_call(self.provider.info().id, self.context.request_id.as_deref());
        let error = error.redact_with(|said| self.redacted(asked, said));
        if !matches!(error.kind(), ErrorKind::Credentials | ErrorKind::Token) {
            return error;
        }
        match self.provider.token_diagnosis(&self.context.memo) {
            Some((zh, en)) => {
                let hint = error.hint().clone();
                error.with_hint_text(format!("{}；{zh}", hint.zh), format!("{}; {en}", hint.en))
            }
            None => error,
        }
    }

    /// A gateway's words without what it repeats of the request or of the app's keys; nothing where it repeats none.
    fn redacted(&self, asked: Option<&Ask>, said: &str) -> Option<String> {
        let mut secrets = self.provider.secrets();
        secrets.extend(self.context.memo.token.as_deref().map(Secret::expose));
        secrets.extend(asked.into_iter().flat_map(Ask::secrets));
        // An id is there to be found by.
        let ids = [self.context.request_id.as_deref(), self.provider.app_id()];
        secrets.retain(|secret| !ids.contains(&Some(*secret)));
        echo::redact_secrets(said, &secrets)
    }
}

impl<T> fmt::Debug for Call<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("method", &self.method)
            .field("url", &self.url)
            .field("headers", &self.headers)
            .field("body", &format_args!("<{} bytes>", self.body.len()))
            .field("request_id", &self.parser.context.request_id.as_deref().map(masked_id))
            .finish()
    }
}
