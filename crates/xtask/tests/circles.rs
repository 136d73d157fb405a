//! Files of the sandbox and of the command line import each other in one direction only.
//!
//! An import is a path that begins with `crate`, `super`, `self` or the name of a module that the file declares; it
//! leads to the file of the last module in it. An item that a `mod.rs` re-exports counts as an import of that `mod.rs`,
//! whose `pub use` leads on to the defining file. Not seen: test modules, code behind `//` in a string, methods
//! called on a value whose type another file defines, and names that a macro makes up.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Each file's path below `src`, with the files that it imports.
type Imports = BTreeMap<String, BTreeSet<String>>;

#[test]
fn the_sandbox_has_no_import_circle() {
    assert_no_circle("../sandbox/src", 80);
}

#[test]
fn the_command_line_has_no_import_circle() {
    assert_no_circle("../cli/src", 40);
}

#[test]
fn a_circle_is_found_through_folders_and_braces() {
    let files = [
        ("lib.rs", "mod a;\nmod b;\npub use crate::a::deep::Item;"),
        ("a/mod.rs", "mod deep;\nmod leaf;\nfn call() { leaf::run() }"),
        ("a/deep.rs", "use std::fmt;\nuse crate::{b::{self, Other}};"),
        ("a/leaf.rs", "// use super::deep;\n#[cfg(test)]\nmod tests { use super::super::deep; }"),
        ("b.rs", "use crate::a::{leaf};\nfn ring() { super::a::deep::go() }"),
    ];
    let files = files.map(|(path, text)| (path.to_owned(), text.to_owned()));
    let imports = imports(&BTreeMap::from(files));
    assert_eq!(imports["lib.rs"], BTreeSet::from(["a/deep.rs".to_owned()]));
    assert_eq!(imports["a/mod.rs"], BTreeSet::from(["a/leaf.rs".to_owned()]));
    assert_eq!(circle(imports), ["a/deep.rs", "b.rs"]);
}

fn assert_no_circle(source: &str, at_least: usize) {
    let imports = imports(&files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(source)));
    let count: usize = imports.values().map(BTreeSet::len).sum();
    assert!(count >= at_least, "only {count} imports were found in {source}");
    let circle = circle(imports);
    assert!(circle.is_empty(), "these files of {source} import each other in a circle: {}", circle.join(" > "));
}

/// One circle, each file importing the next and the last the first; nothing if there is none.
fn circle(mut imports: Imports) -> Vec<String> {
    // A file that imports none of the rest is in no circle.
    loop {
        let left: BTreeSet<_> = imports.keys().cloned().collect();
        imports.retain(|_, imported| !imported.is_disjoint(&left));
        if imports.len() == left.len() {
            break;
        }
    }
    let mut walked: Vec<String> = imports.keys().next().cloned().into_iter().collect();
    while let Some(file) = walked.last() {
        let next = imports[file].iter().find(|imported| imports.contains_key(*imported)).unwrap();
        if let Some(start) = walked.iter().position(|file| file == next) {
            walked.drain(..start);
            break;
        }
        walked.push(next.clone());
    }
    walked
}

fn imports(files: &BTreeMap<String, String>) -> Imports {
    let modules: BTreeMap<_, _> = files.keys().map(|file| (module(file), file.clone())).collect();
    let imported = |(file, text): (&String, &String)| {
        let targets = paths(&code(text)).into_iter().filter_map(|path| target(&module(file), &path, &modules));
        (file.clone(), targets.filter(|target| target != file).collect())
    };
    files.iter().map(imported).collect()
}

/// The path of a file's module, below the crate.
fn module(file: &str) -> Vec<String> {
    let path = file.strip_suffix(".rs").unwrap();
    let path = path.strip_suffix("/mod").unwrap_or(path);
    match path {
        "lib" | "main" => Vec::new(),
        path => path.split('/').map(ToOwned::to_owned).collect(),
    }
}

/// The file of the last module in a path that stands in the module `own`.
fn target(own: &[String], path: &[String], modules: &BTreeMap<Vec<String>, String>) -> Option<String> {
    let mut at = own.to_vec();
    for name in path {
        match name.as_str() {
            "crate" => at.clear(),
            "super" => drop(at.pop()),
            "self" => {}
            name => at.push(name.to_owned()),
        }
        if !modules.contains_key(&at) {
            at.pop();
            break;
        }
    }
    modules.get(&at).cloned()
}

/// The text without comments and test modules.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod ").next().unwrap();
    text.lines().map(|line| line.split("//").next().unwrap()).collect::<Vec<_>>().join("\n")
}

/// The paths that begin with `crate`, `super`, `self` or a module declared here.
fn paths(code: &str) -> Vec<Vec<String>> {
    let mut starts = vec!["crate", "super", "self"];
    let declared = code.lines().filter_map(|line| line.strip_suffix(';')?.rsplit_once("mod "));
    starts.extend(declared.map(|(_, name)| name));
    let mut found = Vec::new();
    for (at, _) in code.match_indices("::") {
        let start = code[..at].rfind(|c| !is_of_name(c)).map_or(0, |before| before + 1);
        if starts.contains(&&code[start..at]) && !code[..start].ends_with("::") {
            expand(&code[start..], Vec::new(), &mut found);
        }
    }
    found
}

/// Reads a path, or each of those that stand in braces.
fn expand(text: &str, mut path: Vec<String>, found: &mut Vec<Vec<String>>) {
    let end = text.find(|c| !is_of_name(c)).unwrap_or(text.len());
    path.push(text[..end].to_owned());
    match text[end..].strip_prefix("::") {
        Some(list) if list.starts_with('{') => {
            in_braces(list).into_iter().for_each(|item| expand(item, path.clone(), found))
        }
        Some(rest) if rest.starts_with(is_of_name) => expand(rest, path, found),
        _ => found.push(path),
    }
}

/// The items between a brace and its own closing brace.
fn in_braces(list: &str) -> Vec<&str> {
    let (mut items, mut depth, mut start) = (Vec::new(), 0_usize, 1);
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 || (depth == 1 && c == ',') {
            items.push(list[start..at].trim());
            start = at + 1;
        }
        if depth == 0 {
            break;
        }
    }
    items.retain(|item| !item.is_empty());
    items
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let (path, name) = (entry.path(), entry.file_name().into_string().unwrap());
        if path.is_dir() {
            found.extend(files(&path).into_iter().map(|(below, text)| (format!("{name}/{below}"), text)));
        } else if name.ends_with(".rs") {
            found.insert(name, fs::read_to_string(path).unwrap());
        }
    }
    found
}
