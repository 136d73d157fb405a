//! Where output goes: closed pipes and full disks.

use std::collections::BTreeMap;
use std::fs::File;
use std::process::Stdio;

#[test]
fn a_reader_who_has_seen_enough_is_no_failure() {
    let mut child = crate::support::command(&["explain", "--list"], &BTreeMap::new())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let run = crate::support::Run::from(child.wait_with_output().unwrap());
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_ends_with_20() {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let child = crate::support::command(&["explain", "103000"], &BTreeMap::new()).stdout(full).output().unwrap();
    let run = crate::support::Run::from(child);
    assert_eq!(run.code, 20);
    assert!(run.stderr.starts_with("error: output: "), "{}", run.stderr);
}
