//! The sandbox from outside: wrong requests by a bare client, right ones by quhao's.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a failure here is a failed test")]

mod bare;
mod client;
mod cmcc_key_type_1;
mod cmcc_login;
mod cmcc_verify;
mod codes;
mod control;
mod endpoints;
mod faults;
mod hostile;
mod ledger;
mod planted;
mod port;
mod several_apps;
mod shanyan;
mod shanyan_v2;
mod yuxin;
