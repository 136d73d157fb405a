//! The facts of an error, and of `explain` for a code.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::error::Error as _;
use std::net::TcpListener;

use quhao::{Ask, Charge, Error, ErrorKind, Moment, Outcome, Phase, Retry, explain};

#[test]
fn explain_finds_every_row_of_a_code_and_no_other() {
    let codes: Vec<_> = quhao::providers().iter().flat_map(|info| info.codes()).collect();
    for row in &codes {
        let told: Vec<_> = explain(row.code).collect();
        assert!(told.iter().all(|other| other.code == row.code), "{}", row.code);
        assert_eq!(told.len(), codes.iter().filter(|other| other.code == row.code).count(), "{}", row.code);
        assert!(told.iter().any(|other| std::ptr::eq(*other, *row)), "{}", row.code);
    }
    assert_eq!(explain("no such code").count(), 0);
}

#[test]
fn a_refusal_tells_whose_it_is_and_under_which_id() {
    let client = client("https://verify.example");
    let call = client.prepare::<Outcome>(&Ask::fetch_number(TOKEN), &Moment::at(1_795_322_080_000, [7; 16])).unwrap();
    let reply = br#"{"inResponseTo":"6f","resultCode":"103113","desc":"Token"}"#;
    let error = call.read(200, reply).unwrap_err();
    assert_eq!(error.provider(), Some("cmcc"));
    assert_eq!(error.request_id(), call.request_id());
    assert!(error.request_id().is_some_and(|id| id.len() == 32));
    assert_eq!((error.phase(), error.is_timeout()), (None, false));
    assert!(error.source().is_none());
    let shown = format!("{error:?}");
    for told in ["Error {", "Token", "NewToken", "cmcc", "103113"] {
        assert!(shown.contains(told), "{told} is missing in {shown}");
    }
}

#[test]
fn what_was_found_before_the_call_has_no_provider_to_blame() {
    let error = quhao::Client::new("nobody", [("app_id", "x")]).unwrap_err();
    assert_eq!((error.kind(), error.provider(), error.request_id()), (ErrorKind::Config, None, None));
}

#[test]
fn a_refused_connection_has_a_phase_a_cause_and_no_charge() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let error = ask(port);
    assert_eq!(error.kind(), ErrorKind::Transport { phase: Phase::Connect, timeout: false });
    assert_eq!((error.phase(), error.is_timeout()), (Some(Phase::Connect), false));
    assert_eq!((error.retry(), error.charge()), (Retry::SameToken, Charge::No));
    assert!(error.source().is_some_and(|cause| !cause.to_string().is_empty()));
    assert!(error.to_string().starts_with("cmcc: transport (connect): "), "{error}");
}

#[test]
fn a_gateway_that_never_answers_is_a_timeout_of_the_receive_phase() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let error = ask(silent.local_addr().unwrap().port());
    assert_eq!(error.kind(), ErrorKind::Transport { phase: Phase::Receive, timeout: true });
    assert_eq!((error.phase(), error.is_timeout()), (Some(Phase::Receive), true));
    assert_eq!((error.retry(), error.charge()), (Retry::NewToken, Charge::Unknown));
    assert!(error.to_string().starts_with("cmcc: transport (receive, timeout): "), "{error}");
}

#[test]
fn the_names_of_the_phases_are_those_of_every_language() {
    assert_eq!([Phase::Connect, Phase::Send, Phase::Receive].map(Phase::as_str), ["connect", "send", "receive"]);
}

fn ask(port: u16) -> Error {
    let client = quhao::blocking::Client::from(client(&format!("http://127.0.0.1:{port}")));
    client.call::<Outcome>(Ask::fetch_number(TOKEN)).unwrap_err()
}

fn client(base_url: &str) -> quhao::Client {
    let options = [
        ("app_id", "300000000001"),
        ("app_key", "k"),
        ("app_secret", "s"),
        ("base_url", base_url),
        ("timeout_ms", "300"),
    ];
    quhao::Client::new("cmcc", options).unwrap()
}

const TOKEN: &str = "STsid0000001517196594066abcdefghijklmnopqrstuvwxyz0123456";
