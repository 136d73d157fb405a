//! An app of the sandbox's, one thing to ask of it, and the two clients that can.

use std::collections::BTreeMap;

use quhao::{Ask, Client, Error, Operation, Outcome, Verdict, blocking};
use quhao_sandbox::{Carrier, Sandbox};
use tokio::runtime;

/// An app of the sandbox's and one thing that can be asked of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject {
    app: &'static str,
    provider: &'static str,
    operation: Operation,
}

/// Which of the two clients asks.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Style {
    Async,
    Blocking,
}

impl Style {
    pub(crate) const BOTH: [Self; 2] = [Self::Async, Self::Blocking];

    /// Makes a call as this style's user does, on the calling thread.
    pub(crate) fn call(self, client: &Client, ask: Ask) -> Result<Outcome, Error> {
        match self {
            // Without I/O or time of its own: the client brings both.
            Self::Async => {
                runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(client.call(ask))
            }
            Self::Blocking => blocking::Client::from(client.clone()).call(ask),
        }
    }
}

impl Subject {
    /// Every operation of every app.
    pub(crate) fn all() -> Vec<Self> {
        let apps = Sandbox::start().unwrap().apps();
        let operations = apps.iter().flat_map(|app| app.operations().iter().map(move |operation| (app, operation)));
        let all: Vec<_> = operations
            .map(|(app, operation)| Self { app: app.name, provider: app.provider, operation: *operation })
            .collect();
        assert!(all.len() >= 20, "only {} subjects", all.len());
        all
    }

    pub(crate) fn client(self, sandbox: &Sandbox, over: &BTreeMap<String, String>) -> Client {
        let mut options = sandbox.options(self.app).unwrap();
        options.extend(over.clone());
        Client::new(self.provider, options).unwrap()
    }

    /// A question about a number that the sandbox answers with yes, each time under a fresh token.
    pub(crate) fn ask(self, sandbox: &Sandbox, number: &str) -> Ask {
        let params = || sandbox.phone(number, Carrier::ChinaMobile).unwrap().params(self.app, self.operation).unwrap();
        match self.operation {
            Operation::FetchNumber => Ask::fetch_number(params()),
            Operation::VerifyNumber => Ask::verify_number(params(), Some(number)),
            _ => {
                sandbox.add_person(number, NAME, ID_CARD);
                Ask::verify_identity(number, NAME, ID_CARD)
            }
        }
    }
}

/// Whether an answer is yes: the number that was asked for, or a match.
pub(crate) fn is_yes(outcome: &Outcome, number: &str) -> bool {
    match outcome {
        Outcome::Fetched(fetched) => fetched.number.expose() == number,
        Outcome::Verified(verification) => verification.verdict == Verdict::Match,
    }
}

/// Makes what a process makes once: its I/O thread, its pool, its list of roots.
pub(crate) fn warm_up() {
    let sandbox = Sandbox::start().unwrap();
    for subject in Subject::all() {
        let ask = subject.ask(&sandbox, NUMBER);
        let outcome = Style::Blocking.call(&subject.client(&sandbox, &BTreeMap::new()), ask).unwrap();
        assert!(is_yes(&outcome, NUMBER), "{subject:?}");
    }
}

pub(crate) const NUMBER: &str = "13800138000";
const NAME: &str = "张三";
const ID_CARD: &str = "11010519491231002X";
