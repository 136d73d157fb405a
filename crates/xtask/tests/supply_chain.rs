//! Dependencies come from their registries, unchanged, under licences that are allowed.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use spdx::{Expression, Licensee};
use time::{Date, Duration, OffsetDateTime};
use toml_edit::DocumentMut;

#[test]
fn every_crate_is_of_crates_io_and_has_a_checksum() {
    let lock = toml("Cargo.lock");
    let crates = lock["package"].as_array_of_tables().unwrap();
    let foreign: Vec<_> = crates.iter().filter(|package| package.contains_key("source")).collect();
    assert!(foreign.len() > 100, "Cargo.lock lists what is linked");
    for package in foreign {
        assert_eq!(package["source"].as_str(), Some(CRATES_IO), "{:?}", package["name"].as_str());
        assert_eq!(package["checksum"].as_str().map(str::len), Some(64), "{:?}", package["name"].as_str());
    }
}

#[test]
fn every_npm_package_has_a_digest_and_no_mirrors_address() {
    let locks = files("package-lock.json");
    assert!(locks.len() >= 2, "{locks:?}");
    for lock in locks {
        let read: Value = serde_json::from_str(&text(&lock)).unwrap();
        let packages = read["packages"].as_object().unwrap();
        let foreign = packages.iter().filter(|(at, package)| at.contains("node_modules/") && package["link"] != true);
        for (at, package) in foreign {
            let digest = package["integrity"].as_str().unwrap_or_default();
            assert!(digest.starts_with("sha512-"), "{}: {at} has no digest", lock.display());
            let resolved = package["resolved"].as_str();
            assert!(resolved.is_none_or(|url| url.starts_with(NPM)), "{}: {at} is of {resolved:?}", lock.display());
        }
    }
}

#[test]
fn every_python_tool_has_a_version_and_digests_and_no_index() {
    for file in PYTHON_LOCKS {
        let read = text(&root().join(file));
        let lines = read.replace("\\\n", " ");
        let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let mut count = 0;
        for line in lines {
            assert!(line.contains("==") && line.contains("--hash=sha256:"), "{file}: {line}");
            count += 1;
        }
        assert!(count > 0, "{file} is empty");
        assert!(!read.contains("://"), "{file} names an address");
    }
}

#[test]
fn every_licence_is_allowed() {
    let deny = toml(DENY);
    let allowed = |licences: &toml_edit::Item| -> Vec<Licensee> {
        let licences = licences.as_array().unwrap().iter();
        licences.map(|licence| Licensee::parse(licence.as_str().unwrap()).unwrap()).collect()
    };
    let general = allowed(&deny["licenses"]["allow"]);
    let exceptions = deny["licenses"]["exceptions"].as_array().unwrap();
    let packages = packages(deny["graph"]["targets"].as_array().unwrap());
    assert!(packages.len() > 100, "cargo metadata lists what is linked");
    for package in &packages {
        let name = package["name"].as_str().unwrap();
        // Of old, and deprecated: `MIT/Apache-2.0` says "or".
        let licence =
            package["license"].as_str().unwrap_or_else(|| panic!("{name} names no licence")).replace('/', " OR ");
        let licence = Expression::parse(&licence).unwrap();
        let special = exceptions.iter().filter_map(|entry| entry.as_inline_table());
        let special = special.filter(|entry| entry["crate"].as_str() == Some(name));
        let special = special.flat_map(|entry| allowed(&toml_edit::Item::Value(entry["allow"].clone())));
        let mut allowed = general.clone();
        allowed.extend(special);
        assert!(licence.evaluate(|term| allowed.iter().any(|one| one.satisfies(term))), "{name}: {licence}");
    }
}

#[test]
fn every_crate_that_is_published_holds_its_licences() {
    for folder in ["crates/cli", "crates/core", "crates/sandbox"] {
        for name in ["LICENSE-APACHE", "LICENSE-MIT"] {
            assert_eq!(text(&root().join(folder).join(name)), text(&root().join(name)), "{folder}/{name}");
        }
    }
}

#[test]
fn every_ignored_advisory_has_a_date_which_has_not_come() {
    let deny = toml(DENY);
    for ignored in deny["advisories"]["ignore"].as_array().unwrap() {
        let ignored = ignored.as_inline_table().expect("expected an id and a reason");
        let reason = ignored["reason"].as_str().unwrap();
        let today = OffsetDateTime::now_utc().date();
        assert_eq!(overdue(reason, today), None, "{:?}: argue it anew, or drop it", ignored["id"].as_str());
    }
}

#[test]
fn an_exception_without_a_date_or_past_it_is_overdue() {
    let day = |year, month: u8, day| Date::from_calendar_date(year, month.try_into().unwrap(), day).unwrap();
    let reason = "pinned; expires 2027-05-01";
    assert_eq!(overdue(reason, day(2026, 11, 22)), None);
    assert_eq!(overdue(reason, day(2027, 4, 30)), None);
    assert!(overdue(reason, day(2027, 5, 1)).is_some(), "the day has come");
    assert!(overdue(reason, day(2026, 4, 29)).is_some(), "more than a year is no expiry");
    for reason in ["pinned", "expires soon", "expires 2027-13-01", "expires 2027-02-30"] {
        assert!(overdue(reason, day(2026, 11, 22)).is_some(), "{reason}");
    }
}

#[test]
fn every_action_and_image_is_pinned_to_what_it_is() {
    let is_hex =
        |text: &str, length| text.len() == length && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let mut pins = 0;
    for (name, workflow) in workflows() {
        for line in workflow.lines() {
            if let Some((_, action)) = line.split_once("uses: ").filter(|(_, action)| !action.starts_with("./")) {
                let (pin, version) = action.split_once(" # ").unwrap_or((action, ""));
                let commit = pin.split_once('@').unwrap_or_default().1;
                assert!(is_hex(commit, 40), "{name}: {action} is not pinned to a commit");
                assert!(
                    version.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit()),
                    "{name}: {action} does not say which version that is"
                );
                pins += 1;
            }
            assert!(!line.contains("image:") && !line.contains("container:"), "{name}: {line}");
            for image in line.split("alpine:").skip(1) {
                let digest = image.split_once("@sha256:").and_then(|(_, digest)| digest.get(..64));
                assert!(digest.is_some_and(|digest| is_hex(digest, 64)), "{name}: {line} has no digest");
            }
        }
    }
    assert!(pins > 10, "the workflows use actions");
}

#[test]
fn workflows_begin_with_no_permission_and_hold_no_secret() {
    for (name, workflow) in workflows() {
        assert!(workflow.lines().any(|line| line == "permissions: {}"), "{name}");
        assert!(!workflow.contains("secrets."), "{name}: whoever publishes proves who they are by OIDC");
        assert!(!workflow.contains("write-all") && !workflow.contains("pull_request_target"), "{name}");
        let checkouts = workflow.matches("actions/checkout@").count();
        assert_eq!(checkouts, workflow.matches("persist-credentials: false").count(), "{name}");
    }
}

#[test]
fn every_proof_that_the_threat_model_names_is_there() {
    let model = text(&root().join(".github/SECURITY.md"));
    let named: Vec<_> =
        model.split('`').skip(1).step_by(2).filter(|code| code.contains('/') && !code.contains(' ')).collect();
    assert!(named.len() > 20, "{named:?}");
    for file in named {
        assert!(root().join(file).exists(), "{file}");
    }
}

/// Why an exception that was granted until `expires YYYY-MM-DD` is none any more.
fn overdue(reason: &str, today: Date) -> Option<String> {
    let until = || {
        let date = reason.split_once("expires ")?.1.get(..10)?;
        let mut parts = date.split('-');
        let mut part = || parts.next()?.parse::<u16>().ok();
        let (year, month, day) = (part()?, part()?, part()?);
        let month = time::Month::try_from(u8::try_from(month).ok()?).ok()?;
        Date::from_calendar_date(year.into(), month, u8::try_from(day).ok()?).ok()
    };
    match until() {
        None => Some(format!("expected a reason with \"expires YYYY-MM-DD\", got {reason:?}")),
        Some(until) if until <= today => Some(format!("it expired on {until}")),
        Some(until) if until > today + Duration::days(366) => Some(format!("{until} is more than a year away")),
        Some(_) => None,
    }
}

/// The packages that `cargo metadata` lists for the systems that are released for.
fn packages(targets: &toml_edit::Array) -> Vec<Value> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--format-version", "1", "--all-features", "--locked"]).current_dir(root());
    for target in targets {
        cargo.args(["--filter-platform", target.as_str().unwrap()]);
    }
    let told = cargo.output().unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let mut read: Value = serde_json::from_slice(&told.stdout).unwrap();
    serde_json::from_value(read["packages"].take()).unwrap()
}

/// The files of that name among what is packaged for other languages.
fn files(name: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join("bindings"), root().join("crates/bench"), root().join("examples")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            if entry.file_type().unwrap().is_dir() && entry.file_name() != "node_modules" {
                folders.push(entry.path());
            } else if entry.file_name() == name {
                found.push(entry.path());
            }
        }
    }
    found
}

fn workflows() -> Vec<(String, String)> {
    let entries = fs::read_dir(root().join(".github/workflows")).unwrap().flatten();
    let found: Vec<_> =
        entries.map(|entry| (entry.file_name().to_string_lossy().into_owned(), text(&entry.path()))).collect();
    assert!(found.len() >= 2, "{found:?}");
    found
}

fn toml(file: &str) -> DocumentMut {
    text(&root().join(file)).parse().unwrap()
}

fn text(file: &Path) -> String {
    fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display())).unwrap()
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";
const DENY: &str = ".cargo/deny.toml";
const NPM: &str = "https://registry.npmjs.org/";
const PYTHON_LOCKS: &[&str] = &[
    ".github/requirements/build.txt",
    ".github/requirements/check.txt",
    "bindings/python/tests/requirements.txt",
    "crates/bench/hosts/python/requirements.txt",
];
