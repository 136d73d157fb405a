//! China Mobile's tokenValidate under keyType 1.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use quhao::blocking::Client;
use quhao::{Operation, Verdict};
use quhao_sandbox::{Carrier, Sandbox};
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::pkcs8::DecodePublicKey;
use rsa::sha2::Sha256;
use rsa::{PrivateKey, PublicKey};
use serde_json::{Value, json};

use crate::bare::{JSON, NUMBER, assert_refused, last, post};

const PATH: &str = "/openapi/rs/tokenValidate";

/// A client of an RSA app that uses its keys for this interface too.
fn client(sandbox: &Sandbox, app: &str, encoding: &str) -> Client {
    let mut options = sandbox.options(app).unwrap();
    options.insert("key_type".into(), "1".into());
    options.insert("rsa_encoding".into(), encoding.into());
    Client::new("cmcc", options).unwrap()
}

fn token(sandbox: &Sandbox, app: &str) -> String {
    let phone = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap();
    phone.params(app, Operation::VerifyNumber).unwrap()["token"].clone()
}

/// The request that quhao's client makes, as JSON, for damaging.
fn prepared(sandbox: &Sandbox) -> Value {
    let client = client(sandbox, "cmcc-rsa", "base64");
    let call = client.prepare_verify_number(token(sandbox, "cmcc-rsa"), Some(NUMBER)).unwrap();
    serde_json::from_str(&call.body).unwrap()
}

/// Signs a request anew by a digest that is not the document's.
fn sha256_signed(request: &Value) -> String {
    let (header, body) = (&request["header"], &request["body"]);
    let values = [&header["appId"], &header["msgId"], &body["phoneNum"], &header["timestamp"], &body["token"]];
    let text: String = values.iter().map(|value| value.as_str().unwrap()).chain(["1.0"]).collect();
    let key = PrivateKey::from_pkcs1_pem(include_str!("../../keys/cmcc-rsa.pem")).unwrap();
    STANDARD.encode(key.pkcs1v15_sign::<Sha256>(text.as_bytes()).unwrap())
}

fn sealed(text: &str) -> String {
    let key = PublicKey::from_public_key_pem(include_str!("../../keys/cmcc-platform.pub.pem")).unwrap();
    STANDARD.encode(key.pkcs1v15_encrypt(text.as_bytes()).unwrap())
}

#[test]
fn both_rsa_apps_verify_in_both_encodings() {
    let sandbox = Sandbox::start().unwrap();
    for app in ["cmcc-rsa", "cmcc-rsa2048"] {
        for encoding in ["base64", "hex"] {
            for (number, verdict) in [(NUMBER, Verdict::Match), ("13900139000", Verdict::Mismatch)] {
                let answer = client(&sandbox, app, encoding).verify_number(token(&sandbox, app), Some(number));
                assert_eq!(answer.unwrap().verdict, verdict, "{app} {encoding}");
                assert!(last(&sandbox).charged);
            }
        }
    }
}

#[test]
fn a_signature_of_another_kind_is_302_and_named() {
    let sandbox = Sandbox::start().unwrap();
    let ask = |request: &Value| post(&sandbox, PATH, JSON, &request.to_string()).json()["header"]["resultCode"].clone();
    let mut request = prepared(&sandbox);
    request["body"]["sign"] = json!(sha256_signed(&request));
    assert_eq!(ask(&request), "302");
    assert_refused(&sandbox, "302", "sign is SHA256withRSA; this interface takes MD5withRSA");

    let mut request = prepared(&sandbox);
    request["body"].as_object_mut().unwrap().remove("keyType");
    assert_eq!(ask(&request), "302");
    assert_refused(&sandbox, "302", "sign is MD5withRSA, but there is no keyType 1");

    let plain = Client::new("cmcc", sandbox.options("cmcc-rsa").unwrap()).unwrap();
    let call = plain.prepare_verify_number(token(&sandbox, "cmcc-rsa"), Some(NUMBER)).unwrap();
    let mut request: Value = serde_json::from_str(&call.body).unwrap();
    request["body"]["keyType"] = json!("1");
    assert_eq!(ask(&request), "302");
    assert_refused(&sandbox, "302", "sign is HmacSHA256, but keyType is 1");
    request["body"]["keyType"] = json!("2");
    assert_eq!(ask(&request), "000", "an unknown keyType is 0");

    let keyless = Client::new("cmcc", sandbox.options("cmcc").unwrap()).unwrap();
    let call = keyless.prepare_verify_number(token(&sandbox, "cmcc"), Some(NUMBER)).unwrap();
    let mut request: Value = serde_json::from_str(&call.body).unwrap();
    request["body"]["keyType"] = json!("1");
    assert_eq!(ask(&request), "302");
    assert_refused(&sandbox, "302", "the portal has no public key of this app");
}

#[test]
fn a_number_that_is_sealed_otherwise_is_004() {
    let sandbox = Sandbox::start().unwrap();
    let key = sandbox.options("cmcc-rsa").unwrap()["app_key"].clone();
    let md5_signed = |mut request: Value| {
        let (header, body) = (&request["header"], &request["body"]);
        let values = [&header["appId"], &header["msgId"], &body["phoneNum"], &header["timestamp"], &body["token"]];
        let text: String = values.iter().map(|value| value.as_str().unwrap()).chain(["1.0"]).collect();
        request["body"]["sign"] = json!(STANDARD.encode(md5_with_rsa(&text)));
        request
    };
    for (plain, because) in [
        ("{number}{time}", "app_key is not in it"),
        ("{number}{key}", "does not end in app_key and the header's timestamp"),
        ("+86{number}{key}{time}", "does not begin with 1 and ten more digits"),
        ("", "phoneNum does not open"),
    ] {
        let mut request = prepared(&sandbox);
        let time = request["header"]["timestamp"].as_str().unwrap().to_owned();
        let plain = plain.replace("{number}", NUMBER).replace("{key}", &key).replace("{time}", &time);
        request["body"]["phoneNum"] = json!(if plain.is_empty() { "AAAA".to_owned() } else { sealed(&plain) });
        let reply = post(&sandbox, PATH, JSON, &md5_signed(request).to_string()).json();
        assert_eq!(reply["header"]["resultCode"], "004", "{because}");
        assert_refused(&sandbox, "004", because);
    }
}

fn md5_with_rsa(text: &str) -> Vec<u8> {
    let key = PrivateKey::from_pkcs1_pem(include_str!("../../keys/cmcc-rsa.pem")).unwrap();
    key.pkcs1v15_sign::<md5::Md5>(text.as_bytes()).unwrap()
}
