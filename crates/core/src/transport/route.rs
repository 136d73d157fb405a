//! The way out of this process: what a proxy, a certificate and a patience make of it.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::Uri;
use hyper::header::HeaderValue;
use percent_encoding::percent_decode_str;
use rustls::pki_types::CertificateDer;
use url::Url;

use super::tls::certificates;
use crate::error::Error;
use crate::options::Options;

/// The way out of this process; clients with the same one share connections.
#[derive(Clone)]
pub(crate) struct Route {
    way: Arc<Way>,
    /// Of the whole way, so that a call does not go over its certificates.
    hash: u64,
}

#[derive(PartialEq, Eq, Hash)]
struct Way {
    connect_timeout: Duration,
    proxy: Option<Proxy>,
    /// DER of the certificates trusted besides the system's.
    trusted: Vec<CertificateDer<'static>>,
}

/// An HTTP proxy: where it is, and what it wants to see.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Proxy {
    pub(crate) address: Uri,
    /// `Basic` and the user and password of its address.
    pub(crate) authorization: Option<HeaderValue>,
}

impl Route {
    /// Takes `connect_timeout_ms`, `proxy` and `ca_certificate`.
    ///
    /// # Errors
    ///
    /// `config` for an address or a certificate that cannot be read.
    pub(crate) fn from(options: &mut Options) -> Result<Self, Error> {
        let proxy = options
            .take("proxy")
            .map(|text| Proxy::parse(&text).ok_or_else(|| Error::config("option proxy: expected http://host:port")));
        let way = Arc::new(Way {
            connect_timeout: options.milliseconds("connect_timeout_ms")?,
            proxy: proxy.transpose()?,
            trusted: options.take("ca_certificate").map(|text| certificates(&text)).transpose()?.unwrap_or_default(),
        });
        let mut hasher = DefaultHasher::new();
        way.hash(&mut hasher);
        Ok(Self { way, hash: hasher.finish() })
    }

    pub(super) fn connect_timeout(&self) -> Duration {
        self.way.connect_timeout
    }

    pub(super) fn proxy(&self) -> Option<&Proxy> {
        self.way.proxy.as_ref()
    }

    pub(super) fn trusted(&self) -> &[CertificateDer<'static>] {
        &self.way.trusted
    }
}

impl PartialEq for Route {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.way, &other.way) || (self.hash == other.hash && self.way == other.way)
    }
}

impl Eq for Route {}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Route").field("connect_timeout", &self.way.connect_timeout).finish_non_exhaustive()
    }
}

impl Proxy {
    fn parse(text: &str) -> Option<Self> {
        let mut url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())?;
        let decoded = |part: &str| percent_decode_str(part).collect::<Vec<u8>>();
        let is_anonymous = url.username().is_empty() && url.password().is_none();
        let authorization = if is_anonymous {
            None
        } else {
            let pair = [decoded(url.username()), decoded(url.password().unwrap_or_default())].join(&b':');
            let mut value = HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(pair))).ok()?;
            value.set_sensitive(true);
            Some(value)
        };
        url.set_username("").ok()?;
        url.set_password(None).ok()?;
        Some(Self { address: url.as_str().parse().ok()?, authorization })
    }
}
