//! On which cores the gateway and the program that is measured run.
//!
//! One call after the other needs one core: while one side works, the other waits. On two, each answer has to wake a core,
//! which takes longer than most of what is measured, and the system puts the two together or apart as it happens.

use std::io::{self, Write as _};
use std::process::{Command, Stdio};
use std::thread;

use serde::Deserialize;

/// What a program asks for.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Cores {
    /// As many as there are.
    All,
    /// One, for the program and its gateway together.
    One,
}

impl Cores {
    /// Puts all threads of these processes there.
    pub(crate) fn hold(self, processes: [u32; 2]) {
        let count = thread::available_parallelism().map_or(1, usize::from);
        // The first has the machine's interrupts to see to.
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
