//! The vendors' code tables, readable: meaning, cause, remedy.

use std::fmt::Write as _;
use std::io::Write;

use clap::Args;
use comfy_table::{Table, presets};
use quhao::ProviderInfo;
use quhao::{Charge, Code, Meaning};
use serde_json::{Value, json};

use crate::exit::Exit;
use crate::failure::{self, Failure};
use crate::options;
use crate::report;

/// Tell what a vendor's code means, why it comes and what to do, in Chinese and English
#[derive(Args)]
pub(crate) struct Explain {
    /// The code as the gateway or the phone's SDK wrote it
    #[arg(value_name = "CODE", required_unless_present = "list", conflicts_with = "list", allow_hyphen_values = true)]
    code: Option<String>,
    #[arg(long, value_name = "ID", help = format!("Only this provider's tables: {}", options::ids()))]
    provider: Option<String>,
    /// List every row of every table
    #[arg(long)]
    list: bool,
    /// Print JSON, errors too
    #[arg(long)]
    pub(crate) json: bool,
}

impl Explain {
    pub(crate) fn run(&self, out: &mut dyn Write) -> Result<Exit, Failure> {
        let rows: Vec<&Code> = match self.provider.as_deref() {
            Some(id) => quhao::provider(id)?.codes().collect(),
            None => quhao::providers().iter().flat_map(ProviderInfo::codes).collect(),
        };
        let wanted = self.code.as_deref().map(str::trim);
        let found: Vec<&Code> = rows.iter().copied().filter(|row| wanted.is_none_or(|code| row.code == code)).collect();
        match wanted {
            Some(code) if found.is_empty() => return Err(unknown(code, &rows)),
            _ if self.json => report::write_json(out, &found.iter().map(|row| as_json(row)).collect())?,
            Some(_) => write!(out, "{}", found.iter().map(|row| in_words(row)).collect::<Vec<_>>().join("\n"))?,
            None => writeln!(out, "{}", as_table(&found).trim_fmt())?,
        }
        Ok(Exit::OK)
    }
}

fn in_words(row: &Code) -> String {
    let mut text = format!("{} {} {}", row.provider, row.table, row.code);
    if let Some(fragment) = row.fragment {
        text += &format!(" with \"{fragment}\" in the message");
    }
    let hint = row.hint();
    text += &format!("\n  meaning  {}\n", word(row.meaning));
    if let Meaning::Failure(kind) = row.meaning {
        text += &format!("  retry    {}\n", failure::retry_in_words(kind.retry()));
    }
    if row.charge != Charge::Unknown {
        text += &format!("  charge   {}\n", row.charge.as_str());
    }
    // Writing into a String cannot fail.
    let _ = write!(text, "  cause    {}\n           {}\n", row.zh, row.en);
    let _ = write!(text, "  remedy   {}\n           {}\n", hint.zh, hint.en);
    text
}

fn as_table(rows: &[&Code]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["provider", "table", "code", "message has", "meaning", "charge", "zh", "en"]);
    for row in rows {
        let charge = if row.charge == Charge::Unknown { "" } else { row.charge.as_str() };
        let fragment = row.fragment.unwrap_or_default();
        table.add_row([row.provider, row.table, row.code, fragment, word(row.meaning), charge, row.zh, row.en]);
    }
    table
}

fn as_json(row: &Code) -> Value {
    let retry = match row.meaning {
        Meaning::Failure(kind) => Some(kind.retry().as_str()),
        _ => None,
    };
    let hint = row.hint();
    json!({
        "provider": row.provider,
        "table": row.table,
        "code": row.code,
        "fragment": row.fragment,
        "meaning": word(row.meaning),
        "retry": retry,
        "charge": row.charge.as_str(),
        "cause": {"zh": row.zh, "en": row.en},
        "remedy": {"zh": hint.zh, "en": hint.en},
    })
}

/// The kind of error, or what else the code amounts to.
fn word(meaning: Meaning) -> &'static str {
    match meaning {
        Meaning::Answer => "answer",
        Meaning::Failure(kind) => kind.as_str(),
        Meaning::OnPhone => "on_phone",
        Meaning::Verdict(verdict) => verdict.as_str(),
        _ => "other",
    }
}

/// The refusal for a code in none of `rows`: who else has it, or the nearest codes.
fn unknown(code: &str, rows: &[&Code]) -> Failure {
    let shown: String = code.chars().filter(|c| !c.is_control()).take(32).collect();
    let mut others: Vec<&str> = quhao::explain(code).map(|row| row.provider).collect();
    others.dedup();
    let near = if others.is_empty() { nearest(&shown, rows) } else { format!("; {} has it", others.join(", ")) };
    Failure::input(
        format!("code {shown} is in no table{near}"),
        "请核对返回码；quhao explain --list 列出全部",
        "check the code; quhao explain --list shows all",
    )
}

/// Codes one slip away, or else two.
fn nearest(code: &str, rows: &[&Code]) -> String {
    let mut near: Vec<(usize, &str)> =
        rows.iter().map(|row| (strsim::damerau_levenshtein(code, row.code), row.code)).collect();
    near.sort_unstable();
    near.dedup();
    let least = near.first().map_or(0, |(distance, _)| *distance);
    let near: Vec<&str> =
        near.iter().filter(|(distance, _)| *distance == least).take(5).map(|(_, code)| *code).collect();
    if least > 2 { String::new() } else { format!("; near it: {}", near.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_cause_and_remedy_in_both_languages() {
        for row in quhao::providers().iter().flat_map(ProviderInfo::codes) {
            let hint = row.hint();
            for text in [row.zh, row.en, &hint.zh, &hint.en] {
                assert!(!text.trim().is_empty(), "{} {} {}", row.provider, row.table, row.code);
            }
            assert_ne!(word(row.meaning), "other", "{} {}", row.provider, row.code);
        }
    }

    #[test]
    fn an_unknown_code_is_refused_with_near_ones() {
        let rows: Vec<&Code> = quhao::providers().iter().flat_map(ProviderInfo::codes).collect();
        assert!(unknown("403001", &rows).to_string().contains("403000"));
        assert!(!unknown("zzzzzzzz", &rows).to_string().contains("near"));
    }
}
