//! The gateways' half of the vendors' cryptography, written apart from the client's.

mod cipher;
mod rsa;

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};

pub(crate) use self::cipher::Cipher;
pub(crate) use self::rsa::{ConsoleKey, PlatformKey};

/// `HEX(MD5(text))` in capitals.
pub(crate) fn md5(text: &str) -> String {
    hex(&Md5::new().chain_update(text).finalize())
}

/// `HEX(SHA-256(text))` in capitals.
pub(crate) fn sha256(text: &str) -> String {
    hex(&Sha256::new().chain_update(text).finalize())
}

/// `HEX(HMAC-SHA256[key](text))` in capitals.
pub(crate) fn hmac_sha256(key: &str, text: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("HMAC takes a key of any length");
    hex(&mac.chain_update(text).finalize().into_bytes())
}

/// `Base64(HMAC-SHA1[key](text))`, 28 characters.
pub(crate) fn hmac_sha1(key: &str, text: &str) -> String {
    let mac = Hmac::<Sha1>::new_from_slice(key.as_bytes()).expect("HMAC takes a key of any length");
    STANDARD.encode(mac.chain_update(text).finalize().into_bytes())
}

/// Upper-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02X}");
        text
    })
}

/// Bytes of hex in either case.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    if text.len() % 2 == 1 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

/// Standard Base64 with padding.
pub(crate) fn base64(bytes: impl AsRef<[u8]>) -> String {
    STANDARD.encode(bytes)
}

/// Bytes of standard Base64, padding included.
pub(crate) fn unbase64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// URL-safe Base64 without padding.
pub(crate) fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Bytes of URL-safe Base64 without padding.
pub(crate) fn unbase64url(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// Random bytes of the operating system's.
///
/// Zeros if it has none to give: nothing here has to be hard to guess.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).unwrap_or_default();
    bytes
}

/// Up to 64 random letters and digits.
pub(crate) fn random_text(length: usize) -> String {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    random::<64>().iter().take(length).map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()])).collect()
}

/// 32 lower-case hex digits.
pub(crate) fn random_id() -> String {
    hex(&random::<16>()).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_agree_with_the_standards() {
        // RFC 1321 A.5, FIPS 180-2 B.1, RFC 4231 §4.3, RFC 2202 §3 case 2.
        assert_eq!(md5("abc"), "900150983CD24FB0D6963F7D28E17F72");
        assert_eq!(sha256("abc"), "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD");
        assert_eq!(
            hmac_sha256("Jefe", "what do ya want for nothing?"),
            "5BDCC146BF60754E6A042426089575C75A003F089D2739839DEC58B964EC3843"
        );
        let rfc2202 = unhex("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79").unwrap();
        assert_eq!(hmac_sha1("Jefe", "what do ya want for nothing?"), base64(rfc2202));
    }

    #[test]
    fn hex_is_even_and_hexadecimal_or_nothing() {
        assert_eq!(unhex("00ffAB"), Some(vec![0, 255, 0xab]));
        assert_eq!((unhex("abc"), unhex("+f"), unhex("é0")), (None, None, None));
    }

    #[test]
    fn random_values_do_not_repeat() {
        assert_ne!(random_id(), random_id());
        assert_ne!(random_text(32), random_text(32));
    }
}
