//! Whatever comes in, an answer or a typed error comes out: never a panic.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use quhao::{Ask, Client, Moment, Operation, Outcome, Params, sign_shanyan_v1};
use serde_json::{Value, json};

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_as_a_reply_are_read_or_refused(status in 100u16..600, body in prop::collection::vec(any::<u8>(), 0..200)) {
        for (client, operations) in clients() {
            for operation in operations {
                drop(client.read::<Outcome>(operation, status, &body));
            }
        }
    }

    #[test]
    fn any_json_in_the_documented_fields_is_read_or_refused(reply in reply()) {
        for (client, operations) in clients() {
            for operation in operations {
                if let Err(error) = client.read::<Outcome>(operation, 200, reply.to_string().as_bytes()) {
                    prop_assert!(!error.message().is_empty());
                    prop_assert!(error.vendor_code().is_none_or(|code| code.chars().count() <= 32 || KNOWN.contains(&code)));
                }
            }
        }
    }

    #[test]
    fn any_params_are_sent_as_they_are_or_refused(fields in prop::collection::btree_map(name(), ".{0,40}", 0..12), number in prop::option::of(".{0,14}")) {
        let params = Params::from(fields);
        for (client, _) in clients() {
            for ask in [Ask::fetch_number(&params), Ask::verify_number(&params, number.as_deref())] {
                if let Ok(call) = client.prepare::<Outcome>(&ask, &Moment::at(1_795_322_080_000, [1; 16])) {
                    prop_assert!(call.url.starts_with("https://"));
                }
                drop(client.signature(&ask, &Moment::at(0, [0; 16])));
            }
        }
    }

    #[test]
    fn any_text_as_a_ciphertext_is_a_number_or_refused(text in ".{0,80}") {
        for (client, _) in clients() {
            if let Ok(number) = client.decrypt_number(&text) {
                prop_assert_eq!(number.expose().len(), 11);
            }
        }
    }

    #[test]
    fn any_options_make_a_client_or_are_refused(given in prop::collection::vec((option(), ".{0,40}"), 0..8)) {
        for provider in ["shanyan", "cmcc", "yuxin", "nobody"] {
            drop(Client::new(provider, given.clone()));
        }
    }

    #[test]
    fn any_identity_is_sealed_or_refused(number in "1?[0-9]{0,12}", name in ".{0,60}", id_card in "[0-9]{14,18}[0-9Xx]?") {
        let (client, _) = clients().pop().unwrap();
        drop(client.prepare::<Outcome>(&Ask::verify_identity(&number, &name, &id_card), &Moment::at(0, [9; 16])));
    }

    #[test]
    fn any_moment_has_a_time_of_17_digits(now_ms in 0u64..253_402_214_400_000, nonce in any::<[u8; 16]>()) {
        let client = &clients()[1].0;
        let call = client.prepare::<Outcome>(&Ask::fetch_number("STsid".repeat(12)), &Moment::at(now_ms, nonce)).unwrap();
        let request: Value = serde_json::from_str(&call.body).unwrap();
        prop_assert_eq!(request["systemtime"].as_str().unwrap().len(), 17);
        prop_assert_eq!(request["msgid"].as_str().unwrap().len(), 32);
    }

    #[test]
    fn what_the_phone_signed_arrives_as_it_was(device in "[^\\\\%]{1,30}", version in ".{1,9}") {
        prop_assume!(!device.trim().is_empty() && !version.trim().is_empty());
        let mut fields = BTreeMap::from([
            ("appId", "x"), ("accessToken", "q+/8Zk1="), ("telecom", "CTCC"), ("timestamp", "1795322076789"),
            ("randoms", "1534b76d"), ("version", &version), ("device", &device),
        ]);
        let sign = sign_shanyan_v1(&fields.clone().into_iter().collect(), "12345678").value;
        fields.insert("sign", &sign);
        let ask = Ask::fetch_number(fields.clone().into_iter().collect::<Params>());
        let call = clients()[0].0.prepare::<Outcome>(&ask, &Moment::at(1_795_322_080_000, [1; 16])).unwrap();
        let arrived: BTreeMap<String, String> = form_urlencoded::parse(call.body.as_bytes()).into_owned().collect();
        prop_assert!(arrived.iter().map(|(name, value)| (name.as_str(), value.as_str())).eq(fields));
    }
}

#[test]
fn deeply_nested_json_is_refused() {
    let body = "[".repeat(100_000);
    for (client, operations) in clients() {
        for operation in operations {
            let reply = format!(r#"{{"code":"200000","resultCode":"103000","errorCode":"200","data":{body}"#);
            assert!(client.read::<Outcome>(operation, 200, reply.as_bytes()).is_err());
        }
    }
}

#[test]
fn a_vendors_words_stay_on_one_line_of_log() {
    let (client, _) = clients().remove(0);
    let reply = r#"{"code": "403101", "message": "line\nfeed\r\u0007\u001b[2K 13800138000"}"#;
    let error = client.read::<Outcome>(Operation::FetchNumber, 200, reply.as_bytes()).unwrap_err();
    assert_eq!(error.to_string(), "shanyan: forbidden: line feed   [2K 138****8000 (code 403101)");
}

#[test]
fn a_vendors_words_come_to_an_end() {
    let (client, _) = clients().remove(0);
    let reply = format!(r#"{{"code": "403101", "message": "{}"}}"#, "长".repeat(300_000));
    let error = client.read::<Outcome>(Operation::FetchNumber, 200, reply.as_bytes()).unwrap_err();
    assert_eq!(error.message().chars().count(), 501);
}

fn clients() -> Vec<(Client, Vec<Operation>)> {
    let key = std::fs::read_to_string(quhao_vectors::folder().join("keys/rsa1024.pkcs8.pem")).unwrap();
    let shanyan = [("app_id", "x"), ("app_key", "12345678"), ("private_key", key.as_str())];
    let cmcc = [("app_id", "x"), ("app_key", "12345678"), ("decrypt_key", key.as_str())];
    let yuxin = [("base_url", "https://y.example"), ("token", "t"), ("key", "0123456789abcdef"), ("cipher", "sm4-cbc")];
    let both = vec![Operation::FetchNumber, Operation::VerifyNumber];
    vec![
        (Client::new("shanyan", shanyan).unwrap(), both.clone()),
        (Client::new("cmcc", cmcc).unwrap(), both),
        (Client::new("yuxin", yuxin).unwrap(), vec![Operation::VerifyIdentity]),
    ]
}

/// Any value, or one that leads further in.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        prop::sample::select(KNOWN).prop_map(Value::from),
        "[0-9a-fA-F]{256}".prop_map(Value::from),
        Just(json!("{\"mobileName\":\"yygEtD8sfGRiPbkwTQgvxw==\"}")),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| prop::collection::btree_map(name(), inner, 0..6).prop_map(|map| json!(map)))
}

fn reply() -> impl Strategy<Value = Value> {
    prop::collection::btree_map(name(), value(), 0..8).prop_map(|map| json!(map))
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![prop::sample::select(FIELDS).prop_map(str::to_owned), ".{0,6}"]
}

fn option() -> impl Strategy<Value = String> {
    const OPTIONS: &[&str] = &[
        "app_id",
        "app_key",
        "app_secret",
        "private_key",
        "key",
        "cipher",
        "token",
        "base_url",
        "timeout_ms",
        "proxy",
        "ca_certificate",
    ];
    prop_oneof![prop::sample::select(OPTIONS).prop_map(str::to_owned), ".{0,12}"]
}

const KNOWN: &[&str] =
    &["200000", "403000", "103000", "103101", "000", "001", "200", "105", "10000", "10001", "1", "0", "RSA"];

const FIELDS: &[&str] = &[
    "code",
    "message",
    "retMsg",
    "chargeStatus",
    "data",
    "mobileName",
    "isVerify",
    "tradeNo",
    "fanqizha",
    "tag",
    "encryptType",
    "resultCode",
    "RESULTCODE",
    "header",
    "body",
    "msisdn",
    "taskId",
    "inresponseto",
    "msgId",
    "desc",
    "resultDesc",
    "errorCode",
    "errorDetail",
    "returnCode",
    "returnDesc",
    "token",
    "sign",
    "accessToken",
    "accessCode",
    "appId",
    "telecom",
    "timestamp",
    "randoms",
    "version",
    "device",
    "mobile",
    "openType",
    "requesterType",
];
