//! Tokens and ciphertexts: any text, envelopes of any content, and known ones after a relay had them.
//!
//! An input is a byte that picks what is done, a byte that picks the relay, and the rest.

use aes::Aes128;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use cbc::Encryptor;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeEncrypt, KeyIvInit};
use md5::{Digest, Md5};
use quhao::{Action, Ask, Cause, Client, ErrorKind, Operation, Outcome, Params};

use crate::clients::{APP_ID, CMCC, SHANYAN, moment};
use crate::planted;
use crate::relays::damage;

/// Opens, inspects and repairs.
///
/// # Panics
///
/// If a decrypted number is not of its grammar, if two failures to decrypt differ, if an envelope of this
/// app's is not known as such, if a relay's damage is not undone, or if a secret is printed.
pub fn run(data: &[u8]) {
    let [what, relay, rest @ ..] = data else { return };
    match what % 5 {
        0 => ciphertext(&planted::text(rest)),
        1 => bare_token(&planted::text(rest)),
        2 => envelope(rest),
        3 => relayed_base64(*relay, rest),
        _ => relayed_token(*relay, rest),
    }
}

/// Any text as a ciphertext is a number or the one error.
fn ciphertext(text: &str) {
    for client in [&SHANYAN, &CMCC] {
        match client.decrypt_number(text) {
            Ok(number) => {
                let number = number.expose();
                assert!(number.len() == 11 && number.starts_with('1') && number.bytes().all(|b| b.is_ascii_digit()));
            }
            Err(error) => assert_eq!(planted::all_of(&error), the_error(client), "failures differ"),
        }
    }
}

/// Any text as a token is inspected by the envelope it may have.
fn bare_token(text: &str) {
    for operation in [Operation::FetchNumber, Operation::VerifyNumber] {
        let inspection = SHANYAN.inspect(operation, text, &moment());
        planted::assert_absent(&planted::debug_of(&inspection));
        if let Err(error) = SHANYAN.prepare::<Outcome>(&Ask::fetch_number(text), &moment()) {
            assert_eq!(error.kind(), ErrorKind::Input);
            planted::assert_absent(&planted::all_of(&error));
        }
    }
}

/// An envelope under this app's id shows its carrier whatever else it holds, and never another app's.
fn envelope(content: &[u8]) {
    let token = format!("A{}-{}", 1 + content.len() % 3, URL_SAFE_NO_PAD.encode(sealed(content)));
    let inspection = SHANYAN.inspect(Operation::FetchNumber, token.as_str(), &moment());
    assert_eq!(inspection.params.field("token"), Some(token.as_str()), "a whole token was changed");
    assert!(!inspection.is_refused(), "the envelope only advises: {:?}", inspection.findings);
    let is_other = inspection.findings.iter().any(|finding| finding.cause == Cause::OtherApp);
    assert_ne!(is_other, inspection.carrier.is_some(), "{:?}", inspection.findings);
    let call = SHANYAN.prepare::<Outcome>(&Ask::fetch_number(token.as_str()), &moment());
    assert!(call.expect("a token in order").body.contains(&token));
    let json = serde_json::from_slice::<serde_json::Value>(content);
    assert!(!is_other || json.is_err() || json.is_ok_and(|json| json["ap"] != APP_ID), "this app's own is foreign");
}

/// Base64 that a relay damaged comes back as it was.
fn relayed_base64(relay: u8, bytes: &[u8]) {
    let whole = STANDARD.encode(bytes);
    if whole.is_empty() {
        return;
    }
    let damaged = damage(relay, &whole);
    let inspection = CMCC.inspect(Operation::FetchNumber, Params::from([("token", damaged.clone())]), &moment());
    assert_eq!(inspection.params.field("token"), Some(whole.as_str()), "{damaged:?} was not repaired");
    let told = inspection.findings.iter().any(|finding| finding.action == Action::Repaired);
    assert_eq!(told, damaged != whole, "{damaged:?}: {:?}", inspection.findings);
}

/// A token in URL-safe characters likewise, as far as it has no blank where a plus was.
fn relayed_token(relay: u8, bytes: &[u8]) {
    let whole = format!("A1-{}", URL_SAFE_NO_PAD.encode(bytes));
    let damaged = damage(relay, &whole);
    let inspection = SHANYAN.inspect(Operation::FetchNumber, Params::from([("token", damaged.clone())]), &moment());
    assert_eq!(inspection.params.field("token"), Some(whole.as_str()), "{damaged:?} was not repaired");
}

/// All that is printed of a failure to decrypt, taken from one that is plain.
fn the_error(client: &Client) -> String {
    planted::all_of(&client.decrypt_number("00").expect_err("two hex digits are no number"))
}

/// AES-128-CBC under hex(MD5(app_id)), as the phone's SDK seals.
fn sealed(content: &[u8]) -> Vec<u8> {
    let halves: String = Md5::digest(APP_ID.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let (key, iv) = halves.as_bytes().split_at(16);
    let mode = Encryptor::<Aes128>::new_from_slices(key, iv).expect("16 bytes each");
    mode.encrypt_padded_vec::<Pkcs7>(content)
}
