//! Addresses besides the sandbox's own: the gateways under TLS, and places where connecting fails.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::str::FromStr;

use tokio::net::TcpSocket;
use tokio_rustls::TlsAcceptor;

use crate::error::Error;
use crate::tls::{self, Flaw};

/// An address besides the sandbox's own, which behaves the same every time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Endpoint {
    /// Answers a request with informational responses (1xx) without end.
    Flood,
    /// A port that is reserved and refuses every connection.
    Refused,
    /// A port that takes connections and never says a word: a TLS handshake hangs.
    Silent,
    /// The gateways under TLS, by the CA that comes with it.
    Tls,
    /// Floods under TLS, by the CA that comes with it.
    TlsFlood,
    /// TLS with a certificate that expired a year ago, by the CA that comes with it.
    TlsExpired,
    /// TLS with a certificate by another CA than the one that comes with it.
    TlsUnknownCa,
    /// TLS with a certificate for another host, by the CA that comes with it.
    TlsWrongHost,
}

impl Endpoint {
    /// All of them, for listing.
    pub const ALL: &[Self] = &[
        Self::Flood,
        Self::Refused,
        Self::Silent,
        Self::Tls,
        Self::TlsExpired,
        Self::TlsFlood,
        Self::TlsUnknownCa,
        Self::TlsWrongHost,
    ];

    /// Its name: `tls-expired`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Flood => "flood",
            Self::Refused => "refused",
            Self::Silent => "silent",
            Self::Tls => "tls",
            Self::TlsExpired => "tls-expired",
            Self::TlsFlood => "tls-flood",
            Self::TlsUnknownCa => "tls-unknown-ca",
            Self::TlsWrongHost => "tls-wrong-host",
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Endpoint {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        Self::ALL.iter().copied().find(|endpoint| endpoint.as_str() == name).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|endpoint| endpoint.as_str()).collect();
            Error::new(format!("unknown endpoint {}; expected one of {}", name.escape_debug(), names.join(", ")))
        })
    }
}

/// The endpoints that were asked for, each opened once.
#[derive(Default)]
pub(crate) struct Endpoints(BTreeMap<Endpoint, (BTreeMap<String, String>, Kept)>);

/// Sockets that stay open, so that the port stays as it is.
#[expect(dead_code, reason = "held, never read")]
enum Kept {
    Bound(TcpSocket),
    Listening(TcpListener),
    /// The server has it.
    Served,
}

impl Endpoints {
    /// The options that lead a client to an endpoint; `serve` takes the listener of one that the server serves.
    pub(crate) fn open(
        &mut self,
        endpoint: Endpoint,
        serve: impl FnOnce(TcpListener, Option<TlsAcceptor>),
    ) -> Result<BTreeMap<String, String>, Error> {
        if let Some((options, _)) = self.0.get(&endpoint) {
            return Ok(options.clone());
        }
        let unusable = |error: io::Error| Error::new("no port of 127.0.0.1 can be had").caused_by(error);
        let (options, kept) = match endpoint {
            Endpoint::Refused => {
                let socket = bound(ANY).map_err(unusable)?;
                (options("http", socket.local_addr().map_err(unusable)?), Kept::Bound(socket))
            }
            Endpoint::Silent => {
                let listener = TcpListener::bind(ANY).map_err(unusable)?;
                (options("https", listener.local_addr().map_err(unusable)?), Kept::Listening(listener))
            }
            Endpoint::Flood => {
                let listener = TcpListener::bind(ANY).map_err(unusable)?;
                let options = options("http", listener.local_addr().map_err(unusable)?);
                serve(listener, None);
                (options, Kept::Served)
            }
            _ => {
                let (acceptor, ca) = tls::flawed(match endpoint {
                    Endpoint::TlsExpired => Flaw::Expired,
                    Endpoint::TlsUnknownCa => Flaw::UnknownCa,
                    Endpoint::TlsWrongHost => Flaw::WrongHost,
                    _ => Flaw::None,
                })?;
                let listener = TcpListener::bind(ANY).map_err(unusable)?;
                let mut options = options("https", listener.local_addr().map_err(unusable)?);
                options.insert("ca_certificate".to_owned(), ca);
                serve(listener, Some(acceptor));
                (options, Kept::Served)
            }
        };
        self.0.insert(endpoint, (options.clone(), kept));
        Ok(options)
    }
}

/// A socket that holds a port without listening; others may be bound to it that allow the same.
pub(crate) fn bound(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

fn options(scheme: &str, address: SocketAddr) -> BTreeMap<String, String> {
    BTreeMap::from([("base_url".to_owned(), format!("{scheme}://{address}"))])
}

const ANY: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_endpoint_is_read_by_its_name() {
        for endpoint in Endpoint::ALL {
            assert_eq!(endpoint.as_str().parse::<Endpoint>().unwrap(), *endpoint);
        }
        assert!("ssl".parse::<Endpoint>().unwrap_err().to_string().contains("unknown endpoint ssl; expected one of"));
    }
}
