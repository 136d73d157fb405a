//! The ledger: its entries, and the secrets that it never shows.

use std::sync::{Arc, Mutex};

use quhao::blocking::Client;
use quhao::{Charge, Operation};
use quhao_sandbox::{Carrier, Entry, Failure, Fault, Sandbox};

use crate::bare::{FORM, JSON, NUMBER, form, post, send};

/// Everything that can be printed of what came.
fn printed(sandbox: &Sandbox) -> String {
    let entries = sandbox.ledger();
    let lines: Vec<String> = entries.iter().map(|entry| format!("{entry}\n{entry:?}\n{entry:#?}")).collect();
    let page = send(sandbox, "GET", "/ledger", &[], "");
    let json = serde_json::to_string(&entries).unwrap();
    let explained: Vec<_> = entries.into_iter().filter_map(|entry| entry.explanation).collect();
    format!("{}\n{json}\n{}\n{}", lines.join("\n"), page.text(), explained.join("\n"))
}

#[test]
fn no_number_token_key_or_name_is_ever_printed() {
    let sandbox = Sandbox::start().unwrap();
    let (name, id_card) = ("欧阳见山", "11010519491231002X");
    sandbox.add_person(NUMBER, name, id_card);
    let phone = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap();
    let mut secrets = vec![NUMBER.to_owned(), name.to_owned(), id_card.to_owned()];
    for app in sandbox.apps() {
        let options = sandbox.options(app.name).unwrap();
        let keys = ["app_key", "app_secret", "private_key", "decrypt_key", "key", "token"];
        secrets.extend(keys.iter().filter_map(|key| options.get(*key).cloned()));
        let client = Client::new(app.provider, options).unwrap();
        if app.provider == "yuxin" {
            client.verify_identity(NUMBER, name, id_card).unwrap();
            continue;
        }
        let params = if app.operations().contains(&Operation::VerifyNumber) {
            let params = phone.params(app.name, Operation::VerifyNumber).unwrap();
            client.verify_number(params.clone(), Some(NUMBER)).unwrap();
            client.verify_number(params.clone(), Some(NUMBER)).unwrap_err();
            params
        } else {
            let params = phone.params(app.name, Operation::FetchNumber).unwrap();
            client.fetch_number(params.clone()).unwrap();
            client.fetch_number(params.clone()).unwrap_err();
            params
        };
        for (path, content_type) in [
            ("/open/flashsdk/mobile-validate-m", FORM),
            ("/open/flashsdk/mobile-validate-m", JSON),
            ("/open/flashsdk/mobile-validate", FORM),
            ("/open/web/wxprog-mobile-query", FORM),
            ("/openapi/rs/tokenValidate", JSON),
            ("/unisdk/rsapi/loginTokenValidate", JSON),
            ("/api/personalInfo/verifyMobile", FORM),
        ] {
            let mut damaged = params.clone();
            damaged.insert("sign".into(), "x".into());
            damaged.insert("appid".into(), NUMBER.into());
            let body = if content_type == FORM { form(&damaged) } else { serde_json::to_string(&damaged).unwrap() };
            post(&sandbox, path, content_type, &body);
        }
        secrets.extend(
            params
                .into_iter()
                .filter(|(name, _)| ["accessCode", "token"].contains(&name.as_str()))
                .map(|(_, value)| value),
        );
    }
    send(&sandbox, "GET", &format!("/users/{NUMBER}"), &[], "");
    let printed = printed(&sandbox);
    for secret in &secrets {
        assert!(!secret.is_empty() && !printed.contains(secret.trim()), "{secret} is in the ledger");
    }
    assert!(secrets.len() > 30 && printed.contains("/users/138****8000"));
}

#[test]
fn an_entry_is_one_line_that_says_who_what_and_why() {
    let sandbox = Sandbox::start().unwrap();
    let phone = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap();
    let params = phone.params("shanyan", Operation::FetchNumber).unwrap();
    let path = "/open/flashsdk/mobile-query-m";
    sandbox.fail_next(Fault::Utf8Bom);
    post(&sandbox, path, FORM, &form(&params));
    post(&sandbox, path, FORM, &form(&params));
    post(&sandbox, path, JSON, "{}");
    let mut altered = phone.params("shanyan", Operation::FetchNumber).unwrap();
    altered.insert("version".into(), "3".into());
    post(&sandbox, path, FORM, &form(&altered));
    let lines: Vec<String> = sandbox.ledger().iter().map(|entry| entry.to_string()[13..].to_owned()).collect();
    assert_eq!(
        lines,
        [
            format!("shanyan POST {path} 200000 accepted, charged, fault bom"),
            format!(
                "shanyan POST {path} 403000 refused, token seen before: these params were used before: each set is good for one call"
            ),
            format!("shanyan POST {path} 403000 refused: the body is JSON; the fields go as a form"),
            format!("shanyan POST {path} 403000 refused: sign does not verify: version was altered"),
        ]
    );
    assert_eq!(sandbox.ledger()[0].request_id.as_deref(), Some(params["randoms"].as_str()));
}

#[test]
fn the_log_is_told_each_entry_as_it_is_made() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let tell = Arc::clone(&told);
    let sandbox =
        Sandbox::builder().log(move |entry: &Entry| tell.lock().unwrap().push(entry.to_string())).start().unwrap();
    post(&sandbox, "/open/flashsdk/mobile-query-m", JSON, "{}");
    post(&sandbox, "/nowhere", JSON, "{}");
    let entries: Vec<_> = sandbox.ledger().iter().map(ToString::to_string).collect();
    assert_eq!((*told.lock().unwrap()).clone(), entries);
    assert_eq!(entries.len(), 2);
}

#[test]
fn charges_in_the_ledger_are_the_replies_charges() {
    let sandbox = Sandbox::start().unwrap();
    let client = Client::new("shanyan", sandbox.options("shanyan").unwrap()).unwrap();
    let phone = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap();
    sandbox.set_balance("shanyan", 2).unwrap();
    let ask = || client.fetch_number(phone.params("shanyan", Operation::FetchNumber).unwrap());
    assert_eq!(ask().unwrap().charge, Charge::Yes);
    sandbox.fail_next(Failure::code("500000"));
    ask().unwrap_err();
    assert_eq!(ask().unwrap().charge, Charge::Yes);
    assert_eq!(ask().unwrap_err().vendor_code(), Some("500005"));
    let charged: Vec<_> = sandbox.ledger().iter().map(|entry| entry.charged).collect();
    assert_eq!(charged, [true, false, true, false]);
}

#[test]
fn an_emptied_ledger_forgets_entries_and_nothing_else() {
    let sandbox = Sandbox::start().unwrap();
    let phone = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap();
    let params = phone.params("shanyan", Operation::FetchNumber).unwrap();
    post(&sandbox, "/open/flashsdk/mobile-query-m", FORM, &form(&params));
    sandbox.clear_ledger();
    assert!(sandbox.ledger().is_empty());
    post(&sandbox, "/open/flashsdk/mobile-query-m", FORM, &form(&params));
    assert!(sandbox.ledger()[0].token_seen_before && !sandbox.ledger()[0].accepted);
}
