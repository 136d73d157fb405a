//! Calls through a proxy: what it receives, and how a call ends when it refuses or stalls.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod phone;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use quhao::blocking::Client;
use quhao::{Charge, ErrorKind, Phase, Retry};
use quhao_sandbox::Sandbox;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use phone::{NUMBER, token};

#[test]
fn what_is_encrypted_goes_through_one_tunnel_and_the_proxy_sees_no_token() {
    let sandbox = Sandbox::builder().tls(true).start().unwrap();
    let proxy = Proxy::start(Manner::Passes, None);
    let client = client(&sandbox, &[("proxy", &proxy.url("user:p%40ss@"))]);
    for _ in 0..3 {
        assert_eq!(client.fetch_number(token(&sandbox)).unwrap().number.expose(), NUMBER);
    }
    let heads = proxy.heads();
    let [head] = heads.as_slice() else { panic!("one tunnel for three logins: {heads:?}") };
    let gateway = sandbox.url().trim_start_matches("https://");
    assert!(head.starts_with(&format!("CONNECT {gateway} HTTP/1.1\r\n")), "{head}");
    // base64("user:p@ss")
    assert!(head.to_lowercase().contains("\r\nproxy-authorization: ") && head.contains(": Basic dXNlcjpwQHNz\r\n"));
    assert!(!head.contains("open/flashsdk"), "{head}");
    assert_eq!(sandbox.ledger().len(), 3);
}

#[test]
fn a_proxy_may_be_spoken_to_under_tls_itself() {
    let sandbox = Sandbox::builder().tls(true).start().unwrap();
    let of_proxy = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let trusted = std::fs::read_to_string(&sandbox.options("shanyan").unwrap()["ca_certificate"]).unwrap();
    let trusted = trusted + &of_proxy.cert.pem();
    let config = ServerConfig::builder().with_no_client_auth();
    let key = PrivateKeyDer::Pkcs8(of_proxy.signing_key.serialize_der().into());
    let config = config.with_single_cert(vec![of_proxy.cert.der().clone()], key).unwrap();
    let proxy = Proxy::start(Manner::Passes, Some(TlsAcceptor::from(Arc::new(config))));
    let client = client(&sandbox, &[("proxy", &proxy.url("")), ("ca_certificate", &trusted)]);
    assert_eq!(client.fetch_number(token(&sandbox)).unwrap().number.expose(), NUMBER);
    let heads = proxy.heads();
    assert!(heads.len() == 1 && heads[0].starts_with("CONNECT "), "{heads:?}");
    assert!(!heads[0].to_lowercase().contains("authorization"), "nobody gave a password: {heads:?}");
}

#[test]
fn what_is_not_encrypted_is_asked_of_the_proxy_itself() {
    let sandbox = Sandbox::start().unwrap();
    let proxy = Proxy::start(Manner::Passes, None);
    let client = client(&sandbox, &[("proxy", &proxy.url("user:@"))]);
    for _ in 0..3 {
        assert_eq!(client.fetch_number(token(&sandbox)).unwrap().number.expose(), NUMBER);
    }
    let heads = proxy.heads();
    assert_eq!(heads.len(), 1, "one connection for three logins: {heads:?}");
    let line = format!("POST {}/open/flashsdk/mobile-query-m HTTP/1.1\r\n", sandbox.url());
    assert!(heads[0].starts_with(&line), "{heads:?}");
    assert!(heads[0].contains("proxy-authorization: Basic dXNlcjo="), "{heads:?}");
}

#[test]
fn a_proxy_that_refuses_costs_no_token() {
    let sandbox = Sandbox::builder().tls(true).start().unwrap();
    for (manner, attempts) in [(Manner::Refuses, 2), (Manner::HangsUp, 2)] {
        let proxy = Proxy::start(manner, None);
        let error = client(&sandbox, &[("proxy", &proxy.url("user:PASSWORD@"))]).fetch_number(token(&sandbox));
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport { phase: Phase::Connect, timeout: false }, "{error:?}");
        assert_eq!((error.retry(), error.charge()), (Retry::SameToken, Charge::No));
        assert!(!format!("{error:?}").contains("PASSWORD"));
        assert_eq!(proxy.heads().len(), attempts, "one more attempt, since nothing was sent");
    }
    assert!(sandbox.ledger().is_empty());
}

#[test]
fn a_proxy_that_stalls_is_given_up_after_the_time_for_connecting() {
    let sandbox = Sandbox::builder().tls(true).start().unwrap();
    let proxy = Proxy::start(Manner::Stalls, None);
    let client = client(&sandbox, &[("proxy", &proxy.url("")), ("connect_timeout_ms", "200")]);
    let begun = Instant::now();
    let error = client.fetch_number(token(&sandbox)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport { phase: Phase::Connect, timeout: true }, "{error:?}");
    assert_eq!(error.message(), "no connection within 200 ms");
    assert!(begun.elapsed() >= Duration::from_millis(200) && begun.elapsed() < Duration::from_secs(2));
    assert_eq!(proxy.heads().len(), 1, "a time limit is not tried twice");
}

/// A proxy's behaviour.
#[derive(Clone, Copy)]
enum Manner {
    HangsUp,
    Passes,
    Refuses,
    Stalls,
}

/// A proxy on a thread of its own, which keeps the head of the first request on each connection.
struct Proxy {
    address: SocketAddr,
    is_tls: bool,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    fn start(manner: Manner, tls: Option<TlsAcceptor>) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let (address, heads) = (listener.local_addr().unwrap(), Arc::default());
        let (is_tls, seen) = (tls.is_some(), Arc::clone(&heads));
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener).unwrap();
                while let Ok((client, _)) = listener.accept().await {
                    let (tls, seen) = (tls.clone(), Arc::clone(&seen));
                    tokio::spawn(async move {
                        match tls {
                            Some(tls) => serve(tls.accept(client).await.unwrap(), manner, &seen).await,
                            None => serve(client, manner, &seen).await,
                        }
                    });
                }
            });
        });
        Self { address, is_tls, heads }
    }

    /// Its address with a user before it.
    fn url(&self, user: &str) -> String {
        format!("{}://{user}{}", if self.is_tls { "https" } else { "http" }, self.address)
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

async fn serve(mut client: impl AsyncRead + AsyncWrite + Unpin, manner: Manner, seen: &Mutex<Vec<String>>) {
    let mut read = Vec::new();
    while !read.windows(4).any(|window| window == b"\r\n\r\n") {
        assert!(client.read_buf(&mut read).await.unwrap() > 0);
    }
    let head = String::from_utf8_lossy(&read).into_owned();
    seen.lock().unwrap().push(head.clone());
    match manner {
        Manner::Passes => {}
        Manner::HangsUp => return,
        Manner::Refuses => {
            return client.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n").await.unwrap();
        }
        Manner::Stalls => return std::future::pending().await,
    }
    let asked = head.split(' ').nth(1).unwrap().trim_start_matches("http://");
    let mut gateway = TcpStream::connect(asked.split('/').next().unwrap()).await.unwrap();
    if head.starts_with("CONNECT ") {
        client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
    } else {
        gateway.write_all(&read).await.unwrap();
    }
    drop(copy_bidirectional(&mut client, &mut gateway).await);
}

fn client(sandbox: &Sandbox, more: &[(&str, &str)]) -> Client {
    phone::client(sandbox, more).into()
}
