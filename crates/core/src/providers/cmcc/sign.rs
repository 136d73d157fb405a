//! What is signed, and how the number is opened.

use std::sync::Arc;

use zeroize::Zeroizing;

use crate::crypto::rsa::{PrivateKey, PublicKey};
use crate::crypto::{self, digest};
use crate::error::Error;
use crate::provider::Signature;
use crate::secret::{PhoneNumber, Secret};

/// How `loginTokenValidate` is signed.
#[derive(Debug)]
pub(super) enum LoginKey {
    /// `encryptionalgorithm` left out. The option that the secret came from is named for whoever compares.
    Md5 { secret: Secret, option: &'static str },
    /// `encryptionalgorithm` is `RSA`.
    Rsa(Arc<PrivateKey>),
}

/// The fields of `loginTokenValidate` that are signed, in the order in which they are.
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
    /// Source: seeds/china-mobile-auth-android.txt §5.1.3, protocols/china-mobile.md §1.3 and §1.4.
    /// Vectors: `cmcc/sign.json`.
    ///
    /// # Errors
    ///
    /// `config` if the key cannot sign.
    pub(super) fn sign(&self, fields: &LoginFields<'_>) -> Result<Signature, Error> {
        let LoginFields { app_id, version, msg_id, system_time, strict_check, token } = fields;
        match self {
            Self::Md5 { secret, option } => {
                let fields = Zeroizing::new(format!("{app_id}{version}{msg_id}{system_time}{strict_check}{token}"));
                let signed = joined([&fields, secret.expose()]);
                let value = crypto::hex_upper(&digest::md5(signed.as_bytes()));
                Ok(Signature { algorithm: "MD5", base: format!("{}{{{option}}}", fields.as_str()), value })
            }
            Self::Rsa(key) => {
                let base = format!("{app_id}{token}");
                let value = crypto::hex_upper(&key.sign_sha256(base.as_bytes())?);
                Ok(Signature { algorithm: "SHA256withRSA", base, value })
            }
        }
    }
}

/// How `tokenValidate` is sealed and signed.
#[derive(Debug)]
pub(super) enum VerifyKey {
    /// `keyType` 1.
    Rsa { app_key: Secret, platform: PublicKey, signing: Arc<PrivateKey>, as_hex: bool },
    /// `keyType` left out.
    Sha { app_key: Secret },
}

impl VerifyKey {
    pub(super) fn app_key(&self) -> &Secret {
        let (Self::Rsa { app_key, .. } | Self::Sha { app_key }) = self;
        app_key
    }

    /// How the request carries the number: `HEX(SHA-256(number ‖ app_key ‖ timestamp))` in capitals, or
    /// `encode(RSAES-PKCS1-v1_5-Encrypt[platform_key](number ‖ app_key ‖ timestamp))`.
    ///
    /// Source: seeds/china-mobile-auth-android.txt §5.2.3, protocols/china-mobile.md §2.3. Vectors: `cmcc/sign.json`.
    ///
    /// # Errors
    ///
    /// `config` if the platform's key is too short for the three.
    pub(super) fn seal(&self, number: &PhoneNumber, timestamp: &str) -> Result<String, Error> {
        let sealed = joined([number.expose(), self.app_key().expose(), timestamp]);
        Ok(match self {
            Self::Rsa { platform, as_hex, .. } => encoded(&platform.encrypt(sealed.as_bytes())?, *as_hex),
            Self::Sha { .. } => crypto::hex_upper(&digest::sha256(sealed.as_bytes())),
        })
    }

    /// `HEX(HMAC-SHA256[app_key](m))` in capitals, or `encode(RSASSA-PKCS1-v1_5[private_key, MD5](m))`, over
    /// m = appId ‖ msgId ‖ phoneNum ‖ timestamp ‖ token ‖ version.
    ///
    /// The document's "natural order" of the names is this order; the other fields are not signed.
    ///
    /// Source: seeds/china-mobile-auth-android.txt §5.2.3, protocols/china-mobile.md §2.3. Vectors: `cmcc/sign.json`.
    ///
    /// # Errors
    ///
    /// `config` if the key cannot sign.
    pub(super) fn sign(&self, signed: [&str; 6]) -> Result<Signature, Error> {
        let base = signed.concat();
        Ok(match self {
            Self::Rsa { signing, as_hex, .. } => {
                let value = encoded(&signing.sign_md5(base.as_bytes())?, *as_hex);
                Signature { algorithm: "MD5withRSA", base, value }
            }
            Self::Sha { app_key } => {
                let mac = digest::hmac_sha256(app_key.expose().as_bytes(), base.as_bytes());
                Signature { algorithm: "HmacSHA256", base, value: crypto::hex_upper(&mac) }
            }
        })
    }
}

/// `p₁ ‖ p₂ ‖ …`, in one block: what a text grows out of is freed unwiped, and a key is among the parts.
fn joined<const N: usize>(parts: [&str; N]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(parts.iter().map(|part| part.len()).sum()));
    parts.iter().for_each(|part| text.push_str(part));
    text
}

/// Base64, or hex in capitals: the official text names neither, Base64 is what is seen in use.
fn encoded(bytes: &[u8], as_hex: bool) -> String {
    if as_hex { crypto::hex_upper(bytes) } else { crypto::base64(bytes) }
}

/// `RSAES-PKCS1-v1_5-Decrypt[decrypt_key](hex⁻¹(msisdn))`; Base64 is tolerated.
///
/// Source: protocols/china-mobile.md §1.4. Vectors: `cmcc/decrypt.json`.
pub(super) fn open(key: &PrivateKey, ciphertext: &str) -> Result<PhoneNumber, Error> {
    let ciphertext = crate::repair::base64(ciphertext).0;
    let bytes = crypto::unhex(&ciphertext).or_else(|| crypto::unbase64(&ciphertext)).ok_or_else(Error::decrypt)?;
    PhoneNumber::from_plaintext(key.decrypt(&bytes))
}
