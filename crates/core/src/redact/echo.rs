//! Removes this request's secrets from vendor text that quotes it: a name or a short key looks like any other word.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::ops::Range;

use crate::encoding::repair;
use crate::redact::grammar::is_id_card;
use crate::redact::grammar::is_number;
use crate::redact::masked;

/// Masks in a text every occurrence of a secret, as it is or as it was sent; `None` where there is none.
///
/// A secret of one character is left alone, and a short one of letters and digits counts only as a word of its own:
/// masking them would garble whatever is said.
pub(crate) fn redact_secrets(text: &str, secrets: &[&str]) -> Option<String> {
    let mut echoes: Vec<Range<usize>> = Vec::new();
    for secret in secrets {
        echoes.extend(occurrences(text, secret));
        if secret.bytes().any(is_damage) {
            for repaired in [repair::base64(secret).0, repair::token(secret).0, Cow::Borrowed(secret.trim())] {
                echoes.extend(occurrences(text, &repaired));
            }
        }
    }
    if echoes.is_empty() {
        return None;
    }
    // The longer first, so that what lies inside it is not masked on its own.
    echoes.sort_by_key(|echo| (echo.start, Reverse(echo.end)));
    let (mut out, mut told) = (String::with_capacity(text.len()), 0);
    for echo in echoes {
        if echo.start >= told {
            out.push_str(&text[told..echo.start]);
            out.push_str(&mask(&text[echo.clone()]));
        }
        told = told.max(echo.end);
    }
    out.push_str(&text[told..]);
    Some(out)
}

/// Whether a relayed value is a word of a gateway's own sentences: carrier, version, result.
pub(crate) fn is_common_word(value: &str) -> bool {
    value.chars().nth(MAX_WORD_LEN).is_none()
        && (value.chars().all(char::is_alphabetic) || value.bytes().all(|b| b.is_ascii_digit() || b == b'.'))
}

fn occurrences<'a>(text: &'a str, secret: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
    let is_alphanumeric = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let needs_bounds = secret.len() < MIN_SUBSTRING_LEN && secret.bytes().all(|b| b.is_ascii_alphanumeric());
    // Asked for first, because most often there is none, and to look for all of them takes a table of the secret.
    let found = (secret.chars().nth(1).is_some() && text.contains(secret)).then(|| text.match_indices(secret));
    found.into_iter().flatten().map(|(at, found)| at..at + found.len()).filter(move |echo| {
        let (before, after) = (&text.as_bytes()[..echo.start], &text.as_bytes()[echo.end..]);
        !(needs_bounds && (is_alphanumeric(before.last()) || is_alphanumeric(after.first())))
    })
}

fn mask(secret: &str) -> String {
    if is_number(secret) || is_id_card(secret) { masked(secret) } else { "****".to_owned() }
}

/// Bytes of a damaged value, which was sent repaired.
fn is_damage(byte: u8) -> bool {
    matches!(byte, b'\\' | b'%' | b' ' | b'\t' | b'\r' | b'\n')
}

/// In characters: `中国移动`, `success`, `103000`.
const MAX_WORD_LEN: usize = 7;

/// In bytes; ShanYan's appKey has 8.
const MIN_SUBSTRING_LEN: usize = 6;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_masked_wherever_it_stands() {
        for (text, secrets, told) in [
            ("张三 与 张三丰不符", &["张三"][..], "**** 与 ****丰不符"),
            ("k9Tz3mWq", &["k9Tz3mWq"], "****"),
            ("keyk9Tz3mWq1", &["k9Tz3mWq"], "key****1"),
            (
                "号码13800138000与11010519491231002X",
                &["13800138000", "11010519491231002X"],
                "号码138****8000与110****1002X",
            ),
        ] {
            assert_eq!(redact_secrets(text, secrets).as_deref(), Some(told), "{text}");
        }
    }

    #[test]
    fn nothing_is_left_of_secrets_that_overlap() {
        for secrets in [["k9Tz3mWq", "k9Tz3mWqXYZ"], ["k9Tz3mWqXYZ", "3mWqX"], ["k9Tz3mWq", "3mWqXYZ"]] {
            assert_eq!(redact_secrets("<k9Tz3mWqXYZ>", &secrets).as_deref(), Some("<****>"), "{secrets:?}");
        }
        assert_eq!(redact_secrets("k9Tz3mWqSTid-1", &["STid-1", "k9Tz3mWq"]).as_deref(), Some("********"));
    }

    #[test]
    fn a_secret_is_known_as_it_was_sent_too() {
        for given in [r"ab\u003dcd12", "ab%3Dcd12", "ab=cd12\r\n", " ab=cd12"] {
            assert_eq!(redact_secrets("(ab=cd12)", &[given]).as_deref(), Some("(****)"), "{given}");
        }
        assert_eq!(redact_secrets("(ab+cd12)", &["ab cd12"]).as_deref(), Some("(****)"));
    }

    #[test]
    fn what_would_garble_a_sentence_is_left_alone() {
        for (text, secret) in [
            ("第1次, 张", "1"),
            ("张", "张"),
            ("", "张三"),
            ("张三", ""),
            ("2012", "12"),
            ("aLi", "Li"),
            ("abcde1", "abcde"),
        ] {
            assert_eq!(redact_secrets(text, &[secret]), None, "{secret} in {text}");
        }
        for (text, secret, told) in [
            ("Li 与", "Li", "**** 与"),
            ("与Li", "Li", "与****"),
            ("a-1b", "a-1", "****b"),
            ("xabcdefx", "abcdef", "x****x"),
        ] {
            assert_eq!(redact_secrets(text, &[secret]).as_deref(), Some(told), "{secret} in {text}");
        }
    }

    #[test]
    fn carriers_versions_and_codes_are_words_and_figures_and_tokens_are_not() {
        for word in ["CMCC", "中国移动", "success", "103000", "2.2.1", "1", ""] {
            assert!(is_common_word(word), "{word}");
        }
        for token in ["a1", "STid-1", "13800138000", "successes", "12345678", "PLANTEDKEY"] {
            assert!(!is_common_word(token), "{token}");
        }
    }
}
