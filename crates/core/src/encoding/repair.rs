//! Damage that Base64 and tokens take on their way from the phone, undone where nothing is lost.

use std::borrow::Cow;

/// One kind of damage that was undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Damage {
    BlankForPlus,
    PercentEncoded,
    SurroundingBlank,
    UnicodeEscape,
}

/// Undoes what relays do to Base64: `\u003d`, `%2B`, a blank where `+` stood, white space around.
///
/// Standard Base64 has none of these characters itself, so the repair is exact. `\u003d` may be escaped any number
/// of times. A blank at an end is a `+` if that makes the length a multiple of four, and white space otherwise. What
/// lies under more damage than any relay does is left alone.
pub(crate) fn base64(text: &str) -> (Cow<'_, str>, Vec<Damage>) {
    undo(UNDO, text)
}

/// The same for a token that has no `+` of its own: a blank inside stays, since its origin is unknown.
pub(crate) fn token(text: &str) -> (Cow<'_, str>, Vec<Damage>) {
    undo(UNDO_IN_TOKEN, text)
}

fn undo<'a>(steps: &[(Damage, Undo)], text: &'a str) -> (Cow<'a, str>, Vec<Damage>) {
    let mut value = Cow::Borrowed(text);
    let mut causes = Vec::new();
    // One damage may lie in another: `%5Cu003d`.
    for _ in 0..MAX_PASSES {
        let mut is_whole = true;
        for (cause, undo) in steps {
            if let Some(repaired) = undo(&value) {
                value = Cow::Owned(repaired);
                is_whole = false;
                if !causes.contains(cause) {
                    causes.push(*cause);
                }
            }
        }
        if is_whole {
            return (value, causes);
        }
    }
    (Cow::Borrowed(text), Vec::new())
}

/// `\u003d` → `=`, and likewise for `+` and `/`, with any number of backslashes.
fn without_unicode_escapes(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let tail = rest[at..].trim_start_matches('\\');
        let plain = match tail.as_bytes().first_chunk::<5>().map(|head| head.to_ascii_lowercase()) {
            Some(head) if head == *b"u003d" => '=',
            Some(head) if head == *b"u002b" => '+',
            Some(head) if head == *b"u002f" => '/',
            _ => return None,
        };
        out.push_str(&rest[..at]);
        out.push(plain);
        rest = &tail[5..];
    }
    (rest.len() < text.len()).then(|| out + rest)
}

/// `%2B` → `+`, once or twice encoded; `None` where nothing is encoded or what comes out is not plain text.
fn percent_decoded(text: &str) -> Option<String> {
    let decode = |text: &str| -> Option<String> {
        let (at, _) = text.match_indices('%').next()?;
        let is_escape = text.as_bytes().get(at + 1..at + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit));
        if !is_escape {
            return None;
        }
        let decoded = percent_encoding::percent_decode_str(text).decode_utf8().ok()?;
        // White space around is undone by the next step.
        let is_plain = decoded.trim().bytes().all(|b| b.is_ascii_graphic() || b == b' ');
        is_plain.then(|| decoded.into_owned())
    };
    let once = decode(text)?;
    Some(decode(&once).unwrap_or(once))
}

fn with_plus_for_blank(text: &str) -> Option<String> {
    text.contains(' ').then(|| text.replace(' ', "+"))
}

fn trimmed(text: &str) -> Option<String> {
    let lines = text.trim_matches(['\r', '\n', '\t']);
    let kept = if lines.len().is_multiple_of(4) { lines } else { lines.trim() };
    (kept.len() < text.len()).then(|| kept.to_owned())
}

/// Undoes one kind of damage, or finds none.
type Undo = fn(&str) -> Option<String>;

/// The last one finds nothing any more.
const MAX_PASSES: usize = 4;

/// In the order in which the outermost damage comes first.
const UNDO: &[(Damage, Undo)] = &[
    (Damage::UnicodeEscape, without_unicode_escapes),
    (Damage::PercentEncoded, percent_decoded),
    (Damage::SurroundingBlank, trimmed),
    (Damage::BlankForPlus, with_plus_for_blank),
];

const UNDO_IN_TOKEN: &[(Damage, Undo)] = &[
    (Damage::UnicodeEscape, without_unicode_escapes),
    (Damage::PercentEncoded, percent_decoded),
    (Damage::SurroundingBlank, |text| (text.trim().len() < text.len()).then(|| text.trim().to_owned())),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_comes_back_from_every_relay() {
        let cases = [
            (r"ab\u003d\u003d", "ab==", vec![Damage::UnicodeEscape]),
            (r"ab\\u003D\\u003D", "ab==", vec![Damage::UnicodeEscape]),
            (r"a\u002b\u002fb", "a+/b", vec![Damage::UnicodeEscape]),
            ("a%2Bb%3D", "a+b=", vec![Damage::PercentEncoded]),
            ("a%252Bb%253D", "a+b=", vec![Damage::PercentEncoded]),
            ("a%2Bb%3D\r\n", "a+b=", vec![Damage::PercentEncoded, Damage::SurroundingBlank]),
            ("a%2Bb%3D%0A", "a+b=", vec![Damage::PercentEncoded, Damage::SurroundingBlank]),
            ("a%2Bb%3D\u{b}", "a+b=", vec![Damage::PercentEncoded, Damage::SurroundingBlank]),
            ("a b=", "a+b=", vec![Damage::BlankForPlus]),
            (" ab=", "+ab=", vec![Damage::BlankForPlus]),
            (" abc= ", "abc=", vec![Damage::SurroundingBlank]),
            ("abc=\r\n", "abc=", vec![Damage::SurroundingBlank]),
            ("abc=", "abc=", vec![]),
        ];
        for (damaged, whole, causes) in cases {
            assert_eq!(base64(damaged), (Cow::Borrowed(whole), causes), "{damaged}");
        }
    }

    /// Every text of up to five of these pieces: whatever is repaired is whole after it, however the damages lie in each other.
    #[test]
    fn what_was_repaired_needs_no_second_repair() {
        const PIECES: &[&str] = &["%", "25", "2B", "5C", "\\", "u003d", " ", "a", "\n", "%0A"];
        let mut texts = vec![String::new()];
        for _ in 0..5 {
            let longer = texts.iter().flat_map(|text| PIECES.iter().map(move |piece| format!("{text}{piece}")));
            texts = longer.chain(["a".to_owned()]).collect();
            for text in &texts {
                for repair in [base64, token] {
                    let whole = repair(text).0;
                    assert_eq!(repair(&whole), (Cow::Borrowed(&*whole), vec![]), "{text:?} became {whole:?}");
                }
            }
        }
    }

    #[test]
    fn damage_without_end_is_left_alone() {
        for depth in [2, 3, 40, 100_000] {
            let text = format!("ab%{}2B", "25".repeat(depth));
            let whole = if depth < 4 { "ab+" } else { &text };
            assert_eq!(base64(&text).0, whole, "{depth}");
        }
    }

    #[test]
    fn what_is_not_an_escape_is_left_alone() {
        for text in [r"a\nb", r"a\u0041", r"a\u003", "100%", "%zz", "%E4%BD"] {
            assert_eq!(base64(text).0, text, "{text}");
        }
    }
}
