//! Input of commands: files, and standard input as `-`.

use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;

use quhao::{ErrorKind, Params};
use serde_json::Value;

use crate::failure::Failure;

/// Reads a file of settings.
///
/// # Errors
///
/// `config`, naming the path.
pub(crate) fn file(path: &Path) -> Result<String, Failure> {
    file_of(path, &path.display().to_string())
}

/// Reads the file of an option's value.
///
/// # Errors
///
/// `config`, naming the setting `source` and not the path: a key may stand where its file's path belongs.
pub(crate) fn file_of(path: &Path, source: &str) -> Result<String, Failure> {
    let read = || text_of(File::open(path)?);
    read().map_err(|error| unreadable(ErrorKind::Config, source, &error))
}

/// Reads the data that a command works on: a file, or standard input for `-`.
///
/// # Errors
///
/// `input`, naming the path.
pub(crate) fn data(path: &Path) -> Result<String, Failure> {
    if path != Path::new("-") {
        let read = || text_of(File::open(path)?);
        return read().map_err(|error| unreadable(ErrorKind::Input, &path.display().to_string(), &error));
    }
    let stdin = io::stdin();
    if stdin.is_terminal() {
        // Without a word the command would seem to hang.
        writeln!(io::stderr(), "reading standard input, end with Ctrl-D")?;
    }
    text_of(stdin.lock()).map_err(|error| unreadable(ErrorKind::Input, "standard input", &error))
}

/// Reads the phone's params: a JSON object or string, or a bare token.
///
/// # Errors
///
/// `input` for an empty file or broken JSON.
pub(crate) fn params(path: &Path) -> Result<Params, Failure> {
    let text = data(path)?;
    let trimmed = text.trim_start_matches('\u{feff}').trim_start();
    if trimmed.is_empty() {
        return Err(Failure::input(
            "params: expected a JSON object or a token, got nothing",
            "请传入手机端 SDK 返回的 JSON 对象或 token",
            "pass what the phone's SDK returned: its JSON object, or the token",
        ));
    }
    if trimmed.starts_with(['{', '"', '[']) {
        return Ok(Params::from_json(trimmed)?);
    }
    Ok(Params::token(trimmed.trim_end_matches(['\r', '\n'])))
}

/// A person to verify.
pub(crate) struct Person {
    pub(crate) number: String,
    pub(crate) name: String,
    pub(crate) id_card: String,
}

/// Reads `{"number": …, "name": …, "id_card": …}`.
///
/// # Errors
///
/// `input`, naming the field that is missing or too many, never a value.
pub(crate) fn person(path: &Path) -> Result<Person, Failure> {
    let wrong = |what: String| {
        Failure::input(
            format!("person: {what}"),
            "请传入 JSON：{\"number\": \"…\", \"name\": \"…\", \"id_card\": \"…\"}",
            "pass JSON: {\"number\": \"…\", \"name\": \"…\", \"id_card\": \"…\"}",
        )
    };
    let text = data(path)?;
    let value: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| {
        wrong(format!("expected JSON, but it ends or breaks at line {}, column {}", error.line(), error.column()))
    })?;
    let Value::Object(mut fields) = value else { return Err(wrong("expected a JSON object".to_owned())) };
    let mut take = |name: &str| match fields.remove(name) {
        Some(Value::String(text)) => Ok(text),
        Some(Value::Number(number)) => Ok(number.to_string()),
        Some(_) => Err(wrong(format!("{name}: expected text"))),
        None => Err(wrong(format!("{name}: it is missing"))),
    };
    let person = Person { number: take("number")?, name: take("name")?, id_card: take("id_card")? };
    match fields.is_empty() {
        true => Ok(person),
        false => Err(wrong(format!("expected number, name and id_card alone, got {} more", fields.len()))),
    }
}

/// Reads UTF-8 text of no more than [`LONGEST`] bytes.
fn text_of(from: impl Read) -> io::Result<String> {
    let mut text = String::new();
    from.take(LONGEST + 1).read_to_string(&mut text)?;
    match text.len() as u64 > LONGEST {
        true => Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is longer than 1 MiB")),
        false => Ok(text),
    }
}

fn unreadable(kind: ErrorKind, name: &str, error: &io::Error) -> Failure {
    let cause = match error.kind() {
        io::ErrorKind::InvalidData => "it is not UTF-8 text".to_owned(),
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "reading it is not permitted".to_owned(),
        _ => error.to_string(),
    };
    Failure::Own {
        kind,
        message: format!("{name}: {cause}"),
        hint: Some(("请检查路径、权限与 UTF-8 编码".to_owned(), "check path, permissions and encoding".to_owned())),
    }
}

const LONGEST: u64 = 1 << 20;
