//! Secrets that are put into an input, and looked for in all that is printed of the answer.

use std::error::Error as _;
use std::fmt::Debug;

use quhao::Error;

/// A number, where an input has the byte 1.
pub const NUMBER: &str = "13912345678";

/// A token, where an input has the byte 2.
pub const TOKEN: &str = "STsid0000001795322076789PLANTEDTOKENPLANTEDTOKENPLANTED57";

/// An id card, where an input has the byte 3.
pub const ID_CARD: &str = "11010519491231002X";

/// A key, where an input has the byte 4. No gateway knows it, so no reply has it.
pub const KEY: &str = "PLANTEDKEYPLANTEDKEYPLANTEDKEY42";

/// An input as text, with the secrets in their places.
///
/// JSON, forms and options have no use for the four bytes, so nothing is lost.
pub fn text(data: &[u8]) -> String {
    let mut text = String::new();
    for character in String::from_utf8_lossy(data).chars() {
        match character {
            '\u{1}' => text.push_str(NUMBER),
            '\u{2}' => text.push_str(TOKEN),
            '\u{3}' => text.push_str(ID_CARD),
            '\u{4}' => text.push_str(KEY),
            other => text.push(other),
        }
    }
    text
}

/// All that can be printed of an error, its causes included.
pub fn all_of(error: &Error) -> String {
    let mut shown = format!("{error} {error:?} {error:#?} {} {:?}", error.message(), error.hint());
    let mut source = error.source();
    while let Some(cause) = source {
        shown += &format!(" {cause} {cause:?}");
        source = cause.source();
    }
    shown
}

/// All that is printed of a value without being asked for it.
pub fn debug_of(value: &impl Debug) -> String {
    format!("{value:?} {value:#?}")
}

/// Asserts that none of the secrets is in a text.
///
/// # Panics
///
/// If one is.
pub fn assert_absent(shown: &str) {
    for secret in [TOKEN, KEY] {
        assert!(!shown.contains(secret), "a secret is printed: {shown}");
    }
    // Inside a longer run of digits they are none any more, such as in a vendor's id for a transaction.
    let digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    for secret in [NUMBER, ID_CARD] {
        for (at, _) in shown.match_indices(secret) {
            let (before, after) = (shown.as_bytes()[..at].last(), shown.as_bytes().get(at + secret.len()));
            assert!(digit(before) || digit(after), "a number is printed: {shown}");
        }
    }
}
