//! Replies that the wire damages, and what quhao's client makes of them.

use std::time::{Duration, Instant};

use quhao::blocking::Client;
use quhao::{Charge, Error, ErrorKind, Operation, Phase, Retry};
use quhao_sandbox::{Carrier, Fault, Sandbox};

use crate::bare::{FORM, NUMBER, form, last, post, send, until_it_accepts};

fn impatient(sandbox: &Sandbox, app: &str) -> Client {
    let mut options = sandbox.options(app).unwrap();
    options.insert("timeout_ms".into(), "1000".into());
    let provider = sandbox.apps().iter().find(|known| known.name == app).unwrap().provider;
    Client::new(provider, options).unwrap()
}

/// Fetches a number under a fault, and asserts that the request was judged as always before it.
fn fetch(sandbox: &Sandbox, app: &str, fault: Fault) -> Result<String, Error> {
    let phone = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap();
    let params = phone.params(app, Operation::FetchNumber).unwrap();
    let client = impatient(sandbox, app);
    sandbox.fail_next(fault);
    let begun = Instant::now();
    let answer = client.fetch_number(params.clone()).map(|answer| answer.number.expose().to_owned());
    assert!(begun.elapsed() < Duration::from_secs(5), "{fault}");
    let entry = last(sandbox);
    assert!(entry.accepted && entry.charged && !entry.token_seen_before, "{entry}");
    assert_eq!(entry.fault.as_deref(), Some(fault.to_string().as_str()));
    // The token is spent, so a second send shows.
    assert_eq!(client.fetch_number(params).unwrap_err().kind(), ErrorKind::Token, "{fault}");
    assert!(last(sandbox).token_seen_before);
    answer
}

const RECEIVE: ErrorKind = ErrorKind::Transport { phase: Phase::Receive, timeout: false };
const TIMEOUT: ErrorKind = ErrorKind::Transport { phase: Phase::Receive, timeout: true };

#[test]
fn every_fault_is_an_error_of_its_kind_or_does_no_harm() {
    let sandbox = Sandbox::start().unwrap();
    let mut tried = 0;
    for fault in Fault::ALL {
        let expected = match fault {
            Fault::CloseBeforeReply | Fault::ResetBeforeReply | Fault::TruncatedBody => Some(RECEIVE),
            Fault::SlowBody(_) | Fault::StallAfterHeaders | Fault::StallMidBody | Fault::StallBeforeHeaders(_) => {
                Some(TIMEOUT)
            }
            Fault::Html502 => Some(ErrorKind::Unavailable),
            Fault::EmptyBody
            | Fault::Garbage
            | Fault::GzipBomb
            | Fault::Html200
            | Fault::HugeBody
            | Fault::Redirect => Some(ErrorKind::Protocol),
            Fault::CloseWhenIdle
            | Fault::DoubleEscapedData
            | Fault::NumbersForStrings
            | Fault::Utf8Bom
            | Fault::WrongContentType => None,
            // Each has a test of its own.
            Fault::OtherReply | Fault::ResetBeforeRequest | Fault::Restart(_) => continue,
            other => panic!("no expectation for {other}"),
        };
        for app in ["shanyan", "cmcc", "cmcc-rsa"] {
            match (fetch(&sandbox, app, *fault), expected) {
                (Ok(number), None) => assert_eq!(number, NUMBER, "{app}, {fault}"),
                (Err(error), Some(kind)) => {
                    assert_eq!(error.kind(), kind, "{app}, {fault}: {error}");
                    assert_eq!((error.retry(), error.charge()), (Retry::NewToken, Charge::Unknown), "{app}, {fault}");
                }
                (answer, _) => panic!("{app}, {fault}: {answer:?}"),
            }
        }
        tried += 1;
    }
    assert_eq!(tried, Fault::ALL.len() - 3);
}

#[test]
fn somebody_elses_reply_is_refused_where_it_says_whose_it_is() {
    let sandbox = Sandbox::start().unwrap();
    for app in ["cmcc", "cmcc-rsa"] {
        let error = fetch(&sandbox, app, Fault::OtherReply).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Protocol);
        assert!(error.message().contains("another request"), "{error}");
    }
    let phone = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap();
    let params = phone.params("cmcc", Operation::VerifyNumber).unwrap();
    sandbox.fail_next(Fault::OtherReply);
    let error = impatient(&sandbox, "cmcc").verify_number(params, Some(NUMBER)).unwrap_err();
    assert!(error.message().contains("another request"), "{error}");
    // ShanYan's reply names no request, so there is nothing to compare.
    assert_eq!(fetch(&sandbox, "shanyan", Fault::OtherReply).unwrap(), "19900001111");
}

#[test]
fn a_request_that_was_never_read_is_not_in_the_ledger() {
    let sandbox = Sandbox::start().unwrap();
    let params = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap().params("cmcc", Operation::FetchNumber).unwrap();
    let client = impatient(&sandbox, "cmcc");
    sandbox.fail_next(Fault::ResetBeforeRequest);
    let error = client.fetch_number(params.clone()).unwrap_err();
    assert_eq!((error.kind(), error.retry()), (RECEIVE, Retry::NewToken), "the client cannot know");
    assert!(sandbox.ledger().is_empty());
    assert_eq!(client.fetch_number(params).unwrap().number.expose(), NUMBER, "the token is as good as new");
}

#[test]
fn a_fault_before_the_request_waits_for_its_turn() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.fail_next(Fault::Html502);
    sandbox.fail_next(Fault::ResetBeforeRequest);
    let ask = || {
        let phone = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap();
        impatient(&sandbox, "shanyan").fetch_number(phone.params("shanyan", Operation::FetchNumber).unwrap())
    };
    assert_eq!(ask().unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!(ask().unwrap_err().kind(), RECEIVE);
    assert!(ask().is_ok());
}

#[test]
fn a_restarted_gateway_is_at_its_port_again_and_remembers() {
    let sandbox = Sandbox::builder().tls(true).start().unwrap();
    let phone = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap();
    let params = || phone.params("shanyan", Operation::FetchNumber).unwrap();
    let (client, used) = (impatient(&sandbox, "shanyan"), params());
    client.fetch_number(used.clone()).unwrap();
    for by_fault in [true, false] {
        if by_fault {
            sandbox.fail_next(Fault::Restart(2_000));
            assert_eq!(client.fetch_number(params()).unwrap_err().kind(), RECEIVE);
        } else {
            sandbox.restart(Duration::from_secs(2));
        }
        until_it_accepts(&sandbox, false);
        let fresh = params();
        let error = client.fetch_number(fresh.clone()).unwrap_err();
        assert_eq!(error.phase(), Some(Phase::Connect), "{error}");
        until_it_accepts(&sandbox, true);
        assert_eq!(client.fetch_number(fresh).unwrap().number.expose(), NUMBER);
        assert_eq!(client.fetch_number(used.clone()).unwrap_err().kind(), ErrorKind::Token);
    }
}

#[test]
fn verdicts_survive_what_lossless_damage_does_to_them() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.add_person(NUMBER, "张三", "11010519491231002X");
    let phone = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap();
    for fault in [Fault::DoubleEscapedData, Fault::NumbersForStrings, Fault::Utf8Bom, Fault::WrongContentType] {
        for app in ["shanyan", "cmcc"] {
            let params = phone.params(app, Operation::VerifyNumber).unwrap();
            sandbox.fail_next(fault);
            assert!(impatient(&sandbox, app).verify_number(params, Some(NUMBER)).unwrap().matches(), "{app}, {fault}");
        }
        sandbox.fail_next(fault);
        let client = impatient(&sandbox, "yuxin");
        assert!(client.verify_identity(NUMBER, "张三", "11010519491231002X").unwrap().matches(), "{fault}");
    }
}

#[test]
fn a_short_stall_is_waited_for() {
    let sandbox = Sandbox::start().unwrap();
    let begun = Instant::now();
    assert_eq!(fetch(&sandbox, "shanyan", Fault::StallBeforeHeaders(150)).unwrap(), NUMBER);
    assert!(begun.elapsed() >= Duration::from_millis(150));
}

#[test]
fn a_fault_leaves_a_refused_token_unspent() {
    let sandbox = Sandbox::start().unwrap();
    let phone = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap();
    let params = phone.params("shanyan", Operation::FetchNumber).unwrap();
    sandbox.fail_next(Fault::Utf8Bom);
    let wrong = post(&sandbox, "/open/flashsdk/mobile-query-u", FORM, &form(&params));
    assert!(wrong.body.starts_with(b"\xef\xbb\xbf{\"code\":\"400001\""));
    assert_eq!(post(&sandbox, "/open/flashsdk/mobile-query-m", FORM, &form(&params)).json()["code"], "200000");
}

#[test]
fn damage_is_on_the_wire_as_described() {
    let sandbox = Sandbox::start().unwrap();
    let phone = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap();
    let ask = |fault: &str| {
        sandbox.fail_next(fault.parse::<Fault>().unwrap());
        let params = phone.params("shanyan", Operation::FetchNumber).unwrap();
        post(&sandbox, "/open/flashsdk/mobile-query-m", FORM, &form(&params))
    };
    assert!(ask("double-escaped").text().contains(r"\\\\u003d"));
    assert!(ask("numbers").text().contains(r#""chargeStatus":"1","code":200000"#));
    assert!(ask("html-502").head.starts_with("HTTP/1.1 502"));
    assert!(ask("html-200").text().starts_with("<html>"));
    assert!(ask("wrong-content-type").head.contains("text/html"));
    let redirect = ask("redirect");
    assert_eq!(redirect.status, 302);
    assert!(redirect.head.contains("location: /moved"));
    let truncated = ask("truncated");
    let announced = truncated.head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    assert_eq!(announced.parse::<usize>().unwrap() / 2, truncated.body.len());
    let bomb = ask("gzip-bomb");
    assert!(bomb.head.contains("content-encoding: gzip") && bomb.body.starts_with(b"\x1f\x8b"));
    assert!(bomb.body.len() < 1 << 20, "it is under what clients take");
    assert!(ask("empty").body.is_empty());
    assert!(std::str::from_utf8(&ask("garbage").body).is_err());
    assert!(ask("huge").body.len() > 64 << 20);
    assert_eq!(send(&sandbox, "GET", "/moved", &[], "").status, 404);
    assert_eq!(last(&sandbox).path, "/moved", "whoever follows a redirect is seen");
}
