//! `tokenValidate`: token and number → yes or no.

use quhao::Operation;
use serde_json::{Map, Value, json};

use super::console::APPS;
use super::fields::Strings;
use super::token::token_trouble;
use super::{diagnose, key_type_1};
use crate::app::App;
use crate::calendar;
use crate::gateway::{Approval, Refusal, RequestFacts, Subject};
use crate::ledger::printable;
use crate::request::Request;
use crate::sim::Carrier;
use crate::state::State;

pub(super) const PATH: &str = "/openapi/rs/tokenValidate";

/// Unreadable requests are 303, readable ones with a wrong value 102. Source: cmcc/PROTOCOL.md §4.2, §6.3.
pub(super) fn check(request: &Request, state: &State, facts: &mut RequestFacts) -> Result<Approval, Refusal> {
    let object = request.json().map_err(unreadable)?;
    let (header, body) = (part(&object, "header")?, part(&object, "body")?);
    let text = |part: &Map<String, Value>, name: &str| part.get(name).and_then(Value::as_str).map(str::to_owned);
    facts.request_id = text(header, "msgId").filter(|id| !id.is_empty());
    facts.token = text(body, "token").filter(|token| !token.is_empty());
    facts.app = text(header, "appId").and_then(|id| App::find(APPS, "app_id", &id));
    let header = Strings::of(header).map_err(unreadable)?;
    let body = Strings::of(body).map_err(unreadable)?;
    check_values(&object, &header, &body)?;
    let app = facts.app.ok_or_else(|| invalid("no app of this sandbox's has this appId"))?;
    if !state.is_allowed(app, request.peer) {
        let why = format!("{} is not on the app's IP list", request.peer);
        return Err(Refusal::new("124", "白名单校验失败", why));
    }
    // Any other keyType than 1 is 0. Source: cmcc/PROTOCOL.md §4.2.
    let is_rsa = body.field("keyType") == Some("1");
    let check_sign = if is_rsa { key_type_1::check_sign } else { diagnose::check_verify };
    check_sign(&header, &body, app).map_err(|explanation| Refusal::explained("302", "sign校验失败", explanation))?;
    let msg_id = header.field("msgId").unwrap_or_default();
    let once = format!("cmcc {} {msg_id}", app.name);
    let is_repeated = state.was_used(&once);
    facts.once = Some(once);
    let minted = body.field("token").and_then(|token| state.tokens.find(token));
    if let Some(owner) = minted.map(|token| token.app).filter(|owner| *owner != app) {
        return Err(refused_token(format!("the token was made for app {}", owner.name)));
    }
    if let Some(why) = token_trouble(minted, Operation::VerifyNumber, state.now_ms()) {
        return Err(refused_token(why));
    }
    if is_repeated {
        return Err(invalid("msgId came before: each request needs its own"));
    }
    let minted = minted.ok_or_else(|| refused_token(String::new()))?;
    if minted.carrier != Carrier::ChinaMobile {
        let why = format!("the SIM is {}, and this check knows China Mobile's alone", minted.carrier);
        return Err(Refusal::new("002", "取号失败", why));
    }
    let check_number = if is_rsa { key_type_1::check_phone_num } else { diagnose::check_phone_num };
    let matches = check_number(&header, &body, app, &minted.number)
        .map_err(|why| Refusal::new("004", "加密手机号码错误", why))?;
    if !state.can_pay(app) {
        return Err(Refusal::new("102315", "次数已用完", "the app's balance is used up"));
    }
    let (code, desc) = if matches { ("000", "是本机号码") } else { ("001", "非本机号码") };
    let now = calendar::beijing(state.now_ms());
    let message = body.field("message").unwrap_or_default().to_owned();
    let expand_params = body.field("expandParams").map(str::to_owned);
    let app_id = app.option("app_id").unwrap_or_default();
    Ok(Approval {
        code,
        charged: true,
        subject: Subject { number: minted.number.clone(), request_id: msg_id.to_owned() },
        write: Box::new(move |subject| {
            let header = json!({ "msgId": subject.request_id, "timestamp": now, "appId": app_id, "resultCode": code });
            let mut body = json!({ "message": message, "resultDesc": desc });
            if let Some(expand_params) = &expand_params {
                body["expandParams"] = json!(expand_params);
            }
            Some(json!({ "header": header, "body": body }))
        }),
    })
}

pub(super) fn refuse(facts: &RequestFacts, code: &str, message: &str, now_ms: u64) -> Value {
    let mut header = json!({ "timestamp": calendar::beijing(now_ms), "resultCode": code });
    if let Some(id) = &facts.request_id {
        header["msgId"] = json!(id);
    }
    if let Some(app_id) = facts.app.and_then(|app| app.option("app_id")) {
        header["appId"] = json!(app_id);
    }
    json!({ "header": header, "body": { "resultDesc": message } })
}

fn part<'a>(object: &'a Map<String, Value>, name: &str) -> Result<&'a Map<String, Value>, Refusal> {
    match object.get(name) {
        Some(Value::Object(part)) => Ok(part),
        Some(_) => Err(unreadable(format!("{name}: expected an object"))),
        None if object.contains_key("msgid") => {
            Err(unreadable(format!("{name} is missing: this is a request of loginTokenValidate")))
        }
        None => Err(unreadable(format!("{name} is missing: the fields go into header and body"))),
    }
}

fn check_values(object: &Map<String, Value>, header: &Strings<'_>, body: &Strings<'_>) -> Result<(), Refusal> {
    let required = |part: &Strings<'_>, name| part.required(name).map(str::to_owned).map_err(invalid);
    if required(header, "version")? != "1.0" {
        return Err(invalid("version: expected 1.0"));
    }
    let msg_id = required(header, "msgId")?.replace('-', "");
    if msg_id.len() != 32 || !msg_id.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(invalid("msgId: expected a UUID"));
    }
    if calendar::read_beijing(&required(header, "timestamp")?).is_none() {
        return Err(invalid("timestamp: expected a moment in 17 digits, yyyyMMddHHmmssSSS"));
    }
    required(header, "appId")?;
    let requester = required(body, "requesterType")?;
    if !["0", "1"].contains(&requester.as_str()) {
        return Err(invalid("requesterType: expected 0 or 1"));
    }
    match body.field("openType") {
        Some("0" | "1" | "2" | "3") => {}
        Some(_) => return Err(invalid("openType: expected 0, 1, 2 or 3")),
        None if requester == "0" => return Err(invalid("openType is missing: requesterType 0 requires it")),
        None => {}
    }
    for name in ["message", "expandParams"] {
        if body.field(name).is_some_and(|text| !text.bytes().all(is_urlencoded)) {
            return Err(invalid(format!("{name}: expected it to be urlencoded")));
        }
    }
    for name in ["phoneNum", "token", "sign"] {
        required(body, name)?;
    }
    let is_known = |name: &&String| ["header", "body"].contains(&name.as_str());
    let unknown = header.unknown(HEADER).or_else(|| body.unknown(BODY));
    match unknown.or_else(|| object.keys().find(|name| !is_known(name)).map(String::as_str)) {
        Some(name) => Err(invalid(format!("{}: the document has no such field here", printable(name)))),
        None => Ok(()),
    }
}

fn is_urlencoded(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~*%+!'()".contains(&byte)
}

fn unreadable(why: String) -> Refusal {
    Refusal::new("303", "参数解析错误", why)
}

fn invalid(why: impl Into<String>) -> Refusal {
    Refusal::new("102", "参数无效", why)
}

fn refused_token(why: String) -> Refusal {
    Refusal::new("606", "验证Token失败", why)
}

const HEADER: &[&str] = &["version", "msgId", "timestamp", "appId"];
const BODY: &[&str] = &["openType", "requesterType", "message", "expandParams", "keyType", "phoneNum", "token", "sign"];
