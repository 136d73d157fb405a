//! State of the gateways: time, tokens, accounts, people, queued failures, ledger.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::net::IpAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use quhao::Operation;

use crate::app::App;
use crate::calendar::LAST_MS;
use crate::faults::Fault;
use crate::ledger::Ledger;
use crate::scenario::Failure;
use crate::sim::Carrier;

/// Everything that changes while a sandbox listens.
#[derive(Default)]
pub(crate) struct State {
    ahead_ms: u64,
    accounts: HashMap<&'static str, Account>,
    people: Vec<Person>,
    failures: VecDeque<Failure>,
    used_once: Recent,
    tokens_seen: Recent,
    pub(crate) tokens: TokenBook,
    pub(crate) ledger: Ledger,
}

/// Settings that an app's owner can change in the console.
#[derive(Default)]
struct Account {
    calls_left: Option<u64>,
    allowed: Option<Vec<IpAddr>>,
    /// Tokens of Yuxin's, the one in force last.
    access_tokens: Vec<String>,
}

struct Person {
    number: String,
    name: String,
    id_card: String,
}

/// The clock.
impl State {
    /// The sandbox's time: this machine's, and what it was advanced by.
    pub(crate) fn now_ms(&self) -> u64 {
        machine_ms().saturating_add(self.ahead_ms).min(LAST_MS)
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        let by = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        self.ahead_ms = self.ahead_ms.saturating_add(by).min(LAST_MS);
    }
}

/// Accounts: balance, addresses, access tokens.
impl State {
    pub(crate) fn set_balance(&mut self, app: &App, calls: u64) {
        self.accounts.entry(app.name).or_default().calls_left = Some(calls);
    }

    /// Whether there is a call left; without a balance set there always is.
    pub(crate) fn can_pay(&self, app: &App) -> bool {
        self.accounts.get(app.name).and_then(|account| account.calls_left) != Some(0)
    }

    pub(crate) fn charge(&mut self, app: &App) {
        if let Some(calls) = self.accounts.get_mut(app.name).and_then(|account| account.calls_left.as_mut()) {
            *calls = calls.saturating_sub(1);
        }
    }

    pub(crate) fn allow(&mut self, app: &App, addresses: &[IpAddr]) {
        self.accounts.entry(app.name).or_default().allowed = Some(addresses.to_vec());
    }

    /// Whether an address may call; without a list any may.
    pub(crate) fn is_allowed(&self, app: &App, address: IpAddr) -> bool {
        let list = self.accounts.get(app.name).and_then(|account| account.allowed.as_ref());
        list.is_none_or(|list| list.contains(&address))
    }

    pub(crate) fn set_access_token(&mut self, app: &App, token: &str) {
        self.accounts.entry(app.name).or_default().access_tokens.push(token.to_owned());
    }

    /// The access token in force: the last one set, or the app's own.
    pub(crate) fn access_token(&self, app: &App) -> Option<&str> {
        let set = self.accounts.get(app.name).and_then(|account| account.access_tokens.last());
        set.map(String::as_str).or_else(|| app.option("token"))
    }

    /// The app of an access token, in force or replaced.
    pub(crate) fn owner_of(&self, apps: &'static [App], token: &str) -> Option<&'static App> {
        let was_set = |app: &App| {
            self.accounts.get(app.name).is_some_and(|account| account.access_tokens.iter().any(|old| old == token))
        };
        apps.iter().find(|app| app.option("token") == Some(token) || was_set(app))
    }
}

/// People, and whether number, name and id card belong together.
impl State {
    pub(crate) fn add_person(&mut self, number: &str, name: &str, id_card: &str) {
        self.people.push(Person {
            number: number.to_owned(),
            name: name.to_owned(),
            id_card: id_card.to_ascii_uppercase(),
        });
    }

    /// `Some(true)` for one person's data, `Some(false)` where number or id card is known with other data, else `None`.
    pub(crate) fn belongs_together(&self, number: &str, name: &str, id_card: &str) -> Option<bool> {
        let id_card = id_card.to_ascii_uppercase();
        let mut known = self.people.iter().filter(|p| p.number == number || p.id_card == id_card).peekable();
        known.peek()?;
        Some(known.any(|p| p.number == number && p.id_card == id_card && p.name == name))
    }
}

/// Queued failures, and ids that must not come twice.
impl State {
    pub(crate) fn fail_next(&mut self, failure: Failure) {
        self.failures.push_back(failure);
    }

    /// Takes the first failure that is meant for `provider`, if it strikes before the request is judged.
    pub(crate) fn next_failure_before_the_request(&mut self, provider: &str) -> Option<Fault> {
        let at = self.failures.iter().position(|failure| failure.is_for(provider))?;
        match self.failures[at] {
            Failure::Fault(fault) if fault.is_before_the_request() => {
                self.failures.remove(at);
                Some(fault)
            }
            _ => None,
        }
    }

    /// Takes the first failure that is meant for `provider` and can still strike a request that was read.
    pub(crate) fn next_failure(&mut self, provider: &str) -> Option<Failure> {
        let strikes = |failure: &Failure| match failure {
            Failure::Fault(fault) => !fault.is_before_the_request(),
            Failure::Code { .. } => failure.is_for(provider),
        };
        let at = self.failures.iter().position(strikes)?;
        self.failures.remove(at)
    }

    /// Whether a message id, or an iv with its ciphertext, came before.
    pub(crate) fn was_used(&self, once: &str) -> bool {
        self.used_once.contains(once)
    }

    pub(crate) fn use_up(&mut self, once: String) {
        self.used_once.insert(once);
    }

    /// Records that a request carried a token; returns whether an earlier one did.
    pub(crate) fn has_seen(&mut self, token: &str) -> bool {
        !self.tokens_seen.insert(token.to_owned())
    }
}

/// A set that forgets: the last [`MOST_REMEMBERED`] ids are in it, and some before them.
#[derive(Default)]
struct Recent {
    newer: HashSet<String>,
    older: HashSet<String>,
}

impl Recent {
    fn contains(&self, id: &str) -> bool {
        self.newer.contains(id) || self.older.contains(id)
    }

    /// Whether it was not in there.
    fn insert(&mut self, id: String) -> bool {
        if self.contains(&id) {
            return false;
        }
        if self.newer.len() >= MOST_REMEMBERED {
            self.older = std::mem::take(&mut self.newer);
        }
        self.newer.insert(id)
    }
}

/// Every token that a phone of this sandbox was given.
#[derive(Default)]
pub(crate) struct TokenBook {
    tokens: HashMap<String, Token>,
    /// The tokens of each number.
    of_number: HashMap<String, Vec<String>>,
    prune_at: usize,
}

/// A token as the carrier knows it.
pub(crate) struct Token {
    pub(crate) app: &'static App,
    pub(crate) operation: Operation,
    pub(crate) number: String,
    pub(crate) carrier: Carrier,
    pub(crate) minted_ms: u64,
    pub(crate) spent_ms: Option<u64>,
    /// The result of the phone's SDK, with the token in it.
    pub(crate) params: BTreeMap<String, String>,
}

impl Token {
    pub(crate) fn age_ms(&self, now_ms: u64) -> u64 {
        now_ms.saturating_sub(self.minted_ms)
    }
}

impl TokenBook {
    pub(crate) fn add(&mut self, id: String, token: Token) {
        if self.tokens.len() >= self.prune_at.max(MOST_REMEMBERED) {
            let now_ms = token.minted_ms;
            self.tokens.retain(|_, token| token.age_ms(now_ms) < FORGET_AFTER_MS);
            if self.tokens.len() >= MOST_REMEMBERED {
                // A token that was spent a while ago and is sent again is refused as unknown.
                let is_recent = |spent_ms: u64| now_ms.saturating_sub(spent_ms) < FORGET_SPENT_AFTER_MS;
                self.tokens.retain(|_, token| token.spent_ms.is_none_or(is_recent));
            }
            self.prune_at = self.tokens.len() * 2;
            self.of_number.clear();
            for (id, token) in &self.tokens {
                self.of_number.entry(token.number.clone()).or_default().push(id.clone());
            }
        }
        self.of_number.entry(token.number.clone()).or_default().push(id.clone());
        self.tokens.insert(id, token);
    }

    pub(crate) fn find(&self, id: &str) -> Option<&Token> {
        self.tokens.get(id)
    }

    /// A token by anything that its phone returned with it, for telling what became of the rest.
    pub(crate) fn find_by(&self, is_it: impl Fn(&Token) -> bool) -> Option<&Token> {
        self.tokens.values().find(|token| is_it(token))
    }

    pub(crate) fn spend(&mut self, id: &str, now_ms: u64) {
        if let Some(token) = self.tokens.get_mut(id) {
            token.spent_ms.get_or_insert(now_ms);
        }
    }

    /// How many unused tokens a provider gave a number since `since_ms`.
    pub(crate) fn unused(&self, provider: &str, number: &str, since_ms: u64) -> usize {
        let counts =
            |token: &&Token| token.app.provider == provider && token.spent_ms.is_none() && token.minted_ms > since_ms;
        let ids = self.of_number.get(number).into_iter().flatten();
        ids.filter_map(|id| self.tokens.get(id)).filter(counts).count()
    }
}

/// This machine's clock, by which phones and back ends live whatever the sandbox's says.
pub(crate) fn machine_ms() -> u64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_1970.as_millis()).unwrap_or(LAST_MS)
}

const MOST_REMEMBERED: usize = 100_000;
const FORGET_AFTER_MS: u64 = 3_600_000;
const FORGET_SPENT_AFTER_MS: u64 = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_ids_are_remembered_however_many_there_were() {
        let mut recent = Recent::default();
        let count = MOST_REMEMBERED * 3 + 7;
        assert!((0..count).all(|id| recent.insert(id.to_string())));
        assert!((count - MOST_REMEMBERED..count).all(|id| !recent.insert(id.to_string())));
        assert!(!recent.contains("0"));
        assert!(recent.newer.len() + recent.older.len() <= 2 * MOST_REMEMBERED);
    }
}
