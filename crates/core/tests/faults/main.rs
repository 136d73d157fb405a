//! The fault matrix: every case of `behaviours/faults.json`, for every app's operations, async and blocking.
//!
//! The vectors' README explains a case's fields.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod load;
mod memory;
mod single;
mod subject;

use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use libtest_mimic::{Arguments, Failed, Trial};
use quhao_sandbox::Sandbox;
use quhao_vectors::{Case, behaviours};
use serde::Deserialize;

use crate::subject::{Style, Subject};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let suite = behaviours("faults");
    assert_eq!(suite.run, "fault");
    let mut trials = vec![Trial::test("the_matrix_has_every_fault_of_the_issue", every_fault_is_there)];
    for case in suite.cases {
        let case = Arc::new(case);
        trials.push(Trial::test(format!("fault::{}", case.id), move || Ok(run(&case)?)));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// A case, typed.
struct Cell {
    input: Input,
    expect: Expect,
    /// Where the addresses that fail are; another sandbox than the one whose ledger is read.
    elsewhere: Sandbox,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
struct Input {
    endpoint: Option<String>,
    proxy: Option<String>,
    options: std::collections::BTreeMap<String, String>,
    fail_next: Vec<String>,
    first: Option<First>,
    load: Option<Load>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct First {
    fail_next: Vec<String>,
    pause_ms: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Load {
    logins: usize,
    concurrency: usize,
    after: usize,
    fail_next: Vec<String>,
    pause_ms: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    #[serde(default)]
    ok: bool,
    error: Option<Told>,
    #[serde(default)]
    errors: Vec<Told>,
    ledger: Option<usize>,
    ends_ms: (u64, u64),
}

/// The facts of an error.
#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
struct Told {
    kind: String,
    phase: Option<String>,
    timeout: Option<bool>,
    retry: String,
    charge: String,
}

impl Told {
    fn of(error: &quhao::Error) -> Self {
        let phase = error.phase();
        Self {
            kind: error.kind().as_str().to_owned(),
            phase: phase.map(|phase| phase.as_str().to_owned()),
            timeout: phase.map(|_| error.is_timeout()),
            retry: error.retry().as_str().to_owned(),
            charge: error.charge().as_str().to_owned(),
        }
    }
}

/// Plays a case for every subject in both styles, a few at a time.
fn run(case: &Case) -> Result<(), String> {
    // Memory is the process's: where all trials share one, they take turns.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let cell = Cell {
        input: serde_json::from_value(case.input.clone()).map_err(|error| error.to_string())?,
        expect: serde_json::from_value(case.expect.clone()).map_err(|error| error.to_string())?,
        elsewhere: Sandbox::start().unwrap(),
    };
    let plays: Vec<(Subject, Style)> =
        Subject::all().into_iter().flat_map(|subject| Style::BOTH.map(|style| (subject, style))).collect();
    // Calls that wait for a deadline cost nothing but time; the others keep a reply of up to 1 MiB each.
    let at_a_time = if cell.expect.ends_ms.0 > 0 && cell.input.load.is_none() { 16 } else { 4 };
    subject::warm_up();
    let before = memory::Watch::begin()?;
    let waiting = Mutex::new(plays.iter());
    let failures: Vec<String> = thread::scope(|scope| {
        let play = || -> Vec<String> {
            let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
            std::iter::from_fn(next).filter_map(|(subject, style)| cell.play(*subject, *style).err()).collect()
        };
        let workers: Vec<_> = (0..at_a_time).map(|_| scope.spawn(play)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    before.end()?;
    match failures.first() {
        None => Ok(()),
        Some(first) => Err(format!("{} of {} failed; {first}", failures.len(), plays.len())),
    }
}

impl Cell {
    fn play(&self, subject: Subject, style: Style) -> Result<(), String> {
        let told = match &self.input.load {
            Some(load) => load::play(self, load, subject, style),
            None => single::play(self, subject, style),
        };
        told.map_err(|why| format!("{subject:?}, {style:?}: {why}"))
    }
}

fn every_fault_is_there() -> Result<(), Failed> {
    let suite = behaviours("faults");
    for (id, why) in FAULTS.iter().flat_map(|(fault, ids)| ids.iter().map(move |id| (id, fault))) {
        if !suite.cases.iter().any(|case| case.id == *id) {
            return Err(format!("{why}: there is no case {id}").into());
        }
    }
    for case in &suite.cases {
        let facts = [&case.id, &case.why, &case.source];
        if facts.iter().any(|fact| fact.is_empty()) || suite.cases.iter().filter(|c| c.id == case.id).count() != 1 {
            return Err(format!("{}: expected an id of its own, a why and a source", case.id).into());
        }
    }
    Ok(())
}

/// Faults, and the cases that show them.
const FAULTS: &[(&str, &[&str])] = &[
    ("refused", &["refused"]),
    ("name not resolved", &["name-not-resolved"]),
    ("TLS", &["tls-expired-certificate", "tls-wrong-host", "tls-unknown-ca", "tls-handshake-stalls"]),
    ("proxy down", &["proxy-down"]),
    ("stall", &["stall-before-headers", "stall-after-headers", "stall-mid-body", "deadline-while-connecting"]),
    ("one byte a second", &["one-byte-a-second"]),
    ("reset", &["reset-before-the-request", "reset-after-the-request", "closed-after-the-request"]),
    ("truncated body", &["truncated-body"]),
    ("garbage", &["garbage"]),
    ("HTML", &["html-with-200", "html-with-502"]),
    ("redirect", &["redirect"]),
    ("64 MiB reply", &["reply-of-64-mib"]),
    ("gzip bomb", &["gzip-bomb"]),
    ("idle connection", &["idle-connection-closed", "idle-connection-reset-by-the-next-request"]),
    ("restart", &["restart-under-load"]),
];
