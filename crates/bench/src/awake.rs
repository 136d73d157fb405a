//! Cores that do not sleep, as a busy server's do not.
//!
//! A core that has nothing to do is halted, above all a virtual one, and waking it takes longer than a call does: on an
//! idle machine the other side's answer would be timed, not the client. So a loop of idle priority, which yields to
//! whatever wants to run, keeps each core busy.

use std::hint;
use std::io::{self, Read as _, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;

use crate::Failure;

/// Keeps every core awake until it is dropped.
pub(crate) struct Awake {
    child: Child,
    stdin: Option<ChildStdin>,
}

impl Awake {
    /// Starts this program a second time with idle priority; nothing where the system has no such thing.
    pub(crate) fn start() -> Option<Self> {
        let mut command = Command::new("chrt");
        command.args(["--idle", "0"]).arg(std::env::current_exe().ok()?).arg("awake");
        match command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn() {
            Ok(mut child) => {
                let stdin = child.stdin.take();
                Some(Self { child, stdin })
            }
            Err(why) => {
                drop(writeln!(io::stderr(), "chrt could not be started ({why}): the cores may sleep between calls"));
                None
            }
        }
    }
}

impl Drop for Awake {
    fn drop(&mut self) {
        // It ends when its stdin does.
        drop(self.stdin.take());
        drop(self.child.wait());
    }
}

/// Loops on every core until stdin closes.
///
/// # Errors
///
/// If stdin cannot be read.
pub(crate) fn run() -> Result<(), Failure> {
    for _ in 0..thread::available_parallelism()?.get() {
        thread::spawn(|| {
            loop {
                // Leaves a core's other thread its share.
                hint::spin_loop();
            }
        });
    }
    io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
