//! What the phone's SDK signs, and how the number is opened.

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
    let base = Zeroizing::new(canon::sorted_pairs(params.fields()));
    let value = crypto::base64(&digest::hmac_sha1(app_key.as_bytes(), base.as_bytes()));
    Signature { algorithm: "HmacSHA1", base: base.to_string(), value }
}

/// The key for opening a number, and the one that a reply names.
#[derive(Debug)]
pub(super) struct Keys {
    des: Zeroizing<[u8; 8]>,
    rsa: Option<PrivateKey>,
}

impl Keys {
    /// The first 8 bytes of `app_key` for DES, and the RSA key if there is one.
    ///
    /// # Errors
    ///
    /// `config` for an `app_key` of fewer than 8 bytes: nobody pads it.
    pub(super) fn new(app_key: &str, rsa: Option<PrivateKey>) -> Result<Self, Error> {
        let des = app_key
            .as_bytes()
            .first_chunk::<8>()
            .ok_or_else(|| Error::config(format!("option app_key: expected 8 bytes or more, got {}", app_key.len())))?;
        Ok(Self { des: Zeroizing::new(*des), rsa })
    }

    /// Opens a ciphertext whose cipher nobody names: hex as long as an RSA block is RSA, all else DES.
    pub(super) fn open(&self, ciphertext: &str) -> Result<PhoneNumber, Error> {
        let ciphertext = repair::base64(ciphertext).0;
        match RSA_HEX_LENGTHS.contains(&ciphertext.len()) && crypto::unhex(&ciphertext).is_some() {
            true => self.open_rsa(&ciphertext),
            false => self.open_des(&ciphertext),
        }
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
