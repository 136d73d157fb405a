//! `cargo fuzz run params`; see the target.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| quhao_fuzz::params::run(data));
