//! The soak, short enough for every day.
#![cfg(target_os = "linux")]

use std::process::Command;

#[test]
fn two_thousand_logins_leave_memory_threads_and_descriptors_as_they_were() {
    let bench = env!("CARGO_BIN_EXE_quhao-bench");
    let output = Command::new(bench).args(["beside", bench, "soak"]).env("QUHAO_SOAK_CALLS", "2000").output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
    assert!(printed.contains("2000 logins in "), "{printed}");
}

#[test]
fn a_command_that_fails_fails_the_soak() {
    let bench = env!("CARGO_BIN_EXE_quhao-bench");
    for command in [&["beside", "false"][..], &["beside", "no-such-program"], &["beside"], &["soak", "now"], &["soak"]]
    {
        let output = Command::new(bench).args(command).env_remove("QUHAO_SANDBOX_URL").output().unwrap();
        assert!(!output.status.success(), "{command:?}");
    }
}
