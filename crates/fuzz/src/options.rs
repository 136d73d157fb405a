//! Options: any names and values, for any provider.
//!
//! An input is lines of text: the provider, then `name=value` each; `\n` in a value stands for a line's end.

use quhao::{Client, ErrorKind};

use crate::planted;

/// Configures a client.
///
/// # Panics
///
/// If the error is not `config` or prints a secret value, or if the client that comes of it shows more than its
/// provider.
pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data).into_owned();
    let mut lines = text.split('\n');
    let provider = &planted::text(lines.next().unwrap_or_default().as_bytes());
    let given: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (planted::text(name.as_bytes()), planted::text(value.replace("\\n", "\n").as_bytes())))
        // Files are the machine's, and some of them never end.
        .filter(|(name, value)| name != "ca_certificate" || value.contains("-----BEGIN"))
        .collect();
    check(provider, Client::new(provider, given.iter().map(|(name, value)| (name.as_str(), value.as_str()))));
    // Split in two, the same options make two apps, or are refused likewise.
    let (one, two) = given.split_at(given.len() / 2);
    check(provider, Client::with_apps(provider, Vec::new(), [one.to_vec(), two.to_vec()]));
}

fn check(id: &str, client: Result<Client, quhao::Error>) {
    match client {
        Ok(client) => {
            assert!(quhao::provider(id).is_ok(), "an unknown provider was taken");
            assert_eq!(format!("{client:?}"), format!("Client({})", client.provider()));
        }
        Err(error) => {
            let shown = planted::all_of(&error);
            assert_eq!(error.kind(), ErrorKind::Config, "{shown}");
            assert!(!error.message().contains(char::is_control), "a log's line breaks: {shown}");
            planted::assert_absent(&shown);
        }
    }
}
