//! `cargo fuzz run tokens`; see the target.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| quhao_fuzz::tokens::run(data));
