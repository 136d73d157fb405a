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
//! * [`explain`] and [`providers`](provider::all) hold the vendors' code tables and options as data.
#![doc = concat!("\n[quhao-sandbox](https://docs.rs/quhao-sandbox/", env!("CARGO_PKG_VERSION"), ") stands in for the gateways in tests.")]

mod apps;
#[cfg(feature = "http")]
pub mod blocking;
mod builder;
mod call;
mod canon;
mod client;
mod clock;
mod codes;
mod crypto;
mod echo;
mod error;
#[cfg(feature = "http")]
mod event;
mod form;
#[cfg(feature = "http")]
mod http;
mod identity;
mod inspect;
mod kind;
mod options;
mod origin;
mod outcome;
mod params;
mod process;
pub mod provider;
mod providers;
mod repair;
mod reply;
#[cfg(feature = "http")]
mod runtime;
mod secret;
#[cfg(feature = "http")]
mod single_flight;

pub use builder::{Cmcc, ShanYan, Yuxin};
pub use call::Call;
pub use client::Client;
pub use clock::Moment;
pub use codes::{Code, Meaning, explain};
pub use error::{Error, ErrorKind, Hint, Phase, Retry};
#[cfg(feature = "http")]
pub use event::{Counter, Event, counters};
pub use inspect::{Action, Cause, Finding, Inspection};
pub use options::{Form, OptionSpec};
pub use outcome::{Answer, Charge, FetchedNumber, Outcome, Receipt, Risk, RiskLevel, Verdict, Verification};
pub use params::Params;
pub use provider::{Ask, Operation, ProviderInfo, Signature};
pub use providers::shanyan::sign_v1 as sign_shanyan_v1;
pub use secret::{PhoneNumber, Secret, masked, masked_id};

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
