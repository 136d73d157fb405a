//! Bytes that follow a response on a kept connection are never read as the response to the next request: they could be
//! another user's number.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod phone;

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use quhao::{Client, FetchedNumber, blocking};
use quhao_sandbox::Sandbox;
use tokio::runtime::{Builder, Runtime};

use phone::{client, token};

#[test]
fn bytes_in_one_segment_with_a_response_are_dropped() {
    let sandbox = Sandbox::start().unwrap();
    for drive in drivers() {
        for _ in 0..ROUNDS {
            let gateway = Gateway::start(&[response(OWN), response(FOREIGN)].concat(), "");
            assert_eq!(gateway.codes(&sandbox, &*drive), [OWN; 3]);
        }
    }
}

#[test]
fn bytes_that_come_between_two_calls_are_dropped() {
    let sandbox = Sandbox::start().unwrap();
    // A multi-thread runtime reads them at once, or when a worker is free: there a moment is left.
    for drive in drivers().into_iter().take(3) {
        for _ in 0..ROUNDS {
            let gateway = Gateway::start(&response(OWN), &response(FOREIGN));
            assert_eq!(gateway.codes(&sandbox, &*drive), [OWN; 3]);
        }
    }
}

/// Fetches a number and returns the vendor's code of the refusal.
type Drive = Box<dyn Fn(&Client, &Sandbox) -> String>;

/// A waiting thread, the I/O thread, and callers' runtimes.
fn drivers() -> Vec<Drive> {
    let code = |answer: Result<FetchedNumber, quhao::Error>| answer.unwrap_err().vendor_code().unwrap().to_owned();
    let current = Builder::new_current_thread().enable_all().build().unwrap();
    let multi = Runtime::new().unwrap();
    vec![
        Box::new(move |client, sandbox| code(blocking::Client::from(client.clone()).fetch_number(token(sandbox)))),
        Box::new(move |client, sandbox| {
            let (client, params, (sender, answer)) = (client.clone(), token(sandbox), channel());
            let call = async move { drop(sender.send(client.fetch_number(params).await)) };
            let _task = quhao::binding::spawn(call).unwrap();
            code(answer.recv_timeout(Duration::from_secs(10)).unwrap())
        }),
        Box::new(move |client, sandbox| code(current.block_on(client.fetch_number(token(sandbox))))),
        Box::new(move |client, sandbox| code(multi.block_on(client.fetch_number(token(sandbox))))),
    ]
}

/// Answers its first request with `first` and then, unasked, `unasked`; all others as it should.
struct Gateway {
    url: String,
    answered: Receiver<()>,
}

impl Gateway {
    fn start(first: &str, unasked: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let ((sender, answered), mut planted) = (channel(), Some([first.to_owned(), unasked.to_owned()]));
        thread::spawn(move || {
            for stream in listener.incoming().take(3).flatten() {
                let (planted, sender) = (planted.take(), sender.clone());
                thread::spawn(move || serve(stream, planted, &sender));
            }
        });
        Self { url, answered }
    }

    /// The codes of three calls, one after the other.
    fn codes(&self, sandbox: &Sandbox, drive: &dyn Fn(&Client, &Sandbox) -> String) -> Vec<String> {
        let client = client(sandbox, &[("base_url", &self.url)]);
        let call = |_| {
            let code = drive(&client, sandbox);
            self.answered.recv_timeout(Duration::from_secs(10)).unwrap();
            code
        };
        (0..3).map(call).collect()
    }
}

fn serve(mut stream: TcpStream, mut planted: Option<[String; 2]>, sender: &Sender<()>) {
    stream.set_nodelay(true).unwrap();
    while stream.read(&mut [0; 4096]).is_ok_and(|read| read > 0) {
        for piece in planted.take().unwrap_or_else(|| [response(OWN), String::new()]) {
            stream.write_all(piece.as_bytes()).unwrap();
        }
        if sender.send(()).is_err() {
            return;
        }
    }
}

fn response(code: &str) -> String {
    let body = format!(r#"{{"code":"{code}","message":"refused","chargeStatus":0}}"#);
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

const OWN: &str = "400101";
const FOREIGN: &str = "500005";
const ROUNDS: usize = 100;
