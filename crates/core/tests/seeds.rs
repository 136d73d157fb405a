//! Walks the vendors' documents, row by row, and fails where one has no counterpart here.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::collections::BTreeSet;

use quhao::{Ask, Client, Meaning, Moment, Outcome, Params, Receipt, sign_shanyan_v1};
use quhao_vectors::seed;
use serde_json::{Value, json};

/// Each document, and the provider that implements it.
const DOCUMENTS: &[(&str, &str)] = &[("shanyan-v1", "shanyan"), ("china-mobile", "cmcc"), ("yuxin", "yuxin")];

#[test]
fn every_documented_code_is_in_a_table_with_the_documents_words() {
    let mut walked = 0;
    for (document, provider) in DOCUMENTS {
        let codes: Vec<_> = quhao::provider(provider).unwrap().codes().collect();
        for row in seed(document)["codes"].as_array().unwrap() {
            let (table, code, words) = (text(row, "table"), text(row, "code"), text(row, "text"));
            let fragment = row.get("fragment").and_then(Value::as_str);
            assert!(
                codes
                    .iter()
                    .any(|known| (known.table, known.code, known.zh) == (table, code, words)
                        && known.fragment == fragment),
                "{document}: {table} {code} {words} has no row"
            );
            walked += 1;
        }
    }
    assert_eq!(walked, 226, "the documents hold 226 codes");
}

#[test]
fn every_code_has_words_in_both_languages_and_something_to_do() {
    for info in quhao::providers() {
        for row in info.codes() {
            assert!(!row.zh.is_empty() && !row.en.is_empty(), "{} {}", row.table, row.code);
            let hint = row.hint();
            assert!(!hint.zh.is_empty() && !hint.en.is_empty(), "{} {}", row.table, row.code);
            if row.meaning == Meaning::OnPhone {
                assert_eq!(row.table, "sdk");
            }
        }
    }
}

#[test]
fn every_documented_request_field_is_sent_and_no_other() {
    for (interface, sent) in requests() {
        let documented: BTreeSet<String> =
            interface["request"].as_array().unwrap().iter().map(|row| text(row, "field").to_owned()).collect();
        assert_eq!(sent, documented, "{}", text(&interface, "name"));
    }
}

#[test]
fn every_documented_address_is_where_requests_go() {
    let shanyan = ["CMCC", "CTCC", "CUCC"].map(|telecom| {
        let call = |ask: &Ask| shanyan().prepare::<Outcome>(ask, &moment()).unwrap().url;
        let number = Some("13800138000");
        (telecom, call(&Ask::fetch_number(query(telecom))), call(&Ask::verify_number(validation(telecom), number)))
    });
    for (telecom, query, validate) in shanyan {
        assert_eq!(query, text(&interface("shanyan-v1", "mobile-query")["urls"], telecom));
        assert_eq!(validate, text(&interface("shanyan-v1", "mobile-validate")["urls"], telecom));
    }
    let login = cmcc(&[]).prepare::<Outcome>(&Ask::fetch_number("STsid".repeat(12)), &moment()).unwrap();
    assert_eq!(login.url, text(&interface("china-mobile", "loginTokenValidate")["urls"], "default"));
    let verify = cmcc(&[]).prepare::<Outcome>(&verify_ask(), &moment()).unwrap();
    assert_eq!(verify.url, text(&interface("china-mobile", "tokenValidate")["urls"], "default"));
    let identity = yuxin().prepare::<Outcome>(&identity_ask(), &moment()).unwrap();
    assert!(identity.url.ends_with(text(&interface("yuxin", "verifyMobile")["urls"], "default")), "{}", identity.url);
}

#[test]
fn every_documented_reply_field_reaches_the_caller() {
    for (document, name, reply, client, operation) in replies() {
        let outcome: Outcome = client.read(operation, 200, reply.to_string().as_bytes()).unwrap();
        let shown = match &outcome {
            Outcome::Fetched(fetched) => format!("{} {}", fetched.number.expose(), shown(&fetched.receipt)),
            Outcome::Verified(verification) => format!("{:?} {}", verification.verdict, shown(&verification.receipt)),
        };
        for row in interface(document, name)["response"].as_array().unwrap() {
            let field = text(row, "field");
            let Some(sent) = leaf(&reply, field) else { panic!("{name}: the test's reply lacks {field}") };
            // A deciding field shows as the decision; everything else shows as it was sent.
            let decides = ["chargeStatus", "mobileName", "isVerify", "fanqizha", "encryptType", "errorCode"];
            let is_group = sent.is_object();
            let value = sent.as_str().map_or_else(|| sent.to_string(), str::to_owned);
            assert!(
                is_group || decides.iter().any(|name| field.ends_with(name)) || shown.contains(&value),
                "{name}: {field} = {value} does not reach the caller: {shown}"
            );
        }
    }
}

/// Every interface with the fields of a request that uses all of them.
fn requests() -> Vec<(Value, BTreeSet<String>)> {
    let form = |client: &Client, ask: &Ask| -> BTreeSet<String> {
        let call = client.prepare::<Outcome>(ask, &moment()).unwrap();
        form_urlencoded::parse(call.body.as_bytes()).map(|(name, _)| name.into_owned()).collect()
    };
    let json = |client: &Client, ask: &Ask| -> BTreeSet<String> {
        let call = client.prepare::<Outcome>(ask, &moment()).unwrap();
        let mut paths = BTreeSet::new();
        collect_paths("", &serde_json::from_str(&call.body).unwrap(), &mut paths);
        paths
    };
    let key = std::fs::read_to_string(quhao_vectors::folder().join("keys/rsa1024.pkcs8.pem")).unwrap();
    let login = Ask::fetch_number([("token", "STsid".repeat(12)), ("expandParams", "a=b".to_owned())]);
    let verify = verify_ask();
    let mut logon = form(&yuxin(), &identity_ask());
    logon.extend(["logon.idCard", "logon.userName", "logon.loginphone"].map(str::to_owned));
    vec![
        (interface("shanyan-v1", "mobile-query"), form(&shanyan(), &Ask::fetch_number(query("CMCC")))),
        (interface("shanyan-v1", "mobile-validate"), form(&shanyan(), &Ask::verify_number(validation("CUCC"), None))),
        (interface("china-mobile", "loginTokenValidate"), json(&cmcc(&[("private_key", &key)]), &login)),
        (interface("china-mobile", "tokenValidate"), json(&cmcc(&[]), &verify)),
        (interface("yuxin", "verifyMobile"), logon),
    ]
}

/// Every interface with a reply that has all its fields.
fn replies() -> Vec<(&'static str, &'static str, Value, Client, quhao::Operation)> {
    use quhao::Operation::{FetchNumber, VerifyIdentity, VerifyNumber};
    let query = json!({"code": "200000", "message": "成功", "chargeStatus": 1, "data": {
        // Source: vector shanyan/decrypt-des the-documented-cipher-opens.
        "mobileName": "yygEtD8sfGRiPbkwTQgvxw==", "tradeNo": "18112115031414011", "fanqizha": 2,
        "tag": "批量操作", "encryptType": ""}});
    let validate = json!({"code": "200000", "message": "成功", "chargeStatus": 1,
        "data": {"isVerify": "1", "tradeNo": "18112115031414011"}});
    let login = json!({"inresponseto": "335e06a28f064b999d6a25e403991e4c", "msisdn": "14700000000",
        "resultcode": "103000", "systemtime": "20180129112955477"});
    let verify = json!({"header": {"msgId": "f11585580266414fbde9f755451fb7a7", "timestamp": "20180129105523701",
        "appId": "300000000076", "resultCode": "000"},
        "body": {"resultDesc": "是本机号码", "message": "order-7", "expandParams": "a%3Db"}});
    let identity = json!({"errorCode": "200", "errorDetail": "查询成功", "errorReason": null, "info": null,
        "returnCode": "10000", "returnDesc": "一致的"});
    vec![
        ("shanyan-v1", "mobile-query", query, shanyan(), FetchNumber),
        ("shanyan-v1", "mobile-validate", validate, shanyan(), VerifyNumber),
        ("china-mobile", "loginTokenValidate", login, cmcc(&[]), FetchNumber),
        ("china-mobile", "tokenValidate", verify, cmcc(&[]), VerifyNumber),
        ("yuxin", "verifyMobile", identity, yuxin(), VerifyIdentity),
    ]
}

fn shown(receipt: &Receipt) -> String {
    format!("{receipt:?} {} {:?}", receipt.message, receipt.extra)
}

fn interface(document: &str, name: &str) -> Value {
    let interfaces = seed(document)["interfaces"].as_array().unwrap().clone();
    interfaces.into_iter().find(|interface| text(interface, "name") == name).unwrap()
}

fn text<'a>(row: &'a Value, name: &str) -> &'a str {
    row.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The value at `data.tradeNo`, letter case of the names aside.
fn leaf<'a>(reply: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(reply, |value, name| {
        value.as_object()?.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    })
}

/// `header`, `header.msgId`, …: every path of a JSON object.
fn collect_paths(prefix: &str, value: &Value, paths: &mut BTreeSet<String>) {
    for (name, value) in value.as_object().into_iter().flatten() {
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        collect_paths(&path, value, paths);
        paths.insert(path);
    }
}

fn shanyan() -> Client {
    Client::new("shanyan", [("app_id", APP_ID), ("app_key", APP_KEY)]).unwrap()
}

fn cmcc(more: &[(&str, &str)]) -> Client {
    let given = [("app_id", "300011223344"), ("app_key", "8F2D0B7C41E94A0E")];
    Client::new("cmcc", given.iter().chain(more).copied()).unwrap()
}

fn yuxin() -> Client {
    let options = [
        ("base_url", "https://yuxin.example"),
        ("token", "T-7f3a"),
        ("key", "0123456789abcdef"),
        ("cipher", "aes-128-cbc"),
    ];
    Client::new("yuxin", options).unwrap()
}

fn query(telecom: &str) -> Params {
    signed(&[("accessToken", "q+/8Zk1=")], telecom)
}

fn validation(telecom: &str) -> Params {
    signed(&[("accessCode", "q+/8Zk1="), ("mobile", "13800138000")], telecom)
}

/// The phone's params, signed as its SDK signs.
fn signed(own: &[(&str, &str)], telecom: &str) -> Params {
    let common = [
        ("appId", APP_ID),
        ("telecom", telecom),
        ("timestamp", "1795322076789"),
        ("randoms", "1534b76d325a8f591b52d302e7181331"),
        ("version", "2.2.1"),
        ("device", "iphone7"),
    ];
    let fields: Vec<_> = common.iter().chain(own).copied().collect();
    let sign = sign_shanyan_v1(&fields.iter().copied().collect(), APP_KEY).value;
    fields.into_iter().chain([("sign", sign.as_str())]).collect()
}

fn verify_ask() -> Ask {
    let params =
        [("token", "STsid".repeat(12)), ("message", "订单 7".to_owned()), ("expandParams", "a=b|c=d".to_owned())];
    Ask::verify_number(params, Some("13800138000"))
}

fn identity_ask() -> Ask {
    Ask::verify_identity("13800138000", "张三", "11010519491231002X")
}

fn moment() -> Moment {
    Moment::at(1_795_322_080_000, [7; 16])
}

const APP_ID: &str = "Qh7kT2vX";
const APP_KEY: &str = "k9Tz3mWq";
