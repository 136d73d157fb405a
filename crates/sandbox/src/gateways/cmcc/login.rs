//! `loginTokenValidate`: token → number.

use quhao::Operation;
use serde_json::{Value, json};

use super::console::APPS;
use super::diagnose;
use super::fields::Strings;
use super::token::token_trouble;
use crate::app::App;
use crate::calendar;
use crate::crypto::{self, ConsoleKey};
use crate::explain::Explanation;
use crate::gateway::{Approval, Refusal, RequestFacts, Subject};
use crate::ledger::printable;
use crate::request::Request;
use crate::state::State;

pub(super) const PATH: &str = "/unisdk/rsapi/loginTokenValidate";

/// Source: cmcc/PROTOCOL.md §3.
pub(super) fn check(request: &Request, state: &State, facts: &mut RequestFacts) -> Result<Approval, Refusal> {
    let object = request.json().map_err(|why| Refusal::new("103412", "无效的请求", why))?;
    let text = |name: &str| object.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    facts.request_id = text("msgid");
    facts.token = text("token");
    facts.app = text("appid").and_then(|id| App::find(APPS, "app_id", &id));
    let fields = Strings::of(&object).map_err(invalid)?;
    check_values(&fields)?;
    let token = fields.required("token").map_err(|why| Refusal::new("103811", "token为空", why))?;
    let app =
        facts.app.ok_or_else(|| Refusal::new("103119", "appid不存在", "no app of this sandbox's has this appid"))?;
    // strictcheck 1 asks for the check, 0 does without. Source: cmcc/PROTOCOL.md §3.2.
    if fields.field("strictcheck") == Some("1") && !state.is_allowed(app, request.peer) {
        let why = format!("strictcheck is 1, and {} is not on the app's IP list", request.peer);
        return Err(Refusal::new("103511", "源IP不合法", why));
    }
    diagnose::check_login(&fields, app)
        .map_err(|explanation: Explanation| Refusal::explained("103101", "签名错误", explanation))?;
    let msg_id = fields.field("msgid").unwrap_or_default();
    let once = format!("cmcc {} {msg_id}", app.name);
    let is_repeated = state.was_used(&once);
    facts.once = Some(once);
    if let Some(name) = fields.unknown(FIELDS) {
        return Err(invalid(format!("{}: the document has no such field", printable(name))));
    }
    if !token.starts_with("STsid")
        || !(56..=58).contains(&token.len())
        || !token.bytes().all(|b| b.is_ascii_alphanumeric())
    {
        let why = format!(
            "token: expected 56 to 58 letters and digits that begin with STsid, got {} characters",
            token.len()
        );
        return Err(Refusal::new("103113", "Token内容错误", why));
    }
    let minted = state.tokens.find(token);
    if let Some(owner) = minted.map(|token| token.app).filter(|owner| *owner != app) {
        let why = format!("the token was made for app {}, and the request is of app {}", owner.name, app.name);
        return Err(Refusal::new("103133", "sourceid不合法", why));
    }
    if let Some(why) = token_trouble(minted, Operation::FetchNumber, state.now_ms()) {
        return Err(match minted {
            Some(token) if token.operation != Operation::FetchNumber => Refusal::new("105018", "用户权限不够", why),
            _ => Refusal::new("104201", "凭证已失效或不存在", why),
        });
    }
    if is_repeated {
        return Err(Refusal::new("103107", "已存在相同的随机数", "msgid came before: each request needs its own"));
    }
    let minted = minted.ok_or_else(|| Refusal::new("104201", "凭证已失效或不存在", ""))?;
    if !state.can_pay(app) {
        return Err(Refusal::new("105312", "套餐次数已用完或试用已过期", "the app's balance is used up"));
    }
    let is_rsa = fields.field("encryptionalgorithm") == Some("RSA");
    let key = app.option("decrypt_key").or(app.option("private_key"));
    let (now, task_id) = (calendar::beijing(state.now_ms()), crypto::random_id());
    Ok(Approval {
        code: "103000",
        charged: true,
        subject: Subject { number: minted.number.clone(), request_id: msg_id.to_owned() },
        write: Box::new(move |subject| {
            let msisdn = if is_rsa { ConsoleKey::of(key?)?.seal(&subject.number)? } else { subject.number.clone() };
            Some(json!({
                "inresponseto": subject.request_id,
                "systemtime": now,
                "resultCode": "103000",
                "msisdn": msisdn,
                "taskId": task_id,
            }))
        }),
    })
}

/// A failure names the request where it could read it; `desc` is not in the document but comes.
pub(super) fn refuse(facts: &RequestFacts, code: &str, message: &str, now_ms: u64) -> Value {
    let mut reply = json!({ "systemtime": calendar::beijing(now_ms), "resultCode": code, "desc": message });
    if let Some(id) = &facts.request_id {
        reply["inresponseto"] = json!(id);
    }
    reply
}

fn check_values(fields: &Strings<'_>) -> Result<(), Refusal> {
    let required = |name| fields.required(name).map_err(invalid);
    if required("version")? != "2.0" {
        return Err(invalid("version: expected 2.0"));
    }
    let length = required("msgid")?.chars().count();
    if length > 36 {
        return Err(invalid(format!("msgid: expected 1 to 36 characters, got {length}")));
    }
    if calendar::read_beijing(required("systemtime")?).is_none() {
        return Err(invalid("systemtime: expected a moment in 17 digits, yyyyMMddHHmmssSSS"));
    }
    if !["0", "1"].contains(&required("strictcheck")?) {
        return Err(invalid("strictcheck: expected 0 or 1"));
    }
    required("appid")?;
    required("sign")?;
    Ok(())
}

fn invalid(why: impl Into<String>) -> Refusal {
    Refusal::new("103414", "参数效验异常", why)
}

const FIELDS: &[&str] =
    &["version", "msgid", "systemtime", "strictcheck", "appid", "expandparams", "token", "sign", "encryptionalgorithm"];
