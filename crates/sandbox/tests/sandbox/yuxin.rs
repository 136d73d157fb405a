//! Yuxin's gateway, asked wrongly.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use aes::Aes128;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeEncrypt, KeyIvInit};
use quhao::ErrorKind;
use quhao_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::bare::{FORM, JSON, NUMBER, assert_refused, form, last, post};

const PATH: &str = "/api/personalInfo/verifyMobile";
const TOKEN: &str = "yx-7d41c0e2b95f";
const KEY: &[u8] = b"pT5vZ8nQ2wL6kR3x";
const IV: &str = "0123456789abcdef";
const NAME: &str = "张三";
const ID_CARD: &str = "11010519491231002X";

fn seal(key: &[u8], iv: &[u8], plain: &str) -> Vec<u8> {
    cbc::Encryptor::<Aes128>::new_from_slices(key, iv).unwrap().encrypt_padded_vec::<Pkcs7>(plain.as_bytes())
}

fn person(number: &str, name: &str, id_card: &str) -> String {
    json!({ "idCard": id_card, "userName": name, "loginphone": number }).to_string()
}

fn request(iv: &str, logon: &str) -> BTreeMap<String, String> {
    [("token", TOKEN), ("iv", iv), ("logon", logon)].map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

/// A right request of app `yuxin` with this plaintext.
fn with(plain: &str) -> BTreeMap<String, String> {
    request(IV, &STANDARD.encode(seal(KEY, IV.as_bytes(), plain)))
}

fn ask(sandbox: &Sandbox, fields: &BTreeMap<String, String>) -> Value {
    post(sandbox, PATH, FORM, &form(fields)).json()
}

/// The shape of the document's samples: strings and two nulls.
fn refusal(code: &str, detail: &str) -> Value {
    json!({
        "errorCode": code, "errorDetail": detail, "errorReason": null, "info": null,
        "returnCode": "0", "returnDesc": null,
    })
}

#[test]
fn a_person_is_a_match_a_mismatch_or_unknown() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.add_person(NUMBER, NAME, "11010519491231002x");
    for (number, name, id_card, code, desc) in [
        (NUMBER, NAME, ID_CARD, "10000", "一致的"),
        (NUMBER, "李四", ID_CARD, "10001", "不一致的"),
        (NUMBER, NAME, "440524188001010014", "10001", "不一致的"),
        ("13900139000", NAME, ID_CARD, "10001", "不一致的"),
        ("13900139000", NAME, "440524188001010014", "10002", "未知的"),
    ] {
        let expected = json!({
            "errorCode": "200", "errorDetail": "查询成功", "errorReason": null, "info": null,
            "returnCode": code, "returnDesc": desc,
        });
        assert_eq!(ask(&sandbox, &with(&person(number, name, id_card))), expected);
        assert_eq!((last(&sandbox).verdict.as_str(), last(&sandbox).charged), (code, code != "10002"));
    }
}

#[test]
fn the_token_service_refuses_in_its_own_shape() {
    let sandbox = Sandbox::start().unwrap();
    let shape = |code: &str, detail: &str| {
        json!({
            "errorCode": code, "errorDetail": detail, "errorReason": null, "info": null,
            "returnCode": "", "returnDesc": "",
        })
    };
    let mut wrong = with(&person(NUMBER, NAME, ID_CARD));
    wrong.insert("token".into(), "yx-000000000000".into());
    assert_eq!(ask(&sandbox, &wrong), shape("105", "无效token"));
    assert_refused(&sandbox, "105", "no app of this sandbox's has this token");

    sandbox.set_token("yuxin", "yx-the-next").unwrap();
    assert_eq!(ask(&sandbox, &with(&person(NUMBER, NAME, ID_CARD))), shape("105", "无效token"));
    assert_refused(&sandbox, "105", "this was the token of app yuxin");
    assert_eq!(last(&sandbox).app.as_deref(), Some("yuxin"));
    sandbox.set_token("yuxin", TOKEN).unwrap();

    sandbox.set_balance("yuxin", 0).unwrap();
    assert_eq!(ask(&sandbox, &with(&person(NUMBER, NAME, ID_CARD))), shape("104", "账户余额不足"));
    assert_refused(&sandbox, "104", "balance");
    assert!(sandbox.set_token("cmcc", "x").unwrap_err().to_string().contains("no access token"));
}

#[test]
fn a_missing_parameter_is_301() {
    let sandbox = Sandbox::start().unwrap();
    for name in ["token", "iv", "logon"] {
        let mut fields = with(&person(NUMBER, NAME, ID_CARD));
        fields.insert(name.into(), String::new());
        assert_eq!(ask(&sandbox, &fields), refusal("301", "参数不能为空"));
        assert_refused(&sandbox, "301", &format!("{name} is missing or empty"));
    }
    post(&sandbox, PATH, JSON, "{");
    assert_refused(&sandbox, "301", "the body is not JSON");
}

#[test]
fn a_body_of_the_other_kind_is_315() {
    let sandbox = Sandbox::start().unwrap();
    let fields = with(&person(NUMBER, NAME, ID_CARD));
    post(&sandbox, PATH, JSON, &json!(fields).to_string());
    assert_refused(&sandbox, "315", "app yuxin posts form, got json");
    post(&sandbox, PATH, "text/xml", &form(&fields));
    assert_refused(&sandbox, "315", "expected a form, got text/xml");
    let mut of_a_json_app = fields;
    of_a_json_app.insert("token".into(), "yx-18ae6f30d7c4".into());
    ask(&sandbox, &of_a_json_app);
    assert_refused(&sandbox, "315", "app yuxin-aes-192-cbc posts json, got form");
}

#[test]
fn what_does_not_decode_is_306_and_names_the_parameter() {
    let sandbox = Sandbox::start().unwrap();
    let sealed = seal(KEY, IV.as_bytes(), &person(NUMBER, NAME, ID_CARD));
    let hex: String = sealed.iter().map(|byte| format!("{byte:02x}")).collect();
    let plus = (0..200)
        .map(|n| STANDARD.encode(seal(KEY, IV.as_bytes(), &person(&format!("138{n:08}"), NAME, ID_CARD))))
        .find(|text| text.contains('+') && text.contains('/'))
        .unwrap();
    for (iv, logon, parameter, because) in [
        ("0123456789", STANDARD.encode(&sealed), "iv", "expected 16 bytes in utf8, got 10 characters"),
        (IV, plus.replace('+', " "), "logon", "a blank stands where Base64 had a plus"),
        (IV, plus.replace('+', "%2B"), "logon", "percent-encoded once too often"),
        (
            IV,
            plus.replace('+', "-").replace('/', "_").trim_end_matches('=').to_owned(),
            "logon",
            "expected base64, got base64url",
        ),
        (IV, hex, "logon", "expected base64, got hex"),
        (IV, "***".to_owned(), "logon", "expected whole blocks in base64"),
        (IV, STANDARD.encode(&sealed[1..]), "logon", "expected whole blocks in base64"),
        (IV, with("{}")["logon"].clone(), "logon", "it has no loginphone"),
        (IV, with(&person(NUMBER, "", ID_CARD))["logon"].clone(), "logon", "its userName is empty"),
        (
            IV,
            with(&json!({ "idCard": ID_CARD, "userName": NAME, "loginphone": 1 }).to_string())["logon"].clone(),
            "logon",
            "its loginphone is not a string",
        ),
    ] {
        let reply = ask(&sandbox, &request(iv, &logon));
        assert_eq!(reply, refusal("306", &format!("请求参数{parameter}为空或格式错误")), "{because}");
        assert_refused(&sandbox, "306", because);
    }
}

#[test]
fn what_does_not_open_is_307_and_the_usual_causes_are_tried() {
    let sandbox = Sandbox::start().unwrap();
    let plain = person(NUMBER, NAME, ID_CARD);
    let iv: Vec<u8> = (0xf0..=0xff).collect();
    let hex_iv: String = iv.iter().map(|byte| format!("{byte:02x}")).collect();
    for (iv, sealed, because) in [
        (IV, seal(b"0000000000000000", IV.as_bytes(), &plain), "another key, or another cipher"),
        (IV, seal(KEY, &[0; 16], &plain), "an iv of zeros"),
        (IV, seal(KEY, IV.as_bytes(), "not json"), "another key"),
    ] {
        assert_eq!(ask(&sandbox, &request(iv, &STANDARD.encode(sealed))), refusal("307", "请求验签失败"));
        assert_refused(&sandbox, "307", because);
    }
    // An iv in hex has 32 characters, which no cipher of the app's takes as text.
    ask(&sandbox, &request(&hex_iv, &STANDARD.encode(seal(KEY, &iv, &plain))));
    assert_refused(&sandbox, "306", "expected 16 bytes in utf8, got 32 characters");
    let sm4 = cbc::Encryptor::<sm4::Sm4>::new_from_slices(KEY, IV.as_bytes()).unwrap();
    let sealed = sm4.encrypt_padded_vec::<Pkcs7>(plain.as_bytes());
    ask(&sandbox, &request(IV, &STANDARD.encode(sealed)));
    assert_refused(&sandbox, "307", "it is sm4-cbc, its iv in utf8");
}

#[test]
fn the_same_iv_and_logon_are_good_for_one_request() {
    let sandbox = Sandbox::start().unwrap();
    let fields = with(&person(NUMBER, NAME, ID_CARD));
    assert_eq!(ask(&sandbox, &fields)["errorCode"], "200");
    assert_eq!(ask(&sandbox, &fields), refusal("309", "请求重复的请求"));
    assert_refused(&sandbox, "309", "the same iv and logon came before");
}

#[test]
fn data_that_cannot_be_right_is_310() {
    let sandbox = Sandbox::start().unwrap();
    let mut extra = with(&person(NUMBER, NAME, ID_CARD));
    extra.insert("sign".into(), "x".into());
    let more = json!({ "idCard": ID_CARD, "userName": NAME, "loginphone": NUMBER, "sex": "1" }).to_string();
    for (fields, because) in [
        (with(&person("+8613800138000", NAME, ID_CARD)), "loginphone: expected 1 and ten more digits"),
        (with(&person(NUMBER, NAME, "110105194912310020")), "idCard: expected 17 digits and the check character"),
        (with(&person(NUMBER, NAME, "110105491231002")), "idCard"),
        (with(&more), "holds more than idCard, userName and loginphone"),
        (extra, "sign: the document has no such field"),
    ] {
        assert_eq!(ask(&sandbox, &fields), refusal("310", "请求参数中存在无效数据"));
        assert_refused(&sandbox, "310", because);
    }
}

#[test]
fn an_address_off_the_list_is_311() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.allow_ips("yuxin", &["203.0.113.7".parse().unwrap()]).unwrap();
    assert_eq!(ask(&sandbox, &with(&person(NUMBER, NAME, ID_CARD))), refusal("311", "权限不足"));
    assert_refused(&sandbox, "311", "127.0.0.1 is not on the app's IP list");
    sandbox.allow_ips("yuxin", &[IpAddr::V4(Ipv4Addr::LOCALHOST)]).unwrap();
    assert_eq!(ask(&sandbox, &with(&person(NUMBER, NAME, ID_CARD)))["errorCode"], "200");
}

#[test]
fn a_client_with_a_token_source_fetches_the_next_token_and_asks_again() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.add_person(NUMBER, NAME, ID_CARD);
    let options = sandbox.options("yuxin").unwrap();
    let client = quhao::Yuxin::new(&options["base_url"], &options["cipher"], &options["key"])
        .token_source(|refused| async move {
            let next = if refused.is_none() { TOKEN } else { "yx-the-next" };
            Ok(next.to_owned())
        })
        .build()
        .unwrap();
    let client = quhao::blocking::Client::from(client);
    assert!(client.verify_identity(NUMBER, NAME, ID_CARD).unwrap().matches());
    sandbox.set_token("yuxin", "yx-the-next").unwrap();
    assert!(client.verify_identity(NUMBER, NAME, ID_CARD).unwrap().matches());
    let verdicts: Vec<_> = sandbox.ledger().into_iter().map(|entry| entry.verdict).collect();
    assert_eq!(verdicts, ["10000", "105", "10000"]);

    sandbox.set_token("yuxin", "yx-after-that").unwrap();
    let fixed = quhao::blocking::Client::new("yuxin", options).unwrap();
    assert_eq!(fixed.verify_identity(NUMBER, NAME, ID_CARD).unwrap_err().kind(), ErrorKind::Token);
    assert_eq!(sandbox.options("yuxin").unwrap()["token"], "yx-after-that");
}
