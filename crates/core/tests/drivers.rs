//! Every driver of a call: a waiting thread's own runtime, the caller's tokio, the I/O thread.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::collections::BTreeMap;
use std::io::Read;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use quhao::{Ask, Charge, Client, ErrorKind, FetchedNumber, Operation, Phase, Retry, blocking};
use quhao_sandbox::{Carrier, Failure, Fault, Sandbox};
use tokio::runtime::{Builder, Runtime};

#[test]
fn a_connection_that_the_gateway_closed_between_two_calls_is_not_handed_the_token() {
    let sandbox = Sandbox::start().unwrap();
    let client = blocking(&sandbox, &[]);
    for _ in 0..10 {
        sandbox.fail_next(Failure::Fault(Fault::CloseWhenIdle));
        assert_eq!(fetched(&client, &sandbox), NUMBER);
        // The connection is not polled in this time.
        sleep(LONGER_THAN_IDLE);
        assert_eq!(fetched(&client, &sandbox), NUMBER);
    }
    assert_eq!(sandbox.ledger().len(), 20);
}

#[test]
fn neither_does_a_callers_runtime_that_ran_only_during_the_calls() {
    let sandbox = Sandbox::start().unwrap();
    let client = Client::clone(&blocking(&sandbox, &[]));
    for runtime in [Builder::new_current_thread().enable_all().build().unwrap(), Runtime::new().unwrap()] {
        for _ in 0..5 {
            sandbox.fail_next(Failure::Fault(Fault::CloseWhenIdle));
            assert_eq!(fetched_on(&runtime, &client, &sandbox), NUMBER);
            sleep(LONGER_THAN_IDLE);
            assert_eq!(fetched_on(&runtime, &client, &sandbox), NUMBER);
        }
    }
}

#[test]
fn a_blocking_call_starts_no_thread() {
    let sandbox = Sandbox::start().unwrap();
    let client = blocking(&sandbox, &[]);
    for _ in 0..5 {
        assert_eq!(fetched(&client, &sandbox), NUMBER);
    }
    assert!(threads().iter().all(|name| !name.starts_with("quhao-io")), "{:?}", threads());
}

#[test]
fn the_thread_hook_runs_on_every_thread() {
    static STARTED: AtomicUsize = AtomicUsize::new(0);
    quhao::binding::on_thread_start(|| {
        STARTED.fetch_add(1, Ordering::Relaxed);
    });
    let sandbox = Sandbox::start().unwrap();
    let named = sandbox.url().replace("127.0.0.1", "localhost");
    assert_eq!(fetched(&blocking(&sandbox, &[("base_url", &named)]), &sandbox), NUMBER);
    assert_eq!(STARTED.load(Ordering::Relaxed), 1, "a name is resolved on a thread of its own");
    Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(async { quhao::binding::spawn(async {}).unwrap().await.unwrap() });
    assert!(STARTED.load(Ordering::Relaxed) > 1, "{STARTED:?}");
}

#[test]
fn successive_calls_of_any_thread_share_one_connection() {
    let sandbox = Sandbox::start().unwrap();
    let (relay, connections) = relay(&sandbox);
    let clients = [blocking(&sandbox, &relay), blocking(&sandbox, &[&relay[..], &[("timeout_ms", "4000")]].concat())];
    for client in &clients {
        thread::scope(|scope| {
            scope.spawn(|| assert_eq!(fetched(client, &sandbox), NUMBER)).join().unwrap();
            scope.spawn(|| assert_eq!(fetched(client, &sandbox), NUMBER)).join().unwrap();
        });
    }
    assert_eq!(connections.load(Ordering::Relaxed), 1);
}

#[test]
fn more_threads_than_local_runtimes_are_all_answered() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.fail_next(Failure::Fault(Fault::StallBeforeHeaders(300)));
    let client = blocking(&sandbox, &[]);
    let start = Barrier::new(THREADS);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                start.wait();
                assert_eq!(fetched(&client, &sandbox), NUMBER);
            });
        }
    });
    assert_eq!(sandbox.ledger().len(), THREADS);
}

#[test]
fn a_wait_that_panics_releases_its_local_runtime() {
    let mute = TcpListener::bind("127.0.0.1:0").unwrap();
    let sandbox = Sandbox::start().unwrap();
    let url = format!("http://{}", mute.local_addr().unwrap());
    let (waiting, client) = (blocking(&sandbox, &[("base_url", &url)]), blocking(&sandbox, &[]));
    let should_continue = || -> Result<(), ()> { resume_unwind(Box::new("planted")) };
    for _ in 0..THREADS {
        let ask = Ask::fetch_number(token(&sandbox));
        let wait = || waiting.call_unless::<FetchedNumber, _>(ask, Duration::from_millis(1), should_continue);
        assert!(catch_unwind(AssertUnwindSafe(wait)).is_err());
    }
    assert_eq!(fetched(&client, &sandbox), NUMBER);
    assert!(
        threads().iter().all(|name| !name.starts_with("quhao-io")),
        "all local runtimes are in use: {:?}",
        threads()
    );
}

#[test]
fn a_blocking_call_inside_a_runtime_does_not_wait_for_that_runtime() {
    let sandbox = Sandbox::start().unwrap();
    let client = blocking(&sandbox, &[]);
    for runtime in [Builder::new_current_thread().enable_all().build().unwrap(), Runtime::new().unwrap()] {
        let number = runtime.block_on(async { fetched(&client, &sandbox) });
        assert_eq!(number, NUMBER);
    }
}

#[test]
fn a_runtime_without_io_leaves_the_call_to_the_io_thread() {
    let sandbox = Sandbox::start().unwrap();
    let client = Client::clone(&blocking(&sandbox, &[]));
    let without = [Builder::new_current_thread().build(), Builder::new_current_thread().enable_time().build()];
    for runtime in without {
        assert_eq!(fetched_on(&runtime.unwrap(), &client, &sandbox), NUMBER);
    }
}

#[test]
fn a_runtime_that_ended_leaves_nothing_behind_for_the_next() {
    let sandbox = Sandbox::start().unwrap();
    let (relay, connections) = relay(&sandbox);
    let client = Client::clone(&blocking(&sandbox, &relay));
    for _ in 0..10 {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        assert_eq!(fetched_on(&runtime, &client, &sandbox), NUMBER);
    }
    assert_eq!(connections.load(Ordering::Relaxed), 10, "each runtime has its own");
}

#[test]
fn an_interrupted_call_leaves_its_request_to_the_calls_that_joined() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.fail_next(Failure::Fault(Fault::StallBeforeHeaders(500)));
    let (client, params) = (blocking(&sandbox, &[]), token(&sandbox));
    let ask = Ask::fetch_number(params);
    thread::scope(|scope| {
        let first = scope.spawn(|| {
            let begun = Instant::now();
            let stop = || if begun.elapsed() > Duration::from_millis(200) { Err("stop") } else { Ok(()) };
            client.call_unless::<FetchedNumber, _>(ask.clone(), Duration::from_millis(20), stop).map(drop)
        });
        sleep(Duration::from_millis(100));
        let second = scope.spawn(|| client.call::<FetchedNumber>(ask.clone()));
        let third = Runtime::new().unwrap().block_on(Client::clone(&client).call::<FetchedNumber>(ask.clone()));
        assert_eq!(first.join().unwrap(), Err("stop"));
        assert_eq!(second.join().unwrap().unwrap().number.expose(), NUMBER);
        assert_eq!(third.unwrap().number.expose(), NUMBER);
    });
    assert_eq!(sandbox.ledger().len(), 1);
}

#[test]
fn an_interrupted_call_closes_its_connection() {
    let gateway = TcpListener::bind("127.0.0.1:0").unwrap();
    let sandbox = Sandbox::start().unwrap();
    let client = blocking(&sandbox, &[("base_url", &format!("http://{}", gateway.local_addr().unwrap()))]);
    let ask = Ask::fetch_number(token(&sandbox));
    let stopped = client.call_unless::<FetchedNumber, _>(ask, Duration::from_millis(100), || Err(()));
    assert!(stopped.is_err());
    let (mut connection, _) = gateway.accept().unwrap();
    connection.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    // The end of the stream comes only if the client has closed the connection.
    assert!(connection.read_to_end(&mut Vec::new()).unwrap() > 0);
}

#[test]
fn a_call_past_its_deadline_closes_its_connection() {
    let gateway = TcpListener::bind("127.0.0.1:0").unwrap();
    let sandbox = Sandbox::start().unwrap();
    let url = format!("http://{}", gateway.local_addr().unwrap());
    let client = blocking(&sandbox, &[("base_url", &url), ("timeout_ms", "100")]);
    assert!(client.fetch_number(token(&sandbox)).unwrap_err().is_timeout());
    let (mut connection, _) = gateway.accept().unwrap();
    connection.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    assert!(connection.read_to_end(&mut Vec::new()).unwrap() > 0);
}

#[test]
fn a_call_joined_from_another_runtime_that_stands_still_ends_by_its_own_limit() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.fail_next(Failure::Fault(Fault::StallBeforeHeaders(3000)));
    let client = Client::clone(&blocking(&sandbox, &[("timeout_ms", "1000")]));
    let ask = Ask::fetch_number(token(&sandbox));
    let still = Builder::new_current_thread().enable_all().build().unwrap();
    let mut first = Box::pin(client.call::<FetchedNumber>(ask.clone()));
    let brief = async { tokio::time::timeout(Duration::from_millis(300), &mut first).await };
    assert!(still.block_on(brief).is_err());
    let begun = Instant::now();
    let second = Runtime::new().unwrap().block_on(client.call::<FetchedNumber>(ask));
    assert!(second.unwrap_err().is_timeout() && begun.elapsed() >= Duration::from_millis(990));
    let ended = async { tokio::time::timeout(Duration::from_secs(5), first).await };
    assert!(still.block_on(ended).is_ok());
    assert_eq!(sandbox.ledger().len(), 1);
}

#[test]
fn calls_that_joined_a_runtime_that_ends_learn_that_the_token_may_be_spent() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.fail_next(Failure::Fault(Fault::StallBeforeHeaders(3000)));
    let client = Client::clone(&blocking(&sandbox, &[]));
    let ask = Ask::fetch_number(token(&sandbox));
    let ends = Runtime::new().unwrap();
    let (client, asked) = (&client, ask.clone());
    ends.spawn({
        let client = client.clone();
        async move { client.call::<FetchedNumber>(ask).await.map(drop) }
    });
    sleep(Duration::from_millis(200));
    let begun = Instant::now();
    let other = Runtime::new().unwrap();
    let joined = thread::scope(|scope| {
        let joined = scope.spawn(|| other.block_on(client.call::<FetchedNumber>(asked)));
        sleep(Duration::from_millis(200));
        ends.shutdown_background();
        joined.join().unwrap()
    });
    let error = joined.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport { phase: Phase::Receive, timeout: false }, "{error:?}");
    assert_eq!((error.retry(), error.charge()), (Retry::NewToken, Charge::Unknown));
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert_eq!(sandbox.ledger().len(), 1);
}

#[cfg(unix)]
#[test]
fn a_child_forked_during_the_call_neither_reads_its_answer_nor_ends_it() {
    let sandbox = Sandbox::start().unwrap();
    let (client, params) = (blocking(&sandbox, &[]), [token(&sandbox), token(&sandbox), token(&sandbox)]);
    let [first, during, of_child] = params;
    assert!(client.fetch_number(first).is_ok());
    sandbox.fail_next(Failure::Fault(Fault::StallBeforeHeaders(500)));
    let parent = std::process::id();
    let mut child = None;
    let fork_once = || {
        if child.is_none() {
            child = match fork::fork().unwrap() {
                fork::Fork::Parent(pid) => Some(pid),
                fork::Fork::Child => Some(0),
            };
        }
        Ok::<_, ()>(())
    };
    let ended = client.call_unless::<FetchedNumber, _>(Ask::fetch_number(during), Duration::from_millis(50), fork_once);
    let (answer, _) = ended.unwrap();
    if std::process::id() != parent {
        let is_told = answer.is_err_and(|error| error.message().contains("forked"));
        let own = client.fetch_number(of_child);
        std::process::exit(i32::from(!is_told || own.is_err()));
    }
    assert_eq!(answer.unwrap().number.expose(), NUMBER);
    assert_eq!(fork::waitpid(child.unwrap()).unwrap(), 0);
}

fn blocking(sandbox: &Sandbox, more: &[(&str, &str)]) -> blocking::Client {
    let mut options = sandbox.options("shanyan").unwrap();
    options.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    blocking::Client::new("shanyan", options).unwrap()
}

fn token(sandbox: &Sandbox) -> BTreeMap<String, String> {
    sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap().params("shanyan", Operation::FetchNumber).unwrap()
}

fn fetched(client: &blocking::Client, sandbox: &Sandbox) -> String {
    client.fetch_number(token(sandbox)).unwrap().number.expose().to_owned()
}

fn fetched_on(runtime: &Runtime, client: &Client, sandbox: &Sandbox) -> String {
    runtime.block_on(client.fetch_number(token(sandbox))).unwrap().number.expose().to_owned()
}

/// The option that leads to the sandbox through a port where connections are counted.
fn relay(sandbox: &Sandbox) -> (Vec<(&'static str, &'static str)>, &'static AtomicUsize) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url: &'static str = format!("http://{}", listener.local_addr().unwrap()).leak();
    let (gateway, count) = (sandbox.url().trim_start_matches("http://").to_owned(), &*Box::leak(Box::default()));
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            AtomicUsize::fetch_add(count, 1, Ordering::Relaxed);
            let gateway = TcpStream::connect(&gateway).unwrap();
            for (mut from, mut to) in [(client.try_clone(), gateway.try_clone()), (Ok(gateway), Ok(client))]
                .map(|(from, to)| (from.unwrap(), to.unwrap()))
            {
                thread::spawn(move || {
                    drop(std::io::copy(&mut from, &mut to));
                    drop(to.shutdown(Shutdown::Write));
                });
            }
        }
    });
    (vec![("base_url", url)], count)
}

/// The names of this process's threads.
fn threads() -> Vec<String> {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    tasks.filter_map(|task| std::fs::read_to_string(task.path().join("comm")).ok()).collect()
}

const NUMBER: &str = "13800138000";

const LONGER_THAN_IDLE: Duration = Duration::from_millis(100);

const THREADS: usize = 100;
