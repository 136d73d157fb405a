//! The carriers' gateways emulated: they check, spend, expire, charge, and say why they refuse.
//!
//! For testing a back end without a SIM card. A [`Sandbox`] answers the documented paths of every provider that
//! quhao knows on one loopback port; a [`Phone`] mints what the phone's SDK would return; the ledger holds what came,
//! what it cost, and for a signature that does not verify shows the two strings with the first difference marked.
//!
//! ```
//! use quhao_sandbox::{Carrier, Sandbox};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let sandbox = Sandbox::start()?;
//! let client = quhao::blocking::Client::new("shanyan", sandbox.options("shanyan")?)?;
//! let phone = sandbox.phone("13800138000", Carrier::ChinaTelecom)?;
//! let params = phone.params("shanyan", quhao::Operation::FetchNumber)?;
//!
//! assert_eq!(client.fetch_number(params.clone())?.number.expose(), "13800138000");
//! let again = client.fetch_number(params).unwrap_err();
//! assert_eq!(again.kind(), quhao::ErrorKind::Token);
//! assert!(sandbox.ledger()[1].token_seen_before);
//! # Ok(()) }
//! ```
//!
//! Signatures and ciphers are computed here with code of its own, so that client and sandbox cannot be wrong
//! together. What the documents leave open is decided in the gateways' modules, where it says so.

mod answer;
mod app;
mod body;
mod calendar;
mod control;
mod crypto;
mod endpoints;
mod error;
mod explain;
mod faults;
mod flood;
mod gateway;
mod gateways;
mod gzip_bomb;
mod ledger;
mod phone;
mod request;
mod respond;
mod sandbox;
mod scenario;
mod server;
mod shared;
mod sim;
mod state;
mod tls;

pub use crate::app::App;
pub use crate::endpoints::Endpoint;
pub use crate::error::Error;
pub use crate::faults::Fault;
pub use crate::ledger::Entry;
pub use crate::phone::Phone;
pub use crate::sandbox::{Builder, Sandbox};
pub use crate::scenario::Failure;
pub use crate::sim::Carrier;
