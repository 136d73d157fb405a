//! How `logon` is encrypted. The interface has no signature: a wrong key shows as a failed one (307).

use zeroize::Zeroizing;

use super::wire;
use crate::crypto::cbc::Cipher;
use crate::encoding::{base64, hex};
use crate::model::{Error, Identity};
use crate::provider::Moment;

/// The cipher as the platform hands it out with the key; the document names none.
#[derive(Debug)]
pub(super) struct LogonCipher {
    pub(super) cipher: Cipher,
    pub(super) key: Key,
    pub(super) iv: IvForm,
    pub(super) encoding: LogonEncoding,
}

/// A key of just the cipher's length.
pub(super) struct Key(Zeroizing<Vec<u8>>);

/// How the initialisation vector is made and sent.
#[derive(Clone, Copy, Debug)]
pub(super) enum IvForm {
    Base64,
    Hex,
    /// Letters and digits, sent as they are.
    Utf8,
}

/// How the ciphertext is written.
#[derive(Clone, Copy, Debug)]
pub(super) enum LogonEncoding {
    Base64,
    Base64Url,
    HexLower,
    HexUpper,
}

impl Key {
    /// # Errors
    ///
    /// `config` for another length than the cipher's: a key is never padded or cut, since either would encrypt
    /// under a key that was never issued.
    pub(super) fn new(bytes: Option<Vec<u8>>, cipher: Cipher) -> Result<Self, Error> {
        let bytes =
            Zeroizing::new(bytes.ok_or_else(|| Error::config("option key: it does not decode by key_encoding"))?);
        if bytes.len() == cipher.key_size() {
            return Ok(Self(bytes));
        }
        let (want, got) = (cipher.key_size(), bytes.len());
        Err(Error::config(format!("option key: expected {want} bytes for the cipher, got {got}")).with_hint_text(
            "请核对 cipher 与 key_encoding 是否与平台下发的一致",
            "check that cipher and key_encoding are those that the platform issued with the key",
        ))
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "<{} bytes>", self.0.len())
    }
}

impl LogonCipher {
    /// `encode(CBC-Encrypt[key, iv]({"idCard":…,"userName":…,"loginphone":…}))`, PKCS#7, compact UTF-8; and the iv as sent.
    ///
    /// CBC alone does not authenticate: it is TLS that keeps the request whole.
    ///
    /// Source: PROTOCOL.md §4.3, §4.4. Vectors: `yuxin/prepare.json`.
    pub(super) fn encrypt(&self, person: &Identity, moment: &Moment) -> Result<(String, String), Error> {
        let logon = wire::Logon {
            id_card: person.id_card.expose(),
            user_name: person.name.expose(),
            loginphone: person.number.expose(),
        };
        let plaintext = serde_json::to_vec(&logon).map(Zeroizing::new);
        let plaintext =
            plaintext.map_err(|error| Error::input("the identity does not fit into JSON").with_source(error))?;
        let (iv, sent_iv) = self.iv.make(&moment.nonce, self.cipher.block_size());
        let ciphertext = self.cipher.encrypt(&self.key.0, &iv, &plaintext);
        let ciphertext = ciphertext.map_err(|_| Error::config("option key: it does not fit the cipher"))?;
        Ok((self.encoding.write(&ciphertext), sent_iv))
    }
}

impl IvForm {
    /// A fresh vector of `size` bytes from 128 random bits, and how it is written in the request.
    ///
    /// As text it is the number's digits to base 62: 95 bits in 16 characters, each as likely as another to 1 in 2³².
    fn make(self, nonce: &[u8; 16], size: usize) -> (Vec<u8>, String) {
        let raw = nonce[..size].to_vec();
        match self {
            Self::Base64 => (raw, base64::encode(&nonce[..size])),
            Self::Hex => (raw, hex::encode(&nonce[..size])),
            Self::Utf8 => {
                let mut rest = u128::from_be_bytes(*nonce);
                let mut text = String::with_capacity(size);
                for _ in 0..size {
                    let digit = usize::try_from(rest % 62).unwrap_or_default();
                    text.push(char::from(LETTERS_AND_DIGITS[digit]));
                    rest /= 62;
                }
                (text.clone().into_bytes(), text)
            }
        }
    }
}

impl LogonEncoding {
    fn write(self, bytes: &[u8]) -> String {
        match self {
            Self::Base64 => base64::encode(bytes),
            Self::Base64Url => base64::encode_url(bytes),
            Self::HexLower => hex::encode(bytes),
            Self::HexUpper => hex::encode_upper(bytes),
        }
    }
}

const LETTERS_AND_DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
