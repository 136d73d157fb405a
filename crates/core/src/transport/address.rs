//! Where a request goes, worked out once for all the calls that go there.

use hyper::Uri;
use hyper::header::{CONTENT_TYPE, HOST, HeaderMap, HeaderValue, PROXY_AUTHORIZATION};
use hyper::http::uri::{PathAndQuery, Scheme};
use url::{Position, Url};

use super::http::Request;
use super::route::Route;
use crate::error::Error;

/// An address that was posted to, and all that is the same each time.
#[derive(Debug)]
pub(crate) struct Address {
    url: String,
    content_type: &'static str,
    /// Scheme, host and port: requests to the same share connections.
    pub(crate) origin: Uri,
    /// What the request's first line names.
    pub(crate) target: Uri,
    pub(crate) headers: HeaderMap,
}

impl Address {
    /// Adds to `headers` those of the address.
    ///
    /// # Errors
    ///
    /// `config` if it cannot be read.
    pub(crate) fn new(request: &Request, headers: &HeaderMap, route: &Route) -> Result<Self, Error> {
        let unreadable = || Error::config("the address cannot be read");
        let url = Url::parse(&request.url).map_err(|error| unreadable().caused_by(error))?;
        let read = |text: &str| text.parse::<Uri>().map_err(|error| unreadable().caused_by(error));
        let origin = read(&url[..Position::BeforePath])?;
        // Without its default port, as the URL has it.
        let host = &url[Position::BeforeHost..Position::AfterPort];
        let mut headers = headers.clone();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(request.content_type));
        headers.insert(HOST, HeaderValue::from_str(host).map_err(|error| unreadable().caused_by(error))?);
        let proxy = route.proxy().filter(|_| is_plain(&origin));
        let target = match proxy {
            // A proxy has to be told the whole of it, unless it only passes on what is encrypted.
            Some(_) => read(url.as_str())?,
            None => PathAndQuery::try_from(&url[Position::BeforePath..Position::AfterQuery])
                .map_err(|error| unreadable().caused_by(error))?
                .into(),
        };
        if let Some(authorization) = proxy.and_then(|proxy| proxy.authorization.clone()) {
            headers.insert(PROXY_AUTHORIZATION, authorization);
        }
        Ok(Self { url: request.url.clone(), content_type: request.content_type, origin, target, headers })
    }

    /// Whether a request goes here.
    pub(crate) fn is_of(&self, request: &Request) -> bool {
        self.url == request.url && self.content_type == request.content_type
    }
}

/// Whether what goes there is not encrypted.
pub(super) fn is_plain(origin: &Uri) -> bool {
    origin.scheme() == Some(&Scheme::HTTP)
}
