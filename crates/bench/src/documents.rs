//! The kept run, and the tables that are generated from it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Failure;
use crate::report::{self, Language};
use crate::results::Results;
use crate::rows::{self, Row};

/// Keeps a run; of a host that was not measured, the figures of the run before.
pub(crate) fn keep(mut results: Results) -> Result<(), Failure> {
    let before = kept().unwrap_or_default();
    for (host, versions) in before.versions {
        results.versions.entry(host).or_insert(versions);
    }
    for figures in before.figures {
        let is_new = |new: &&crate::results::Figures| {
            (&new.row, &new.part, &new.peer) == (&figures.row, &figures.part, &figures.peer)
        };
        let is_known = rows::find(&figures.row, &figures.part, &figures.peer).is_some();
        if is_known && results.figures.iter().find(is_new).is_none() {
            results.figures.push(figures);
        }
    }
    fs::write(here().join("results.json"), results.to_json()?)?;
    for (path, _, due) in documents()? {
        fs::write(path, due)?;
    }
    Ok(())
}

/// Each README: its path, its text, and the text that it should have.
fn documents() -> Result<Vec<(PathBuf, String, String)>, Failure> {
    let results = kept()?;
    let in_readme: fn(&Row) -> bool = |row| row.in_readme;
    let documents = [
        ("../../README.md", Language::English, in_readme),
        ("../../README.zh-CN.md", Language::Chinese, in_readme),
        ("README.md", Language::English, |_| true),
    ];
    let generated = documents.into_iter().map(|(name, language, is_wanted)| {
        let path = here().join(name);
        let is = fs::read_to_string(&path)?;
        let table = report::markdown(&results, language, is_wanted);
        let due = between_markers(&is, &table).ok_or_else(|| format!("{name}: no {BEGIN}"))?;
        Ok((path, is, due))
    });
    generated.collect()
}

fn kept() -> Result<Results, Failure> {
    Ok(serde_json::from_slice(&fs::read(here().join("results.json"))?)?)
}

fn between_markers(text: &str, part: &str) -> Option<String> {
    let from = text.find(BEGIN)? + BEGIN.len();
    let to = from + text[from..].find(END)?;
    Some(format!("{}{part}{}", &text[..from], &text[to..]))
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

const BEGIN: &str = "<!-- generated: performance -->\n";
const END: &str = "<!-- end: performance -->";

#[cfg(test)]
mod tests {
    use super::*;

    /// `QUHAO_BLESS=1` rewrites them.
    #[test]
    fn performance_tables_are_those_of_the_kept_run() {
        for (path, is, due) in documents().unwrap() {
            if std::env::var_os("QUHAO_BLESS").is_some() {
                fs::write(&path, &due).unwrap();
            } else {
                assert_eq!(is, due, "{} is out of date; run: cargo xtask docs", path.display());
            }
        }
    }
}
