//! Every command, every app, in each way to end: what is printed holds nothing that was put in.

use std::collections::BTreeMap;

use quhao::Operation;
use quhao_sandbox::{App, Carrier, Failure, Fault, Sandbox};
use serde_json::json;

use crate::support::{Run, run, variables};

const NUMBER: &str = "13912345678";
const OTHER: &str = "13987654321";
const NAME: &str = "欧阳密密";
const ID_CARD: &str = "11010519491231002X";

#[test]
fn no_command_for_shanyan_prints_what_it_was_given() {
    plant("shanyan");
}

#[test]
fn no_command_for_china_mobile_prints_what_it_was_given() {
    plant("cmcc");
}

#[test]
fn no_command_for_yuxin_prints_what_it_was_given() {
    plant("yuxin");
}

fn plant(provider: &str) {
    let mut subjects = 0;
    for app in Sandbox::start().unwrap().apps().iter().filter(|app| app.provider == provider) {
        for operation in app.operations() {
            let planted = Planted::new(*app, *operation);
            planted.every_command();
            planted.every_end();
            if *operation == app.operations()[0] {
                planted.damaged_settings();
            }
            subjects += 1;
        }
    }
    assert!(subjects > 0, "no app of {provider}");
}

/// A sandbox, an app of its, and something to ask.
struct Planted {
    sandbox: Sandbox,
    app: App,
    operation: Operation,
    variables: BTreeMap<String, String>,
}

impl Planted {
    fn new(app: App, operation: Operation) -> Self {
        let sandbox = Sandbox::start().unwrap();
        sandbox.add_person(NUMBER, NAME, ID_CARD);
        let mut variables = variables(app.provider, sandbox.options(app.name).unwrap());
        variables.insert("RUST_LOG".to_owned(), "trace".to_owned());
        variables.insert("RUST_BACKTRACE".to_owned(), "full".to_owned());
        Self { sandbox, app, operation, variables }
    }

    fn every_command(&self) {
        let run = self.ask(&[]);
        assert_eq!(run.code, 0, "{:?} {}: {}{}", self.app, self.operation, run.stdout, run.stderr);
        let operation: &'static str = self.operation.as_str();
        for json in [&[][..], &["--json"]] as [&[&'static str]; 2] {
            let command = |words: &[&'static str]| [words, json].concat();
            self.run(&command(&["decrypt", "yygEtD8sfGRiPbkwTQgvxw=="]), "");
            self.run(&command(&["decrypt", "-"]), &"5a".repeat(128));
            if let Some(params) = self.params() {
                self.run(&command(&["inspect", "--operation", operation]), &params);
                self.run(&command(&["sign", "--operation", operation]), &params);
                let cut = &params[..params.len() / 2];
                self.run(&command(&["inspect", "--operation", operation]), cut);
                self.run(&command(&["sign", "--operation", operation]), cut);
                self.run(&command(&["inspect"]), &format!("{}\u{7}", self.token(&params)));
            }
        }
    }

    /// Refused by the gateway, which repeats what it knows; broken on the way; not reached at all.
    fn every_end(&self) {
        let said =
            format!("号码{NUMBER}证件{ID_CARD} token={}", self.params().map_or_else(String::new, |p| self.token(&p)));
        for code in ["403000", "103101", "302", "307", "777777"] {
            self.sandbox.fail_next(Failure::code(code).saying(said.clone()));
            self.ask(&["--json"]);
        }
        for fault in [Fault::Garbage, Fault::Html502, Fault::OtherReply, Fault::ResetBeforeReply, Fault::TruncatedBody]
        {
            self.sandbox.fail_next(fault);
            let run = self.ask(&[]);
            assert!(run.stdout.is_empty() != run.stderr.is_empty(), "{fault:?}: {}{}", run.stdout, run.stderr);
        }
        let mut nowhere = self.variables.clone();
        let base_url = format!("QUHAO_{}_BASE_URL", self.app.provider.to_uppercase());
        nowhere.insert(base_url, "http://127.0.0.1:1".to_owned());
        assert_ne!(self.ask_with(&nowhere, &[]).code, 0);
    }

    /// Each setting cut, with a blank in it, and under a name that is none.
    fn damaged_settings(&self) {
        for (name, value) in &self.variables {
            if !is_secret(name) {
                continue;
            }
            for damaged in [value[..value.len() / 2].to_owned(), format!("{value} x")] {
                let mut given = self.variables.clone();
                given.insert(name.clone(), damaged);
                self.ask_with(&given, &[]);
            }
            let mut given = self.variables.clone();
            given.insert(format!("{name}_X"), value.clone());
            assert_ne!(self.ask_with(&given, &["--json"]).code, 0);
            given.remove(&format!("{name}_X"));
            given.insert(format!("{name}_FILE"), value.replace(['\n', '/'], ""));
            assert_ne!(self.ask_with(&given, &[]).code, 0);
        }
    }

    fn ask(&self, more: &[&str]) -> Run {
        self.ask_with(&self.variables, more)
    }

    fn ask_with(&self, variables: &BTreeMap<String, String>, more: &[&str]) -> Run {
        let (command, input) = match self.operation {
            Operation::FetchNumber => ("fetch", self.params().unwrap_or_default()),
            Operation::VerifyNumber => ("verify", self.params().unwrap_or_default()),
            _ => ("identity", json!({"number": NUMBER, "name": NAME, "id_card": ID_CARD}).to_string()),
        };
        self.run_with(variables, &[&[command], more].concat(), &input)
    }

    fn run(&self, arguments: &[&str], input: &str) -> Run {
        self.run_with(&self.variables, arguments, input)
    }

    fn run_with(&self, variables: &BTreeMap<String, String>, arguments: &[&str], input: &str) -> Run {
        let mut variables = variables.clone();
        if self.operation == Operation::VerifyNumber {
            variables.insert("QUHAO_NUMBER".to_owned(), NUMBER.to_owned());
        }
        let run = run(arguments, &variables, input);
        run.never_shows([NUMBER, OTHER, NAME, ID_CARD]);
        for (_, value) in self.variables.iter().filter(|(name, _)| is_secret(name)) {
            run.never_shows(value.lines().map(str::trim).filter(|line| !line.starts_with("--") && line.len() >= 8));
        }
        let token = self.token(input);
        run.never_shows((token.len() >= 16).then_some(token.as_str()));
        run
    }

    /// The phone's params, under a fresh token; nothing where there is none.
    fn params(&self) -> Option<String> {
        if self.operation == Operation::VerifyIdentity {
            return None;
        }
        let phone = self.sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap();
        Some(json!(phone.params(self.app.name, self.operation).unwrap()).to_string())
    }

    /// The token in params.
    fn token(&self, params: &str) -> String {
        let params: BTreeMap<String, String> = serde_json::from_str(params).unwrap_or_default();
        ["token", "accessToken", "accessCode"].iter().find_map(|name| params.get(*name)).cloned().unwrap_or_default()
    }
}

fn is_secret(name: &str) -> bool {
    // A platform's public key is for everybody.
    ["KEY", "SECRET", "TOKEN"].iter().any(|word| name.ends_with(word)) && !name.ends_with("PLATFORM_KEY")
}
