//! Failures of practice, made to happen: each kind of error, by its usual cause.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use quhao::blocking::Client;
use quhao::{Ask, Operation};
use quhao_sandbox::{Failure, Sandbox};

use super::plan::{CARRIERS, PERSON};
use super::step::{Broken, Expected, Row, Step, Subject, client};

/// A situation on a sandbox of its own, and how the call in it must end.
pub(super) struct Refusal {
    situation: &'static str,
    step: Step,
    prepare: fn(&Step, &Sandbox) -> Ready,
}

impl Refusal {
    /// Brings the situation about and makes the call.
    pub(super) fn run(&self) -> Row {
        match Sandbox::start() {
            Ok(sandbox) => self.step.run_when((self.prepare)(&self.step, &sandbox), "http", Some(self.situation)),
            Err(error) => self.step.run_when(Err(error.into()), "http", Some(self.situation)),
        }
    }
}

/// All of them.
pub(super) fn all() -> Vec<Refusal> {
    let refusal = |situation, step, prepare| Refusal { situation, step, prepare };
    vec![
        refusal("the token was used before", fetch("shanyan", "token"), used_before),
        refusal("the token was used before", fetch("cmcc", "token"), used_before),
        refusal("the token is three minutes old", fetch("shanyan", "token"), three_minutes_old),
        refusal("the token is three minutes old", fetch("cmcc", "token"), three_minutes_old),
        refusal("a token for logins checks a number", verify("cmcc", "token"), of_the_other_operation),
        refusal("an iOS token meets the Android app", fetch("shanyan-v2", "credentials"), of_the_ios_app),
        refusal("an iOS token meets both apps of a client", repaired("shanyan-v2"), of_either_app),
        refusal("+ and = were damaged on the way", repaired("shanyan"), damaged),
        refusal("the token was percent-encoded", repaired("cmcc"), percent_encoded),
        refusal("a field was left out", fetch("shanyan", "input"), cut),
        refusal("app_key is another app's", fetch("shanyan", "decrypt"), other_app_key),
        refusal("app_secret is another app's", fetch("cmcc", "credentials"), other_app_secret),
        refusal("the key is another account's", identity("yuxin", "credentials"), other_key),
        refusal("the balance is used up", fetch("shanyan", "quota"), no_balance),
        refusal("the server's address is not on the list", fetch("cmcc", "forbidden"), other_address),
        refusal("the carrier is down", fetch("shanyan", "unavailable"), |step, sandbox| {
            failing(step, sandbox, "504000")
        }),
        refusal("a code that no document has", fetch("cmcc", "protocol"), |step, sandbox| {
            failing(step, sandbox, "999999")
        }),
        refusal("the connection breaks after the request", fetch("cmcc", "transport"), |step, sandbox| {
            failing(step, sandbox, "fault:reset")
        }),
    ]
}

fn fetch(app: &'static str, kind: &'static str) -> Step {
    step(app, Operation::FetchNumber, Expected::Failure(kind))
}

fn verify(app: &'static str, kind: &'static str) -> Step {
    step(app, Operation::VerifyNumber, Expected::Failure(kind))
}

fn identity(app: &'static str, kind: &'static str) -> Step {
    let step = step(app, Operation::VerifyIdentity, Expected::Failure(kind));
    Step { subject: Subject::Person(PERSON), ..step }
}

/// Damage that looks like a refusal and is none, because the client repairs it.
fn repaired(app: &'static str) -> Step {
    step(app, Operation::FetchNumber, Expected::Number(CARRIERS[0].number))
}

fn step(app: &'static str, operation: Operation, expected: Expected) -> Step {
    let sim = CARRIERS[0];
    Step { app, operation, cipher: "", subject: Subject::Phone { sim, asked: sim.number }, expected }
}

type Ready = Result<(Client, Ask), Broken>;

fn used_before(step: &Step, sandbox: &Sandbox) -> Ready {
    let (client, ask) = (client(sandbox, step.app, &[])?, step.ask(step.params(sandbox)?));
    client.call::<quhao::Outcome>(ask.clone())?;
    Ok((client, ask))
}

fn three_minutes_old(step: &Step, sandbox: &Sandbox) -> Ready {
    let params = step.params(sandbox)?;
    sandbox.advance(Duration::from_secs(181));
    Ok((client(sandbox, step.app, &[])?, step.ask(params)))
}

fn of_the_other_operation(step: &Step, sandbox: &Sandbox) -> Ready {
    let other = Step { operation: Operation::FetchNumber, ..*step };
    Ok((client(sandbox, step.app, &[])?, step.ask(other.params(sandbox)?)))
}

fn of_the_ios_app(step: &Step, sandbox: &Sandbox) -> Ready {
    let ios = Step { app: "shanyan-v2-ios", ..*step };
    Ok((client(sandbox, step.app, &[])?, step.ask(ios.params(sandbox)?)))
}

fn of_either_app(step: &Step, sandbox: &Sandbox) -> Ready {
    let ios = Step { app: "shanyan-v2-ios", ..*step };
    let apps = [sandbox.options(step.app)?, sandbox.options(ios.app)?];
    let none: [(String, String); 0] = [];
    Ok((Client::with_apps(step.provider(), none, apps)?, step.ask(ios.params(sandbox)?)))
}

/// As relays do that splice the fields into a URL and cut JSON with a regular expression.
fn damaged(step: &Step, sandbox: &Sandbox) -> Ready {
    let mut params = step.params(sandbox)?;
    for value in params.iter_mut().filter(|(name, _)| ["accessToken", "sign"].contains(&name.as_str())).map(|(_, v)| v)
    {
        *value = value.replace('+', " ").replace('=', r"\u003d");
    }
    Ok((client(sandbox, step.app, &[])?, step.ask(params)))
}

fn percent_encoded(step: &Step, sandbox: &Sandbox) -> Ready {
    let mut params = step.params(sandbox)?;
    if let Some(value) = params.get_mut("token") {
        // Whatever its letters are, the first is sent as an escape.
        let escaped = value.bytes().next().map(|first| format!("%{first:02X}")).unwrap_or_default();
        value.replace_range(..1.min(value.len()), &escaped);
    }
    Ok((client(sandbox, step.app, &[])?, step.ask(params)))
}

fn cut(step: &Step, sandbox: &Sandbox) -> Ready {
    let mut params = step.params(sandbox)?;
    params.remove("randoms");
    Ok((client(sandbox, step.app, &[])?, step.ask(params)))
}

fn other_app_key(step: &Step, sandbox: &Sandbox) -> Ready {
    Ok((client(sandbox, step.app, &[("app_key", "notmykey")])?, step.ask(step.params(sandbox)?)))
}

fn other_app_secret(step: &Step, sandbox: &Sandbox) -> Ready {
    Ok((client(sandbox, step.app, &[("app_secret", "notmysecret")])?, step.ask(step.params(sandbox)?)))
}

fn other_key(step: &Step, sandbox: &Sandbox) -> Ready {
    let mut options = sandbox.options(step.app)?;
    // Another key of the same length in the same letters.
    let key = options.remove("key").unwrap_or_default().chars().rev().collect::<String>();
    Ok((client(sandbox, step.app, &[("key", &key)])?, step.ask(step.params(sandbox)?)))
}

fn no_balance(step: &Step, sandbox: &Sandbox) -> Ready {
    sandbox.set_balance(step.app, 0)?;
    Ok((client(sandbox, step.app, &[])?, step.ask(step.params(sandbox)?)))
}

/// 203.0.113.0/24 is for documentation (RFC 5737): no call comes from there.
fn other_address(step: &Step, sandbox: &Sandbox) -> Ready {
    sandbox.allow_ips(step.app, &[IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9))])?;
    Ok((client(sandbox, step.app, &[("strict_check", "1")])?, step.ask(step.params(sandbox)?)))
}

fn failing(step: &Step, sandbox: &Sandbox, failure: &str) -> Ready {
    sandbox.fail_next(failure.parse::<Failure>()?);
    Ok((client(sandbox, step.app, &[])?, step.ask(step.params(sandbox)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_but_config_is_met() {
        let expected: Vec<Expected> = all().iter().map(|refusal| refusal.step.expected).collect();
        for kind in
            ["credentials", "decrypt", "forbidden", "input", "protocol", "quota", "token", "transport", "unavailable"]
        {
            assert!(expected.contains(&Expected::Failure(kind)), "{kind}");
        }
    }
}
