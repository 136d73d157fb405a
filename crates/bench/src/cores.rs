//! The cores that a measurement runs on, and how they are kept from sleeping.
//!
//! One call after the other needs one core: while one side works, the other waits. On two, waking the other core takes
//! longer than most of what is measured, and the system puts both sides together or apart at random.

use std::io::{self, Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::{hint, thread};

use serde::Deserialize;

use crate::Failure;

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Cores {
    All,
    /// One for the host and the gateway together.
    One,
}

impl Cores {
    /// Moves all threads of these processes there, on a machine of `count` cores.
    pub(crate) fn pin(self, processes: &[u32], count: usize) {
        // The first core serves the machine's interrupts.
        let last = count - 1;
        let list = if self == Self::One { last.to_string() } else { format!("0-{last}") };
        for process in processes {
            let mut command = Command::new("taskset");
            command.args(["--all-tasks", "--cpu-list", "--pid", &list, &process.to_string()]).stdout(Stdio::null());
            if !command.status().is_ok_and(|status| status.success()) {
                drop(writeln!(io::stderr(), "taskset: process {process} stays on the cores that it has"));
            }
        }
    }
}

/// A process of idle priority that loops on every core until it is dropped.
///
/// A core without work is halted, above all a virtual one, and waking it takes longer than a call: on an idle machine
/// the wake-up would be measured. A busy server's cores do not sleep either.
pub(crate) struct Awake(Option<Child>);

impl Awake {
    pub(crate) fn start() -> Result<Self, Failure> {
        let mut command = Command::new("chrt");
        command.args(["--idle", "0"]).arg(std::env::current_exe()?).arg("keep-awake").stdin(Stdio::piped());
        let child = command.spawn();
        if let Err(why) = &child {
            drop(writeln!(io::stderr(), "chrt: {why}; the cores may sleep between calls"));
        }
        Ok(Self(child.ok()))
    }
}

impl Drop for Awake {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            // It ends when its stdin closes.
            drop(child.stdin.take());
            drop(child.wait());
        }
    }
}

/// The cores that this process may run on.
pub(crate) fn count() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// Loops on every core until stdin closes.
pub(crate) fn keep_awake() -> Result<(), Failure> {
    for _ in 0..count() {
        thread::spawn(|| {
            loop {
                // Leaves a core's other hardware thread its share.
                hint::spin_loop();
            }
        });
    }
    io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
