//! Parts of replies that V1 and V2 have in common.

use crate::calendar;
use crate::crypto;
use crate::gateway::Refusal;
use crate::request::{self, Request};

/// 17 digits: the time, and five at random.
pub(super) fn trade_no(now_ms: u64) -> String {
    format!("{}{:05}", &calendar::beijing(now_ms)[2..14], u16::from_be_bytes(crypto::random()))
}

/// Fields outside of a form in the body are not seen. Source: shanyan/PROTOCOL.md §1.3, §8.2.
pub(super) fn no_app_id(request: &Request, why: String) -> Refusal {
    let is_in_url = request::urlencoded(request.query.as_bytes()).iter().any(|(name, _)| name == "appId");
    let why = if is_in_url {
        "the fields are in the URL; they go into the body, as a form".to_owned()
    } else if request.body.is_empty() {
        "the body is empty".to_owned()
    } else if request.body.starts_with(b"{") {
        "the body is JSON; the fields go as a form".to_owned()
    } else {
        why
    };
    forbidden("请求非法，appId不能为空", &why)
}

pub(super) fn forbidden(message: &'static str, why: &str) -> Refusal {
    Refusal::new("403000", message, why)
}
