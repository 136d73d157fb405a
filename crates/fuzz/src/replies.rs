//! Replies: any status and body, for every provider and operation, with the call at hand and without.
//!
//! An input is a byte that picks the reader, a byte that picks the status, and the body. Where another input would have a
//! planted key, the gateway repeats a secret of the request here.

use quhao::{Error, ErrorKind, Outcome};

use crate::clients::{READERS, Reader};
use crate::planted;

/// Reads the body as a reply.
///
/// # Panics
///
/// If a number is not of its grammar, if an error's kind is none that a reply can lead to, or if a secret of the
/// reply or of the request is printed.
pub fn run(data: &[u8]) {
    let [reader, status, body @ ..] = data else { return };
    let reader = &READERS[usize::from(*reader) % READERS.len()];
    let status = STATUSES[usize::from(*status) % STATUSES.len()];
    let (Reader::Call(_, secret) | Reader::Client(_, _, secret)) = reader;
    let body = planted::text(body).replace(planted::KEY, secret);
    let read = match reader {
        Reader::Call(call, _) => call.read(status, body.as_bytes()),
        Reader::Client(client, operation, _) => client.read::<Outcome>(*operation, status, body.as_bytes()),
    };
    match read {
        Ok(outcome) => check_outcome(&outcome, secret),
        Err(error) => check_error(&error, secret),
    }
}

fn check_outcome(outcome: &Outcome, secret: &str) {
    let receipt = match outcome {
        Outcome::Fetched(fetched) => &fetched.receipt,
        Outcome::Verified(verified) => &verified.receipt,
    };
    assert!(!receipt.message.contains(secret), "the request is repeated: {}", receipt.message);
    if let Outcome::Fetched(fetched) = outcome {
        let number = fetched.number.expose();
        assert!(is_number(number), "no number: {number:?}");
        let shown = planted::debug_of(&fetched.number);
        assert!(!shown.contains(number), "the number is printed: {shown}");
    }
    planted::assert_absent(&planted::debug_of(outcome));
}

fn check_error(error: &Error, secret: &str) {
    let kind = error.kind();
    assert!(!matches!(kind, ErrorKind::Transport { .. }), "a reply cannot lead to {kind}");
    assert!(!error.message().is_empty() && !error.hint().zh.is_empty() && !error.hint().en.is_empty());
    assert!(!error.message().contains(char::is_control), "a log's line breaks: {error}");
    assert!(error.vendor_code().is_none_or(|code| code.chars().count() <= 32), "an endless code: {error}");
    assert!(error.provider().is_some());
    let shown = planted::all_of(error);
    planted::assert_absent(&shown);
    assert!(!shown.contains(secret), "the request is repeated: {shown}");
}

fn is_number(text: &str) -> bool {
    text.len() == 11 && text.starts_with('1') && text.bytes().all(|b| b.is_ascii_digit())
}

const STATUSES: &[u16] = &[200, 200, 200, 200, 204, 301, 400, 403, 404, 429, 500, 502, 503];
