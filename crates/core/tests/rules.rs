//! Rules of the vendors' documents that no vector and no other test proves, held against the sandbox.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aes::Aes128;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeEncrypt, KeyIvInit};
use quhao::blocking::Client;
use quhao::{Charge, Error, ErrorKind, Operation, Retry, Verification};
use quhao_sandbox::{Carrier, Sandbox};
use serde_json::{Value, json};

#[test]
fn every_gateway_is_called_by_post_alone_and_refuses_in_json() {
    let sandbox = Sandbox::start().unwrap();
    let paths = ["query", "validate"].into_iter().flat_map(|function| {
        ["m", "t", "u"].into_iter().map(move |carrier| format!("/open/flashsdk/mobile-{function}-{carrier}"))
    });
    let others = ["/unisdk/rsapi/loginTokenValidate", "/openapi/rs/tokenValidate", "/api/personalInfo/verifyMobile"];
    for path in paths.chain(others.map(str::to_owned)) {
        let url = format!("{}{path}", sandbox.url());
        assert_eq!(send("GET", &url, FORM, "").0, 405, "{path}");
        let (status, body) = send("POST", &url, FORM, "");
        assert_eq!(status, 200, "{path}");
        assert!(serde_json::from_slice::<Value>(&body).unwrap().is_object(), "{path}");
    }
}

#[test]
fn a_check_goes_to_its_carriers_address_and_to_no_other() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox, "shanyan");
    for (carrier, due) in [(Carrier::ChinaMobile, "m"), (Carrier::ChinaTelecom, "t"), (Carrier::ChinaUnicom, "u")] {
        let params = sandbox.phone(NUMBER, carrier).unwrap().params("shanyan", Operation::VerifyNumber).unwrap();
        let call = client.prepare_verify_number(params, None).unwrap();
        let address = call.url.strip_suffix(due).unwrap();
        for other in ["m", "t", "u"].into_iter().filter(|other| *other != due) {
            let (status, body) = send("POST", &format!("{address}{other}"), FORM, &call.body);
            let error = call.read(status, &body).unwrap_err();
            assert_eq!((error.kind(), error.vendor_code()), (ErrorKind::Input, Some("400001")), "{error:?}");
        }
        let (status, body) = send("POST", &call.url, FORM, &call.body);
        assert!(call.read(status, &body).unwrap().matches());
    }
}

#[test]
fn another_apps_key_opens_no_number() {
    let sandbox = Sandbox::start().unwrap();
    let mut options = sandbox.options("shanyan").unwrap();
    options.insert("app_key".into(), sandbox.options("shanyan-rsa1024").unwrap()["app_key"].clone());
    let client = Client::new("shanyan", options).unwrap();
    let error = client.fetch_number(params(&sandbox, "shanyan", Operation::FetchNumber)).unwrap_err();
    // The phone signed, so the gateway has nothing to refuse: the call is good, and billed.
    assert_eq!((error.kind(), error.charge()), (ErrorKind::Decrypt, Charge::Yes), "{error:?}");
}

#[test]
fn a_token_is_good_for_its_two_minutes_and_no_longer() {
    let sandbox = Sandbox::start().unwrap();
    for app in ["cmcc", "cmcc-legacy", "cmcc-rsa", "cmcc-key-type-1"] {
        let client = client(&sandbox, app);
        for operation in [Operation::FetchNumber, Operation::VerifyNumber] {
            let after = |seconds| {
                let params = params(&sandbox, app, operation);
                sandbox.advance(Duration::from_secs(seconds));
                match operation {
                    Operation::FetchNumber => client.fetch_number(params).map(|answer| answer.receipt.code),
                    _ => client.verify_number(params, Some(NUMBER)).map(|answer| answer.receipt.code),
                }
            };
            after(115).unwrap();
            let error = after(121).unwrap_err();
            assert_eq!((error.kind(), error.retry()), (ErrorKind::Token, Retry::NewToken), "{app} {operation}");
        }
    }
}

#[test]
fn unused_tokens_count_for_ten_minutes() {
    let sandbox = Sandbox::start().unwrap();
    let code = || params(&sandbox, "cmcc", Operation::FetchNumber)["resultCode"].clone();
    (0..30).for_each(|_| assert_eq!(code(), "103000"));
    assert_eq!(code(), "103911");
    sandbox.advance(Duration::from_secs(580));
    assert_eq!(code(), "103911", "they are stale, but unused");
    sandbox.advance(Duration::from_secs(21));
    assert_eq!(code(), "103000");
}

#[test]
fn a_private_key_without_its_public_key_in_the_portal_signs_no_login() {
    let sandbox = Sandbox::start().unwrap();
    let mut options = sandbox.options("cmcc").unwrap();
    options.insert("private_key".into(), sandbox.options("cmcc-rsa").unwrap()["private_key"].clone());
    let client = Client::new("cmcc", options).unwrap();
    let error = client.fetch_number(params(&sandbox, "cmcc", Operation::FetchNumber)).unwrap_err();
    assert_eq!((error.kind(), error.vendor_code()), (ErrorKind::Credentials, Some("103101")), "{error:?}");
    let why = sandbox.ledger().pop().unwrap().explanation.unwrap();
    assert!(why.contains("the portal has no public key of this app"), "{why}");
}

#[test]
fn every_documented_carrier_and_requester_is_sent_and_no_other() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox, "cmcc");
    let ask = |open_type: &str, requester_type: &str| -> Result<Verification, Error> {
        let mut params = params(&sandbox, "cmcc", Operation::VerifyNumber);
        params.insert("openType".into(), open_type.into());
        params.insert("requesterType".into(), requester_type.into());
        let call = client.prepare_verify_number(params, Some(NUMBER))?;
        let body = &serde_json::from_str::<Value>(&call.body).unwrap()["body"];
        assert_eq!((&body["openType"], &body["requesterType"]), (&json!(open_type), &json!(requester_type)));
        let (status, body) = send("POST", &call.url, "application/json", &call.body);
        call.read(status, &body)
    };
    for open_type in ["0", "1", "2", "3"] {
        for requester_type in ["0", "1"] {
            assert!(ask(open_type, requester_type).unwrap().matches(), "{open_type} {requester_type}");
        }
    }
    for (open_type, requester_type) in [("4", "0"), ("", "0"), ("CMCC", "0"), ("1", "2"), ("1", "")] {
        let error = ask(open_type, requester_type).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Input, "{open_type} {requester_type}: {error:?}");
    }
    assert_eq!(sandbox.ledger().len(), 8, "what is refused here is not sent");
}

#[test]
fn message_and_expand_params_return_as_they_were_sent() {
    let sandbox = Sandbox::start().unwrap();
    let mut params = params(&sandbox, "cmcc", Operation::VerifyNumber);
    params.insert("message".into(), "订单 42".into());
    params.insert("expandParams".into(), "a=1|b=2".into());
    let answer = client(&sandbox, "cmcc").verify_number(params, Some(NUMBER)).unwrap();
    assert_eq!(answer.extra["message"], "%E8%AE%A2%E5%8D%95%2042");
    assert_eq!(answer.extra["expandParams"], "a%3D1%7Cb%3D2");
}

#[test]
fn each_request_has_an_id_and_an_iv_of_its_own() {
    let sandbox = Sandbox::start().unwrap();
    let (cmcc, yuxin) = (client(&sandbox, "cmcc"), client(&sandbox, "yuxin"));
    let token = params(&sandbox, "cmcc", Operation::FetchNumber)["token"].clone();
    let (mut ids, mut ivs) = (BTreeSet::new(), BTreeSet::new());
    for _ in 0..20 {
        let login = cmcc.prepare_fetch_number(token.as_str()).unwrap();
        let check = cmcc.prepare_verify_number(token.as_str(), Some(NUMBER)).unwrap();
        for id in [login.request_id(), check.request_id()] {
            let id = id.unwrap().to_owned();
            assert!(id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()), "{id} is no UUID without its dashes");
            ids.insert(id);
        }
        let identity = yuxin.prepare_verify_identity(NUMBER, NAME, ID_CARD).unwrap();
        let fields = form_urlencoded::parse(identity.body.as_bytes());
        ivs.extend(fields.filter(|(name, _)| name == "iv").map(|(_, iv)| iv.into_owned()));
    }
    assert_eq!((ids.len(), ivs.len()), (40, 20));
}

#[test]
fn a_logon_without_one_of_its_three_fields_is_refused_by_name() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.add_person(NUMBER, NAME, ID_CARD);
    let options = sandbox.options("yuxin").unwrap();
    let ask = |iv: &str, logon: &Value| {
        let cipher = cbc::Encryptor::<Aes128>::new_from_slices(options["key"].as_bytes(), iv.as_bytes()).unwrap();
        let logon = STANDARD.encode(cipher.encrypt_padded_vec::<Pkcs7>(logon.to_string().as_bytes()));
        let fields = [("token", options["token"].as_str()), ("iv", iv), ("logon", &logon)];
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let url = format!("{}/api/personalInfo/verifyMobile", sandbox.url());
        let (_, reply) = send("POST", &url, FORM, &body);
        serde_json::from_slice::<Value>(&reply).unwrap()["errorCode"].clone()
    };
    let whole = json!({ "idCard": ID_CARD, "userName": NAME, "loginphone": NUMBER });
    for name in ["idCard", "userName", "loginphone"] {
        for damage in [Value::Null, json!(""), json!(1)] {
            let mut logon = whole.clone();
            match damage {
                Value::Null => drop(logon.as_object_mut().unwrap().remove(name)),
                damage => logon[name] = damage,
            }
            assert_eq!(ask("0123456789abcdef", &logon), "306", "{logon}");
            let why = sandbox.ledger().pop().unwrap().explanation.unwrap();
            assert!(why.contains(name), "{why}");
        }
    }
    assert_eq!(ask("fedcba9876543210", &whole), "200");
}

#[test]
fn fields_that_no_table_lists_are_kept_and_may_be_null_or_absent() {
    let sandbox = Sandbox::start().unwrap();
    let client = quhao::Client::new("yuxin", sandbox.options("yuxin").unwrap()).unwrap();
    let read = |reply: Value| -> Verification {
        client.read(Operation::VerifyIdentity, 200, reply.to_string().as_bytes()).unwrap()
    };
    let given = json!({"errorCode": "200", "errorReason": "r-1", "info": {"batch": 7}, "returnCode": "10000"});
    let answer = read(given);
    assert_eq!((&answer.extra["errorReason"], &answer.extra["info"]), (&json!("r-1"), &json!({"batch": 7})));
    let null = json!({"errorCode": "200", "errorReason": null, "info": null, "returnCode": "10000"});
    for reply in [null, json!({"errorCode": "200", "returnCode": "10000"})] {
        let answer = read(reply);
        assert!(answer.matches() && answer.extra.is_empty(), "{answer:?}");
    }
}

fn client(sandbox: &Sandbox, app: &str) -> Client {
    let provider = sandbox.apps().iter().find(|known| known.name == app).unwrap().provider;
    Client::new(provider, sandbox.options(app).unwrap()).unwrap()
}

fn params(sandbox: &Sandbox, app: &str, operation: Operation) -> BTreeMap<String, String> {
    sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap().params(app, operation).unwrap()
}

/// Sends by hand what no client of ours would.
fn send(method: &str, url: &str, content_type: &str, body: &str) -> (u16, Vec<u8>) {
    use std::io::{Read, Write};
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = std::net::TcpStream::connect(host).unwrap();
    let length = body.len();
    let head = format!("host: {host}\r\nconnection: close\r\ncontent-type: {content_type}\r\ncontent-length: {length}");
    write!(stream, "{method} /{path} HTTP/1.1\r\n{head}\r\n\r\n{body}").unwrap();
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).unwrap();
    let split = reply.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    let status = std::str::from_utf8(&reply[9..12]).unwrap().parse().unwrap();
    (status, reply.split_off(split + 4))
}

const FORM: &str = "application/x-www-form-urlencoded";
const NUMBER: &str = "13800138000";
const NAME: &str = "张三";
const ID_CARD: &str = "11010519491231002X";
