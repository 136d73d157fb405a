//! Block ciphers in CBC mode, by the names that the platform hands out.

use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, KeyInit, KeyIvInit};

use super::digest::md5;

/// One of `aes-128-cbc`, `aes-192-cbc`, `aes-256-cbc`, `des-cbc`, `des-ede3-cbc`, `sm4-cbc`.
#[derive(Clone, Copy)]
pub(crate) struct Cipher {
    pub(crate) name: &'static str,
    pub(crate) block_size: usize,
    open: Open,
}

/// Key, iv and what is sealed → what was.
type Open = fn(&[u8], &[u8], &[u8]) -> Option<Vec<u8>>;

impl Cipher {
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|cipher| cipher.name == name).copied()
    }

    /// `CBC-Decrypt[key, iv](sealed)` without its PKCS#7 padding; `None` for what does not fit or does not open.
    pub(crate) fn open(self, key: &[u8], iv: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        (self.open)(key, iv, sealed)
    }

    /// `DES-CBC-Encrypt[key, iv](plain)`, PKCS#5.
    pub(crate) fn seal_des(key: &[u8; 8], iv: &[u8; 8], plain: &[u8]) -> Vec<u8> {
        seal::<des::Des>(key, iv, plain).expect("key and iv are of DES's length")
    }

    /// `AES-128-CBC-Encrypt[k, iv](plain)`, PKCS#7, k ‖ iv = the 32 lower-case hex digits of MD5(secret) as ASCII.
    pub(crate) fn seal_under_md5(secret: &str, plain: &[u8]) -> Vec<u8> {
        let halves = md5(secret).to_lowercase();
        let (key, iv) = halves.as_bytes().split_at(16);
        seal::<aes::Aes128>(key, iv, plain).expect("key and iv are of AES's length")
    }

    /// All of them.
    pub(crate) const ALL: &[Self] = &[
        Self { name: "aes-128-cbc", block_size: 16, open: open::<aes::Aes128> },
        Self { name: "aes-192-cbc", block_size: 16, open: open::<aes::Aes192> },
        Self { name: "aes-256-cbc", block_size: 16, open: open::<aes::Aes256> },
        Self { name: "des-cbc", block_size: 8, open: open::<des::Des> },
        Self { name: "des-ede3-cbc", block_size: 8, open: open::<des::TdesEde3> },
        Self { name: "sm4-cbc", block_size: 16, open: open::<sm4::Sm4> },
    ];
}

fn open<C: BlockCipherDecrypt + KeyInit>(key: &[u8], iv: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    cbc::Decryptor::<C>::new_from_slices(key, iv).ok()?.decrypt_padded_vec::<Pkcs7>(sealed).ok()
}

fn seal<C: BlockCipherEncrypt + KeyInit>(key: &[u8], iv: &[u8], plain: &[u8]) -> Option<Vec<u8>> {
    Some(cbc::Encryptor::<C>::new_from_slices(key, iv).ok()?.encrypt_padded_vec::<Pkcs7>(plain))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{hex, unhex};

    /// Each made by `printf 13800138000 | openssl enc -<name> -K <00 01 02 …> -iv <f0 f1 f2 …>`, OpenSSL 3.0.19; DES
    /// by `-provider legacy`.
    #[test]
    fn what_openssl_sealed_opens() {
        let (key, iv): (Vec<u8>, Vec<u8>) = ((0..32).collect(), (0xf0..=0xff).collect());
        for (name, key_size, sealed) in KNOWN {
            let cipher = Cipher::named(name).unwrap();
            let sealed = unhex(sealed).unwrap();
            let opened = cipher.open(&key[..*key_size], &iv[..cipher.block_size], &sealed);
            assert_eq!(opened.as_deref(), Some(&b"13800138000"[..]), "{name}");
            assert_eq!(cipher.open(&key[..8], &iv[..8], &[0; 7]), None, "{name}");
        }
    }

    #[test]
    fn des_seals_as_openssl_does() {
        let (key, iv): (Vec<u8>, Vec<u8>) = ((0..8).collect(), (0xf0..0xf8).collect());
        let sealed = Cipher::seal_des(&key.try_into().unwrap(), &iv.try_into().unwrap(), b"13800138000");
        assert_eq!(hex(&sealed), KNOWN[3].2);
    }

    const KNOWN: &[(&str, usize, &str)] = &[
        ("aes-128-cbc", 16, "F83FD697028C0B143F3360AA8343C35C"),
        ("aes-192-cbc", 24, "D61635CA43D997288668B930F8C4A644"),
        ("aes-256-cbc", 32, "C82FD4C9DF87513B5ACF61E58C2E74F1"),
        ("des-cbc", 8, "9E9879F4B8090CBC4B24FEC31A376C15"),
        ("des-ede3-cbc", 24, "35730C1026B2A913E2BDD2E40C8735FB"),
        ("sm4-cbc", 16, "069507E2C1C83BDA82AA5271B5D3B89D"),
    ];
}
