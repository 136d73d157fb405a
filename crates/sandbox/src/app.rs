//! An app that the sandbox's consoles know, with fixed, made-up credentials.

use std::fmt;

/// An app registered with one of the gateways.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct App {
    /// Its name here: `cmcc-rsa`.
    pub name: &'static str,
    /// The provider that it belongs to, as [`quhao::provider`] knows it: `cmcc`.
    pub provider: &'static str,
    /// Its purpose, in Chinese.
    pub zh: &'static str,
    /// Its purpose, in English.
    pub en: &'static str,
    pub(crate) options: &'static [(&'static str, &'static str)],
}

impl App {
    /// One of its credentials or settings, by the option's name.
    pub(crate) fn option(&self, name: &str) -> Option<&'static str> {
        self.options.iter().find(|(option, _)| *option == name).map(|(_, value)| *value)
    }

    /// The app of a console that has this value for an option, such as its `app_id`.
    pub(crate) fn find(apps: &'static [Self], option: &str, value: &str) -> Option<&'static Self> {
        apps.iter().find(|app| app.option(option) == Some(value))
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "App({})", self.name)
    }
}

impl PartialEq for App {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for App {}
