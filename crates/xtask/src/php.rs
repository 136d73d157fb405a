//! PHP: headers, FPM and PHPUnit from Debian's packages; the extension built and put under test.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use crate::steps::{Counts, Step, counted, root, run, say, target};

/// Installs what is missing: PHP with its headers and FPM, libclang for ext-php-rs, PHPUnit, and what is measured beside.
///
/// # Errors
///
/// If something is missing on a system without apt, or apt fails; the message names what is missing.
pub(crate) fn setup() -> Result<(), String> {
    let missing = missing();
    if missing.is_empty() {
        return Ok(());
    }
    if find("apt-get").is_none() {
        return Err(format!("PHP: install what is missing, {}", missing.join(", ")));
    }
    say(&format!("── PHP: apt-get install, for {}", missing.join(", ")));
    apt(&["update"])?;
    let install = ["install", "--yes", "--no-install-recommends"];
    apt(&[&install[..], PACKAGES].concat())?;
    match self::missing() {
        missing if missing.is_empty() => Ok(()),
        missing => Err(format!("PHP: still missing after the installation, {}", missing.join(", "))),
    }
}

/// Builds the extension and runs its PHPUnit suite, which starts FPM and further PHP processes itself.
///
/// # Errors
///
/// If a lint, the build or a test fails.
pub(crate) fn test() -> Result<Counts, String> {
    let lints = ["clippy", "--all-targets", "--quiet", "--no-deps", "-p", "quhao-php", "--", "-D", "warnings"];
    Step::cargo("PHP: lints", &lints).run()?;
    let mut counts = Step::cargo("PHP: the Rust side", &["test", "-p", "quhao-php"]).counted()?;
    let extension = extension("dev")?;
    let phpunit = find("phpunit").ok_or("PHP: no phpunit; run cargo xtask setup")?;
    let mut php = Command::new("php");
    php.arg("-d").arg(format!("extension={}", extension.display())).arg(phpunit);
    php.args(["--configuration", "bindings/php/phpunit.xml"]).env("QUHAO_EXTENSION", &extension).current_dir(root());
    counts.add(counted("PHP: phpunit", &mut php, closing)?);
    Ok(counts)
}

/// Builds the extension and returns its path.
///
/// # Errors
///
/// If the build fails.
pub(crate) fn extension(profile: &str) -> Result<PathBuf, String> {
    let build = ["build", "--quiet", "--profile", profile, "--package", "quhao-php"];
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    run("the PHP extension", cargo.args(build).current_dir(root()))?;
    let folder = if profile == "dev" { "debug" } else { profile };
    fs::canonicalize(target().join(folder).join("libquhao.so")).map_err(|error| error.to_string())
}

/// Programs that the build or the tests need and the machine lacks.
fn missing() -> Vec<&'static str> {
    let mut missing: Vec<_> = PROGRAMS.iter().copied().filter(|program| find(program).is_none()).collect();
    // Its name has PHP's version in it.
    if !folders().iter().any(|folder| !beginning("php-fpm", folder).is_empty()) {
        missing.push("php-fpm");
    }
    let beside = "exit(extension_loaded('curl') && is_file('/usr/share/php/phpseclib3/autoload.php') ? 0 : 1);";
    if !Command::new("php").args(["-r", beside]).status().is_ok_and(|status| status.success()) {
        missing.push("php-curl and phpseclib");
    }
    let llvm = beginning("llvm", Path::new("/usr/lib")).into_iter().map(|version| version.join("lib"));
    let mut libraries = llvm.chain(["/usr/lib64".into()]);
    if env::var_os("LIBCLANG_PATH").is_none() && !libraries.any(|folder| !beginning("libclang", &folder).is_empty()) {
        missing.push("libclang");
    }
    missing
}

/// The entries of a folder whose names begin so.
fn beginning(with: &str, folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(with)).map(|entry| entry.path()).collect()
}

fn find(program: &str) -> Option<PathBuf> {
    folders().into_iter().map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// Where programs are: Debian keeps FPM where only root looks.
fn folders() -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/local/sbin".into()]).collect()
}

/// Runs apt as root.
pub(crate) fn apt(args: &[&str]) -> Result<(), String> {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0");
    let mut command = Command::new(if is_root { "apt-get" } else { "sudo" });
    if !is_root {
        command.arg("apt-get");
    }
    run("apt-get", command.args(args).env("DEBIAN_FRONTEND", "noninteractive").stdout(Stdio::null()))
}

/// `OK (12 tests, 34 assertions)`, or `Tests: 12, Assertions: 34, Failures: 1, Skipped: 2.`
fn closing(line: &str) -> Counts {
    let number = |text: &str| text.trim_matches(|c: char| !c.is_ascii_digit()).parse::<u64>().unwrap_or(0);
    if let Some(rest) = line.strip_prefix("OK (") {
        return Counts { passed: number(rest.split(' ').next().unwrap_or_default()), ..Counts::default() };
    }
    let mut counts = Counts::default();
    if !line.starts_with("Tests: ") {
        return counts;
    }
    for (name, count) in line.split(", ").filter_map(|part| part.split_once(": ")) {
        match name {
            "Tests" => counts.passed = number(count),
            "Errors" | "Failures" | "Warnings" | "Risky" => counts.failed += number(count),
            "Skipped" | "Incomplete" => counts.skipped += number(count),
            _ => {}
        }
    }
    counts.passed = counts.passed.saturating_sub(counts.failed + counts.skipped);
    counts
}

const PROGRAMS: &[&str] = &["cc", "php", "php-config", "phpunit", "readelf"];

/// Debian's names for whatever PHP it has; 8.2 in Debian 12.
const PACKAGES: &[&str] = &[
    "binutils",
    "gcc",
    "libc6-dev",
    "libclang-dev",
    "php-cli",
    "php-curl",
    "php-dev",
    "php-fpm",
    "php-mbstring",
    "php-phpseclib3",
    "php-xml",
    "phpunit",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_of_phpunits_closing_lines_are_counted() {
        assert_eq!(closing("OK (825 tests, 4958 assertions)").closing_line(), "825 passed, 0 failed, 0 skipped");
        assert_eq!(closing("OK (1 test, 1 assertion)").closing_line(), "1 passed, 0 failed, 0 skipped");
        let mixed = closing("Tests: 9, Assertions: 8, Errors: 1, Failures: 2, Skipped: 3.");
        assert_eq!(mixed.closing_line(), "3 passed, 3 failed, 3 skipped");
        assert_eq!(closing("Time: 00:24.121, Memory: 18.00 MB").closing_line(), "0 passed, 0 failed, 0 skipped");
    }
}
