//! Secrets that print as their length, and masks for text that may hold numbers, cards, tokens and keys.

pub(crate) mod echo;
pub(crate) mod grammar;

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

use self::grammar::{is_id_card, is_number};

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
    redact_tokens(&out)
}

/// The same for the name of a field: a token whose back end took it for a form's body is all name and no value.
pub(crate) fn redact_field_name(name: &str) -> String {
    let name = masked(name);
    match name.char_indices().nth(MAX_NAME_LEN) {
        Some(_) => name.chars().take(SHOWN_OF_OPAQUE).chain(['…']).collect(),
        None => name,
    }
}

/// Cuts every run of more than 40 letters, digits and `+/=_-` to its first 8: a token, or a key.
///
/// A uuid has 36, SHA-1 in hex 40; the shortest token that a vendor documents has 44.
pub(crate) fn redact_tokens(text: &str) -> String {
    let is_opaque = |c: char| c.is_ascii_alphanumeric() || "+/=_-".contains(c);
    let mut out = String::with_capacity(text.len());
    for piece in text.split_inclusive(|c| !is_opaque(c)) {
        let run = piece.trim_end_matches(|c| !is_opaque(c));
        if run.len() > MAX_ID_LEN {
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
const MAX_NAME_LEN: usize = 24;

const MAX_ID_LEN: usize = 40;

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
            redact_tokens(
                "token STsid0000001795322076789Qh7kT2vXb3NfZ8wLr5YpD1mJc6GxA4sKe 无效 1c383cd30b7c298ab50293adfecb7b18"
            ),
            "token STsid000… 无效 1c383cd30b7c298ab50293adfecb7b18"
        );
    }

    #[test]
    fn a_token_in_a_names_place_is_cut() {
        assert_eq!(redact_field_name("accessToken"), "accessToken");
        assert_eq!(redact_field_name("STsid0000001795322076789Qh7kT2vXb3NfZ8wLr5YpD1mJc6GxA4sKe"), "STsid000…");
        assert_eq!(redact_field_name("13800138000"), "138****8000");
    }

    #[test]
    fn a_quoted_message_loses_its_long_digit_runs_only() {
        assert_eq!(
            masked("号码13800138000在440101199001011239名下, 代码403000"),
            "号码138****8000在440****1239名下, 代码403000"
        );
    }

    #[test]
    fn a_secret_shows_its_length_only() {
        assert_eq!(format!("{:?}", Secret::from("hunter2")), "<7 bytes>");
    }
}
