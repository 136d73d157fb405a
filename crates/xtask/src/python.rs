//! Python: a virtual environment with the build and test tools; the extension built and put under test.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use crate::php::apt;
use crate::steps::{Counts, counted, root, run, say, target};

/// Makes the virtual environment, or brings it up to `tests/requirements.txt`.
///
/// # Errors
///
/// If there is no Python 3.10 or newer, or the packages cannot be installed.
pub(crate) fn setup() -> Result<(), String> {
    make_environment(&environment(), &package().join(REQUIREMENTS))
}

/// Makes a virtual environment, or brings it up to its list of packages.
///
/// # Errors
///
/// As [`setup`].
pub(crate) fn make_environment(at: &Path, requirements: &Path) -> Result<(), String> {
    let wanted = fs::read_to_string(requirements).map_err(|error| format!("{}: {error}", requirements.display()))?;
    let installed = at.join("installed.txt");
    if fs::read_to_string(&installed).is_ok_and(|is| is == wanted) {
        return Ok(());
    }
    say(&format!("── Python: the virtual environment {} and its packages", at.display()));
    let python = env::var_os("QUHAO_PYTHON").unwrap_or_else(|| "python3".into());
    let make = || run("python3 -m venv", Command::new(&python).args(["-m", "venv"]).arg(at));
    if let Err(why) = make() {
        say(&format!("   {why}; installing it"));
        apt(&["update"])?;
        apt(&["install", "--yes", "--no-install-recommends", "python3", "python3-venv"])?;
        make()?;
    }
    let python = at.join("bin/python");
    let is_new_enough = "import sys; sys.exit(sys.version_info < (3, 10))";
    run("Python 3.10 or newer", Command::new(&python).args(["-c", is_new_enough]))?;
    run("pip", Command::new(&python).args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(requirements))?;
    fs::write(installed, wanted).map_err(|error| error.to_string())
}

/// Builds the extension, checks the types and the stubs, and runs the suite.
///
/// # Errors
///
/// If the build, a check or a test fails.
pub(crate) fn test() -> Result<Counts, String> {
    run("the Python extension", tool("maturin").args(["develop", "--quiet"]))?;
    run("ruff check", tool("ruff").args(["check", "--quiet"]))?;
    run("ruff format", tool("ruff").args(["format", "--quiet", "--check"]))?;
    run("mypy --strict", tool("mypy").arg("--no-error-summary"))?;
    run("the stubs", tool("python").args(["-m", "mypy.stubtest", "quhao._native"]))?;
    let pytest = |folder: &str| {
        let mut pytest = tool("python");
        pytest.args(["-m", "pytest", "--quiet", "--rootdir", folder, folder]);
        counted(&format!("Python: pytest {folder}"), &mut pytest, closing)
    };
    let mut counts = pytest(".")?;
    counts.add(pytest(EXAMPLE)?);
    Ok(counts)
}

/// A program of the virtual environment, run in the package's folder.
pub(crate) fn tool(name: &str) -> Command {
    let folder = environment().join("bin");
    let others = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths([folder.clone()].into_iter().chain(env::split_paths(&others)));
    let mut command = Command::new(folder.join(name));
    command.current_dir(package()).env("VIRTUAL_ENV", environment()).env("PATH", path.unwrap_or(others));
    command.env("MYPY_CACHE_DIR", target().join("mypy")).env("RUFF_CACHE_DIR", target().join("ruff"));
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

fn environment() -> PathBuf {
    target().join("python-venv")
}

fn package() -> PathBuf {
    root().join("bindings/python")
}

/// `908 passed, 1 failed, 2 skipped in 35.48s`
fn closing(line: &str) -> Counts {
    let mut counts = Counts::default();
    let Some((numbers, seconds)) = line.trim_matches('=').trim().rsplit_once(" in ") else { return counts };
    if !seconds.starts_with(|c: char| c.is_ascii_digit()) {
        return counts;
    }
    for (number, name) in numbers.split(", ").filter_map(|part| part.split_once(' ')) {
        let number = number.parse::<u64>().unwrap_or(0);
        match name {
            "passed" => counts.passed += number,
            "failed" | "error" | "errors" => counts.failed += number,
            "skipped" | "xfailed" | "xpassed" => counts.skipped += number,
            _ => {}
        }
    }
    counts
}

const EXAMPLE: &str = "../../examples/python";

const REQUIREMENTS: &str = "tests/requirements.txt";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pytests_closing_line_is_counted_and_no_other() {
        assert_eq!(closing("908 passed in 35.48s").closing_line(), "908 passed, 0 failed, 0 skipped");
        assert_eq!(
            closing("== 1 failed, 9 passed, 2 skipped in 3.1s ==").closing_line(),
            "9 passed, 1 failed, 2 skipped"
        );
        assert_eq!(closing("1 failed, 2 errors in 61.20s (0:01:01)").closing_line(), "0 passed, 3 failed, 0 skipped");
        assert_eq!(closing("E  9 passed in the end").closing_line(), "0 passed, 0 failed, 0 skipped");
    }
}
