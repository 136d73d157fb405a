//! Connection settings: proxy, trusted certificates, connect timeout. Each route has a reqwest client in each runtime.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, Proxy, retry};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use url::Url;

use super::dns::ThreadResolver;
use crate::model::Error;
use crate::process::{PerProcess, lock};
use crate::provider::Options;

/// Clients with equal routes share connections.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Route(Arc<Settings>);

#[derive(PartialEq, Eq)]
struct Settings {
    connect_timeout: Duration,
    proxy: Option<Url>,
    /// DER of the certificates trusted besides the system's.
    trusted: Vec<CertificateDer<'static>>,
}

impl Route {
    /// Takes `connect_timeout_ms`, `proxy` and `ca_certificate`.
    ///
    /// # Errors
    ///
    /// `config` for an address or a certificate that cannot be read.
    pub(crate) fn from(options: &mut Options) -> Result<Self, Error> {
        let proxy = options.take("proxy").map(|text| {
            let url = Url::parse(&text).ok();
            let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
            url.ok_or_else(|| Error::config("option proxy: expected http://host:port"))
        });
        Ok(Self(Arc::new(Settings {
            connect_timeout: options.milliseconds("connect_timeout_ms")?,
            proxy: proxy.transpose()?,
            trusted: options.take("ca_certificate").map(|text| certificates(&text)).transpose()?.unwrap_or_default(),
        })))
    }

    pub(super) fn connect_timeout(&self) -> Duration {
        self.0.connect_timeout
    }

    /// A client that follows no redirect, repeats nothing, and asks neither the environment nor the system for a proxy.
    ///
    /// # Errors
    ///
    /// `config` for a certificate or a proxy that cannot be used.
    pub(crate) fn client(&self) -> Result<Client, Error> {
        let unusable = |error: reqwest::Error| Error::config("the HTTP client could not be set up").with_source(error);
        let mut builder = Client::builder()
            .tls_backend_preconfigured(TLS_CONFIGS.with(|configs| tls_config(configs, &self.0.trusted))?)
            .redirect(Policy::none())
            .retry(retry::never())
            .referer(false)
            .no_proxy()
            .dns_resolver(ThreadResolver::default())
            .connect_timeout(self.0.connect_timeout)
            .pool_idle_timeout(IDLE_TIMEOUT);
        if let Some(proxy) = &self.0.proxy {
            builder = builder.proxy(Proxy::all(proxy.clone()).map_err(unusable)?);
        }
        builder.build().map_err(unusable)
    }
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Route").field("connect_timeout", &self.0.connect_timeout).finish_non_exhaustive()
    }
}

/// TLS 1.2 and 1.3 by aws-lc-rs; trusts the system's store, or the bundled roots where it has none, and `trusted`.
///
/// Set up once for each list of extra certificates: clients with the same one resume each other's sessions.
fn tls_config(configs: &TlsConfigs, trusted: &[CertificateDer<'static>]) -> Result<ClientConfig, Error> {
    let unusable = |error: rustls::Error| Error::config("TLS could not be set up").with_source(error);
    let mut configs = lock(configs);
    if let Some((_, config)) = configs.iter().find(|(known, _)| known == trusted) {
        return Ok(config.clone());
    }
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        tracing::warn!(target: "quhao", "the system has no certificates: the bundled ones are trusted");
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    for certificate in trusted {
        roots.add(certificate.clone()).map_err(unusable)?;
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = versions.map_err(unusable)?.with_root_certificates(roots).with_no_client_auth();
    configs.push((trusted.to_vec(), config.clone()));
    Ok(config)
}

/// Reads PEM text, or the file of that name.
fn certificates(text: &str) -> Result<Vec<CertificateDer<'static>>, Error> {
    let wrong = |what: &str| Error::config(format!("option ca_certificate: {what}"));
    let pem = if text.contains("-----BEGIN") {
        text.as_bytes().to_vec()
    } else {
        std::fs::read(text).map_err(|error| wrong("the file cannot be read").with_source(error))?
    };
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    match found {
        Ok(found) if !found.is_empty() => Ok(found),
        _ => Err(wrong("expected PEM certificates")),
    }
}

/// Shorter than the balancers' own limits, so that a login does not meet a connection that is being closed.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);

type TlsConfigs = Mutex<Vec<(Vec<CertificateDer<'static>>, ClientConfig)>>;

static TLS_CONFIGS: PerProcess<TlsConfigs> = PerProcess::new();
