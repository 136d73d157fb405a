//! Several apps in one back end: Android, iOS and web have ids and keys of their own.

use std::sync::Arc;

#[cfg(feature = "http")]
use crate::crypto::digest;
use crate::model::{Error, Params};
#[cfg(feature = "http")]
use crate::provider::Ask;
use crate::provider::{AppMatch, Moment, Options, Provider, ProviderInfo};

/// The apps of a client, at least one, all of one provider.
#[derive(Clone)]
pub(crate) struct Apps(Arc<[App]>);

/// A configured provider, and the fingerprint of its options.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) provider: Arc<dyn Provider>,
    #[cfg(feature = "http")]
    pub(crate) options: [u8; 32],
}

impl App {
    /// # Errors
    ///
    /// `config` for options that the provider cannot be built with.
    pub(crate) fn build(info: &ProviderInfo, options: &mut Options) -> Result<Self, Error> {
        Self::from_parts(options, info.build)
    }

    /// # Errors
    ///
    /// `build`'s.
    pub(crate) fn from_parts(
        options: &mut Options,
        build: impl FnOnce(&mut Options) -> Result<Arc<dyn Provider>, Error>,
    ) -> Result<Self, Error> {
        Ok(Self {
            #[cfg(feature = "http")]
            options: options.fingerprint(),
            provider: build(options)?,
        })
    }
}

impl std::ops::Deref for App {
    type Target = dyn Provider;

    fn deref(&self) -> &Self::Target {
        &*self.provider
    }
}

impl Apps {
    /// # Errors
    ///
    /// `config` for no app at all, and for an id that is given twice.
    pub(crate) fn new(apps: Vec<App>) -> Result<Self, Error> {
        if apps.is_empty() {
            return Err(Error::config("apps: expected one app or more, got none"));
        }
        for (at, app) in apps.iter().enumerate() {
            if apps.len() > 1
                && (app.app_id().is_none() || apps[..at].iter().any(|other| other.app_id() == app.app_id()))
            {
                return Err(Error::config("apps: expected an app_id of its own for each app"));
            }
        }
        Ok(Self(apps.into()))
    }

    pub(crate) fn provider(&self) -> &'static str {
        self.0[0].info().id
    }

    /// See [`Provider::moment`].
    pub(crate) fn moment(&self) -> Result<Moment, Error> {
        self.0[0].provider.moment()
    }

    /// The one app of that id.
    ///
    /// # Errors
    ///
    /// `input`, naming the known ids.
    pub(crate) fn by_id(&self, app_id: &str) -> Result<Self, Error> {
        let named = self.0.iter().find(|app| app.app_id() == Some(app_id));
        let named = named.ok_or_else(|| self.unknown("app: expected the id of an app of this client"))?;
        Ok(Self(Arc::new([named.clone()])))
    }

    /// The app that the params were made for: by their `appId`, or by their token's envelope.
    ///
    /// # Errors
    ///
    /// `input`, naming the known ids, where the params tell nothing or name another app.
    pub(crate) fn select(&self, params: Option<&Params>) -> Result<&App, Error> {
        if let [only] = &*self.0 {
            return Ok(only);
        }
        let owned = params.and_then(|params| self.0.iter().find(|app| app.matches_app(params) == AppMatch::Yes));
        owned.ok_or_else(|| self.unknown("params: they are of none of this client's apps, or do not tell"))
    }

    fn unknown(&self, what: &str) -> Error {
        let ids: Vec<_> = self.0.iter().filter_map(|app| app.app_id()).collect();
        Error::input(what).with_known_ids(&ids).with_hint_text(
            "请传入 params 中的 appId，或用 app(…) 指明是哪个应用；Android、iOS、网页的 appId 各不相同",
            "relay the params' appId, or name the app by app(…): Android, iOS and web have ids of their own",
        )
    }
}

/// The deduplication key of a call; `None` for an operation without a token, which is never merged.
#[cfg(feature = "http")]
pub(crate) fn dedupe_key(app: &App, ask: &Ask) -> Option<[u8; 32]> {
    let params = ask.params()?;
    let number = match ask {
        Ask::VerifyNumber { number, .. } => number.as_ref().map(|number| number.expose().as_bytes()),
        _ => None,
    };
    let asked = [app.options.as_slice(), ask.operation().as_str().as_bytes(), number.unwrap_or_default()];
    let fields = params.fields().flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]);
    Some(digest::sha256_of(asked.into_iter().chain(fields)))
}
