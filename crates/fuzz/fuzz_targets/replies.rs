//! `cargo fuzz run replies`; see the target.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| quhao_fuzz::replies::run(data));
