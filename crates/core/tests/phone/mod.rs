//! A phone whose logins go to a sandbox, and its back end's client.

use std::collections::BTreeMap;

use quhao::{Client, Operation};
use quhao_sandbox::{Carrier, Sandbox};

pub(crate) fn client(sandbox: &Sandbox, more: &[(&str, &str)]) -> Client {
    let mut options = sandbox.options("shanyan").unwrap();
    options.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    Client::new("shanyan", options).unwrap()
}

pub(crate) fn token(sandbox: &Sandbox) -> BTreeMap<String, String> {
    sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap().params("shanyan", Operation::FetchNumber).unwrap()
}

pub(crate) const NUMBER: &str = "13800138000";
