//! One function a behaviour, run for every app and operation that the sandbox knows.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use quhao::blocking::Client;
use quhao::{Ask, Charge, Error, ErrorKind, Moment, Operation, Outcome, Params, Phase, Retry, Verdict};
use quhao_sandbox::{Carrier, Failure, Fault, Sandbox};

/// An app of the sandbox and one thing that can be asked of it.
#[derive(Clone, Copy, Debug)]
struct Subject {
    app: &'static str,
    provider: &'static str,
    operation: Operation,
}

/// Runs a behaviour for every subject, each on a sandbox of its own.
fn for_every_subject(behaviour: impl Fn(&Sandbox, Subject)) {
    let apps = Sandbox::start().unwrap().apps();
    let mut subjects = Vec::new();
    for app in apps {
        for operation in app.operations() {
            subjects.push(Subject { app: app.name, provider: app.provider, operation: *operation });
        }
    }
    for subject in &subjects {
        let sandbox = Sandbox::start().unwrap();
        sandbox.add_person(NUMBER, NAME, ID_CARD);
        behaviour(&sandbox, *subject);
    }
    assert!(subjects.len() >= 20, "only {} subjects", subjects.len());
}

impl Subject {
    fn client(self, sandbox: &Sandbox) -> Client {
        self.client_with(sandbox, &[])
    }

    fn client_with(self, sandbox: &Sandbox, more: &[(&str, &str)]) -> Client {
        let mut options = sandbox.options(self.app).unwrap();
        options.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        Client::new(self.provider, options).unwrap()
    }

    /// A question that the sandbox answers with yes, each time under a fresh token.
    fn ask(self, sandbox: &Sandbox) -> Ask {
        let params = || -> Params {
            let phone = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap();
            let mut params = phone.params(self.app, self.operation).unwrap();
            // ShanYan's V2 names a request only where the caller does.
            if self.provider == "shanyan" && params.contains_key("token") {
                params.insert("outId".to_owned(), "trace-1".to_owned());
            }
            params.into()
        };
        match self.operation {
            Operation::FetchNumber => Ask::fetch_number(params()),
            Operation::VerifyNumber => Ask::verify_number(params(), Some(NUMBER)),
            _ => Ask::verify_identity(NUMBER, NAME, ID_CARD),
        }
    }

    /// Whether the operation spends a phone's token.
    fn has_token(self) -> bool {
        self.operation != Operation::VerifyIdentity
    }
}

fn assert_yes(outcome: &Outcome, subject: Subject) {
    match outcome {
        Outcome::Fetched(fetched) => assert_eq!(fetched.number.expose(), NUMBER, "{subject:?}"),
        Outcome::Verified(verification) => assert_eq!(verification.verdict, Verdict::Match, "{subject:?}"),
    }
}

#[test]
fn every_operation_succeeds() {
    for_every_subject(|sandbox, subject| {
        let outcome = subject.client(sandbox).call::<Outcome>(subject.ask(sandbox)).unwrap();
        assert_yes(&outcome, subject);
        assert_eq!(sandbox.ledger().len(), 1, "{subject:?}");
    });
}

#[test]
fn a_call_that_its_holder_posts_reads_to_the_same() {
    for_every_subject(|sandbox, subject| {
        let client = subject.client(sandbox);
        let call = client.prepare::<Outcome>(&subject.ask(sandbox), &now(sandbox)).unwrap();
        let (status, body) = post(&call.url, &call.headers, &call.body);
        assert_yes(&call.read(status, &body).unwrap(), subject);
    });
}

#[test]
fn async_and_blocking_agree() {
    for_every_subject(|sandbox, subject| {
        let client = quhao::Client::new(subject.provider, sandbox.options(subject.app).unwrap()).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        // A runtime without I/O or time of its own: the client brings both.
        let outcome = runtime.block_on(client.call::<Outcome>(subject.ask(sandbox))).unwrap();
        assert_yes(&outcome, subject);
    });
}

#[test]
fn a_wrong_number_is_a_verdict_and_no_error() {
    for_every_subject(|sandbox, subject| {
        let ask = match subject.ask(sandbox) {
            Ask::FetchNumber { .. } => return,
            Ask::VerifyNumber { mut params, .. } if params.field("mobile").is_some() => {
                let phone = sandbox.phone(NUMBER, Carrier::ChinaUnicom).unwrap();
                params = phone.typing(OTHER_NUMBER).params(subject.app, subject.operation).unwrap().into();
                Ask::verify_number(params, None)
            }
            Ask::VerifyNumber { params, .. } => Ask::verify_number(params, Some(OTHER_NUMBER)),
            _ => Ask::verify_identity(NUMBER, "李四", ID_CARD),
        };
        let Outcome::Verified(verification) = subject.client(sandbox).call::<Outcome>(ask).unwrap() else {
            unreachable!("a check fetches nothing")
        };
        assert_eq!((verification.verdict, verification.matches()), (Verdict::Mismatch, false), "{subject:?}");
    });
}

#[test]
fn a_used_token_is_refused_and_another_one_is_due() {
    for_every_subject(|sandbox, subject| {
        if !subject.has_token() {
            return;
        }
        let (client, ask) = (subject.client(sandbox), subject.ask(sandbox));
        client.call::<Outcome>(ask.clone()).unwrap();
        let error = client.call::<Outcome>(ask).unwrap_err();
        assert_eq!((error.kind(), error.retry()), (ErrorKind::Token, Retry::NewToken), "{subject:?}: {error:?}");
        assert_eq!(sandbox.ledger().iter().filter(|entry| entry.charged).count(), 1, "{subject:?}");
    });
}

#[test]
fn an_expired_token_is_refused_and_another_one_is_due() {
    for_every_subject(|sandbox, subject| {
        if !subject.has_token() {
            return;
        }
        let (client, ask) = (subject.client(sandbox), subject.ask(sandbox));
        sandbox.advance(Duration::from_secs(121));
        let error = client.call::<Outcome>(ask).unwrap_err();
        assert_eq!((error.kind(), error.retry()), (ErrorKind::Token, Retry::NewToken), "{subject:?}: {error:?}");
    });
}

#[test]
fn a_code_that_no_table_holds_is_a_protocol_error() {
    for_every_subject(|sandbox, subject| {
        sandbox.fail_next(Failure::code("987654"));
        let error = subject.client(sandbox).call::<Outcome>(subject.ask(sandbox)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Protocol, "{subject:?}: {error:?}");
        assert_eq!(error.vendor_code(), Some("987654"), "{subject:?}");
    });
}

#[test]
fn damage_that_loses_nothing_is_read_through() {
    for fault in [Fault::DoubleEscapedData, Fault::NumbersForStrings, Fault::Utf8Bom, Fault::WrongContentType] {
        for_every_subject(|sandbox, subject| {
            sandbox.fail_next(fault);
            let outcome = subject.client(sandbox).call::<Outcome>(subject.ask(sandbox));
            assert_yes(&outcome.unwrap_or_else(|error| unreachable!("{subject:?} {fault:?}: {error:?}")), subject);
        });
    }
}

#[test]
fn every_fault_is_one_send_and_a_typed_error() {
    use ErrorKind::{Protocol, Unavailable};
    let lost = |timeout| ErrorKind::Transport { phase: Phase::Receive, timeout };
    for (fault, kind) in [
        (Fault::CloseBeforeReply, lost(false)),
        (Fault::EmptyBody, Protocol),
        (Fault::Garbage, Protocol),
        (Fault::Html200, Protocol),
        (Fault::Html502, Unavailable),
        (Fault::HugeBody, Protocol),
        (Fault::Redirect, Protocol),
        (Fault::ResetBeforeReply, lost(false)),
        (Fault::SlowBody(100), lost(true)),
        (Fault::StallBeforeHeaders(30_000), lost(true)),
        (Fault::StallMidBody, lost(true)),
        (Fault::TruncatedBody, lost(false)),
    ] {
        for_every_subject(|sandbox, subject| {
            sandbox.fail_next(fault);
            let client = subject.client_with(sandbox, &[("timeout_ms", "250")]);
            let begun = Instant::now();
            let error = client.call::<Outcome>(subject.ask(sandbox)).unwrap_err();
            assert!(begun.elapsed() < Duration::from_secs(2), "{subject:?} {fault:?} took {:?}", begun.elapsed());
            assert_eq!(error.kind(), kind, "{subject:?} {fault:?}: {error:?}");
            assert_eq!((error.retry(), error.charge()), (Retry::NewToken, Charge::Unknown), "{subject:?} {fault:?}");
            assert_eq!(sandbox.ledger().len(), 1, "{subject:?} {fault:?}: sent more than once");
        });
    }
}

#[test]
fn a_reply_to_somebody_else_is_never_used_where_the_vendor_names_the_request() {
    for_every_subject(|sandbox, subject| {
        if subject.provider != "cmcc" {
            return;
        }
        sandbox.fail_next(Fault::OtherReply);
        let error = subject.client(sandbox).call::<Outcome>(subject.ask(sandbox)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Protocol, "{subject:?}");
        assert!(error.message().contains("another request"), "{subject:?}: {error:?}");
    });
}

#[test]
fn an_unreachable_gateway_leaves_the_token_unspent() {
    for_every_subject(|sandbox, subject| {
        // Bound and closed again, so that nothing listens there.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let client = subject.client_with(sandbox, &[("base_url", &format!("http://127.0.0.1:{port}"))]);
        let error = client.call::<Outcome>(subject.ask(sandbox)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport { phase: Phase::Connect, timeout: false }, "{error:?}");
        assert_eq!((error.retry(), error.charge()), (Retry::SameToken, Charge::No), "{subject:?}");
        assert_eq!(error.provider(), Some(subject.provider));
    });
}

#[test]
fn an_error_carries_the_providers_facts() {
    for_every_subject(|sandbox, subject| {
        sandbox.fail_next(Failure::code(if subject.provider == "yuxin" { "307" } else { any_refusal(subject) }));
        let error: Error = subject.client(sandbox).call::<Outcome>(subject.ask(sandbox)).unwrap_err();
        assert_eq!(error.provider(), Some(subject.provider));
        assert!(error.vendor_code().is_some() && !error.message().is_empty(), "{error:?}");
        assert!(!error.hint().zh.is_empty() && !error.hint().en.is_empty());
        assert_eq!(error.request_id().is_some(), subject.has_token(), "{subject:?}");
    });
}

#[test]
fn two_hundred_calls_at_once_each_get_their_own_number() {
    let sandbox = Sandbox::start().unwrap();
    for app in ["shanyan", "cmcc", "shanyan-rsa2048", "cmcc-rsa"] {
        let subject_provider = app.split('-').next().unwrap();
        let client = Client::new(subject_provider, sandbox.options(app).unwrap()).unwrap();
        std::thread::scope(|scope| {
            for thread in 0..20 {
                let (client, sandbox) = (&client, &sandbox);
                scope.spawn(move || {
                    for turn in 0..10 {
                        let number = format!("139{thread:04}{turn:04}");
                        let phone = sandbox.phone(&number, Carrier::ChinaMobile).unwrap();
                        let params = phone.params(app, Operation::FetchNumber).unwrap();
                        assert_eq!(client.fetch_number(params).unwrap().number.expose(), number);
                    }
                });
            }
        });
    }
    assert_eq!(sandbox.ledger().iter().filter(|entry| entry.charged).count(), 800);
}

#[test]
fn a_dropped_call_is_ended() {
    let sandbox = Sandbox::start().unwrap();
    let client = quhao::Client::new("shanyan", sandbox.options("shanyan").unwrap()).unwrap();
    let params =
        sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap().params("shanyan", Operation::FetchNumber).unwrap();
    let call = client.fetch_number(params);
    drop(call);
    std::thread::sleep(Duration::from_millis(50));
    assert!(sandbox.ledger().is_empty(), "a future that was never polled sends nothing");
}

#[test]
fn tls_is_verified() {
    let sandbox = Sandbox::builder().tls(true).start().unwrap();
    let ask = || {
        let phone = sandbox.phone(NUMBER, Carrier::ChinaTelecom).unwrap();
        phone.params("shanyan", Operation::FetchNumber).unwrap()
    };
    let options = sandbox.options("shanyan").unwrap();
    let trusting = Client::new("shanyan", options.clone()).unwrap();
    assert_eq!(trusting.fetch_number(ask()).unwrap().number.expose(), NUMBER);
    let without_ca = options.into_iter().filter(|(name, _)| name != "ca_certificate");
    let error = Client::new("shanyan", without_ca).unwrap().fetch_number(ask()).unwrap_err();
    assert_eq!((error.phase(), error.retry()), (Some(Phase::Connect), Retry::SameToken), "{error:?}");
    assert_eq!(sandbox.ledger().len(), 1, "nothing is sent to a server that cannot prove its name");
}

/// A code of the provider's that refuses, for the operation's own table.
fn any_refusal(subject: Subject) -> &'static str {
    match (subject.provider, subject.operation) {
        ("shanyan", _) => "400001",
        (_, Operation::VerifyNumber) => "302",
        _ => "103101",
    }
}

/// Posts by hand, as a back end that does not use our transport would.
fn post(url: &str, headers: &BTreeMap<&'static str, String>, body: &str) -> (u16, Vec<u8>) {
    use std::io::{Read, Write};
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = std::net::TcpStream::connect(host).unwrap();
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    write!(
        stream,
        "POST /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).unwrap();
    let split = reply.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    let status = std::str::from_utf8(&reply[9..12]).unwrap().parse().unwrap();
    (status, reply.split_off(split + 4))
}

fn now(sandbox: &Sandbox) -> Moment {
    Moment::at(sandbox.now_ms(), Moment::now().unwrap().nonce)
}

const NUMBER: &str = "13800138000";
const OTHER_NUMBER: &str = "13800138001";
const NAME: &str = "张三";
const ID_CARD: &str = "11010519491231002X";
