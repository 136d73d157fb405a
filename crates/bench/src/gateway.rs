//! The gateway: a thread of this process that gives every login the same reply, so that only the client is measured.
//!
//! Its share is part of each figure, so it does no more than find the end of a request: no router, no allocation.

use std::collections::BTreeMap;
use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;

use crate::Failure;

/// The gateway's addresses: `http://127.0.0.1:40001`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Origins {
    pub(crate) http: String,
    pub(crate) https: String,
    /// TLS, for counting connections: no client connects to it before.
    pub(crate) fresh: String,
    /// Replies after 50 ms.
    pub(crate) slow: String,
    /// Reply when as many requests wait as [`start`] was given.
    pub(crate) held: String,
    pub(crate) held_tls: String,
}

/// The counts of each address since the start, at `GET /counters` of any.
pub(crate) type AllCounts = BTreeMap<String, Counts>;

/// The counts of one address. A connection counts from its first login.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Counts {
    pub(crate) connections: AtomicU64,
    pub(crate) handshakes: AtomicU64,
    pub(crate) logins: AtomicU64,
    pub(crate) waiting: AtomicU64,
    pub(crate) most_waiting: AtomicU64,
}

struct Port {
    name: &'static str,
    all_counts: Arc<AllCounts>,
    tls: Option<TlsAcceptor>,
    delay: Duration,
    /// Zero where requests are not held.
    hold: u64,
    all_wait: Notify,
    path: String,
    reply: Vec<u8>,
}

/// Starts the gateway; returns its addresses and the certificate to trust.
pub(crate) fn start(path: &str, reply: &str, hold: u64) -> Result<(Origins, String), Failure> {
    let (tls, certificate) = acceptor()?;
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", reply.len());
    let reply = [head.as_bytes(), reply.as_bytes()].concat();
    // One thread, so that the client has the other core to itself.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let names = ["http", "https", "fresh", "slow", "held", "held_tls"];
    let all_counts: Arc<AllCounts> = Arc::new(names.map(|name| (name.to_owned(), Counts::default())).into());
    let open = |name: &'static str, tls: Option<&TlsAcceptor>, delay_ms: u64, hold: u64| -> io::Result<String> {
        let (path, reply, tls, all_counts) = (path.to_owned(), reply.clone(), tls.cloned(), Arc::clone(&all_counts));
        let (all_wait, delay) = (Notify::new(), Duration::from_millis(delay_ms));
        let socket = TcpSocket::new_v4()?;
        socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        let listener = socket.listen(BACKLOG)?;
        let origin = format!("http{}://{}", if tls.is_some() { "s" } else { "" }, listener.local_addr()?);
        tokio::spawn(accept(listener, Arc::new(Port { name, all_counts, tls, delay, hold, all_wait, path, reply })));
        Ok(origin)
    };
    let origins = {
        let _entered = runtime.enter();
        Origins {
            http: open("http", None, 0, 0)?,
            https: open("https", Some(&tls), 0, 0)?,
            fresh: open("fresh", Some(&tls), 0, 0)?,
            slow: open("slow", None, SLOW_MS, 0)?,
            held: open("held", None, 0, hold)?,
            held_tls: open("held_tls", Some(&tls), 0, hold)?,
        }
    };
    std::thread::Builder::new().name("gateway".into()).spawn(move || runtime.block_on(std::future::pending::<()>()))?;
    Ok((origins, certificate))
}

/// TLS under a certificate made at every start, and the certificate in PEM.
fn acceptor() -> Result<(TlsAcceptor, String), Failure> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()])?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok((TlsAcceptor::from(Arc::new(config)), made.cert.pem()))
}

async fn accept(listener: TcpListener, port: Arc<Port>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of descriptors for now.
            tokio::time::sleep(Duration::from_millis(5)).await;
            continue;
        };
        let port = Arc::clone(&port);
        tokio::spawn(async move {
            stream.set_nodelay(true)?;
            match &port.tls {
                None => port.serve(stream).await,
                Some(tls) => {
                    let stream = tls.accept(stream).await?;
                    port.counts().handshakes.fetch_add(1, Ordering::Relaxed);
                    port.serve(stream).await
                }
            }
        });
    }
}

impl Origins {
    /// The counts of one address.
    pub(crate) fn counts(&self, name: &str) -> Result<Counts, Failure> {
        let http = reqwest::blocking::Client::builder().no_proxy().build()?;
        let told = http.get(format!("{}/counters", self.http)).send()?.bytes()?;
        serde_json::from_slice::<AllCounts>(&told)?.remove(name).ok_or_else(|| format!("no address {name}").into())
    }
}

impl Port {
    async fn serve(&self, mut stream: impl AsyncRead + AsyncWrite + Unpin) -> io::Result<()> {
        let (mut input, mut is_counted) = (Vec::with_capacity(4096), false);
        loop {
            let Some(request) = Request::find(&input)? else {
                if stream.read_buf(&mut input).await? == 0 {
                    return Ok(());
                }
                continue;
            };
            let counts = self.counts();
            if request.path == self.path {
                counts.logins.fetch_add(1, Ordering::Relaxed);
                if !std::mem::replace(&mut is_counted, true) {
                    counts.connections.fetch_add(1, Ordering::Relaxed);
                }
                self.wait().await;
                stream.write_all(&self.reply).await?;
            } else if request.path == "/counters" {
                let told = serde_json::to_string(&*self.all_counts)?;
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", told.len());
                stream.write_all((head + &told).as_bytes()).await?;
                return stream.shutdown().await;
            } else {
                return stream.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n").await;
            }
            stream.flush().await?;
            let end = request.end;
            input.drain(..end);
        }
    }

    fn counts(&self) -> &Counts {
        &self.all_counts[self.name]
    }

    async fn wait(&self) {
        let counts = self.counts();
        let waiting = counts.waiting.fetch_add(1, Ordering::Relaxed) + 1;
        counts.most_waiting.fetch_max(waiting, Ordering::Relaxed);
        if waiting < self.hold {
            self.all_wait.notified().await;
        } else if self.hold > 0 {
            self.all_wait.notify_waiters();
        }
        if !self.delay.is_zero() {
            tokio::time::sleep(self.delay).await;
        }
        counts.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A request that is there as a whole.
#[derive(Debug, PartialEq)]
struct Request<'a> {
    path: &'a str,
    end: usize,
}

impl<'a> Request<'a> {
    /// Looks for a request at the beginning of `input`; no client here sends chunks or waits for a 100.
    fn find(input: &'a [u8]) -> io::Result<Option<Self>> {
        let mut headers = [httparse::EMPTY_HEADER; 32];
        let mut head = httparse::Request::new(&mut headers);
        let httparse::Status::Complete(end) = head.parse(input).map_err(io::Error::other)? else { return Ok(None) };
        let mut length = 0;
        for header in head.headers.iter() {
            if header.name.eq_ignore_ascii_case("content-length") {
                let text = std::str::from_utf8(header.value).map_err(io::Error::other)?;
                length = text.parse().map_err(io::Error::other)?;
            } else if header.name.eq_ignore_ascii_case("transfer-encoding") {
                return Err(io::Error::other("expected a body with its length"));
            }
        }
        let path = head.path.unwrap_or_default();
        Ok((input.len() >= end + length).then_some(Self { path, end: end + length }))
    }
}

const SLOW_MS: u64 = 50;

/// Ten thousand clients may connect at once.
const BACKLOG: u32 = 16_384;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_ends_where_its_length_says() {
        let input = b"POST /open/x HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcPOST";
        assert_eq!(Request::find(input).unwrap(), Some(Request { path: "/open/x", end: input.len() - 4 }));
        assert_eq!(Request::find(&input[..20]).unwrap(), None);
        assert_eq!(Request::find(&input[..input.len() - 5]).unwrap(), None);
    }

    #[test]
    fn a_body_without_a_length_is_refused() {
        assert!(Request::find(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n").is_err());
        assert!(Request::find(b"no HTTP at all\r\n\r\n").is_err());
    }
}
