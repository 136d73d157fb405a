//! `cargo fuzz run keys`; see the target.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| quhao_fuzz::keys::run(data));
