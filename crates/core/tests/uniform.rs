//! All decryption failures give the same error.
//!
//! An attacker who can distinguish wrong padding from wrong content, by words or by time, can decrypt with enough tries.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::collections::BTreeSet;
use std::error::Error as _;
use std::time::{Duration, Instant};

use aes::Aes128;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cbc::Encryptor;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeEncrypt, KeyIvInit};
use des::Des;
use md5::{Digest, Md5};
use quhao::{Client, Error, ErrorKind, Operation, Outcome, Retry};
use rsa::PrivateKey;
use rsa::pkcs8::DecodePrivateKey;

const NUMBER: &str = "13912345678";
const APP_KEY: &str = "k9Tz3mWq";

/// Seals a plaintext as a gateway would.
type Seal = Box<dyn Fn(&[u8]) -> Vec<u8>>;

/// A client, and how a plaintext is sealed for it.
struct Subject {
    name: &'static str,
    client: Client,
    seal: Seal,
    write: fn(&[u8]) -> String,
    /// A reply with a ciphertext in it.
    reply: fn(&str) -> String,
}

#[test]
fn every_changed_byte_of_every_ciphertext_is_told_alike() {
    for subject in subjects() {
        let whole = (subject.seal)(NUMBER.as_bytes());
        assert_eq!(subject.client.decrypt_number(&(subject.write)(&whole)).unwrap().expose(), NUMBER);
        let mut told = BTreeSet::new();
        for at in 0..whole.len() {
            for change in [0x01, 0x80, 0xff] {
                let mut changed = whole.clone();
                changed[at] ^= change;
                // In CBC a change of the block before may turn one digit into another: what comes is a number again.
                if let Some(shown) = failure(&subject, &changed) {
                    told.insert(shown);
                }
            }
        }
        assert_eq!(told.len(), 1, "{}: {told:#?}", subject.name);
    }
}

#[test]
fn padding_grammar_length_and_characters_are_told_alike() {
    for subject in subjects() {
        let mut told = BTreeSet::new();
        for plaintext in [
            "",
            "1",
            "1391234567",
            "139123456789",
            "23912345678",
            "1391234567x",
            " 3912345678",
            "+8613912345678",
            "手机号",
            "１３912345678",
            "13912345678\0",
            "\x0013912345678",
            "13912345678\n",
        ] {
            told.insert(failure(&subject, &(subject.seal)(plaintext.as_bytes())).unwrap());
        }
        told.insert(failure(&subject, &(subject.seal)(&[0xff; 11])).unwrap());
        let whole = (subject.seal)(NUMBER.as_bytes());
        for cut in [0, 1, 7, whole.len() - 1] {
            told.insert(failure(&subject, &whole[..cut]).unwrap());
        }
        told.insert(failure(&subject, &[&whole[..], &[0]].concat()).unwrap());
        told.insert(failure(&subject, &[&whole[..], &whole[..]].concat()).unwrap());
        told.insert(failure(&subject, &vec![0; whole.len()]).unwrap());
        told.insert(failure(&subject, &vec![0xff; whole.len()]).unwrap());
        assert_eq!(told.len(), 1, "{}: {told:#?}", subject.name);
    }
}

#[test]
fn a_wrong_key_is_told_like_a_corrupt_ciphertext() {
    let [right, wrong] = ["rsa1024", "other1024"].map(|key| shanyan(key, APP_KEY));
    let other = shanyan("rsa1024", "Xd4Lp0Rv");
    let seals = [seal_rsa("rsa1024"), Box::new(seal_des), Box::new(seal_aes)];
    let writes: [fn(&[u8]) -> String; 3] = [hex, base64, hex];
    for ((seal, write), client) in seals.iter().zip(writes).zip([&wrong, &other, &other]) {
        let sealed = write(&seal(NUMBER.as_bytes()));
        assert_eq!(right.decrypt_number(&sealed).unwrap().expose(), NUMBER);
        let damaged = write(&seal(b"no number"));
        assert_eq!(
            all_of(&client.decrypt_number(&sealed).unwrap_err()),
            all_of(&right.decrypt_number(&damaged).unwrap_err())
        );
    }
}

/// A statistic, not a proof: what skips a step of some microseconds is found, a single comparison is not.
///
/// The classes take turns, so that a busy machine slows all of them; medians of 301 turns, and a wide margin.
#[test]
fn no_failure_is_faster_than_another_by_its_content() {
    for subject in subjects() {
        let whole = (subject.seal)(NUMBER.as_bytes());
        let mut wrong_end = whole.clone();
        *wrong_end.last_mut().unwrap() ^= 1;
        let mut wrong_begin = whole.clone();
        wrong_begin[1] ^= 1;
        let classes = [
            (subject.seal)(b"23912345678"),
            (subject.seal)(b"1391234567x"),
            (subject.seal)(&[0xff; 11]),
            wrong_end,
            wrong_begin,
        ]
        .map(|sealed| (subject.write)(&sealed));
        let mut times = classes.each_ref().map(|_| Vec::new());
        for _ in 0..301 {
            for (sealed, times) in classes.iter().zip(&mut times) {
                let begun = Instant::now();
                let error = subject.client.decrypt_number(sealed);
                times.push(begun.elapsed());
                drop(error);
            }
        }
        let medians = times.map(|mut times| {
            times.sort();
            times[times.len() / 2]
        });
        let (fastest, slowest) = (medians.iter().min().unwrap(), medians.iter().max().unwrap());
        let margin = *fastest / 2 + Duration::from_micros(2);
        assert!(*slowest - *fastest < margin, "{}: {medians:?}", subject.name);
    }
}

/// The output of both ways to a failure: the ciphertext alone, and in a reply. Nothing where a number comes out.
fn failure(subject: &Subject, sealed: &[u8]) -> Option<String> {
    let sealed = (subject.write)(sealed);
    let error = subject.client.decrypt_number(&sealed).err()?;
    let reply = (subject.reply)(&sealed);
    let read = subject.client.read::<Outcome>(Operation::FetchNumber, 200, reply.as_bytes());
    assert_eq!((error.kind(), error.retry()), (ErrorKind::Decrypt, Retry::Never), "{error:?}");
    // A reply without any ciphertext in it is none that could not be opened.
    if !sealed.is_empty() {
        let read = read.unwrap_err();
        assert_eq!((read.kind(), read.message()), (ErrorKind::Decrypt, error.message()), "{read:?}");
        assert_eq!(read.hint(), error.hint());
    }
    Some(all_of(&error))
}

fn all_of(error: &Error) -> String {
    assert!(error.source().is_none(), "a cause tells what went wrong: {error:?}");
    format!("{error} {error:?} {}", error.hint())
}

fn subjects() -> Vec<Subject> {
    let in_shanyan = |sealed: &str| {
        let rsa = if sealed.len() >= 256 { r#","encryptType":"RSA""# } else { "" };
        format!(r#"{{"code":"200000","data":{{"mobileName":"{sealed}"{rsa}}}}}"#)
    };
    vec![
        Subject {
            name: "DES",
            client: shanyan("rsa1024", APP_KEY),
            seal: Box::new(seal_des),
            write: base64,
            reply: in_shanyan,
        },
        Subject {
            name: "AES",
            client: shanyan("rsa1024", APP_KEY),
            seal: Box::new(seal_aes),
            write: hex,
            reply: in_shanyan,
        },
        Subject {
            name: "RSA of 1024 bits",
            client: cmcc("rsa1024"),
            seal: seal_rsa("rsa1024"),
            write: hex,
            reply: in_cmcc,
        },
        Subject {
            name: "RSA of 2048 bits",
            client: cmcc("rsa2048"),
            seal: seal_rsa("rsa2048"),
            write: hex,
            reply: in_cmcc,
        },
    ]
}

fn in_cmcc(sealed: &str) -> String {
    format!(r#"{{"resultCode":"103000","msisdn":"{sealed}"}}"#)
}

fn shanyan(key: &str, app_key: &str) -> Client {
    Client::new("shanyan", [("app_id", "Qh7kT2vX"), ("app_key", app_key), ("private_key", &pem(key))]).unwrap()
}

fn cmcc(key: &str) -> Client {
    Client::new("cmcc", [("app_id", "300012081234"), ("app_key", "D8F2A61B4C7E93057"), ("decrypt_key", &pem(key))])
        .unwrap()
}

fn seal_des(plaintext: &[u8]) -> Vec<u8> {
    let mode = Encryptor::<Des>::new_from_slices(APP_KEY.as_bytes(), &[1, 2, 3, 4, 5, 6, 7, 8]).unwrap();
    mode.encrypt_padded_vec::<Pkcs7>(plaintext)
}

fn seal_aes(plaintext: &[u8]) -> Vec<u8> {
    let halves = hex(&Md5::digest(APP_KEY.as_bytes())).to_lowercase();
    let (key, iv) = halves.as_bytes().split_at(16);
    Encryptor::<Aes128>::new_from_slices(key, iv).unwrap().encrypt_padded_vec::<Pkcs7>(plaintext)
}

fn seal_rsa(key: &str) -> Seal {
    let key = PrivateKey::from_pkcs8_pem(&pem(key)).unwrap().to_public_key();
    Box::new(move |plaintext| key.pkcs1v15_encrypt(plaintext).unwrap())
}

fn pem(key: &str) -> String {
    std::fs::read_to_string(quhao_vectors::folder().join(format!("keys/{key}.pkcs8.pem"))).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}
