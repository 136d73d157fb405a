//! The options as typed builders: one method an option, the same names and the same checks as the flat map.

use std::collections::BTreeMap;
use std::fmt;

use zeroize::Zeroizing;

use super::Client;
#[cfg(feature = "http")]
use super::apps::App;
use crate::model::Error;
#[cfg(feature = "http")]
use crate::provider::Options;
#[cfg(feature = "http")]
use crate::providers::yuxin::{self, token};
#[cfg(feature = "http")]
use crate::redact::Secret;

/// 创蓝闪验 ShanYan.
///
/// ```
/// # fn main() -> Result<(), quhao::Error> {
/// let client = quhao::ShanYan::new("Xr4gmQ2n", "k9SbT7wz").timeout_ms(3000).build()?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct ShanYan {
    given: RawOptions,
}

/// 中国移动认证 China Mobile.
#[derive(Clone)]
pub struct Cmcc {
    given: RawOptions,
}

/// 驭信手机实名认证 Yuxin.
pub struct Yuxin {
    given: RawOptions,
    #[cfg(feature = "http")]
    source: Option<token::Source>,
}

/// Writes one method for each option that is a key or a secret: what is handed over is kept, not copied and left behind.
macro_rules! secret_setters {
    ($($option:ident $help:literal),* $(,)?) => {
        $(
            #[doc = concat!("Option `", stringify!($option), "`: ", $help, ".")]
            pub fn $option(mut self, value: impl Into<String>) -> Self {
                self.given.set(stringify!($option), value.into());
                self
            }
        )*
    };
}

/// Writes one method for each other option.
macro_rules! setters {
    ($($option:ident $help:literal),* $(,)?) => {
        $(
            #[doc = concat!("Option `", stringify!($option), "`: ", $help, ".")]
            pub fn $option(mut self, value: impl ToString) -> Self {
                self.given.set(stringify!($option), value.to_string());
                self
            }
        )*
    };
}

/// The same for the options that every provider takes.
macro_rules! common_setters {
    () => {
        setters! {
            base_url "replaces the gateway's scheme, host and port",
            timeout_ms "time limit of the whole call, 5000 if left out",
            connect_timeout_ms "time limit of connecting, 2000 if left out",
            proxy "address of an HTTP proxy",
            ca_certificate "PEM text, or the path of a PEM file, to trust besides the system's store",
            user_agent_suffix "appended to the user agent",
        }
    };
}

impl ShanYan {
    /// Begins with the app's `app_id` and `app_key`.
    pub fn new(app_id: impl ToString, app_key: impl Into<String>) -> Self {
        Self { given: RawOptions::from([("app_id", app_id.to_string()), ("app_key", app_key.into())]) }
    }

    secret_setters! {
        private_key "the RSA private key, where the console holds its public key",
    }

    setters! {
        encrypt_type "the cipher that V2 asks for: aes or rsa",
        channel "where V2's token was made: app, web or wxprog",
    }

    common_setters!();

    /// Checks the options and makes the client.
    ///
    /// # Errors
    ///
    /// As [`Client::new`].
    pub fn build(self) -> Result<Client, Error> {
        Client::new("shanyan", self.given.entries())
    }
}

impl Cmcc {
    /// Begins with the app's `app_id`; one of `app_key`, `app_secret` and `private_key` must follow.
    pub fn new(app_id: impl ToString) -> Self {
        Self { given: RawOptions::from([("app_id", app_id.to_string())]) }
    }

    secret_setters! {
        app_key "needed for `verify_number`; signs logins where there is no `app_secret`",
        app_secret "signs logins (MD5) of apps made after 2018-12",
        private_key "signs logins with RSA instead",
        decrypt_key "opens the number; `private_key` if left out",
    }

    setters! {
        strict_check "`1` asks the gateway to enforce its IP allow list",
        key_type "`1` seals `verify_number` with RSA, which needs `platform_key` and `private_key`",
        platform_key "the platform's public key from the console",
        rsa_encoding "how `verify_number` is written under `key_type` 1: base64 or hex",
    }

    common_setters!();

    /// Checks the options and makes the client.
    ///
    /// # Errors
    ///
    /// As [`Client::new`].
    pub fn build(self) -> Result<Client, Error> {
        Client::new("cmcc", self.given.entries())
    }
}

impl Yuxin {
    /// Begins with what the platform issued: its address, the cipher's name and the key.
    ///
    /// A [`token`](Self::token) or a [`token_source`](Self::token_source) must follow.
    pub fn new(base_url: impl ToString, cipher: impl ToString, key: impl Into<String>) -> Self {
        Self {
            given: RawOptions::from([
                ("base_url", base_url.to_string()),
                ("cipher", cipher.to_string()),
                ("key", key.into()),
            ]),
            #[cfg(feature = "http")]
            source: None,
        }
    }

    secret_setters! {
        token "the platform's access token",
    }

    setters! {
        key_encoding "how the key is written: utf8, hex or base64",
        iv_encoding "how the iv is sent: utf8, hex or base64",
        logon_encoding "how the ciphertext is written: base64, base64url, hex or hex-upper",
        body "form or json",
    }

    common_setters!();

    /// Fetches the access token by the caller's own code, at the first call and once more after a refusal (105).
    ///
    /// `fetch` is given the token that was refused, so that a cache can drop it.
    #[cfg(feature = "http")]
    pub fn token_source<F, T>(mut self, fetch: F) -> Self
    where
        F: Fn(Option<Secret>) -> T + Send + Sync + 'static,
        T: Future<Output = Result<String, Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
    {
        self.source = Some(Box::new(move |refused| Box::pin(fetch(refused))));
        self
    }

    /// Checks the options and makes the client.
    ///
    /// # Errors
    ///
    /// As [`Client::new`].
    pub fn build(self) -> Result<Client, Error> {
        #[cfg(feature = "http")]
        if let Some(source) = self.source {
            let of_call = |error: Error| error.with_call(yuxin::INFO.id, None);
            let mut options = Options::read(yuxin::INFO.options, self.given.entries()).map_err(of_call)?;
            let app =
                App::from_parts(&mut options, |options| yuxin::with_token_source(options, source)).map_err(of_call)?;
            return Client::from_parts(vec![app], options);
        }
        Client::new("yuxin", self.given.entries())
    }
}

impl fmt::Debug for ShanYan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.given.fmt(f)
    }
}

impl fmt::Debug for Cmcc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.given.fmt(f)
    }
}

impl fmt::Debug for Yuxin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.given.fmt(f)
    }
}

/// The options set so far. `Debug` shows their names.
#[derive(Clone)]
struct RawOptions(BTreeMap<&'static str, Zeroizing<String>>);

impl RawOptions {
    fn from<const N: usize>(options: [(&'static str, String); N]) -> Self {
        Self(options.into_iter().map(|(name, value)| (name, Zeroizing::new(value))).collect())
    }

    fn set(&mut self, name: &'static str, value: String) {
        self.0.insert(name, Zeroizing::new(value));
    }

    fn entries(&self) -> impl Iterator<Item = (&'static str, String)> {
        self.0.iter().map(|(name, value)| (*name, value.to_string()))
    }
}

impl fmt::Debug for RawOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
