//! The apps that the sandbox's consoles know, with fixed, made-up credentials.

use std::fmt;
use std::sync::LazyLock;

use quhao::Operation;

use crate::error::Error;
use crate::gateways;

/// An app registered with one of the gateways.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct App {
    /// Its name here: `cmcc-rsa`.
    pub name: &'static str,
    /// Whose app it is, as [`quhao::provider`] knows it: `cmcc`.
    pub provider: &'static str,
    /// What it is for, in Chinese.
    pub zh: &'static str,
    /// What it is for, in English.
    pub en: &'static str,
    pub(crate) options: &'static [(&'static str, &'static str)],
}

impl App {
    /// What may be asked of it: a mini-program has no `verify_number`, whatever its provider offers.
    pub fn operations(&self) -> &'static [Operation] {
        gateways::of(self).operations(self)
    }

    /// One of its credentials or settings, by the option's name.
    pub(crate) fn option(&self, name: &str) -> Option<&'static str> {
        self.options.iter().find(|(option, _)| *option == name).map(|(_, value)| *value)
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

/// All of them, gateway by gateway.
pub(crate) fn all() -> &'static [App] {
    &APPS
}

/// The app of a name.
///
/// # Errors
///
/// If there is none; the error lists the names.
pub(crate) fn find(name: &str) -> Result<&'static App, Error> {
    all().iter().find(|app| app.name == name).ok_or_else(|| {
        let names: Vec<_> = all().iter().map(|app| app.name).collect();
        Error::new(format!("unknown app {}; expected one of {}", name.escape_debug(), names.join(", ")))
    })
}

/// The app of a provider that has this value for an option, such as its `app_id`.
pub(crate) fn with(provider: &str, option: &str, value: &str) -> Option<&'static App> {
    all().iter().find(|app| app.provider == provider && app.option(option) == Some(value))
}

static APPS: LazyLock<Vec<App>> =
    LazyLock::new(|| gateways::ALL.iter().flat_map(|gateway| gateway.apps()).copied().collect());
