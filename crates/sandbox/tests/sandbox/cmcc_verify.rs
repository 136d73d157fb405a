//! China Mobile's tokenValidate, asked wrongly.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use quhao::Operation;
use quhao_sandbox::{Carrier, Sandbox};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::bare::{FORM, JSON, NUMBER, Reply, assert_refused, last, post, why};

const PATH: &str = "/openapi/rs/tokenValidate";
const KEY: &str = "7C2F9A61D0E84B35A9F1C6E27D40B853";
const SECRET: &str = "5E81B7D3F06A4C92BD17E3A8406F92C1";
const TIME: &str = "20261122093000123";

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text))
}

fn hmac(key: &str, text: &str) -> String {
    hex(&Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap().chain_update(text).finalize().into_bytes())
}

/// The string that is signed.
fn string(request: &Value, time: &str) -> String {
    let (header, body) = (&request["header"], &request["body"]);
    [&header["appId"], &header["msgId"], &body["phoneNum"], &json!(time), &body["token"], &header["version"]]
        .iter()
        .map(|value| value.as_str().unwrap())
        .collect()
}

/// A request of app `cmcc` for the SIM's own number, as it should be, but for its signature.
fn unsigned(sandbox: &Sandbox) -> Value {
    let phone = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap();
    let token = &phone.params("cmcc", Operation::VerifyNumber).unwrap()["token"];
    json!({
        "header": {
            "version": "1.0",
            "msgId": format!("{:032x}", sandbox.ledger().len() + 1),
            "timestamp": TIME,
            "appId": "300011862719",
        },
        "body": {
            "openType": "1",
            "requesterType": "0",
            "phoneNum": sha256(&format!("{NUMBER}{KEY}{TIME}")),
            "token": token,
        },
    })
}

fn signed(mut request: Value) -> Value {
    let sign = hmac(KEY, &string(&request, TIME));
    request["body"]["sign"] = json!(sign);
    request
}

fn ask(sandbox: &Sandbox, request: &Value) -> Reply {
    post(sandbox, PATH, JSON, &request.to_string())
}

fn code(reply: &Reply) -> Value {
    reply.json()["header"]["resultCode"].clone()
}

/// A right request with one value changed before it is signed.
fn with(sandbox: &Sandbox, part: &str, name: &str, value: Value) -> Value {
    let mut request = unsigned(sandbox);
    request[part][name] = value;
    signed(request)
}

#[test]
fn the_sims_number_is_000_and_any_other_001_and_both_are_charged() {
    let sandbox = Sandbox::start().unwrap();
    let mut request = unsigned(&sandbox);
    request["body"]["message"] = json!("order%2042");
    request["body"]["expandParams"] = json!("a%3D1");
    let request = signed(request);
    let reply = ask(&sandbox, &request).json();
    assert_eq!(reply["header"]["resultCode"], "000");
    assert_eq!(reply["header"]["msgId"], request["header"]["msgId"]);
    assert_eq!(reply["header"]["appId"], "300011862719");
    assert_eq!(reply["header"]["timestamp"].as_str().unwrap().len(), 17);
    assert_eq!(reply["body"], json!({ "message": "order%2042", "expandParams": "a%3D1", "resultDesc": "是本机号码" }));

    let other = json!(sha256(&format!("13900139000{KEY}{TIME}")));
    let reply = ask(&sandbox, &with(&sandbox, "body", "phoneNum", other));
    assert_eq!(reply.json()["body"], json!({ "message": "", "resultDesc": "非本机号码" }));
    assert_eq!(code(&reply), "001");
    assert!(sandbox.ledger().iter().all(|entry| entry.charged && entry.accepted));
}

#[test]
fn what_cannot_be_read_is_303() {
    let sandbox = Sandbox::start().unwrap();
    let right = signed(unsigned(&sandbox));
    let flat = json!({ "msgid": "1", "appid": "300011862719", "token": "x" });
    let headless = json!({ "body": right["body"] });
    let number = with(&sandbox, "body", "openType", json!(1));
    for (content_type, body, because) in [
        (FORM, right.to_string(), "got application/x-www-form-urlencoded"),
        (JSON, String::new(), "the body is empty"),
        (JSON, flat.to_string(), "this is a request of loginTokenValidate"),
        (JSON, headless.to_string(), "header is missing"),
        (JSON, json!({ "header": "x", "body": {} }).to_string(), "header: expected an object"),
        (JSON, number.to_string(), "openType: expected a string, got a number"),
    ] {
        let reply = post(&sandbox, PATH, content_type, &body).json();
        assert_eq!(reply["header"]["resultCode"], "303");
        assert_eq!(reply["body"]["resultDesc"], "参数解析错误");
        assert_refused(&sandbox, "303", because);
    }
}

#[test]
fn a_value_that_is_missing_or_wrong_is_102() {
    let sandbox = Sandbox::start().unwrap();
    for (part, name, value, because) in [
        ("header", "version", json!("2.0"), "version: expected 1.0"),
        ("header", "msgId", json!("abc"), "msgId: expected a UUID"),
        ("header", "timestamp", json!("20260230000000000"), "expected a moment in 17 digits"),
        ("header", "appId", json!("300000000001"), "no app of this sandbox's has this appId"),
        ("header", "extra", json!("1"), "extra: the document has no such field here"),
        ("body", "openType", json!("4"), "openType: expected 0, 1, 2 or 3"),
        ("body", "requesterType", json!("2"), "requesterType: expected 0 or 1"),
        ("body", "message", json!("订单 42"), "message: expected it to be urlencoded"),
        ("body", "phoneNum", json!(""), "phoneNum is missing or empty"),
        ("body", "msgId", json!("1"), "msgId: the document has no such field here"),
    ] {
        assert_eq!(code(&ask(&sandbox, &with(&sandbox, part, name, value))), "102", "{name}");
        assert_refused(&sandbox, "102", because);
    }
    let mut missing = signed(unsigned(&sandbox));
    missing["body"].as_object_mut().unwrap().remove("openType");
    ask(&sandbox, &missing);
    assert_refused(&sandbox, "102", "openType is missing: requesterType 0 requires it");
    missing["body"]["requesterType"] = json!("1");
    assert_eq!(code(&ask(&sandbox, &missing)), "000", "a WAP page has no openType");
}

#[test]
fn the_usual_mistakes_of_the_signature_are_found_and_named() {
    let sandbox = Sandbox::start().unwrap();
    let request = unsigned(&sandbox);
    let text = string(&request, TIME);
    let field = |part: &str, name: &str| request[part][name].as_str().unwrap().to_owned();
    let versionless = text.strip_suffix("1.0").unwrap();
    let (app, msg, phone, token) =
        (field("header", "appId"), field("header", "msgId"), field("body", "phoneNum"), field("body", "token"));
    for (sign, because) in [
        (hmac(KEY, &text).to_lowercase(), "sign is in lower case; capitals are due"),
        (hmac(SECRET, &text), "the key is app_secret; this interface takes app_key"),
        (sha256(&text), "sign is plain SHA-256; HmacSHA256 is due"),
        (sha256(&format!("{text}{KEY}")), "sign is plain SHA-256 with the key appended"),
        (hmac(KEY, versionless), "version is not in the string"),
        (hmac(KEY, &format!("{app}{msg}1{phone}0{TIME}{token}1.0")), "openType and requesterType are not signed"),
        (hmac(KEY, &string(&request, "20261122093000125")), "another timestamp than the header's"),
        (hmac("of nobody", &text), "no usual mistake gives it"),
    ] {
        let mut request = request.clone();
        request["body"]["sign"] = json!(sign);
        assert_eq!(code(&ask(&sandbox, &request)), "302");
        assert_refused(&sandbox, "302", because);
        assert!(why(&sandbox).contains("signed here"), "{}", why(&sandbox));
        assert!(!why(&sandbox).contains(&token), "{}", why(&sandbox));
    }
    let mut late = request.clone();
    late["body"]["sign"] = json!(hmac(KEY, &string(&request, "20261122093000125")));
    ask(&sandbox, &late);
    assert!(why(&sandbox).ends_with("^ in timestamp, character 17: '3' and '5'"), "{}", why(&sandbox));
    assert_eq!(code(&ask(&sandbox, &signed(request))), "000", "a refusal spends nothing");
}

#[test]
fn a_mistaken_hash_of_the_sims_number_is_004() {
    let sandbox = Sandbox::start().unwrap();
    for (phone_num, because) in [
        (NUMBER.to_owned(), "expected 64 capital hex digits, got 11 characters"),
        (sha256(&format!("{NUMBER}{KEY}{TIME}")).to_lowercase(), "expected its hex digits in capitals"),
        (sha256(&format!("{NUMBER}{TIME}")), "app_key is not in it"),
        (sha256(NUMBER), "it is the hash of the number alone"),
        (sha256(&format!("{NUMBER}{KEY}")), "timestamp is not in it"),
        (sha256(&format!("{NUMBER}{SECRET}{TIME}")), "it has app_secret in it"),
        (sha256(&format!("{NUMBER}{TIME}{KEY}")), "timestamp stands before app_key"),
        (sha256(&format!("+86{NUMBER}{KEY}{TIME}")), "the number has +86 before it"),
        (sha256(&format!("{NUMBER}{KEY}20261122093001123")), "another timestamp than the header's"),
    ] {
        assert_eq!(code(&ask(&sandbox, &with(&sandbox, "body", "phoneNum", json!(phone_num)))), "004", "{because}");
        assert_refused(&sandbox, "004", because);
    }
}

#[test]
fn tokens_that_may_not_be_spent_are_606() {
    let sandbox = Sandbox::start().unwrap();
    let phone = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap();
    let login = phone.params("cmcc", Operation::FetchNumber).unwrap()["token"].clone();
    let foreign = phone.params("cmcc-legacy", Operation::VerifyNumber).unwrap()["token"].clone();
    for (token, because) in [
        (login, "the token is for fetch_number"),
        (foreign, "the token was made for app cmcc-legacy"),
        ("STsid1".to_owned(), "no phone of this sandbox's was given this token"),
    ] {
        assert_eq!(code(&ask(&sandbox, &with(&sandbox, "body", "token", json!(token)))), "606");
        assert_refused(&sandbox, "606", because);
    }
    let (once, late) = (signed(unsigned(&sandbox)), unsigned(&sandbox));
    assert_eq!(code(&ask(&sandbox, &once)), "000");
    assert_eq!(code(&ask(&sandbox, &once)), "606");
    assert_refused(&sandbox, "606", "the token was used");
    assert!(last(&sandbox).token_seen_before);
    let again = with(&sandbox, "header", "msgId", once["header"]["msgId"].clone());
    assert_eq!(code(&ask(&sandbox, &again)), "102");
    assert_refused(&sandbox, "102", "msgId came before");
    sandbox.advance(Duration::from_secs(121));
    ask(&sandbox, &signed(late));
    assert_refused(&sandbox, "606", "the limit is 120");
}

#[test]
fn other_carriers_the_list_and_the_balance_are_refused() {
    let sandbox = Sandbox::start().unwrap();
    let telecom = sandbox.phone(NUMBER, Carrier::ChinaTelecom).unwrap();
    let token = telecom.params("cmcc", Operation::VerifyNumber).unwrap()["token"].clone();
    assert_eq!(code(&ask(&sandbox, &with(&sandbox, "body", "token", json!(token)))), "002");
    assert_refused(&sandbox, "002", "the SIM is CTCC");

    sandbox.allow_ips("cmcc", &["203.0.113.7".parse().unwrap()]).unwrap();
    assert_eq!(code(&ask(&sandbox, &signed(unsigned(&sandbox)))), "124");
    assert_refused(&sandbox, "124", "127.0.0.1 is not on the app's IP list");
    sandbox.allow_ips("cmcc", &[IpAddr::V4(Ipv4Addr::LOCALHOST)]).unwrap();
    sandbox.set_balance("cmcc", 0).unwrap();
    assert_eq!(code(&ask(&sandbox, &signed(unsigned(&sandbox)))), "102315");
    assert_refused(&sandbox, "102315", "balance");
}
