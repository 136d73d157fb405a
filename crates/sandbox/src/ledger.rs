//! Requests that reached the gateways, in order: request, verdict, charge.

use std::collections::VecDeque;
use std::fmt;

use serde::Serialize;

use crate::app::App;
use crate::calendar;
use crate::explain::{self, Explanation, Reader};
use crate::sim;

/// One request, what the gateway thought of it, and whether it cost anything.
///
/// `Display` is one line. Neither it nor `Debug` nor the serialised form shows a number, a token or a key.
#[derive(Clone, Serialize)]
#[non_exhaustive]
pub struct Entry {
    /// When it came, by the sandbox's clock: milliseconds since 1970.
    pub at_ms: u64,
    /// The gateway that it reached; empty where no gateway has the path.
    pub provider: &'static str,
    /// The app that sent the request, where the request names one: [`App::name`].
    pub app: Option<String>,
    /// The HTTP method.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The id that the request gave itself: China Mobile's `msgid`, ShanYan's `randoms`.
    pub request_id: Option<String>,
    /// Whether an earlier request carried the same token: a client that retries shows here.
    pub token_seen_before: bool,
    /// The vendor's code for it, or the HTTP status where it did not come so far.
    pub verdict: String,
    /// Whether the operation succeeded, be it with "not this number".
    pub accepted: bool,
    /// Whether the vendor bills it.
    pub charged: bool,
    /// Why it was refused, masked; several lines where a signature did not verify.
    pub explanation: Option<String>,
    /// The damage to the reply on its way, where a fault was asked for: `truncated`.
    pub fault: Option<String>,
    #[serde(skip)]
    unmasked: Option<Explanation>,
}

impl Entry {
    /// A request before it is judged.
    pub(crate) fn new(at_ms: u64, method: &str, path: &str) -> Self {
        Self {
            at_ms,
            provider: "",
            app: None,
            method: printable(method),
            path: printable(path),
            request_id: None,
            token_seen_before: false,
            verdict: String::new(),
            accepted: false,
            charged: false,
            explanation: None,
            fault: None,
            unmasked: None,
        }
    }

    pub(crate) fn of(&mut self, provider: &'static str, app: Option<&App>, request_id: Option<&str>) {
        self.provider = provider;
        self.app = app.map(|app| app.name.to_owned());
        // An id is for finding again, so only one that is a phone number, or as long as a token, is masked.
        let is_number = |id: &str| sim::is_number(id.trim_start_matches('+').trim_start_matches("86"));
        let is_token = |id: &str| id.len() > LONGEST_ID;
        self.request_id =
            request_id.map(|id| if is_number(id) || is_token(id) { explain::masked(id) } else { one_line(id) });
    }

    pub(crate) fn explain(&mut self, explanation: Explanation) {
        self.explanation = Some(explanation.text(Reader::Anybody));
        self.unmasked = Some(explanation);
    }

    /// The explanation with tokens and numbers in clear, for comparing strings; keys are never in it.
    pub fn reveal(&self) -> Option<String> {
        self.unmasked.as_ref().map(|explanation| explanation.text(Reader::Owner))
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whose = self.app.as_deref().or(Some(self.provider).filter(|id| !id.is_empty())).unwrap_or("nobody");
        let time = calendar::time_of_day(self.at_ms);
        write!(f, "{time} {whose} {} {} {}", self.method, self.path, self.verdict)?;
        f.write_str(if self.accepted { " accepted" } else { " refused" })?;
        if self.charged {
            f.write_str(", charged")?;
        }
        if self.token_seen_before {
            f.write_str(", token seen before")?;
        }
        if let Some(fault) = &self.fault {
            write!(f, ", fault {fault}")?;
        }
        if let Some(explanation) = &self.unmasked {
            write!(f, ": {}", explanation.headline())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entry({self})")
    }
}

/// Called with each entry as it is made.
pub(crate) type Log = Box<dyn Fn(&Entry) + Send + Sync>;

/// The entries, oldest first.
#[derive(Default)]
pub(crate) struct Ledger(VecDeque<Entry>);

impl Ledger {
    pub(crate) fn add(&mut self, entry: Entry) {
        if self.0.len() == MOST_ENTRIES {
            self.0.pop_front();
        }
        self.0.push_back(entry);
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.0.iter().cloned().collect()
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

/// One line without control characters, whatever a client sent; 80 characters.
fn one_line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(80).collect()
}

/// The same, with long runs of digits masked.
pub(crate) fn printable(text: &str) -> String {
    let text = one_line(text);
    let mut out = String::with_capacity(text.len());
    let mut digits = String::new();
    for c in text.chars().map(Some).chain([None]) {
        if let Some(digit) = c.filter(char::is_ascii_digit) {
            digits.push(digit);
            continue;
        }
        // Eleven digits on their own are a number, seventeen before an X an id card, and part of an id otherwise.
        let is_card = digits.len() == 17 && matches!(c, Some('X' | 'x'));
        let stands_alone =
            !out.ends_with(|c: char| c.is_ascii_alphanumeric()) && (is_card || c.is_none_or(|c| !c.is_alphanumeric()));
        if digits.len() >= 11 && stands_alone {
            out.push_str(&explain::masked(&digits));
        } else {
            out.push_str(&digits);
        }
        digits.clear();
        out.extend(c);
    }
    out
}

const MOST_ENTRIES: usize = 10_000;

/// A uuid has 36 characters, SHA-1 in hex 40; the shortest token has 44.
const LONGEST_ID: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_client_sent_is_one_line_without_a_number() {
        assert_eq!(printable("/a/13800138000\n/b"), "/a/138****8000/b");
        assert_eq!(printable("34a5588136d64047848316091234567c"), "34a5588136d64047848316091234567c");
        assert_eq!(printable("13800138000"), "138****8000");
        assert_eq!(printable("/people/11010519491231002X"), "/people/110****1002X");
    }

    #[test]
    fn the_ledger_forgets_its_oldest_entries_first() {
        let mut ledger = Ledger::default();
        (0..=MOST_ENTRIES as u64).for_each(|at| ledger.add(Entry::new(at, "POST", "/")));
        let entries = ledger.entries();
        assert_eq!((entries.len(), entries[0].at_ms), (MOST_ENTRIES, 1));
    }
}
