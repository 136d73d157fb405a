//! Many logins at once, whose callers do what the errors tell them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use quhao::{Client, Retry};
use quhao_sandbox::Sandbox;

use crate::single::tell;
use crate::subject::{Style, Subject, is_yes};
use crate::{Cell, Load, Told};

pub(crate) fn play(cell: &Cell, load: &Load, subject: Subject, style: Style) -> Result<(), String> {
    let sandbox = Sandbox::start().unwrap();
    let crowd = Crowd { cell, load, subject, style, client: subject.client(&sandbox, &cell.options()), sandbox };
    let next = AtomicUsize::new(0);
    let begun = Instant::now();
    thread::scope(|scope| {
        let log_in = || -> Result<(), String> {
            loop {
                let user = next.fetch_add(1, Ordering::Relaxed);
                if user >= load.logins {
                    return Ok(());
                }
                if user == load.after {
                    tell(&crowd.sandbox, &load.fail_next);
                }
                crowd.log_in(user, begun)?;
            }
        };
        let workers: Vec<_> = (0..load.concurrency).map(|_| scope.spawn(log_in)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().unwrap())
    })?;
    let took = u64::try_from(begun.elapsed().as_millis()).unwrap();
    let (least, most) = cell.expect.ends_ms;
    if !(least..=most).contains(&took) {
        return Err(format!("expected an end within {least}..={most} ms, got {took}"));
    }
    let ledger = crowd.sandbox.ledger();
    let accepted = ledger.iter().filter(|entry| entry.accepted).count();
    if accepted < load.logins || accepted != ledger.len() || ledger.iter().any(|entry| entry.token_seen_before) {
        return Err(format!("expected {} accepted or more, none refused, no token twice: {ledger:?}", load.logins));
    }
    Ok(())
}

struct Crowd<'a> {
    cell: &'a Cell,
    load: &'a Load,
    subject: Subject,
    style: Style,
    client: Client,
    sandbox: Sandbox,
}

impl Crowd<'_> {
    /// Calls until it succeeds, with the same params or new ones as the error says.
    fn log_in(&self, user: usize, begun: Instant) -> Result<(), String> {
        let number = format!("139{user:08}");
        let mut ask = self.subject.ask(&self.sandbox, &number);
        while begun.elapsed().as_millis() <= u128::from(self.cell.expect.ends_ms.1) {
            let error = match self.style.call(&self.client, ask.clone()) {
                Ok(outcome) if is_yes(&outcome, &number) => return Ok(()),
                Ok(outcome) => return Err(format!("user {user} got somebody else's answer: {outcome:?}")),
                Err(error) => error,
            };
            if !self.cell.expect.errors.contains(&Told::of(&error)) {
                return Err(format!("user {user}: {error:?}"));
            }
            match error.retry() {
                Retry::SameToken => sleep(Duration::from_millis(self.load.pause_ms)),
                Retry::NewToken => ask = self.subject.ask(&self.sandbox, &number),
                Retry::Never => return Err(format!("user {user}: {error:?}")),
            }
        }
        Err(format!("user {user} was never let in"))
    }
}
