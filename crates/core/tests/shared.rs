//! A client that is made for each request by a host like PHP is the same client as long as its options are.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use quhao::blocking::Client;
use quhao::{ErrorKind, Operation};
use quhao_sandbox::{Carrier, Sandbox};

#[test]
fn the_order_of_the_options_makes_no_other_client_and_another_value_does() {
    let sandbox = Sandbox::start().unwrap();
    let options = sandbox.options("shanyan").unwrap();
    let phone = sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap();
    let fetched = |client: Client| {
        let params = phone.params("shanyan", Operation::FetchNumber).unwrap();
        client.fetch_number(params).map(|fetched| fetched.number.expose().to_owned())
    };
    assert_eq!(fetched(Client::shared("shanyan", options.clone()).unwrap()).unwrap(), NUMBER);
    let reversed: Vec<_> = options.clone().into_iter().rev().collect();
    assert_eq!(fetched(Client::shared("shanyan", reversed).unwrap()).unwrap(), NUMBER);
    let mut other: BTreeMap<_, _> = options;
    other.insert("app_key".to_owned(), "another-key".to_owned());
    assert!(fetched(Client::shared("shanyan", other).unwrap()).is_err(), "the first one's key is not used");
}

#[test]
fn options_that_are_refused_are_refused_again() {
    for _ in 0..2 {
        let error = Client::shared("shanyan", [("app_id", "a")]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
    }
}

#[test]
fn a_certificate_that_was_renewed_in_its_place_is_read_again() {
    let gateways = [Sandbox::builder().tls(true).start().unwrap(), Sandbox::builder().tls(true).start().unwrap()];
    let file = std::env::temp_dir().join(format!("quhao-shared-{}.pem", std::process::id()));
    for sandbox in &gateways {
        fs::copy(sandbox.ca_certificate().unwrap(), &file).unwrap();
        let mut options = sandbox.options("shanyan").unwrap();
        options.insert("ca_certificate".to_owned(), file.display().to_string());
        let params = sandbox.phone(NUMBER, Carrier::ChinaUnicom).unwrap();
        let params = params.params("shanyan", Operation::FetchNumber).unwrap();
        let client = Client::shared("shanyan", options).unwrap();
        assert_eq!(client.fetch_number(params).unwrap().number.expose(), NUMBER);
        std::thread::sleep(Duration::from_millis(20));
    }
    fs::remove_file(file).unwrap();
}

const NUMBER: &str = "13800138000";
