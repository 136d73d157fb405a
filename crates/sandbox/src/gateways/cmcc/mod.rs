//! 中国移动认证 China Mobile. Source: seeds/china-mobile-auth-android.txt §5 and §6, protocols/china-mobile.md.

mod key_type_1;
mod login;
mod mistakes;
mod verify;

use std::collections::BTreeMap;

use quhao::Operation;
use serde_json::{Map, Value};

use super::{Gateway, Grant, Refusal, Seen};
use crate::apps::App;
use crate::crypto;
use crate::error::Error;
use crate::phone::{Carrier, Sim};
use crate::request::Request;
use crate::state::{State, Token};

pub(crate) struct Cmcc;

impl Gateway for Cmcc {
    fn provider(&self) -> &'static str {
        "cmcc"
    }

    fn interfaces(&self) -> &'static [(&'static str, &'static [&'static str])] {
        &[(login::PATH, &["loginTokenValidate"]), (verify::PATH, &["tokenValidate"])]
    }

    fn apps(&self) -> &'static [App] {
        APPS
    }

    /// The SDK's map, with a token that lives two minutes; `openId` for a login only.
    ///
    /// The document limits how many tokens a number may *obtain* and leave unused, so the 31st in ten minutes is
    /// refused here, on the phone, and not where a token is exchanged. Unicom SIMs are not the SDK's.
    fn mint(
        &self,
        sim: &Sim,
        app: &'static App,
        operation: Operation,
        state: &mut State,
    ) -> Result<BTreeMap<String, String>, Error> {
        if operation == Operation::VerifyIdentity {
            return Err(Error::new(format!("app {}: {operation} takes nothing from a phone", app.name)));
        }
        let now_ms = state.now_ms();
        let map = |fields: &[(&str, &str)]| fields.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        if sim.carrier == Carrier::ChinaUnicom {
            return Ok(map(&[("resultCode", "200018"), ("desc", "不支持网关登录")]));
        }
        if state.tokens.unused("cmcc", &sim.number, now_ms.saturating_sub(UNUSED_WITHIN_MS)) >= MOST_UNUSED {
            return Ok(map(&[("resultCode", "103911"), ("desc", "请求过于频繁")]));
        }
        let token = format!("STsid000000{now_ms:013}{}", crypto::random_text(33));
        let mut params: BTreeMap<String, String> =
            map(&[("resultCode", "103000"), ("authType", "2"), ("authTypeDes", "网关鉴权"), ("token", &token)]);
        if operation == Operation::FetchNumber {
            params.insert("openId".to_owned(), crypto::random_text(32));
        }
        let minted = Token {
            app,
            operation,
            number: sim.number.clone(),
            carrier: sim.carrier,
            minted_ms: now_ms,
            spent_ms: None,
            params: params.clone(),
        };
        state.tokens.add(token, minted);
        Ok(params)
    }

    fn check(&self, request: &Request, state: &State, seen: &mut Seen) -> Result<Grant, Refusal> {
        match request.path.as_str() {
            verify::PATH => verify::check(request, state, seen),
            _ => login::check(request, state, seen),
        }
    }

    fn refuse(&self, request: &Request, seen: &Seen, code: &str, message: &str, now_ms: u64) -> Value {
        match request.path.as_str() {
            verify::PATH => verify::refuse(seen, code, message, now_ms),
            _ => login::refuse(seen, code, message, now_ms),
        }
    }
}

/// An object of the request whose values are all strings, read field by field.
struct Strings<'a>(&'a Map<String, Value>);

impl<'a> Strings<'a> {
    /// # Errors
    ///
    /// The first field that is not a string.
    fn of(object: &'a Map<String, Value>) -> Result<Self, String> {
        for (name, value) in object {
            let got = match value {
                Value::String(_) => continue,
                Value::Number(_) => "a number",
                Value::Bool(_) => "a boolean",
                Value::Null => "null",
                Value::Array(_) => "a list",
                Value::Object(_) => "an object",
            };
            return Err(format!("{}: expected a string, got {got}", crate::ledger::printable(name)));
        }
        Ok(Self(object))
    }

    fn field(&self, name: &str) -> Option<&'a str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// A field that has to be there.
    fn required(&self, name: &str) -> Result<&'a str, String> {
        self.field(name).filter(|value| !value.is_empty()).ok_or_else(|| format!("{name} is missing or empty"))
    }

    fn all(&self) -> BTreeMap<&'a str, &'a str> {
        self.0.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))).collect()
    }

    /// The first field that the document does not name.
    fn unknown(&self, known: &[&str]) -> Option<&'a str> {
        self.0.keys().map(String::as_str).find(|name| !known.contains(name))
    }
}

/// What is wrong with a token for an operation; `None` if it may be spent.
fn token_trouble(minted: Option<&Token>, operation: Operation, now_ms: u64) -> Option<String> {
    let Some(token) = minted else {
        return Some("no phone of this sandbox's was given this token".to_owned());
    };
    if token.operation != operation {
        return Some(format!("the token is for {}, this interface is {operation}", token.operation));
    }
    if let Some(spent_ms) = token.spent_ms {
        let ago = now_ms.saturating_sub(spent_ms);
        return Some(format!("the token was used {ago} ms ago: it is good for one call"));
    }
    let age_s = token.age_ms(now_ms) / 1000;
    (token.age_ms(now_ms) > LIFETIME_MS).then(|| format!("the token is {age_s} seconds old, the limit is 120"))
}

/// §3.4: valid for two minutes, once.
const LIFETIME_MS: u64 = 120_000;

/// §3.4: at most 30 tokens obtained in ten minutes and not used.
const MOST_UNUSED: usize = 30;
const UNUSED_WITHIN_MS: u64 = 600_000;

const APPS: &[App] = &[
    App {
        name: "cmcc",
        provider: "cmcc",
        zh: "移动认证，登录以 APPSecret 做 MD5 签名",
        en: "China Mobile, logins signed by MD5 with the APPSecret",
        options: &[
            ("app_id", "300011862719"),
            ("app_key", "7C2F9A61D0E84B35A9F1C6E27D40B853"),
            ("app_secret", "5E81B7D3F06A4C92BD17E3A8406F92C1"),
        ],
    },
    App {
        name: "cmcc-legacy",
        provider: "cmcc",
        zh: "移动认证，2018 年 12 月前的应用，登录以 AppKey 做 MD5 签名",
        en: "China Mobile, an app from before 2018-12: logins signed by MD5 with the AppKey",
        options: &[("app_id", "300010455208"), ("app_key", "D94A07E1836B4F5C8E2B60F7A1C3D598")],
    },
    App {
        name: "cmcc-rsa",
        provider: "cmcc",
        zh: "移动认证，登录以 1024 位 RSA 签名，签名与解密同一密钥",
        en: "China Mobile, logins signed by RSA of 1024 bits, one key signs and opens",
        options: &[
            ("app_id", "300012790341"),
            ("app_key", "1B6E83F4C7D94A20B5E09F3D8A72C614"),
            ("private_key", include_str!("../../../keys/cmcc-rsa.pem")),
            ("platform_key", key_type_1::PLATFORM_KEY),
        ],
    },
    App {
        name: "cmcc-rsa2048",
        provider: "cmcc",
        zh: "移动认证，登录以 2048 位 RSA 签名，另有解密密钥",
        en: "China Mobile, logins signed by RSA of 2048 bits, another key opens the number",
        options: &[
            ("app_id", "300013958867"),
            ("app_key", "F3A85D06E27149BC84D1B7F05C9E2A63"),
            ("private_key", include_str!("../../../keys/cmcc-rsa2048-sign.pem")),
            ("decrypt_key", include_str!("../../../keys/cmcc-rsa2048-decrypt.pem")),
            ("platform_key", key_type_1::PLATFORM_KEY),
        ],
    },
    App {
        name: "cmcc-key-type-1",
        provider: "cmcc",
        zh: "移动认证，本机号码校验用 keyType 1（RSA），以 Base64 传输",
        en: "China Mobile, numbers checked under keyType 1 (RSA), written in Base64",
        options: &[
            ("app_id", "300014620173"),
            ("app_key", "8D15C7A2F94E4063B7D20E6A5C13F98B"),
            ("private_key", include_str!("../../../keys/cmcc-key-type-1.pem")),
            ("platform_key", key_type_1::PLATFORM_KEY),
            ("key_type", "1"),
        ],
    },
    App {
        name: "cmcc-key-type-1-hex",
        provider: "cmcc",
        zh: "移动认证，本机号码校验用 keyType 1（RSA），以十六进制传输",
        en: "China Mobile, numbers checked under keyType 1 (RSA), written in hex",
        options: &[
            ("app_id", "300015038846"),
            ("app_key", "24B9E06F7A1D4C58930BF1E8D65A7C42"),
            ("private_key", include_str!("../../../keys/cmcc-key-type-1-hex.pem")),
            ("platform_key", key_type_1::PLATFORM_KEY),
            ("key_type", "1"),
            ("rsa_encoding", "hex"),
        ],
    },
];
