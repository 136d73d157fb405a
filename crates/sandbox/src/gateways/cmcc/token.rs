//! Tokens: what the phone's SDK returns, and when a token may be spent.

use std::collections::BTreeMap;

use quhao::Operation;

use crate::app::App;
use crate::crypto;
use crate::error::Error;
use crate::sim::{Carrier, Sim};
use crate::state::{State, Token};

/// The SDK's map, with a token that lives two minutes; `openId` for a login only.
///
/// The document limits how many tokens a number may *obtain* and leave unused, so the 31st in ten minutes is
/// refused here, on the phone, and not where a token is exchanged. Unicom SIMs are not the SDK's.
pub(super) fn mint(
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

/// The reason why a token cannot be spent on an operation; `None` if it can.
pub(super) fn token_trouble(minted: Option<&Token>, operation: Operation, now_ms: u64) -> Option<String> {
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

/// A token is valid for two minutes, once. Source: cmcc/PROTOCOL.md §2.2.
const LIFETIME_MS: u64 = 120_000;

/// At most 30 tokens obtained in ten minutes and not used. Source: cmcc/PROTOCOL.md §2.2.
const MOST_UNUSED: usize = 30;
const UNUSED_WITHIN_MS: u64 = 600_000;
