//! Subscriber numbers.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::error::Error;
use crate::redact::grammar::is_number;
use crate::redact::masked;

/// A subscriber number in mainland form; `Debug` and `Display` show `138****1234`.
///
/// `^1\d{10}$`: eleven digits, no country code, no blanks. Zeroized on drop.
#[derive(Clone, PartialEq, Eq, Hash, Zeroize, ZeroizeOnDrop)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Reads `^1\d{10}$`; nothing is stripped, so that what was checked is what was meant.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`](crate::ErrorKind::Input), naming the cause and never the number.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if is_number(text) {
            return Ok(Self(text.to_owned()));
        }
        let cause = if text.is_empty() {
            "it is empty"
        } else if text.starts_with('+') || text.starts_with("86") && text.len() == 13 {
            "it carries a country code; leave +86 out"
        } else if text.chars().any(char::is_whitespace) || text.contains('-') {
            "it has blanks or dashes in it"
        } else if !text.bytes().all(|b| b.is_ascii_digit()) {
            "it has characters other than the digits 0-9"
        } else if text.len() != 11 {
            "it does not have 11 digits"
        } else {
            "it does not begin with 1"
        };
        Err(Error::input(format!("number: expected 1 and ten more digits, but {cause}")).with_hint_text(
            "手机号须为 1 开头的 11 位数字，不带 +86、空格或短横线",
            "pass the bare 11 digits, without +86, blanks or dashes",
        ))
    }

    /// Reads a decrypted number; every way in which it can be wrong is the same error.
    ///
    /// A wrong key can give any bytes at all, so the grammar decides. A failed decryption is checked like what
    /// did, and all eleven places are looked at, so that the way to the error is one as well.
    pub(crate) fn from_plaintext<E>(plaintext: Result<Zeroizing<Vec<u8>>, E>) -> Result<Self, Error> {
        let plaintext = plaintext.unwrap_or_default();
        let mut wrong = u8::from(plaintext.len() != 11);
        for place in 0..11 {
            let digit = plaintext.get(place).copied().unwrap_or_default().wrapping_sub(b'0');
            wrong |= u8::from(digit > 9) | (u8::from(place == 0) * (digit ^ 1));
        }
        let text = std::str::from_utf8(&plaintext).ok().filter(|_| wrong == 0);
        text.map(|text| Self(text.to_owned())).ok_or_else(Error::decrypt)
    }

    /// The number in clear, for storing or comparing; keep it out of logs.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&masked(&self.0))
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_shows_three_and_four_digits() {
        let number = PhoneNumber::parse("13800138000").unwrap();
        assert_eq!(format!("{number} {number:?}"), "138****8000 138****8000");
        assert_eq!(number.expose(), "13800138000");
    }

    #[test]
    fn a_refused_number_is_not_repeated_in_the_error() {
        for bad in ["", "1380013800", "+8613800138000", "138 0013 8000", "23800138000", "１３８00138000"] {
            let error = PhoneNumber::parse(bad).unwrap_err();
            assert!(bad.is_empty() || !format!("{error:?}{error}").contains(bad), "{bad}");
        }
    }
}
