//! Key formats of the vendors' consoles: PEM, bare Base64, PKCS#8, PKCS#1 and SPKI.

use rsa::PublicKey;
use rsa::pkcs1::{DecodeRsaPublicKey, RsaPublicKeyRef};
use rsa::pkcs8::{DecodePublicKey, ObjectIdentifier, PrivateKeyInfoRef, SubjectPublicKeyInfoRef};
use zeroize::Zeroizing;

use crate::encoding::base64;

/// Bits of a public key, SPKI or PKCS#1, also of one that the library refuses for its size.
pub(super) fn public_bits(der: &[u8]) -> Option<u32> {
    let info = SubjectPublicKeyInfoRef::try_from(der).ok();
    let der = info.as_ref().map_or(Some(der), |info| info.subject_public_key.as_bytes())?;
    let key = RsaPublicKeyRef::try_from(der).ok()?;
    let modulus = key.modulus.as_bytes();
    u32::try_from(modulus.len() * 8).ok()?.checked_sub(modulus.first()?.leading_zeros())
}

/// Describes a text that is not an RSA private key, for the error message.
pub(super) fn describe(der: &[u8], text: &str) -> &'static str {
    let is_elliptic = PrivateKeyInfoRef::try_from(der).is_ok_and(|info| info.algorithm.oid == ELLIPTIC_CURVE);
    if PublicKey::from_public_key_der(der).is_ok() || PublicKey::from_pkcs1_der(der).is_ok() {
        "got a public key; the console keeps the public one, the private one is yours"
    } else if is_elliptic || text.contains("EC PRIVATE KEY") {
        "got an elliptic-curve key"
    } else {
        "got something else or a damaged one"
    }
}

/// The DER inside PEM armour or bare Base64; white space and labels are ignored.
pub(super) fn decode_der(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut base64 = Zeroizing::new(String::with_capacity(text.len()));
    let mut rest = text;
    if let Some(at) = text.find("-----BEGIN ") {
        let body = &text[at + 11..];
        rest = &body[body.find("-----")? + 5..];
        rest = &rest[..rest.find("-----END ")?];
    }
    // Some consoles and .env files write line ends as the two characters `\n`.
    for part in rest.split("\\n") {
        base64.extend(part.chars().filter(|c| !c.is_whitespace()));
    }
    let der = base64::decode(&base64)?;
    (!der.is_empty()).then(|| Zeroizing::new(der))
}

/// id-ecPublicKey, RFC 5480 §2.1.1.
const ELLIPTIC_CURVE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
