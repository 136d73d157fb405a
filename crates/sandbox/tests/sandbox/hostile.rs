//! Bytes that no client means to send.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

use quhao::Operation;
use quhao_sandbox::{Carrier, Sandbox};

use crate::bare::NUMBER;

/// One of a few thousand requests, half of them over the wire as they are, half a real one with a byte changed.
struct Bytes(u64);

impl Bytes {
    /// SplitMix64: the same bytes in every run.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }
}

/// Real requests of every gateway: path, content type, body.
fn real(sandbox: &Sandbox) -> Vec<(String, String, Vec<u8>)> {
    let phone = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap();
    let mut calls = Vec::new();
    for app in sandbox.apps() {
        let client = quhao::Client::new(app.provider, sandbox.options(app.name).unwrap()).unwrap();
        let path = |url: &str| url.strip_prefix(sandbox.url()).unwrap().to_owned();
        if app.provider == "yuxin" {
            let call = client.prepare_verify_identity(NUMBER, "张三", "11010519491231002X").unwrap();
            calls.push((path(&call.url), call.headers["content-type"].clone(), call.body.clone().into_bytes()));
            continue;
        }
        let call = client.prepare_fetch_number(phone.params(app.name, Operation::FetchNumber).unwrap()).unwrap();
        calls.push((path(&call.url), call.headers["content-type"].clone(), call.body.clone().into_bytes()));
        if !app.operations().contains(&Operation::VerifyNumber) {
            continue;
        }
        let params = phone.params(app.name, Operation::VerifyNumber).unwrap();
        let call = client.prepare_verify_number(params, Some(NUMBER)).unwrap();
        calls.push((path(&call.url), call.headers["content-type"].clone(), call.body.clone().into_bytes()));
    }
    calls
}

#[test]
fn every_request_gets_an_answer_whatever_is_in_it() {
    let sandbox = Sandbox::start().unwrap();
    let calls = real(&sandbox);
    assert_eq!(calls.len(), sandbox.apps().iter().map(|app| app.operations().len()).sum::<usize>());
    let types =
        ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", ";=\""];
    let mut bytes = Bytes(1);
    for round in 0..1500 {
        let (path, content_type, body) = &calls[bytes.below(calls.len())];
        let (mut content_type, mut body) = (content_type.as_str(), body.clone());
        if round % 3 == 0 {
            content_type = types[bytes.below(types.len())];
        }
        for _ in 0..bytes.below(4) {
            let at = bytes.below(body.len());
            match bytes.below(3) {
                0 => body[at] = bytes.next().to_le_bytes()[0],
                1 => body.truncate(at.max(1)),
                _ => body.extend_from_slice("é\u{1F600}号".as_bytes()),
            }
        }
        let address = sandbox.url().strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(&body).unwrap();
        let mut reply = Vec::new();
        stream.read_to_end(&mut reply).unwrap();
        assert!(reply.starts_with(b"HTTP/1.1 200"), "round {round}: {}", String::from_utf8_lossy(&reply));
    }
    assert_eq!(sandbox.ledger().len(), 1500);
    assert!(sandbox.ledger().iter().all(|entry| entry.accepted || entry.explanation.is_some()));
    assert!(!format!("{:?}", sandbox.ledger()).contains(NUMBER));
}

#[test]
fn what_is_not_http_or_not_all_there_harms_nobody_else() {
    let sandbox = Sandbox::start().unwrap();
    let address = sandbox.url().strip_prefix("http://").unwrap();
    for bytes in [
        &b"\x16\x03\x01\x02\x00\x01\x00"[..],
        b"GET\r\n\r\n",
        b"POST /api/personalInfo/verifyMobile HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nabc",
        b"POST /api/personalInfo/verifyMobile HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    ] {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(bytes).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut reply = Vec::new();
        // It may be reset instead of answered: either is an end.
        let _ = stream.read_to_end(&mut reply);
    }
    let params = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap().params("cmcc", Operation::FetchNumber).unwrap();
    let client = quhao::blocking::Client::new("cmcc", sandbox.options("cmcc").unwrap()).unwrap();
    assert_eq!(client.fetch_number(params).unwrap().number.expose(), NUMBER);
    assert_eq!(sandbox.ledger().len(), 1);
}
