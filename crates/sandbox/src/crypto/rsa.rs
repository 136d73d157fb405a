//! The public keys that the consoles hold.

use md5::Md5;
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::pkcs8::DecodePrivateKey;
use rsa::sha2::Sha256;
use rsa::{PrivateKey, PublicKey};

use super::encoding::{hex, unbase64};

/// A key that the platform keeps for itself.
pub(crate) struct PlatformKey(PrivateKey);

impl PlatformKey {
    /// Reads PEM, PKCS#8.
    pub(crate) fn read(pem: &str) -> Option<Self> {
        PrivateKey::from_pkcs8_pem(pem).ok().map(Self)
    }

    /// `RSAES-PKCS1-v1_5-Decrypt[key](sealed)`, as printable ASCII with room for a number.
    ///
    /// Wrong padding yields a synthetic plaintext (implicit rejection): random bytes of any length.
    pub(crate) fn open(&self, sealed: &[u8]) -> Option<String> {
        let text = String::from_utf8(self.0.pkcs1v15_decrypt(sealed).ok()?).ok()?;
        (text.len() >= NUMBER_LEN && text.bytes().all(|byte| byte.is_ascii_graphic())).then_some(text)
    }
}

/// The public key of an app, as its owner pasted it into the console.
pub(crate) struct ConsoleKey(PublicKey);

impl ConsoleKey {
    /// The public half of an app's private key: PEM, PKCS#8 or PKCS#1, or bare Base64 of PKCS#8.
    pub(crate) fn of(private: &str) -> Option<Self> {
        let key = PrivateKey::from_pkcs8_pem(private)
            .ok()
            .or_else(|| PrivateKey::from_pkcs1_pem(private).ok())
            .or_else(|| PrivateKey::from_pkcs8_der(&unbase64(private.trim())?).ok())?;
        Some(Self(PublicKey::from(&key)))
    }

    /// `HEX(RSAES-PKCS1-v1_5-Encrypt[key](plain))` in capitals; `None` if there is no randomness or no room.
    pub(crate) fn seal(&self, plain: &str) -> Option<String> {
        self.0.pkcs1v15_encrypt(plain.as_bytes()).ok().map(|sealed| hex(&sealed))
    }

    /// `RSASSA-PKCS1-v1_5-Verify[key, SHA-256](text, signature)`.
    pub(crate) fn verifies(&self, text: &str, signature: &[u8]) -> bool {
        self.verifies_bytes(text.as_bytes(), signature)
    }

    fn verifies_bytes(&self, message: &[u8], signature: &[u8]) -> bool {
        self.0.pkcs1v15_verify::<Sha256>(message, signature).is_ok()
    }

    /// `RSASSA-PKCS1-v1_5-Verify[key, MD5](text, signature)`.
    pub(crate) fn verifies_md5(&self, text: &str, signature: &[u8]) -> bool {
        self.0.pkcs1v15_verify::<Md5>(text.as_bytes(), signature).is_ok()
    }
}

/// Digits of a mainland number.
const NUMBER_LEN: usize = 11;

#[cfg(test)]
mod tests {
    use rsa::pkcs8::DecodePublicKey;

    use super::*;
    use crate::crypto::unhex;

    /// `printf 300012790341STsid… | openssl dgst -sha256 -sign keys/cmcc-rsa.pem`, OpenSSL 3.0.19.
    #[test]
    fn what_openssl_signed_verifies_and_nothing_else_does() {
        let key = ConsoleKey::of(include_str!("../../keys/cmcc-rsa.pem")).unwrap();
        let text = "300012790341STsid0000001517196594066OHmZvPMBwn2MkFxwvWkV12JixwuZuyDUxx";
        let signature = unhex(SIGNATURE).unwrap();
        assert!(key.verifies(text, &signature));
        assert!(!key.verifies(&text[1..], &signature));
        assert!(!key.verifies(text, &signature[1..]));
        assert!(!key.verifies(text, &[]));
        let other = ConsoleKey::of(include_str!("../../keys/shanyan-rsa1024.b64")).unwrap();
        assert!(!other.verifies(text, &signature));
    }

    /// `printf 13800138000 | openssl dgst -md5 -sign keys/cmcc-rsa.pem`, OpenSSL 3.0.19.
    #[test]
    fn md5_signatures_of_openssls_verify_too() {
        let key = ConsoleKey::of(include_str!("../../keys/cmcc-rsa.pem")).unwrap();
        let signature = unhex(MD5_SIGNATURE).unwrap();
        assert!(key.verifies_md5("13800138000", &signature));
        assert!(!key.verifies_md5("13800138001", &signature));
        assert!(!key.verifies("13800138000", &signature));
    }

    /// `printf 13800138000 | openssl pkeyutl -encrypt -pubin -inkey keys/cmcc-platform.pub.pem`, OpenSSL 3.0.19.
    #[test]
    fn what_openssl_sealed_for_the_platform_opens() {
        let key = PlatformKey::read(include_str!("../../keys/cmcc-platform.pem")).unwrap();
        assert_eq!(key.open(&unhex(SEALED).unwrap()).as_deref(), Some("13800138000"));
        assert_eq!(key.open(&[]), None);
        // Wrong padding, so each opens to something synthetic, now and then of few bytes.
        for byte in 0..100 {
            assert_eq!(key.open(&[byte; 128]), None, "{byte}");
        }
    }

    #[test]
    fn every_form_of_key_is_read_and_seals_to_its_own_length() {
        for (key, digits) in [
            (include_str!("../../keys/shanyan-rsa1024.b64"), 256),
            (include_str!("../../keys/cmcc-rsa.pem"), 256),
            (include_str!("../../keys/shanyan-rsa2048.pem"), 512),
        ] {
            let key = ConsoleKey::of(key).unwrap();
            let (one, two) = (key.seal("13800138000").unwrap(), key.seal("13800138000").unwrap());
            assert_eq!((one.len(), two.len()), (digits, digits));
            assert_ne!(one, two, "the padding is random");
            assert_eq!(key.seal(&"1".repeat(digits / 2)), None);
        }
        assert!(ConsoleKey::of("not a key").is_none());
    }

    /// Wycheproof's 1034 cases over SHA-256, of 2048 to 8192 bits; "acceptable" is a digest's NULL left out: refused.
    ///
    /// The files of other hashes are out: China Mobile's logins are signed over SHA-256 alone.
    #[test]
    fn wycheproofs_signatures_verify_or_do_not() {
        use wycheproof_ng_rsa_signature::rsa_pkcs1_verify::TestName::{
            Rsa2048Sha256, Rsa3072Sha256, Rsa4096Sha256, Rsa8192Sha256,
        };
        use wycheproof_ng_rsa_signature::rsa_pkcs1_verify::TestSet;
        let mut count = (0, 0);
        for name in [Rsa2048Sha256, Rsa3072Sha256, Rsa4096Sha256, Rsa8192Sha256] {
            for group in TestSet::load(name).unwrap().test_groups {
                let key = ConsoleKey(PublicKey::from_public_key_der(&group.der).unwrap());
                for case in group.tests {
                    let is_valid = format!("{:?}", case.result) == "Valid";
                    let verified = key.verifies_bytes(&case.msg, &case.sig);
                    assert_eq!(verified, is_valid, "{name:?} {}: {}", case.tc_id, case.comment);
                    *(if verified { &mut count.0 } else { &mut count.1 }) += 1;
                }
            }
        }
        assert_eq!(count, (31, 1003));
    }

    const SIGNATURE: &str = "\
        7AA010AE55A515D98096F038C8F8149383BF0864A708880FBF6993FEBC39D0DA\
        2C27719FB7B621B375876DE032A893BAF7F53A3A00D83A2AE79ED96E971CB4E5\
        005F14E8BBDA457C1FDBC3E8DF702D171CAAF543C2D106D0F8F91EC7ACE41899\
        22CE129659A29E56FC531110BD127A5D7A32357A1541422D7C388927B58DF7AC";

    const MD5_SIGNATURE: &str = "\
        6732E58A657A1C49B70DD4A899C3EE5A2781CEF4922162D28A76981D8D0D129F\
        498AF5C295394D1CFA957C4FF8897F814071AEC6DDC2CF37F177E32BD81D6837\
        DFD91B8563EA2BEFC406BE6F4D86A90A5774941E06F65B066FABCEB3E8E3239B\
        97663F586865DAA76F484FE7142392F19EF75BA045BD580C8F5750430AFD2A58";

    const SEALED: &str = "\
        6F0B8CEE82BF266804AB04D534484212E57A2D97F0B38B891BB2CCAAED9DD2D8\
        78F46E7A6D60CAFF6F221D8397C94AB771051110E4E4E832CEE0028FB5C09A05\
        FF1F548C77FEBFDDDFDED4DA8E2F184E25693490B15410C7DBDB3D1318757701\
        A4F56C7BE1687D240557EBAD924332F5DAC651FC45DE49B50E27BAB9A7AA53AB";
}
