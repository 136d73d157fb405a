//! How an answer is shown: lines for a reader, JSON for a program, the number masked in both unless asked.

use std::io::{self, Write};

use clap::Args;
use quhao::{FetchedNumber, PhoneNumber, Receipt, Verification};
use serde_json::{Value, json};

use crate::exit::Exit;
use crate::mask;

/// How the answer is shown.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Show {
    /// Print JSON, errors too
    #[arg(long)]
    pub(crate) json: bool,

    /// Print numbers and tokens in clear
    #[arg(long)]
    pub(crate) reveal: bool,
}

impl Show {
    /// Shows a fetched number and its receipt.
    pub(crate) fn fetched(self, out: &mut dyn Write, fetched: &FetchedNumber) -> io::Result<Exit> {
        let number = self.number(&fetched.number);
        if self.json {
            self.write_json(out, fetched, [("number", json!(number))])?;
        } else {
            writeln!(out, "number   {number}")?;
            self.write_lines(out, fetched)?;
        }
        Ok(Exit::OK)
    }

    /// Shows a verdict and its receipt; the verdict decides the exit code.
    pub(crate) fn verified(self, out: &mut dyn Write, verification: &Verification) -> io::Result<Exit> {
        let verdict = verification.verdict.as_str();
        if self.json {
            let answer = [("verdict", json!(verdict)), ("matches", json!(verification.matches()))];
            self.write_json(out, verification, answer)?;
        } else {
            writeln!(out, "verdict  {verdict}")?;
            self.write_lines(out, verification)?;
        }
        Ok(Exit::of_verdict(verification.verdict))
    }

    /// Shows a number alone.
    pub(crate) fn opened(self, out: &mut dyn Write, number: &PhoneNumber) -> io::Result<Exit> {
        let number = self.number(number);
        match self.json {
            true => write_json(out, &json!({ "number": number }))?,
            false => writeln!(out, "{number}")?,
        }
        Ok(Exit::OK)
    }

    /// The number in clear or masked, as asked.
    pub(crate) fn number(self, number: &PhoneNumber) -> String {
        if self.reveal { number.expose().to_owned() } else { number.to_string() }
    }

    fn text(self, text: &str) -> String {
        if self.reveal { text.to_owned() } else { quhao::masked(text) }
    }

    fn value(self, value: &Value) -> Value {
        if self.reveal { value.clone() } else { mask::json(value) }
    }

    fn write_lines(self, out: &mut dyn Write, receipt: &Receipt) -> io::Result<()> {
        writeln!(out, "provider {}", receipt.provider)?;
        writeln!(out, "{}", format!("code     {}  {}", receipt.code, self.text(&receipt.message)).trim_end())?;
        writeln!(out, "charge   {}", receipt.charge.as_str())?;
        if let Some(trade_no) = &receipt.trade_no {
            writeln!(out, "trade    {trade_no}")?;
        }
        if let Some(request_id) = &receipt.request_id {
            writeln!(out, "request  {request_id}")?;
        }
        if let Some(risk) = &receipt.risk {
            let tags: String = risk.tags.iter().map(|tag| format!("  {}", self.text(tag))).collect();
            writeln!(out, "risk     {} ({}){tags}", risk.level.as_str(), risk.code)?;
        }
        for (name, value) in &receipt.extra {
            writeln!(out, "extra    {name}: {}", self.value(value))?;
        }
        Ok(())
    }

    fn write_json<const N: usize>(
        self,
        out: &mut dyn Write,
        receipt: &Receipt,
        answer: [(&str, Value); N],
    ) -> io::Result<()> {
        let risk = receipt.risk.as_ref().map(|risk| {
            let tags: Vec<String> = risk.tags.iter().map(|tag| self.text(tag)).collect();
            json!({"level": risk.level.as_str(), "code": risk.code, "tags": tags})
        });
        let mut object = json!({
            "provider": receipt.provider,
            "code": receipt.code,
            "message": self.text(&receipt.message),
            "charge": receipt.charge.as_str(),
            "trade_no": receipt.trade_no,
            "request_id": receipt.request_id,
            "risk": risk,
            "extra": receipt.extra.iter().map(|(name, value)| (name.clone(), self.value(value))).collect::<Value>(),
        });
        for (name, value) in answer {
            object[name] = value;
        }
        write_json(out, &object)
    }
}

/// Writes a value over several lines, as people read JSON.
pub(crate) fn write_json(out: &mut dyn Write, value: &Value) -> io::Result<()> {
    writeln!(out, "{value:#}")
}
