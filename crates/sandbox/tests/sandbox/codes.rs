//! Every code of every table, asked for and answered.

use std::collections::BTreeMap;

use quhao::blocking::Client;
use quhao::{Code, Error, ErrorKind, Meaning, Operation, Retry, Verdict, Verification};
use quhao_sandbox::{Carrier, Failure, Sandbox};

use crate::bare::{NUMBER, last};

/// Asks the interface whose table a row is of; a number of its own each time, so that unused tokens do not add up.
fn ask(sandbox: &Sandbox, row: &Code, at: usize) -> Result<Option<Verification>, Error> {
    let number = format!("138{at:08}");
    let phone = sandbox.phone(&number, Carrier::ChinaMobile).unwrap();
    let app = row.provider;
    let client = Client::new(app, sandbox.options(app).unwrap()).unwrap();
    let params = |operation| phone.params(app, operation).unwrap();
    match row.table {
        "flashsdk" if at.is_multiple_of(2) => client.verify_number(params(Operation::VerifyNumber), None).map(Some),
        "flashsdk" | "loginTokenValidate" => client.fetch_number(params(Operation::FetchNumber)).map(|_| None),
        "tokenValidate" => client.verify_number(params(Operation::VerifyNumber), Some(&number)).map(Some),
        "errorCode" | "token" | "returnCode" => client.verify_identity(&number, "张三", "11010519491231002X").map(Some),
        table => panic!("no interface answers from table {table}"),
    }
}

#[test]
fn every_failure_of_every_table_arrives_as_the_kind_that_the_table_says() {
    let sandbox = Sandbox::start().unwrap();
    let rows = quhao::providers().iter().flat_map(|provider| provider.codes());
    let mut counts = BTreeMap::new();
    for (at, row) in rows.enumerate() {
        let Meaning::Failure(kind) = row.meaning else { continue };
        let failure = Failure::code(row.code).of(row.provider);
        sandbox.fail_next(match row.fragment {
            Some(fragment) => failure.saying(fragment),
            None => failure,
        });
        let error = ask(&sandbox, row, at).expect_err(row.code);
        assert_eq!((error.kind(), error.vendor_code()), (kind, Some(row.code)), "{row:?}");
        assert_eq!(error.provider(), Some(row.provider));
        assert_eq!(error.hint(), &row.hint(), "{row:?}");
        let said = row.zh.replace("{$1}", "logon");
        assert_eq!(error.message(), said, "{row:?}");
        let entry = last(&sandbox);
        assert_eq!((entry.verdict.as_str(), entry.accepted, entry.charged), (row.code, false, false), "{entry}");
        *counts.entry(row.table).or_insert(0) += 1;
    }
    // The documents' rows without their successes; flashsdk's 403000 stands in six rows, 55 is a sibling
    // document's, and newer documents of China Mobile's add twelve.
    let documented = [
        ("errorCode", 22 - 1),
        ("flashsdk", 23 - 1 + 5),
        ("loginTokenValidate", 113 - 1 + 11),
        ("returnCode", 1),
        ("token", 3),
        ("tokenValidate", 12 - 2 + 1),
    ];
    assert_eq!(counts, BTreeMap::from(documented));
}

#[test]
fn a_verdict_that_is_asked_for_is_one_and_is_charged() {
    let sandbox = Sandbox::start().unwrap();
    let rows = quhao::providers().iter().flat_map(|provider| provider.codes());
    let mut verdicts = Vec::new();
    for (at, row) in rows.enumerate() {
        let Meaning::Verdict(verdict) = row.meaning else { continue };
        sandbox.fail_next(Failure::code(row.code));
        let answer = ask(&sandbox, row, at).unwrap().unwrap();
        assert_eq!((answer.verdict, answer.code.as_str()), (verdict, row.code));
        assert!(last(&sandbox).charged);
        verdicts.push(verdict);
    }
    use Verdict::{Match, Mismatch, Unknown};
    assert_eq!(verdicts, [Match, Mismatch, Match, Mismatch, Unknown]);
}

#[test]
fn a_code_from_behind_the_gateway_spends_the_token_and_the_gateways_own_does_not() {
    let sandbox = Sandbox::start().unwrap();
    let client = Client::new("shanyan", sandbox.options("shanyan").unwrap()).unwrap();
    let phone = sandbox.phone(NUMBER, Carrier::ChinaUnicom).unwrap();
    for (code, spends) in [("500000", true), ("504000", true), ("500006", true), ("403101", false), ("500005", false)] {
        let params = phone.params("shanyan", Operation::FetchNumber).unwrap();
        sandbox.fail_next(Failure::code(code));
        assert_eq!(client.fetch_number(params.clone()).unwrap_err().vendor_code(), Some(code));
        assert_eq!(client.fetch_number(params).is_err(), spends, "{code}");
        assert!(last(&sandbox).token_seen_before);
    }
}

#[test]
fn a_code_that_no_table_holds_is_answered_all_the_same() {
    let sandbox = Sandbox::start().unwrap();
    for app in ["shanyan", "cmcc", "yuxin"] {
        let row = quhao::provider(app).unwrap().codes().next().unwrap();
        sandbox.fail_next("999999:新的返回码".parse::<Failure>().unwrap());
        let error = ask(&sandbox, row, 1).unwrap_err();
        assert_eq!((error.kind(), error.vendor_code()), (ErrorKind::Protocol, Some("999999")), "{app}");
        assert!(error.message().contains("新的返回码"), "{error}");
        assert_eq!(error.retry(), Retry::NewToken);
    }
}

#[test]
fn failures_queue_up_and_wait_for_the_provider_that_they_name() {
    let sandbox = Sandbox::start().unwrap();
    let of = |app: &str| quhao::provider(app).unwrap().codes().next().unwrap();
    sandbox.fail_next("cmcc/103101".parse::<Failure>().unwrap());
    sandbox.fail_next("403101".parse::<Failure>().unwrap());
    sandbox.fail_next("400102".parse::<Failure>().unwrap());
    let code =
        |app: &str, at| ask(&sandbox, of(app), at).err().and_then(|error| error.vendor_code().map(str::to_owned));
    assert_eq!(code("shanyan", 1).as_deref(), Some("403101"));
    assert_eq!(code("shanyan", 2).as_deref(), Some("400102"));
    assert_eq!(code("shanyan", 3), None);
    assert_eq!(code("cmcc", 1).as_deref(), Some("103101"));
    assert_eq!(code("cmcc", 2), None);
}

#[test]
fn a_wrong_request_under_a_failure_is_told_as_well() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.fail_next(Failure::code("500000"));
    crate::bare::post(&sandbox, "/open/flashsdk/mobile-query-m", crate::bare::JSON, "{}");
    crate::bare::assert_refused(
        &sandbox,
        "500000",
        "500000 was asked for by fail_next; without it 403000: the body is JSON",
    );
}
