//! Scheme, host and port of a gateway; the paths are the vendors' own.

use std::net::IpAddr;

use url::{Host, Url};

use crate::model::Error;

/// Where requests go: `https`, or `http` to this machine's loopback for a sandbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BaseUrl(String);

impl BaseUrl {
    /// Reads `scheme://host[:port]`.
    ///
    /// # Errors
    ///
    /// `config` for anything with a path, query or user, and for plain http to another machine: a token sent
    /// there could be spent by an eavesdropper.
    pub(crate) fn parse(option: &str, text: &str) -> Result<Self, Error> {
        let wrong = |what: &str| Error::config(format!("option {option}: {what}"));
        let url = Url::parse(text).map_err(|_| wrong("expected scheme://host[:port]"))?;
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("expected scheme://host[:port] alone; the documented path is added"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("expected no user name or password in the address"));
        }
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            "http" => {
                return Err(wrong("expected https; plain http is for loopback addresses only").with_hint_text(
                    "明文 http 会泄露 token，仅允许用于本机沙箱",
                    "plain http would expose the token; it is allowed for a sandbox on this machine only",
                ));
            }
            _ => return Err(wrong("expected https")),
        }
        Ok(Self(url.origin().ascii_serialization()))
    }

    /// The address of a path on this origin.
    pub(crate) fn at(&self, path: &str) -> String {
        [&self.0, path].concat()
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_loopback_only() {
        for good in [
            "http://127.0.0.1:8080",
            "http://[::1]:1",
            "http://localhost",
            "https://example.com",
            "https://example.com/",
        ] {
            assert!(BaseUrl::parse("base_url", good).is_ok(), "{good}");
        }
        for bad in [
            "http://example.com",
            "http://localhost.example.com",
            "http://10.0.0.1",
            "ftp://example.com",
            "example.com",
            "",
        ] {
            assert!(BaseUrl::parse("base_url", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_path_is_not_the_callers() {
        for bad in [
            "https://example.com/api",
            "https://example.com/?a=b",
            "https://example.com#x",
            "https://me:pw@example.com",
        ] {
            assert!(BaseUrl::parse("base_url", bad).is_err(), "{bad}");
        }
        assert_eq!(BaseUrl::parse("base_url", "https://Example.com:443").unwrap().at("/x"), "https://example.com/x");
    }
}
