//! ShanYan V1: the phone signs, the back end relays. Source: shanyan/PROTOCOL.md §2, §3, §4.

use std::collections::BTreeMap;

use quhao::Operation;
use serde_json::{Value, json};

use super::console::APPS;
use super::replies::{forbidden, no_app_id, trade_no};
use crate::app::App;
use crate::crypto::{self, Cipher, ConsoleKey};
use crate::error::Error;
use crate::explain::{Explanation, Line, Piece};
use crate::gateway::{Approval, Refusal, RequestFacts, Subject};
use crate::ledger::printable;
use crate::request::{FormFields, Request};
use crate::sim::{Carrier, Sim, is_number};
use crate::state::{self, State, Token};

/// The SDK's map: eight fields, nine for `verify_number`, signed by HmacSHA1 with the app's key.
pub(super) fn mint(
    sim: &Sim,
    app: &'static App,
    operation: Operation,
    state: &mut State,
) -> Result<BTreeMap<String, String>, Error> {
    let token_field = match operation {
        Operation::FetchNumber => "accessToken",
        Operation::VerifyNumber => "accessCode",
        other => return Err(Error::new(format!("app {}: {other} takes nothing from a phone", app.name))),
    };
    let token = carrier_token();
    let mut params = BTreeMap::from([
        ("appId".to_owned(), app.option("app_id").unwrap_or_default().to_owned()),
        (token_field.to_owned(), token.clone()),
        ("telecom".to_owned(), sim.carrier.as_str().to_owned()),
        // The phone's clock is not the sandbox's: advance() ages what there is, and new params are new.
        ("timestamp".to_owned(), state::machine_ms().to_string()),
        ("randoms".to_owned(), crypto::random_id()),
        ("version".to_owned(), "2.2.1".to_owned()),
        ("device".to_owned(), device()),
    ]);
    if operation == Operation::VerifyNumber {
        params.insert("mobile".to_owned(), sim.typed.clone());
    }
    let signed = signed_line("", params.iter().map(|(name, value)| (name.as_str(), value.as_str()))).signed();
    params.insert("sign".to_owned(), crypto::hmac_sha1(app.option("app_key").unwrap_or_default(), &signed));
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

pub(super) fn check(request: &Request, state: &State, facts: &mut RequestFacts) -> Result<Approval, Refusal> {
    let form = request.form().map_err(|why| no_app_id(request, why))?;
    facts.request_id = form.field("randoms").map(str::to_owned);
    let app_id = form.field("appId").filter(|id| !id.is_empty());
    let app_id = app_id.ok_or_else(|| no_app_id(request, "the form has no field appId".to_owned()))?;
    let app = App::find(APPS, "app_id", app_id)
        .ok_or_else(|| Refusal::new("400901", "账户信息不存在", "no app of this sandbox's has this appId"))?;
    facts.app = Some(app);
    let token = form.field("accessToken").or_else(|| form.field("accessCode")).unwrap_or_default();
    facts.token = Some(token.to_owned()).filter(|token| !token.is_empty());
    if !state.is_allowed(app, request.peer) {
        let why = format!("{} is not on the app's IP list", request.peer);
        return Err(Refusal::new("400102", "商户IP地址在下游系统中不合法", why));
    }
    check_sign(&form, app, state)?;
    let minted = state.tokens.find(token);
    check_time(&form, minted, state)?;
    let minted = minted.ok_or_else(|| {
        let why = "the signature holds, but no phone of this sandbox's was given this token";
        Refusal::new("500006", "请求外部系统失败", why)
    })?;
    check_request(request, &form, minted)?;
    if minted.spent_ms.is_some() {
        return Err(forbidden("请求非法，重复请求", "these params were used before: each set is good for one call"));
    }
    if !state.can_pay(app) {
        return Err(Refusal::new("500005", "账户余额异常", "the app's balance is used up"));
    }
    Ok(granted(app, &form, minted, state.now_ms()))
}

/// The fields as they came must give the signature that came. Source: shanyan/PROTOCOL.md §2.3, §2.4.
fn check_sign(form: &FormFields, app: &App, state: &State) -> Result<(), Refusal> {
    let fields = || form.iter().filter(|(name, _)| *name != "sign");
    let here = signed_line("signed here", fields());
    let expected = crypto::hmac_sha1(app.option("app_key").unwrap_or_default(), &here.signed());
    let sign = form.field("sign").unwrap_or_default();
    if sign == expected {
        return Ok(());
    }
    let is_same = |params: &BTreeMap<String, String>, name: &str| {
        form.field(name).is_some_and(|value| params.get(name).is_some_and(|minted| minted == value))
    };
    let by = |name: &'static str| state.tokens.find_by(move |token| is_same(&token.params, name));
    let minted = ["accessToken", "accessCode", "sign", "randoms"].into_iter().find_map(by);
    let explanation = match minted {
        None => {
            let why = "sign does not verify, and no phone of this sandbox's was given this token, randoms or sign";
            Explanation::strings(why, here, None)
        }
        Some(token) => {
            let minted = token.params.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            let there = signed_line("signed by the phone", minted.filter(|(name, _)| *name != "sign"));
            let why = if here.signed() == there.signed() {
                format!("sign itself was altered on its way: {}", what_became_of(sign, &token.params))
            } else {
                format!("sign does not verify: {}", differences(form, &token.params))
            };
            Explanation::strings(why, here, Some(there))
        }
    };
    Err(Refusal::explained("403000", "请求非法，签名验证不通过", explanation))
}

/// Names the fields that are missing, extra or altered.
fn differences(form: &FormFields, params: &BTreeMap<String, String>) -> String {
    let mut found = Vec::new();
    for (name, value) in params {
        match form.field(name) {
            None => found.push(format!("{name} is missing")),
            Some(came) if came != value => found.push(format!("{name} was altered")),
            Some(_) => {}
        }
    }
    let mut before = None;
    for (name, _) in form.iter() {
        if !params.contains_key(name) {
            found.push(format!("{} is not one of the SDK's fields", printable(name)));
        } else if before == Some(name) {
            found.push(format!("{name} came twice"));
        }
        before = Some(name);
    }
    found.join(", ")
}

fn what_became_of(sign: &str, params: &BTreeMap<String, String>) -> &'static str {
    let minted = params.get("sign").map_or("", String::as_str);
    match sign {
        "" => "it is missing",
        _ if sign == minted.replace('+', " ") => "a blank stands where Base64 had a plus",
        _ if sign.trim() == minted => "white space stands around it",
        _ if sign.contains('%') => "it is percent-encoded once too often",
        _ if minted.starts_with(sign) => "it is cut short",
        _ => "it is not the one that the phone made",
    }
}

/// Three minutes, two for China Mobile's tokens; since the token was minted, where that is known.
///
/// Source: shanyan/PROTOCOL.md §2.5.
fn check_time(form: &FormFields, minted: Option<&Token>, state: &State) -> Result<(), Refusal> {
    let limit_s = if form.field("telecom") == Some("CMCC") { 120 } else { 180 };
    let now_ms = state.now_ms();
    let timestamp = form.field("timestamp").and_then(|text| text.parse::<u64>().ok());
    let away_ms = match (minted, timestamp) {
        (_, None) => return Err(forbidden("请求非法，timestamp超时", "timestamp: expected milliseconds since 1970")),
        (Some(token), Some(_)) => token.age_ms(now_ms),
        (None, Some(timestamp)) => now_ms.abs_diff(timestamp),
    };
    if away_ms <= limit_s * 1000 {
        return Ok(());
    }
    let why = format!("timestamp is {} seconds away from the sandbox's clock, the limit is {limit_s}", away_ms / 1000);
    Err(forbidden("请求非法，timestamp超时", &why))
}

/// The signature holds, so these are the phone's own fields: do they belong on this path?
fn check_request(request: &Request, form: &FormFields, minted: &Token) -> Result<(), Refusal> {
    let is_validate = request.path.contains("-validate-");
    if is_validate != (minted.operation == Operation::VerifyNumber) {
        let why = format!("the token is for {}", minted.operation);
        return Err(forbidden("应用能力不匹配", &why));
    }
    let due = match minted.carrier {
        Carrier::ChinaMobile => "-m",
        Carrier::ChinaTelecom => "-t",
        Carrier::ChinaUnicom => "-u",
    };
    if !request.path.ends_with(due) {
        let why = format!("telecom {} goes to the path that ends in {due}", minted.carrier);
        return Err(Refusal::new("400001", "参数校验异常", why));
    }
    match form.field("mobile") {
        _ if !is_validate => Ok(()),
        None | Some("") => Err(Refusal::new("400201", "手机号码不能为空", "mobile is empty: the user typed nothing")),
        Some(mobile) if is_number(mobile) => Ok(()),
        Some(_) => Err(Refusal::new("400001", "参数校验异常", "mobile: expected 1 and ten more digits")),
    }
}

fn granted(app: &'static App, form: &FormFields, minted: &Token, now_ms: u64) -> Approval {
    let verdict = match minted.operation {
        Operation::VerifyNumber => Some(form.field("mobile") == Some(minted.number.as_str())),
        _ => None,
    };
    let trade_no = trade_no(now_ms);
    let data = move |subject: &Subject| -> Option<Value> {
        if let Some(matches) = verdict {
            return Some(json!({ "tradeNo": trade_no, "isVerify": if matches { "1" } else { "0" } }));
        }
        let mut data = json!({ "tradeNo": trade_no, "mobileName": mobile_name(app, &subject.number)?, "fanqizha": 1 });
        if app.option("private_key").is_some() {
            data["encryptType"] = json!("RSA");
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

/// Under the app's RSA key where the console has one, under DES by appKey otherwise. Source: shanyan/PROTOCOL.md §4.1.
fn mobile_name(app: &App, number: &str) -> Option<String> {
    match app.option("private_key") {
        Some(key) => ConsoleKey::of(key)?.seal(number),
        None => {
            let key = app.option("app_key")?.as_bytes().first_chunk::<8>()?;
            Some(crypto::base64(Cipher::seal_des(key, &[1, 2, 3, 4, 5, 6, 7, 8], number.as_bytes())))
        }
    }
}

/// `k₁v₁k₂v₂…`, names in byte order.
fn signed_line<'a>(label: &str, fields: impl Iterator<Item = (&'a str, &'a str)>) -> Line {
    let piece = |(name, value)| match name {
        "appId" | "device" | "randoms" | "telecom" | "timestamp" | "version" => Piece::named(name, value),
        _ => Piece::named(name, value).secret(),
    };
    Line::new(label, fields.map(piece).collect())
}

/// Random Base64 with one plus, one slash and an equals sign, always at the same places: what relays damage.
fn carrier_token() -> String {
    let mut token = crypto::base64(crypto::random::<40>()).replace(['+', '/'], "x");
    token.replace_range(7..8, "+");
    token.replace_range(23..24, "/");
    token
}

/// Base64 of the phone's description; `~` and `?` stand where they become `+` and `/`.
fn device() -> String {
    let id = crypto::random_id();
    crypto::base64(format!("device=Sandbox~A1?|ip=10.0.0.2|DID={}|uuid={id}", &id[..16]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_phone_returns_has_every_character_that_relays_damage() {
        for _ in 0..20 {
            for text in [carrier_token(), device()] {
                assert!(crypto::unbase64(&text).is_some(), "{text}");
                assert!(['+', '/', '='].iter().all(|c| text.contains(*c)), "{text}");
            }
        }
    }
}
