//! Other addresses than the sandbox's own, and what comes of calling there.

use std::collections::BTreeMap;

use quhao::blocking::Client;
use quhao::{Error, ErrorKind, Operation, Phase, Retry};
use quhao_sandbox::{Carrier, Endpoint, Sandbox};
use serde_json::json;

use crate::bare::{JSON, NUMBER, post};

fn fetch(sandbox: &Sandbox, over: &[(&str, &str)], endpoint: Endpoint) -> Error {
    let mut options = sandbox.options("shanyan").unwrap();
    options.extend(sandbox.endpoint(endpoint).unwrap());
    options.extend(over.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let phone = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap();
    let params = phone.params("shanyan", Operation::FetchNumber).unwrap();
    Client::new("shanyan", options).unwrap().fetch_number(params).unwrap_err()
}

#[test]
fn every_endpoint_fails_while_connecting_and_says_why() {
    let sandbox = Sandbox::start().unwrap();
    for (endpoint, why) in [
        (Endpoint::Refused, "refused"),
        (Endpoint::TlsExpired, "expired"),
        (Endpoint::TlsUnknownCa, "UnknownIssuer"),
        (Endpoint::TlsWrongHost, "not valid for"),
    ] {
        // Each of them twice: an endpoint is the same whenever it is asked for.
        for _ in 0..2 {
            let error = fetch(&sandbox, &[], endpoint);
            assert_eq!(error.kind(), ErrorKind::Transport { phase: Phase::Connect, timeout: false }, "{error}");
            assert_eq!(error.retry(), Retry::SameToken);
            assert!(error.message().contains(why), "{endpoint}: {error}");
        }
    }
    let error = fetch(&sandbox, &[("connect_timeout_ms", "200")], Endpoint::Silent);
    assert_eq!(error.kind(), ErrorKind::Transport { phase: Phase::Connect, timeout: true }, "{error}");
    assert!(sandbox.ledger().is_empty());
}

#[test]
fn the_gateways_are_had_under_tls_without_having_been_started_so() {
    let sandbox = Sandbox::start().unwrap();
    let mut options = sandbox.options("cmcc").unwrap();
    options.extend(sandbox.endpoint(Endpoint::Tls).unwrap());
    assert!(options["base_url"].starts_with("https://127.0.0.1:"));
    let params = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap().params("cmcc", Operation::FetchNumber).unwrap();
    assert_eq!(Client::new("cmcc", options).unwrap().fetch_number(params).unwrap().number.expose(), NUMBER);
    assert_eq!(sandbox.ledger().len(), 1, "it is the same ledger");
}

#[test]
fn an_endpoint_and_an_apps_options_are_had_over_http() {
    let sandbox = Sandbox::start().unwrap();
    for endpoint in Endpoint::ALL {
        let reply = post(&sandbox, "/endpoint", JSON, &json!({"endpoint": endpoint.as_str()}).to_string());
        assert_eq!(reply.json(), json!(sandbox.endpoint(*endpoint).unwrap()));
    }
    let options = post(&sandbox, "/options", JSON, r#"{"app":"yuxin"}"#).json();
    assert_eq!(options, json!(sandbox.options("yuxin").unwrap()));
    assert_eq!(post(&sandbox, "/endpoint", JSON, r#"{"endpoint":"ssl"}"#).status, 400);
    assert_eq!(post(&sandbox, "/options", JSON, r#"{"app":"x"}"#).status, 400);
}

#[test]
fn phones_are_had_over_http_by_the_hundred() {
    let sandbox = Sandbox::start().unwrap();
    let asked = json!({
        "number": "13900000001", "carrier": "cucc", "app": "shanyan", "operation": "fetch_number", "count": 200,
    });
    let minted = post(&sandbox, "/phone", JSON, &asked.to_string()).json();
    let minted = minted.as_array().unwrap();
    assert_eq!((minted.len(), &minted[199]["number"]), (200, &json!("13900000200")));
    let params: BTreeMap<String, String> = serde_json::from_value(minted[7]["params"].clone()).unwrap();
    let client = Client::new("shanyan", sandbox.options("shanyan").unwrap()).unwrap();
    assert_eq!(client.fetch_number(params).unwrap().number.expose(), "13900000008");
    for (field, value) in [("count", json!(1001)), ("typed", json!("13900000001")), ("number", json!("19999999999"))] {
        let mut wrong = asked.clone();
        wrong[field] = value;
        assert_eq!(post(&sandbox, "/phone", JSON, &wrong.to_string()).status, 400, "{field}");
    }
}
