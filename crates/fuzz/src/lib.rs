//! Fuzz targets: bytes from outside, and what must hold of the answer besides that nothing panics.
//!
//! Each module is a target: a function of bytes that panics where something does not hold. It runs in three ways:
//!
//! * `cargo test -p quhao-fuzz`: the seeds, and some thousand mutations of them, the same each time;
//! * `cargo fuzz run --fuzz-dir crates/fuzz --sanitizer none --features libfuzzer replies` (cargo-fuzz 0.13, a stable
//!   toolchain and a C++ compiler): coverage-guided, without end. No sanitizer is needed: the code is safe Rust;
//! * `quhao_fuzz::replies::run(bytes)`: one input.
//!
//! Seeds stand in `corpus/<target>/`, named in words joined by hyphens; most are inputs of `crates/vectors`.
//! `cargo fuzz` writes its finds beside them under hashes, which git ignores: one that is worth keeping gets a name.

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
