//! Every documented operation of every documented gateway, and what the gateways refuse.

use std::io::{self, IsTerminal, Write};

use clap::Args;
use quhao_sandbox::Sandbox;
use serde_json::Value;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::report;

mod plan;
mod refusals;
mod step;
mod table;

use step::Row;

/// Complete every documented operation against the built-in sandbox, over real HTTP and TLS
#[derive(Args)]
#[command(after_help = AFTER)]
pub(crate) struct Demo {
    /// Print JSON, errors too
    #[arg(long)]
    pub(crate) json: bool,
}

impl Demo {
    /// Runs all steps and shows what came of each.
    ///
    /// # Errors
    ///
    /// Only if the sandbox cannot be started; a step that goes wrong is a row, and the exit code.
    pub(crate) fn run(&self, out: &mut dyn Write) -> Result<Exit, Failure> {
        let (plain, tls) = (start(false)?, start(true)?);
        let (answers, over_tls, refusals) = (plan::answers(), plan::over_tls(), refusals::all());
        let mut progress = Progress::new(answers.len() + over_tls.len() + refusals.len());
        let mut rows = Vec::new();
        for (steps, sandbox, scheme) in [(&answers, &plain, "http"), (&over_tls, &tls, "https")] {
            for step in steps {
                let row = step.run(sandbox, scheme);
                progress.advance(&row);
                rows.push(row);
            }
        }
        for refusal in &refusals {
            let row = refusal.run();
            progress.advance(&row);
            rows.push(row);
        }
        progress.finish();
        let failed = rows.iter().filter(|row| !row.is_expected).count();
        if self.json {
            report::write_json(out, &rows.iter().map(Row::to_json).collect::<Value>())?;
        } else {
            write!(out, "{}", table::page(&rows))?;
        }
        Ok(if failed == 0 { Exit::OK } else { Exit::MISMATCH })
    }
}

/// Starts a sandbox that knows the people of the plan.
fn start(tls: bool) -> Result<Sandbox, Failure> {
    let sandbox = Sandbox::builder().tls(tls).start().map_err(|error| {
        Failure::config(
            format!("sandbox: {error}"),
            "沙箱无法启动：请检查本机回环网络与临时目录",
            "the sandbox cannot start: check this machine's loopback network and temporary directory",
        )
    })?;
    sandbox.add_person(plan::PERSON.number, plan::PERSON.name, plan::PERSON.id_card);
    Ok(sandbox)
}

/// One line for each step on standard error; on a terminal, the same line over and over.
struct Progress {
    done: usize,
    of: usize,
    is_terminal: bool,
}

impl Progress {
    fn new(of: usize) -> Self {
        Self { done: 0, of, is_terminal: io::stderr().is_terminal() }
    }

    fn advance(&mut self, row: &Row) {
        self.done += 1;
        let (start, end) = if self.is_terminal { ("\r\x1b[K", "") } else { ("", "\n") };
        // Progress that nobody can see is no reason to stop.
        drop(write!(io::stderr(), "{start}[{}/{}] {}{end}", self.done, self.of, row.in_a_line()));
    }

    fn finish(&self) {
        if self.is_terminal {
            drop(write!(io::stderr(), "\r\x1b[K"));
        }
    }
}

const AFTER: &str = "\
Needs no account, phone or network: the sandbox listens on loopback. Ends with 0 only if every step ended as it should. \
Numbers, names and keys are made up.";
