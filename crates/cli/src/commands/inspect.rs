//! Findings on the phone's params, without spending the token.

use std::io::Write;

use clap::Args;
use quhao::{Finding, Inspection, Moment, Operation, Params};
use serde_json::{Value, json};

use crate::ask::{Chosen, ParamsArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::options::{self, ProviderArgs};
use crate::report;

/// Tell what is wrong with the phone's params, and repair what loses nothing
#[derive(Args)]
#[command(after_help = AFTER, after_long_help = options::help(AFTER))]
pub(crate) struct Inspect {
    #[command(flatten)]
    provider: ProviderArgs,
    /// What the params are for; the provider's first operation if left out
    #[arg(long, value_name = "OPERATION")]
    operation: Option<Chosen>,
    #[command(flatten)]
    params: ParamsArgs,
    /// Judge times as of this moment, Unix milliseconds; now if left out
    #[arg(long, value_name = "MS")]
    at: Option<u64>,
    /// Print the repaired params, in clear, and nothing else
    #[arg(long, conflicts_with = "json")]
    repaired: bool,
    /// Print JSON, errors too
    #[arg(long)]
    pub(crate) json: bool,
}

impl Inspect {
    pub(crate) fn run(&self, out: &mut dyn Write) -> Result<Exit, Failure> {
        let info = self.provider.info()?;
        let operation = Chosen::or_first_of(self.operation, info)?;
        if operation == Operation::VerifyIdentity {
            return Err(Failure::config(
                format!("{} {operation} takes no params, so there is nothing to inspect", info.id),
                "该操作不需要手机端参数",
                "inspect is for operations that take the phone's params",
            ));
        }
        let client = self.provider.client()?;
        let now = Moment::now()?;
        let moment = Moment::at(self.at.unwrap_or(now.now_ms), now.nonce);
        let inspection = client.inspect(operation, self.params.read()?, &moment);
        let exit = if inspection.is_refused() { Exit::INPUT } else { Exit::OK };
        if self.json {
            report::write_json(out, &as_json(&inspection))?;
        } else if self.repaired && !inspection.is_refused() {
            report::write_json(out, &params_as_json(&inspection.params))?;
        } else if self.repaired {
            // Params that no repair makes whole are not passed on to whatever reads the output.
            write_findings(&mut std::io::stderr(), &inspection)?;
        } else {
            write_findings(out, &inspection)?;
        }
        Ok(exit)
    }
}

fn write_findings(out: &mut dyn Write, inspection: &Inspection) -> std::io::Result<()> {
    for finding in &inspection.findings {
        let (zh, en) = finding.cause.remedy();
        writeln!(out, "{}: {} ({})", finding.field, finding.cause.as_str(), finding.action.as_str())?;
        writeln!(out, "  {}\n  remedy: {zh}\n  remedy: {en}", finding.message)?;
    }
    if let Some(carrier) = inspection.carrier {
        writeln!(out, "carrier: {carrier}")?;
    }
    let verdict = if inspection.is_refused() { "a call would be refused" } else { "a call would be sent" };
    match inspection.findings.len() {
        0 => writeln!(out, "nothing found; {verdict}"),
        1 => writeln!(out, "1 finding; {verdict}"),
        n => writeln!(out, "{n} findings; {verdict}"),
    }
}

fn as_json(inspection: &Inspection) -> Value {
    let finding = |finding: &Finding| {
        let (zh, en) = finding.cause.remedy();
        json!({
            "field": finding.field,
            "cause": finding.cause.as_str(),
            "action": finding.action.as_str(),
            "message": finding.message,
            "remedy": {"zh": zh, "en": en},
        })
    };
    json!({
        "refused": inspection.is_refused(),
        "carrier": inspection.carrier,
        "findings": inspection.findings.iter().map(finding).collect::<Vec<_>>(),
    })
}

/// The params as `--params` reads them again.
fn params_as_json(params: &Params) -> Value {
    match params.field("token").filter(|_| params.is_bare_token()) {
        Some(token) => Value::from(token),
        None => params.fields().collect(),
    }
}

const AFTER: &str = "\
Ends with 14 where a call would be refused. Nothing is sent and the token is not spent: \
quhao inspect --repaired <sdk.json | quhao fetch";
