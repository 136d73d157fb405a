//! The public keys that the consoles hold.

use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::pkcs1v15::{Signature, VerifyingKey};
use rsa::pkcs8::DecodePrivateKey;
use rsa::rand_core::UnwrapErr;
use rsa::sha2::Sha256;
use rsa::signature::Verifier;
use rsa::{Pkcs1v15Encrypt, RsaPrivateKey, RsaPublicKey};

/// The public key of an app, as its owner pasted it into the console.
pub(crate) struct ConsoleKey(RsaPublicKey);

impl ConsoleKey {
    /// The public half of an app's private key: PEM, PKCS#8 or PKCS#1, or bare Base64 of PKCS#8.
    pub(crate) fn of(private: &str) -> Option<Self> {
        let key = RsaPrivateKey::from_pkcs8_pem(private)
            .ok()
            .or_else(|| RsaPrivateKey::from_pkcs1_pem(private).ok())
            .or_else(|| RsaPrivateKey::from_pkcs8_der(&super::unbase64(private.trim())?).ok())?;
        Some(Self(RsaPublicKey::from(&key)))
    }

    /// `HEX(RSAES-PKCS1-v1_5-Encrypt[key](plain))` in capitals; `None` if there is no randomness or no room.
    pub(crate) fn seal(&self, plain: &str) -> Option<String> {
        let mut randomness = UnwrapErr(getrandom::SysRng);
        self.0.encrypt(&mut randomness, Pkcs1v15Encrypt, plain.as_bytes()).ok().map(|sealed| super::hex(&sealed))
    }

    /// `RSASSA-PKCS1-v1_5-Verify[key, SHA-256](text, signature)`.
    pub(crate) fn verifies(&self, text: &str, signature: &[u8]) -> bool {
        let Ok(signature) = Signature::try_from(signature) else { return false };
        VerifyingKey::<Sha256>::new(self.0.clone()).verify(text.as_bytes(), &signature).is_ok()
    }
}
