//! ShanYan V2: one token from the phone, the back end signs. Source: shanyan/PROTOCOL.md §5, §6.
//!
//! Decisions where the documents leave a matter open:
//! * a token past its carrier's minutes is `403000 timestamp超时`, the one documented message that says "too late";
//! * a token of another app is `403000` in the table's general words, since the signature itself does verify;
//! * an app on another channel's path is `400902`, the code for the type of an app;
//! * `encryptType` 1 without an RSA key in the console is `400001`, and so is any other value than 0 and 1;
//! * fields that no document names are signed and otherwise left alone; `timestamp` is signed and not compared.

use std::collections::BTreeMap;

use quhao::Operation;
use serde_json::{Value, json};

use super::console::APPS;
use super::replies::{forbidden, no_app_id, trade_no};
use super::{diagnose, envelope};
use crate::app::App;
use crate::crypto::{self, Cipher, ConsoleKey};
use crate::error::Error;
use crate::gateway::{Approval, Refusal, RequestFacts, Subject};
use crate::request::{FormFields, Request};
use crate::sim::{Carrier, Sim, is_number};
use crate::state::{self, State, Token};

/// One of V2's paths.
pub(super) struct Interface {
    path: &'static str,
    /// The channel whose tokens it takes, as the client's option has it.
    channel: &'static str,
    operation: Operation,
    /// The number's name in the reply.
    number: &'static str,
}

impl Interface {
    /// The interface at a path; none for V1's.
    pub(super) fn at(path: &str) -> Option<&'static Self> {
        INTERFACES.iter().find(|interface| interface.path == path)
    }

    pub(super) fn check(
        &self,
        request: &Request,
        state: &State,
        facts: &mut RequestFacts,
    ) -> Result<Approval, Refusal> {
        let form = request.form().map_err(|why| no_app_id(request, why))?;
        let filled = |name: &str| form.field(name).filter(|value| !value.is_empty());
        facts.request_id = filled("outId").map(str::to_owned);
        facts.token = filled("token").map(str::to_owned);
        let app_id = filled("appId").ok_or_else(|| no_app_id(request, "the form has no field appId".to_owned()))?;
        let app = App::find(APPS, "app_id", app_id)
            .ok_or_else(|| Refusal::new("400901", "账户信息不存在", "no app of this sandbox's has this appId"))?;
        facts.app = Some(app);
        if !state.is_allowed(app, request.peer) {
            let why = format!("{} is not on the app's IP list", request.peer);
            return Err(Refusal::new("400102", "商户IP地址在下游系统中不合法", why));
        }
        diagnose::check_sign(&form, app)
            .map_err(|explanation| Refusal::explained("403000", "请求非法，签名验证不通过", explanation))?;
        let minted = find_token(filled("token"), state)?;
        self.check_token(app, minted, state.now_ms())?;
        match self.operation {
            Operation::VerifyNumber => check_mobile(filled("mobile"))?,
            _ => check_encrypt_type(filled("encryptType"), app)?,
        }
        if !state.can_pay(app) {
            return Err(Refusal::new("500005", "账户余额异常", "the app's balance is used up"));
        }
        Ok(self.granted(app, &form, minted, state.now_ms()))
    }

    /// May this app spend this token here and now?
    fn check_token(&self, app: &App, minted: &Token, now_ms: u64) -> Result<(), Refusal> {
        if minted.app != app {
            let why = format!("the token was made for app {}, and the request is of {}", minted.app.name, app.name);
            return Err(forbidden("用户校验失败", &why));
        }
        let channel = app.option("channel").unwrap_or("app");
        if channel != self.channel {
            let why = format!("the app's channel is {channel}, and this path is for {}", self.channel);
            return Err(Refusal::new("400902", "应用类型信息不存在", why));
        }
        if minted.operation != self.operation {
            let why = format!("the token is for {}, this path is for {}", minted.operation, self.operation);
            return Err(forbidden("应用能力不匹配", &why));
        }
        let (age_ms, minutes) = (minted.age_ms(now_ms), minutes(minted.carrier));
        if age_ms > minutes * 60_000 {
            let (carrier, age_s) = (minted.carrier, age_ms / 1000);
            let why = format!("the token is {age_s} seconds old, {carrier} tokens live {minutes} minutes");
            return Err(forbidden("请求非法，timestamp超时", &why));
        }
        if minted.spent_ms.is_some() {
            return Err(forbidden("请求非法，重复请求", "the token was used before: it is good for one call"));
        }
        Ok(())
    }

    fn granted(&self, app: &'static App, form: &FormFields, minted: &Token, now_ms: u64) -> Approval {
        let verdict =
            (self.operation == Operation::VerifyNumber).then(|| form.field("mobile") == Some(minted.number.as_str()));
        let is_rsa = form.field("encryptType") == Some("1");
        let has_ip = form.field("clientIp").is_some_and(|ip| !ip.is_empty());
        let (name, trade_no) = (self.number, trade_no(now_ms));
        let data = move |subject: &Subject| -> Option<Value> {
            if let Some(matches) = verdict {
                return Some(json!({ "tradeNo": trade_no, "isVerify": if matches { "1" } else { "0" } }));
            }
            let mut data = json!({ "tradeNo": trade_no, name: sealed(app, is_rsa, &subject.number)? });
            // The fraud service judges the user's address, so it has nothing to say without one.
            if has_ip {
                data["fanqizha"] = json!(1);
            }
            Some(data)
        };
        Approval {
            code: "200000",
            charged: true,
            subject: Subject { number: minted.number.clone(), request_id: String::new() },
            write: Box::new(move |subject| {
                Some(json!({ "code": "200000", "chargeStatus": 1, "message": "成功", "data": data(subject)? }))
            }),
        }
    }
}

/// Operations of an app on its channel: no endpoint is documented for a check in a mini-program.
pub(super) fn operations(channel: &str) -> &'static [Operation] {
    match channel {
        "wxprog" => &[Operation::FetchNumber],
        _ => &[Operation::FetchNumber, Operation::VerifyNumber],
    }
}

/// The SDK's map: the token alone.
pub(super) fn mint(
    sim: &Sim,
    app: &'static App,
    channel: &str,
    operation: Operation,
    state: &mut State,
) -> Result<BTreeMap<String, String>, Error> {
    match operation {
        Operation::FetchNumber | Operation::VerifyNumber if operations(channel).contains(&operation) => {}
        Operation::VerifyNumber => {
            let why = format!("app {}: channel {channel} has no {operation}", app.name);
            return Err(Error::new(why));
        }
        other => return Err(Error::new(format!("app {}: {other} takes nothing from a phone", app.name))),
    }
    // The phone's clock is not the sandbox's: advance() ages what there is, and a new token is new.
    let token = envelope::token(app, sim.carrier, operation, state::machine_ms());
    let params = BTreeMap::from([("token".to_owned(), token.clone())]);
    let minted = Token {
        app,
        operation,
        number: sim.number.clone(),
        carrier: sim.carrier,
        minted_ms: state.now_ms(),
        spent_ms: None,
        params: params.clone(),
    };
    state.tokens.add(token, minted);
    Ok(params)
}

fn find_token<'a>(token: Option<&str>, state: &'a State) -> Result<&'a Token, Refusal> {
    let token = token.ok_or_else(|| Refusal::new("400001", "参数校验异常", "token is missing or empty"))?;
    let is_v2 = |minted: &Token| minted.params.contains_key("token");
    let begins_so = |minted: &Token| minted.params.get("token").is_some_and(|whole| whole.starts_with(token));
    let unknown = |why| Refusal::new("500006", "请求外部系统失败", why);
    match state.tokens.find(token) {
        Some(minted) if is_v2(minted) => Ok(minted),
        Some(_) => Err(unknown("the token is of a phone SDK before 2.3.0: its whole map goes to V1's paths")),
        None if state.tokens.find_by(begins_so).is_some() => {
            Err(unknown("the signature holds, but the token was cut short before it was signed"))
        }
        None => Err(unknown("the signature holds, but no phone of this sandbox's was given this token")),
    }
}

fn check_mobile(mobile: Option<&str>) -> Result<(), Refusal> {
    match mobile {
        None => Err(Refusal::new("400201", "手机号码不能为空", "mobile is missing or empty")),
        Some(mobile) if is_number(mobile) => Ok(()),
        Some(_) => Err(Refusal::new("400001", "参数校验异常", "mobile: expected 1 and ten more digits")),
    }
}

fn check_encrypt_type(encrypt_type: Option<&str>, app: &App) -> Result<(), Refusal> {
    match encrypt_type {
        None | Some("0") => Ok(()),
        Some("1") if app.option("private_key").is_some() => Ok(()),
        Some("1") => {
            let why = "encryptType is 1, but the console holds no RSA public key of this app";
            Err(Refusal::new("400001", "参数校验异常", why))
        }
        Some(_) => Err(Refusal::new("400001", "参数校验异常", "encryptType: expected 0 (AES) or 1 (RSA)")),
    }
}

/// `HEX(AES-128-CBC-Encrypt[k, iv](number))` with k ‖ iv = hex(MD5(app_key)), or RSA in hex.
///
/// Source: shanyan/PROTOCOL.md §6.2, §6.3.
fn sealed(app: &App, is_rsa: bool, number: &str) -> Option<String> {
    match is_rsa {
        true => ConsoleKey::of(app.option("private_key")?)?.seal(number),
        false => Some(crypto::hex(&Cipher::seal_under_md5(app.option("app_key")?, number.as_bytes()))),
    }
}

/// How long a carrier's tokens live. Source: shanyan/PROTOCOL.md §5.4.
fn minutes(carrier: Carrier) -> u64 {
    match carrier {
        Carrier::ChinaMobile => 2,
        Carrier::ChinaTelecom => 10,
        Carrier::ChinaUnicom => 30,
    }
}

/// Source: shanyan/PROTOCOL.md §5.1.
const INTERFACES: &[Interface] = &[
    Interface {
        path: "/open/flashsdk/mobile-query",
        channel: "app",
        operation: Operation::FetchNumber,
        number: "mobileName",
    },
    Interface {
        path: "/open/flashsdk/mobile-validate",
        channel: "app",
        operation: Operation::VerifyNumber,
        number: "",
    },
    Interface { path: "/open/web/mobile-query", channel: "web", operation: Operation::FetchNumber, number: "mobile" },
    Interface {
        path: "/open/flashsdk/web-mobile-validate",
        channel: "web",
        operation: Operation::VerifyNumber,
        number: "",
    },
    Interface {
        path: "/open/web/wxprog-mobile-query",
        channel: "wxprog",
        operation: Operation::FetchNumber,
        number: "mobile",
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateways;

    /// `printf 13800138000 | openssl enc -aes-128-cbc -K <k> -iv <iv>`, k and iv the ASCII digits of the two halves of
    /// `printf p7YkHd2s | md5sum`, OpenSSL 3.0.19.
    #[test]
    fn the_number_is_sealed_as_openssl_does_it() {
        let app = gateways::app("shanyan-v2").unwrap();
        assert_eq!(sealed(app, false, "13800138000").unwrap(), KNOWN);
        assert_eq!(sealed(app, true, "13800138000"), None);
        let rsa = gateways::app("shanyan-v2-rsa").unwrap();
        assert_eq!(sealed(rsa, true, "13800138000").unwrap().len(), 256);
    }

    const KNOWN: &str = "1BDFC9DADC1EB8E0917130224A075D4E";
}
