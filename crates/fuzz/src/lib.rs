//! What comes from outside, as bytes, and what must hold of the answer: more than that nothing panics.
//!
//! Each module is a target: a function of bytes that panics where something does not hold. Three programs call it:
//!
//! * `cargo test -p quhao-fuzz`: the kept corpus, the vectors, and some thousand mutations of both, the same each time;
//! * `cargo fuzz run --fuzz-dir crates/fuzz --sanitizer none --features libfuzzer replies` (cargo-fuzz 0.13, a stable
//!   toolchain and a C++ compiler): coverage-guided, for as long as one likes. No sanitizer is missed: the code is safe Rust;
//! * whoever has an input: `quhao_fuzz::replies::run(bytes)`.
//!
//! After a long run, `cargo fuzz cmin` with the same options keeps of the corpus what adds coverage.

pub mod keys;
pub mod options;
pub mod params;
pub mod planted;
pub mod replies;
pub mod tokens;

mod clients;
mod relays;

/// A target by its name, which is its corpus's folder too.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: &[Target] = &[
    ("keys", keys::run),
    ("options", options::run),
    ("params", params::run),
    ("replies", replies::run),
    ("tokens", tokens::run),
];
