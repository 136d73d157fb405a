//! One call under one fault.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use quhao_sandbox::{Failure, Sandbox};

use crate::subject::{NUMBER, Style, Subject, is_yes};
use crate::{Cell, Told};

pub(crate) fn play(cell: &Cell, subject: Subject, style: Style) -> Result<(), String> {
    let sandbox = Sandbox::start().unwrap();
    let client = subject.client(&sandbox, &cell.options());
    if let Some(first) = &cell.input.first {
        tell(&sandbox, &first.fail_next);
        let answer = style.call(&client, subject.ask(&sandbox, NUMBER));
        answer.map_err(|error| format!("the first call failed: {error:?}"))?;
        sleep(Duration::from_millis(first.pause_ms));
    }
    let ask = subject.ask(&sandbox, NUMBER);
    tell(&sandbox, &cell.input.fail_next);
    let (answer, took, late) = timed(|| style.call(&client, ask));

    match (&answer, &cell.expect.error) {
        (Ok(outcome), None) if cell.expect.ok && is_yes(outcome, NUMBER) => {}
        (Err(error), Some(expected)) if Told::of(error) == *expected => {}
        (answer, expected) => return Err(format!("expected {expected:?}, got {answer:?} after {took} ms")),
    }
    let (least, most) = cell.expect.ends_ms;
    // A deadline passes on one thread, reaches another, and wakes a third.
    if !(least..=most + 3 * late).contains(&took) {
        return Err(format!("expected an end within {least}..={most} ms, got {took}; the machine was {late} ms late"));
    }
    let ledger = sandbox.ledger();
    if Some(ledger.len()) != cell.expect.ledger || ledger.iter().any(|entry| entry.token_seen_before) {
        return Err(format!("expected {:?} entries, no token twice, got {ledger:?}", cell.expect.ledger));
    }
    Ok(())
}

/// Makes a call; returns how many milliseconds it took, and how late the busy machine woke a plain sleeper meanwhile.
fn timed<T>(call: impl FnOnce() -> T) -> (T, u64, u64) {
    let ms = |time: Duration| u64::try_from(time.as_millis()).unwrap();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let sleeper = scope.spawn(|| {
            let mut latest = Duration::ZERO;
            while !done.load(Ordering::Relaxed) {
                let begun = Instant::now();
                sleep(TICK);
                latest = latest.max(begun.elapsed().saturating_sub(TICK));
            }
            ms(latest)
        });
        let begun = Instant::now();
        let answer = call();
        let took = ms(begun.elapsed());
        done.store(true, Ordering::Relaxed);
        (answer, took, sleeper.join().unwrap())
    })
}

const TICK: Duration = Duration::from_millis(10);

pub(crate) fn tell(sandbox: &Sandbox, failures: &[String]) {
    for failure in failures {
        sandbox.fail_next(failure.parse::<Failure>().unwrap());
    }
}

impl Cell {
    /// The case's options, which override an app's own.
    pub(crate) fn options(&self) -> BTreeMap<String, String> {
        let endpoint = |name: &String| self.elsewhere.endpoint(name.parse().unwrap()).unwrap();
        let mut options = self.input.endpoint.as_ref().map(endpoint).unwrap_or_default();
        if let Some(name) = &self.input.proxy {
            options.insert("proxy".to_owned(), endpoint(name)["base_url"].clone());
        }
        options.extend(self.input.options.clone());
        options
    }
}
