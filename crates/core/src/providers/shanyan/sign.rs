//! What the phone's SDK signs, and how the number is opened.

use std::sync::Arc;

use zeroize::Zeroizing;

use crate::canon;
use crate::crypto::cbc::Cipher;
use crate::crypto::rsa::PrivateKey;
use crate::crypto::{self, digest};
use crate::error::Error;
use crate::params::Params;
use crate::provider::Signature;
use crate::repair;
use crate::secret::PhoneNumber;

/// Signs form fields the way the phone's SDK does and the gateway checks.
///
/// `base64(HMAC-SHA1[app_key](k₁v₁k₂v₂…))`, keys in byte order, `sign` itself left out.
///
/// Source: protocols/shanyan.md A2. Vectors: `shanyan/sign.json`.
pub fn sign_v1(params: &Params, app_key: &str) -> Signature {
    let base = canon::sorted_pairs(params.fields().collect::<Vec<_>>());
    let value = crypto::base64(&digest::hmac_sha1(app_key.as_bytes(), base.as_bytes()));
    Signature { algorithm: "HmacSHA1", base, value }
}

/// Signs the fields that are sent the way the V2 gateway checks them.
///
/// `HEX(HMAC-SHA256[app_key](k₁v₁k₂v₂…))`, keys in byte order, `sign` itself left out, values before form encoding.
/// The gateway takes both letter cases; capitals are what the vendor's Java code sends.
///
/// Source: protocols/shanyan.md B3. Vectors: `shanyan/v2-sign.json`.
pub(super) fn sign_v2<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)> + Clone, app_key: &str) -> Signature {
    let base = canon::sorted_pairs(fields);
    let value = crypto::hex_upper(&digest::hmac_sha256(app_key.as_bytes(), base.as_bytes()));
    Signature { algorithm: "HmacSHA256", base, value }
}

/// What a ciphertext is under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sealed {
    Aes,
    Des,
    Rsa,
}

impl Sealed {
    /// Tells by the ciphertext alone: 32 hex digits are AES, hex as long as an RSA block is RSA, all else DES.
    pub(super) fn of(ciphertext: &str) -> Self {
        match ciphertext.len() {
            length if !ciphertext.bytes().all(|b| b.is_ascii_hexdigit()) || !length.is_multiple_of(32) => Self::Des,
            length if RSA_HEX_LENGTHS.contains(&length) => Self::Rsa,
            _ => Self::Aes,
        }
    }

    /// The vendor's word for it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Aes => "AES",
            Self::Des => "DES",
            Self::Rsa => "RSA",
        }
    }
}

/// The keys for opening a number.
#[derive(Debug)]
pub(super) struct Keys {
    /// `hex(MD5(app_key))`: the first half is AES's key, the second its iv.
    aes: Zeroizing<String>,
    des: Zeroizing<[u8; 8]>,
    rsa: Option<Arc<PrivateKey>>,
}

impl Keys {
    /// The first 8 bytes of `app_key` for DES, and the RSA key if there is one.
    ///
    /// # Errors
    ///
    /// `config` for an `app_key` of fewer than 8 bytes: nobody pads it.
    pub(super) fn new(app_key: &str, rsa: Option<Arc<PrivateKey>>) -> Result<Self, Error> {
        let des = app_key
            .as_bytes()
            .first_chunk::<8>()
            .ok_or_else(|| Error::config(format!("option app_key: expected 8 bytes or more, got {}", app_key.len())))?;
        let aes = Zeroizing::new(crypto::hex(&digest::md5(app_key.as_bytes())));
        Ok(Self { aes, des: Zeroizing::new(*des), rsa })
    }

    /// Opens a ciphertext whose cipher nobody names.
    pub(super) fn open(&self, ciphertext: &str) -> Result<PhoneNumber, Error> {
        let ciphertext = repair::base64(ciphertext).0;
        match Sealed::of(&ciphertext) {
            Sealed::Aes => self.open_aes(&ciphertext),
            Sealed::Des => self.open_des(&ciphertext),
            Sealed::Rsa => self.open_rsa(&ciphertext),
        }
    }

    /// `AES-128-CBC-Decrypt[m₀…₁₅, m₁₆…₃₁](hex⁻¹(ciphertext))`, m = hex(MD5(app_key)) as ASCII, PKCS#7.
    ///
    /// Source: protocols/shanyan.md B5. Vectors: `shanyan/v2-decrypt.json`.
    fn open_aes(&self, ciphertext: &str) -> Result<PhoneNumber, Error> {
        let ciphertext = crypto::unhex(ciphertext).ok_or_else(Error::decrypt)?;
        let (key, iv) = self.aes.as_bytes().split_at(16);
        PhoneNumber::from_plaintext(Cipher::Aes128.decrypt(key, iv, &ciphertext))
    }

    /// `DES-CBC-Decrypt[app_key₀…₇, 0102030405060708](base64⁻¹(ciphertext))`, PKCS#5.
    ///
    /// Source: seeds/shanyan-v1-server-api.txt, FAQ 5. Vectors: `shanyan/decrypt-des.json`.
    pub(super) fn open_des(&self, ciphertext: &str) -> Result<PhoneNumber, Error> {
        let ciphertext = crypto::unbase64(&repair::base64(ciphertext).0).ok_or_else(Error::decrypt)?;
        PhoneNumber::from_plaintext(Cipher::Des.decrypt(&self.des[..], &IV, &ciphertext))
    }

    /// `RSAES-PKCS1-v1_5-Decrypt[private_key](hex⁻¹(ciphertext))`.
    ///
    /// The document's "反转" of the hex means decoding it, not reversing bytes.
    ///
    /// Source: seeds/shanyan-v1-server-api.txt §3, protocols/shanyan.md A5. Vectors: `shanyan/decrypt-rsa.json`.
    pub(super) fn open_rsa(&self, ciphertext: &str) -> Result<PhoneNumber, Error> {
        let key = self.rsa.as_ref().ok_or_else(|| {
            Error::config("option private_key: the reply is RSA-encrypted, but no private key is configured").advise(
                "控制台为该应用填写了 RSA 公钥：请配置对应的 private_key",
                "the console holds an RSA public key for this app: configure the private_key that belongs to it",
            )
        })?;
        let ciphertext = crypto::unhex(&repair::base64(ciphertext).0).ok_or_else(Error::decrypt)?;
        PhoneNumber::from_plaintext(key.decrypt(&ciphertext))
    }
}

/// FAQ 5 of the seed: `byte[] iv = { 1, 2, 3, 4, 5, 6, 7, 8 }`.
const IV: [u8; 8] = [1, 2, 3, 4, 5, 6, 7, 8];

/// One block of 1024, 2048, 3072 or 4096 bits.
const RSA_HEX_LENGTHS: &[usize] = &[256, 512, 768, 1024];
