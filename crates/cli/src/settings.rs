//! How options are written in the environment and in files.

use std::ffi::OsString;
use std::path::Path;

use serde_json::{Map, Value};

use crate::failure::Failure;

/// One option as it was written.
pub(crate) struct Setting {
    /// The option's name, or `<option>_file`.
    pub(crate) name: String,
    /// Its value, or the file's path.
    pub(crate) value: String,
    /// Where it was written, for error messages.
    pub(crate) source: String,
}

/// Content of a file: options, and in JSON the options of several apps besides.
pub(crate) struct ConfigFile {
    pub(crate) settings: Vec<Setting>,
    /// The options of each app in the list `apps`.
    pub(crate) apps: Vec<Vec<Setting>>,
}

/// The variable that holds an option: `QUHAO_SHANYAN_APP_KEY`.
pub(crate) fn variable(provider: &str, option: &str) -> String {
    format!("QUHAO_{provider}_{option}").to_ascii_uppercase()
}

/// Takes every variable of the provider, known option or not, so that a misspelt one is reported and not passed over.
pub(crate) fn from_environment(
    variables: impl IntoIterator<Item = (OsString, OsString)>,
    provider: &str,
) -> Result<Vec<Setting>, Failure> {
    let prefix = variable(provider, "");
    let mut settings = Vec::new();
    for (variable, value) in variables {
        let Some(name) = variable.to_str().and_then(|variable| variable.strip_prefix(&prefix)) else { continue };
        let source = format!("{prefix}{name}");
        let value = value.into_string().map_err(|_| {
            Failure::config(
                format!("{source}: expected UTF-8 text, got other bytes"),
                "请使用 UTF-8 文本",
                "write the value as UTF-8 text",
            )
        })?;
        settings.push(Setting { name: name.to_ascii_lowercase(), value, source });
    }
    // The environment has no order, and an error should name the same variable every time.
    settings.sort_by(|one, other| one.source.cmp(&other.source));
    Ok(settings)
}

/// Reads a JSON object of options, or `NAME=VALUE` lines as in a `.env` file.
///
/// In JSON, `"apps": [{…}, {…}]` holds the options of several apps, and what stands beside it is common to all.
/// In lines, a name is an option's or a variable's; variables of other providers are passed over, so that one file
/// may configure several.
///
/// # Errors
///
/// `config`, naming the file and the line, never what stands there.
pub(crate) fn from_file(text: &str, provider: &str, path: &Path) -> Result<ConfigFile, Failure> {
    let text = text.trim_start_matches('\u{feff}');
    let mut file = match text.trim_start().starts_with('{') {
        true => from_json(text, path)?,
        false => ConfigFile { settings: from_lines(text, path)?, apps: Vec::new() },
    };
    let prefix = variable(provider, "");
    let ours = file.settings.into_iter().filter_map(|mut setting| {
        if setting.name.starts_with("QUHAO_") {
            setting.name = setting.name.strip_prefix(&prefix)?.to_ascii_lowercase();
        }
        Some(setting)
    });
    file.settings = ours.collect();
    Ok(file)
}

fn from_json(text: &str, path: &Path) -> Result<ConfigFile, Failure> {
    let file = path.display();
    let value: Value = serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        not_flat(path, &format!("expected JSON, but it ends or breaks at line {line}, column {column}"))
    })?;
    let Value::Object(mut fields) = value else { return Err(not_flat(path, "expected a JSON object")) };
    let mut apps = Vec::new();
    if let Some(list) = fields.remove("apps") {
        let Value::Array(list) = list else { return Err(not_flat(path, "apps: expected a list of objects")) };
        for (at, app) in list.into_iter().enumerate() {
            let Value::Object(app) = app else { return Err(not_flat(path, "apps: expected a list of objects")) };
            apps.push(from_fields(app, path, &format!("{file}, app {}", at + 1))?);
        }
    }
    Ok(ConfigFile { settings: from_fields(fields, path, &file.to_string())?, apps })
}

fn from_fields(fields: Map<String, Value>, path: &Path, place: &str) -> Result<Vec<Setting>, Failure> {
    let mut settings = Vec::new();
    for (name, value) in fields {
        let source = format!("{place}, {}", shown(&name));
        let value = match value {
            Value::String(text) => text,
            Value::Number(number) => number.to_string(),
            _ => return Err(not_flat(path, &format!("{}: expected text or a number", shown(&name)))),
        };
        settings.push(Setting { name, value, source });
    }
    Ok(settings)
}

fn not_flat(path: &Path, what: &str) -> Failure {
    Failure::config(
        format!("{}: {what}", path.display()),
        "配置文件须为扁平的 JSON 对象：{\"app_id\": \"…\"}",
        "write a flat JSON object: {\"app_id\": \"…\"}",
    )
}

fn from_lines(text: &str, path: &Path) -> Result<Vec<Setting>, Failure> {
    let mut settings = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let source = format!("{}, line {}", path.display(), at + 1);
        let setting = line.strip_prefix("export ").unwrap_or(line).split_once('=').and_then(|(name, value)| {
            Some(Setting { name: name.trim().to_owned(), value: unquoted(value.trim())?, source: source.clone() })
        });
        settings.push(setting.ok_or_else(|| {
            Failure::config(
                format!("{source}: expected NAME=VALUE on one line"),
                "每行写一项 选项=值；多行的密钥请用 选项_file=路径",
                "write one NAME=VALUE a line; for a key of several lines write private_key_file=PATH",
            )
        })?);
    }
    Ok(settings)
}

/// `'as it is'`, `"with \n escapes"`, or bare to the line's end; nothing for a quote left open.
fn unquoted(value: &str) -> Option<String> {
    match value.chars().next() {
        Some(quote @ ('"' | '\'')) => {
            let inner = value.strip_prefix(quote)?.strip_suffix(quote)?;
            Some(if quote == '"' { inner.replace("\\n", "\n").replace("\\\"", "\"") } else { inner.to_owned() })
        }
        _ => Some(value.to_owned()),
    }
}

/// A name from a file as it may be printed: a secret put in its place must not be.
fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        let file = from_file(text, "shanyan", Path::new("f")).unwrap();
        file.settings.into_iter().map(|setting| (setting.name, setting.value)).collect()
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn lines_hold_option_or_variable_names() {
        let text = "\u{feff}# app\nexport QUHAO_SHANYAN_APP_ID=a1\n\nQUHAO_CMCC_APP_ID=other\napp_key = 'k 1'\r\n";
        assert_eq!(pairs(text), [pair("app_id", "a1"), pair("app_key", "k 1")]);
    }

    #[test]
    fn double_quotes_hold_line_ends_as_escapes() {
        assert_eq!(pairs(r#"private_key="a\nb""#), [pair("private_key", "a\nb")]);
    }

    #[test]
    fn json_holds_text_and_numbers() {
        assert_eq!(
            pairs(r#" {"app_id": "a1", "timeout_ms": 3000}"#),
            [pair("app_id", "a1"), pair("timeout_ms", "3000")]
        );
    }

    #[test]
    fn json_holds_several_apps_and_what_is_common_to_them() {
        let text = r#"{"timeout_ms": 3000, "apps": [{"app_id": "a1"}, {"app_id": "b2", "app_key": "k"}]}"#;
        let file = from_file(text, "shanyan", Path::new("f")).unwrap();
        assert_eq!(file.settings.len(), 1);
        assert_eq!(file.apps.iter().map(Vec::len).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(file.apps[1][1].source, "f, app 2, app_key");
        for bad in [r#"{"apps": {}}"#, r#"{"apps": ["a1"]}"#, r#"{"apps": [{"app_id": null}]}"#] {
            assert!(from_file(bad, "shanyan", Path::new("f")).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_told_without_being_shown() {
        for bad in ["app_key=ok\nhunter2", "app_key=\"hunter2", "{\"app_key\": [\"hunter2\"]}", "{\"app_key\": hunter2"]
        {
            let Err(failure) = from_file(bad, "shanyan", Path::new("f")) else { panic!("{bad} is read") };
            let lines = failure.lines();
            assert!(lines.starts_with("error: config: f"), "{lines}");
            assert!(!lines.contains("hunter2"), "{lines}");
        }
    }

    #[test]
    fn the_environment_gives_every_variable_of_the_provider_and_no_other() {
        let variables = [("QUHAO_SHANYAN_APP_KEE", "x"), ("QUHAO_PROVIDER", "shanyan"), ("QUHAO_CMCC_APP_ID", "y")];
        let settings = from_environment(variables.map(|(k, v)| (k.into(), v.into())), "shanyan").unwrap();
        let names: Vec<_> = settings.iter().map(|setting| (setting.name.as_str(), setting.source.as_str())).collect();
        assert_eq!(names, [("app_kee", "QUHAO_SHANYAN_APP_KEE")]);
    }
}
