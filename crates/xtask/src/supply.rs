//! Dependencies: whether they are allowed, and their bill of materials. Neither tool is needed for `cargo xtask test`.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::steps::{Step, all, root, run, say};

/// Advisories, bans, licences and sources, by `.cargo/deny.toml`; Windows by itself, since PHP is not built there.
///
/// # Errors
///
/// If cargo-deny is missing, cannot fetch the advisories, or refuses a crate.
pub(crate) fn deny() -> Result<(), String> {
    let windows = ["--target", "x86_64-pc-windows-msvc", "--exclude", "quhao-php"];
    let check = ["check", "--allow", "unmatched-skip", "bans", "licenses", "sources"];
    all(&[
        Step::cargo("what is linked", &["deny", "check"]),
        Step::cargo("what is linked on Windows", &[&["deny"], &windows[..], &check].concat()),
    ])
}

/// Writes `target/sbom/<package>.cdx.json`, CycloneDX 1.5, for every package that is released.
///
/// # Errors
///
/// If cargo-cyclonedx is missing, or does not tell of a package.
pub(crate) fn sbom() -> Result<(), String> {
    let args =
        ["cyclonedx", "--all-features", "--target", "all", "--format", "json", "--spec-version", "1.5", "--quiet"];
    let mut cyclonedx = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cyclonedx.args(args).args(["--override-filename", NAME]).current_dir(root());
    let written = run("SBOM: cargo cyclonedx", &mut cyclonedx).and_then(|()| collect());
    // It writes one beside each manifest, the examples' too.
    for parent in ["bindings", "crates", "examples"] {
        clear(&root().join(parent))?;
    }
    written
}

fn collect() -> Result<(), String> {
    let fault = |error: std::io::Error| format!("SBOM: {error}");
    let source = fs::canonicalize(root()).map_err(fault)?;
    let to = source.join("target/sbom");
    fs::create_dir_all(&to).map_err(fault)?;
    for (package, folder) in RELEASED {
        let told = fs::read_to_string(source.join(folder).join(format!("{NAME}.json"))).map_err(fault)?;
        let file = to.join(format!("{package}.cdx.json"));
        // The path of the source is of no use to readers.
        fs::write(&file, told.replace(&source.display().to_string(), "")).map_err(fault)?;
        say(&format!("   {}", file.display()));
    }
    Ok(())
}

/// Removes what was written, wherever a package is.
fn clear(folder: &Path) -> Result<(), String> {
    drop(fs::remove_file(folder.join(format!("{NAME}.json"))));
    for entry in fs::read_dir(folder).map_err(|error| error.to_string())?.flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) && entry.file_name() != "node_modules" {
            clear(&entry.path())?;
        }
    }
    Ok(())
}

const NAME: &str = "sbom.cdx";

const RELEASED: &[(&str, &str)] = &[
    ("quhao", "crates/core"),
    ("quhao-cli", "crates/cli"),
    ("quhao-node", "bindings/node"),
    ("quhao-php", "bindings/php"),
    ("quhao-python", "bindings/python"),
    ("quhao-sandbox", "crates/sandbox"),
];
