//! Right requests by quhao's client: every app, every operation.

use std::time::Duration;

use quhao::blocking::Client;
use quhao::{Charge, ErrorKind, Operation, Retry, Verdict};
use quhao_sandbox::{Carrier, Sandbox};

use crate::bare::{NUMBER, last};

const NAME: &str = "张三";
const ID_CARD: &str = "11010519491231002X";
const OTHER: &str = "13900139000";

fn client(sandbox: &Sandbox, app: &str) -> Client {
    let provider = sandbox.apps().iter().find(|known| known.name == app).unwrap().provider;
    Client::new(provider, sandbox.options(app).unwrap()).unwrap()
}

fn apps_of<'a>(sandbox: &'a Sandbox, provider: &'a str) -> impl Iterator<Item = &'static str> + 'a {
    sandbox.apps().iter().filter(move |app| app.provider == provider).map(|app| app.name)
}

#[test]
fn every_app_fetches_the_number_from_every_carrier_that_it_knows() {
    let sandbox = Sandbox::start().unwrap();
    let mut fetched = 0;
    for app in apps_of(&sandbox, "shanyan").chain(apps_of(&sandbox, "cmcc")) {
        let client = client(&sandbox, app);
        for carrier in [Carrier::ChinaMobile, Carrier::ChinaTelecom, Carrier::ChinaUnicom] {
            if app.starts_with("cmcc") && carrier == Carrier::ChinaUnicom {
                continue;
            }
            let params = sandbox.phone(NUMBER, carrier).unwrap().params(app, Operation::FetchNumber).unwrap();
            let answer = client.fetch_number(params).unwrap();
            assert_eq!((answer.number.expose(), answer.charge), (NUMBER, Charge::Yes), "{app}");
            assert!(answer.trade_no.is_some(), "{app}");
            let entry = last(&sandbox);
            assert_eq!((entry.app.as_deref(), entry.charged), (Some(app), true), "{entry}");
            assert_eq!(entry.request_id, answer.request_id, "{app}");
            fetched += 1;
        }
    }
    assert_eq!(fetched, 8 * 3 + 6 * 2);
}

#[test]
fn every_app_verifies_the_number() {
    let sandbox = Sandbox::start().unwrap();
    let mut verified = 0;
    for app in apps_of(&sandbox, "shanyan").chain(apps_of(&sandbox, "cmcc")) {
        // A mini-program has no check.
        if app == "shanyan-wxprog" {
            continue;
        }
        let client = client(&sandbox, app);
        for (typed, verdict) in [(NUMBER, Verdict::Match), (OTHER, Verdict::Mismatch)] {
            let phone = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap().typing(typed);
            let params = phone.params(app, Operation::VerifyNumber).unwrap();
            let answer = client.verify_number(params, Some(typed)).unwrap();
            assert_eq!((answer.verdict, answer.charge), (verdict, Charge::Yes), "{app}");
            verified += 1;
        }
    }
    assert_eq!(verified, (7 + 6) * 2);
}

#[test]
fn shanyans_params_carry_the_number_themselves() {
    let sandbox = Sandbox::start().unwrap();
    let phone = sandbox.phone(NUMBER, Carrier::ChinaTelecom).unwrap();
    let params = phone.params("shanyan", Operation::VerifyNumber).unwrap();
    assert!(client(&sandbox, "shanyan").verify_number(params, None).unwrap().matches());
}

#[test]
fn every_cipher_and_encoding_verifies_an_identity() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.add_person(NUMBER, NAME, ID_CARD);
    let mut verified = 0;
    for app in apps_of(&sandbox, "yuxin") {
        let client = client(&sandbox, app);
        for (number, id_card, verdict) in [
            (NUMBER, ID_CARD, Verdict::Match),
            (OTHER, ID_CARD, Verdict::Mismatch),
            (OTHER, "440524188001010014", Verdict::Unknown),
        ] {
            assert_eq!(client.verify_identity(number, NAME, id_card).unwrap().verdict, verdict, "{app}");
            verified += 1;
        }
    }
    assert_eq!(verified, 6 * 3);
}

#[test]
fn an_expired_token_asks_for_a_new_one_and_the_new_one_works() {
    let sandbox = Sandbox::start().unwrap();
    for (app, by) in [("shanyan", 200), ("cmcc", 121)] {
        let client = client(&sandbox, app);
        let phone = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap();
        let params = phone.params(app, Operation::FetchNumber).unwrap();
        sandbox.advance(Duration::from_secs(by));
        let error = client.fetch_number(params).unwrap_err();
        assert_eq!((error.kind(), error.retry()), (ErrorKind::Token, Retry::NewToken), "{app}: {error}");
        assert_eq!(
            client.fetch_number(phone.params(app, Operation::FetchNumber).unwrap()).unwrap().number.expose(),
            NUMBER
        );
    }
}

#[test]
fn a_resent_token_shows_in_error_and_ledger() {
    let sandbox = Sandbox::start().unwrap();
    for (app, code) in [("shanyan", "403000"), ("cmcc", "104201"), ("cmcc-rsa2048", "104201")] {
        sandbox.clear_ledger();
        let client = client(&sandbox, app);
        let phone = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap();
        let params = phone.params(app, Operation::FetchNumber).unwrap();
        client.fetch_number(params.clone()).unwrap();
        let error = client.fetch_number(params).unwrap_err();
        assert_eq!((error.kind(), error.vendor_code()), (ErrorKind::Token, Some(code)));
        let seen: Vec<_> = sandbox.ledger().iter().map(|entry| (entry.token_seen_before, entry.charged)).collect();
        assert_eq!(seen, [(false, true), (true, false)], "{app}");
    }
}

#[test]
fn an_empty_balance_and_an_ip_list_reach_the_caller() {
    let sandbox = Sandbox::start().unwrap();
    let phone = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap();
    for app in ["shanyan", "cmcc"] {
        let client = client(&sandbox, app);
        let ask = || client.verify_number(phone.params(app, Operation::VerifyNumber).unwrap(), Some(NUMBER));
        sandbox.set_balance(app, 1).unwrap();
        ask().unwrap();
        assert_eq!(ask().unwrap_err().kind(), ErrorKind::Quota, "{app}");
        sandbox.allow_ips(app, &[]).unwrap();
        assert_eq!(ask().unwrap_err().kind(), ErrorKind::Forbidden, "{app}");
    }
}

#[test]
fn the_thirty_first_token_is_refused_on_the_phone_and_no_request_is_made() {
    let sandbox = Sandbox::start().unwrap();
    let phone = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap();
    let mut params = phone.params("cmcc", Operation::FetchNumber).unwrap();
    (0..30).for_each(|_| params = phone.params("cmcc", Operation::FetchNumber).unwrap());
    let error = client(&sandbox, "cmcc").fetch_number(params).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
    assert!(error.message().contains("103911"), "{error}");
    assert!(sandbox.ledger().is_empty());
}

#[test]
fn unknown_apps_numbers_and_operations_are_errors_that_say_so() {
    let sandbox = Sandbox::start().unwrap();
    let phone = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap();
    for (error, said) in [
        (sandbox.options("cmc").unwrap_err(), "unknown app cmc; expected one of shanyan, "),
        (sandbox.set_balance("x", 1).unwrap_err(), "unknown app x"),
        (sandbox.allow_ips("x", &[]).unwrap_err(), "unknown app x"),
        (sandbox.phone("1380013800", Carrier::ChinaMobile).unwrap_err(), "expected 1 and ten more digits"),
        (phone.params("yuxin", Operation::FetchNumber).unwrap_err(), "takes nothing from a phone"),
        (phone.params("shanyan", Operation::VerifyIdentity).unwrap_err(), "takes nothing from a phone"),
        (phone.params("cmcc", Operation::VerifyIdentity).unwrap_err(), "takes nothing from a phone"),
        ("telecom".parse::<Carrier>().unwrap_err(), "expected cmcc, ctcc or cucc"),
    ] {
        assert!(error.to_string().contains(said), "{error}");
    }
    assert_eq!("CtCc".parse::<Carrier>().unwrap(), Carrier::ChinaTelecom);
}
