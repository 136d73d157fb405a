//! V2's signature, and the usual mistakes that lead to other ones: found by making them.

use super::console;
use crate::app::App;
use crate::crypto;
use crate::explain::{Explanation, Line, Piece};
use crate::request::FormFields;

/// Checks `sign`: `hex(HMAC-SHA256[app_key](k₁v₁k₂v₂…))` in either letter case.
///
/// Over every field that came but `sign` itself, names in byte order, values before form encoding.
///
/// Source: shanyan/PROTOCOL.md §5.3.
pub(super) fn check_sign(form: &FormFields, app: &App) -> Result<(), Explanation> {
    let sign = form.field("sign").unwrap_or_default();
    let given = Given { fields: form.iter().filter(|(name, _)| *name != "sign").collect(), app, sign };
    let here = Line::new("signed here", given.fields.iter().map(named).collect());
    let (text, due) = (here.signed(), given.hmac(&here.signed()));
    if sign.eq_ignore_ascii_case(&due) {
        return Ok(());
    }
    if let Some(what) = what_became_of(sign, &due) {
        return Err(Explanation::strings(format!("sign itself is not as it was made: {what}"), here, None));
    }
    if let Some(name) = given.other_digests(&text).find_map(|(name, value)| given.is(&value).then_some(name)) {
        return Err(Explanation::strings(format!("sign does not verify: {name}"), here, None));
    }
    Err(match given.other_strings().into_iter().find(|(_, pieces)| given.holds(pieces)) {
        Some((name, pieces)) => {
            let there = Line::new("implied by sign", pieces);
            Explanation::strings(format!("sign does not verify: {name}"), here, Some(there))
        }
        None => {
            let why =
                "sign does not verify, and no usual mistake gives it: compare this string with yours, and app_key";
            Explanation::strings(why, here, None)
        }
    })
}

/// A request, and the app whose key should have signed it.
struct Given<'a> {
    fields: Vec<(&'a str, &'a str)>,
    app: &'a App,
    sign: &'a str,
}

impl Given<'_> {
    fn key(&self) -> &'static str {
        self.app.option("app_key").unwrap_or_default()
    }

    fn hmac(&self, text: &str) -> String {
        crypto::hmac_sha256(self.key(), text)
    }

    /// Hex in either case, anything else to the letter.
    fn is(&self, value: &str) -> bool {
        let is_hex = value.bytes().all(|b| b.is_ascii_hexdigit());
        self.sign == value || (is_hex && self.sign.eq_ignore_ascii_case(value))
    }

    fn holds(&self, pieces: &[Piece]) -> bool {
        self.is(&self.hmac(&Line::new("", pieces.to_vec()).signed()))
    }

    /// Another key or digest over the right string.
    fn other_digests<'b>(&'b self, text: &'b str) -> impl Iterator<Item = (String, String)> + 'b {
        let key = self.key();
        let in_hex = |base64: String| crypto::unbase64(&base64).map(|bytes| crypto::hex(&bytes)).unwrap_or_default();
        let in_base64 = |hex: String| crypto::unhex(&hex).map(crypto::base64).unwrap_or_default();
        let under = |key: &str| crypto::hmac_sha256(key, text);
        let app_id = self.app.option("app_id").unwrap_or_default();
        let digests = [
            ("it is HmacSHA1; HmacSHA256 is due", in_hex(crypto::hmac_sha1(key, text))),
            ("it is V1's, HmacSHA1 in Base64; HmacSHA256 in hex is due", crypto::hmac_sha1(key, text)),
            ("it is in Base64; it goes in hex", in_base64(under(key))),
            ("it is plain SHA-256; HmacSHA256 is due", crypto::sha256(text)),
            ("it is plain SHA-256 with the key appended; HmacSHA256 is due", crypto::sha256(&format!("{text}{key}"))),
            ("it is MD5; HmacSHA256 is due", crypto::md5(&format!("{text}{key}"))),
            ("the key is MD5(app_key); that is for opening the number", under(&crypto::md5(key).to_lowercase())),
            ("the key is MD5(app_key); that is for opening the number", under(&crypto::md5(key))),
            ("the key is app_key in lower case", under(&key.to_lowercase())),
            ("the key is app_key in capitals", under(&key.to_uppercase())),
            ("the key is app_id; app_key is due", under(app_id)),
            ("the string was put into lower case", self.hmac(&text.to_lowercase())),
            ("the string was put into capitals", self.hmac(&text.to_uppercase())),
        ];
        let others = console::APPS.iter().filter(|other| *other != self.app);
        let of_others = others.map(move |other| {
            let name = format!("the key is that of app {}, the appId that of {}", other.name, self.app.name);
            (name, crypto::hmac_sha256(other.option("app_key").unwrap_or_default(), text))
        });
        digests.into_iter().map(|(name, value)| (name.to_owned(), value)).chain(of_others)
    }

    /// The right key and digest over another string.
    fn other_strings(&self) -> Vec<(String, Vec<Piece>)> {
        let mut tried: Vec<(String, Vec<Piece>)> = Vec::new();
        let (sent, absent): (Vec<_>, Vec<_>) =
            OPTIONAL.iter().copied().partition(|name| self.fields.iter().any(|(field, _)| field == name));
        for names in subsets(&sent) {
            let rest = self.fields.iter().filter(|(name, _)| !names.contains(name));
            tried.push((format!("sent but not signed: {}", names.join(", ")), rest.map(named).collect()));
        }
        for (value, word) in [("null", "null"), ("", "an empty value")] {
            for names in subsets(&absent) {
                let mut fields = self.fields.clone();
                fields.extend(names.iter().map(|name| (*name, value)));
                fields.sort_unstable();
                let name = format!("signed with {word} but not sent: {}", names.join(", "));
                tried.push((name, fields.iter().map(named).collect()));
            }
        }
        let mut by_value = self.fields.clone();
        by_value.sort_by_key(|(_, value)| *value);
        let mut backwards = self.fields.clone();
        backwards.reverse();
        let equals = |(name, value): &(&str, &str)| [Piece::value(name, &format!("{name}=")), unnamed(name, value)];
        let joined: Vec<[Piece; 2]> = self.fields.iter().map(equals).collect();
        let encoded = |(name, value): &(&str, &str)| {
            let value: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
            named(&(*name, value.as_str()))
        };
        let of = |name: &str, pieces: Vec<Piece>| (name.to_owned(), pieces);
        tried.extend([
            of("the fields are in the order of their values", by_value.iter().map(named).collect()),
            of("the fields are in descending order", backwards.iter().map(named).collect()),
            of(
                "the names are not in the string",
                self.fields.iter().map(|(name, value)| unnamed(name, value)).collect(),
            ),
            of("name and value are joined by =; nothing joins them", joined.concat()),
            of("name and value are joined by =, fields by &; nothing joins them", joined.join(&Piece::value("&", "&"))),
            of("the values are form-encoded; they are signed as they are", self.fields.iter().map(encoded).collect()),
        ]);
        tried
    }
}

/// A field as its name and its value. The caller's own id and the setting are shown, all else is the user's.
fn named((name, value): &(&str, &str)) -> Piece {
    let piece = Piece::named(name, value);
    if SHOWN.contains(name) { piece } else { piece.secret() }
}

/// A field's value alone.
fn unnamed(name: &str, value: &str) -> Piece {
    let piece = Piece::value(name, value);
    if SHOWN.contains(&name) { piece } else { piece.secret() }
}

fn what_became_of(sign: &str, due: &str) -> Option<String> {
    let is_start = |text: &str| due.to_lowercase().starts_with(&text.to_lowercase());
    match sign {
        "" => Some("it is missing or empty".to_owned()),
        _ if sign.trim().eq_ignore_ascii_case(due) => Some("white space stands around it".to_owned()),
        _ if sign.len() < due.len() && is_start(sign) => Some(format!("it is cut short, to {} characters", sign.len())),
        _ => None,
    }
}

/// All but the empty one.
fn subsets(names: &[&'static str]) -> Vec<Vec<&'static str>> {
    let is_in = |set: usize, at: usize| set >> at & 1 == 1;
    let pick = |set| names.iter().enumerate().filter(|(at, _)| is_in(set, *at)).map(|(_, name)| *name).collect();
    (1..1_usize << names.len()).map(pick).collect()
}

/// Optional fields, which one side may forget. Source: shanyan/PROTOCOL.md §5.2.
const OPTIONAL: &[&str] = &["clientIp", "encryptType", "outId", "timestamp"];

const SHOWN: &[&str] = &["appId", "encryptType", "outId", "timestamp"];
