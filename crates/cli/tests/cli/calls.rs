//! Calls to a sandbox: what is printed, the exit code for each kind of answer, and that no secret shows.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use crate::support::{Run, run, variables};
use quhao::Operation;
use quhao_sandbox::{Carrier, Failure, Sandbox};
use serde_json::json;

const NUMBER: &str = "13800138000";
const OTHER: &str = "13900139000";
const NAME: &str = "张三";
const ID_CARD: &str = "11010519491231002X";

/// An app, its phone's params, and the command in between.
struct App {
    sandbox: Sandbox,
    name: &'static str,
    variables: BTreeMap<String, String>,
}

impl App {
    fn new(name: &'static str) -> Self {
        let sandbox = Sandbox::start().unwrap();
        sandbox.add_person(NUMBER, NAME, ID_CARD);
        let provider = name.split('-').next().unwrap();
        let variables = variables(provider, sandbox.options(name).unwrap());
        Self { sandbox, name, variables }
    }

    fn params(&self, operation: Operation, typed: &str) -> String {
        let phone = self.sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap().typing(typed);
        json!(phone.params(self.name, operation).unwrap()).to_string()
    }

    /// Runs the command and checks that nothing secret shows: no option's value, no param, no number.
    #[track_caller]
    fn run(&self, arguments: &[&str], input: &str) -> Run {
        let run = run(arguments, &self.variables, input);
        let is_secret = |name: &str| ["KEY", "SECRET", "TOKEN"].iter().any(|word| name.ends_with(word));
        run.never_shows(self.variables.iter().filter(|(name, _)| is_secret(name)).map(|(_, value)| value.as_str()));
        if !arguments.contains(&"--reveal") {
            run.never_shows([NUMBER, OTHER, NAME, ID_CARD]);
            let params: BTreeMap<String, String> = serde_json::from_str(input).unwrap_or_default();
            let tokens = ["token", "accessToken", "accessCode"].map(|name| params.get(name));
            run.never_shows(tokens.into_iter().flatten().map(String::as_str));
        }
        run
    }

    #[track_caller]
    fn fetch_ends_with(&self, code: i32, kind: &str, retry: &str) {
        let run = self.run(&["fetch", "--json"], &self.params(Operation::FetchNumber, NUMBER));
        assert_eq!(run.code, code, "{}{}", run.stdout, run.stderr);
        assert_eq!((&run.json()["error"]["kind"], &run.json()["error"]["retry"]), (&json!(kind), &json!(retry)));
        assert_eq!(run.stderr, "");
    }
}

#[test]
fn a_fetched_number_is_masked_unless_asked_for() {
    let app = App::new("shanyan");
    let fetch = |arguments: &[&str]| app.run(arguments, &app.params(Operation::FetchNumber, NUMBER));
    let run = fetch(&["fetch"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.starts_with("number   138****8000\nprovider shanyan\ncode     200000"), "{}", run.stdout);
    assert_eq!(run.stderr, "");
    let run = fetch(&["fetch", "--reveal"]);
    assert!(run.stdout.starts_with("number   13800138000\n"), "{}", run.stdout);
    let masked = fetch(&["fetch", "--json"]).json();
    assert_eq!((&masked["number"], &masked["charge"]), (&json!("138****8000"), &json!("yes")));
    assert_eq!(fetch(&["fetch", "--json", "--reveal"]).json()["number"], json!(NUMBER));
}

#[test]
fn a_verdict_decides_the_exit_code() {
    let app = App::new("cmcc");
    for (number, code, verdict) in [(NUMBER, 0, "match"), (OTHER, 1, "mismatch")] {
        let params = app.params(Operation::VerifyNumber, number);
        let run = app.run(&["verify", "--number", number], &params);
        assert_eq!(run.code, code, "{}", run.stderr);
        assert!(run.stdout.starts_with(&format!("verdict  {verdict}\n")), "{}", run.stdout);
    }
}

#[test]
fn a_number_that_the_params_carry_need_not_be_given() {
    let app = App::new("shanyan");
    for (typed, code) in [(NUMBER, 0), (OTHER, 1)] {
        let run = app.run(&["verify", "--json"], &app.params(Operation::VerifyNumber, typed));
        assert_eq!((run.code, &run.json()["matches"]), (code, &json!(code == 0)), "{}", run.stdout);
    }
}

#[test]
fn an_identity_is_matched_not_matched_or_unknown() {
    let app = App::new("yuxin");
    let person = |name: &str, id_card: &str| json!({"number": NUMBER, "name": name, "id_card": id_card}).to_string();
    for (input, code, verdict) in [
        (person(NAME, ID_CARD), 0, "match"),
        (person("李四", ID_CARD), 1, "mismatch"),
        (json!({"number": OTHER, "name": "王五", "id_card": "440524188001010014"}).to_string(), 3, "unknown"),
    ] {
        let run = app.run(&["identity", "--json"], &input);
        assert_eq!((run.code, &run.json()["verdict"]), (code, &json!(verdict)), "{}", run.stdout);
    }
}

#[test]
fn a_token_used_twice_ends_with_17() {
    for name in ["shanyan", "cmcc"] {
        let app = App::new(name);
        let params = app.params(Operation::FetchNumber, NUMBER);
        assert_eq!(app.run(&["fetch"], &params).code, 0);
        let run = app.run(&["fetch"], &params);
        assert_eq!((run.code, run.stdout.as_str()), (17, ""), "{}", run.stderr);
        for line in ["error: ", "hint: ", "retry: new_token", "charge: ", "code: ", "request: "] {
            assert!(run.stderr.lines().any(|shown| shown.starts_with(line)), "{line}: {}", run.stderr);
        }
        assert_eq!(app.sandbox.ledger().len(), 2, "nothing is sent twice");
    }
}

#[test]
fn an_expired_token_ends_with_17() {
    let app = App::new("cmcc");
    let params = app.params(Operation::FetchNumber, NUMBER);
    app.sandbox.advance(Duration::from_secs(181));
    assert_eq!(app.run(&["fetch"], &params).code, 17);
}

#[test]
fn a_wrong_secret_ends_with_11_and_a_wrong_key_with_12() {
    let mut app = App::new("cmcc");
    app.variables.insert("QUHAO_CMCC_APP_SECRET".to_owned(), "planted-secret".to_owned());
    app.fetch_ends_with(11, "credentials", "never");
    let mut app = App::new("shanyan");
    app.variables.insert("QUHAO_SHANYAN_APP_KEY".to_owned(), "planted-key".to_owned());
    app.fetch_ends_with(12, "decrypt", "never");
}

#[test]
fn an_address_that_is_not_on_the_list_ends_with_13() {
    let app = App::new("shanyan");
    app.sandbox.allow_ips("shanyan", &[IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9))]).unwrap();
    app.fetch_ends_with(13, "forbidden", "never");
}

#[test]
fn an_undocumented_code_ends_with_15_and_a_known_one_with_its_kind() {
    let app = App::new("shanyan");
    for (failure, code, kind, retry) in [
        ("999999", 15, "protocol", "new_token"),
        ("500005", 16, "quota", "never"),
        ("504000", 19, "unavailable", "new_token"),
        ("fault:reset", 18, "transport", "new_token"),
    ] {
        app.sandbox.fail_next(failure.parse::<Failure>().unwrap());
        app.fetch_ends_with(code, kind, retry);
    }
}

#[test]
fn a_number_in_the_vendors_message_is_masked() {
    let app = App::new("shanyan");
    for arguments in [&["fetch"][..], &["fetch", "--json"]] {
        app.sandbox.fail_next(format!("500000:号码{NUMBER}异常").parse::<Failure>().unwrap());
        let run = app.run(arguments, &app.params(Operation::FetchNumber, NUMBER));
        assert!((run.stdout.clone() + &run.stderr).contains("号码138****8000异常"), "{}{}", run.stdout, run.stderr);
    }
}

#[test]
fn sign_and_inspect_spend_nothing_and_repaired_params_are_good() {
    let app = App::new("shanyan");
    let params = app.params(Operation::FetchNumber, NUMBER);
    let damaged = params.replace('=', "%3D").replace('+', "%2B");
    let signed = app.run(&["sign", "--json"], &params);
    let brought: BTreeMap<String, String> = serde_json::from_str(&params).unwrap();
    assert_eq!(signed.json()["value"], json!(brought["sign"]), "the phone's SDK signs the same");
    assert_eq!(app.run(&["inspect"], &damaged).code, 0);
    assert_eq!(app.sandbox.ledger().len(), 0);
    // The requested number is printed in clear, so this is the one run without the check for secrets.
    let repaired = run(&["inspect", "--repaired"], &app.variables, &damaged);
    assert_eq!(repaired.json().to_string(), params);
    assert_eq!(app.run(&["fetch"], &repaired.stdout).code, 0);
}

#[test]
fn tls_is_trusted_by_the_sandboxs_own_authority_only() {
    let sandbox = Sandbox::builder().tls(true).start().unwrap();
    let mut variables = variables("cmcc", sandbox.options("cmcc").unwrap());
    let params = |sandbox: &Sandbox| {
        let phone = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap();
        json!(phone.params("cmcc", Operation::FetchNumber).unwrap()).to_string()
    };
    assert_eq!(run(&["fetch"], &variables, &params(&sandbox)).code, 0);
    variables.remove("QUHAO_CMCC_CA_CERTIFICATE");
    let refused = run(&["fetch"], &variables, &params(&sandbox));
    assert_eq!(refused.code, 18, "{}", refused.stderr);
    assert!(refused.stderr.contains("retry: same_token"), "{}", refused.stderr);
}
