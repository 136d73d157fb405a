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
        if self.json {
            report::write_json(out, &rows.iter().map(Row::to_json).collect::<Value>())?;
        } else {
            write!(out, "{}", table::page(&rows))?;
        }
        Ok(exit_of(&rows))
    }
}

/// Every row must end as it should.
fn exit_of(rows: &[Row]) -> Exit {
    if rows.iter().all(|row| row.is_expected) { Exit::OK } else { Exit::MISMATCH }
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
        let mut line = format!("[{}/{}] {}\n", self.done, self.of, row.in_a_line());
        if self.is_terminal {
            // A line that wraps could not be written over.
            line = format!("\r\x1b[K{}", line.trim_end().chars().take(NARROW).collect::<String>());
        }
        // Progress that cannot be printed is no reason to stop.
        drop(io::stderr().write_all(line.as_bytes()));
    }

    fn finish(&self) {
        if self.is_terminal {
            drop(write!(io::stderr(), "\r\x1b[K"));
        }
    }
}

/// Columns that every terminal has.
const NARROW: usize = 78;

const AFTER: &str = "\
Needs no account, phone or network: the sandbox listens on loopback. Ends with 0 only if every step ended as it should. \
Numbers, names and keys are made up.";

#[cfg(test)]
mod tests {
    use quhao::Verdict;

    use super::*;
    use step::{Expected, Step};

    fn rows(steps: impl IntoIterator<Item = Step>) -> Vec<Row> {
        let sandbox = start(false).unwrap();
        steps.into_iter().map(|step| step.run(&sandbox, "http")).collect()
    }

    #[test]
    fn a_step_that_ends_otherwise_is_marked_and_decides_the_exit_code() {
        let mut steps = plan::answers();
        steps.truncate(2);
        assert_eq!(exit_of(&rows(plan::answers().into_iter().take(2))), Exit::OK);
        steps[1].expected = Expected::Verdict(Verdict::Match);
        let rows = rows(steps);
        assert_eq!(exit_of(&rows), Exit::MISMATCH);
        let page = table::page(&rows);
        assert!(page.contains("189****9000 ✗"), "{page}");
        assert!(page.ends_with("1 of 2 steps ended as they should\n"), "{page}");
    }

    #[test]
    fn a_step_that_cannot_be_made_is_a_row_with_its_cause() {
        let steps = plan::answers().into_iter().take(1).map(|step| Step { app: "shanyan-nobody", ..step });
        let rows = rows(steps);
        assert_eq!((rows[0].verdict.as_str(), exit_of(&rows)), ("sandbox", Exit::MISMATCH));
        assert!(table::page(&rows).contains("unknown app shanyan-nobody"), "{}", table::page(&rows));
    }
}
