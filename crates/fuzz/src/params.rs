//! Params: any JSON or bare token that an app relays, inspected, prepared and signed.
//!
//! An input is a byte that picks client and operation, and the params: JSON, or a bare token where it is none.

use std::collections::BTreeMap;

use quhao::{Action, Ask, Call, Cause, Client, ErrorKind, Inspection, Operation, Outcome, Params, sign_shanyan_v1};
use serde_json::Value;

use crate::clients::{APP_KEY, CMCC, CMCC_RSA, SHANYAN, SHANYAN_APPS, moment};
use crate::planted;

/// Inspects, prepares and signs what an app relayed.
///
/// # Panics
///
/// If a repair needs a second one, if the request does not carry what the inspection promised, if its signature is
/// not what [`Client::signature`] returns, if an error is neither `input` nor `config`, or if a secret is printed.
pub fn run(data: &[u8]) {
    let [choice, text @ ..] = data else { return };
    let clients: [&Client; 4] = [&SHANYAN, &SHANYAN_APPS, &CMCC, &CMCC_RSA];
    let client = clients[usize::from(choice & 3)];
    let operation = if choice & 4 == 0 { Operation::FetchNumber } else { Operation::VerifyNumber };
    let text = planted::text(text);
    let params = match Params::from_json(&text) {
        Ok(params) => {
            round_trip(&params);
            params
        }
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Input);
            planted::assert_absent(&planted::all_of(&error));
            Params::token(text)
        }
    };
    let inspection = client.inspect(operation, &params, &moment());
    planted::assert_absent(&planted::debug_of(&inspection));
    for finding in &inspection.findings {
        planted::assert_absent(&format!("{} {}", finding, finding.message));
    }
    let again = client.inspect(operation, &inspection.params, &moment());
    let repaired_again = again.findings.iter().find(|finding| finding.action == Action::Repaired);
    assert!(repaired_again.is_none(), "repaired twice: {repaired_again:?} in {params:?}");
    assert!(again.params == inspection.params);

    let number = (choice & 8 != 0).then_some("13800138000");
    let ask = match operation {
        Operation::VerifyNumber => Ask::verify_number(&params, number),
        _ => Ask::fetch_number(&params),
    };
    let signature = client.signature(&ask, &moment());
    match client.prepare::<Outcome>(&ask, &moment()) {
        Ok(call) => {
            assert!(!inspection.is_refused() || number.is_some(), "refused by inspect, prepared all the same");
            assert!(call.url.starts_with("https://"), "{}", call.url);
            let shown = planted::debug_of(&call);
            assert!(!shown.contains(planted::TOKEN), "the token is printed: {shown}");
            let signed = signature.expect("what is prepared can be signed");
            planted::assert_absent(&planted::debug_of(&signed));
            let (token, sign) = sent(&call);
            let relayed = inspection.params.field("token");
            if let Some(relayed) = relayed.filter(|_| is_token_request(&call)) {
                assert_eq!(token.as_deref(), Some(relayed), "the token changed on its way");
            }
            // PKCS#1 v1.5 sealing is random, so that under key_type 1 each request has another signature.
            if signed.algorithm != "MD5withRSA" && signed.algorithm != "HmacSHA1" {
                assert_eq!(sign.as_deref(), Some(signed.value.as_str()));
            }
            if signed.algorithm == "HmacSHA1" {
                v1_is_relayed_untouched(&call, &inspection, number.is_none());
            }
        }
        Err(error) => {
            assert!(matches!(error.kind(), ErrorKind::Config | ErrorKind::Input), "{error:?}");
            planted::assert_absent(&planted::all_of(&error));
        }
    }
}

/// Params → JSON → the same params.
fn round_trip(params: &Params) {
    if params.is_bare_token() {
        return;
    }
    let json: BTreeMap<&str, &str> = params.fields().collect();
    let json = serde_json::to_string(&json).expect("text fits into JSON");
    assert!(Params::from_json(&json).expect("a map of text") == *params);
}

/// The token and the signature in a request's body, be it a form or JSON.
fn sent(call: &Call<Outcome>) -> (Option<String>, Option<String>) {
    if call.headers["content-type"] == "application/json" {
        let json: Value = serde_json::from_str(&call.body).expect("a JSON body");
        let at = if json["body"].is_object() { &json["body"] } else { &json };
        let text = |name: &str| at[name].as_str().map(str::to_owned);
        return (text("token"), text("sign"));
    }
    let form = form(call);
    (form.get("token").cloned(), form.get("sign").cloned())
}

/// ShanYan's V1 relays a field called `token` only if the phone signed it, as any other.
fn is_token_request(call: &Call<Outcome>) -> bool {
    !call.url.contains("/mobile-query-") && !call.url.contains("/mobile-validate-")
}

/// The request is what the inspection promised, and the phone's signature holds over it just where nothing was said
/// against it.
fn v1_is_relayed_untouched(call: &Call<Outcome>, inspection: &Inspection, alone: bool) {
    if alone {
        let form: Params = form(call).into_iter().collect();
        assert!(form == inspection.params, "the form does not carry what the inspection promised");
        let holds = form.field("sign") == Some(sign_shanyan_v1(&form, APP_KEY).value.as_str());
        let doubted = inspection.findings.iter().any(|finding| finding.cause == Cause::BadSignature);
        assert!(holds != doubted, "holds: {holds}, doubted: {doubted}");
    }
}

fn form(call: &Call<Outcome>) -> BTreeMap<String, String> {
    form_urlencoded::parse(call.body.as_bytes()).into_owned().collect()
}
