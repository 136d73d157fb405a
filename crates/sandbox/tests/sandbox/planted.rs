//! The sandbox's log, page and values hold no secret that came in.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use quhao::blocking::Client;
use quhao::{Ask, Operation, Outcome};
use quhao_sandbox::{Carrier, Failure, Fault, Sandbox};

use crate::bare::{FORM, JSON, post, send, until_it_answers};

const NUMBER: &str = "13912345678";
const NAME: &str = "欧阳密密";
const ID_CARD: &str = "11010519491231002X";

/// Every app and operation: answered, damaged by every fault, refused under every kind of code, and asked wrongly.
#[test]
fn nothing_that_came_is_in_what_is_printed() {
    for app in Sandbox::start().unwrap().apps() {
        let log = Arc::new(Mutex::new(String::new()));
        let lines = Arc::clone(&log);
        let builder = Sandbox::builder().log(move |entry| {
            *lines.lock().unwrap() += &format!("{entry}\n{entry:?}\n{}\n", serde_json::to_string(entry).unwrap());
        });
        let sandbox = builder.start().unwrap();
        sandbox.add_person(NUMBER, NAME, ID_CARD);
        let mut options = sandbox.options(app.name).unwrap();
        let mut secrets = vec![NUMBER.to_owned(), NAME.to_owned(), ID_CARD.to_owned()];
        let keys = ["app_key", "app_secret", "private_key", "decrypt_key", "key", "token"];
        secrets.extend(keys.iter().filter_map(|key| options.get(*key)).map(|key| key.trim().to_owned()));
        let patient = Client::new(app.provider, options.clone()).unwrap();
        options.insert("timeout_ms".to_owned(), "40".to_owned());
        let hasty = Client::new(app.provider, options).unwrap();
        let mut printed = format!("{sandbox:?} {app:?}");
        let mut ask = |operation: Operation, failure: Option<Failure>| {
            let client = if failure.is_some() { &hasty } else { &patient };
            if let Some(failure) = failure {
                printed += &format!("{failure:?} {failure}\n");
                sandbox.fail_next(failure);
            }
            if operation == Operation::VerifyIdentity {
                return client.call::<Outcome>(Ask::verify_identity(NUMBER, NAME, ID_CARD)).is_ok();
            }
            let phone = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap();
            printed += &format!("{phone:?}\n");
            let params = phone.params(app.name, operation).unwrap();
            secrets.extend(["token", "accessToken", "accessCode"].iter().filter_map(|name| params.get(*name).cloned()));
            let ask = match operation {
                Operation::VerifyNumber => Ask::verify_number(params, Some(NUMBER)),
                _ => Ask::fetch_number(params),
            };
            client.call::<Outcome>(ask).is_ok()
        };
        // First, since what a fault leaves behind may strike the next one.
        for operation in app.operations() {
            assert!(ask(*operation, None), "{app:?} {operation}");
        }
        for operation in app.operations() {
            for fault in Fault::ALL {
                let fault = if let Fault::Restart(_) = fault { Fault::Restart(1) } else { *fault };
                ask(*operation, Some(fault.into()));
                until_it_answers(&sandbox);
            }
            for code in ["403000", "400001", "103101", "302", "307", "105", "777777"] {
                ask(*operation, Some(Failure::code(code)));
            }
        }
        // By hand, with everything in places where it does not belong.
        for (path, content_type) in [
            ("/open/flashsdk/mobile-query-m", FORM),
            ("/open/flashsdk/mobile-query", FORM),
            ("/unisdk/rsapi/loginTokenValidate", JSON),
            ("/openapi/rs/tokenValidate", JSON),
            ("/api/personalInfo/verifyMobile", FORM),
            ("/nowhere", FORM),
        ] {
            for secret in secrets.iter().take(12) {
                let secret = secret.replace(['\n', '"'], "");
                // An id is shown as it is, unless it is a number or has a token's length.
                let in_ids = secret == NUMBER || secret.len() > 40;
                let ids = if in_ids { ["msgid", "randoms", "outId"] } else { ["sign", "iv", "logon"] };
                let fields = ["appId", "appid", "token", "mobile", ids[0], ids[1], ids[2]];
                let body = if content_type == FORM {
                    fields.map(|name| format!("{name}={}", encoded(&secret))).join("&")
                } else {
                    let fields: BTreeMap<_, _> = fields.into_iter().map(|name| (name, secret.as_str())).collect();
                    serde_json::to_string(&fields).unwrap()
                };
                post(&sandbox, path, content_type, &body);
                post(&sandbox, path, content_type, &secret);
            }
        }
        send(&sandbox, "GET", &format!("/users/{NUMBER}?number={NUMBER}&card={ID_CARD}"), &[], "");
        printed += send(&sandbox, "GET", "/ledger", &[], "").text();
        printed += log.lock().unwrap().as_str();
        assert!(printed.lines().count() > 100);
        for secret in secrets {
            let secret = secret.lines().find(|line| !line.starts_with("--")).unwrap().to_owned();
            let at = printed.find(&secret);
            assert!(at.is_none(), "{secret} of {app:?} is in {:?}", printed.get(at.unwrap().saturating_sub(300)..));
        }
    }
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
