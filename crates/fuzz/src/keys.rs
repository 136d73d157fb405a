//! Keys: any text or DER where a console's key is due.
//!
//! An input is a byte that picks the option, a byte that picks how the rest is written, and the rest.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use quhao::{Ask, Client, ErrorKind, Outcome};

use crate::clients::{CMCC_TOKEN, key, moment};
use crate::planted;

/// Configures a client with the key, and uses it where it is taken.
///
/// # Panics
///
/// If the error is not `config`, does not name the option or quotes the key, or if a key that is taken cannot be used
/// without another error than `config` or `decrypt`.
pub fn run(data: &[u8]) {
    let [option, form, rest @ ..] = data else { return };
    let text = written(*form, rest);
    let cmcc = [("app_id", "300012081234"), ("app_key", "D8F2A61B4C7E93057A1E6B2C9D40F385")];
    let (option, client) = match option % 4 {
        0 => {
            let options = [("app_id", "Qh7kT2vX"), ("app_key", "k9Tz3mWq"), ("private_key", &text)];
            ("private_key", Client::new("shanyan", options))
        }
        1 => ("private_key", Client::new("cmcc", cmcc.into_iter().chain([("private_key", text.as_str())]))),
        2 => ("decrypt_key", Client::new("cmcc", cmcc.into_iter().chain([("decrypt_key", text.as_str())]))),
        _ => {
            let own = key("keys/rsa1024.pkcs8.pem");
            let more = [("key_type", "1"), ("private_key", &own), ("platform_key", &text)];
            ("platform_key", Client::new("cmcc", cmcc.into_iter().chain(more)))
        }
    };
    match client {
        Ok(client) => use_of(&client),
        Err(error) => {
            let shown = planted::all_of(&error);
            assert_eq!(error.kind(), ErrorKind::Config, "{shown}");
            assert!(error.message().starts_with(&format!("option {option}: ")), "{shown}");
            planted::assert_absent(&shown);
            assert!(!quotes(&shown, &text), "the key is quoted: {shown}");
        }
    }
}

/// As it is, as bare Base64 of DER, or as DER in armour under a label that may be wrong.
fn written(form: u8, rest: &[u8]) -> String {
    let label = match form % 5 {
        0 => return planted::text(rest),
        1 => return STANDARD.encode(rest),
        2 => "PRIVATE KEY",
        3 => "RSA PRIVATE KEY",
        _ => "PUBLIC KEY",
    };
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(rest))
}

/// Signs, seals and decrypts with the client's keys.
fn use_of(client: &Client) {
    planted::assert_absent(&planted::debug_of(client));
    for ask in [Ask::fetch_number(CMCC_TOKEN), Ask::verify_number(CMCC_TOKEN, Some("13800138000"))] {
        if let Err(error) = client.prepare::<Outcome>(&ask, &moment()) {
            assert!(matches!(error.kind(), ErrorKind::Config | ErrorKind::Input), "{error:?}");
        }
    }
    for length in [127, 128, 256] {
        if let Err(error) = client.decrypt_number(&"5a".repeat(length)) {
            assert!(matches!(error.kind(), ErrorKind::Config | ErrorKind::Decrypt), "{error:?}");
        }
    }
}

/// Whether any piece of the key that says something stands in what is printed.
fn quotes(shown: &str, text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric()).any(|piece| piece.len() >= 24 && shown.contains(piece))
}
