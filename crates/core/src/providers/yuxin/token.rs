//! The platform's access token: fixed, or fetched by the caller's own code.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use arc_swap::ArcSwapOption;

use crate::model::{Error, ErrorKind};
use crate::redact::Secret;

/// Fetches a token; called with the refused one after a refusal.
pub(crate) type Source = Box<dyn Fn(Option<Secret>) -> Fetching + Send + Sync>;

/// The result of a [`Source`].
pub(crate) type Fetching =
    Pin<Box<dyn Future<Output = Result<String, Box<dyn std::error::Error + Send + Sync>>> + Send>>;

/// The token in use, and where the next one comes from.
pub(crate) struct Token {
    current: ArcSwapOption<Secret>,
    source: Option<Source>,
}

impl Token {
    pub(crate) fn fixed(token: &str) -> Self {
        Self { current: ArcSwapOption::from_pointee(Secret::from(token)), source: None }
    }

    #[cfg_attr(not(feature = "http"), expect(dead_code, reason = "only a client that sends meets a refusal"))]
    pub(crate) fn from_source(source: Source) -> Self {
        Self { current: ArcSwapOption::empty(), source: Some(source) }
    }

    /// The token in use.
    ///
    /// # Errors
    ///
    /// `config` before the first token is fetched.
    pub(crate) fn current(&self) -> Result<Arc<Secret>, Error> {
        self.current.load_full().ok_or_else(|| {
            Error::config("no token has been fetched yet: make a call first, or configure the option token")
        })
    }

    /// Fetches the first token, or replaces the one that was refused; returns whether there is another one now.
    ///
    /// # Errors
    ///
    /// `unavailable` if the caller's code fails.
    pub(crate) async fn renew(&self, refused: bool) -> Result<bool, Error> {
        let Some(source) = &self.source else { return Ok(false) };
        let current = self.current.load_full();
        if current.is_some() && !refused {
            return Ok(false);
        }
        let token = source(current.map(|token| Secret::clone(&token))).await.map_err(|error| {
            Error::new(ErrorKind::Unavailable, "the token source failed")
                .with_hint_text(
                    "获取驭信 token 的回调失败，请检查鉴权接口",
                    "the code that fetches the platform's token failed",
                )
                .with_source(error)
        })?;
        self.current.store(Some(Arc::new(Secret::from(token))));
        Ok(true)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.source.is_some() { "<token from a source>" } else { "<fixed token>" })
    }
}
