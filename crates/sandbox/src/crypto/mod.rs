//! The gateways' half of the vendors' cryptography, written apart from the client's.

mod cipher;
mod digest;
mod encoding;
mod random;
mod rsa;

pub(crate) use self::cipher::Cipher;
pub(crate) use self::digest::{hmac_sha1, hmac_sha256, md5, sha256};
pub(crate) use self::encoding::{base64, base64url, hex, unbase64, unbase64url, unhex};
pub(crate) use self::random::{random, random_id, random_text};
pub(crate) use self::rsa::{ConsoleKey, PlatformKey};
