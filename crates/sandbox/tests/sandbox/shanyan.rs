//! ShanYan's gateway, asked wrongly.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use quhao::{Operation, Params};
use quhao_sandbox::{Carrier, Sandbox};
use serde_json::json;

use crate::bare::{FORM, JSON, NUMBER, Reply, assert_refused, form, last, post, why};

const QUERY: &str = "/open/flashsdk/mobile-query-m";
const VALIDATE: &str = "/open/flashsdk/mobile-validate-m";

fn params(sandbox: &Sandbox, operation: Operation) -> BTreeMap<String, String> {
    sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap().params("shanyan", operation).unwrap()
}

fn query(sandbox: &Sandbox, params: &BTreeMap<String, String>) -> Reply {
    post(sandbox, QUERY, FORM, &form(params))
}

/// Signs as the phone does, for requests that no phone would make.
fn signed(mut params: BTreeMap<String, String>) -> BTreeMap<String, String> {
    let sign = quhao::sign_shanyan_v1(&Params::from(params.clone()), "k9SbT7wz").value;
    params.insert("sign".into(), sign);
    params
}

fn assert_forbidden(reply: &Reply, message: &str) {
    assert_eq!(reply.json(), json!({ "code": "403000", "message": message }));
    assert_eq!(reply.status, 200);
}

#[test]
fn a_form_and_a_multipart_form_are_answered_in_the_documents_shape() {
    let sandbox = Sandbox::start().unwrap();
    let reply = query(&sandbox, &params(&sandbox, Operation::FetchNumber));
    assert!(reply.text().contains(r"\u003d\u003d"), "Gson's escapes: {}", reply.text());
    let body = reply.json();
    assert_eq!((&body["code"], &body["chargeStatus"], &body["message"]), (&json!("200000"), &json!(1), &json!("成功")));
    assert_eq!(body["data"]["tradeNo"].as_str().unwrap().len(), 17);
    assert_eq!(body["data"]["fanqizha"], 1);
    assert_eq!(body["data"]["mobileName"].as_str().unwrap().len(), 24);
    assert_eq!(body["data"].get("encryptType"), None);

    let parts: String = params(&sandbox, Operation::FetchNumber)
        .iter()
        .map(|(name, value)| format!("--b0\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"))
        .collect();
    let reply = post(&sandbox, QUERY, "multipart/form-data; boundary=b0", &format!("{parts}--b0--\r\n"));
    assert_eq!(reply.json()["code"], "200000");
    assert!(last(&sandbox).charged);
}

#[test]
fn an_rsa_app_is_told_so_and_its_number_is_hex() {
    let sandbox = Sandbox::start().unwrap();
    for (app, digits) in [("shanyan-rsa1024", 256), ("shanyan-rsa2048", 512)] {
        let phone = sandbox.phone(NUMBER, Carrier::ChinaUnicom).unwrap();
        let params = phone.params(app, Operation::FetchNumber).unwrap();
        let data = &post(&sandbox, "/open/flashsdk/mobile-query-u", FORM, &form(&params)).json()["data"];
        assert_eq!(data["encryptType"], "RSA");
        assert_eq!(data["mobileName"].as_str().unwrap().len(), digits);
    }
}

#[test]
fn what_is_not_a_form_in_the_body_has_no_app_id() {
    let sandbox = Sandbox::start().unwrap();
    let params = params(&sandbox, Operation::FetchNumber);
    let json = serde_json::to_string(&params).unwrap();
    let in_url = format!("{QUERY}?{}", form(&params));
    let without = BTreeMap::from([("appid".to_owned(), "Xr4gmQ2n".to_owned())]);
    for (path, content_type, body, because) in [
        (QUERY, JSON, json.as_str(), "the body is JSON"),
        (QUERY, FORM, json.as_str(), "the body is JSON"),
        (&in_url, FORM, "", "the fields are in the URL"),
        (&in_url, JSON, "{}", "the fields are in the URL"),
        (QUERY, FORM, "", "the body is empty"),
        (QUERY, FORM, &form(&without), "the form has no field appId"),
        (QUERY, "text/plain", &form(&params), "expected a form, got text/plain"),
        (QUERY, "multipart/form-data", &form(&params), "names no boundary"),
        (QUERY, FORM, "appId=", "no field appId"),
    ] {
        assert_forbidden(&post(&sandbox, path, content_type, body), "请求非法，appId不能为空");
        assert_refused(&sandbox, "403000", because);
    }
}

#[test]
fn an_unknown_app_is_refused() {
    let sandbox = Sandbox::start().unwrap();
    let mut params = params(&sandbox, Operation::FetchNumber);
    params.insert("appId".into(), "Zz9Zz9Zz".into());
    assert_eq!(query(&sandbox, &params).json()["code"], "400901");
    assert_refused(&sandbox, "400901", "no app of this sandbox's");
}

#[test]
fn a_missing_extra_altered_or_doubled_field_breaks_the_signature() {
    let sandbox = Sandbox::start().unwrap();
    let minted = || params(&sandbox, Operation::FetchNumber);
    let with = |name: &str, value: &str| {
        let mut params = minted();
        params.insert(name.into(), value.into());
        form(&params)
    };
    let mut without_device = minted();
    without_device.remove("device");
    let doubled = format!("{}&version=2.2.1", form(&minted()));
    let (other, mut swapped) = (minted(), minted());
    swapped.insert("accessToken".into(), other["accessToken"].clone());
    for (body, because) in [
        (form(&without_device), "device is missing"),
        (with("clientIp", "10.0.0.1"), "clientIp is not one of the SDK's fields"),
        (with("timestamp", "1532417231567"), "timestamp was altered"),
        (with("telecom", "CTCC"), "telecom was altered"),
        (doubled, "version came twice"),
        (form(&swapped), "was altered"),
    ] {
        assert_forbidden(&post(&sandbox, QUERY, FORM, &body), "请求非法，签名验证不通过");
        assert_refused(&sandbox, "403000", because);
        assert!(why(&sandbox).contains("signed here"), "{}", why(&sandbox));
        assert!(why(&sandbox).contains("signed by the phone"), "{}", why(&sandbox));
        assert!(why(&sandbox).contains("^ in "), "{}", why(&sandbox));
    }
}

#[test]
fn a_plus_that_became_a_blank_is_marked_where_it_stood() {
    let sandbox = Sandbox::start().unwrap();
    let params = params(&sandbox, Operation::FetchNumber);
    let at = params["device"].find('+').unwrap();
    let unencoded: Vec<_> = params.iter().map(|(name, value)| format!("{name}={value}")).collect();
    post(&sandbox, QUERY, FORM, &unencoded.join("&"));
    assert_refused(&sandbox, "403000", "accessToken was altered, device was altered");
    let explanation = why(&sandbox);
    assert!(explanation.ends_with("^ in accessToken, character 8: ' ' and '+'"), "{explanation}");
    assert!(!explanation.contains(&params["accessToken"]) && !explanation.contains(NUMBER), "{explanation}");

    let mut damaged = params.clone();
    damaged.insert("device".into(), params["device"].replace('+', " "));
    query(&sandbox, &damaged);
    let marked = format!("^ in device, character {}: ' ' and '+'", at + 1);
    assert!(why(&sandbox).ends_with(&marked), "expected {marked} in {}", why(&sandbox));
    let revealed = last(&sandbox).reveal().unwrap();
    assert!(revealed.contains(&params["accessToken"]), "{revealed}");
}

#[test]
fn what_happened_to_sign_itself_is_told() {
    let sandbox = Sandbox::start().unwrap();
    let params = params(&sandbox, Operation::FetchNumber);
    let sign = &params["sign"];
    for (altered, because) in [
        (String::new(), "it is missing"),
        (format!("{sign}\n"), "white space stands around it"),
        (sign.replace('=', "%3D"), "percent-encoded once too often"),
        (sign[..20].to_owned(), "it is cut short"),
        ("AAAAAAAAAAAAAAAAAAAAAAAAAAA=".to_owned(), "it is not the one that the phone made"),
    ] {
        let mut damaged = params.clone();
        damaged.insert("sign".into(), altered);
        query(&sandbox, &damaged);
        assert_refused(&sandbox, "403000", because);
    }
    assert_eq!(query(&sandbox, &params).json()["code"], "200000", "a refusal spends nothing");
}

#[test]
fn params_that_no_phone_was_given_are_not_compared() {
    let sandbox = Sandbox::start().unwrap();
    let strange = Sandbox::start().unwrap();
    let mut params = params(&strange, Operation::FetchNumber);
    assert_eq!(query(&sandbox, &params).json()["code"], "500006");
    assert_refused(&sandbox, "500006", "no phone of this sandbox's was given this token");
    params.insert("version".into(), "2.2.2".into());
    query(&sandbox, &params);
    assert_refused(&sandbox, "403000", "no phone of this sandbox's was given this token, randoms or sign");
    assert!(!why(&sandbox).contains('^'));
}

#[test]
fn each_carrier_has_its_own_path() {
    let sandbox = Sandbox::start().unwrap();
    for (carrier, due) in [(Carrier::ChinaMobile, "m"), (Carrier::ChinaTelecom, "t"), (Carrier::ChinaUnicom, "u")] {
        let phone = sandbox.phone(NUMBER, carrier).unwrap();
        for suffix in ["m", "t", "u"] {
            let params = phone.params("shanyan", Operation::FetchNumber).unwrap();
            let reply = post(&sandbox, &format!("/open/flashsdk/mobile-query-{suffix}"), FORM, &form(&params));
            if suffix == due {
                assert_eq!(reply.json()["code"], "200000");
            } else {
                assert_eq!(reply.json(), json!({ "code": "400001", "message": "参数校验异常" }));
                assert_refused(&sandbox, "400001", &format!("telecom {carrier} goes to the path that ends in -{due}"));
            }
        }
    }
}

#[test]
fn params_expire_after_three_minutes_and_china_mobiles_after_two() {
    let sandbox = Sandbox::start().unwrap();
    for (carrier, suffix, limit) in [(Carrier::ChinaMobile, "m", 120), (Carrier::ChinaTelecom, "t", 180)] {
        let phone = sandbox.phone(NUMBER, carrier).unwrap();
        let ask = |seconds: u64| {
            let params = phone.params("shanyan", Operation::FetchNumber).unwrap();
            sandbox.advance(Duration::from_secs(seconds));
            post(&sandbox, &format!("/open/flashsdk/mobile-query-{suffix}"), FORM, &form(&params))
        };
        assert_eq!(ask(limit - 5).json()["code"], "200000");
        assert_forbidden(&ask(limit + 1), "请求非法，timestamp超时");
        assert_refused(&sandbox, "403000", &format!("the limit is {limit}"));
    }
}

#[test]
fn a_time_ahead_of_the_clock_and_no_time_at_all_are_refused() {
    let sandbox = Sandbox::start().unwrap();
    for (timestamp, because) in [
        ((sandbox.now_ms() + 200_000).to_string(), "seconds away from the sandbox's clock"),
        ((sandbox.now_ms() / 1000).to_string(), "seconds away from the sandbox's clock"),
        ("soon".to_owned(), "expected milliseconds"),
    ] {
        let mut params = params(&sandbox, Operation::FetchNumber);
        params.insert("timestamp".into(), timestamp);
        params.insert("accessToken".into(), "of-no-phone".into());
        assert_forbidden(&query(&sandbox, &signed(params)), "请求非法，timestamp超时");
        assert_refused(&sandbox, "403000", because);
    }
}

#[test]
fn params_are_good_for_one_call() {
    let sandbox = Sandbox::start().unwrap();
    let params = params(&sandbox, Operation::FetchNumber);
    assert_eq!(query(&sandbox, &params).json()["code"], "200000");
    assert_forbidden(&query(&sandbox, &params), "请求非法，重复请求");
    assert_refused(&sandbox, "403000", "used before");
    assert!(last(&sandbox).token_seen_before && !sandbox.ledger()[0].token_seen_before);
}

#[test]
fn login_and_number_check_do_not_mix() {
    let sandbox = Sandbox::start().unwrap();
    assert_forbidden(
        &post(&sandbox, VALIDATE, FORM, &form(&params(&sandbox, Operation::FetchNumber))),
        "应用能力不匹配",
    );
    assert_refused(&sandbox, "403000", "the token is for fetch_number");
    assert_forbidden(&query(&sandbox, &params(&sandbox, Operation::VerifyNumber)), "应用能力不匹配");
    assert_refused(&sandbox, "403000", "the token is for verify_number");
}

#[test]
fn the_number_that_the_user_typed_is_compared_with_the_sims() {
    let sandbox = Sandbox::start().unwrap();
    let phone = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap();
    for (typed, code, is_verify) in [
        (NUMBER, "200000", Some("1")),
        ("13900139000", "200000", Some("0")),
        ("", "400201", None),
        ("+8613800138000", "400001", None),
    ] {
        let params = phone.clone().typing(typed).params("shanyan", Operation::VerifyNumber).unwrap();
        let body = post(&sandbox, VALIDATE, FORM, &form(&params)).json();
        assert_eq!(body["code"], code, "{typed}");
        assert_eq!(body["data"]["isVerify"].as_str(), is_verify, "{typed}");
        assert_eq!(last(&sandbox).charged, is_verify.is_some(), "{typed}");
    }
    let mut bare = params(&sandbox, Operation::VerifyNumber);
    bare.remove("mobile");
    post(&sandbox, VALIDATE, FORM, &form(&bare));
    assert_refused(&sandbox, "403000", "mobile is missing");
}

#[test]
fn an_address_off_the_list_and_an_empty_balance_are_refused_and_spend_nothing() {
    let sandbox = Sandbox::start().unwrap();
    let params = params(&sandbox, Operation::FetchNumber);
    sandbox.allow_ips("shanyan", &["203.0.113.7".parse().unwrap()]).unwrap();
    assert_eq!(query(&sandbox, &params).json()["code"], "400102");
    assert_refused(&sandbox, "400102", "127.0.0.1 is not on the app's IP list");
    sandbox.allow_ips("shanyan", &[IpAddr::V4(Ipv4Addr::LOCALHOST)]).unwrap();

    sandbox.set_balance("shanyan", 0).unwrap();
    assert_eq!(query(&sandbox, &params).json()["code"], "500005");
    assert_refused(&sandbox, "500005", "balance");
    sandbox.set_balance("shanyan", 1).unwrap();
    assert_eq!(query(&sandbox, &params).json()["code"], "200000");
    assert_eq!(query(&sandbox, &self::params(&sandbox, Operation::FetchNumber)).json()["code"], "500005");
}
