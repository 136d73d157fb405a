//! Checks of V1's params, without spending the token.

use std::borrow::Cow;

use super::sign::V1Key;
use super::wire::{self, Endpoint};
use crate::encoding::base64;
use crate::inspect::{Action, Cause, Collector};
use crate::model::Params;
use crate::provider::Moment;
use crate::redact::grammar::is_number;

/// Checks the fields that the phone's SDK returned for `endpoint`, and repairs what loses nothing.
///
/// Source: PROTOCOL.md §2.2 to §2.5. Vectors: `shanyan/inspect.json`.
pub(super) fn examine<'a>(
    endpoint: &Endpoint,
    params: &'a Params,
    app_id: &str,
    key: &V1Key,
    moment: &Moment,
) -> Collector<'a> {
    let mut found = Collector::clean(params);
    for field in [endpoint.token, wire::SIGN] {
        found.repair_base64(field);
    }
    // A plain model name may have blanks of its own; Base64 is known by what it holds.
    let is_whole = |device: &str| base64::decode(device).is_some_and(|bytes| bytes.starts_with(b"device="));
    found.repair_base64_if("device", is_whole);
    let complete = !is_of_other_operation(&mut found, endpoint) && found.require(endpoint.fields);
    check_extra_fields(&mut found, endpoint, key);
    check_sign(&mut found);
    check_telecom(&mut found, endpoint);
    check_app(&mut found, app_id);
    check_mobile(&mut found);
    check_time(&mut found, moment);
    found.carrier = ["CMCC", "CTCC", "CUCC"].into_iter().find(|known| found.params.field(wire::TELECOM) == Some(known));
    let refused = found.is_refused();
    if complete && !refused && !is_signed(&found.params, key) {
        let message = "one of the fields is not as the phone's SDK returned it, or app_key is of another app";
        found.found(wire::SIGN, Cause::BadSignature, Action::Noted, message);
    }
    found
}

/// A query's map has `accessToken` and a validation's `accessCode`; the phone made one where the other is due.
fn is_of_other_operation(found: &mut Collector<'_>, endpoint: &Endpoint) -> bool {
    let other = if endpoint.token == wire::QUERY.token { &wire::VALIDATE } else { &wire::QUERY };
    let is_other = found.params.field(endpoint.token).is_none() && found.params.field(other.token).is_some();
    if is_other {
        let message = format!("the params carry {}, so they are of {}", other.token, other.operation);
        found.refuse(endpoint.token, Cause::Missing, message);
    }
    is_other
}

/// The phone signs every field it returns, so its signature shows which of the others are its own.
fn check_extra_fields(found: &mut Collector<'_>, endpoint: &Endpoint, key: &V1Key) {
    let is_known = |name: &str| endpoint.fields.contains(&name) || wire::OPTIONAL_FIELDS.contains(&name);
    let extra: Vec<String> =
        found.params.fields().map(|(name, _)| name).filter(|name| !is_known(name)).map(str::to_owned).collect();
    if extra.is_empty() || is_signed(&found.params, key) {
        return;
    }
    let mut without = Params::clone(&found.params);
    extra.iter().for_each(|name| without.remove(name));
    let is_signed_without = is_signed(&without, key);
    for name in extra {
        if is_signed_without {
            found.found(&name, Cause::Extra, Action::Repaired, "the phone did not sign it; left out");
        } else {
            found.refuse(&name, Cause::Extra, "the phone's SDK does not return it");
        }
    }
    if is_signed_without {
        found.params = Cow::Owned(without);
    }
}

fn is_signed(params: &Params, key: &V1Key) -> bool {
    params.field(wire::SIGN).is_some_and(|sign| sign == key.value(params))
}

/// 20 bytes in 28 characters of Base64.
fn check_sign(found: &mut Collector<'_>) {
    let Some(sign) = found.params.field(wire::SIGN).filter(|sign| !sign.trim().is_empty()) else { return };
    if sign.len() != 28 || base64::decode(sign).is_none_or(|bytes| bytes.len() != 20) {
        let length = sign.len();
        found.refuse(wire::SIGN, Cause::Truncated, format!("expected 28 characters of Base64, got {length}"));
    }
}

fn check_telecom(found: &mut Collector<'_>, endpoint: &Endpoint) {
    let Some(telecom) = found.params.field(wire::TELECOM).filter(|telecom| !telecom.trim().is_empty()) else { return };
    if endpoint.path(telecom).is_none() {
        found.refuse(wire::TELECOM, Cause::UnknownTelecom, "expected CMCC, CUCC or CTCC in capitals");
    }
}

pub(super) fn check_app(found: &mut Collector<'_>, app_id: &str) {
    let Some(given) = found.params.field(wire::APP_ID).filter(|given| !given.trim().is_empty()) else { return };
    if given != app_id {
        let message = format!("expected {app_id}, the app that this client is configured for");
        found.refuse(wire::APP_ID, Cause::OtherApp, message);
    }
}

pub(super) fn check_mobile(found: &mut Collector<'_>) {
    let Some(mobile) = found.params.field(wire::MOBILE).filter(|mobile| !mobile.trim().is_empty()) else { return };
    if !is_number(mobile) {
        found.refuse(wire::MOBILE, Cause::NotANumber, "expected 1 and ten more digits");
    }
}

/// The gateway refuses params whose time is more than 3 minutes away; China Mobile's tokens live 2.
fn check_time(found: &mut Collector<'_>, moment: &Moment) {
    let Some(text) = found.params.field(wire::TIMESTAMP).filter(|text| !text.trim().is_empty()) else { return };
    let limit_ms = if found.params.field(wire::TELECOM) == Some("CMCC") { 120_000 } else { 180_000 };
    let Ok(signed_ms) = text.parse::<u64>() else {
        return found.refuse(wire::TIMESTAMP, Cause::NotATime, "expected milliseconds since 1970, digits only");
    };
    if text.len() == 10 {
        found.refuse(wire::TIMESTAMP, Cause::Seconds, "expected 13 digits of milliseconds, got 10");
    } else if text.len() != 13 {
        found.refuse(
            wire::TIMESTAMP,
            Cause::NotATime,
            format!("expected 13 digits of milliseconds, got {}", text.len()),
        );
    } else if moment.now_ms > signed_ms + limit_ms {
        let age = (moment.now_ms - signed_ms) / 1000;
        found.refuse(wire::TIMESTAMP, Cause::Stale, format!("{age} seconds old, the limit is {}", limit_ms / 1000));
    } else if signed_ms > moment.now_ms + FUTURE_MS {
        let ahead = (signed_ms - moment.now_ms) / 1000;
        found.refuse(wire::TIMESTAMP, Cause::Future, format!("{ahead} seconds ahead of this machine's clock"));
    }
}

/// More than three minutes away in either direction. Source: PROTOCOL.md §2.5.
const FUTURE_MS: u64 = 180_000;
