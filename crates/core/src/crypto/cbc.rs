//! Block ciphers in CBC mode with PKCS#7 padding.

use std::{fmt, hint};

use aes::{Aes128, Aes192, Aes256};
use cbc::cipher::array::Array;
use cbc::cipher::block_padding::{NoPadding, Pkcs7};
use cbc::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, InnerIvInit, KeyInit};
use cbc::{Decryptor, Encryptor};
use des::{Des, TdesEde3};
use sm4::Sm4;
use zeroize::Zeroizing;

/// A block cipher that a vendor uses in CBC mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cipher {
    Aes128,
    Aes192,
    Aes256,
    Des,
    Sm4,
    TripleDes,
}

/// Wrong key, iv or ciphertext, all alike.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct DecryptError;

impl Cipher {
    /// The key's length in bytes.
    pub(crate) fn key_size(self) -> usize {
        match self {
            Self::Des => 8,
            Self::Aes128 | Self::Sm4 => 16,
            Self::Aes192 | Self::TripleDes => 24,
            Self::Aes256 => 32,
        }
    }

    /// The block's and the initialisation vector's length in bytes.
    pub(crate) fn block_size(self) -> usize {
        match self {
            Self::Des | Self::TripleDes => 8,
            Self::Aes128 | Self::Aes192 | Self::Aes256 | Self::Sm4 => 16,
        }
    }

    /// `CBC-Decrypt[key, iv](ciphertext)` without its PKCS#7 padding. DES ignores its parity bits.
    pub(crate) fn decrypt(self, key: &[u8], iv: &[u8], ciphertext: &[u8]) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
        let plaintext = match self {
            Self::Aes128 => decrypt::<Aes128>(key, iv, ciphertext),
            Self::Aes192 => decrypt::<Aes192>(key, iv, ciphertext),
            Self::Aes256 => decrypt::<Aes256>(key, iv, ciphertext),
            Self::Des => decrypt::<Des>(key, iv, ciphertext),
            Self::Sm4 => decrypt::<Sm4>(key, iv, ciphertext),
            Self::TripleDes => decrypt::<TdesEde3>(key, iv, ciphertext),
        };
        wipe_stack();
        plaintext
    }

    /// `CBC-Encrypt[key, iv](plaintext ‖ PKCS#7 padding)`; fails only for a key or iv of the wrong length.
    pub(crate) fn encrypt(self, key: &[u8], iv: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, DecryptError> {
        let ciphertext = match self {
            Self::Aes128 => encrypt::<Aes128>(key, iv, plaintext),
            Self::Aes192 => encrypt::<Aes192>(key, iv, plaintext),
            Self::Aes256 => encrypt::<Aes256>(key, iv, plaintext),
            Self::Des => encrypt::<Des>(key, iv, plaintext),
            Self::Sm4 => encrypt::<Sm4>(key, iv, plaintext),
            Self::TripleDes => encrypt::<TdesEde3>(key, iv, plaintext),
        };
        wipe_stack();
        ciphertext
    }
}

/// A cipher whose key has been set up, for a key that opens more than one ciphertext.
pub(crate) struct KeyedCipher<C>(C);

impl<C: BlockCipherDecrypt + Clone + KeyInit> KeyedCipher<C> {
    pub(crate) fn new(key: impl Into<Array<u8, C::KeySize>>) -> Self {
        Self(C::new(&Zeroizing::new(key.into())))
    }

    /// See [`Cipher::decrypt`].
    pub(crate) fn decrypt(&self, iv: &[u8], ciphertext: &[u8]) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
        let plaintext = decrypt_with(self.0.clone(), iv, ciphertext);
        wipe_stack();
        plaintext
    }
}

impl<C> fmt::Debug for KeyedCipher<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyedCipher(****)")
    }
}

#[inline(never)]
fn decrypt<C: BlockCipherDecrypt + KeyInit>(
    key: &[u8],
    iv: &[u8],
    ciphertext: &[u8],
) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
    decrypt_with(C::new_from_slice(key).map_err(|_| DecryptError)?, iv, ciphertext)
}

#[inline(never)]
fn decrypt_with<C: BlockCipherDecrypt>(
    cipher: C,
    iv: &[u8],
    ciphertext: &[u8],
) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
    let mode = Decryptor::inner_iv_slice_init(cipher, iv).map_err(|_| DecryptError)?;
    let mut buffer = Zeroizing::new(ciphertext.to_vec());
    mode.decrypt_padded::<NoPadding>(&mut buffer).map_err(|_| DecryptError)?;
    // `iv` has a block's length, or there were no mode.
    let length = unpadded_length(&buffer, iv.len()).ok_or(DecryptError)?;
    buffer.truncate(length);
    Ok(buffer)
}

/// Overwrites where the calls before had their variables.
///
/// A cipher leaves a copy of its key wherever it was moved from, and what is put on the heap next would take it along
/// in its gaps.
#[inline(never)]
fn wipe_stack() {
    hint::black_box([0_u8; 2048]);
}

/// How much of `blocks` stands before its PKCS#7 padding. RFC 5652 §6.3.
///
/// The library's own check ends at the first wrong byte; this one looks at the whole last block before it says so.
fn unpadded_length(blocks: &[u8], block_size: usize) -> Option<usize> {
    let padding = *blocks.last()?;
    let length = usize::from(padding);
    let mut wrong = u8::from(length == 0) | u8::from(length > block_size);
    for (from_end, byte) in blocks.iter().rev().take(block_size).enumerate() {
        wrong |= (byte ^ padding) * u8::from(from_end < length);
    }
    (wrong == 0).then(|| blocks.len() - length)
}

#[inline(never)]
fn encrypt<C: BlockCipherEncrypt + KeyInit>(key: &[u8], iv: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, DecryptError> {
    let cipher = C::new_from_slice(key).map_err(|_| DecryptError)?;
    let mode = Encryptor::inner_iv_slice_init(cipher, iv).map_err(|_| DecryptError)?;
    Ok(mode.encrypt_padded_vec::<Pkcs7>(plaintext))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every last byte there is, over a block of every padding there is.
    #[test]
    fn padding_is_taken_off_only_where_all_of_it_is_there() {
        for block_size in [8_u8, 16] {
            for padding in 0..=255_u8 {
                for intact in 1..=block_size {
                    let mut block = vec![0xee; block_size.into()];
                    block[usize::from(block_size - intact)..].fill(padding);
                    let is_whole = (1..=intact).contains(&padding);
                    let want = is_whole.then(|| usize::from(block_size - padding));
                    assert_eq!(unpadded_length(&block, block_size.into()), want, "{padding} over {block:?}");
                }
            }
        }
        assert_eq!(unpadded_length(&[], 8), None);
        assert_eq!(unpadded_length(&[[1; 8], [8; 8]].concat(), 8), Some(8), "a whole block of padding");
    }
}
