//! The phone's and the back end's signatures, and the decryption of numbers.

use std::sync::Arc;

use des::Des;
use zeroize::Zeroizing;

use crate::crypto::cbc::{Cipher, KeyedCipher};
use crate::crypto::digest;
use crate::crypto::digest::{HmacSha1, HmacSha256};
use crate::crypto::rsa::PrivateKey;
use crate::encoding::canonical;
use crate::encoding::repair;
use crate::encoding::{base64, hex};
use crate::model::{Error, Params, PhoneNumber};
use crate::provider::Signature;

/// Signs form fields the way the phone's SDK does and the gateway checks.
///
/// `base64(HMAC-SHA1[app_key](k₁v₁k₂v₂…))`, keys in byte order, `sign` itself left out.
///
/// Source: PROTOCOL.md §2.4. Vectors: `shanyan/sign.json`.
pub fn sign_v1(params: &Params, app_key: &str) -> Signature {
    V1Key::new(app_key).sign(params)
}

/// The `app_key` as V1's phone SDK signs with it.
#[derive(Debug)]
pub(super) struct V1Key(HmacSha1);

impl V1Key {
    fn new(app_key: &str) -> Self {
        Self(HmacSha1::new(app_key.as_bytes()))
    }

    /// The expected `sign`.
    pub(super) fn value(&self, params: &Params) -> String {
        base64::encode(&self.0.mac(canonical::sorted_pairs(params.fields())))
    }

    /// See [`sign_v1`].
    pub(super) fn sign(&self, params: &Params) -> Signature {
        let base = canonical::concat_exact(canonical::sorted_pairs(params.fields()));
        Signature { algorithm: "HmacSHA1", base, value: self.value(params) }
    }
}

/// The `app_key` as the V2 gateway checks signatures with it.
#[derive(Debug)]
pub(super) struct V2Key(HmacSha256);

impl V2Key {
    fn new(app_key: &str) -> Self {
        Self(HmacSha256::new(app_key.as_bytes()))
    }

    /// `HEX(HMAC-SHA256[app_key](k₁v₁k₂v₂…))`, keys in byte order, `sign` itself left out, values before form encoding.
    ///
    /// The gateway takes both letter cases; capitals are what the vendor's Java code sends.
    ///
    /// Source: PROTOCOL.md §5.3. Vectors: `shanyan/v2-sign.json`.
    pub(super) fn value(&self, fields: &[(&str, &str)]) -> String {
        hex::encode_upper(&self.0.mac(canonical::sorted_pairs(fields.iter().copied())))
    }

    /// [`value`](Self::value), and what it signs.
    pub(super) fn sign(&self, fields: &[(&str, &str)]) -> Signature {
        let base = canonical::concat_exact(canonical::sorted_pairs(fields.iter().copied()));
        Signature { algorithm: "HmacSHA256", base, value: self.value(fields) }
    }
}

/// The cipher of a ciphertext.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CiphertextKind {
    Aes,
    Des,
    Rsa,
}

impl CiphertextKind {
    /// Decides by the ciphertext alone: 32 hex digits are AES, hex as long as an RSA block is RSA, all else DES.
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

/// The keys for signing, and for opening a number.
#[derive(Debug)]
pub(super) struct Keys {
    pub(super) v1: V1Key,
    pub(super) v2: V2Key,
    /// `hex(MD5(app_key))`: the first half is AES's key, the second its iv.
    aes: Zeroizing<String>,
    des: KeyedCipher<Des>,
    rsa: Option<Arc<PrivateKey>>,
}

impl Keys {
    /// Derives the keys: `app_key`, its first 8 bytes for DES, and the RSA key if there is one.
    ///
    /// # Errors
    ///
    /// `config` for an `app_key` of fewer than 8 bytes: it is not padded.
    pub(super) fn new(app_key: &str, rsa: Option<Arc<PrivateKey>>) -> Result<Self, Error> {
        let des = app_key
            .as_bytes()
            .first_chunk::<8>()
            .ok_or_else(|| Error::config(format!("option app_key: expected 8 bytes or more, got {}", app_key.len())))?;
        let aes = Zeroizing::new(hex::encode(&digest::md5([app_key])));
        let des = KeyedCipher::new(*des);
        Ok(Self { v1: V1Key::new(app_key), v2: V2Key::new(app_key), aes, des, rsa })
    }

    /// Decrypts a ciphertext whose cipher is not named.
    pub(super) fn decrypt(&self, ciphertext: &str) -> Result<PhoneNumber, Error> {
        let ciphertext = repair::base64(ciphertext).0;
        match CiphertextKind::of(&ciphertext) {
            CiphertextKind::Aes => self.decrypt_aes(&ciphertext),
            CiphertextKind::Des => self.decrypt_whole_des(&ciphertext),
            CiphertextKind::Rsa => self.decrypt_rsa(&ciphertext),
        }
    }

    /// `AES-128-CBC-Decrypt[m₀…₁₅, m₁₆…₃₁](hex⁻¹(ciphertext))`, m = hex(MD5(app_key)) as ASCII, PKCS#7.
    ///
    /// Source: PROTOCOL.md §6.2. Vectors: `shanyan/v2-decrypt.json`.
    fn decrypt_aes(&self, ciphertext: &str) -> Result<PhoneNumber, Error> {
        let ciphertext = hex::decode(ciphertext).ok_or_else(Error::decrypt)?;
        let (key, iv) = self.aes.as_bytes().split_at(16);
        PhoneNumber::from_plaintext(Cipher::Aes128.decrypt(key, iv, &ciphertext))
    }

    /// `DES-CBC-Decrypt[app_key₀…₇, 0102030405060708](base64⁻¹(ciphertext))`, PKCS#5.
    ///
    /// Source: PROTOCOL.md §4.2. Vectors: `shanyan/decrypt-des.json`.
    pub(super) fn decrypt_des(&self, ciphertext: &str) -> Result<PhoneNumber, Error> {
        self.decrypt_whole_des(&repair::base64(ciphertext).0)
    }

    fn decrypt_whole_des(&self, ciphertext: &str) -> Result<PhoneNumber, Error> {
        let ciphertext = base64::decode(ciphertext).ok_or_else(Error::decrypt)?;
        PhoneNumber::from_plaintext(self.des.decrypt(&IV, &ciphertext))
    }

    /// `RSAES-PKCS1-v1_5-Decrypt[private_key](hex⁻¹(ciphertext))`.
    ///
    /// The document's "反转" of the hex means decoding it, not reversing bytes.
    ///
    /// Source: PROTOCOL.md §4.3. Vectors: `shanyan/decrypt-rsa.json`.
    pub(super) fn decrypt_rsa(&self, ciphertext: &str) -> Result<PhoneNumber, Error> {
        let key = self.rsa.as_ref().ok_or_else(|| {
            Error::config("option private_key: the reply is RSA-encrypted, but no private key is configured")
                .with_hint_text(
                    "控制台为该应用填写了 RSA 公钥：请配置对应的 private_key",
                    "the console holds an RSA public key for this app: configure the private_key that belongs to it",
                )
        })?;
        let ciphertext = hex::decode(&repair::base64(ciphertext).0).ok_or_else(Error::decrypt)?;
        PhoneNumber::from_plaintext(key.decrypt(&ciphertext))
    }
}

/// The iv of DES. Source: PROTOCOL.md §4.2.
const IV: [u8; 8] = [1, 2, 3, 4, 5, 6, 7, 8];

/// One block of 1024, 2048, 3072 or 4096 bits.
const RSA_HEX_LENGTHS: &[usize] = &[256, 512, 768, 1024];
