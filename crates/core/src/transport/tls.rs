//! Whom connections trust.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::error::Error;

/// TLS 1.2 and 1.3 by aws-lc-rs, set up once for each list of certificates that are trusted besides the system's.
#[derive(Default)]
pub(crate) struct Trust(Mutex<HashMap<Vec<CertificateDer<'static>>, Arc<ClientConfig>>>);

impl Trust {
    /// Trusts the system's store, or the bundled roots where it has none, and `trusted`.
    ///
    /// Those who are given the same configuration resume each other's sessions.
    ///
    /// # Errors
    ///
    /// `config` for a certificate that cannot be trusted.
    pub(crate) fn config(&self, trusted: &[CertificateDer<'static>]) -> Result<Arc<ClientConfig>, Error> {
        let mut configs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(config) = configs.get(trusted) {
            return Ok(Arc::clone(config));
        }
        let config = Arc::new(set_up(trusted)?);
        configs.insert(trusted.to_vec(), Arc::clone(&config));
        Ok(config)
    }
}

/// Reads PEM text, or the file of that name.
///
/// # Errors
///
/// `config` if it is neither.
pub(crate) fn certificates(text: &str) -> Result<Vec<CertificateDer<'static>>, Error> {
    let wrong = |what: &str| Error::config(format!("option ca_certificate: {what}"));
    let pem = if text.contains("-----BEGIN") {
        text.as_bytes().to_vec()
    } else {
        std::fs::read(text).map_err(|error| wrong("the file cannot be read").caused_by(error))?
    };
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    match found {
        Ok(found) if !found.is_empty() => Ok(found),
        _ => Err(wrong("expected PEM certificates")),
    }
}

fn set_up(trusted: &[CertificateDer<'static>]) -> Result<ClientConfig, Error> {
    let unusable = |error: rustls::Error| Error::config("TLS could not be set up").caused_by(error);
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    for certificate in trusted {
        roots.add(certificate.clone()).map_err(unusable)?;
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    Ok(versions.map_err(unusable)?.with_root_certificates(roots).with_no_client_auth())
}
