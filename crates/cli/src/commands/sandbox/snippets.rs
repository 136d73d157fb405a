//! Settings to paste: the same options as environment, Rust, Python, Node and PHP.

use std::collections::BTreeMap;
use std::fmt;

use quhao::Operation;
use quhao_sandbox::App;
use serde_json::json;

use crate::settings;

/// The text that a sandbox prints when it starts.
pub(super) struct Settings<'a> {
    pub(super) url: &'a str,
    pub(super) apps: &'a [App],
    pub(super) app: &'a str,
    pub(super) options: &'a BTreeMap<String, String>,
}

impl fmt::Display for Settings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let provider = self.provider();
        writeln!(f, "sandbox {}, loopback only, until Ctrl-C", self.url)?;
        writeln!(
            f,
            "The credentials below are made up: they open nothing but this sandbox.\n\nApps, chosen by --app:"
        )?;
        for app in self.apps {
            let mark = if app.name == self.app { '*' } else { ' ' };
            writeln!(f, "{mark} {:<18} {} / {}", app.name, app.zh, app.en)?;
        }
        writeln!(f, "\n# Shell\nexport QUHAO_PROVIDER={provider}")?;
        for (name, value) in self.options {
            writeln!(f, "export {}={}", settings::variable(provider, name), shell(value))?;
        }
        writeln!(f, "\n// Rust")?;
        let pairs = self.listed(|name, value| format!("({name:?}, {value:?})"));
        writeln!(f, "let client = quhao::Client::new({provider:?}, [{pairs}])?;")?;
        writeln!(f, "\n# Python")?;
        let arguments = self.listed(|name, value| format!("{name}={}", python(value)));
        writeln!(f, "client = quhao.Client({}, {arguments})", python(provider))?;
        writeln!(f, "\n// Node")?;
        let fields = self.listed(|name, value| format!("{}: {}", camel_case(name), node(value)));
        writeln!(f, "const client = new Client({}, {{ {fields} }})", node(provider))?;
        writeln!(f, "\n// PHP")?;
        let items = self.listed(|name, value| format!("{} => {}", php(name), php(value)));
        writeln!(f, "$client = new Quhao\\Client({}, [{items}]);", php(provider))?;
        self.write_calls(f)
    }
}

impl Settings<'_> {
    fn provider(&self) -> &str {
        self.apps.iter().find(|app| app.name == self.app).map_or(self.app, |app| app.provider)
    }

    /// A first call with the variables above: what the phone would bring, and the command that takes it.
    fn write_calls(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let curl = match self.options.get("ca_certificate") {
            Some(path) => format!("curl -s --cacert {}", shell(path)),
            None => "curl -s".to_owned(),
        };
        writeln!(f, "\n# First calls, in a shell with the settings above")?;
        let info = quhao::providers().iter().find(|info| info.id == self.provider());
        for operation in info.map_or(&[][..], |info| info.operations) {
            let asked = json!({"number": NUMBER, "carrier": "cmcc", "app": self.app, "operation": operation.as_str()});
            let (asked, url) = (shell(&asked.to_string()), self.url);
            match operation {
                Operation::VerifyIdentity => {
                    let person = json!({"number": NUMBER, "name": "张三", "id_card": "11010519491231002X"});
                    let person = shell(&person.to_string());
                    writeln!(f, "{curl} -d {person} {url}/person\necho {person} | quhao identity")?;
                }
                Operation::VerifyNumber => {
                    writeln!(f, "{curl} -d {asked} {url}/phone | quhao verify --number {NUMBER}")?;
                }
                _ => writeln!(f, "{curl} -d {asked} {url}/phone | quhao fetch")?,
            }
        }
        writeln!(f, "# Expired tokens, refusals, faults: {curl} {}\n\nRequests as they come:", self.url)
    }

    fn listed(&self, write: impl Fn(&str, &str) -> String) -> String {
        self.options.iter().map(|(name, value)| write(name, value)).collect::<Vec<_>>().join(", ")
    }
}

/// Single quotes keep everything but themselves.
fn shell(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}

/// JSON's escapes are Python's too.
fn python(value: &str) -> String {
    serde_json::Value::from(value).to_string()
}

fn node(value: &str) -> String {
    format!("'{}'", value.replace('\\', r"\\").replace('\'', r"\'").replace('\r', r"\r").replace('\n', r"\n"))
}

/// Single quotes know no escape for a line's end, and double quotes read `$`.
fn php(value: &str) -> String {
    if value.contains(['\r', '\n']) {
        let escaped = value.replace('\\', r"\\").replace('"', "\\\"").replace('$', r"\$");
        return format!("\"{}\"", escaped.replace('\r', r"\r").replace('\n', r"\n"));
    }
    format!("'{}'", value.replace('\\', r"\\").replace('\'', r"\'"))
}

/// `app_key` → `appKey`: options in Node.
fn camel_case(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut raise = false;
    for c in name.chars() {
        match (c, raise) {
            ('_', _) => raise = true,
            (c, true) => {
                out.push(c.to_ascii_uppercase());
                raise = false;
            }
            (c, false) => out.push(c),
        }
    }
    out
}

/// A number without a user.
const NUMBER: &str = "13800138000";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_reads_its_literal_back() {
        let value = "a'b\"c\\d$e\nf";
        assert_eq!(shell(value), "'a'\\''b\"c\\d$e\nf'");
        assert_eq!(python(value), r#""a'b\"c\\d$e\nf""#);
        assert_eq!(node(value), r#"'a\'b"c\\d$e\nf'"#);
        assert_eq!(php(value), r#""a'b\"c\\d\$e\nf""#);
        assert_eq!(php("a'b\\$c"), r"'a\'b\\$c'");
    }

    #[test]
    fn node_options_are_in_camel_case() {
        assert_eq!(camel_case("connect_timeout_ms"), "connectTimeoutMs");
        assert_eq!(camel_case("key"), "key");
    }
}
