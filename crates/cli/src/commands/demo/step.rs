//! One step: a call through the library, over the socket, and whether it ended as it should.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use quhao::blocking::Client;
use quhao::{Ask, Charge, Error, Operation, Outcome, Params, Retry, Verdict};
use quhao_sandbox::{Carrier, Sandbox};
use serde_json::{Value, json};

/// A call, and what must come of it.
pub(super) struct Step {
    pub(super) app: &'static str,
    pub(super) operation: Operation,
    /// How the number travels.
    pub(super) cipher: &'static str,
    pub(super) subject: Subject,
    pub(super) expected: Expected,
}

/// The person or phone that the call is about.
#[derive(Clone, Copy)]
pub(super) enum Subject {
    Person(Person),
    /// A phone, and the number that is asked about where one is.
    Phone {
        sim: Sim,
        asked: &'static str,
    },
}

/// A made-up number and the carrier it belongs to.
#[derive(Clone, Copy)]
pub(super) struct Sim {
    pub(super) number: &'static str,
    pub(super) carrier: Carrier,
}

/// A made-up person.
#[derive(Clone, Copy)]
pub(super) struct Person {
    pub(super) number: &'static str,
    pub(super) name: &'static str,
    pub(super) id_card: &'static str,
}

/// How a step ends if all is well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    /// With the kind of error.
    Failure(&'static str),
    /// With this number.
    Number(&'static str),
    /// With this verdict.
    Verdict(Verdict),
}

/// Outcome of a step.
pub(super) struct Row {
    /// The situation that was tried; none for a plain call.
    pub(super) situation: Option<&'static str>,
    pub(super) provider: &'static str,
    pub(super) app: &'static str,
    pub(super) operation: Operation,
    pub(super) carrier: Option<&'static str>,
    pub(super) cipher: &'static str,
    pub(super) scheme: &'static str,
    /// The number masked, the verdict, or the kind of error.
    pub(super) verdict: String,
    pub(super) charge: Charge,
    pub(super) code: Option<String>,
    pub(super) retry: Option<Retry>,
    pub(super) time: Duration,
    pub(super) is_expected: bool,
    /// The failure, where there was one.
    pub(super) message: Option<String>,
}

impl Step {
    /// The provider's id.
    pub(super) fn provider(&self) -> &'static str {
        provider_of(self.app)
    }

    /// Makes the call with a fresh token.
    pub(super) fn run(&self, sandbox: &Sandbox, scheme: &'static str) -> Row {
        let ready = || Ok((client(sandbox, self.app, &[])?, self.ask(self.params(sandbox)?)));
        self.run_when(ready(), scheme, None)
    }

    /// Makes the call as it was made ready.
    pub(super) fn run_when(
        &self,
        ready: Result<(Client, Ask), Broken>,
        scheme: &'static str,
        situation: Option<&'static str>,
    ) -> Row {
        let started = Instant::now();
        let ended = ready.and_then(|(client, ask)| Ok(client.call::<Outcome>(ask)?));
        self.row(ended, started.elapsed(), scheme, situation)
    }

    /// The phone SDK's result; none where the operation takes nothing from it.
    pub(super) fn params(&self, sandbox: &Sandbox) -> Result<BTreeMap<String, String>, Broken> {
        let Subject::Phone { sim, asked } = self.subject else { return Ok(BTreeMap::new()) };
        let phone = sandbox.phone(sim.number, sim.carrier)?.typing(asked);
        Ok(phone.params(self.app, self.operation)?)
    }

    /// The question, about these params.
    pub(super) fn ask(&self, params: BTreeMap<String, String>) -> Ask {
        let params = Params::from(params);
        match self.subject {
            Subject::Person(Person { number, name, id_card }) => {
                Ask::VerifyIdentity { number: number.into(), name: name.into(), id_card: id_card.into() }
            }
            Subject::Phone { asked, .. } if self.operation == Operation::VerifyNumber => {
                Ask::VerifyNumber { params, number: Some(asked.into()) }
            }
            Subject::Phone { .. } => Ask::FetchNumber { params },
        }
    }

    /// Judges how the call ended.
    fn row(
        &self,
        ended: Result<Outcome, Broken>,
        time: Duration,
        scheme: &'static str,
        situation: Option<&'static str>,
    ) -> Row {
        let carrier = match self.subject {
            Subject::Phone { sim, .. } => Some(sim.carrier.as_str()),
            Subject::Person(_) => None,
        };
        let is_expected = self.expected.is_met_by(&ended);
        let (verdict, charge, code, retry, message) = match ended {
            Ok(Outcome::Fetched(fetched)) => {
                (fetched.number.to_string(), fetched.charge, Some(fetched.code.clone()), None, None)
            }
            Ok(Outcome::Verified(verification)) => {
                let code = Some(verification.code.clone());
                (verification.verdict.as_str().to_owned(), verification.charge, code, None, None)
            }
            Err(Broken::Call(error)) => {
                let code = error.vendor_code().map(str::to_owned);
                let kind = error.kind().as_str().to_owned();
                (kind, error.charge(), code, Some(error.retry()), Some(error.to_string()))
            }
            Err(Broken::Sandbox(error)) => ("sandbox".to_owned(), Charge::No, None, None, Some(error.to_string())),
        };
        Row {
            situation,
            provider: self.provider(),
            app: self.app,
            operation: self.operation,
            carrier,
            cipher: self.cipher,
            scheme,
            verdict,
            charge,
            code,
            retry,
            time,
            is_expected,
            message,
        }
    }
}

/// A client for one of the sandbox's apps, with some options replaced.
pub(super) fn client(sandbox: &Sandbox, app: &str, replaced: &[(&str, &str)]) -> Result<Client, Broken> {
    let mut options = sandbox.options(app)?;
    options.extend(replaced.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    Ok(Client::new(provider_of(app), options)?)
}

/// An app is called by its provider's id, with a dash before anything more.
fn provider_of(app: &str) -> &str {
    app.split_once('-').map_or(app, |(provider, _)| provider)
}

impl Expected {
    fn is_met_by(self, ended: &Result<Outcome, Broken>) -> bool {
        match (self, ended) {
            (Self::Number(number), Ok(Outcome::Fetched(fetched))) => fetched.number.expose() == number,
            (Self::Verdict(verdict), Ok(Outcome::Verified(verification))) => verification.verdict == verdict,
            (Self::Failure(kind), Err(Broken::Call(error))) => error.kind().as_str() == kind,
            _ => false,
        }
    }
}

impl Row {
    /// The row as a line of progress.
    pub(super) fn in_a_line(&self) -> String {
        let mark = if self.is_expected { "" } else { " NOT AS EXPECTED" };
        let what = self.situation.unwrap_or(self.cipher);
        let carrier = self.carrier.unwrap_or("-");
        format!("{} {} {carrier} {what}: {}{mark}", self.provider, self.operation, self.verdict)
    }

    /// The row for a program.
    pub(super) fn to_json(&self) -> Value {
        json!({
            "situation": self.situation,
            "gateway": self.provider,
            "app": self.app,
            "operation": self.operation.as_str(),
            "carrier": self.carrier,
            "cipher": self.cipher,
            "scheme": self.scheme,
            "verdict": self.verdict,
            "charge": self.charge.as_str(),
            "vendor_code": self.code,
            "retry": self.retry.map(Retry::as_str),
            "time_ms": u64::try_from(self.time.as_millis()).unwrap_or(u64::MAX),
            "ok": self.is_expected,
            "message": self.message,
        })
    }
}

/// Why a step has no outcome.
#[derive(Debug)]
pub(super) enum Broken {
    Call(Error),
    Sandbox(quhao_sandbox::Error),
}

impl From<Error> for Broken {
    fn from(error: Error) -> Self {
        Self::Call(error)
    }
}

impl From<quhao_sandbox::Error> for Broken {
    fn from(error: quhao_sandbox::Error) -> Self {
        Self::Sandbox(error)
    }
}
