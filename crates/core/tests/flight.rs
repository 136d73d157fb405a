//! Two calls with one token at the same time are one request: the second would have spent nothing but money.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::collections::BTreeMap;
use std::io::Read;
use std::net::TcpListener;
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use quhao::{Ask, Client, Error, ErrorKind, Event, Operation, Outcome, blocking};
use quhao_sandbox::{Carrier, Failure, Fault, Sandbox};

#[test]
fn fifty_callers_with_one_token_share_one_request_and_its_answer() {
    for app in ["shanyan", "shanyan-v2", "cmcc"] {
        let sandbox = Sandbox::start().unwrap();
        sandbox.fail_next(SLOWLY);
        let (client, params) = (client(&sandbox, app, &[]), token(&sandbox, app));
        let answers = at_once(vec![client; 50], &Ask::fetch_number(params));
        assert!(answers.iter().all(|(answer, _)| number(answer.as_ref().unwrap()) == NUMBER), "{app}");
        assert_eq!(answers.iter().filter(|(_, event)| !event.shared).count(), 1, "{app}: one of them asked");
        assert_eq!(sandbox.ledger().len(), 1, "{app}");
    }
}

#[test]
fn clients_made_from_the_same_options_share_as_one_client_does() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.fail_next(SLOWLY);
    let clients = vec![client(&sandbox, "cmcc", &[]), client(&sandbox, "cmcc", &[])];
    let answers = at_once(clients, &Ask::fetch_number(token(&sandbox, "cmcc")));
    assert!(answers.iter().all(|(answer, _)| answer.is_ok()));
    assert_eq!(sandbox.ledger().len(), 1);
}

#[test]
fn a_failure_is_shared_as_an_answer_is() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.fail_next(SLOWLY);
    sandbox.fail_next(Fault::Html502);
    let params = token(&sandbox, "shanyan");
    let slow = client(&sandbox, "shanyan", &[("timeout_ms", "100")]);
    let answers = at_once(vec![slow; 5], &Ask::fetch_number(params));
    for (answer, _) in &answers {
        let error = answer.as_ref().unwrap_err();
        assert!(error.is_timeout() && error.provider() == Some("shanyan"), "{error}");
    }
    assert_eq!(sandbox.ledger().len(), 1);
}

#[test]
fn clients_with_other_options_ask_for_themselves() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.fail_next(SLOWLY);
    let clients = vec![client(&sandbox, "cmcc", &[]), client(&sandbox, "cmcc", &[("timeout_ms", "4999")])];
    let answers = at_once(clients, &Ask::fetch_number(token(&sandbox, "cmcc")));
    let refused: Vec<_> = answers.iter().filter_map(|(answer, _)| answer.as_ref().err()).collect();
    assert_eq!(refused.iter().map(|error| error.kind()).collect::<Vec<_>>(), [ErrorKind::Token]);
    assert_eq!(sandbox.ledger().len(), 2);
}

#[test]
fn another_number_beside_the_same_token_is_another_question() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.fail_next(SLOWLY);
    let phone = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap();
    let params = phone.params("cmcc", Operation::VerifyNumber).unwrap();
    let client = client(&sandbox, "cmcc", &[]);
    let asks = [Some(NUMBER), Some("13900139000")].map(|number| Ask::verify_number(params.clone(), number));
    let verdicts = thread::scope(|scope| {
        asks.map(|ask| scope.spawn(|| client.call::<Outcome>(ask).is_ok())).map(|call| call.join().unwrap())
    });
    assert_eq!(verdicts.iter().filter(|answered| **answered).count(), 1, "the token is spent once");
    assert_eq!(sandbox.ledger().len(), 2);
}

#[test]
fn without_a_token_each_call_is_a_request() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.fail_next(SLOWLY);
    sandbox.add_person(NUMBER, "张三", ID_CARD);
    let client = client(&sandbox, "yuxin", &[]);
    let answers = at_once(vec![client; 3], &Ask::verify_identity(NUMBER, "张三", ID_CARD));
    for (answer, event) in &answers {
        assert!(answer.is_ok() && !event.shared, "{answer:?}");
    }
    assert_eq!(sandbox.ledger().len(), 3);
}

#[test]
fn the_same_token_after_its_answer_is_a_call_of_its_own() {
    let sandbox = Sandbox::start().unwrap();
    let (client, params) = (client(&sandbox, "shanyan", &[]), token(&sandbox, "shanyan"));
    assert!(client.fetch_number(params.clone()).is_ok());
    assert_eq!(client.fetch_number(params).unwrap_err().kind(), ErrorKind::Token);
    assert_eq!(sandbox.ledger().len(), 2);
}

#[tokio::test]
async fn who_gives_up_ends_only_his_own_wait() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.fail_next(SLOWLY);
    let client = Client::new("shanyan", sandbox.options("shanyan").unwrap()).unwrap();
    let params = token(&sandbox, "shanyan");
    // The first one's future is the one that started the request.
    let mut first = Box::pin(client.fetch_number(params.clone()));
    assert!(tokio::time::timeout(Duration::from_millis(50), &mut first).await.is_err());
    let (_, second) = tokio::join!(
        async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            drop(first);
        },
        client.fetch_number(params)
    );
    assert_eq!(second.unwrap().number.expose(), NUMBER);
    assert_eq!(sandbox.ledger().len(), 1);
}

#[tokio::test]
async fn a_request_that_nobody_waits_for_is_ended() {
    let gateway = TcpListener::bind("127.0.0.1:0").unwrap();
    let sandbox = Sandbox::start().unwrap();
    let mut options = sandbox.options("shanyan").unwrap();
    options.insert("base_url".into(), format!("http://{}", gateway.local_addr().unwrap()));
    let client = Client::new("shanyan", options).unwrap();
    let params = token(&sandbox, "shanyan");
    let both = async { tokio::join!(client.fetch_number(params.clone()), client.fetch_number(params)) };
    assert!(tokio::time::timeout(Duration::from_millis(200), both).await.is_err());
    // The connection is closed by the runtime, when it runs.
    tokio::time::sleep(Duration::from_millis(50)).await;
    let (mut connection, _) = gateway.accept().unwrap();
    connection.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    // The end of the stream comes only if the client has closed the connection.
    assert!(connection.read_to_end(&mut Vec::new()).unwrap() > 0);
    gateway.set_nonblocking(true).unwrap();
    assert!(gateway.accept().is_err(), "the two were one request");
}

#[cfg(unix)]
#[test]
fn a_forked_child_leaves_its_parents_request_alone() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.fail_next(SLOWLY);
    let client = Client::new("shanyan", sandbox.options("shanyan").unwrap()).unwrap();
    let params = token(&sandbox, "shanyan");
    let others = token(&sandbox, "shanyan");
    let mut under_way = Box::pin(client.fetch_number(params));
    let waker = std::task::Waker::noop();
    assert!(under_way.as_mut().poll(&mut std::task::Context::from_waker(waker)).is_pending());
    match fork::fork().unwrap() {
        fork::Fork::Child => {
            drop(under_way);
            let answer = blocking::Client::from(client).fetch_number(others);
            std::process::exit(i32::from(answer.is_err()));
        }
        fork::Fork::Parent(child) => {
            assert_eq!(fork::waitpid(child).unwrap(), 0);
            let answer =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(under_way);
            assert_eq!(answer.unwrap().number.expose(), NUMBER, "the child's drop did not end the parent's request");
        }
    }
}

/// The same question by each client at the same moment.
fn at_once(clients: Vec<blocking::Client>, ask: &Ask) -> Vec<(Result<Outcome, Error>, Event)> {
    let start = Barrier::new(clients.len());
    thread::scope(|scope| {
        let calls: Vec<_> = (clients.iter())
            .map(|client| {
                scope.spawn(|| {
                    start.wait();
                    client.call_with_event::<Outcome>(ask.clone())
                })
            })
            .collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    })
}

fn client(sandbox: &Sandbox, app: &str, more: &[(&str, &str)]) -> blocking::Client {
    let mut options = sandbox.options(app).unwrap();
    options.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let provider = sandbox.apps().iter().find(|known| known.name == app).unwrap().provider;
    blocking::Client::new(provider, options).unwrap()
}

fn token(sandbox: &Sandbox, app: &str) -> BTreeMap<String, String> {
    sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap().params(app, Operation::FetchNumber).unwrap()
}

fn number(outcome: &Outcome) -> &str {
    let Outcome::Fetched(fetched) = outcome else { panic!("expected a number") };
    fetched.number.expose()
}

/// Long enough for every caller to come before the reply.
const SLOWLY: Failure = Failure::Fault(Fault::StallBeforeHeaders(600));

const NUMBER: &str = "13800138000";

const ID_CARD: &str = "11010519491231002X";
