//! A gateway that sends informational responses without end does not decide how long a call lasts.
//!
//! hyper reads them in one poll of the connection until tokio's budget for a task is spent: a moment under TLS, a few
//! tenths of a second in the clear, which only the loopback allows. So in the clear the deadline is the default one.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod phone;

use std::sync::mpsc;
use std::time::{Duration, Instant};

use quhao::{Error, ErrorKind, FetchedNumber, Phase, blocking};
use quhao_sandbox::{Endpoint, Sandbox};
use tokio::runtime::Runtime;

use phone::{client, token};

#[test]
fn a_flood_under_tls_ends_at_the_deadline() {
    check(Endpoint::TlsFlood, 1500);
}

#[test]
fn a_flood_in_the_clear_ends_at_the_deadline() {
    check(Endpoint::Flood, 5000);
}

/// Calls from a waiting thread, from a tokio runtime and on the I/O thread, one after the other.
fn check(endpoint: Endpoint, timeout_ms: u32) {
    let (sandbox, timeout) = (Sandbox::start().unwrap(), timeout_ms.to_string());
    let flood = sandbox.endpoint(endpoint).unwrap();
    let mut options = vec![("timeout_ms", timeout.as_str())];
    options.extend(flood.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let client = client(&sandbox, &options);
    within_ten_percent(timeout_ms, || blocking::Client::from(client.clone()).fetch_number(token(&sandbox)));
    let runtime = Runtime::new().unwrap();
    within_ten_percent(timeout_ms, || runtime.block_on(client.fetch_number(token(&sandbox))));
    within_ten_percent(timeout_ms, || {
        let (client, params, (sender, answer)) = (client.clone(), token(&sandbox), mpsc::channel());
        let call = async move { drop(sender.send(client.fetch_number(params).await)) };
        let _task = quhao::binding::spawn(call).unwrap();
        answer.recv_timeout(Duration::from_secs(20)).unwrap()
    });
}

/// Calls up to three times: on a busy machine the test itself may be late.
fn within_ten_percent(timeout_ms: u32, call: impl Fn() -> Result<FetchedNumber, Error>) {
    let timeout_ms = u128::from(timeout_ms);
    let took = |_| {
        let begun = Instant::now();
        let error = call().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport { phase: Phase::Receive, timeout: true }, "{error:?}");
        begun.elapsed().as_millis()
    };
    let in_time = timeout_ms..=timeout_ms * 11 / 10;
    assert!(
        (0..3).map(took).any(|took| in_time.contains(&took)),
        "expected {timeout_ms} ms + 10 % in one of three calls"
    );
}
