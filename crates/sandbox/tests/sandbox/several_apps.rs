//! Android and iOS apps behind one back end: each token finds its app's key.

use std::collections::BTreeMap;

use quhao::blocking::Client;
use quhao::{ErrorKind, Operation, Retry, Verdict};
use quhao_sandbox::{Carrier, Sandbox};
use serde_json::Value;

use crate::bare::{NUMBER, assert_refused, last};

const ANDROID: &str = "shanyan-v2";
const IOS: &str = "shanyan-v2-ios";

fn params(sandbox: &Sandbox, app: &str, operation: Operation) -> BTreeMap<String, String> {
    sandbox.phone(NUMBER, Carrier::ChinaTelecom).unwrap().params(app, operation).unwrap()
}

fn app_id(sandbox: &Sandbox, app: &str) -> String {
    sandbox.options(app).unwrap().remove("app_id").unwrap()
}

/// One client for several of a provider's apps.
fn client(sandbox: &Sandbox, provider: &str, apps: &[&str]) -> Client {
    let common = BTreeMap::from([("base_url".to_owned(), sandbox.url().to_owned())]);
    let own = apps.iter().map(|app| {
        let mut own = sandbox.options(app).unwrap();
        own.remove("base_url");
        own
    });
    Client::with_apps(provider, common, own).unwrap()
}

#[test]
fn the_tokens_envelope_tells_the_app() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox, "shanyan", &[ANDROID, IOS]);
    for app in [IOS, ANDROID, IOS] {
        let fetched = client.fetch_number(params(&sandbox, app, Operation::FetchNumber)).unwrap();
        assert_eq!((fetched.number.expose(), last(&sandbox).app.as_deref()), (NUMBER, Some(app)));
        let token = params(&sandbox, app, Operation::VerifyNumber).remove("token").unwrap();
        let verdict = client.verify_number(token, Some("13900139000")).unwrap().verdict;
        assert_eq!((verdict, last(&sandbox).app.as_deref()), (Verdict::Mismatch, Some(app)));
    }
}

#[test]
fn an_app_id_beside_the_token_tells_the_app_where_the_token_does_not() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox, "cmcc", &["cmcc", "cmcc-legacy"]);
    for app in ["cmcc-legacy", "cmcc"] {
        let mut params = params(&sandbox, app, Operation::FetchNumber);
        let untold = client.fetch_number(params.clone()).unwrap_err();
        assert_eq!((untold.kind(), untold.retry()), (ErrorKind::Input, Retry::Never));
        params.insert("appId".to_owned(), app_id(&sandbox, app));
        assert_eq!(client.fetch_number(params).unwrap().number.expose(), NUMBER, "{app}");
        assert_eq!(last(&sandbox).app.as_deref(), Some(app));
    }
    assert_eq!(sandbox.ledger().len(), 2, "nothing is sent for an app that is not told");
}

#[test]
fn an_app_id_beside_the_token_comes_before_its_envelope() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox, "shanyan", &[ANDROID, IOS]);
    let mut mixed = params(&sandbox, IOS, Operation::FetchNumber);
    mixed.insert("appId".to_owned(), app_id(&sandbox, ANDROID));
    let error = client.fetch_number(mixed).unwrap_err();
    assert_eq!((error.kind(), error.vendor_code()), (ErrorKind::Credentials, Some("403000")));
    assert_refused(&sandbox, "403000", "the token was made for app shanyan-v2-ios, and the request is of shanyan-v2");
    assert!(!last(&sandbox).token_seen_before);
}

#[test]
fn an_app_may_be_named() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox, "cmcc", &["cmcc", "cmcc-legacy"]);
    for app in ["cmcc", "cmcc-legacy"] {
        let named = client.app(&app_id(&sandbox, app)).unwrap();
        let fetched = named.fetch_number(params(&sandbox, app, Operation::FetchNumber)).unwrap();
        assert_eq!((fetched.number.expose(), last(&sandbox).app.as_deref()), (NUMBER, Some(app)));
    }
}

#[test]
fn an_unknown_app_is_an_input_error_that_names_the_known_ones() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox, "shanyan", &[ANDROID, IOS]);
    let foreign = params(&sandbox, "shanyan-v2-rsa", Operation::FetchNumber);
    let by_name = client.app("Zz9Zz9Zz").unwrap_err();
    let by_envelope = client.fetch_number(foreign).unwrap_err();
    let by_app_id = client.fetch_number([("token", "A1-nobody"), ("appId", "Zz9Zz9Zz")]).unwrap_err();
    for error in [by_name, by_envelope, by_app_id] {
        assert_eq!((error.kind(), error.provider()), (ErrorKind::Input, Some("shanyan")), "{error:?}");
        let known = format!("known: {}, {}", app_id(&sandbox, ANDROID), app_id(&sandbox, IOS));
        assert!(error.message().ends_with(&known), "{error}");
    }
    assert!(sandbox.ledger().is_empty());
}

#[test]
fn an_ios_token_at_an_android_client_is_refused_with_the_cause_in_the_hint() {
    let sandbox = Sandbox::start().unwrap();
    let android = Client::new("shanyan", sandbox.options(ANDROID).unwrap()).unwrap();
    let token = params(&sandbox, IOS, Operation::FetchNumber);
    let error = android.fetch_number(token.clone()).unwrap_err();
    assert_eq!((error.kind(), error.retry()), (ErrorKind::Credentials, Retry::Never));
    assert!(error.hint().en.contains("often: an iOS token, the Android app id"), "{}", error.hint().en);
    assert!(error.hint().zh.contains("iOS 的 token 配 Android 的 appId"), "{}", error.hint().zh);
    assert!(error.hint().en.contains(&app_id(&sandbox, ANDROID)), "{}", error.hint().en);

    let ios = Client::new("shanyan", sandbox.options(IOS).unwrap()).unwrap();
    assert_eq!(ios.fetch_number(token).unwrap().number.expose(), NUMBER, "the refusal spent nothing");
}

#[test]
fn old_and_new_phones_are_served_by_one_client() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox, "shanyan", &["shanyan", ANDROID, "shanyan-web", "shanyan-wxprog"]);
    for app in ["shanyan", ANDROID, "shanyan-web", "shanyan-wxprog"] {
        let fetched = client.fetch_number(params(&sandbox, app, Operation::FetchNumber)).unwrap();
        assert_eq!((fetched.number.expose(), last(&sandbox).app.as_deref()), (NUMBER, Some(app)));
    }
    let token = params(&sandbox, "shanyan-wxprog", Operation::FetchNumber);
    let error = client.verify_number(token, Some(NUMBER)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.message().contains("channel wxprog has no verify_number"), "{error}");
}

#[test]
fn an_apps_options_carry_what_decides_its_protocol() {
    let sandbox = Sandbox::start().unwrap();
    let has = |app: &str, name: &str| sandbox.options(app).unwrap().remove(name);
    for (app, channel, encrypt_type) in [
        ("shanyan", None, None),
        (ANDROID, Some("app"), None),
        (IOS, Some("app"), None),
        ("shanyan-v2-rsa", Some("app"), Some("rsa")),
        ("shanyan-web", Some("web"), None),
        ("shanyan-wxprog", Some("wxprog"), None),
    ] {
        assert_eq!((has(app, "channel").as_deref(), has(app, "encrypt_type").as_deref()), (channel, encrypt_type));
    }
    for (app, characters) in [("cmcc-key-type-1", 172), ("cmcc-key-type-1-hex", 256)] {
        let client = Client::new("cmcc", sandbox.options(app).unwrap()).unwrap();
        let phone = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap();
        let params = phone.params(app, Operation::VerifyNumber).unwrap();
        let call = client.prepare_verify_number(params, Some(NUMBER)).unwrap();
        let mut sent: Value = serde_json::from_str(&call.body).unwrap();
        assert_eq!(sent["body"]["keyType"], "1", "{app}");
        assert_eq!(sent["body"]["phoneNum"].as_str().unwrap().len(), characters, "{app}");
        sent["body"]["keyType"] = 1.into();
        let reply = crate::bare::post(&sandbox, "/openapi/rs/tokenValidate", crate::bare::JSON, &sent.to_string());
        assert_eq!(reply.json()["header"]["resultCode"], "303");
        assert_refused(&sandbox, "303", "keyType: expected a string, got a number");
        let answer = call
            .read(200, &crate::bare::post(&sandbox, "/openapi/rs/tokenValidate", crate::bare::JSON, &call.body).body);
        assert_eq!(answer.unwrap().verdict, Verdict::Match, "{app}");
    }
}
