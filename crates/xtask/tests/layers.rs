//! The layers of the core: a folder of `crates/core/src` imports only folders of lower layers.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::fs;
use std::path::{Path, PathBuf};

/// From the top down; folders of one layer never import each other.
const LAYERS: &[&[&str]] = &[
    &["client"],
    &["runtime"],
    &["http", "providers"],
    &["provider"],
    &["crypto"],
    &["inspect", "process"],
    &["model"],
    &["redact"],
    &["encoding"],
];

#[test]
fn no_import_runs_upward() {
    let mut upward = Vec::new();
    let mut imports = 0;
    for file in rust_files(&core()) {
        let path = file.strip_prefix(core()).unwrap().display().to_string();
        let Some((folder, _)) = path.split_once('/') else { continue };
        for (number, line) in fs::read_to_string(&file).unwrap().lines().enumerate() {
            for imported in imported(line).filter(|imported| *imported != folder) {
                imports += 1;
                if layer(imported) <= layer(folder) {
                    upward.push(format!("{path}:{}: {folder} imports {imported}", number + 1));
                }
            }
        }
    }
    assert!(upward.is_empty(), "imports that do not run down:\n{}", upward.join("\n"));
    assert!(imports > 100, "only {imports} imports were found");
}

#[test]
fn every_folder_has_a_layer_and_every_layer_is_a_folder() {
    let mut folders: Vec<_> = fs::read_dir(core()).unwrap().map(|entry| entry.unwrap()).collect();
    folders.retain(|entry| entry.file_type().unwrap().is_dir());
    let mut folders: Vec<_> = folders.iter().map(|entry| entry.file_name().into_string().unwrap()).collect();
    folders.sort_unstable();
    let mut layered: Vec<_> = LAYERS.iter().copied().flatten().map(ToString::to_string).collect();
    layered.sort_unstable();
    assert_eq!(folders, layered);
    let at_top: Vec<_> =
        fs::read_dir(core()).unwrap().filter(|entry| entry.as_ref().unwrap().path().is_file()).collect();
    assert_eq!(at_top.len(), 1, "lib.rs alone stands beside the folders");
}

/// The folders that a line names as `crate::folder`, outside of comments.
fn imported(line: &str) -> impl Iterator<Item = &str> {
    let code = line.split("//").next().unwrap_or_default();
    let names = code.split("crate::").skip(1);
    names
        .map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default())
        .filter(|name| LAYERS.iter().any(|layer| layer.contains(name)))
}

fn layer(folder: &str) -> usize {
    LAYERS.iter().position(|layer| layer.contains(&folder)).unwrap()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

fn core() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/src")
}
