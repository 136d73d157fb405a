//! An HTTP client that sends any request as given.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::thread::sleep;
use std::time::{Duration, Instant};

use quhao_sandbox::{Entry, Sandbox};
use serde_json::Value;

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
pub(crate) const JSON: &str = "application/json";
pub(crate) const NUMBER: &str = "13800138000";

#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

/// Sends one request and reads until the connection closes.
pub(crate) fn send(sandbox: &Sandbox, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Reply {
    let address = address(sandbox);
    let mut stream = TcpStream::connect(address).unwrap();
    let mut head = format!("{method} {target} HTTP/1.1\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
    if !headers.iter().any(|(name, _)| *name == "host") {
        head += &format!("host: {address}\r\n");
    }
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    stream.write_all(format!("{head}\r\n{body}").as_bytes()).unwrap();
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).unwrap();
    let end = reply.windows(4).position(|window| window == b"\r\n\r\n").expect("a reply has a head");
    let head = String::from_utf8(reply[..end].to_vec()).unwrap();
    Reply { status: head[9..12].parse().unwrap(), head, body: reply[end + 4..].to_vec() }
}

pub(crate) fn post(sandbox: &Sandbox, path: &str, content_type: &str, body: &str) -> Reply {
    send(sandbox, "POST", path, &[("content-type", content_type)], body)
}

pub(crate) fn form(fields: &BTreeMap<String, String>) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(fields).finish()
}

/// Returns once the sandbox's port accepts connections, or refuses them.
pub(crate) fn until_it_accepts(sandbox: &Sandbox, accepts: bool) {
    until(|| TcpStream::connect(address(sandbox)).is_ok() == accepts);
}

/// Returns once the sandbox answers a request, which it does not from the order to restart until it has done so.
pub(crate) fn until_it_answers(sandbox: &Sandbox) {
    let is_answered = || -> io::Result<bool> {
        let mut stream = TcpStream::connect(address(sandbox))?;
        stream.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
        Ok(stream.read(&mut [0])? == 1)
    };
    until(|| is_answered().unwrap_or(false));
}

fn until(mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(20));
        sleep(Duration::from_millis(5));
    }
}

fn address(sandbox: &Sandbox) -> &str {
    sandbox.url().split_once("://").unwrap().1
}

/// The last entry of the ledger.
pub(crate) fn last(sandbox: &Sandbox) -> Entry {
    sandbox.ledger().pop().expect("a request reached the sandbox")
}

/// The last entry's explanation.
pub(crate) fn why(sandbox: &Sandbox) -> String {
    last(sandbox).explanation.unwrap_or_default()
}

/// Asserts a refusal: code in the ledger, no charge, and words that explain it.
pub(crate) fn assert_refused(sandbox: &Sandbox, code: &str, because: &str) {
    let entry = last(sandbox);
    assert_eq!(entry.verdict, code, "{entry}");
    assert!(!entry.accepted && !entry.charged, "{entry}");
    let why = entry.explanation.clone().unwrap_or_default();
    assert!(why.contains(because), "expected {because:?} in: {why}");
}
