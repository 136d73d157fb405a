//! Every rule of the vendors' documents is claimed by proofs, and every proof exists.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use quhao_vectors::{seed, suites};

/// Each document, and how many rules it holds.
const DOCUMENTS: &[(&str, usize)] = &[("shanyan-v1", 33), ("china-mobile", 44), ("yuxin", 16)];

/// The packages whose tests are proofs, and their folders beside this one.
const PACKAGES: &[(&str, &str)] = &[("quhao", "core"), ("quhao-sandbox", "sandbox")];

#[test]
fn every_rule_is_claimed_and_every_proof_exists() {
    let claims = claims();
    let rules: BTreeSet<String> = DOCUMENTS.iter().flat_map(|(document, _)| rules(document)).collect();
    for rule in &rules {
        assert!(claims.get(rule).is_some_and(|proofs| !proofs.is_empty()), "{rule} has no proof");
    }
    for (rule, proofs) in &claims {
        assert!(rules.contains(rule), "{rule} is no rule of a document");
        assert_eq!(proofs.len(), proofs.iter().collect::<BTreeSet<_>>().len(), "{rule} names a proof twice");
    }
    let topics = suites();
    let vectors: BTreeSet<String> = (topics.iter())
        .flat_map(|(topic, suite)| suite.cases.iter().map(move |case| format!("{topic}::{}", case.id)))
        .collect();
    let tests: BTreeMap<&str, Vec<Test>> =
        PACKAGES.iter().map(|(package, folder)| (*package, tests_of(folder))).collect();
    for (rule, proof) in claims.iter().flat_map(|(rule, proofs)| proofs.iter().map(move |proof| (rule, proof))) {
        let (kind, name) = proof.split_once(' ').unwrap_or((proof, ""));
        let found = match kind {
            "vector" => usize::from(vectors.contains(name)),
            "test" => {
                let (package, name) = name.split_once("::").unwrap_or((name, ""));
                let tests = tests.get(package).map(Vec::as_slice).unwrap_or_default();
                tests.iter().filter(|test| test.is_called(name)).count()
            }
            _ => 0,
        };
        assert_eq!(found, 1, "{rule}: expected one {proof}, got {found}");
    }
}

#[test]
fn the_documents_hold_as_many_rules_as_ever() {
    for (document, count) in DOCUMENTS {
        let rules = rules(document);
        assert_eq!(rules.len(), *count, "{document}");
        assert_eq!(rules.iter().collect::<BTreeSet<_>>().len(), *count, "{document}: an id is there twice");
    }
    assert_eq!(claims().len(), 93, "the documents hold 93 rules");
}

/// The proofs of each rule: `vector <topic>::<case>`, `test <package>::<function>`, or, where two files of a package
/// have a function of that name, `test <package>::<file>::<function>`.
fn claims() -> BTreeMap<String, Vec<String>> {
    let path = quhao_vectors::folder().join("seeds/claims.json");
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn rules(document: &str) -> Vec<String> {
    let seed = seed(document);
    seed["rules"].as_array().unwrap().iter().map(|rule| rule["id"].as_str().unwrap().to_owned()).collect()
}

/// A test function, and the file that it stands in.
struct Test {
    file: String,
    function: String,
}

impl Test {
    fn is_called(&self, name: &str) -> bool {
        let (file, function) = name.split_once("::").unwrap_or((self.file.as_str(), name));
        self.file == file && self.function == function
    }
}

/// The test functions below a package's `src` and `tests`.
fn tests_of(package: &str) -> Vec<Test> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(package);
    let mut folders = vec![package.join("src"), package.join("tests")];
    let mut tests = Vec::new();
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let file = path.file_stem().unwrap().to_string_lossy();
                let functions = functions_of(&fs::read_to_string(&path).unwrap());
                tests.extend(functions.into_iter().map(|function| Test { file: file.to_string(), function }));
            }
        }
    }
    tests
}

/// The functions right below a `#[test]` or `#[tokio::test]`, other attributes between them or not.
fn functions_of(source: &str) -> Vec<String> {
    let mut functions = Vec::new();
    let mut is_test = false;
    for line in source.lines().map(str::trim) {
        if let Some(attribute) = line.strip_prefix("#[") {
            is_test |= attribute.starts_with("test]") || attribute.starts_with("tokio::test");
        } else if let Some(rest) = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ") {
            functions.extend(rest.split_once('(').filter(|_| is_test).map(|(name, _)| name.to_owned()));
            is_test = false;
        } else {
            is_test = false;
        }
    }
    functions
}
