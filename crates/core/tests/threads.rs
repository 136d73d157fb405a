//! Where the operating system refuses threads, a call ends in an error like any other, and the token is still good.
//!
//! It is one test: the limit is the process's.
#![cfg(target_os = "linux")]
#![expect(clippy::panic, clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::fs;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use quhao::{Charge, Client, Error, ErrorKind, Operation, Phase, Retry, blocking};
use quhao_sandbox::{Carrier, Sandbox};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

#[test]
fn a_call_without_a_thread_is_an_error_and_spends_nothing() {
    let sandbox = Sandbox::start().unwrap();
    let mut options = sandbox.options("shanyan").unwrap();
    // A name is resolved on a thread; an address needs none.
    let url = options["base_url"].replace("127.0.0.1", "localhost");
    options.insert("base_url".into(), url);
    let client = Client::new("shanyan", options).unwrap();
    let waiting = blocking::Client::from(client.clone());
    let phone = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap();
    let params = phone.params("shanyan", Operation::FetchNumber).unwrap();

    let ended = without_threads(|| {
        let on_this_thread = waiting.fetch_number(params.clone()).unwrap_err();
        let on_the_io_thread = polled(client.fetch_number(params.clone())).unwrap_err();
        let spawned = quhao::spawn(async {}).map(drop).unwrap_err();
        [on_this_thread, on_the_io_thread, spawned]
    });
    let [on_this_thread, on_the_io_thread, spawned] = &ended;
    let kind = ErrorKind::Transport { phase: Phase::Connect, timeout: false };
    assert_eq!(on_this_thread.kind(), kind, "{on_this_thread:?}");
    assert_eq!(on_this_thread.retry(), Retry::SameToken);
    for error in [on_the_io_thread, spawned] {
        assert_eq!(error.kind(), ErrorKind::Config, "{error:?}");
        assert_eq!(error.message(), "the I/O thread could not be started");
    }
    assert!(ended.iter().all(|error| error.charge() == Charge::No), "{ended:?}");
    assert!(sandbox.ledger().is_empty());

    assert_eq!(waiting.fetch_number(params.clone()).unwrap().number.expose(), NUMBER);
    let params = phone.params("shanyan", Operation::FetchNumber).unwrap();
    assert_eq!(polled(client.fetch_number(params)).unwrap().number.expose(), NUMBER);
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
