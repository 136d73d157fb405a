//! Values that are never printed whole: keys, tokens, phone numbers.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::error::Error;
use crate::identity::is_id_card;

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
        Err(Error::input(format!("number: expected 1 and ten more digits, but {cause}")).advise(
            "手机号须为 1 开头的 11 位数字，不带 +86、空格或短横线",
            "pass the bare 11 digits, without +86, blanks or dashes",
        ))
    }

    /// Reads a decrypted number; every way in which it can be wrong is the same error.
    ///
    /// A wrong key can give any bytes at all, so only the grammar tells. What did not decrypt is checked like what
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

/// Text that is zeroized on drop and shows only its length.
#[derive(Clone, PartialEq, Eq, Default, Zeroize, ZeroizeOnDrop)]
pub struct Secret(String);

impl Secret {
    /// The text in clear.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for Secret {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{} bytes>", self.0.len())
    }
}

/// Tells whether `text` has the grammar of a number, `^1\d{10}$`.
pub(crate) fn is_number(text: &str) -> bool {
    text.len() == 11 && text.starts_with('1') && text.bytes().all(|b| b.is_ascii_digit())
}

/// Masks every run of 11 or more digits, so that a vendor's message can be quoted.
///
/// `13800138000` → `138****8000`; an id card's 17 digits and check letter go the same way.
pub fn masked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, run) = rest.split_at(start);
        let end = run.find(|c: char| !c.is_ascii_digit()).unwrap_or(run.len());
        let (digits, after) = run.split_at(end);
        out.push_str(before);
        if digits.len() < 11 {
            out.push_str(digits);
        } else {
            out.push_str(&digits[..3]);
            out.push_str("****");
            out.push_str(&digits[digits.len() - 4..]);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The same for an id that is there to be found again: only what can be nothing but a number or an id card is masked.
///
/// A vendor's id for a transaction may have 17 or 18 digits of its own; one that is an id card by GB 11643 is not shown.
pub fn masked_id(id: &str) -> String {
    let is_digit = |c: char| c.is_ascii_digit();
    let mut out = String::with_capacity(id.len());
    let mut rest = id;
    while let Some(start) = rest.find(is_digit) {
        let (before, run) = rest.split_at(start);
        let end = run.find(|c| !is_digit(c)).unwrap_or(run.len());
        let (digits, after) = run.split_at(end);
        let is_card = is_id_card(digits) || after.starts_with(['X', 'x']) && is_id_card(&run[..=end]);
        out.push_str(before);
        if is_number(digits) || is_card {
            out.push_str(&masked(digits));
        } else {
            out.push_str(digits);
        }
        rest = after;
    }
    out.push_str(rest);
    masked_opaque(&out)
}

/// The same for the name of a field: a token whose back end took it for a form's body is all name and no value.
pub(crate) fn masked_name(name: &str) -> String {
    let name = masked(name);
    match name.char_indices().nth(LONGEST_NAME) {
        Some(_) => name.chars().take(SHOWN_OF_OPAQUE).chain(['…']).collect(),
        None => name,
    }
}

/// Cuts every run of more than 40 letters, digits and `+/=_-` to its first 8: a token, or a key.
///
/// A uuid has 36, SHA-1 in hex 40; the shortest token that a vendor documents has 44.
pub(crate) fn masked_opaque(text: &str) -> String {
    let is_opaque = |c: char| c.is_ascii_alphanumeric() || "+/=_-".contains(c);
    let mut out = String::with_capacity(text.len());
    for piece in text.split_inclusive(|c| !is_opaque(c)) {
        let run = piece.trim_end_matches(|c| !is_opaque(c));
        if run.len() > LONGEST_ID {
            out.push_str(&run[..SHOWN_OF_OPAQUE]);
            out.push('…');
            out.push_str(&piece[run.len()..]);
        } else {
            out.push_str(piece);
        }
    }
    out
}

/// Longer than any vendor's field, shorter than any vendor's key or token but ShanYan's appKey.
const LONGEST_NAME: usize = 24;

const LONGEST_ID: usize = 40;

const SHOWN_OF_OPAQUE: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_shown_unless_it_is_a_number_or_an_id_card() {
        for id in
            ["18112115031414011", "1533098532741447", "0123456789abcdeffedcba9876543210", "110105194912310021", ""]
        {
            assert_eq!(masked_id(id), id);
        }
        for (id, shown) in [
            ("13800138000", "138****8000"),
            ("out-13800138000-7", "out-138****8000-7"),
            ("11010519491231002X", "110****1002X"),
            ("440524188001010014", "440****0014"),
            ("STsid0000001795322076789Qh7kT2vXb3NfZ8wLr5YpD1mJc6GxA4sKe", "STsid000…"),
        ] {
            assert_eq!(masked_id(id), shown);
        }
    }

    #[test]
    fn a_token_in_a_vendors_words_is_cut() {
        assert_eq!(
            masked_opaque(
                "token STsid0000001795322076789Qh7kT2vXb3NfZ8wLr5YpD1mJc6GxA4sKe 无效 1c383cd30b7c298ab50293adfecb7b18"
            ),
            "token STsid000… 无效 1c383cd30b7c298ab50293adfecb7b18"
        );
    }

    #[test]
    fn a_token_in_a_names_place_is_cut() {
        assert_eq!(masked_name("accessToken"), "accessToken");
        assert_eq!(masked_name("STsid0000001795322076789Qh7kT2vXb3NfZ8wLr5YpD1mJc6GxA4sKe"), "STsid000…");
        assert_eq!(masked_name("13800138000"), "138****8000");
    }

    #[test]
    fn a_number_shows_three_and_four_digits() {
        let number = PhoneNumber::parse("13800138000").unwrap();
        assert_eq!(format!("{number} {number:?}"), "138****8000 138****8000");
        assert_eq!(number.expose(), "13800138000");
    }

    #[test]
    fn a_quoted_message_loses_its_long_digit_runs_only() {
        assert_eq!(
            masked("号码13800138000在440101199001011239名下, 代码403000"),
            "号码138****8000在440****1239名下, 代码403000"
        );
    }

    #[test]
    fn a_refused_number_is_not_repeated_in_the_error() {
        for bad in ["", "1380013800", "+8613800138000", "138 0013 8000", "23800138000", "１３８00138000"] {
            let error = PhoneNumber::parse(bad).unwrap_err();
            assert!(bad.is_empty() || !format!("{error:?}{error}").contains(bad), "{bad}");
        }
    }

    #[test]
    fn a_secret_shows_its_length_only() {
        assert_eq!(format!("{:?}", Secret::from("hunter2")), "<7 bytes>");
    }
}
