//! 驭信手机实名认证 Yuxin. Source: yuxin/PROTOCOL.md §2 to §7.

use quhao::Code;
use serde_json::{Map, Value, json};

use crate::app::App;
use crate::crypto::{self, Cipher};
use crate::explain::Explanation;
use crate::gateway::{self, Approval, Gateway, Refusal, RequestFacts, Subject};
use crate::ledger::printable;
use crate::request::Request;
use crate::sim::is_number;
use crate::state::State;

pub(crate) struct Yuxin;

impl Gateway for Yuxin {
    fn provider(&self) -> &'static str {
        "yuxin"
    }

    fn interfaces(&self) -> &'static [(&'static str, &'static [&'static str])] {
        &[("/api/personalInfo/verifyMobile", &["errorCode", "token", "returnCode"])]
    }

    fn apps(&self) -> &'static [App] {
        APPS
    }

    /// The token service first, whose refusals are passed through; then the checks of the service itself.
    ///
    /// Source: yuxin/PROTOCOL.md §6.1.
    fn check(&self, request: &Request, state: &State, facts: &mut RequestFacts) -> Result<Approval, Refusal> {
        let (fields, kind) = fields_of(request)?;
        let required = |name: &str| {
            let value = fields.get(name).filter(|value| !value.is_empty()).map(String::as_str);
            value.ok_or_else(|| Refusal::new("301", "参数不能为空", format!("{name} is missing or empty")))
        };
        let token = required("token")?;
        facts.app = state.owner_of(APPS, token);
        let Some(app) = facts.app.filter(|app| state.access_token(app) == Some(token)) else {
            let was = facts.app.map_or("no app of this sandbox's has this token".to_owned(), |app| {
                format!("this was the token of app {}, which has a new one", app.name)
            });
            return Err(Refusal::new("105", "无效token", was));
        };
        if !state.can_pay(app) {
            return Err(Refusal::new("104", "账户余额不足", "the app's balance is used up"));
        }
        let due = app.option("body").unwrap_or("form");
        if kind != due {
            return Err(Refusal::new("315", "请求头信息错误", format!("app {} posts {due}, got {kind}", app.name)));
        }
        if !state.is_allowed(app, request.peer) {
            let why = format!("{} is not on the app's IP list", request.peer);
            return Err(Refusal::new("311", "权限不足", why));
        }
        let (iv, logon) = (required("iv")?, required("logon")?);
        let once = format!("yuxin {} {iv} {logon}", app.name);
        let is_repeated = state.was_used(&once);
        let person = open_logon(app, iv, logon)?;
        facts.once = Some(once);
        if is_repeated {
            return Err(Refusal::new("309", "请求重复的请求", "the same iv and logon came before"));
        }
        if let Some(name) = fields.keys().find(|name| !["token", "iv", "logon"].contains(&name.as_str())) {
            return Err(invalid(format!("{}: the document has no such field", printable(name))));
        }
        let (number, id_card, name) = (&person[0], &person[1], &person[2]);
        if !is_number(number) {
            return Err(invalid("loginphone: expected 1 and ten more digits"));
        }
        if !is_id_card(id_card) {
            return Err(invalid("idCard: expected 17 digits and the check character that belongs to them"));
        }
        let (code, desc) = match state.belongs_together(number, name, id_card) {
            Some(true) => ("10000", "一致的"),
            Some(false) => ("10001", "不一致的"),
            None => ("10002", "未知的"),
        };
        Ok(Approval {
            code,
            // The price of 10002 is not documented; an answer that knows no such person is free here.
            charged: code != "10002",
            subject: Subject { number: number.clone(), request_id: String::new() },
            write: Box::new(move |_| Some(reply(["200", "查询成功", code], Some(desc)))),
        })
    }

    /// A code of the result stands under 200; the token service leaves both result fields empty.
    ///
    /// Source: yuxin/PROTOCOL.md §5.2.
    fn refuse(&self, request: &Request, _seen: &RequestFacts, code: &str, message: &str, _now_ms: u64) -> Value {
        let message = message.replace("{$1}", "logon");
        let rows = gateway::rows(self, &request.path);
        let is_in = |table: &str| rows.iter().any(|row: &&Code| row.table == table && row.code == code);
        if is_in("errorCode") {
            reply([code, &message, "0"], None)
        } else if is_in("token") {
            reply([code, &message, ""], Some(""))
        } else if is_in("returnCode") {
            reply(["200", "查询成功", code], Some(&message))
        } else {
            reply([code, &message, "0"], None)
        }
    }
}

/// All are strings, whatever the document's table says; two fields are always null.
fn reply([error_code, error_detail, return_code]: [&str; 3], return_desc: Option<&str>) -> Value {
    json!({
        "errorCode": error_code,
        "errorDetail": error_detail,
        "errorReason": null,
        "info": null,
        "returnCode": return_code,
        "returnDesc": return_desc,
    })
}

/// The fields, and whether they came as `form` or as `json`.
fn fields_of(request: &Request) -> Result<(std::collections::BTreeMap<String, String>, &'static str), Refusal> {
    let unreadable = |why| Refusal::new("315", "请求头信息错误", why);
    if request.media_type() != "application/json" {
        let form = request.form().map_err(unreadable)?;
        return Ok((form.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(), "form"));
    }
    let object = request.json().map_err(|why| Refusal::new("301", "参数不能为空", why))?;
    let text = |(name, value): (&String, &Value)| match value {
        Value::String(text) => Ok((name.clone(), text.clone())),
        _ => Err(malformed(name, "expected a string")),
    };
    Ok((object.iter().map(text).collect::<Result<_, _>>()?, "json"))
}

/// Opens `logon` and reads number, id card and name.
fn open_logon(app: &App, iv: &str, logon: &str) -> Result<[String; 3], Refusal> {
    let option = |name, default| app.option(name).unwrap_or(default);
    let cipher = Cipher::named(option("cipher", "")).ok_or_else(|| malformed("logon", "the app has no cipher"))?;
    let key = decoded(option("key", ""), option("key_encoding", "utf8"));
    let key = key.ok_or_else(|| malformed("logon", "the app's key does not decode"))?;
    let iv_form = option("iv_encoding", "utf8");
    let iv_bytes = decoded(iv, iv_form).filter(|bytes| bytes.len() == cipher.block_size);
    let iv_bytes = iv_bytes.ok_or_else(|| {
        let why = format!("expected {} bytes in {iv_form}, got {} characters", cipher.block_size, iv.chars().count());
        malformed("iv", &why)
    })?;
    let form = option("logon_encoding", "base64");
    let blocks = |form| decoded(logon, form).filter(|bytes| !bytes.is_empty() && bytes.len() % cipher.block_size == 0);
    let sealed = blocks(form).ok_or_else(|| {
        let other = ["hex", "base64", "base64url"].into_iter().find(|other| blocks(other).is_some());
        malformed("logon", &what_became_of(logon, form, other))
    })?;
    let opened = read(cipher.open(&key, &iv_bytes, &sealed)).ok_or_else(|| {
        let why = format!(
            "logon does not open by {} with the app's key and this iv: {}",
            cipher.name,
            guess(iv, &key, &sealed)
        );
        Refusal::explained("307", "请求验签失败", Explanation::words(why))
    })?;
    let field = |name: &str| match opened.get(name) {
        Some(Value::String(text)) if !text.is_empty() => Ok(text.clone()),
        Some(Value::String(_)) => Err(malformed("logon", &format!("its {name} is empty"))),
        Some(_) => Err(malformed("logon", &format!("its {name} is not a string"))),
        None => Err(malformed("logon", &format!("it has no {name}"))),
    };
    let person = [field("loginphone")?, field("idCard")?, field("userName")?];
    match opened.len() {
        3 => Ok(person),
        _ => Err(invalid("logon holds more than idCard, userName and loginphone")),
    }
}

/// The object that was sealed; random bytes are hardly ever one.
fn read(opened: Option<Vec<u8>>) -> Option<Map<String, Value>> {
    serde_json::from_slice(&opened?).ok()
}

/// Tries the other ciphers and the other ways to write an iv.
fn guess(iv: &str, key: &[u8], sealed: &[u8]) -> String {
    for form in ["utf8", "hex", "base64"] {
        for cipher in Cipher::ALL {
            let opened = decoded(iv, form).and_then(|iv| read(cipher.open(key, &iv, sealed)));
            if opened.is_some() {
                return format!("it is {}, its iv in {form}", cipher.name);
            }
        }
        let zeros = [0; 16];
        if Cipher::ALL.iter().any(|cipher| read(cipher.open(key, &zeros[..cipher.block_size], sealed)).is_some()) {
            return "it is sealed with an iv of zeros".to_owned();
        }
    }
    "another key, or another cipher".to_owned()
}

fn decoded(text: &str, form: &str) -> Option<Vec<u8>> {
    match form {
        "hex" | "hex-upper" => crypto::unhex(text),
        "base64" => crypto::unbase64(text),
        "base64url" => crypto::unbase64url(text),
        _ => Some(text.as_bytes().to_vec()),
    }
}

fn what_became_of(logon: &str, due: &str, is: Option<&str>) -> String {
    if logon.contains(' ') {
        return "a blank stands where Base64 had a plus: percent-encode the form".to_owned();
    }
    if logon.contains('%') {
        return "it is percent-encoded once too often".to_owned();
    }
    match is {
        Some(is) => format!("expected {due}, got {is}"),
        None => format!("expected whole blocks in {due}"),
    }
}

/// GB 11643: the weighted sum of the digits gives the last character.
fn is_id_card(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() != 18 || !bytes[..17].iter().all(u8::is_ascii_digit) {
        return false;
    }
    // 2¹⁷ mod 11 = 7, and each weight is half the one before, modulo 11.
    let (sum, _) = bytes[..17].iter().fold((0, 7), |(sum, weight), digit| {
        (sum + u32::from(digit - b'0') * weight, if weight % 2 == 0 { weight / 2 } else { (weight + 11) / 2 })
    });
    let due = match (12 - sum % 11) % 11 {
        10 => b'X',
        rest => b'0' + u8::try_from(rest).unwrap_or_default(),
    };
    bytes[17].to_ascii_uppercase() == due
}

fn malformed(name: &str, why: &str) -> Refusal {
    let name = printable(name);
    Refusal::new("306", format!("请求参数{name}为空或格式错误"), format!("{name}: {why}"))
}

fn invalid(why: impl Into<String>) -> Refusal {
    Refusal::new("310", "请求参数中存在无效数据", why)
}

const APPS: &[App] = &[
    App {
        name: "yuxin",
        provider: "yuxin",
        zh: "驭信，AES-128-CBC，表单",
        en: "Yuxin, AES-128-CBC, form",
        options: &[("token", "yx-7d41c0e2b95f"), ("key", "pT5vZ8nQ2wL6kR3x"), ("cipher", "aes-128-cbc")],
    },
    App {
        name: "yuxin-aes-192-cbc",
        provider: "yuxin",
        zh: "驭信，AES-192-CBC，JSON，全部为 hex",
        en: "Yuxin, AES-192-CBC, JSON, all in hex",
        options: &[
            ("token", "yx-18ae6f30d7c4"),
            ("key", "4f1d8a90c2e7b6350fa4d1937be8265cd09e413af76b82c5"),
            ("cipher", "aes-192-cbc"),
            ("key_encoding", "hex"),
            ("iv_encoding", "hex"),
            ("logon_encoding", "hex"),
            ("body", "json"),
        ],
    },
    App {
        name: "yuxin-aes-256-cbc",
        provider: "yuxin",
        zh: "驭信，AES-256-CBC，表单，key 与 iv 为 Base64，logon 为 Base64url",
        en: "Yuxin, AES-256-CBC, form, key and iv in Base64, logon in Base64url",
        options: &[
            ("token", "yx-c93b5e70a2d8"),
            ("key", "q7Yx0mVd3nK5sPz8uWb2rTf6hJk9cLe1aGi4oQv+M/Y="),
            ("cipher", "aes-256-cbc"),
            ("key_encoding", "base64"),
            ("iv_encoding", "base64"),
            ("logon_encoding", "base64url"),
        ],
    },
    App {
        name: "yuxin-des-cbc",
        provider: "yuxin",
        zh: "驭信，DES-CBC，表单，logon 为大写 hex",
        en: "Yuxin, DES-CBC, form, logon in capital hex",
        options: &[
            ("token", "yx-5f02d8b46e91"),
            ("key", "Wm4xQ9tz"),
            ("cipher", "des-cbc"),
            ("logon_encoding", "hex-upper"),
        ],
    },
    App {
        name: "yuxin-des-ede3-cbc",
        provider: "yuxin",
        zh: "驭信，3DES-CBC，JSON，key 为 hex，iv 为 Base64",
        en: "Yuxin, 3DES-CBC, JSON, key in hex, iv in Base64",
        options: &[
            ("token", "yx-e6a17c49f03d"),
            ("key", "2b7e151628aed2a6abf7158809cf4f3c762e7160f38b4da5"),
            ("cipher", "des-ede3-cbc"),
            ("key_encoding", "hex"),
            ("iv_encoding", "base64"),
            ("body", "json"),
        ],
    },
    App {
        name: "yuxin-sm4-cbc",
        provider: "yuxin",
        zh: "驭信，SM4-CBC，表单，key 与 iv 为 hex",
        en: "Yuxin, SM4-CBC, form, key and iv in hex",
        options: &[
            ("token", "yx-20d9b7e8513c"),
            ("key", "91c3f0a75be284d60e1fb9a3728c54d6"),
            ("cipher", "sm4-cbc"),
            ("key_encoding", "hex"),
            ("iv_encoding", "hex"),
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standards_own_id_cards_pass_and_their_neighbours_do_not() {
        // GB 11643-1999, appendix.
        for good in ["11010519491231002X", "440524188001010014", "11010519491231002x"] {
            assert!(is_id_card(good), "{good}");
        }
        for bad in ["110105194912310020", "440524188001010015", "11010519491231002", "1101051949123100２X", ""] {
            assert!(!is_id_card(bad), "{bad}");
        }
    }
}
