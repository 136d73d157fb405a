//! ShanYan's V2 gateway, asked wrongly and rightly.

mod mistakes;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use quhao::blocking::Client;
use quhao::{ErrorKind, Operation, Verdict};
use quhao_sandbox::{Carrier, Failure, Sandbox};
use serde_json::json;
use sha2::Sha256;

use crate::bare::{FORM, JSON, NUMBER, Reply, assert_refused, form, last, post};

const QUERY: &str = "/open/flashsdk/mobile-query";
const VALIDATE: &str = "/open/flashsdk/mobile-validate";
const WEB_QUERY: &str = "/open/web/mobile-query";
const WEB_VALIDATE: &str = "/open/flashsdk/web-mobile-validate";
const WXPROG_QUERY: &str = "/open/web/wxprog-mobile-query";

type Fields = BTreeMap<String, String>;

fn token(sandbox: &Sandbox, app: &str, operation: Operation) -> String {
    let phone = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap();
    phone.params(app, operation).unwrap().remove("token").unwrap()
}

/// An app's request, as it should be but for its signature.
fn unsigned(sandbox: &Sandbox, app: &str, operation: Operation, more: &[(&str, &str)]) -> Fields {
    let mut fields = Fields::from([
        ("appId".to_owned(), sandbox.options(app).unwrap().remove("app_id").unwrap()),
        ("token".to_owned(), token(sandbox, app, operation)),
    ]);
    if operation == Operation::VerifyNumber {
        fields.insert("mobile".to_owned(), NUMBER.to_owned());
    }
    fields.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    fields
}

fn hmac(key: &str, text: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap().chain_update(text).finalize();
    mac.into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn joined(fields: &Fields) -> String {
    fields.iter().map(|(name, value)| format!("{name}{value}")).collect()
}

fn key(sandbox: &Sandbox, app: &str) -> String {
    sandbox.options(app).unwrap().remove("app_key").unwrap()
}

fn with_sign(mut fields: Fields, sign: String) -> Fields {
    fields.insert("sign".to_owned(), sign);
    fields
}

fn signed(sandbox: &Sandbox, app: &str, fields: Fields) -> Fields {
    let sign = hmac(&key(sandbox, app), &joined(&fields));
    with_sign(fields, sign)
}

/// A right request of an app's, with more fields.
fn request(sandbox: &Sandbox, app: &str, operation: Operation, more: &[(&str, &str)]) -> Fields {
    signed(sandbox, app, unsigned(sandbox, app, operation, more))
}

fn ask(sandbox: &Sandbox, path: &str, fields: &Fields) -> Reply {
    post(sandbox, path, FORM, &form(fields))
}

fn assert_forbidden(reply: &Reply, message: &str) {
    assert_eq!(reply.json(), json!({ "code": "403000", "message": message }));
    assert_eq!(reply.status, 200);
}

fn client(sandbox: &Sandbox, app: &str) -> Client {
    Client::new("shanyan", sandbox.options(app).unwrap()).unwrap()
}

#[test]
fn each_channel_has_its_paths_and_its_name_for_the_number() {
    let sandbox = Sandbox::start().unwrap();
    for (app, path, name, digits) in [
        ("shanyan-v2", QUERY, "mobileName", 32),
        ("shanyan-v2-ios", QUERY, "mobileName", 32),
        ("shanyan-web", WEB_QUERY, "mobile", 32),
        ("shanyan-wxprog", WXPROG_QUERY, "mobile", 32),
    ] {
        let body = ask(&sandbox, path, &request(&sandbox, app, Operation::FetchNumber, &[])).json();
        assert_eq!((&body["code"], &body["chargeStatus"]), (&json!("200000"), &json!(1)), "{app}");
        let data = body["data"].as_object().unwrap();
        assert_eq!(data.keys().collect::<Vec<_>>(), [name, "tradeNo"], "{app}");
        let sealed = data[name].as_str().unwrap();
        assert!(sealed.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()), "{sealed}");
        assert_eq!(sealed.len(), digits, "{app}");
        assert_eq!(client(&sandbox, app).decrypt_number(sealed).unwrap().expose(), NUMBER, "{app}");
    }
    for (app, path) in [("shanyan-v2", VALIDATE), ("shanyan-web", WEB_VALIDATE)] {
        for (mobile, is_verify) in [(NUMBER, "1"), ("13900139000", "0")] {
            let fields = request(&sandbox, app, Operation::VerifyNumber, &[("mobile", mobile)]);
            let body = ask(&sandbox, path, &fields).json();
            assert_eq!((&body["code"], &body["data"]["isVerify"]), (&json!("200000"), &json!(is_verify)), "{app}");
            assert!(last(&sandbox).charged, "{app}");
        }
    }
}

#[test]
fn rsa_comes_where_it_is_asked_for_and_the_console_has_a_key() {
    let sandbox = Sandbox::start().unwrap();
    let query = |app, encrypt_type| {
        let more = [("encryptType", encrypt_type)];
        ask(&sandbox, QUERY, &request(&sandbox, app, Operation::FetchNumber, &more)).json()
    };
    for (encrypt_type, digits) in [("1", 256), ("0", 32), ("", 32)] {
        let body = query("shanyan-v2-rsa", encrypt_type);
        let sealed = body["data"]["mobileName"].as_str().unwrap();
        assert_eq!((sealed.len(), body["data"].get("encryptType")), (digits, None), "{encrypt_type}");
        assert_eq!(client(&sandbox, "shanyan-v2-rsa").decrypt_number(sealed).unwrap().expose(), NUMBER);
    }
    for (app, encrypt_type, because) in [
        ("shanyan-v2", "1", "the console holds no RSA public key of this app"),
        ("shanyan-v2-rsa", "RSA", "encryptType: expected 0 (AES) or 1 (RSA)"),
    ] {
        assert_eq!(query(app, encrypt_type), json!({ "code": "400001", "message": "参数校验异常" }));
        assert_refused(&sandbox, "400001", because);
    }
}

#[test]
fn fanqizha_comes_with_a_client_ip_and_the_callers_id_is_in_the_ledger_alone() {
    let sandbox = Sandbox::start().unwrap();
    for (more, fanqizha) in [(&[("clientIp", "203.0.113.7")][..], json!(1)), (&[("clientIp", "")], json!(null))] {
        let body = ask(&sandbox, QUERY, &request(&sandbox, "shanyan-v2", Operation::FetchNumber, more)).json();
        assert_eq!(body["data"]["fanqizha"], fanqizha);
    }
    let more = [("outId", "order-42"), ("timestamp", "1532417231567"), ("nobodyKnows", "this")];
    let reply = ask(&sandbox, QUERY, &request(&sandbox, "shanyan-v2", Operation::FetchNumber, &more));
    assert_eq!(reply.json()["code"], "200000", "what is signed may be sent");
    assert!(!reply.text().contains("order-42"), "{}", reply.text());
    assert_eq!(last(&sandbox).request_id.as_deref(), Some("order-42"));
}

#[test]
fn either_letter_case_of_sign_and_either_kind_of_form_will_do() {
    let sandbox = Sandbox::start().unwrap();
    let mut fields = request(&sandbox, "shanyan-v2", Operation::FetchNumber, &[]);
    let upper = fields["sign"].to_uppercase();
    fields.insert("sign".to_owned(), upper);
    let parts: String = fields
        .iter()
        .map(|(name, value)| format!("--b0\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"))
        .collect();
    let reply = post(&sandbox, QUERY, "multipart/form-data; boundary=b0", &format!("{parts}--b0--\r\n"));
    assert_eq!(reply.json()["code"], "200000");
}

#[test]
fn what_is_not_a_form_in_the_body_has_no_app_id() {
    let sandbox = Sandbox::start().unwrap();
    let fields = request(&sandbox, "shanyan-v2", Operation::FetchNumber, &[]);
    let json = serde_json::to_string(&fields).unwrap();
    for (path, content_type, body, because) in [
        (QUERY.to_owned(), JSON, json.as_str(), "the body is JSON; the fields go as a form"),
        (QUERY.to_owned(), FORM, &json, "the body is JSON"),
        (format!("{WXPROG_QUERY}?{}", form(&fields)), FORM, "", "the fields are in the URL"),
        (WEB_VALIDATE.to_owned(), FORM, "appId=&token=x", "no field appId"),
    ] {
        assert_forbidden(&post(&sandbox, &path, content_type, body), "请求非法，appId不能为空");
        assert_refused(&sandbox, "403000", because);
    }
}

#[test]
fn a_token_of_another_app_channel_or_operation_is_refused() {
    let sandbox = Sandbox::start().unwrap();
    let query = |app: &str, path: &str, fields: Fields| ask(&sandbox, path, &signed(&sandbox, app, fields));
    let mut fields = unsigned(&sandbox, "shanyan-v2", Operation::FetchNumber, &[]);
    fields.insert("token".to_owned(), token(&sandbox, "shanyan-v2-ios", Operation::FetchNumber));
    assert_forbidden(&query("shanyan-v2", QUERY, fields), "用户校验失败");
    assert_refused(&sandbox, "403000", "the token was made for app shanyan-v2-ios, and the request is of shanyan-v2");

    for (app, path, because) in [
        ("shanyan-web", QUERY, "the app's channel is web, and this path is for app"),
        ("shanyan-v2", WEB_QUERY, "the app's channel is app, and this path is for web"),
        ("shanyan-wxprog", WEB_QUERY, "the app's channel is wxprog, and this path is for web"),
    ] {
        let reply = query(app, path, unsigned(&sandbox, app, Operation::FetchNumber, &[]));
        assert_eq!(reply.json(), json!({ "code": "400902", "message": "应用类型信息不存在" }));
        assert_refused(&sandbox, "400902", because);
    }
    let login = unsigned(&sandbox, "shanyan-v2", Operation::FetchNumber, &[("mobile", NUMBER)]);
    assert_forbidden(&query("shanyan-v2", VALIDATE, login), "应用能力不匹配");
    assert_refused(&sandbox, "403000", "the token is for fetch_number, this path is for verify_number");
    let check = unsigned(&sandbox, "shanyan-v2", Operation::VerifyNumber, &[]);
    assert_forbidden(&query("shanyan-v2", QUERY, check), "应用能力不匹配");
}

#[test]
fn an_unknown_app_or_token_and_a_missing_value_are_refused() {
    let sandbox = Sandbox::start().unwrap();
    let whole = token(&sandbox, "shanyan-v2", Operation::FetchNumber);
    let v1 = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap();
    let v1 = v1.params("shanyan", Operation::FetchNumber).unwrap().remove("accessToken").unwrap();
    let changed = |operation, name: &str, value: &str| {
        let mut fields = unsigned(&sandbox, "shanyan-v2", operation, &[]);
        fields.insert(name.to_owned(), value.to_owned());
        fields
    };
    use Operation::{FetchNumber, VerifyNumber};
    for (operation, name, value, code, because) in [
        (FetchNumber, "appId", "Zz9Zz9Zz", "400901", "no app of this sandbox's has this appId"),
        (FetchNumber, "token", "", "400001", "token is missing or empty"),
        (FetchNumber, "token", &whole[..100], "500006", "the token was cut short before it was signed"),
        (FetchNumber, "token", "A1-nobody", "500006", "no phone of this sandbox's was given this token"),
        (FetchNumber, "token", &v1, "500006", "the token is of a phone SDK before 2.3.0"),
        (VerifyNumber, "mobile", "", "400201", "mobile is missing or empty"),
        (VerifyNumber, "mobile", "+8613800138000", "400001", "mobile: expected 1 and ten more digits"),
    ] {
        let path = if operation == VerifyNumber { VALIDATE } else { QUERY };
        let fields = signed(&sandbox, "shanyan-v2", changed(operation, name, value));
        assert_eq!(ask(&sandbox, path, &fields).json()["code"], code, "{because}");
        assert_refused(&sandbox, code, because);
    }
}

#[test]
fn tokens_live_two_ten_and_thirty_minutes() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox, "shanyan-v2");
    for (carrier, minutes) in [(Carrier::ChinaMobile, 2), (Carrier::ChinaTelecom, 10), (Carrier::ChinaUnicom, 30)] {
        let phone = sandbox.phone(NUMBER, carrier).unwrap();
        let fetch_after = |seconds: u64| {
            let params = phone.params("shanyan-v2", Operation::FetchNumber).unwrap();
            sandbox.advance(Duration::from_secs(seconds));
            client.fetch_number(params)
        };
        assert_eq!(fetch_after(minutes * 60 - 5).unwrap().number.expose(), NUMBER, "{carrier}");
        let error = fetch_after(minutes * 60 + 1).unwrap_err();
        assert_eq!((error.kind(), error.message()), (ErrorKind::Token, "请求非法，timestamp超时"), "{carrier}");
        assert_refused(&sandbox, "403000", &format!("{carrier} tokens live {minutes} minutes"));
    }
}

#[test]
fn a_token_is_good_for_one_call() {
    let sandbox = Sandbox::start().unwrap();
    let fields = request(&sandbox, "shanyan-web", Operation::FetchNumber, &[]);
    assert_eq!(ask(&sandbox, WEB_QUERY, &fields).json()["code"], "200000");
    assert_forbidden(&ask(&sandbox, WEB_QUERY, &fields), "请求非法，重复请求");
    assert_refused(&sandbox, "403000", "used before");
    assert!(last(&sandbox).token_seen_before && !sandbox.ledger()[0].token_seen_before);
}

#[test]
fn an_address_off_the_list_and_an_empty_balance_are_refused_and_spend_nothing() {
    let sandbox = Sandbox::start().unwrap();
    let fields = request(&sandbox, "shanyan-v2", Operation::FetchNumber, &[]);
    sandbox.allow_ips("shanyan-v2", &["203.0.113.7".parse().unwrap()]).unwrap();
    assert_eq!(ask(&sandbox, QUERY, &fields).json()["code"], "400102");
    assert_refused(&sandbox, "400102", "127.0.0.1 is not on the app's IP list");
    sandbox.allow_ips("shanyan-v2", &[IpAddr::V4(Ipv4Addr::LOCALHOST)]).unwrap();
    sandbox.set_balance("shanyan-v2", 0).unwrap();
    assert_eq!(ask(&sandbox, QUERY, &fields).json()["code"], "500005");
    assert_refused(&sandbox, "500005", "balance");
    sandbox.set_balance("shanyan-v2", 1).unwrap();
    assert_eq!(ask(&sandbox, QUERY, &fields).json()["code"], "200000");
}

#[test]
fn every_code_of_the_table_can_be_asked_for_on_every_path() {
    let sandbox = Sandbox::start().unwrap();
    let phone = sandbox.phone(NUMBER, Carrier::ChinaUnicom).unwrap();
    let rows: Vec<_> = quhao::provider("shanyan").unwrap().codes().filter(|row| row.code != "200000").collect();
    let mut asked = 0;
    for app in ["shanyan-v2", "shanyan-web", "shanyan-wxprog"] {
        let client = client(&sandbox, app);
        let operations = sandbox.apps().iter().find(|known| known.name == app).unwrap().operations();
        for operation in operations {
            for row in &rows {
                let failure = Failure::code(row.code).of("shanyan");
                sandbox.fail_next(match row.fragment {
                    Some(fragment) => failure.saying(fragment),
                    None => failure,
                });
                let params = phone.params(app, *operation).unwrap();
                let error = match operation {
                    Operation::VerifyNumber => client.verify_number(params, Some(NUMBER)).unwrap_err(),
                    _ => client.fetch_number(params).unwrap_err(),
                };
                assert_eq!(quhao::Meaning::Failure(error.kind()), row.meaning, "{app} {operation}: {row:?}");
                assert_eq!(error.vendor_code(), Some(row.code), "{app} {operation}");
                asked += 1;
            }
        }
    }
    assert_eq!((rows.len(), asked), (27, 27 * 5));
}

#[test]
fn a_mini_program_cannot_check_a_number() {
    let sandbox = Sandbox::start().unwrap();
    let phone = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap();
    let error = phone.params("shanyan-wxprog", Operation::VerifyNumber).unwrap_err();
    assert_eq!(error.to_string(), "app shanyan-wxprog: channel wxprog has no verify_number");
    let error = phone.params("shanyan-wxprog", Operation::VerifyIdentity).unwrap_err();
    assert_eq!(error.to_string(), "app shanyan-wxprog: verify_identity takes nothing from a phone");
    let wxprog = sandbox.apps().iter().find(|app| app.name == "shanyan-wxprog").unwrap();
    assert_eq!(wxprog.operations(), [Operation::FetchNumber]);
}

#[test]
fn the_number_to_check_may_be_in_the_params_as_well() {
    let sandbox = Sandbox::start().unwrap();
    for app in ["shanyan-v2", "shanyan-web"] {
        let mut params = Fields::from([("token".to_owned(), token(&sandbox, app, Operation::VerifyNumber))]);
        params.insert("mobile".to_owned(), "13900139000".to_owned());
        assert_eq!(client(&sandbox, app).verify_number(params, None).unwrap().verdict, Verdict::Mismatch, "{app}");
    }
}

#[test]
fn the_client_reads_the_envelope_of_a_minted_token() {
    let sandbox = Sandbox::start().unwrap();
    for carrier in [Carrier::ChinaMobile, Carrier::ChinaTelecom, Carrier::ChinaUnicom] {
        let params = sandbox.phone(NUMBER, carrier).unwrap().params("shanyan-v2", Operation::FetchNumber).unwrap();
        let moment = quhao::Moment::now().unwrap();
        let found = client(&sandbox, "shanyan-v2").inspect(Operation::FetchNumber, params, &moment);
        assert_eq!((found.carrier, found.findings.len()), (Some(carrier.as_str()), 0));
    }
}
