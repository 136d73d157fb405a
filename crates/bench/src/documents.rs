//! What is checked in of a run, and regenerated from it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::machine::Machine;
use crate::report::{self, Language};
use crate::results::Measured;
use crate::{Failure, bars};

/// A file that is generated, wholly or between its markers.
#[derive(Debug)]
pub struct Document {
    /// Where it is.
    pub path: PathBuf,
    /// What it holds.
    pub is: String,
    /// What it would hold after `cargo xtask docs`.
    pub due: String,
}

/// Every document that is generated from the kept run.
///
/// # Errors
///
/// If the kept run cannot be read, or a README has no markers.
pub fn documents() -> Result<Vec<Document>, Failure> {
    let (measured, machine) = kept()?;
    let mut documents = Vec::new();
    for (name, language) in [("README.md", Language::English), ("README.zh-CN.md", Language::Chinese)] {
        let path = here().join("../..").join(name);
        let is = fs::read_to_string(&path)?;
        let part = report::performance(&measured, &machine, language);
        let due = between_markers(&is, &part).ok_or_else(|| format!("{name}: no {BEGIN}"))?;
        documents.push(Document { path, is, due });
    }
    for (name, due) in
        [("CAPACITY.md", report::capacity(&measured, &machine)?), ("results.svg", report::plot(&measured)?)]
    {
        let path = here().join(name);
        // One that is not there is out of date.
        let is = fs::read_to_string(&path).unwrap_or_default();
        documents.push(Document { path, is, due });
    }
    Ok(documents)
}

/// Rewrites every document.
///
/// # Errors
///
/// As [`documents`], and if a file cannot be written.
pub fn rewrite() -> Result<(), Failure> {
    for document in documents()? {
        if document.is != document.due {
            fs::write(document.path, document.due)?;
        }
    }
    Ok(())
}

/// Keeps a run; of a language that was not measured, the rows of the run before.
pub(crate) fn keep(measured: &[Measured], machine: &Machine) -> Result<(), Failure> {
    let (before, machine_before) = kept().unwrap_or_default();
    let is_measured = |host: &str| measured.iter().any(|row| row.host == host);
    let mut rows: Vec<Measured> = before.into_iter().filter(|row| !is_measured(&row.host)).collect();
    rows.extend_from_slice(measured);
    let place = |row: &Measured| {
        let other = row.other_name.as_deref().unwrap_or_default();
        bars::ROWS.iter().position(|known| known.name == row.name && known.other == other)
    };
    // A row that the table no longer has goes.
    rows.retain(|row| place(row).is_some());
    rows.sort_by_key(place);
    let mut machine = machine.clone();
    for (host, about) in machine_before.about {
        machine.about.entry(host).or_insert(about);
    }
    fs::write(here().join(RESULTS), report::json(&rows)?)?;
    fs::write(here().join(MACHINE), serde_json::to_string_pretty(&machine)? + "\n")?;
    rewrite()
}

fn kept() -> Result<(Vec<Measured>, Machine), Failure> {
    let read = |name: &str| fs::read(here().join(name)).map_err(|error| format!("{name}: {error}"));
    Ok((serde_json::from_slice(&read(RESULTS)?)?, serde_json::from_slice(&read(MACHINE)?)?))
}

fn between_markers(text: &str, part: &str) -> Option<String> {
    let from = text.find(BEGIN)? + BEGIN.len();
    let to = from + text[from..].find(END)?;
    Some(format!("{}{part}{}", &text[..from], &text[to..]))
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

const RESULTS: &str = "results.json";
const MACHINE: &str = "machine.json";
const BEGIN: &str = "<!-- generated: performance -->\n";
const END: &str = "<!-- end: performance -->";
