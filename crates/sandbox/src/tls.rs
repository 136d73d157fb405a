//! TLS under a CA of the sandbox's own, made anew at every start.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio_rustls::TlsAcceptor;

use crate::calendar::{self, DAY_MS};
use crate::crypto;
use crate::error::Error;
use crate::state;

/// The file that clients are configured to trust; removed on drop unless the caller chose it.
pub(crate) struct CaFile {
    path: PathBuf,
    /// The process that made it and removes it; a child of its does not.
    removed_by: Option<u32>,
}

impl CaFile {
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes to `chosen`, or to a fresh file among the temporary ones.
    fn write(chosen: Option<&Path>, pem: &str) -> Result<Self, Error> {
        let unwritable = |path: &Path, error| {
            Error::new(format!("the CA certificate cannot be written to {}", path.display())).caused_by(error)
        };
        if let Some(path) = chosen {
            fs::write(path, pem).map_err(|error| unwritable(path, error))?;
            return Ok(Self { path: path.to_owned(), removed_by: None });
        }
        let path = std::env::temp_dir().join(format!("quhao-sandbox-ca-{}.pem", crypto::random_id()));
        let mut file =
            OpenOptions::new().write(true).create_new(true).open(&path).map_err(|error| unwritable(&path, error))?;
        file.write_all(pem.as_bytes()).map_err(|error| unwritable(&path, error))?;
        Ok(Self { path, removed_by: Some(std::process::id()) })
    }
}

impl Drop for CaFile {
    fn drop(&mut self) {
        if self.removed_by == Some(std::process::id()) {
            // A file that is gone already needs no removing.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Flaw of a server's certificate.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    Expired,
    None,
    UnknownCa,
    WrongHost,
}

/// A server for `localhost`, `127.0.0.1` and `::1`, and the file with the CA that signed it.
pub(crate) fn acceptor(ca_file: Option<&Path>) -> Result<(TlsAcceptor, CaFile), Error> {
    let (acceptor, ca) = flawed(Flaw::None)?;
    Ok((acceptor, CaFile::write(ca_file, &ca)?))
}

/// A server whose certificate has a flaw, and the PEM of the CA that its clients are configured to trust.
pub(crate) fn flawed(flaw: Flaw) -> Result<(TlsAcceptor, String), Error> {
    let ca = authority("quhao sandbox CA")?;
    let mut trusted = ca.as_ref().pem();
    if flaw == Flaw::UnknownCa {
        trusted = authority("quhao sandbox CA that signed nothing")?.as_ref().pem();
    }
    let (leaf, key) = server(&ca, flaw)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let unusable = |error: rustls::Error| Error::new("TLS could not be set up").caused_by(error);
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
        .map_err(unusable)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok((TlsAcceptor::from(Arc::new(config)), trusted))
}

fn authority(name: &str) -> Result<CertifiedIssuer<'static, KeyPair>, Error> {
    let mut ca = dated(CertificateParams::new(Vec::new()).map_err(unmakable)?, name, 0);
    ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    CertifiedIssuer::self_signed(ca, KeyPair::generate().map_err(unmakable)?).map_err(unmakable)
}

fn server(ca: &CertifiedIssuer<'_, KeyPair>, flaw: Flaw) -> Result<(Certificate, KeyPair), Error> {
    let names = match flaw {
        Flaw::WrongHost => vec!["another.example".to_owned()],
        _ => ["localhost", "127.0.0.1", "::1"].map(str::to_owned).to_vec(),
    };
    let years_ago = if flaw == Flaw::Expired { 2 } else { 0 };
    let mut leaf = dated(CertificateParams::new(names).map_err(unmakable)?, "quhao sandbox", years_ago);
    leaf.use_authority_key_identifier_extension = true;
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let key = KeyPair::generate().map_err(unmakable)?;
    Ok((leaf.signed_by(&key, ca).map_err(unmakable)?, key))
}

/// Valid for a year from the first of this month, or of that month years ago.
///
/// Verifiers look for each of these: 398 days at most, key identifiers, a critical key usage.
fn dated(mut params: CertificateParams, name: &str, years_ago: i32) -> CertificateParams {
    let (year, month, _) = calendar::date(state::machine_ms() / DAY_MS);
    let (year, month) = (i32::try_from(year).unwrap_or(2026) - years_ago, u8::try_from(month).unwrap_or(1));
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(year, month, 1);
    params.not_after = date_time_ymd(year + 1, month, 1);
    params
}

fn unmakable(error: rcgen::Error) -> Error {
    Error::new("the certificates could not be made").caused_by(error)
}
