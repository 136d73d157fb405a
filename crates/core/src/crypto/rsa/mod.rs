//! RSA with PKCS#1 v1.5 padding: 2048 bits and more through aws-lc-rs, 1024 bits through `rsa`, blinded.

mod key_cache;
mod key_formats;

use std::fmt;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{Pkcs1PrivateDecryptingKey, PrivateDecryptingKey};
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use getrandom::SysRng;
use md5::Md5;
use rsa::pkcs1::{DecodeRsaPrivateKey, DecodeRsaPublicKey};
use rsa::pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePrivateKey};
use rsa::sha2::Sha256;
use rsa::traits::PublicKeyParts;
use zeroize::Zeroizing;

use self::key_formats::{decode_der, describe, public_bits};
use crate::crypto::cbc::DecryptError;
use crate::model::Error;

/// A private key, ready for use. Zeroized on drop; `Debug` shows its size.
pub(crate) struct PrivateKey {
    /// For fewer than 2048 bits, which aws-lc-rs refuses, and for MD5, over which it does not sign.
    key: rsa::PrivateKey,
    aws_lc: Option<AwsLcKey>,
}

/// A key of 2048 bits or more: constant time, and four times as fast.
struct AwsLcKey {
    decrypting: Pkcs1PrivateDecryptingKey,
    signing: RsaKeyPair,
}

impl PrivateKey {
    /// Reads PEM or bare Base64, PKCS#8 or PKCS#1, with any white space: the forms that consoles hand out.
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
        let bits = key.n().bit_width();
        if bits < MIN_BITS {
            return Err(wrong(&format!("of {MIN_BITS} bits or more, got {bits} bits")));
        }
        let aws_lc = if bits < MIN_AWS_LC_BITS { None } else { Some(AwsLcKey::new(&key).map_err(wrong)?) };
        Ok(Self { key, aws_lc })
    }

    /// `RSADP[key](c₁) ‖ RSADP[key](c₂) ‖ …`, each without its PKCS#1 v1.5 padding. RFC 8017 §7.2.2.
    ///
    /// A wrong key or padding may yield a synthetic plaintext instead of an error (implicit rejection): check the
    /// plaintext's grammar.
    pub(crate) fn decrypt(&self, ciphertext: &[u8]) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
        let blocks = ciphertext.chunks_exact(self.key.size());
        if !blocks.remainder().is_empty() || !(1..=MAX_BLOCKS).contains(&blocks.len()) {
            return Err(DecryptError);
        }
        // Reserved at once: reallocation leaves an unzeroized copy.
        let mut plaintext = Zeroizing::new(Vec::with_capacity(ciphertext.len()));
        for block in blocks {
            plaintext.extend_from_slice(&self.decrypt_block(block)?);
        }
        Ok(plaintext)
    }

    fn decrypt_block(&self, block: &[u8]) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
        match &self.aws_lc {
            Some(AwsLcKey { decrypting, .. }) => {
                let mut buffer = Zeroizing::new(vec![0; decrypting.min_output_size()]);
                let length = decrypting.decrypt(block, &mut buffer).map_err(|_| DecryptError)?.len();
                buffer.truncate(length);
                Ok(buffer)
            }
            None => {
                let plaintext = self.key.pkcs1v15_decrypt_with_rng(&mut SysRng, block);
                plaintext.map(Zeroizing::new).map_err(|_| DecryptError)
            }
        }
    }

    /// `RSASSA-PKCS1-v1_5[key, SHA-256](message)`, as long as the modulus. RFC 8017 §8.2.1.
    ///
    /// # Errors
    ///
    /// `config` if the operating system has no randomness for blinding.
    pub(crate) fn sign_sha256(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        match &self.aws_lc {
            Some(AwsLcKey { signing, .. }) => {
                let mut signature = vec![0; self.key.size()];
                signing.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).map_err(cannot_sign)?;
                Ok(signature)
            }
            None => self.key.pkcs1v15_sign_with_rng::<Sha256, _>(&mut SysRng, message).map_err(cannot_sign),
        }
    }

    /// `RSASSA-PKCS1-v1_5[key, MD5](message)`, as long as the modulus. RFC 8017 §8.2.1; for a vendor that asks for it.
    ///
    /// # Errors
    ///
    /// `config` if the operating system has no randomness for blinding.
    pub(crate) fn sign_md5(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        self.key.pkcs1v15_sign_with_rng::<Md5, _>(&mut SysRng, message).map_err(cannot_sign)
    }
}

impl AwsLcKey {
    fn new(key: &rsa::PrivateKey) -> Result<Self, &'static str> {
        let der = key.to_pkcs8_der().map_err(|_| "got one that cannot be encoded")?;
        let refused = |_| "got one that fails its consistency checks";
        let decrypting = PrivateDecryptingKey::from_pkcs8(der.as_bytes()).map_err(refused)?;
        Ok(Self {
            decrypting: Pkcs1PrivateDecryptingKey::new(decrypting).map_err(|_| "got one that cannot decrypt")?,
            signing: RsaKeyPair::from_pkcs8(der.as_bytes()).map_err(refused)?,
        })
    }
}

fn cannot_sign<E>(_: E) -> Error {
    Error::config("the private key cannot sign")
}

/// A vendor's public key. `Debug` shows its size.
pub(crate) struct PublicKey(rsa::PublicKey);

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
        Ok(Self(key))
    }

    /// `RSAES-PKCS1-v1_5-Encrypt[key](plaintext)`, as long as the modulus, each time different. RFC 8017 §7.2.1.
    ///
    /// # Errors
    ///
    /// `config` for a plaintext that does not fit, or if the operating system has no randomness.
    pub(crate) fn encrypt(&self, plaintext: &[u8]) -> Result<Vec<u8>, Error> {
        self.0
            .pkcs1v15_encrypt_with_rng(&mut SysRng, plaintext)
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
        write!(f, "<RSA private key of {} bits>", self.key.size() * 8)
    }
}

/// The vendors' smallest size; a laptop factors anything less.
const MIN_BITS: u32 = 1024;

/// aws-lc-rs takes private keys from this size on.
const MIN_AWS_LC_BITS: u32 = 2048;

/// A number has 11 digits: with one in each block, more blocks cannot hold a number, and each costs an exponentiation.
const MAX_BLOCKS: usize = 11;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_aws_lc_refuses_are_left_to_rsa() {
        let has_aws_lc = |pem: &str| PrivateKey::parse("private_key", pem).unwrap().aws_lc.is_some();
        assert!(has_aws_lc(include_str!("../../../../vectors/data/keys/rsa2048.pkcs8.pem")));
        assert!(!has_aws_lc(include_str!("../../../../vectors/data/keys/rsa1024.pkcs8.pem")));
    }

    #[test]
    fn a_ciphertext_has_a_block_for_each_digit_at_most() {
        let private = PrivateKey::parse("private_key", include_str!("../../../../vectors/data/keys/rsa1024.pkcs8.pem"));
        let public = PublicKey::parse("platform_key", include_str!("../../../../vectors/data/keys/rsa1024.pub.pem"));
        let (private, public) = (private.unwrap(), public.unwrap());
        let block = |digit: &u8| public.encrypt(&[*digit]).unwrap();
        let digits: Vec<u8> = b"13912345678".iter().flat_map(block).collect();
        assert_eq!(private.decrypt(&digits).unwrap().as_slice(), b"13912345678");
        assert_eq!(private.decrypt(&[digits, block(&b'9')].concat()), Err(DecryptError));
        assert_eq!(private.decrypt(&[]), Err(DecryptError));
    }

    #[test]
    fn debug_shows_what_a_key_is_and_nothing_of_it() {
        let private = PrivateKey::parse("private_key", include_str!("../../../../vectors/data/keys/rsa1024.pkcs8.pem"));
        assert_eq!(format!("{:?}", private.unwrap()), "<RSA private key of 1024 bits>");
        let public = PublicKey::parse("platform_key", include_str!("../../../../vectors/data/keys/rsa1024.pub.pem"));
        assert_eq!(format!("{:?}", public.unwrap()), "<RSA public key>");
    }

    #[test]
    fn the_error_for_a_text_that_is_no_public_key_describes_it() {
        let message = |text: &str| PublicKey::parse("platform_key", text).err().unwrap().message().to_owned();
        assert!(
            message(include_str!("../../../../vectors/data/keys/rsa1024.pkcs8.pem")).ends_with("got a private key")
        );
        // The exponent, whose last byte is the key's, is even: 1024 bits are not what is wrong.
        let mut der = decode_der(include_str!("../../../../vectors/data/keys/rsa1024.pub.pem")).unwrap();
        *der.last_mut().unwrap() = 0;
        assert!(message(&crate::encoding::base64::encode(&der)).ends_with("got something else or a damaged one"));
    }
}
