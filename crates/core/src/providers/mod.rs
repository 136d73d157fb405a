//! The registry: a vendor is a folder, a `mod` line and a line in [`PROVIDERS`].

pub(crate) mod cmcc;
pub(crate) mod shanyan;
pub(crate) mod yuxin;

use crate::model::Error;
use crate::provider::{Code, ProviderInfo};
use crate::redact::redact_field_name;

/// All providers, in the order they were added.
pub fn all() -> &'static [ProviderInfo] {
    PROVIDERS
}

/// Finds a provider by its id.
///
/// # Errors
///
/// [`ErrorKind::Config`](crate::ErrorKind::Config), naming the known ids.
pub fn find(id: &str) -> Result<&'static ProviderInfo, Error> {
    all().iter().find(|info| info.id == id).ok_or_else(|| {
        let ids: Vec<_> = all().iter().map(|info| info.id).collect();
        let shown: String = redact_field_name(id).chars().filter(|c| !c.is_control()).collect();
        Error::config(format!("unknown provider {shown}; expected one of {}", ids.join(", ")))
    })
}

/// Finds every row for a code, over all providers: what `quhao explain` prints.
pub fn explain(code: &str) -> impl Iterator<Item = &'static Code> {
    all().iter().flat_map(|entry| entry.codes()).filter(move |row| row.code == code)
}

static PROVIDERS: &[ProviderInfo] = &[shanyan::INFO, cmcc::INFO, yuxin::INFO];
