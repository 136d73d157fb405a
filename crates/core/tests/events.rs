//! Telemetry of calls: enough to monitor a gateway, and nothing that must not be in a log.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use quhao::blocking::Client;
use quhao::{Ask, Charge, Counter, ErrorKind, Operation, Outcome, Phase, Retry, counters};
use quhao_sandbox::{Carrier, Failure, Fault, Sandbox};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Level, Metadata, Subscriber};

#[test]
fn an_event_has_the_facts_of_the_answer() {
    let sandbox = Sandbox::start().unwrap();
    let (answer, event) = client(&sandbox, "shanyan").call_with_event::<Outcome>(fetch(&sandbox, "shanyan"));
    let Ok(Outcome::Fetched(fetched)) = answer else { panic!("expected a number") };
    assert_eq!((event.provider, event.operation, event.outcome), ("shanyan", Operation::FetchNumber, "fetched"));
    assert_eq!((event.kind, event.retry, event.phase, event.shared), (None, None, None, false));
    assert_eq!((event.vendor_code.as_deref(), event.charge), (Some("200000"), fetched.charge));
    assert_eq!(event.request_id, fetched.request_id);
    assert!(event.duration > Duration::ZERO);
}

#[test]
fn an_event_has_the_facts_of_the_failure() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox, "cmcc");
    let ask = fetch(&sandbox, "cmcc");
    assert!(client.call::<Outcome>(ask.clone()).is_ok());
    let (answer, event) = client.call_with_event::<Outcome>(ask);
    let error = answer.unwrap_err();
    assert_eq!((event.outcome, event.kind, event.retry), ("token", Some(ErrorKind::Token), Some(Retry::NewToken)));
    assert_eq!((event.vendor_code.as_deref(), event.charge), (error.vendor_code(), error.charge()));
    assert_eq!(event.request_id.as_deref(), error.request_id());
}

#[test]
fn a_verdict_is_the_outcome_and_a_lost_reply_has_its_phase() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox, "cmcc");
    let phone = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap();
    let ask = |number| Ask::verify_number(phone.params("cmcc", Operation::VerifyNumber).unwrap(), Some(number));
    assert_eq!(client.call_with_event::<Outcome>(ask("13900139000")).1.outcome, "mismatch");
    sandbox.fail_next(Fault::ResetBeforeReply);
    let (_, event) = client.call_with_event::<Outcome>(ask(NUMBER));
    assert_eq!((event.outcome, event.phase, event.charge), ("transport", Some(Phase::Receive), Charge::Unknown));
}

#[test]
fn calls_that_end_alike_are_counted_together() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox, "shanyan-v2");
    let phone = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap();
    let ask = || Ask::verify_number(phone.params("shanyan-v2", Operation::VerifyNumber).unwrap(), Some(NUMBER));
    let mut micros = 0;
    for _ in 0..3 {
        let (answer, event) = client.call_with_event::<Outcome>(ask());
        assert!(answer.is_ok());
        micros += event.duration.as_micros();
    }
    let bad = Ask::verify_number([("appId", "x")], Some(NUMBER));
    assert_eq!(client.call::<Outcome>(bad).unwrap_err().kind(), ErrorKind::Input);
    for code in ["888888", "999999"] {
        sandbox.fail_next(code.parse::<Failure>().unwrap());
        assert!(client.call::<Outcome>(ask()).is_err());
    }
    // The process counts the other tests' calls as well; none of them asks this of this provider.
    let ours = |counter: &Counter| (counter.provider, counter.operation) == ("shanyan", Operation::VerifyNumber);
    let counted: BTreeMap<&str, Counter> =
        counters().into_iter().filter(ours).map(|counter| (counter.outcome, counter)).collect();
    let matched = &counted["match"];
    assert_eq!((matched.calls, matched.vendor_code), (3, Some("200000")));
    assert_eq!(matched.duration.as_micros(), micros);
    assert_eq!((counted["input"].calls, counted["input"].charge), (1, Charge::No));
    assert_eq!((counted["protocol"].calls, counted["protocol"].vendor_code), (2, Some("undocumented")));
}

#[test]
fn a_subscriber_gets_a_span_and_one_event_a_call_and_no_secret() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox, "shanyan");
    let told = Told::default();
    let (good, bad) = (fetch(&sandbox, "shanyan"), Ask::fetch_number("no such token"));
    let token: String =
        good.params().unwrap().fields().map(|(_, value)| value.to_owned()).max_by_key(String::len).unwrap();
    tracing::subscriber::with_default(told.clone(), || {
        assert!(client.call::<Outcome>(good).is_ok());
        assert!(client.call::<Outcome>(bad).is_err());
    });
    let lines = told.0.lock().unwrap().clone();
    let ours = |start: &str| lines.iter().filter(|line| line.starts_with(start)).cloned().collect::<Vec<_>>();
    assert_eq!(ours("span quhao call").len(), 2, "{lines:#?}");
    let (answered, failed) = (ours("INFO quhao"), ours("WARN quhao"));
    assert_eq!((answered.len(), failed.len()), (1, 1), "{lines:#?}");
    for fact in ["provider=shanyan", "operation=fetch_number", "outcome=fetched", "charge=", "duration_us="] {
        assert!(answered[0].contains(fact), "{fact} in {}", answered[0]);
    }
    assert!(answered[0].contains("vendor_code=200000") && failed[0].contains("kind=input"), "{lines:#?}");
    assert!(ours("record").iter().any(|line| line.contains("outcome=fetched")), "{lines:#?}");
    let all = lines.join("\n");
    assert!(!all.contains(NUMBER) && !all.contains(&token) && !all.contains("no such token"), "{all}");
}

/// Records the events of this thread.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<String>>>);

impl Told {
    fn line(&self, start: String, record: impl FnOnce(&mut Line)) {
        let mut line = Line(start);
        record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }
}

impl Subscriber for Told {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let metadata = span.metadata();
        self.line(format!("span {} {}", metadata.target(), metadata.name()), |line| span.record(line));
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        self.line("record".to_owned(), |line| values.record(line));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        let level: &Level = event.metadata().level();
        self.line(format!("{level} {}", event.metadata().target()), |line| event.record(line));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.push_str(&format!(" {}={value:?}", field.name()));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.push_str(&format!(" {}={value}", field.name()));
    }
}

fn client(sandbox: &Sandbox, app: &str) -> Client {
    let provider = sandbox.apps().iter().find(|known| known.name == app).unwrap().provider;
    Client::new(provider, sandbox.options(app).unwrap()).unwrap()
}

fn fetch(sandbox: &Sandbox, app: &str) -> Ask {
    let phone = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap();
    Ask::fetch_number(phone.params(app, Operation::FetchNumber).unwrap())
}

const NUMBER: &str = "13800138000";
