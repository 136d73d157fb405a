//! quhao measured beside what a back end would otherwise run.
//!
//! `quhao-bench gateway` is the other side: a process of its own that answers at once what the gateways would answer.
//! README.md in this folder tells what a language's program gets and prints; `cargo xtask bench` runs it all.

mod awake;
mod bars;
mod cli;
mod cores;
mod documents;
mod fixtures;
mod gateway;
mod limits;
mod machine;
mod process;
mod report;
mod results;
mod run;
mod rust;
mod stats;

pub use cli::main;
pub use documents::{Document, documents, rewrite};

/// What can go wrong here is told to whoever started it, and nobody reacts to its kind.
type Failure = Box<dyn std::error::Error + Send + Sync>;
