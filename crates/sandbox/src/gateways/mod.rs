//! The registry: a gateway is a file or folder, a `mod` line and a line in [`ALL`].

mod cmcc;
mod shanyan;
mod yuxin;

use std::sync::LazyLock;

use quhao::Operation;

use crate::app::App;
use crate::error::Error;
use crate::gateway::Gateway;

pub(crate) static ALL: &[&dyn Gateway] = &[&shanyan::ShanYan, &cmcc::Cmcc, &yuxin::Yuxin];

/// The gateway that has a path.
pub(crate) fn at(path: &str) -> Option<&'static dyn Gateway> {
    ALL.iter().copied().find(|gateway| gateway.interfaces().iter().any(|(known, _)| *known == path))
}

/// The gateway that an app belongs to.
pub(crate) fn of(app: &App) -> &'static dyn Gateway {
    let gateway = ALL.iter().copied().find(|gateway| gateway.provider() == app.provider);
    gateway.expect("every app is one of a gateway's")
}

/// All apps, gateway by gateway.
pub(crate) fn apps() -> &'static [App] {
    &APPS
}

/// The app of a name.
///
/// # Errors
///
/// If there is none; the error lists the names.
pub(crate) fn app(name: &str) -> Result<&'static App, Error> {
    apps().iter().find(|app| app.name == name).ok_or_else(|| {
        let names: Vec<_> = apps().iter().map(|app| app.name).collect();
        Error::new(format!("unknown app {}; expected one of {}", name.escape_debug(), names.join(", ")))
    })
}

/// Stands here because the registry finds the app's gateway.
impl App {
    /// Its operations: a mini-program has no `verify_number`, whatever its provider offers.
    pub fn operations(&self) -> &'static [Operation] {
        of(self).operations(self)
    }
}

static APPS: LazyLock<Vec<App>> = LazyLock::new(|| ALL.iter().flat_map(|gateway| gateway.apps()).copied().collect());
