//! The primitives the vendors use, over well-kept libraries.

pub(crate) mod cbc;
pub(crate) mod digest;
pub(crate) mod rsa;
#[cfg(test)]
mod wycheproof;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose};

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    digits(bytes, b"0123456789abcdef")
}

/// Upper-case hex.
pub(crate) fn hex_upper(bytes: &[u8]) -> String {
    digits(bytes, b"0123456789ABCDEF")
}

/// Bytes of hex in any letter case; `None` for an odd length or another character.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let text = text.as_bytes();
    if !text.len().is_multiple_of(2) {
        return None;
    }
    let value = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    // Room for all of it at once: what a list grows out of is freed unwiped, and this may be a key.
    let mut bytes = Vec::with_capacity(text.len() / 2);
    for pair in text.chunks_exact(2) {
        bytes.push(value(pair[0])? << 4 | value(pair[1])?);
    }
    Some(bytes)
}

/// Standard Base64 with padding.
pub(crate) fn base64(bytes: &[u8]) -> String {
    general_purpose::STANDARD.encode(bytes)
}

/// URL-safe Base64 without padding.
pub(crate) fn base64url(bytes: &[u8]) -> String {
    general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

/// Bytes of standard Base64, padding optional.
pub(crate) fn unbase64(text: &str) -> Option<Vec<u8>> {
    LENIENT.decode(text).ok()
}

/// Bytes of URL-safe Base64, padding optional.
pub(crate) fn unbase64url(text: &str) -> Option<Vec<u8>> {
    LENIENT_URL_SAFE.decode(text).ok()
}

fn digits(bytes: &[u8], alphabet: &[u8; 16]) -> String {
    let digit = |nibble: u8| alphabet[usize::from(nibble)];
    let mut text = Vec::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.extend([digit(byte >> 4), digit(byte & 15)]);
    }
    String::from_utf8(text).expect("the alphabets are ASCII")
}

const ANY_PADDING: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

const LENIENT: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, ANY_PADDING);

const LENIENT_URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, ANY_PADDING);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_is_read_in_any_case_and_never_odd() {
        assert_eq!(unhex("00ffAb"), Some(vec![0, 255, 0xab]));
        assert_eq!((unhex("abc"), unhex("0g"), unhex("é"), unhex("+1")), (None, None, None, None));
        assert_eq!((hex(&[0, 0xab]), hex_upper(&[0, 0xab])), ("00ab".into(), "00AB".into()));
    }
}
