//! The flat map of options, described as data: it configures, documents and generates stubs.

use std::collections::BTreeMap;
use std::fmt;

use zeroize::Zeroizing;

#[cfg(feature = "http")]
use crate::crypto::digest;
use crate::model::Error;
use crate::redact::redact_field_name;

/// One option of a provider.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OptionSpec {
    /// Its name; camelCase in Node.
    pub name: &'static str,
    /// The type of its value.
    pub form: Form,
    /// Whether there is no client without it.
    pub required: bool,
    /// Default value.
    pub default: Option<&'static str>,
    /// Description in Chinese.
    pub zh: &'static str,
    /// Description in English.
    pub en: &'static str,
}

/// The type of an option's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form {
    /// Scheme, host and port: `https://example.com:8443`.
    Address,
    /// PEM certificates, or the path of a PEM file.
    Certificate,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// An id, without blanks.
    Id,
    /// A key in PEM or bare Base64, any white space. Never printed.
    Key,
    /// Milliseconds, 1 to 600000.
    Milliseconds,
    /// A secret without blanks. Never printed.
    Secret,
    /// Any text on one line.
    Text,
}

impl Form {
    /// Whether the value must never be printed.
    pub fn is_secret(self) -> bool {
        matches!(self, Self::Key | Self::Secret)
    }

    /// The form's name, for tables: `secret`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Certificate => "certificate",
            Self::Choice(_) => "choice",
            Self::Id => "id",
            Self::Key => "key",
            Self::Milliseconds => "milliseconds",
            Self::Secret => "secret",
            Self::Text => "text",
        }
    }
}

impl OptionSpec {
    pub(crate) const fn new(name: &'static str, form: Form, zh: &'static str, en: &'static str) -> Self {
        Self { name, form, required: false, default: None, zh, en }
    }

    pub(crate) const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    pub(crate) const fn default(mut self, value: &'static str) -> Self {
        self.default = Some(value);
        self
    }

    fn check(&self, value: &str) -> Result<(), Error> {
        let name = self.name;
        let wrong = |what: &str| Err(Error::config(format!("option {name}: {what}")));
        if value.trim().is_empty() {
            return wrong("it is empty");
        }
        match self.form {
            Form::Choice(words) if !words.contains(&value) => wrong(&format!("expected one of {}", words.join(", "))),
            Form::Id | Form::Secret if value.chars().any(|c| c.is_whitespace() || c.is_control()) => {
                wrong("it has blanks or line breaks in it, as pasted from a page; remove them")
            }
            Form::Milliseconds if !value.parse().is_ok_and(|ms: u64| (1..=600_000).contains(&ms)) => {
                wrong("expected milliseconds, a whole number from 1 to 600000")
            }
            Form::Address | Form::Text if value.chars().any(char::is_control) => {
                wrong("it has control characters in it")
            }
            _ => Ok(()),
        }
    }
}

/// Checked options, each taken once.
pub(crate) struct Options {
    values: BTreeMap<&'static str, Zeroizing<String>>,
    specs: Vec<&'static OptionSpec>,
}

impl Options {
    /// Checks names and values against what the provider takes, besides what every provider takes.
    ///
    /// # Errors
    ///
    /// `config` for an unknown name (naming the nearest known one), a bad value, or a required option left out.
    pub(crate) fn read<K: AsRef<str>, V: Into<String>>(
        specs: &'static [OptionSpec],
        given: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Self, Error> {
        let specs: Vec<_> = specs.iter().chain(COMMON).collect();
        let mut values = BTreeMap::new();
        for (name, value) in given {
            let value = Zeroizing::new(value.into());
            let Some(spec) = specs.iter().find(|spec| spec.name == name.as_ref()) else {
                return Err(unknown(name.as_ref(), &specs));
            };
            spec.check(&value)?;
            if values.insert(spec.name, value).is_some() {
                return Err(Error::config(format!("option {}: it is given twice", spec.name)));
            }
        }
        // A provider's own spec stands before the common one of the same name, and decides.
        for (at, spec) in specs.iter().enumerate() {
            let overridden = specs[..at].iter().any(|earlier| earlier.name == spec.name);
            if spec.required && !overridden && !values.contains_key(spec.name) {
                return Err(Error::config(format!("option {}: it is required ({})", spec.name, spec.en)));
            }
        }
        Ok(Self { values, specs })
    }

    /// `SHA-256(‖ len‖name‖len‖value)`: equal for clients with the same options, keys included.
    #[cfg(feature = "http")]
    pub(crate) fn fingerprint(&self) -> [u8; 32] {
        digest::sha256_of(self.values.iter().flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]))
    }

    /// Takes an option's value, or its default.
    pub(crate) fn take(&mut self, name: &str) -> Option<Zeroizing<String>> {
        self.values.remove(name).or_else(|| {
            let spec = self.specs.iter().find(|spec| spec.name == name)?;
            spec.default.map(|value| Zeroizing::new(value.to_owned()))
        })
    }

    /// Takes an option that [`read`](Self::read) has found to be there, or that has a default.
    pub(crate) fn required(&mut self, name: &str) -> Result<Zeroizing<String>, Error> {
        self.take(name).ok_or_else(|| Error::config(format!("option {name}: it is required")))
    }

    /// Takes a number of milliseconds.
    #[cfg(feature = "http")]
    pub(crate) fn milliseconds(&mut self, name: &str) -> Result<std::time::Duration, Error> {
        let text = self.required(name)?;
        let ms = text.parse().map_err(|_| Error::config(format!("option {name}: expected milliseconds")))?;
        Ok(std::time::Duration::from_millis(ms))
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.values.keys()).finish()
    }
}

/// Names the nearest known option, letter case and separators aside.
fn unknown(name: &str, specs: &[&'static OptionSpec]) -> Error {
    let plain = |name: &str| name.to_lowercase().replace(['_', '-', '.'], "");
    let nearest = specs
        .iter()
        .map(|spec| (strsim::damerau_levenshtein(&plain(name), &plain(spec.name)), spec.name))
        .min()
        .filter(|(distance, known)| *distance <= known.len().div_ceil(3))
        .map(|(_, known)| format!("; did you mean {known}?"))
        .unwrap_or_default();
    let names: Vec<_> = specs.iter().map(|spec| spec.name).collect();
    // The name is the caller's text: a secret in its place must not be printed.
    let shown: String = redact_field_name(name).chars().filter(|c| !c.is_control()).collect();
    Error::config(format!("unknown option {shown}{nearest}"))
        .with_hint_text(format!("可用选项：{}", names.join("、")), format!("known options: {}", names.join(", ")))
}

/// Options of every provider.
pub(crate) const COMMON: &[OptionSpec] = &[
    OptionSpec::new(
        "base_url",
        Form::Address,
        "替换网关的协议、主机与端口，路径不变",
        "replaces the gateway's scheme, host and port; the documented path is kept",
    ),
    OptionSpec::new("timeout_ms", Form::Milliseconds, "整个调用的时限", "time limit of the whole call").default("5000"),
    OptionSpec::new("connect_timeout_ms", Form::Milliseconds, "建立连接的时限", "time limit of connecting")
        .default("2000"),
    OptionSpec::new(
        "proxy",
        Form::Address,
        "HTTP 代理地址；不读取环境变量",
        "address of an HTTP proxy; the environment's is not used",
    ),
    OptionSpec::new(
        "ca_certificate",
        Form::Certificate,
        "额外信任的 CA 证书：PEM 文本或其文件路径",
        "CA certificates to trust besides the system's: PEM text, or the path of a PEM file",
    ),
    OptionSpec::new("user_agent_suffix", Form::Text, "附加在 User-Agent 之后", "appended to the user agent"),
];

#[cfg(test)]
mod tests {
    use super::*;

    static SPECS: &[OptionSpec] = &[
        OptionSpec::new("app_id", Form::Id, "应用", "the app").required(),
        OptionSpec::new("app_key", Form::Secret, "密钥", "the key"),
    ];

    fn message(given: &[(&str, &str)]) -> String {
        Options::read(SPECS, given.iter().copied()).unwrap_err().message().to_owned()
    }

    #[test]
    fn an_unknown_option_is_refused_with_the_nearest_name() {
        assert_eq!(message(&[("appId", "x")]), "unknown option appId; did you mean app_id?");
        assert_eq!(message(&[("time_out_ms", "x")]), "unknown option time_out_ms; did you mean timeout_ms?");
        assert_eq!(message(&[("colour", "x")]), "unknown option colour");
    }

    #[test]
    fn a_bad_value_is_refused_without_being_shown() {
        assert!(message(&[("app_id", "a"), ("app_key", "se cret")]).contains("app_key: it has blanks"));
        assert!(!message(&[("app_id", "a"), ("app_key", "se cret")]).contains("cret\""));
        assert!(message(&[("app_id", "a"), ("timeout_ms", "5s")]).contains("timeout_ms: expected milliseconds"));
        assert!(message(&[("app_id", " ")]).contains("app_id: it is empty"));
    }

    #[test]
    fn a_required_option_left_out_is_named() {
        assert!(message(&[]).starts_with("option app_id: it is required"));
    }
}
