//! RSA with PKCS#1 v1.5 padding: 2048 bits and more by aws-lc-rs, fewer by `rsa`, blinded.

mod key_cache;
mod key_formats;

use std::fmt;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{Pkcs1PrivateDecryptingKey, PrivateDecryptingKey};
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use md5::Md5;
use rsa::pkcs1::{DecodeRsaPrivateKey, DecodeRsaPublicKey};
use rsa::pkcs1v15::{DecryptingKey, EncryptingKey, SigningKey};
use rsa::pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePrivateKey};
use rsa::rand_core::UnwrapErr;
use rsa::sha2::Sha256;
use rsa::signature::{RandomizedSigner, SignatureEncoding};
use rsa::traits::{Decryptor, PublicKeyParts, RandomizedEncryptor};
use zeroize::Zeroizing;

use self::key_formats::{decode_der, describe, public_bits};
use crate::crypto::cbc::DecryptError;
use crate::model::Error;

/// A private key, ready for use. Zeroized on drop; `Debug` shows its size.
pub(crate) struct PrivateKey {
    modulus_bytes: usize,
    backend: Backend,
    /// aws-lc-rs does not sign over MD5, whatever the size.
    md5: Box<SigningKey<Md5>>,
}

enum Backend {
    /// 2048 bits and more: constant time, and four times as fast.
    AwsLc { decrypting: Box<Pkcs1PrivateDecryptingKey>, signing: Box<RsaKeyPair> },
    /// Fewer than 2048 bits, which aws-lc-rs refuses.
    RustCrypto { decrypting: Box<DecryptingKey>, signing: Box<SigningKey<Sha256>> },
}

impl PrivateKey {
    /// Reads PEM or bare Base64, PKCS#8 or PKCS#1, with any white space: whatever a console hands out.
    ///
    /// The PEM label is not trusted, since PKCS#8 under a PKCS#1 label is common; the content decides.
    ///
    /// # Errors
    ///
    /// `config`, naming `option` and what was found instead.
    pub(crate) fn parse(option: &str, text: &str) -> Result<Self, Error> {
        let wrong = |what: &str| Error::config(format!("option {option}: expected an RSA private key, {what}"));
        if text.contains("ENCRYPTED") {
            return Err(wrong("got an encrypted one; remove its passphrase first (openssl pkey -in key.pem)"));
        }
        let der = decode_der(text).ok_or_else(|| wrong("got neither PEM nor Base64"))?;
        let key = rsa::PrivateKey::from_pkcs8_der(&der)
            .or_else(|_| rsa::PrivateKey::from_pkcs1_der(&der).map_err(|_| wrong(describe(&der, text))))?;
        Self::from_key(key, &wrong)
    }

    fn from_key(key: rsa::PrivateKey, wrong: &dyn Fn(&str) -> Error) -> Result<Self, Error> {
        let bits = key.n().bit_width();
        if bits < MIN_BITS {
            return Err(wrong(&format!("of {MIN_BITS} bits or more, got {bits} bits")));
        }
        let md5 = Box::new(SigningKey::new(key.clone()));
        let backend = if bits < AWS_LC_BITS {
            Backend::RustCrypto {
                decrypting: Box::new(DecryptingKey::new(key.clone())),
                signing: Box::new(SigningKey::new(key)),
            }
        } else {
            let der = key.to_pkcs8_der().map_err(|_| wrong("got one that cannot be encoded"))?;
            let refused = |_| wrong("got one that fails its consistency checks");
            let decrypting = PrivateDecryptingKey::from_pkcs8(der.as_bytes()).map_err(refused)?;
            Backend::AwsLc {
                decrypting: Box::new(
                    Pkcs1PrivateDecryptingKey::new(decrypting).map_err(|_| wrong("got one that cannot decrypt"))?,
                ),
                signing: Box::new(RsaKeyPair::from_pkcs8(der.as_bytes()).map_err(refused)?),
            }
        };
        Ok(Self { modulus_bytes: usize::try_from(bits.div_ceil(8)).unwrap_or(usize::MAX), backend, md5 })
    }

    /// `RSADP[key](c₁) ‖ RSADP[key](c₂) ‖ …`, each without its PKCS#1 v1.5 padding. RFC 8017 §7.2.2.
    ///
    /// A wrong key or padding may give other bytes instead of an error: check the plaintext's grammar.
    pub(crate) fn decrypt(&self, ciphertext: &[u8]) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
        if ciphertext.is_empty() || !ciphertext.len().is_multiple_of(self.modulus_bytes) {
            return Err(DecryptError);
        }
        let mut plaintext = Zeroizing::new(Vec::new());
        for block in ciphertext.chunks_exact(self.modulus_bytes) {
            plaintext.extend_from_slice(&self.decrypt_block(block)?);
        }
        Ok(plaintext)
    }

    fn decrypt_block(&self, block: &[u8]) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
        match &self.backend {
            Backend::AwsLc { decrypting, .. } => {
                let mut buffer = Zeroizing::new(vec![0; decrypting.min_output_size()]);
                let length = decrypting.decrypt(block, &mut buffer).map_err(|_| DecryptError)?.len();
                buffer.truncate(length);
                Ok(buffer)
            }
            Backend::RustCrypto { decrypting, .. } => {
                decrypting.decrypt(block).map(Zeroizing::new).map_err(|_| DecryptError)
            }
        }
    }

    /// `RSASSA-PKCS1-v1_5[key, SHA-256](message)`, as long as the modulus. RFC 8017 §8.2.1.
    ///
    /// # Errors
    ///
    /// `config` if the operating system has no randomness for blinding.
    pub(crate) fn sign_sha256(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        match &self.backend {
            Backend::AwsLc { signing, .. } => {
                let mut signature = vec![0; self.modulus_bytes];
                signing
                    .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
                    .map_err(|_| Error::config("the private key cannot sign"))?;
                Ok(signature)
            }
            Backend::RustCrypto { signing, .. } => signing
                .try_sign_with_rng(&mut getrandom::SysRng, message)
                .map(|signature| signature.to_vec())
                .map_err(|_| Error::config("the private key cannot sign")),
        }
    }
}

impl PrivateKey {
    /// `RSASSA-PKCS1-v1_5[key, MD5](message)`, as long as the modulus. RFC 8017 §8.2.1; for a vendor that asks for it.
    ///
    /// # Errors
    ///
    /// `config` if the operating system has no randomness for blinding.
    pub(crate) fn sign_md5(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        self.md5
            .try_sign_with_rng(&mut getrandom::SysRng, message)
            .map(|signature| signature.to_vec())
            .map_err(|_| Error::config("the private key cannot sign"))
    }
}

/// A vendor's public key. `Debug` shows its size.
pub(crate) struct PublicKey(EncryptingKey);

impl PublicKey {
    /// Reads PEM or bare Base64, SPKI or PKCS#1, with any white space.
    ///
    /// # Errors
    ///
    /// `config`, naming `option` and what was found instead.
    pub(crate) fn parse(option: &str, text: &str) -> Result<Self, Error> {
        let wrong = |what: &str| Error::config(format!("option {option}: expected an RSA public key, {what}"));
        let der = decode_der(text).ok_or_else(|| wrong("got neither PEM nor Base64"))?;
        let key = rsa::PublicKey::from_public_key_der(&der).or_else(|_| rsa::PublicKey::from_pkcs1_der(&der));
        let key = key.map_err(|_| {
            let is_private =
                rsa::PrivateKey::from_pkcs8_der(&der).is_ok() || rsa::PrivateKey::from_pkcs1_der(&der).is_ok();
            match public_bits(&der) {
                Some(bits) if bits < MIN_BITS => wrong(&format!("of {MIN_BITS} bits or more, got {bits} bits")),
                _ if is_private => wrong("got a private key"),
                _ => wrong("got something else or a damaged one"),
            }
        })?;
        Ok(Self(EncryptingKey::new(key)))
    }

    /// `RSAES-PKCS1-v1_5-Encrypt[key](plaintext)`, as long as the modulus, each time different. RFC 8017 §7.2.1.
    ///
    /// # Errors
    ///
    /// `config` for a plaintext that does not fit, or if the operating system has no randomness.
    pub(crate) fn encrypt(&self, plaintext: &[u8]) -> Result<Vec<u8>, Error> {
        self.0
            .encrypt_with_rng(&mut UnwrapErr(getrandom::SysRng), plaintext)
            .map_err(|_| Error::config("the public key cannot encrypt so much"))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<RSA public key>")
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<RSA private key of {} bits>", self.modulus_bytes * 8)
    }
}

/// The vendors' smallest size; anything less is factored by a laptop.
const MIN_BITS: u32 = 1024;

/// aws-lc-rs takes private keys from this size on.
const AWS_LC_BITS: u32 = 2048;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_decides_the_library() {
        let of_2048 = PrivateKey::parse("private_key", include_str!("../../../../vectors/data/keys/rsa2048.pkcs8.pem"));
        assert!(matches!(of_2048.unwrap().backend, Backend::AwsLc { .. }));
        let of_1024 = PrivateKey::parse("private_key", include_str!("../../../../vectors/data/keys/rsa1024.pkcs8.pem"));
        assert!(matches!(of_1024.unwrap().backend, Backend::RustCrypto { .. }));
    }

    #[test]
    fn debug_shows_what_a_key_is_and_nothing_of_it() {
        let private = PrivateKey::parse("private_key", include_str!("../../../../vectors/data/keys/rsa1024.pkcs8.pem"));
        assert_eq!(format!("{:?}", private.unwrap()), "<RSA private key of 1024 bits>");
        let public = PublicKey::parse("platform_key", include_str!("../../../../vectors/data/keys/rsa1024.pub.pem"));
        assert_eq!(format!("{:?}", public.unwrap()), "<RSA public key>");
    }

    #[test]
    fn a_public_key_that_is_none_is_told_for_what_it_is() {
        let told = |text: &str| PublicKey::parse("platform_key", text).err().unwrap().message().to_owned();
        assert!(told(include_str!("../../../../vectors/data/keys/rsa1024.pkcs8.pem")).ends_with("got a private key"));
        // The exponent, whose last byte is the key's, is even: 1024 bits are not what is wrong.
        let mut der = decode_der(include_str!("../../../../vectors/data/keys/rsa1024.pub.pem")).unwrap();
        *der.last_mut().unwrap() = 0;
        assert!(told(&crate::encoding::base64::encode(&der)).ends_with("got something else or a damaged one"));
    }
}
