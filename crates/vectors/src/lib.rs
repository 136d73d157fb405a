//! Known answers and behaviours, loaded for the suites that loop over them. The schema is in the README beside this crate.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

/// One file of cases.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suite {
    /// Which runner the cases are for: `decrypt`.
    pub run: String,
    /// The subject of the cases, in one sentence.
    pub about: String,
    /// The cases.
    pub cases: Vec<Case>,
}

/// One known answer or behaviour.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Unique in the file, a statement with dashes.
    pub id: String,
    /// The harm without this, in one sentence.
    pub why: String,
    /// Where the answer comes from.
    pub source: String,
    /// The defects it hunts.
    #[serde(default)]
    pub flags: Vec<String>,
    /// The input, `{"$file": …}` already replaced by the file's text.
    pub input: Value,
    /// The expected output, the files replaced likewise.
    pub expect: Value,
}

impl Case {
    /// Whether the case is about something going wrong.
    pub fn is_negative(&self) -> bool {
        self.expect.get("error").is_some()
            || self.expect.get("findings").and_then(Value::as_array).is_some_and(|findings| !findings.is_empty())
    }
}

/// The folder with the data.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data")
}

/// Every suite of a provider by its topic (`shanyan/sign`), in order.
///
/// # Panics
///
/// If a file is not what the README says.
pub fn suites() -> Vec<(String, Suite)> {
    let mut found = Vec::new();
    for provider in ["cmcc", "shanyan", "yuxin"] {
        let entries = fs::read_dir(folder().join(provider)).expect("the data lies beside this crate");
        let mut paths: Vec<_> = entries.map(|entry| entry.expect("a readable folder").path()).collect();
        paths.sort();
        for path in paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "json")) {
            let topic = path.file_stem().unwrap_or_default().to_string_lossy();
            found.push((format!("{provider}/{topic}"), suite(path)));
        }
    }
    found
}

/// One suite that holds for every provider: `faults`.
///
/// # Panics
///
/// If there is no such file, or it is not what the README says.
pub fn behaviours(topic: &str) -> Suite {
    suite(&folder().join("behaviours").join(format!("{topic}.json")))
}

fn suite(path: &Path) -> Suite {
    let text = fs::read_to_string(path).expect("a readable file");
    let mut suite: Suite = serde_json::from_str(&text).expect("a file of the README's schema");
    for case in &mut suite.cases {
        with_files(&mut case.input);
        with_files(&mut case.expect);
    }
    suite
}

/// One of the vendors' documents as data: tables, fields, samples, rules.
///
/// # Panics
///
/// If there is no such file.
pub fn seed(document: &str) -> Value {
    let path = folder().join("seeds").join(format!("{document}.json"));
    serde_json::from_str(&fs::read_to_string(path).expect("a seed's data")).expect("JSON")
}

/// Puts a file's text where `{"$file": …}` stands.
fn with_files(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if let Some(name) = map.get("$file").and_then(Value::as_str) {
                *value = fs::read_to_string(folder().join(name)).expect("a key's file").into();
            } else {
                map.values_mut().for_each(with_files);
            }
        }
        Value::Array(values) => values.iter_mut().for_each(with_files),
        _ => {}
    }
}
