//! Exit codes: one for each answer and each kind of error.

use std::process::ExitCode;

use quhao::{ErrorKind, Verdict};

/// An exit code and what it says. The codes are a contract: a number, once given, keeps its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exit(u8);

impl Exit {
    /// It is so, or the command did what was asked.
    pub(crate) const OK: Self = Self(0);
    /// It is not so, like `grep` and `diff`.
    pub(crate) const MISMATCH: Self = Self(1);
    /// The request is wrong.
    pub(crate) const INPUT: Self = Self(14);
    /// The answer is unknown.
    pub(crate) const UNKNOWN: Self = Self(3);
    /// Any failure that is not one of the kinds, such as a full disk.
    pub(crate) const OTHER: Self = Self(20);

    /// The code for an answer: like `grep`, 0 only for yes.
    pub(crate) fn of_verdict(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Match => Self::OK,
            Verdict::Mismatch => Self::MISMATCH,
            Verdict::Unknown => Self::UNKNOWN,
        }
    }

    /// The code for a kind of error.
    pub(crate) fn of_kind(kind: ErrorKind) -> Self {
        MEANINGS.iter().find(|(_, name, _)| *name == kind.as_str()).map_or(Self::OTHER, |(exit, ..)| *exit)
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.0)
    }
}

/// The table that ends `quhao --help`.
pub(crate) fn table() -> String {
    let mut table = "Exit codes:\n".to_owned();
    for (exit, name, meaning) in MEANINGS {
        table.push_str(&format!("  {:>2}  {name:<11}  {meaning}\n", exit.0));
    }
    table + "\nKeys and tokens are read from the environment or from files, never from arguments."
}

/// Code, name, meaning; the name of an error's code is that of its kind.
const MEANINGS: &[(Exit, &str, &str)] = &[
    (Exit::OK, "ok", "done; verify, identity: a match"),
    (Exit::MISMATCH, "mismatch", "verify, identity: not so; demo: a step did not end as it should"),
    (Exit(2), "usage", "the command line is wrong"),
    (Exit::UNKNOWN, "unknown", "verify, identity: the vendor cannot tell"),
    (Exit(10), "config", "an option is missing or wrong; nothing was sent"),
    (Exit(11), "credentials", "the gateway refused the key or the signature"),
    (Exit(12), "decrypt", "the number did not open: wrong key or corrupt payload"),
    (Exit(13), "forbidden", "the account, app or address may not do this"),
    (Exit::INPUT, "input", "the params, number or file are wrong"),
    (Exit(15), "protocol", "the gateway answered outside its documentation"),
    (Exit(16), "quota", "balance, rate or contract is used up"),
    (Exit(17), "token", "the phone's token is expired, used or of another app"),
    (Exit(18), "transport", "the network failed"),
    (Exit(19), "unavailable", "the gateway or the carrier is down"),
    (Exit::OTHER, "other", "output could not be written, or a kind that this version does not know"),
];

#[cfg(test)]
mod tests {
    use quhao::{Meaning, Phase};

    use super::*;

    #[test]
    fn every_kind_has_a_code_of_its_own() {
        let kinds = [
            (ErrorKind::Config, 10),
            (ErrorKind::Credentials, 11),
            (ErrorKind::Decrypt, 12),
            (ErrorKind::Forbidden, 13),
            (ErrorKind::Input, 14),
            (ErrorKind::Protocol, 15),
            (ErrorKind::Quota, 16),
            (ErrorKind::Token, 17),
            (ErrorKind::Transport { phase: Phase::Send, timeout: false }, 18),
            (ErrorKind::Unavailable, 19),
        ];
        for (kind, code) in kinds {
            assert_eq!(Exit::of_kind(kind), Exit(code), "{kind}");
        }
    }

    #[test]
    fn no_kind_of_a_code_table_is_without_a_code() {
        for row in quhao::providers().iter().flat_map(quhao::ProviderInfo::codes) {
            if let Meaning::Failure(kind) = row.meaning {
                assert_ne!(Exit::of_kind(kind), Exit::OTHER, "{} {}", row.table, row.code);
            }
        }
    }

    #[test]
    fn codes_and_names_are_unique_and_in_the_help() {
        let table = table();
        for (at, (exit, name, meaning)) in MEANINGS.iter().enumerate() {
            assert!(MEANINGS[..at].iter().all(|(other, known, _)| other.0 < exit.0 && known != name), "{name}");
            assert!(table.contains(&format!("{:>2}  {name}", exit.0)) && table.contains(meaning), "{name}");
        }
    }
}
