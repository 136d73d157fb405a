//! Calls on a thread whose event loop is another's: here mio's, in the bindings JavaScript's.
#![cfg(target_os = "linux")]
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a failure here is a failed test")]

mod event_loop;
mod phone;

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use quhao::{Charge, Client, Error, ErrorKind, Guest, Phase, Retry, blocking};
use quhao_sandbox::{Failure, Fault, Sandbox};

use event_loop::{Begun, EventLoop};
use phone::{NUMBER, client, token};

#[test]
fn a_call_that_is_alone_needs_no_other_thread() {
    let (sandbox, mut host) = (Sandbox::start().unwrap(), Host::new());
    let client = client(&sandbox, &[]);
    for _ in 0..20 {
        assert_eq!(host.fetched(&client, &sandbox).unwrap(), NUMBER);
    }
    assert_eq!(sandbox.ledger().len(), 20);
    assert!(!is_running("quhao-io"));
}

#[test]
fn calls_at_the_same_time_are_all_answered() {
    let (sandbox, mut host) = (Sandbox::start().unwrap(), Host::new());
    let client = client(&sandbox, &[]);
    for _ in 0..5 {
        let calls: Vec<_> = (0..50).map(|_| host.begin(&client, token(&sandbox))).collect();
        for call in calls {
            assert_eq!(host.ended(&call).unwrap(), NUMBER);
        }
    }
    assert_eq!(sandbox.ledger().len(), 250);
    assert!(is_running("quhao-io"), "the second of several goes over it");
}

#[test]
fn without_connections_of_its_own_calls_go_over_the_io_thread() {
    let (sandbox, mut host) = (Sandbox::start().unwrap(), Host(EventLoop::with(|_, bell| Guest::new(bell))));
    let client = client(&sandbox, &[]);
    for _ in 0..5 {
        assert_eq!(host.fetched(&client, &sandbox).unwrap(), NUMBER);
    }
    assert!(is_running("quhao-io") && host.0.guest.due().is_none());
}

#[test]
fn a_name_is_looked_up_and_the_guest_is_told() {
    let (sandbox, mut host) = (Sandbox::start().unwrap(), Host::new());
    let url = sandbox.url().replace("127.0.0.1", "localhost");
    assert_eq!(host.fetched(&client(&sandbox, &[("base_url", &url)]), &sandbox).unwrap(), NUMBER);
}

#[test]
fn over_tls_as_well() {
    let sandbox = Sandbox::builder().tls(true).start().unwrap();
    let (client, mut host) = (client(&sandbox, &[]), Host::new());
    for _ in 0..3 {
        assert_eq!(host.fetched(&client, &sandbox).unwrap(), NUMBER);
    }
}

#[test]
fn a_call_runs_out_of_time_when_nothing_else_wakes_its_thread() {
    let (mute, mut host) = (TcpListener::bind("127.0.0.1:0").unwrap(), Host::new());
    let sandbox = Sandbox::start().unwrap();
    let url = format!("http://{}", mute.local_addr().unwrap());
    let begun = Instant::now();
    let error = host.fetched(&client(&sandbox, &[("base_url", &url), ("timeout_ms", "200")]), &sandbox).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport { phase: Phase::Receive, timeout: true });
    assert!((200..1000).contains(&begun.elapsed().as_millis()), "{:?}", begun.elapsed());
    let (mut connection, _) = mute.accept().unwrap();
    connection.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    assert!(connection.read_to_end(&mut Vec::new()).unwrap() > 0, "it is closed");
}

#[test]
fn a_connection_that_does_not_come_about_is_given_up_in_time() {
    let (mute, mut host) = (TcpListener::bind("127.0.0.1:0").unwrap(), Host::new());
    let sandbox = Sandbox::start().unwrap();
    // It takes the connection and says nothing of TLS.
    let url = format!("https://{}", mute.local_addr().unwrap());
    let begun = Instant::now();
    let client = client(&sandbox, &[("base_url", &url), ("connect_timeout_ms", "200")]);
    let error = host.fetched(&client, &sandbox).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport { phase: Phase::Connect, timeout: true });
    assert_eq!((error.retry(), error.charge()), (Retry::SameToken, Charge::No));
    // Twice, and no more: nothing was sent.
    assert!((200..1500).contains(&begun.elapsed().as_millis()), "{:?}", begun.elapsed());
}

#[test]
fn a_reply_that_came_while_the_thread_did_something_else_is_not_late() {
    let (sandbox, mut host) = (Sandbox::start().unwrap(), Host::new());
    sandbox.fail_next(Failure::Fault(Fault::StallBeforeHeaders(50)));
    let call = host.begin(&client(&sandbox, &[("timeout_ms", "400")]), token(&sandbox));
    host.until(|| !sandbox.ledger().is_empty());
    sleep(Duration::from_millis(800));
    assert_eq!(host.ended(&call).unwrap(), NUMBER);
}

#[test]
fn a_connection_that_the_gateway_closed_between_two_calls_is_not_handed_the_token() {
    let (sandbox, mut host) = (Sandbox::start().unwrap(), Host::new());
    let client = client(&sandbox, &[]);
    for _ in 0..10 {
        sandbox.fail_next(Failure::Fault(Fault::CloseWhenIdle));
        assert_eq!(host.fetched(&client, &sandbox).unwrap(), NUMBER);
        sleep(Duration::from_millis(100));
        assert_eq!(host.fetched(&client, &sandbox).unwrap(), NUMBER);
    }
    assert_eq!(sandbox.ledger().len(), 20);
}

#[test]
fn bytes_after_a_reply_are_read_by_nobody() {
    let (sandbox, gateway) = (Sandbox::start().unwrap(), TcpListener::bind("127.0.0.1:0").unwrap());
    let url = format!("http://{}", gateway.local_addr().unwrap());
    let (client, mut host) = (client(&sandbox, &[("base_url", &url)]), Host::new());
    let at_gateway = thread::spawn(move || {
        let mut connections = Vec::new();
        for _ in 0..2 {
            let (mut connection, _) = gateway.accept().unwrap();
            assert!(connection.read(&mut [0; 4096]).unwrap() > 0);
            connection.write_all(&http(r#"{"code":"200001","message":"first"}"#)).unwrap();
            sleep(Duration::from_millis(100));
            // If the next request went out on this connection, this would be taken for its reply.
            drop(connection.write_all(&http(r#"{"code":"200002","message":"stray"}"#)));
            connections.push(connection);
        }
    });
    let first = host.fetched(&client, &sandbox).unwrap_err();
    sleep(Duration::from_millis(300));
    let second = host.fetched(&client, &sandbox).unwrap_err();
    assert_eq!([first.vendor_code(), second.vendor_code()], [Some("200001"); 2]);
    at_gateway.join().unwrap();
}

#[test]
fn between_calls_a_turn_is_due_for_closing_idle_connections() {
    let (sandbox, mut host) = (Sandbox::start().unwrap(), Host::new());
    assert_eq!(host.fetched(&client(&sandbox, &[]), &sandbox).unwrap(), NUMBER);
    let due = host.0.guest.due().unwrap().saturating_duration_since(Instant::now());
    assert!(due > Duration::from_secs(3) && due < Duration::from_secs(6), "the sweeper's next round: {due:?}");
}

#[test]
fn who_drops_a_call_closes_its_connection() {
    let (gateway, mut host) = (TcpListener::bind("127.0.0.1:0").unwrap(), Host::new());
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox, &[("base_url", &format!("http://{}", gateway.local_addr().unwrap()))]);
    for _ in 0..2 {
        let calls = [host.begin(&client, token(&sandbox)), host.begin(&client, token(&sandbox))];
        let connections = [gateway.accept().unwrap().0, gateway.accept().unwrap().0];
        host.wait(Duration::from_millis(100));
        drop(calls);
        host.wait(Duration::from_millis(100));
        for mut connection in connections {
            connection.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
            assert!(connection.read_to_end(&mut Vec::new()).unwrap() > 0, "the end of the stream comes");
        }
        assert!(host.0.guest.due().is_none(), "nobody waits for a time any more");
    }
}

#[test]
fn a_panic_ends_one_call_alone() {
    let (sandbox, mut host) = (Sandbox::start().unwrap(), Host::new());
    let client = client(&sandbox, &[]);
    let calls = [host.begin(&client, token(&sandbox)), host.begin(&client, token(&sandbox))];
    let _planted = [0, 1].map(|_| host.0.guest.add(async { std::panic::resume_unwind(Box::new("planted")) }));
    for call in &calls {
        assert_eq!(host.ended(call).unwrap(), NUMBER);
    }
    assert_eq!(host.fetched(&client, &sandbox).unwrap(), NUMBER);
}

#[test]
fn another_thread_joins_its_request() {
    let (sandbox, mut host) = (Sandbox::start().unwrap(), Host::new());
    sandbox.fail_next(Failure::Fault(Fault::StallBeforeHeaders(300)));
    let (client, params) = (client(&sandbox, &[]), token(&sandbox));
    let call = host.begin(&client, params.clone());
    let again = host.begin(&client, params.clone());
    let joined = thread::spawn({
        let client = blocking::Client::from(client.clone());
        move || client.fetch_number(params).map(|fetched| fetched.number.expose().to_owned())
    });
    sleep(Duration::from_millis(100));
    for call in [call, again] {
        assert_eq!(host.ended(&call).unwrap(), NUMBER);
    }
    assert_eq!(joined.join().unwrap().unwrap(), NUMBER);
    assert_eq!(sandbox.ledger().len(), 1);
}

#[test]
fn when_it_ends_those_who_joined_are_told_that_the_token_may_be_spent() {
    let (sandbox, mut host) = (Sandbox::start().unwrap(), Host::new());
    sandbox.fail_next(Failure::Fault(Fault::StallBeforeHeaders(3000)));
    let (client, params) = (client(&sandbox, &[]), token(&sandbox));
    let _call = host.begin(&client, params.clone());
    host.until(|| !sandbox.ledger().is_empty());
    let joined = thread::spawn(move || blocking::Client::from(client).fetch_number(params).map(drop));
    host.wait(Duration::from_millis(200));
    let begun = Instant::now();
    drop(host);
    let error = joined.join().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport { phase: Phase::Receive, timeout: false }, "{error:?}");
    assert_eq!((error.retry(), error.charge()), (Retry::NewToken, Charge::Unknown));
    assert!(begun.elapsed() < Duration::from_secs(2));
}

#[test]
fn after_its_end_nobody_joins_its_requests() {
    let (sandbox, mut host) = (Sandbox::start().unwrap(), Host::new());
    sandbox.fail_next(Failure::Fault(Fault::StallBeforeHeaders(1000)));
    let (client, params) = (client(&sandbox, &[]), token(&sandbox));
    let call = host.begin(&client, params.clone());
    host.until(|| !sandbox.ledger().is_empty());
    drop((host, call));
    let error = blocking::Client::from(client).fetch_number(params).unwrap_err();
    assert_eq!((error.kind(), sandbox.ledger().len()), (ErrorKind::Token, 2), "the token went with the first");
}

#[test]
fn in_a_forked_child_it_stands_still() {
    let (sandbox, mut host) = (Sandbox::start().unwrap(), Host::new());
    sandbox.fail_next(Failure::Fault(Fault::StallBeforeHeaders(500)));
    let call = host.begin(&client(&sandbox, &[]), token(&sandbox));
    host.until(|| !sandbox.ledger().is_empty());
    match fork::fork().unwrap() {
        fork::Fork::Child => {
            let begun = Instant::now();
            while begun.elapsed() < Duration::from_secs(1) {
                host.0.guest.look();
                host.0.guest.turn();
            }
            drop((call, host));
            std::process::exit(0);
        }
        fork::Fork::Parent(child) => {
            assert_eq!(host.ended(&call).unwrap(), NUMBER, "the child has not read it");
            assert_eq!(fork::waitpid(child).unwrap(), 0);
            assert_eq!(host.fetched(&client(&sandbox, &[]), &sandbox).unwrap(), NUMBER);
        }
    }
}

#[test]
fn threads_have_connections_of_their_own() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox, &[]);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut host = Host::new();
                for _ in 0..20 {
                    assert_eq!(host.fetched(&client, &sandbox).unwrap(), NUMBER);
                }
            });
        }
    });
    assert_eq!(sandbox.ledger().len(), 80);
}

#[test]
fn the_descriptor_is_closed_with_it() {
    // Tokio keeps two for the process's signals, from the first runtime on.
    drop(Host::new());
    let before = descriptors();
    for _ in 0..20 {
        drop(Host::new());
    }
    assert_eq!(descriptors(), before);
}

/// An event loop, and the calls on it.
struct Host(EventLoop);

type Call = Begun<Result<String, Error>>;

impl Host {
    fn new() -> Self {
        Self(EventLoop::new())
    }

    fn begin(&mut self, client: &Client, params: BTreeMap<String, String>) -> Call {
        let client = client.clone();
        self.0.begin(async move { client.fetch_number(params).await.map(|fetched| fetched.number.expose().to_owned()) })
    }

    fn ended(&mut self, call: &Call) -> Result<String, Error> {
        self.0.ended_within(Duration::from_secs(10), call).expect("it does not end")
    }

    fn fetched(&mut self, client: &Client, sandbox: &Sandbox) -> Result<String, Error> {
        let call = self.begin(client, token(sandbox));
        self.ended(&call)
    }

    /// Runs the loop until something is so.
    fn until(&mut self, is_so: impl Fn() -> bool) {
        let begun = Instant::now();
        while !is_so() {
            assert!(begun.elapsed() < Duration::from_secs(10), "it does not come");
            self.0.step(Duration::from_millis(5));
        }
    }

    /// Runs the loop for so long.
    fn wait(&mut self, how_long: Duration) {
        let end = Instant::now() + how_long;
        while Instant::now() < end {
            self.0.step(end.saturating_duration_since(Instant::now()));
        }
    }
}

fn http(body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into()
}

fn is_running(thread: &str) -> bool {
    let tasks = fs::read_dir("/proc/self/task").unwrap().flatten();
    tasks.filter_map(|task| fs::read_to_string(task.path().join("comm")).ok()).any(|name| name.starts_with(thread))
}

fn descriptors() -> usize {
    fs::read_dir("/proc/self/fd").unwrap().count()
}
