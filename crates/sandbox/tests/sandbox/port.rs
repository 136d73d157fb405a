//! The port: one, on loopback, by TLS if asked, and gone when the sandbox is.

use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};

use quhao::blocking::Client;
use quhao::{ErrorKind, Operation, Phase, Retry};
use quhao_sandbox::{Carrier, Fault, Sandbox};

use crate::bare::NUMBER;

fn address(sandbox: &Sandbox) -> String {
    sandbox.url().split_once("://").unwrap().1.to_owned()
}

#[test]
fn tls_is_trusted_by_whoever_has_the_ca_file_and_by_nobody_else() {
    let sandbox = Sandbox::builder().tls(true).start().unwrap();
    assert!(sandbox.url().starts_with("https://127.0.0.1:"));
    let file = sandbox.ca_certificate().unwrap().to_owned();
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("-----BEGIN CERTIFICATE-----"));
    let phone = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap();
    let options = sandbox.options("cmcc-rsa2048").unwrap();
    assert_eq!(Path::new(&options["ca_certificate"]), file);
    for host in ["127.0.0.1", "localhost"] {
        let mut options = options.clone();
        options.insert("base_url".into(), sandbox.url().replace("127.0.0.1", host));
        let params = phone.params("cmcc-rsa2048", Operation::FetchNumber).unwrap();
        assert_eq!(Client::new("cmcc", options).unwrap().fetch_number(params).unwrap().number.expose(), NUMBER);
    }

    let mut untrusting = options;
    untrusting.remove("ca_certificate");
    let params = phone.params("cmcc-rsa2048", Operation::FetchNumber).unwrap();
    let error = Client::new("cmcc", untrusting).unwrap().fetch_number(params).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport { phase: Phase::Connect, timeout: false });
    assert_eq!(error.retry(), Retry::SameToken);
    drop(sandbox);
    assert!(!file.exists(), "its own file goes with it");
}

#[test]
fn a_reset_is_a_reset_under_tls_too() {
    let sandbox = Sandbox::builder().tls(true).start().unwrap();
    let client = Client::new("shanyan", sandbox.options("shanyan").unwrap()).unwrap();
    for fault in [Fault::ResetBeforeReply, Fault::CloseBeforeReply] {
        let phone = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap();
        sandbox.fail_next(fault);
        let error = client.fetch_number(phone.params("shanyan", Operation::FetchNumber).unwrap()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport { phase: Phase::Receive, timeout: false }, "{fault}");
    }
}

#[test]
fn a_chosen_ca_file_stays() {
    let path = std::env::temp_dir().join(format!("quhao-sandbox-test-{}.pem", std::process::id()));
    let sandbox = Sandbox::builder().tls(true).ca_file(&path).start().unwrap();
    assert_eq!(sandbox.ca_certificate(), Some(path.as_path()));
    drop(sandbox);
    assert!(path.exists());
    std::fs::remove_file(path).unwrap();
    let nowhere = std::env::temp_dir().join("quhao-no-such-folder").join("ca.pem");
    let error = Sandbox::builder().tls(true).ca_file(nowhere).start().unwrap_err();
    assert!(error.to_string().starts_with("the CA certificate cannot be written"), "{error}");
}

#[test]
fn a_dropped_sandbox_stops_listening_at_once_whatever_is_under_way() {
    let sandbox = Sandbox::start().unwrap();
    let address = address(&sandbox);
    let idle = TcpStream::connect(&address).unwrap();
    let mut stalled = TcpStream::connect(&address).unwrap();
    sandbox.fail_next(Fault::StallBeforeHeaders(30_000));
    let head = "POST /api/personalInfo/verifyMobile HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n";
    stalled.write_all(head.as_bytes()).unwrap();
    let begun = Instant::now();
    while sandbox.ledger().is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(5), "the request never arrived");
        std::thread::yield_now();
    }
    let begun = Instant::now();
    drop(sandbox);
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert!(TcpStream::connect(&address).is_err());
    drop(idle.shutdown(Shutdown::Both));
}

#[test]
fn a_port_can_be_chosen_and_only_once() {
    let first = Sandbox::start().unwrap();
    let port: u16 = address(&first).rsplit_once(':').unwrap().1.parse().unwrap();
    let error = Sandbox::builder().port(port).start().unwrap_err();
    assert!(error.to_string().contains(&format!("port {port} of 127.0.0.1")), "{error}");
    drop(first);
    let again = Sandbox::builder().port(port).start().unwrap();
    assert_eq!(again.url(), format!("http://127.0.0.1:{port}"));
    assert_eq!(again.ca_certificate(), None);
}

#[test]
fn two_sandboxes_do_not_know_each_others_tokens() {
    let (one, two) = (Sandbox::start().unwrap(), Sandbox::start().unwrap());
    let params = one.phone(NUMBER, Carrier::ChinaMobile).unwrap().params("cmcc", Operation::FetchNumber).unwrap();
    let client = Client::new("cmcc", two.options("cmcc").unwrap()).unwrap();
    assert_eq!(client.fetch_number(params).unwrap_err().vendor_code(), Some("104201"));
    assert!(one.ledger().is_empty());
}
