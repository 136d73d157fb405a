//! Signatures, and the usual mistakes that lead to other ones: found by making them.

use std::collections::BTreeMap;

use super::fields::Strings;
use crate::app::App;
use crate::calendar;
use crate::crypto::{self, ConsoleKey};
use crate::explain::{Explanation, Line, Piece};
use crate::ledger::printable;

/// Checks `loginTokenValidate`'s `sign`.
///
/// `HEX(MD5(appid ‖ version ‖ msgid ‖ systemtime ‖ strictcheck ‖ token ‖ secret))` in either case, the secret being
/// `app_secret` where the app has one; where `encryptionalgorithm` is exactly `RSA`, hex of SHA256withRSA over
/// `appid ‖ token`. Source: cmcc/PROTOCOL.md §3.3, §3.4.
pub(super) fn check_login(fields: &Strings<'_>, app: &App) -> Result<(), Explanation> {
    let sign = fields.field("sign").unwrap_or_default();
    let algorithm = fields.field("encryptionalgorithm").unwrap_or_default();
    let (secret, other) = match app.option("app_secret") {
        Some(_) => ("app_secret", "app_key"),
        None => ("app_key", "app_secret"),
    };
    let given = Given { fields: fields.all(), app, sign };
    let (md5, hex) =
        (|name: &str, order: &[&str], key| given.digest(name, order, key, crypto::md5), crypto::unhex(sign));
    let rsa = |name: &str, order: &[&str], key, bytes: &Option<Vec<u8>>| given.rsa(name, order, key, bytes.as_deref());

    if algorithm == "RSA" {
        if app.option("private_key").is_none() {
            return Err(Explanation::words("encryptionalgorithm is RSA, but the portal has no public key of this app"));
        }
        return rsa("", RSA_ORDER, "private_key", &hex).or_else_one_of(|| {
            vec![
                md5("sign is MD5, but encryptionalgorithm is RSA", MD5_ORDER, Some(secret)),
                rsa("sign is in Base64; it goes in hex", RSA_ORDER, "private_key", &crypto::unbase64(sign)),
                rsa("sign is made with the key that decrypts (key 2)", RSA_ORDER, "decrypt_key", &hex),
                rsa("RSA signs appid and token alone", MD5_ORDER, "private_key", &hex),
            ]
        });
    }
    let unlabelled = match algorithm {
        "" => "sign is RSA, but there is no field encryptionalgorithm".to_owned(),
        other => {
            format!("sign is RSA, but encryptionalgorithm is {}: exactly RSA is due", printable(other))
        }
    };
    md5("", MD5_ORDER, Some(secret)).or_else_one_of(|| {
        vec![
            md5(&format!("the key is {other}; this app's logins are signed with {secret}"), MD5_ORDER, Some(other)),
            md5("strictcheck is not in the string", &without("strictcheck", MD5_ORDER), Some(secret)),
            md5("token is not in the string", &without("token", MD5_ORDER), Some(secret)),
            md5("the fields are in the order of their names", &sorted(MD5_ORDER), Some(secret)),
            md5("the fields are in the order of the document's table", TABLE_ORDER, Some(secret)),
            md5("the key is not in the string", MD5_ORDER, None),
            given.digest("a line break follows the key", MD5_ORDER, Some(secret), |text| {
                crypto::md5(&format!("{text}\n"))
            }),
            given.digest("sign is SHA-256; MD5 is due", MD5_ORDER, Some(secret), crypto::sha256),
            rsa(&unlabelled, RSA_ORDER, "private_key", &hex),
        ]
    })
}

/// Checks `tokenValidate`'s `sign`.
///
/// `HEX(HMAC-SHA256[app_key](appId ‖ msgId ‖ phoneNum ‖ timestamp ‖ token ‖ version))` in capitals.
///
/// Source: cmcc/PROTOCOL.md §4.3.
pub(super) fn check_verify(header: &Strings<'_>, body: &Strings<'_>, app: &App) -> Result<(), Explanation> {
    let timestamp = header.field("timestamp").unwrap_or_default();
    let given = Given::of_verify(header, body, app);
    let due = given.hmac("", HMAC_ORDER, "app_key");
    due.or_else_one_of(|| {
        let also_signed = sorted(&[HMAC_ORDER, &["openType", "requesterType"]].concat());
        let mut attempts = vec![
            given.hmac("the key is app_secret; this interface takes app_key", HMAC_ORDER, "app_secret"),
            given.digest("sign is plain SHA-256; HmacSHA256 is due", HMAC_ORDER, None, crypto::sha256),
            given.digest(
                "sign is plain SHA-256 with the key appended; HmacSHA256 is due",
                HMAC_ORDER,
                Some("app_key"),
                crypto::sha256,
            ),
            given.digest("sign is MD5; HmacSHA256 is due", HMAC_ORDER, Some("app_key"), crypto::md5),
            given.hmac("version is not in the string", &without("version", HMAC_ORDER), "app_key"),
            given.hmac("token is not in the string", &without("token", HMAC_ORDER), "app_key"),
            given.hmac("openType and requesterType are not signed", &also_signed, "app_key"),
            given.lower_case(),
            given.rsa_md5("sign is MD5withRSA, but there is no keyType 1"),
        ];
        if let Some(time) = nearby(timestamp).find(|time| given.at(time).hmac("", HMAC_ORDER, "app_key").holds) {
            let name = "sign was made with another timestamp than the header's";
            attempts.push(given.at(&time).hmac(name, HMAC_ORDER, "app_key"));
        }
        attempts
    })
}

/// Whether `phoneNum` is the SIM's number: `HEX(SHA-256(number ‖ appKey ‖ header.timestamp))` in capitals.
///
/// # Errors
///
/// The flaw, where `phoneNum` is no hash, or a mistaken hash of the SIM's own number. A mistaken hash of another number
/// looks like a right one.
pub(super) fn check_phone_num(
    header: &Strings<'_>,
    body: &Strings<'_>,
    app: &App,
    number: &str,
) -> Result<bool, String> {
    let phone_num = body.field("phoneNum").unwrap_or_default();
    let time = header.field("timestamp").unwrap_or_default();
    let key = app.option("app_key").unwrap_or_default();
    let is_hex = phone_num.len() == 64 && phone_num.bytes().all(|b| b.is_ascii_hexdigit());
    if !is_hex {
        let length = phone_num.chars().count();
        return Err(format!("phoneNum: expected 64 capital hex digits, got {length} characters"));
    }
    if phone_num.bytes().any(|b| b.is_ascii_lowercase()) {
        return Err("phoneNum: expected its hex digits in capitals".to_owned());
    }
    let is = |text: String| crypto::sha256(&text) == phone_num;
    if is(format!("{number}{key}{time}")) {
        return Ok(true);
    }
    let secret = app.option("app_secret").unwrap_or_default();
    let mistakes = [
        ("app_key is not in it", format!("{number}{time}")),
        ("it is the hash of the number alone", number.to_owned()),
        ("timestamp is not in it", format!("{number}{key}")),
        ("it has app_secret in it; app_key is due", format!("{number}{secret}{time}")),
        ("timestamp stands before app_key", format!("{number}{time}{key}")),
        ("the number has +86 before it", format!("+86{number}{key}{time}")),
        ("the number has 86 before it", format!("86{number}{key}{time}")),
    ];
    for (name, text) in mistakes {
        if is(text) {
            return Err(format!("phoneNum is of the SIM's number, but {name}"));
        }
    }
    match nearby(time).any(|time| is(format!("{number}{key}{time}"))) {
        true => Err("phoneNum is of the SIM's number, but made with another timestamp than the header's".to_owned()),
        false => Ok(false),
    }
}

/// A request, and the app whose keys should have signed it.
#[derive(Clone)]
pub(super) struct Given<'a> {
    fields: BTreeMap<&'a str, &'a str>,
    app: &'a App,
    sign: &'a str,
}

/// One way to sign, and whether it gives the signature that came.
pub(super) struct Attempt {
    name: String,
    pieces: Vec<Piece>,
    holds: bool,
}

impl<'a> Given<'a> {
    /// Of a request of `tokenValidate`.
    pub(super) fn of_verify(header: &Strings<'a>, body: &Strings<'a>, app: &'a App) -> Self {
        let fields = header.all().into_iter().chain(body.all()).collect();
        Self { fields, app, sign: body.field("sign").unwrap_or_default() }
    }

    /// The same with another timestamp.
    fn at<'b>(&'b self, time: &'b str) -> Given<'b> {
        let mut fields = self.fields.clone();
        fields.insert("timestamp", time);
        Given { fields, app: self.app, sign: self.sign }
    }

    fn pieces(&self, order: &[&str]) -> Vec<Piece> {
        let piece = |name: &&str| {
            let piece = Piece::value(name, self.fields.get(name).copied().unwrap_or_default());
            if *name == "token" { piece.secret() } else { piece }
        };
        order.iter().map(piece).collect()
    }

    fn text(&self, order: &[&str]) -> String {
        order.iter().filter_map(|name| self.fields.get(name).copied()).collect()
    }

    /// A digest over fields and key.
    fn digest(&self, name: &str, order: &[&str], key: Option<&str>, digest: fn(&str) -> String) -> Attempt {
        let mut pieces = self.pieces(order);
        pieces.extend(key.map(Piece::placeholder));
        let secret = match key {
            Some(key) => self.app.option(key),
            None => Some(""),
        };
        let value = secret.map(|secret| digest(&format!("{}{secret}", self.text(order))));
        let holds = value.is_some_and(|value| value.eq_ignore_ascii_case(self.sign));
        Attempt { name: name.to_owned(), pieces, holds }
    }

    pub(super) fn hmac(&self, name: &str, order: &[&str], key: &str) -> Attempt {
        let holds = self.app.option(key).is_some_and(|key| crypto::hmac_sha256(key, &self.text(order)) == self.sign);
        Attempt { name: name.to_owned(), pieces: self.pieces(order), holds }
    }

    fn lower_case(&self) -> Attempt {
        let upper = self.sign.to_ascii_uppercase();
        let given = Given { sign: &upper, ..self.clone() };
        given.hmac("sign is in lower case; capitals are due", HMAC_ORDER, "app_key")
    }

    /// MD5withRSA over the fields of `tokenValidate`, in Base64 or hex.
    pub(super) fn rsa_md5(&self, name: &str) -> Attempt {
        let text = self.text(HMAC_ORDER);
        let key = self.app.option("private_key").and_then(ConsoleKey::of);
        let signatures = || [crypto::unbase64(self.sign), crypto::unhex(self.sign)].into_iter().flatten();
        let holds = key.is_some_and(|key| signatures().any(|signature| key.verifies_md5(&text, &signature)));
        Attempt { name: name.to_owned(), pieces: self.pieces(HMAC_ORDER), holds }
    }

    pub(super) fn rsa(&self, name: &str, order: &[&str], key: &str, signature: Option<&[u8]>) -> Attempt {
        let key = self.app.option(key).filter(|_| signature.is_some()).and_then(ConsoleKey::of);
        let holds = key.is_some_and(|key| key.verifies(&self.text(order), signature.unwrap_or_default()));
        Attempt { name: name.to_owned(), pieces: self.pieces(order), holds }
    }
}

impl Attempt {
    /// Is this the way, or else which of the mistaken ones is it?
    pub(super) fn or_else_one_of(self, mistakes: impl FnOnce() -> Vec<Self>) -> Result<(), Explanation> {
        if self.holds {
            return Ok(());
        }
        let here = Line::new("signed here", self.pieces);
        Err(match mistakes().into_iter().find(|mistake| mistake.holds) {
            Some(mistake) => {
                let there = Line::new("implied by sign", mistake.pieces);
                Explanation::strings(format!("sign does not verify: {}", mistake.name), here, Some(there))
            }
            None => {
                let why =
                    "sign does not verify, and no usual mistake gives it: compare this string with yours, and the keys";
                Explanation::strings(why, here, None)
            }
        })
    }
}

fn without<'a>(name: &str, order: &[&'a str]) -> Vec<&'a str> {
    order.iter().copied().filter(|other| *other != name).collect()
}

fn sorted<'a>(order: &[&'a str]) -> Vec<&'a str> {
    let mut order = order.to_vec();
    order.sort_unstable();
    order
}

/// The moments within two seconds: clients that ask for the time twice get two of them.
fn nearby(timestamp: &str) -> impl Iterator<Item = String> {
    let ms = calendar::read_beijing(timestamp);
    (1..=2000)
        .flat_map(move |by| ms.map_or([None, None], |ms| [Some(ms - by), Some(ms + by)]))
        .flatten()
        .map(calendar::beijing)
}

const MD5_ORDER: &[&str] = &["appid", "version", "msgid", "systemtime", "strictcheck", "token"];
const TABLE_ORDER: &[&str] = &["version", "msgid", "systemtime", "strictcheck", "appid", "token"];
const RSA_ORDER: &[&str] = &["appid", "token"];
pub(super) const HMAC_ORDER: &[&str] = &["appId", "msgId", "phoneNum", "timestamp", "token", "version"];
