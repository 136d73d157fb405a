//! The peers: reqwest, set up as quhao sets it up, with the bytes that quhao sends.

use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::Policy;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

use crate::Failure;
use crate::login::{Login, Setup};

/// Sets up a builder of either kind as quhao sets up its own.
macro_rules! configured {
    ($builder:expr, $setup:expr) => {
        $builder
            .tls_backend_preconfigured(tls($setup)?)
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(TIMEOUT)
            .timeout(TIMEOUT)
            .pool_idle_timeout(IDLE)
            .no_proxy()
            .build()?
    };
}

/// A POST of a login's bytes. Nothing is signed or decrypted.
#[derive(Clone)]
pub(super) struct Post {
    client: reqwest::Client,
    url: String,
    login: Arc<Login>,
}

impl Post {
    pub(super) fn new(setup: &Setup, origin: &str) -> Result<Self, Failure> {
        let client = configured!(reqwest::Client::builder(), setup);
        let login = Arc::new(setup.login.clone());
        Ok(Self { client, url: format!("{origin}{}", login.path), login })
    }

    pub(super) async fn once(&self) -> Result<(), Failure> {
        let request = self.client.post(&self.url).header("accept", "application/json");
        let request = request.header("content-type", &self.login.content_type).header("user-agent", AGENT);
        let response = request.body(self.login.body.clone()).send().await?;
        expect(&self.login, response.status(), &response.bytes().await?)
    }
}

/// The same over `reqwest::blocking`.
pub(super) struct BlockingPost {
    client: reqwest::blocking::Client,
    url: String,
    login: Login,
}

impl BlockingPost {
    pub(super) fn new(setup: &Setup, origin: &str) -> Result<Self, Failure> {
        let client = configured!(reqwest::blocking::Client::builder(), setup);
        Ok(Self { client, url: format!("{origin}{}", setup.login.path), login: setup.login.clone() })
    }

    pub(super) fn once(&self) -> Result<(), Failure> {
        let request = self.client.post(&self.url).header("accept", "application/json");
        let request = request.header("content-type", &self.login.content_type).header("user-agent", AGENT);
        let response = request.body(self.login.body.clone()).send()?;
        expect(&self.login, response.status(), &response.bytes()?)
    }
}

fn expect(login: &Login, status: reqwest::StatusCode, body: &[u8]) -> Result<(), Failure> {
    if status.is_success() && body == login.reply.as_bytes() {
        return Ok(());
    }
    Err(format!("expected the gateway's reply, got {} bytes with {status}", body.len()).into())
}

/// Trusts the gateway's certificate and no other: reading the system's store is not measured.
fn tls(setup: &Setup) -> Result<ClientConfig, Failure> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(&setup.ca)?)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(versions.with_root_certificates(roots).with_no_client_auth())
}

const AGENT: &str = "quhao/0.1.0";
const IDLE: Duration = Duration::from_secs(20);
const TIMEOUT: Duration = Duration::from_secs(60);
