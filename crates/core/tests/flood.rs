//! A gateway that never stops writing does not decide how long a call lasts.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod phone;

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use quhao::{Error, FetchedNumber, blocking};
use quhao_sandbox::Sandbox;

use phone::{client, token};

#[test]
fn informational_responses_without_end_do_not_outlast_the_deadline() {
    let flood = b"HTTP/1.1 103 Early\r\n\r\n".repeat(50_000);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let flood = flood.clone();
            thread::spawn(move || {
                drop(stream.read(&mut [0; 4096]));
                while stream.write_all(&flood).is_ok() {}
            });
        }
    });
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox, &[("base_url", &url), ("timeout_ms", "1500")]);
    let begun = Instant::now();
    let waited = blocking::Client::from(client.clone()).fetch_number(token(&sandbox));
    println!("blocking {:?} {waited:?}", begun.elapsed());
    let begun = Instant::now();
    let spawned: Result<FetchedNumber, Error> = {
        let (client, params) = (client.clone(), token(&sandbox));
        let (sender, answer) = std::sync::mpsc::channel();
        let _task = quhao::binding::spawn(async move { drop(sender.send(client.fetch_number(params).await)) }).unwrap();
        answer.recv_timeout(Duration::from_secs(20)).unwrap()
    };
    println!("io {:?} {spawned:?}", begun.elapsed());
    let begun = Instant::now();
    let own = tokio::runtime::Runtime::new().unwrap().block_on(client.fetch_number(token(&sandbox)));
    println!("tokio {:?} {own:?}", begun.elapsed());
}
