//! Keeps both READMEs in step with the code and with each other; `QUHAO_BLESS=1` rewrites what is generated.

#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use quhao::common_options;
use quhao::{ErrorKind, Form, Meaning, OptionSpec, Phase};

#[test]
fn generated_parts_are_what_the_code_says() {
    for language in [Language::English, Language::Chinese] {
        let path = language.path();
        let text = fs::read_to_string(&path).unwrap();
        let mut expected = text.clone();
        for (name, part) in
            [("providers", providers(language)), ("options", options(language)), ("kinds", kinds(language))]
        {
            let (begin, end) = (format!("<!-- generated: {name} -->\n"), format!("<!-- end: {name} -->"));
            let from = expected.find(&begin).unwrap_or_else(|| panic!("{}: no {begin}", path.display())) + begin.len();
            let to = from + expected[from..].find(&end).unwrap_or_else(|| panic!("{}: no {end}", path.display()));
            expected.replace_range(from..to, &part);
        }
        if std::env::var_os("QUHAO_BLESS").is_some() {
            fs::write(&path, &expected).unwrap();
        } else {
            assert_eq!(text, expected, "{} is out of date; run: cargo xtask docs", path.display());
        }
    }
}

#[test]
fn both_languages_have_the_same_code_blocks() {
    let blocks = |language: Language| -> Vec<String> {
        let text = fs::read_to_string(language.path()).unwrap();
        text.split("```").skip(1).step_by(2).map(str::to_owned).collect()
    };
    assert_eq!(blocks(Language::English), blocks(Language::Chinese));
    assert!(blocks(Language::English).len() >= 3);
}

#[test]
fn each_languages_block_is_its_own_readmes_which_its_tests_execute() {
    let text = fs::read_to_string(Language::English.path()).unwrap();
    for (tag, folder) in [("python", "python"), ("js", "node"), ("php", "php")] {
        let block = text.split(&format!("```{tag}\n")).nth(1).and_then(|rest| rest.split("```").next()).unwrap();
        let own = fs::read_to_string(root().join("bindings").join(folder).join("README.md")).unwrap();
        assert!(own.contains(block), "{folder}: the block differs from its own README's");
    }
}

#[test]
fn the_two_commands_are_there_and_the_checks_run_them() {
    let text = fs::read_to_string(Language::English.path()).unwrap();
    assert!(text.contains("\ncargo run --release -p quhao-cli -- demo\n"));
    assert!(text.contains("\ncargo xtask test\n"));
    let xtask = fs::read_to_string(root().join("crates/xtask/src/main.rs")).unwrap();
    assert!(xtask.contains(r#""run", "--release", "--quiet", "-p", "quhao-cli", "--", "demo""#));
    let ci = fs::read_to_string(root().join(".ci/run")).unwrap();
    assert!(ci.contains("cargo xtask test"));
}

#[test]
fn relative_links_lead_somewhere() {
    for language in [Language::English, Language::Chinese] {
        let text = fs::read_to_string(language.path()).unwrap();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if !target.starts_with("http") && !target.starts_with('#') {
                assert!(root().join(target).exists(), "{target} does not exist");
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Language {
    Chinese,
    English,
}

impl Language {
    fn path(self) -> PathBuf {
        root().join(if self == Self::English { "README.md" } else { "README.zh-CN.md" })
    }

    fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        if self == Self::English { en } else { zh }
    }
}

fn providers(language: Language) -> String {
    let mut out = String::from(language.pick(
        "| 标识 | 厂商 | 操作 | 错误码 |\n|---|---|---|---|\n",
        "| id | vendor | operations | codes known |\n|---|---|---|---|\n",
    ));
    for info in quhao::providers() {
        let operations: Vec<_> = info.operations.iter().map(|operation| format!("`{operation}`")).collect();
        let vendor =
            if language == Language::English { format!("{} {}", info.zh, info.en) } else { info.zh.to_owned() };
        writeln!(out, "| `{}` | {vendor} | {} | {} |", info.id, operations.join(", "), info.codes().count()).unwrap();
    }
    out
}

fn options(language: Language) -> String {
    let mut out = String::new();
    let head = language.pick(
        "| 选项 | 取值 | 默认 | 说明 |\n|---|---|---|---|\n",
        "| option | value | default | what it is |\n|---|---|---|---|\n",
    );
    let tables = quhao::providers().iter().map(|info| (format!("`{}`", info.id), info.options));
    let common = (language.pick("所有厂商", "every provider").to_owned(), common_options());
    for (title, options) in tables.chain([common]) {
        write!(out, "**{title}**\n\n{head}").unwrap();
        for option in options {
            writeln!(out, "{}", row(option, language)).unwrap();
        }
        out.push('\n');
    }
    out
}

fn row(option: &OptionSpec, language: Language) -> String {
    let value = match option.form {
        Form::Choice(words) => words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" "),
        form => form.as_str().to_owned(),
    };
    let default = match option.default {
        Some(default) => format!("`{default}`"),
        None if option.required => language.pick("必填", "required").to_owned(),
        None => String::new(),
    };
    format!("| `{}` | {value} | {default} | {} |", option.name, language.pick(option.zh, option.en))
}

fn kinds(language: Language) -> String {
    let mut out = String::from(
        language.pick("| kind | retry | 怎么办 |\n|---|---|---|\n", "| kind | retry | what to do |\n|---|---|---|\n"),
    );
    for kind in KINDS {
        let hint = kind.hint();
        let name = match kind {
            ErrorKind::Transport { phase: Phase::Connect, .. } => "`transport` (connect)".to_owned(),
            ErrorKind::Transport { .. } => "`transport` (send, receive)".to_owned(),
            _ => format!("`{}`", kind.as_str()),
        };
        let text = if language == Language::English { hint.en } else { hint.zh };
        writeln!(out, "| {name} | {} | {text} |", kind.retry().as_str()).unwrap();
    }
    let is_listed = |meaning| match meaning {
        Meaning::Failure(kind) => KINDS.iter().any(|listed| listed.as_str() == kind.as_str()),
        _ => true,
    };
    assert!(
        quhao::providers().iter().flat_map(|info| info.codes()).all(|row| is_listed(row.meaning)),
        "a kind is not in the table"
    );
    out
}

fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

const KINDS: &[ErrorKind] = &[
    ErrorKind::Config,
    ErrorKind::Credentials,
    ErrorKind::Forbidden,
    ErrorKind::Input,
    ErrorKind::Token,
    ErrorKind::Quota,
    ErrorKind::Unavailable,
    ErrorKind::Transport { phase: Phase::Connect, timeout: false },
    ErrorKind::Transport { phase: Phase::Receive, timeout: false },
    ErrorKind::Protocol,
    ErrorKind::Decrypt,
];
