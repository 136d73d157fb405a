//! Checks of the phone's params, without spending the token.

use super::wire;
use crate::inspect::{Action, Cause, Collector};
use crate::model::Params;
use crate::provider::Operation;

/// Checks what the phone's SDK returned and what the back end added, and repairs what loses nothing.
///
/// Source: PROTOCOL.md §2.1, §2.2, §4.2. Vectors: `cmcc/inspect.json`.
pub(super) fn examine<'a>(operation: Operation, params: &'a Params, app_id: &str) -> Collector<'a> {
    let mut found = Collector::clean(params);
    check_phone_succeeded(&mut found);
    found.repair_base64(wire::params::TOKEN);
    if found.require(&[wire::params::TOKEN]) {
        check_token(&mut found);
    }
    for name in wire::params::APP_ID {
        if found.params.field(name).is_some_and(|given| given != app_id) {
            let message = format!("expected {app_id}, the app that this client is configured for");
            found.refuse(name, Cause::OtherApp, message);
        }
    }
    if operation == Operation::VerifyNumber {
        check_choice(&mut found, wire::params::OPEN_TYPE, &["0", "1", "2", "3"]);
        check_choice(&mut found, wire::params::REQUESTER_TYPE, &["0", "1"]);
    }
    found
}

/// The SDK's map holds its result code; with any other code than 103000 there is no token to exchange.
fn check_phone_succeeded(found: &mut Collector<'_>) {
    let Some(code) = found.params.field(wire::params::RESULT_CODE) else { return };
    if code != wire::login::SUCCESS {
        let code: String = code.chars().filter(char::is_ascii_alphanumeric).take(8).collect();
        found.refuse(wire::params::RESULT_CODE, Cause::PhoneFailed, format!("its SDK returned {code}"));
    }
}

fn check_token(found: &mut Collector<'_>) {
    let Some(token) = found.params.field(wire::params::TOKEN) else { return };
    let length = token.len();
    if token.ends_with("...") || token.ends_with('…') {
        found.refuse(wire::params::TOKEN, Cause::Truncated, "it ends in an ellipsis, as copied from a log");
    } else if !token.bytes().all(|b| b.is_ascii_graphic()) {
        found.refuse(wire::params::TOKEN, Cause::Garbled, "expected printable ASCII without blanks");
    } else if token.starts_with("STsid") && length < USUAL_STSID {
        // The document promises no length, so a short token is only reported.
        let message = format!("got {length} characters; such tokens usually have {USUAL_STSID} or more");
        found.found(wire::params::TOKEN, Cause::Truncated, Action::Noted, message);
    }
}

fn check_choice(found: &mut Collector<'_>, field: &str, known: &[&str]) {
    if found.params.field(field).is_some_and(|given| !known.contains(&given)) {
        found.refuse(field, Cause::UnknownValue, format!("expected one of {}", known.join(", ")));
    }
}

/// The document's samples have 56 characters, later ones 57 and 58.
const USUAL_STSID: usize = 56;
