//! Every `Source:` names a document of this repository, and a section that the document has.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Sources that are no files of this repository.
const STANDARDS: &[&str] = &["FIPS ", "GB ", "GB/T ", "RFC ", "vector "];

#[test]
fn every_source_in_code_resolves() {
    let (sections, mut cited, mut faults) = (sections(), 0, Vec::new());
    for file in files(&root().join("crates"), "rs") {
        let provider = provider_of(&file);
        for (line, text) in sources(&fs::read_to_string(&file).unwrap()) {
            cited += 1;
            let missing = missing(&text, provider, &sections);
            faults.extend(missing.iter().map(|missing| format!("{}:{line}: {missing}", shown(&file))));
        }
    }
    assert!(faults.is_empty(), "sources that do not resolve:\n{}", faults.join("\n"));
    assert!(cited > 60, "only {cited} sources were found");
}

#[test]
fn every_source_in_the_vectors_resolves() {
    let (sections, mut cited, mut faults) = (sections(), 0, Vec::new());
    for file in files(&root().join("crates/vectors/data"), "json") {
        let text = fs::read_to_string(&file).unwrap();
        // The vendors' documents as data name their PROTOCOL.md once, and its sections in each `where`.
        let document = text.lines().find_map(|line| value(line, "protocol")).unwrap_or_default();
        for (at, line) in text.lines().enumerate() {
            let is_cited = |source: &&str| documents(source).next().is_some();
            let source = value(line, "source").filter(is_cited).map(str::to_owned);
            let Some(source) = source.or_else(|| Some(format!("{document} {}", value(line, "where")?))) else {
                continue;
            };
            cited += 1;
            let missing = missing(&source, None, &sections);
            faults.extend(missing.iter().map(|missing| format!("{}:{}: {missing}", shown(&file), at + 1)));
        }
    }
    assert!(faults.is_empty(), "sources that do not resolve:\n{}", faults.join("\n"));
    assert!(cited > 250, "only {cited} sources were found");
}

#[test]
fn every_provider_has_a_protocol_whose_references_resolve() {
    let sections = sections();
    let mut faults = Vec::new();
    for folder in fs::read_dir(root().join(PROVIDERS)).unwrap().map(|entry| entry.unwrap().path()) {
        if !folder.is_dir() {
            continue;
        }
        let provider = folder.file_name().unwrap().to_str().unwrap();
        let Some(known) = sections.get(provider) else {
            faults.push(format!("{provider}: no PROTOCOL.md"));
            continue;
        };
        let text = fs::read_to_string(folder.join("PROTOCOL.md")).unwrap();
        assert_eq!(headings(&text).count(), known.len(), "{provider}: a section number stands twice");
        for (at, line) in text.lines().enumerate() {
            let unknown = numbers(line).filter(|number| !known.contains(*number));
            faults.extend(unknown.map(|number| format!("{provider}/PROTOCOL.md:{}: no section {number}", at + 1)));
        }
    }
    assert!(faults.is_empty(), "protocols that are not whole:\n{}", faults.join("\n"));
}

#[test]
fn a_source_that_does_not_resolve_is_found() {
    let sections = BTreeMap::from([("toy".to_owned(), BTreeSet::from(["1".to_owned(), "1.2".to_owned()]))]);
    let found = |text: &str| missing(text, Some("toy"), &sections);
    assert!(found("PROTOCOL.md §1, §1.2. Vectors: `toy/sign.json`.").is_empty());
    assert!(found("toy/PROTOCOL.md §1 to §1.2; the rest in our words.").is_empty());
    assert!(found("RFC 8017 §8.2.1.").is_empty());
    assert_eq!(found("PROTOCOL.md §1.2, §3."), ["toy/PROTOCOL.md has no section 3"]);
    assert_eq!(found("toy/PROTOCOL.md §1, other/PROTOCOL.md §1."), ["other/PROTOCOL.md does not exist"]);
    assert_eq!(found("PROTOCOL.md."), ["PROTOCOL.md is named without a section"]);
    assert_eq!(found("manuals/toy.txt §4."), ["manuals/toy.txt does not exist"]);
    assert_eq!(found("B5."), ["expected a document, a standard or a vector, got B5."]);
    assert_eq!(missing("PROTOCOL.md §1", None, &sections), ["PROTOCOL.md is named without its provider"]);
    let code = "/// Signs. Source:\n/// toy/PROTOCOL.md\n/// §1.\n///\n/// More.\nfn sign() {} // Source: RFC 2104.\n";
    let cited = [(1, "toy/PROTOCOL.md §1.".to_owned()), (6, "RFC 2104.".to_owned())];
    assert_eq!(sources(code), cited);
}

const PROVIDERS: &str = "crates/core/src/providers";

/// The numbered sections of each provider's PROTOCOL.md.
fn sections() -> BTreeMap<String, BTreeSet<String>> {
    let protocols = files(&root().join(PROVIDERS), "md").into_iter().filter(|file| file.ends_with("PROTOCOL.md"));
    let numbered = |file: &Path| headings(&fs::read_to_string(file).unwrap()).map(str::to_owned).collect();
    protocols.filter_map(|file| Some((provider_of(&file)?.to_owned(), numbered(&file)))).collect()
}

/// `3` of `## 3. Title`, `3.2` of `### 3.2 Title`.
fn headings(text: &str) -> impl Iterator<Item = &str> {
    let titles = text.lines().filter_map(|line| line.strip_prefix("## ").or_else(|| line.strip_prefix("### ")));
    titles.map(|title| title.split(' ').next().unwrap_or_default().trim_end_matches('.'))
}

/// Comments after `Source:` to the end of their paragraph, with the line of `Source:`.
fn sources(code: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut is_open = false;
    for (at, line) in code.lines().enumerate() {
        let Some((before, comment)) = line.split_once("//") else {
            is_open = false;
            continue;
        };
        let comment = comment.trim_start_matches(['/', '!']).trim();
        is_open &= before.trim().is_empty() && !comment.is_empty();
        if let Some((_, source)) = format!("{comment} ").split_once("Source: ") {
            found.push((at + 1, source.trim().to_owned()));
            is_open = true;
        } else if is_open && let Some((_, source)) = found.last_mut() {
            *source = format!("{source} {comment}").trim().to_owned();
        }
    }
    found
}

/// The string behind `"name": ` in a line of JSON.
fn value<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = line.split_once(&format!("\"{name}\": \""))?;
    rest.split('"').next()
}

/// All that a source names and that does not exist.
fn missing(source: &str, own: Option<&str>, sections: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let mut missing = Vec::new();
    for (name, cited) in documents(source) {
        let Some(provider) = name.strip_suffix("PROTOCOL.md") else {
            if !root().join(name).is_file() {
                missing.push(format!("{name} does not exist"));
            }
            continue;
        };
        let provider = provider.strip_suffix('/').or(own);
        let known = provider.and_then(|provider| sections.get(provider));
        match (provider, known) {
            (None, _) => missing.push(format!("{name} is named without its provider")),
            (Some(provider), None) => missing.push(format!("{provider}/PROTOCOL.md does not exist")),
            (Some(_), Some(_)) if cited.is_empty() => missing.push(format!("{name} is named without a section")),
            (Some(provider), Some(known)) => {
                let unknown = cited.iter().filter(|number| !known.contains(**number));
                missing.extend(unknown.map(|number| format!("{provider}/PROTOCOL.md has no section {number}")));
            }
        }
    }
    let is_standard = STANDARDS.iter().any(|name| source.starts_with(name));
    if documents(source).next().is_none() && !is_standard {
        missing.push(format!("expected a document, a standard or a vector, got {source}"));
    }
    missing
}

/// The files that a source names, each with the section numbers that follow it.
fn documents(source: &str) -> impl Iterator<Item = (&str, Vec<&str>)> {
    let is_path = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    let names = source.split(move |c| !is_path(c)).map(|word| word.trim_end_matches('.'));
    let names = names.filter(|word| word.ends_with(".md") || word.ends_with(".txt"));
    names.scan(source, |rest, name| {
        let (_, after) = rest.split_once(name)?;
        *rest = after;
        let own = after.split(".md").next().unwrap_or_default();
        Some((name, numbers(own).collect()))
    })
}

/// `3.2` of each `§3.2`, unless a standard's name stands before it.
fn numbers(text: &str) -> impl Iterator<Item = &str> {
    let text = text.split(" RFC ").next().unwrap_or_default();
    let after = text.split('§').skip(1);
    after.map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        rest[..end].trim_end_matches('.')
    })
}

/// The provider in whose folder a file stands.
fn provider_of(file: &Path) -> Option<&str> {
    let inside = file.strip_prefix(root().join(PROVIDERS)).ok()?;
    (inside.components().count() > 1).then(|| inside.iter().next()?.to_str()).flatten()
}

/// The files below a folder whose names end so, generated ones left out.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() && !path.ends_with("target") && !path.ends_with("node_modules") {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|ending| ending == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn shown(file: &Path) -> String {
    file.strip_prefix(root()).unwrap().display().to_string()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}
