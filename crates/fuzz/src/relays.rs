//! Damage by relays between phone and back end, each kind of which loses nothing.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// Damages a value in one of the known ways; zero leaves it alone.
pub(crate) fn damage(how: u8, value: &str) -> String {
    let escape = |backslashes: &str| {
        let escaped = |c: char| match c {
            '=' => format!("{backslashes}u003d"),
            '+' => format!("{backslashes}u002B"),
            '/' => format!("{backslashes}u002f"),
            other => other.to_string(),
        };
        value.chars().map(escaped).collect::<String>()
    };
    let percent = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    match how % 9 {
        1 => escape("\\"),
        2 => escape("\\\\\\"),
        3 => percent(value),
        4 => percent(&percent(value)),
        5 => value.replace('+', " "),
        6 => format!("{value}\r\n"),
        7 => format!("\t{value}\n"),
        8 => percent(&format!("{value}\n")),
        _ => value.to_owned(),
    }
}
