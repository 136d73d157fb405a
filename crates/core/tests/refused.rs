//! Where the operating system refuses threads or descriptors, a call ends in an error like any other, and the token is
//! still good.
//!
//! It is one test: limits are the process's, and so is the I/O thread.
#![cfg(target_os = "linux")]
#![expect(clippy::panic, clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::collections::BTreeMap;
use std::fs;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use quhao::{Charge, Client, Error, ErrorKind, Operation, Phase, Retry, blocking};
use quhao_sandbox::{Carrier, Fault, Sandbox};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

#[test]
fn a_call_that_is_refused_what_it_needs_is_an_error_and_spends_nothing() {
    let sandbox = Sandbox::start().unwrap();
    let (client, waiting) = clients(&sandbox, "127.0.0.1");
    // A name is resolved on a thread; an address needs none.
    let (client_by_name, waiting_by_name) = clients(&sandbox, "localhost");
    let params = token(&sandbox);

    let [waited, driven, spawned] = without_threads(|| {
        let waited = waiting_by_name.fetch_number(params.clone()).unwrap_err();
        let driven = polled(client_by_name.fetch_number(params.clone())).unwrap_err();
        [waited, driven, quhao::binding::spawn(async {}).map(drop).unwrap_err()]
    });
    assert_unconnected(&waited);
    assert_unstarted(&driven);
    assert_unstarted(&spawned);
    let [waited, driven] = without_descriptors(|| {
        [waiting.fetch_number(params.clone()).unwrap_err(), polled(client.fetch_number(params.clone())).unwrap_err()]
    });
    assert_unconnected(&waited);
    assert_unstarted(&driven);
    assert!(sandbox.ledger().is_empty());

    // Afterwards the I/O thread is there, and connections are not, because they were cut off in a reply.
    assert_eq!(waiting_by_name.fetch_number(params).unwrap().number.expose(), NUMBER);
    sandbox.fail_next(Fault::TruncatedBody);
    drop(waiting_by_name.fetch_number(token(&sandbox)));
    sandbox.fail_next(Fault::TruncatedBody);
    drop(polled(client_by_name.fetch_number(token(&sandbox))));
    let (spent, params) = (sandbox.ledger().len(), token(&sandbox));
    let refused = without_descriptors(|| {
        [waiting.fetch_number(params.clone()).unwrap_err(), polled(client.fetch_number(params.clone())).unwrap_err()]
    });
    refused.iter().for_each(assert_unconnected);
    assert_eq!(sandbox.ledger().len(), spent);
    assert_eq!(polled(client.fetch_number(params)).unwrap().number.expose(), NUMBER);
    assert_eq!(waiting.fetch_number(token(&sandbox)).unwrap().number.expose(), NUMBER);
}

fn assert_unconnected(error: &Error) {
    assert_eq!(error.kind(), ErrorKind::Transport { phase: Phase::Connect, timeout: false }, "{error:?}");
    assert_eq!((error.retry(), error.charge()), (Retry::SameToken, Charge::No));
}

fn assert_unstarted(error: &Error) {
    assert_eq!(error.message(), "the I/O thread could not be started");
    assert_unconnected(error);
}

fn clients(sandbox: &Sandbox, host: &str) -> (Client, blocking::Client) {
    let mut options = sandbox.options("shanyan").unwrap();
    let url = options["base_url"].replace("127.0.0.1", host);
    options.insert("base_url".into(), url);
    let client = Client::new("shanyan", options).unwrap();
    (client.clone(), client.into())
}

fn token(sandbox: &Sandbox) -> BTreeMap<String, String> {
    sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap().params("shanyan", Operation::FetchNumber).unwrap()
}

/// Runs it while there is no room for another thread's stack.
fn without_threads<T>(run: impl FnOnce() -> T) -> T {
    let before = getrlimit(Resource::As);
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let mapped = status.lines().find_map(|line| line.strip_prefix("VmSize:")?.trim().strip_suffix(" kB")).unwrap();
    let most = (mapped.parse::<u64>().unwrap() + 1024) * 1024;
    setrlimit(Resource::As, Rlimit { current: Some(most), ..before }).unwrap();
    assert!(thread::Builder::new().spawn(|| {}).is_err());
    let ended = run();
    setrlimit(Resource::As, before).unwrap();
    ended
}

/// Runs it while the process may open nothing more.
fn without_descriptors<T>(run: impl FnOnce() -> T) -> T {
    let before = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: Some(3), ..before }).unwrap();
    let ended = run();
    setrlimit(Resource::Nofile, before).unwrap();
    ended
}

/// Polls under no runtime, for ten seconds at most.
fn polled<T>(call: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let mut call = pin!(call);
    for _ in 0..1000 {
        if let Poll::Ready(ended) = call.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return ended;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("it does not end")
}

const NUMBER: &str = "13800138000";
