//! The route against the sandbox, over real HTTP.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use quhao::{Client, Operation};
use quhao_sandbox::{Carrier, Failure, Sandbox};
use serde_json::{Value, json};

#[test]
fn a_phone_logs_in_and_its_number_stays_inside() {
    let (sandbox, address) = start();
    let (status, answer) = login(address, &params(&sandbox));
    assert_eq!((status, answer["number"].as_str()), (200, Some("138****8000")));
    assert!(!answer.to_string().contains("13800138000"));
    let (_, again) = login(address, &params(&sandbox));
    assert_eq!(answer["user"], again["user"], "the same number is the same user");
}

#[test]
fn a_used_token_asks_for_a_new_one() {
    let (sandbox, address) = start();
    let params = params(&sandbox);
    login(address, &params);
    let (status, answer) = login(address, &params);
    assert_eq!((status, answer["retry"].as_str()), (409, Some("new_token")));
    assert!(answer["hint"].as_str().unwrap().contains("new token"));
}

#[test]
fn wrong_params_are_a_bad_request() {
    let (_sandbox, address) = start();
    assert_eq!(login(address, &json!({"accessToken": "x"})).0, 400);
    assert_eq!(login(address, &json!(["x"])).0, 400);
}

#[test]
fn a_gateway_out_of_service_is_a_bad_gateway() {
    let (sandbox, address) = start();
    sandbox.fail_next(Failure::code("500000"));
    let (status, answer) = login(address, &params(&sandbox));
    assert_eq!((status, answer["retry"].as_str()), (502, Some("new_token")));
}

#[test]
fn an_unreachable_gateway_leaves_the_token_good() {
    let (sandbox, _) = start();
    let params = params(&sandbox);
    let mut options = sandbox.options("shanyan").unwrap();
    drop(sandbox);
    options.insert("connect_timeout_ms".to_owned(), "500".to_owned());
    let address = serve(Client::new("shanyan", options).unwrap());
    let (status, answer) = login(address, &params);
    assert_eq!((status, answer["retry"].as_str()), (503, Some("same_token")));
}

fn start() -> (Sandbox, SocketAddr) {
    let sandbox = Sandbox::start().unwrap();
    let address = serve(Client::new("shanyan", sandbox.options("shanyan").unwrap()).unwrap());
    (sandbox, address)
}

fn params(sandbox: &Sandbox) -> Value {
    json!(
        sandbox.phone("13800138000", Carrier::ChinaTelecom).unwrap().params("shanyan", Operation::FetchNumber).unwrap()
    )
}

fn serve(client: Client) -> SocketAddr {
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            tell.send(listener.local_addr().unwrap()).unwrap();
            axum::serve(listener, quhao_example::app(client)).await.unwrap();
        });
    });
    told.recv().unwrap()
}

fn login(address: SocketAddr, body: &Value) -> (u16, Value) {
    let body = body.to_string();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "POST /login HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    let (head, body) = reply.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), serde_json::from_str(body).unwrap_or(Value::Null))
}
