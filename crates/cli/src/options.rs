//! Which provider, and its options: from the environment, a file, or `--set`. Secrets never come as arguments.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use quhao::ProviderInfo;
use quhao::blocking::Client;
use quhao::{Error, Form, OptionSpec};

use crate::failure::Failure;
use crate::input;
use crate::settings::{self, Setting};

/// The arguments that choose and configure a provider.
#[derive(Args, Debug)]
pub(crate) struct ProviderArgs {
    #[arg(long, env = "QUHAO_PROVIDER", value_name = "ID", help = format!("Whose gateway: {}", ids()))]
    provider: String,

    /// File with options: a JSON object (with a list "apps" for several), or NAME=VALUE lines
    #[arg(long, value_name = "FILE", env = "QUHAO_CONFIG")]
    config: Option<PathBuf>,

    /// Where the file lists several apps: use this one, whatever the params say
    #[arg(long, value_name = "APP_ID")]
    app: Option<String>,

    /// Set an option that is not secret; wins over the environment, which wins over the file
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
}

impl ProviderArgs {
    /// The provider as data.
    pub(crate) fn info(&self) -> Result<&'static ProviderInfo, Failure> {
        Ok(quhao::provider(&self.provider)?)
    }

    /// Configures the client.
    ///
    /// # Errors
    ///
    /// `config`, naming the option and where it came from, never its value.
    pub(crate) fn client(&self) -> Result<Client, Failure> {
        let info = self.info()?;
        let (mut options, mut apps) = (BTreeMap::new(), Vec::new());
        if let Some(path) = &self.config {
            let text = input::file(path)?;
            let file = settings::from_file(&text, info.id, path)?;
            take_over(&mut options, file.settings, info)?;
            for settings in file.apps {
                let mut app = BTreeMap::new();
                take_over(&mut app, settings, info)?;
                apps.push(app);
            }
        }
        take_over(&mut options, settings::from_environment(std::env::vars_os(), info.id)?, info)?;
        take_over(&mut options, self.arguments(info)?, info)?;
        let client = match apps.is_empty() {
            true => Client::new(info.id, values(&options)),
            false => Client::with_apps(info.id, values(&options), apps.iter().map(values)),
        };
        let chosen = client.and_then(|client| match &self.app {
            Some(app_id) => client.app(app_id),
            None => Ok(client),
        });
        chosen.map_err(|error| told_from(error, &options))
    }

    fn arguments(&self, info: &ProviderInfo) -> Result<Vec<Setting>, Failure> {
        let mut given = Vec::new();
        for argument in &self.set {
            let Some((name, value)) = argument.split_once('=') else {
                // Whatever stands here may be a secret, so none of it is shown.
                return Err(Failure::config(
                    "--set: expected NAME=VALUE, got no equals sign",
                    "写法：--set 选项=值",
                    "write --set timeout_ms=3000",
                ));
            };
            if let Some(spec) = spec(info, name).filter(|spec| spec.form.is_secret()) {
                let variable = settings::variable(info.id, spec.name);
                return Err(Failure::config(
                    format!("--set {name}: expected no secret among the arguments, which other users can read"),
                    format!("请改用环境变量 {variable}，或用 {variable}_FILE 指定文件"),
                    format!("set the environment variable {variable}, or name a file in {variable}_FILE"),
                ));
            }
            given.push(Setting { name: name.to_owned(), value: value.to_owned(), source: "--set".to_owned() });
        }
        Ok(given)
    }
}

/// The providers' ids, for help texts.
pub(crate) fn ids() -> String {
    quhao::providers().iter().map(|info| info.id).collect::<Vec<_>>().join(", ")
}

/// The end of the `--help` of a command that asks a provider: its own words, then the options of each provider.
pub(crate) fn help(words: &str) -> String {
    let mut help = format!(
        "{words}\n\nOptions, each read from QUHAO_<PROVIDER>_<OPTION>, such as QUHAO_SHANYAN_APP_KEY; \
         QUHAO_<PROVIDER>_<OPTION>_FILE, or --set <OPTION>_file=PATH, names a file that holds the value:\n"
    );
    let mut list = |title: &str, specs: &[OptionSpec]| {
        help += &format!("  {title}\n");
        for spec in specs {
            let need = match spec.default {
                _ if spec.required => " (required)".to_owned(),
                Some(default) => format!(" ({default} if left out)"),
                None => String::new(),
            };
            let words = match spec.form {
                Form::Choice(words) => format!("; one of {}", words.join(", ")),
                _ => String::new(),
            };
            help += &format!("    {:<18}  {}{words}{need}\n", spec.name, spec.en);
        }
    };
    for info in quhao::providers() {
        list(info.id, info.options);
    }
    list("every provider", quhao::common_options());
    help
}

/// An option's value, and where it came from.
struct Given {
    value: String,
    source: String,
}

fn values(options: &BTreeMap<String, Given>) -> impl Iterator<Item = (&str, &str)> {
    options.iter().map(|(name, given)| (name.as_str(), given.value.as_str()))
}

/// Lays one source's settings over those of weaker sources; `<option>_file` names a file that holds the value.
fn take_over(
    options: &mut BTreeMap<String, Given>,
    settings: Vec<Setting>,
    info: &ProviderInfo,
) -> Result<(), Failure> {
    let mut fresh: BTreeMap<String, Given> = BTreeMap::new();
    for Setting { name, value, source } in settings {
        let stem = name.strip_suffix("_file").filter(|stem| spec(info, &name).is_none() && spec(info, stem).is_some());
        let (name, value) = match stem {
            Some(stem) => (stem.to_owned(), read_value(info, stem, Path::new(&value), &source)?),
            None => (name, value),
        };
        if let Some(other) = fresh.get(&name) {
            return Err(Failure::config(
                format!("option {name}: it is given twice, by {} and {source}", other.source),
                "请只保留一处",
                "keep one of the two",
            ));
        }
        fresh.insert(name, Given { value, source });
    }
    options.extend(fresh);
    Ok(())
}

/// Reads an option's value from its file; the line end that editors add is not part of it.
fn read_value(info: &ProviderInfo, name: &str, path: &Path, source: &str) -> Result<String, Failure> {
    let text = input::file_of(path, source)?;
    let is_key = spec(info, name).is_some_and(|spec| spec.form == Form::Key);
    Ok(if is_key { text } else { text.trim_end_matches(['\r', '\n']).to_owned() })
}

/// Adds to the core's error where the option that it names came from.
fn told_from(error: Error, options: &BTreeMap<String, Given>) -> Failure {
    let named = error.message().split_once("option ").map_or("", |(_, rest)| rest);
    let name: String = named.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    let from = options.get(&name).map(|given| given.source.clone());
    Failure::Core { error: Box::new(error), from }
}

fn spec(info: &ProviderInfo, name: &str) -> Option<&'static OptionSpec> {
    info.options.iter().chain(quhao::common_options()).find(|spec| spec.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_of_every_provider_is_in_the_help() {
        let help = help("");
        let options = quhao::providers().iter().flat_map(|info| info.options).chain(quhao::common_options());
        for spec in options {
            assert!(help.contains(&format!("    {:<18}  {}", spec.name, spec.en)), "{}", spec.name);
        }
    }

    #[test]
    fn no_option_can_be_mistaken_for_the_file_of_another() {
        for info in quhao::providers() {
            assert!(info.options.iter().all(|spec| !spec.name.ends_with("_file")), "{}", info.id);
        }
    }
}
