//! Digests and keyed digests, each as the vendors write it down.

use std::fmt;

use hmac::digest::Output;
use hmac::{EagerHash, Hmac, KeyInit, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// `MD5(part₁ ‖ part₂ ‖ …)`, 16 bytes.
pub(crate) fn md5(parts: impl IntoIterator<Item = impl AsRef<[u8]>>) -> [u8; 16] {
    digest_of::<Md5>(parts).into()
}

/// `SHA-256(part₁ ‖ part₂ ‖ …)`, 32 bytes.
pub(crate) fn sha256(parts: impl IntoIterator<Item = impl AsRef<[u8]>>) -> [u8; 32] {
    digest_of::<Sha256>(parts).into()
}

/// `SHA-256(len‖part‖len‖part…)`, lengths as 8 bytes: no two lists of parts join to the same bytes.
#[cfg(feature = "http")]
pub(crate) fn sha256_of<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> [u8; 32] {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    digest.finalize().into()
}

/// A key of `HMAC[key](message)`, RFC 2104, whose own block is digested once for all messages.
///
/// The key's state is zeroized on drop by the digests; `Debug` shows nothing of it.
#[derive(Clone)]
pub(crate) struct HmacKey<D: EagerHash>(Hmac<D>);

/// `HMAC-SHA1`, 20 bytes.
pub(crate) type HmacSha1 = HmacKey<Sha1>;

/// `HMAC-SHA256`, 32 bytes.
pub(crate) type HmacSha256 = HmacKey<Sha256>;

impl<D: EagerHash> HmacKey<D>
where
    Hmac<D>: Mac + KeyInit + Clone,
{
    pub(crate) fn new(key: &[u8]) -> Self {
        Self(<Hmac<D> as KeyInit>::new_from_slice(key).expect("HMAC takes a key of any length"))
    }

    /// `HMAC[key](part₁ ‖ part₂ ‖ …)`.
    pub(crate) fn mac(&self, parts: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Output<Hmac<D>> {
        let mut mac = self.0.clone();
        parts.into_iter().for_each(|part| mac.update(part.as_ref()));
        mac.finalize().into_bytes()
    }
}

impl<D: EagerHash> fmt::Debug for HmacKey<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<HMAC key>")
    }
}

/// The parts are never concat_exact in memory: one of them may be a key.
fn digest_of<D: Digest>(parts: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Output<D> {
    let mut digest = D::new();
    parts.into_iter().for_each(|part| digest.update(part));
    digest.finalize()
}
