//! Why a gateway refused: in words, and for a signature as two strings with the first difference marked.

use std::fmt::Write as _;

use crate::sim::is_number;

/// Why a request was refused.
///
/// Shown masked unless [`text`](Self::text) is asked for the clear form: tokens and numbers are in the strings.
#[derive(Clone)]
pub(crate) struct Explanation {
    headline: String,
    strings: Option<Box<Strings>>,
}

#[derive(Clone)]
struct Strings {
    here: Line,
    there: Option<Line>,
}

/// A string that was, or would have been, signed.
#[derive(Clone)]
pub(crate) struct Line {
    label: String,
    pieces: Vec<Piece>,
}

/// A field's part in a string that is signed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    field: String,
    /// The part that is always shown: the field's name where it is signed too.
    shown: String,
    value: String,
    is_secret: bool,
}

/// The reader of an explanation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    Anybody,
    Owner,
}

impl Explanation {
    /// In words only; they must hold no secret.
    pub(crate) fn words(headline: impl Into<String>) -> Self {
        Self { headline: headline.into(), strings: None }
    }

    /// With the string signed here, and the one that what was received implies.
    pub(crate) fn strings(headline: impl Into<String>, here: Line, there: Option<Line>) -> Self {
        Self { headline: headline.into(), strings: Some(Box::new(Strings { here, there })) }
    }

    pub(crate) fn headline(&self) -> &str {
        &self.headline
    }

    pub(crate) fn text(&self, reader: Reader) -> String {
        match &self.strings {
            None => self.headline.clone(),
            Some(strings) => format!("{}\n{}", self.headline, strings.text(reader)),
        }
    }
}

impl Strings {
    fn text(&self, reader: Reader) -> String {
        let width =
            [Some(&self.here), self.there.as_ref()].into_iter().flatten().map(|line| line.label.chars().count()).max();
        let width = width.unwrap_or_default();
        let here = format!("{:width$}  {}", self.here.label, self.here.text(reader));
        let Some(there) = &self.there else { return here };
        let mut text = format!("{here}\n{:width$}  {}", there.label, there.text(reader));
        if let Some(at) = first_difference(&self.here.signed(), &there.signed()) {
            let column = width + 2 + self.here.column_of(at, reader);
            // Writing to a String cannot fail.
            let _ = write!(text, "\n{:column$}^ {}", "", self.where_and_what(at, there, reader));
        }
        text
    }

    /// `in accessToken, character 12: '+' and ' '`; letters and digits of a secret are left out.
    fn where_and_what(&self, at: usize, there: &Line, reader: Reader) -> String {
        let Some((piece, within)) = self.here.piece_at(at).or_else(|| there.piece_at(at)) else {
            return "here the strings part".to_owned();
        };
        let mut text = format!("in {}", piece.field);
        let Some(in_value) = within.checked_sub(piece.shown.chars().count()) else { return text };
        let _ = write!(text, ", character {}", in_value + 1);
        let glyph = |line: &Line| {
            let c = line.signed().chars().nth(at);
            c.map_or_else(|| "the end".to_owned(), |c| format!("{c:?}"))
        };
        let is_telling = |line: &Line| line.signed().chars().nth(at).is_none_or(|c| !c.is_alphanumeric());
        if reader == Reader::Owner || !piece.is_secret || (is_telling(&self.here) && is_telling(there)) {
            let _ = write!(text, ": {} and {}", glyph(&self.here), glyph(there));
        }
        text
    }
}

impl Line {
    pub(crate) fn new(label: impl Into<String>, pieces: Vec<Piece>) -> Self {
        Self { label: label.into(), pieces }
    }

    /// The string itself, in clear.
    pub(crate) fn signed(&self) -> String {
        self.pieces.iter().map(Piece::signed).collect()
    }

    fn text(&self, reader: Reader) -> String {
        self.pieces.iter().map(|piece| piece.text(reader)).collect()
    }

    /// The piece that holds the character at `at`, and how far into it that is.
    fn piece_at(&self, at: usize) -> Option<(&Piece, usize)> {
        let mut start = 0;
        for piece in &self.pieces {
            let length = piece.signed().chars().count();
            if at < start + length {
                return Some((piece, at - start));
            }
            start += length;
        }
        None
    }

    /// Where the character at `at` is shown. A masked value is marked at its beginning.
    fn column_of(&self, at: usize, reader: Reader) -> usize {
        let Some((piece, within)) = self.piece_at(at) else { return self.text(reader).chars().count() };
        let before = self.pieces.iter().take_while(|other| !std::ptr::eq(*other, piece));
        let before: usize = before.map(|piece| piece.text(reader).chars().count()).sum();
        let is_masked = piece.is_secret && reader == Reader::Anybody;
        before + if is_masked { within.min(piece.shown.chars().count()) } else { within }
    }
}

impl Piece {
    /// A field whose value alone is signed.
    pub(crate) fn value(field: &str, value: &str) -> Self {
        // A number is one wherever a client put it.
        Self { field: field.to_owned(), shown: String::new(), value: value.to_owned(), is_secret: is_number(value) }
    }

    /// A field that is signed as its name and its value.
    pub(crate) fn named(field: &str, value: &str) -> Self {
        Self { shown: field.to_owned(), ..Self::value(field, value) }
    }

    /// Something that is not shown, only named: `{app_key}`.
    pub(crate) fn placeholder(name: &str) -> Self {
        Self::value(name, &format!("{{{name}}}"))
    }

    /// The same, with a value that is masked unless the owner reads.
    #[must_use]
    pub(crate) fn secret(mut self) -> Self {
        self.is_secret = true;
        self
    }

    fn signed(&self) -> String {
        format!("{}{}", self.shown, self.value)
    }

    fn text(&self, reader: Reader) -> String {
        match self.is_secret && reader == Reader::Anybody {
            true => format!("{}{}", self.shown, masked(&self.value)),
            false => self.signed(),
        }
    }
}

/// `138****8000` of a number, `STsid0…RK88` of a token, stars of anything short.
pub(crate) fn masked(secret: &str) -> String {
    let chars: Vec<char> = secret.chars().collect();
    let ends = |head: usize, between: &str, tail: usize| -> String {
        let tail = &chars[chars.len() - tail..];
        chars[..head].iter().copied().chain(between.chars()).chain(tail.iter().copied()).collect()
    };
    match chars.len() {
        0 => String::new(),
        1..=10 => "****".to_owned(),
        11..=20 => ends(3, "****", 4),
        _ => ends(6, "…", 4),
    }
}

fn first_difference(here: &str, there: &str) -> Option<usize> {
    if here == there {
        return None;
    }
    let common = here.chars().zip(there.chars()).take_while(|(a, b)| a == b).count();
    Some(common)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explained(here: Vec<Piece>, there: Vec<Piece>, reader: Reader) -> String {
        let there = Line::new("signed by the phone", there);
        Explanation::strings("sign does not verify", Line::new("signed here", here), Some(there)).text(reader)
    }

    #[test]
    fn the_first_difference_is_marked_under_its_character() {
        let text = explained(
            vec![Piece::named("appId", "a1"), Piece::named("device", "x y=")],
            vec![Piece::named("appId", "a1"), Piece::named("device", "x+y=")],
            Reader::Anybody,
        );
        let marker = format!("{:35}^ in device, character 2: ' ' and '+'", "");
        assert_eq!(
            text,
            format!(
                "sign does not verify\n\
                 signed here          appIda1devicex y=\n\
                 signed by the phone  appIda1devicex+y=\n{marker}"
            )
        );
    }

    #[test]
    fn a_secret_is_masked_and_marked_at_its_beginning() {
        let token = |text: &str| vec![Piece::value("token", text).secret(), Piece::value("version", "2.0")];
        let (here, there) = (token("STsid0000000000000000000AAAA"), token("STsid0000000000000000001AAAA"));
        let text = explained(here.clone(), there.clone(), Reader::Anybody);
        assert!(text.contains("signed here          STsid0…AAAA2.0\n"), "{text}");
        assert!(text.ends_with("\n                     ^ in token, character 24"), "{text}");
        let text = explained(here, there, Reader::Owner);
        assert!(text.contains("STsid0000000000000000000AAAA2.0\n"), "{text}");
        assert!(text.ends_with("^ in token, character 24: '0' and '1'"), "{text}");
    }

    #[test]
    fn a_string_that_ends_early_is_marked_at_its_end() {
        let text = explained(
            vec![Piece::value("appid", "30"), Piece::placeholder("app_key")],
            vec![Piece::value("appid", "30")],
            Reader::Anybody,
        );
        assert!(text.ends_with("\n                       ^ in app_key, character 1: '{' and the end"), "{text}");
    }

    #[test]
    fn a_mask_shows_both_ends_of_what_is_long_and_nothing_of_what_is_short() {
        assert_eq!(masked("13800138000"), "138****8000");
        assert_eq!(masked("secret"), "****");
        assert_eq!(masked(""), "");
        assert_eq!(masked("STsid0000001517196594066OHmZvPMBwn2MkFxwvWkV12JixwuZuyDU"), "STsid0…uyDU");
    }
}
