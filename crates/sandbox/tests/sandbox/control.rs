//! The addresses that are not a gateway's.

use quhao::Operation;
use quhao::blocking::Client;
use quhao_sandbox::{Carrier, Sandbox};
use serde_json::json;

use crate::bare::{FORM, JSON, NUMBER, last, post, send};

#[test]
fn the_front_page_names_paths_apps_and_controls() {
    let sandbox = Sandbox::start().unwrap();
    let page = send(&sandbox, "GET", "/", &[], "");
    assert_eq!(page.status, 200);
    assert!(page.head.contains("text/plain"));
    for word in [
        "/open/flashsdk/mobile-validate-u",
        "/unisdk/rsapi/loginTokenValidate",
        "/openapi/rs/tokenValidate",
        "/api/personalInfo/verifyMobile",
        "POST /phone",
        "yuxin-sm4-cbc",
    ] {
        assert!(page.text().contains(word), "{word} in {}", page.text());
    }
    assert!(sandbox.ledger().is_empty(), "controls are not requests to a gateway");
}

#[test]
fn another_process_can_mint_and_its_params_work() {
    let sandbox = Sandbox::start().unwrap();
    for (app, operation) in [("shanyan", "fetch_number"), ("cmcc", "verify_number"), ("shanyan", "verify_number")] {
        let body = json!({ "number": NUMBER, "carrier": "cmcc", "app": app, "operation": operation });
        let reply = post(&sandbox, "/phone", FORM, &body.to_string());
        assert_eq!(reply.status, 200);
        let params = quhao::Params::from_json(reply.text()).unwrap();
        let client = Client::new(app, sandbox.options(app).unwrap()).unwrap();
        match operation {
            "fetch_number" => assert_eq!(client.fetch_number(params).unwrap().number.expose(), NUMBER),
            _ => assert!(client.verify_number(params, Some(NUMBER)).unwrap().matches()),
        }
    }
    let typed = json!({ "number": NUMBER, "carrier": "cmcc", "app": "shanyan", "operation": "verify_number", "typed": "13900139000" });
    assert_eq!(post(&sandbox, "/phone", JSON, &typed.to_string()).json()["mobile"], "13900139000");
}

#[test]
fn another_process_can_advance_the_clock_and_make_the_next_request_fail() {
    let sandbox = Sandbox::start().unwrap();
    let before = sandbox.now_ms();
    let now = post(&sandbox, "/advance", JSON, r#"{"seconds": 3600}"#).json()["now_ms"].as_u64().unwrap();
    assert!(now >= before + 3_600_000);
    assert_eq!(
        post(&sandbox, "/fail-next", JSON, r#"{"failure": "shanyan/500005"}"#).json(),
        json!({ "failure": "shanyan/500005" })
    );
    assert_eq!(post(&sandbox, "/open/flashsdk/mobile-query-m", JSON, "{}").json()["code"], "500005");
    let person = json!({ "number": NUMBER, "name": "张三", "id_card": "11010519491231002X" });
    assert_eq!(post(&sandbox, "/person", JSON, &person.to_string()).status, 200);
    let client = Client::new("yuxin", sandbox.options("yuxin").unwrap()).unwrap();
    assert!(client.verify_identity(NUMBER, "张三", "11010519491231002X").unwrap().matches());
    let entries = send(&sandbox, "GET", "/ledger", &[], "").json();
    assert_eq!(entries.as_array().unwrap().len(), 2);
    assert_eq!(entries[0]["verdict"], "500005");
}

#[test]
fn a_control_that_makes_no_sense_is_400_and_says_why() {
    let sandbox = Sandbox::start().unwrap();
    for (path, body, said) in [
        ("/phone", "{}", "missing field"),
        (
            "/phone",
            r#"{"number":"1","carrier":"cmcc","app":"shanyan","operation":"fetch_number"}"#,
            "expected 1 and ten",
        ),
        (
            "/phone",
            r#"{"number":"13800138000","carrier":"x","app":"shanyan","operation":"fetch_number"}"#,
            "expected cmcc",
        ),
        (
            "/phone",
            r#"{"number":"13800138000","carrier":"cmcc","app":"x","operation":"fetch_number"}"#,
            "unknown app x",
        ),
        (
            "/phone",
            r#"{"number":"13800138000","carrier":"cmcc","app":"shanyan","operation":"x"}"#,
            "expected one of fetch_number",
        ),
        ("/advance", r#"{"seconds":-1}"#, "invalid value"),
        ("/advance", r#"{"second":1}"#, "unknown field"),
        ("/fail-next", r#"{"failure":"fault:nothing"}"#, "unknown fault nothing"),
        ("/person", "x", "the body is not what is expected"),
    ] {
        let reply = post(&sandbox, path, JSON, body);
        assert_eq!(reply.status, 400, "{path} {body}");
        assert!(reply.json()["error"].as_str().unwrap().contains(said), "{path}: {}", reply.text());
    }
}

#[test]
fn a_web_page_under_another_name_or_origin_is_refused() {
    let sandbox = Sandbox::start().unwrap();
    let fail = r#"{"failure":"403101"}"#;
    for headers in [
        &[("host", "attacker.example")][..],
        &[("host", "127.0.0.1.attacker.example:80")],
        &[("origin", "https://attacker.example")],
        &[("origin", "null")],
    ] {
        assert_eq!(send(&sandbox, "POST", "/fail-next", headers, fail).status, 403, "{headers:?}");
        assert_eq!(send(&sandbox, "GET", "/ledger", headers, "").status, 403, "{headers:?}");
    }
    assert_eq!(
        send(&sandbox, "GET", "/ledger", &[("host", "localhost"), ("origin", "http://localhost:3000")], "").status,
        200
    );
    let params =
        sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap().params("shanyan", Operation::FetchNumber).unwrap();
    Client::new("shanyan", sandbox.options("shanyan").unwrap()).unwrap().fetch_number(params).unwrap();
}

#[test]
fn other_paths_methods_and_sizes_are_turned_away_and_noted() {
    let sandbox = Sandbox::start().unwrap();
    let reply = post(&sandbox, "/open/flashsdk/mobile-query-x", FORM, "");
    assert_eq!((reply.status, &reply.json()["error"]), (404, &json!("no gateway has this path; GET / lists them")));
    assert_eq!((last(&sandbox).provider, last(&sandbox).verdict.as_str()), ("", "404"));

    let reply = send(&sandbox, "GET", "/open/flashsdk/mobile-query-m", &[], "");
    assert_eq!(reply.status, 405);
    assert!(reply.head.contains("allow: POST"));
    assert_eq!((last(&sandbox).provider, last(&sandbox).verdict.as_str()), ("shanyan", "405"));

    let large = "x".repeat((64 << 10) + 1);
    assert_eq!(post(&sandbox, "/open/flashsdk/mobile-query-m", FORM, &large).status, 413);
    assert_eq!(last(&sandbox).verdict, "413");
    assert_eq!(post(&sandbox, "/open/flashsdk/mobile-query-m", FORM, &large[..64 << 10]).status, 200);
}
