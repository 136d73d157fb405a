//! The soak, short enough for every day.
#![cfg(target_os = "linux")]

use std::process::Command;

#[test]
fn two_thousand_logins_leave_memory_threads_and_descriptors_as_they_were() {
    let soak = env!("CARGO_BIN_EXE_soak");
    let output = Command::new(soak).args(["beside", soak, "logins"]).env("QUHAO_SOAK_CALLS", "2000").output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    assert!(said.contains("2000 logins in "), "{said}");
}

#[test]
fn a_command_that_fails_fails_the_soak() {
    let soak = env!("CARGO_BIN_EXE_soak");
    for command in [&["beside", "false"][..], &["beside", "no-such-program"], &["logins", "now"], &[]] {
        assert!(!Command::new(soak).args(command).output().unwrap().status.success(), "{command:?}");
    }
}
