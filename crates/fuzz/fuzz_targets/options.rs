//! `cargo fuzz run options`; see the target.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| quhao_fuzz::options::run(data));
