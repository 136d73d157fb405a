//! 取号: turns what a phone's carrier SDK returned into a verified phone number.
//!
//! An app asks the carrier's SDK for a token; the back end turns the token into a number here. Signing, posting,
//! decryption and the vendors' many ways of writing JSON are inside; a failure says whose fault it is, whether the
//! token is spent, and what to do next.
//!
//! * [`Client`] (async) and [`blocking::Client`] send; [`Client::prepare_fetch_number`] and its like build the
//!   request as data for those who send it themselves.
//! * [`Error`] has a [`kind`](Error::kind), a [`retry`](Error::retry) and a [`charge`](Error::charge). Tokens are
//!   single-use, so nothing is sent twice: only a request of which no byte left is tried again.
//! * [`explain`] and [`providers`](providers()) hold the vendors' code tables and options as data.
#![doc = concat!("\n[quhao-sandbox](https://docs.rs/quhao-sandbox/", env!("CARGO_PKG_VERSION"), ") stands in for the gateways in tests.")]
#![forbid(unsafe_code)]

mod client;
mod crypto;
mod encoding;
#[cfg(feature = "http")]
mod http;
mod inspect;
mod model;
mod process;
mod provider;
mod providers;
mod redact;
#[cfg(feature = "http")]
mod runtime;

#[cfg(feature = "http")]
pub use client::blocking;
pub use client::{Call, Client, Cmcc, ShanYan, Yuxin};
#[cfg(feature = "http")]
pub use client::{Counter, Event, counters};
pub use inspect::{Action, Cause, Finding, Inspection};
pub use model::{
    Answer, Charge, Error, ErrorKind, FetchedNumber, Hint, Outcome, Params, Phase, PhoneNumber, Receipt, Retry, Risk,
    RiskLevel, Verdict, Verification,
};
pub use provider::{Ask, Code, Form, Meaning, Moment, Operation, OptionSpec, ProviderInfo, Signature, common_options};
pub use providers::shanyan::sign_v1 as sign_shanyan_v1;
pub use providers::{all as providers, explain, find as provider};
pub use redact::{Secret, masked, masked_id};

/// For quhao's own language bindings; no part of the public API.
#[cfg(feature = "http")]
#[doc(hidden)]
pub mod binding {
    pub use crate::process::on_thread_start;
    pub use crate::runtime::{Task, spawn};
}

#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
