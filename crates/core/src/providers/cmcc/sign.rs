//! Signatures, and the decryption of numbers.

use std::sync::Arc;

use zeroize::Zeroizing;

use crate::crypto::digest;
use crate::crypto::digest::HmacSha256;
use crate::crypto::rsa::{PrivateKey, PublicKey};
use crate::encoding::{base64, hex};
use crate::model::{Error, PhoneNumber};
use crate::provider::Signature;
use crate::redact::Secret;

/// How `loginTokenValidate` is signed.
#[derive(Debug)]
pub(super) enum LoginKey {
    /// `encryptionalgorithm` left out. The option that the secret came from is named for comparison.
    Md5 { secret: Secret, option: &'static str },
    /// `encryptionalgorithm` is `RSA`.
    Rsa(Arc<PrivateKey>),
}

/// The fields of `loginTokenValidate` that are signed, in the order in which they are.
#[derive(Clone, Copy)]
pub(super) struct LoginFields<'a> {
    pub(super) app_id: &'a str,
    pub(super) version: &'a str,
    pub(super) msg_id: &'a str,
    pub(super) system_time: &'a str,
    pub(super) strict_check: &'a str,
    pub(super) token: &'a str,
}

impl LoginKey {
    /// The app's secret, where it signs with that.
    pub(super) fn secret(&self) -> Option<&Secret> {
        match self {
            Self::Md5 { secret, .. } => Some(secret),
            Self::Rsa(_) => None,
        }
    }

    /// `HEX(MD5(appid ‖ version ‖ msgid ‖ systemtime ‖ strictcheck ‖ token ‖ secret))`, or
    /// `HEX(RSASSA-PKCS1-v1_5[private_key, SHA-256](appid ‖ token))`; both in capitals.
    ///
    /// Source: PROTOCOL.md §3.3, §3.4. Vectors: `cmcc/sign.json`.
    ///
    /// # Errors
    ///
    /// `config` if the key cannot sign.
    pub(super) fn value(&self, fields: LoginFields<'_>) -> Result<String, Error> {
        let LoginFields { app_id, version, msg_id, system_time, strict_check, token } = fields;
        Ok(match self {
            Self::Md5 { secret, .. } => hex::encode_upper(&digest::md5([
                app_id,
                version,
                msg_id,
                system_time,
                strict_check,
                token,
                secret.expose(),
            ])),
            Self::Rsa(key) => hex::encode_upper(&key.sign_sha256([app_id, token].concat().as_bytes())?),
        })
    }

    /// [`value`](Self::value), and what it signs.
    ///
    /// # Errors
    ///
    /// [`value`](Self::value)'s.
    pub(super) fn sign(&self, fields: LoginFields<'_>) -> Result<Signature, Error> {
        let value = self.value(fields)?;
        let LoginFields { app_id, version, msg_id, system_time, strict_check, token } = fields;
        Ok(match self {
            Self::Md5 { option, .. } => {
                let base = [app_id, version, msg_id, system_time, strict_check, token, "{", option, "}"].concat();
                Signature { algorithm: "MD5", base, value }
            }
            Self::Rsa(_) => Signature { algorithm: "SHA256withRSA", base: [app_id, token].concat(), value },
        })
    }
}

/// How `tokenValidate` is sealed and signed.
#[derive(Debug)]
pub(super) enum VerifyKey {
    /// `keyType` 1.
    Rsa { app_key: Secret, platform: PublicKey, signing: Arc<PrivateKey>, as_hex: bool },
    /// `keyType` left out.
    Sha { app_key: Secret, mac: HmacSha256 },
}

impl VerifyKey {
    pub(super) fn app_key(&self) -> &Secret {
        let (Self::Rsa { app_key, .. } | Self::Sha { app_key, .. }) = self;
        app_key
    }

    /// How the request carries the number: `HEX(SHA-256(number ‖ app_key ‖ timestamp))` in capitals, or
    /// `encode(RSAES-PKCS1-v1_5-Encrypt[platform_key](number ‖ app_key ‖ timestamp))`.
    ///
    /// Source: PROTOCOL.md §4.3, §4.4. Vectors: `cmcc/sign.json`.
    ///
    /// # Errors
    ///
    /// `config` if the platform's key is too short for the three.
    pub(super) fn encrypt(&self, number: &PhoneNumber, timestamp: &str) -> Result<String, Error> {
        Ok(match self {
            Self::Rsa { app_key, platform, as_hex, .. } => {
                // In one block, which `concat` measures first: what a text grows out of is freed unwiped.
                let sealed = Zeroizing::new([number.expose(), app_key.expose(), timestamp].concat());
                encoded(&platform.encrypt(sealed.as_bytes())?, *as_hex)
            }
            Self::Sha { app_key, .. } => {
                hex::encode_upper(&digest::sha256([number.expose(), app_key.expose(), timestamp]))
            }
        })
    }

    /// `HEX(HMAC-SHA256[app_key](m))` in capitals, or `encode(RSASSA-PKCS1-v1_5[private_key, MD5](m))`, over
    /// m = appId ‖ msgId ‖ phoneNum ‖ timestamp ‖ token ‖ version.
    ///
    /// The document's "natural order" of the names is this order; the other fields are not signed.
    ///
    /// Source: PROTOCOL.md §4.3, §4.4. Vectors: `cmcc/sign.json`.
    ///
    /// # Errors
    ///
    /// `config` if the key cannot sign.
    pub(super) fn value(&self, signed: [&str; 6]) -> Result<String, Error> {
        Ok(match self {
            Self::Rsa { signing, as_hex, .. } => encoded(&signing.sign_md5(signed.concat().as_bytes())?, *as_hex),
            Self::Sha { mac, .. } => hex::encode_upper(&mac.mac(signed)),
        })
    }

    /// [`value`](Self::value), and what it signs.
    ///
    /// # Errors
    ///
    /// [`value`](Self::value)'s.
    pub(super) fn sign(&self, signed: [&str; 6]) -> Result<Signature, Error> {
        let algorithm = match self {
            Self::Rsa { .. } => "MD5withRSA",
            Self::Sha { .. } => "HmacSHA256",
        };
        Ok(Signature { algorithm, base: signed.concat(), value: self.value(signed)? })
    }
}

/// Base64, or hex in capitals: the official text names neither, Base64 is what is seen in use.
fn encoded(bytes: &[u8], as_hex: bool) -> String {
    if as_hex { hex::encode_upper(bytes) } else { base64::encode(bytes) }
}

/// `RSAES-PKCS1-v1_5-Decrypt[decrypt_key](hex⁻¹(msisdn))`; Base64 is tolerated.
///
/// Source: PROTOCOL.md §3.6. Vectors: `cmcc/decrypt.json`.
pub(super) fn decrypt(key: &PrivateKey, ciphertext: &str) -> Result<PhoneNumber, Error> {
    let ciphertext = crate::encoding::repair::base64(ciphertext).0;
    let bytes = hex::decode(&ciphertext).or_else(|| base64::decode(&ciphertext)).ok_or_else(Error::decrypt)?;
    PhoneNumber::from_plaintext(key.decrypt(&bytes))
}
