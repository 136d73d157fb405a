//! Digests and HMACs, as text.

use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::encoding::{base64, hex};

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
    base64(mac.chain_update(text).finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::encoding::unhex;

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
}
