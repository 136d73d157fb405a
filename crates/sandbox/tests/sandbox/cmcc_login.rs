//! China Mobile's loginTokenValidate, asked wrongly.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use quhao::Operation;
use quhao_sandbox::{Carrier, Sandbox};
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::sha2::Sha256;
use serde_json::{Map, Value, json};

use crate::bare::{FORM, JSON, NUMBER, Reply, assert_refused, last, post, why};

const PATH: &str = "/unisdk/rsapi/loginTokenValidate";
const SECRET: &str = "5E81B7D3F06A4C92BD17E3A8406F92C1";
const APP_KEY: &str = "7C2F9A61D0E84B35A9F1C6E27D40B853";
const ORDER: &[&str] = &["appid", "version", "msgid", "systemtime", "strictcheck", "token"];

fn token(sandbox: &Sandbox, app: &str, operation: Operation) -> String {
    sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap().params(app, operation).unwrap()["token"].clone()
}

/// A request of app `cmcc` as it should be, but for its signature.
fn unsigned(sandbox: &Sandbox) -> Map<String, Value> {
    let msg_id = format!("{:032x}", sandbox.ledger().len() + 1);
    let fields = json!({
        "version": "2.0",
        "msgid": msg_id,
        "systemtime": "20261122093000123",
        "strictcheck": "0",
        "appid": "300011862719",
        "token": token(sandbox, "cmcc", Operation::FetchNumber),
    });
    fields.as_object().unwrap().clone()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

fn string(fields: &Map<String, Value>, order: &[&str]) -> String {
    order.iter().map(|name| fields[*name].as_str().unwrap()).collect()
}

fn signed(mut fields: Map<String, Value>, order: &[&str], secret: &str) -> Map<String, Value> {
    let sign = hex(&Md5::digest(format!("{}{secret}", string(&fields, order))));
    fields.insert("sign".into(), json!(sign));
    fields
}

fn ask(sandbox: &Sandbox, fields: &Map<String, Value>) -> Reply {
    post(sandbox, PATH, JSON, &serde_json::to_string(fields).unwrap())
}

/// A right request with one field changed before it is signed.
fn with(sandbox: &Sandbox, name: &str, value: &str) -> Map<String, Value> {
    let mut fields = unsigned(sandbox);
    fields.insert(name.into(), json!(value));
    signed(fields, ORDER, SECRET)
}

#[test]
fn a_right_request_is_answered_in_the_documents_shape_and_either_case_of_hex() {
    let sandbox = Sandbox::start().unwrap();
    let mut fields = signed(unsigned(&sandbox), ORDER, SECRET);
    let reply = ask(&sandbox, &fields).json();
    assert_eq!(reply["resultCode"], "103000");
    assert_eq!(reply["msisdn"], NUMBER);
    assert_eq!(reply["inresponseto"], fields["msgid"]);
    assert_eq!(reply["systemtime"].as_str().unwrap().len(), 17);
    assert_eq!(reply["taskId"].as_str().unwrap().len(), 32);
    assert_eq!(reply.as_object().unwrap().len(), 5);

    fields = signed(unsigned(&sandbox), ORDER, SECRET);
    fields["sign"] = json!(fields["sign"].as_str().unwrap().to_lowercase());
    fields.insert("expandparams".into(), json!(""));
    assert_eq!(ask(&sandbox, &fields).json()["resultCode"], "103000");
}

#[test]
fn what_is_not_json_is_an_invalid_request() {
    let sandbox = Sandbox::start().unwrap();
    let good = serde_json::to_string(&signed(unsigned(&sandbox), ORDER, SECRET)).unwrap();
    for (content_type, body, because) in [
        (FORM, good.as_str(), "got application/x-www-form-urlencoded"),
        (JSON, "", "the body is empty"),
        (JSON, "[]", "expected a JSON object"),
        (JSON, "{\"version\":", "not JSON"),
        (JSON, "{\n appid = 10000001;\n version = \"2.0\";\n}", "the document's samples"),
    ] {
        let reply = post(&sandbox, PATH, content_type, body).json();
        assert_eq!((&reply["resultCode"], reply.get("inresponseto")), (&json!("103412"), None), "{body}");
        assert_refused(&sandbox, "103412", because);
    }
}

#[test]
fn a_value_that_is_missing_or_of_the_wrong_kind_fails_its_check() {
    let sandbox = Sandbox::start().unwrap();
    let right = signed(unsigned(&sandbox), ORDER, SECRET);
    for (name, value, because) in [
        ("strictcheck", json!(0), "strictcheck: expected a string, got a number"),
        ("systemtime", json!(20_261_122_093_000_123_u64), "systemtime: expected a string, got a number"),
        ("expandparams", json!({}), "expandparams: expected a string, got an object"),
        ("version", json!("1.0"), "version: expected 2.0"),
        ("msgid", json!("x".repeat(37)), "expected 1 to 36 characters, got 37"),
        ("msgid", json!(""), "msgid is missing or empty"),
        ("systemtime", json!("2026112209300012"), "expected a moment in 17 digits"),
        ("systemtime", json!("20261322093000123"), "expected a moment in 17 digits"),
        ("systemtime", json!("15275642798940000"), "expected a moment in 17 digits"),
        ("strictcheck", json!("2"), "strictcheck: expected 0 or 1"),
        ("sign", json!(""), "sign is missing or empty"),
    ] {
        let mut fields = right.clone();
        fields.insert(name.into(), value);
        assert_eq!(ask(&sandbox, &fields).json()["resultCode"], "103414", "{name}");
        assert_refused(&sandbox, "103414", because);
    }
    let mut missing = right.clone();
    missing.remove("strictcheck");
    ask(&sandbox, &missing);
    assert_refused(&sandbox, "103414", "strictcheck is missing");
    let mut unknown = right;
    unknown.insert("apptype".into(), json!("5"));
    ask(&sandbox, &unknown);
    assert_refused(&sandbox, "103414", "apptype: the document has no such field");
}

#[test]
fn tokens_that_are_none_are_told_apart() {
    let sandbox = Sandbox::start().unwrap();
    let stranger = format!("STsid{}", "0".repeat(53));
    let check = token(&sandbox, "cmcc", Operation::VerifyNumber);
    let foreign = token(&sandbox, "cmcc-rsa", Operation::FetchNumber);
    let cut = &token(&sandbox, "cmcc", Operation::FetchNumber)[..50];
    for (token, code, because) in [
        ("", "103811", "token is missing or empty"),
        (cut, "103113", "got 50 characters"),
        (&format!("{} {}", &stranger[..30], &stranger[..27]), "103113", "letters and digits"),
        (&stranger, "104201", "no phone of this sandbox's was given this token"),
        (&check, "105018", "the token is for verify_number"),
        (&foreign, "103133", "the token was made for app cmcc-rsa"),
    ] {
        assert_eq!(ask(&sandbox, &with(&sandbox, "token", token)).json()["resultCode"], code);
        assert_refused(&sandbox, code, because);
    }
}

#[test]
fn a_token_lives_two_minutes_and_is_good_for_one_call() {
    let sandbox = Sandbox::start().unwrap();
    let fields = signed(unsigned(&sandbox), ORDER, SECRET);
    let late = unsigned(&sandbox);
    assert_eq!(ask(&sandbox, &fields).json()["resultCode"], "103000");
    assert_eq!(ask(&sandbox, &fields).json()["resultCode"], "104201");
    assert_refused(&sandbox, "104201", "the token was used");
    assert!(last(&sandbox).token_seen_before);
    sandbox.advance(Duration::from_secs(121));
    assert_eq!(ask(&sandbox, &signed(late, ORDER, SECRET)).json()["resultCode"], "104201");
    assert_refused(&sandbox, "104201", "the limit is 120");
}

#[test]
fn a_message_id_is_good_for_one_request() {
    let sandbox = Sandbox::start().unwrap();
    let first = signed(unsigned(&sandbox), ORDER, SECRET);
    ask(&sandbox, &first);
    let again = with(&sandbox, "msgid", first["msgid"].as_str().unwrap());
    assert_eq!(ask(&sandbox, &again).json()["resultCode"], "103107");
    assert_refused(&sandbox, "103107", "msgid came before");
}

#[test]
fn an_unknown_app_the_list_and_the_balance_are_refused() {
    let sandbox = Sandbox::start().unwrap();
    assert_eq!(ask(&sandbox, &with(&sandbox, "appid", "300000000001")).json()["resultCode"], "103119");
    assert_refused(&sandbox, "103119", "no app of this sandbox's has this appid");

    sandbox.allow_ips("cmcc", &["203.0.113.7".parse().unwrap()]).unwrap();
    assert_eq!(ask(&sandbox, &with(&sandbox, "strictcheck", "1")).json()["resultCode"], "103511");
    assert_refused(&sandbox, "103511", "127.0.0.1 is not on the app's IP list");
    assert_eq!(ask(&sandbox, &with(&sandbox, "strictcheck", "0")).json()["resultCode"], "103000");
    sandbox.allow_ips("cmcc", &[IpAddr::V4(Ipv4Addr::LOCALHOST)]).unwrap();
    assert_eq!(ask(&sandbox, &with(&sandbox, "strictcheck", "1")).json()["resultCode"], "103000");

    sandbox.set_balance("cmcc", 0).unwrap();
    assert_eq!(ask(&sandbox, &with(&sandbox, "strictcheck", "0")).json()["resultCode"], "105312");
    assert_refused(&sandbox, "105312", "balance");
}

#[test]
fn the_usual_mistakes_of_the_md5_string_are_found_and_named() {
    let sandbox = Sandbox::start().unwrap();
    let without_check: Vec<_> = ORDER.iter().copied().filter(|name| *name != "strictcheck").collect();
    let mut by_name = ORDER.to_vec();
    by_name.sort_unstable();
    let table: &[&str] = &["version", "msgid", "systemtime", "strictcheck", "appid", "token"];
    for (order, secret, because, marked) in [
        (ORDER, APP_KEY, "the key is app_key; this app's logins are signed with app_secret", "^ in app_secret"),
        (&without_check, SECRET, "strictcheck is not in the string", "^ in strictcheck"),
        (&by_name, SECRET, "in the order of their names", "^ in version"),
        (table, SECRET, "in the order of the document's table", "^ in appid, character 1: '3' and '2'"),
        (ORDER, "", "the key is not in the string", "^ in app_secret, character 1: '{' and the end"),
    ] {
        assert_eq!(ask(&sandbox, &signed(unsigned(&sandbox), order, secret)).json()["resultCode"], "103101");
        assert_refused(&sandbox, "103101", because);
        let why = why(&sandbox);
        assert!(why.contains("signed here") && why.contains("implied by sign") && why.contains(marked), "{why}");
        assert!(why.contains("{app_secret}") && !why.contains(SECRET) && !why.contains(APP_KEY), "{why}");
    }
    ask(&sandbox, &signed(unsigned(&sandbox), ORDER, &format!("{SECRET}\n")));
    assert_refused(&sandbox, "103101", "a line break follows the key");
    let mut sha = unsigned(&sandbox);
    let text = format!("{}{SECRET}", string(&sha, ORDER));
    sha.insert("sign".into(), json!(hex(&sha2::Sha256::digest(text))));
    ask(&sandbox, &sha);
    assert_refused(&sandbox, "103101", "sign is SHA-256; MD5 is due");
    ask(&sandbox, &signed(unsigned(&sandbox), ORDER, "of nobody"));
    assert_refused(&sandbox, "103101", "no usual mistake gives it");
}

#[test]
fn a_legacy_app_signs_with_its_app_key() {
    let sandbox = Sandbox::start().unwrap();
    let mut fields = unsigned(&sandbox);
    fields.insert("appid".into(), json!("300010455208"));
    fields.insert("token".into(), json!(token(&sandbox, "cmcc-legacy", Operation::FetchNumber)));
    let fields = signed(fields, ORDER, "D94A07E1836B4F5C8E2B60F7A1C3D598");
    assert_eq!(ask(&sandbox, &fields).json()["resultCode"], "103000");
}

fn rsa_signed(
    sandbox: &Sandbox,
    algorithm: Option<&str>,
    text: impl Fn(&Map<String, Value>) -> String,
) -> Map<String, Value> {
    let key = rsa::PrivateKey::from_pkcs1_pem(include_str!("../../keys/cmcc-rsa.pem")).unwrap();
    let mut fields = unsigned(sandbox);
    fields.insert("appid".into(), json!("300012790341"));
    fields.insert("token".into(), json!(token(sandbox, "cmcc-rsa", Operation::FetchNumber)));
    if let Some(algorithm) = algorithm {
        fields.insert("encryptionalgorithm".into(), json!(algorithm));
    }
    let signature = key.pkcs1v15_sign::<Sha256>(text(&fields).as_bytes()).unwrap();
    fields.insert("sign".into(), json!(hex(&signature)));
    fields
}

#[test]
fn rsa_is_checked_where_it_is_asked_for_in_capitals_and_md5_otherwise() {
    let sandbox = Sandbox::start().unwrap();
    let short = |fields: &Map<String, Value>| string(fields, &["appid", "token"]);
    let reply = ask(&sandbox, &rsa_signed(&sandbox, Some("RSA"), short)).json();
    assert_eq!(reply["resultCode"], "103000");
    assert_eq!(reply["msisdn"].as_str().unwrap().len(), 256);
    assert!(reply["msisdn"].as_str().unwrap().bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()));

    for (algorithm, because) in [
        (None, "there is no field encryptionalgorithm"),
        (Some("rsa"), "encryptionalgorithm is rsa: exactly RSA is due"),
    ] {
        ask(&sandbox, &rsa_signed(&sandbox, algorithm, short));
        assert_refused(&sandbox, "103101", because);
    }
    ask(&sandbox, &rsa_signed(&sandbox, Some("RSA"), |fields| string(fields, ORDER)));
    assert_refused(&sandbox, "103101", "RSA signs appid and token alone");

    let mut in_base64 = rsa_signed(&sandbox, Some("RSA"), short);
    let sign = in_base64["sign"].as_str().unwrap();
    let bytes: Vec<u8> =
        (0..sign.len()).step_by(2).map(|at| u8::from_str_radix(&sign[at..at + 2], 16).unwrap()).collect();
    in_base64["sign"] = json!(STANDARD.encode(bytes));
    ask(&sandbox, &in_base64);
    assert_refused(&sandbox, "103101", "sign is in Base64");

    let mut by_md5 = rsa_signed(&sandbox, Some("RSA"), short);
    by_md5.remove("sign");
    ask(&sandbox, &signed(by_md5, ORDER, "1B6E83F4C7D94A20B5E09F3D8A72C614"));
    assert_refused(&sandbox, "103101", "sign is MD5, but encryptionalgorithm is RSA");

    let mut keyless = unsigned(&sandbox);
    keyless.insert("encryptionalgorithm".into(), json!("RSA"));
    ask(&sandbox, &signed(keyless, ORDER, SECRET));
    assert_refused(&sandbox, "103101", "the portal has no public key of this app");

    let mut misspelt = rsa_signed(&sandbox, None, short);
    misspelt.insert("encryptionaigorithm".into(), json!("RSA"));
    ask(&sandbox, &misspelt);
    assert_refused(&sandbox, "103101", "there is no field encryptionalgorithm");
}

#[test]
fn a_number_has_at_most_thirty_unused_tokens_in_ten_minutes() {
    let sandbox = Sandbox::start().unwrap();
    let phone = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap();
    let code = || phone.params("cmcc", Operation::FetchNumber).unwrap()["resultCode"].clone();
    let first = with(&sandbox, "strictcheck", "0");
    (1..30).for_each(|_| assert_eq!(code(), "103000"));
    let refused = phone.params("cmcc", Operation::VerifyNumber).unwrap();
    assert_eq!((refused["resultCode"].as_str(), refused.get("token")), ("103911", None));
    assert!(
        sandbox
            .phone("13900139000", Carrier::ChinaMobile)
            .unwrap()
            .params("cmcc", Operation::FetchNumber)
            .unwrap()
            .contains_key("token")
    );

    assert_eq!(ask(&sandbox, &first).json()["resultCode"], "103000");
    assert_eq!(code(), "103000", "a used token makes room");
    assert_eq!(code(), "103911");
    sandbox.advance(Duration::from_secs(601));
    assert_eq!(code(), "103000");
}

#[test]
fn the_phone_returns_the_documents_map_and_no_open_id_for_a_check() {
    let sandbox = Sandbox::start().unwrap();
    let phone = sandbox.phone(NUMBER, Carrier::ChinaTelecom).unwrap();
    let login = phone.params("cmcc", Operation::FetchNumber).unwrap();
    assert_eq!(login.keys().collect::<Vec<_>>(), ["authType", "authTypeDes", "openId", "resultCode", "token"]);
    assert!((57..=58).contains(&login["token"].len()) && login["token"].starts_with("STsid"));
    assert!(!phone.params("cmcc", Operation::VerifyNumber).unwrap().contains_key("openId"));
    let unicom = sandbox.phone(NUMBER, Carrier::ChinaUnicom).unwrap();
    assert_eq!(unicom.params("cmcc", Operation::FetchNumber).unwrap()["resultCode"], "200018");
}
