//! Telemetry of each call for logs and metrics: no number, token, name or vendor text.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use tracing::field::Empty;
use tracing::{Level, Span};

use crate::model::{Charge, Error, ErrorKind, Outcome, Phase, Retry};
use crate::provider::{Operation, ProviderInfo};
use crate::providers;
use crate::redact::masked_id;

/// How a call ended. Holds no number, token, name or id card, and no words of the vendor's.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Event {
    /// The provider's id, such as `shanyan`.
    pub provider: &'static str,
    /// The operation.
    pub operation: Operation,
    /// `fetched`, a verdict's name, or an error kind's.
    pub outcome: &'static str,
    /// The error's kind; `None` for an answer.
    pub kind: Option<ErrorKind>,
    /// Whether it may be tried again; `None` for an answer.
    pub retry: Option<Retry>,
    /// Where the network failed.
    pub phase: Option<Phase>,
    /// The vendor's code as the gateway wrote it.
    pub vendor_code: Option<String>,
    /// Whether the vendor bills the call.
    pub charge: Charge,
    /// The id under which the vendor can find the request; a number or a token in it is masked.
    pub request_id: Option<String>,
    /// From the call to its answer.
    pub duration: Duration,
    /// Whether the request was another call's, which had the same token at the same time.
    pub shared: bool,
}

/// Calls that ended alike, since the process started.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counter {
    /// The provider's id.
    pub provider: &'static str,
    /// The operation.
    pub operation: Operation,
    /// `fetched`, a verdict's name, or an error kind's.
    pub outcome: &'static str,
    /// The vendor's code; `undocumented` for one that its tables do not hold.
    pub vendor_code: Option<&'static str>,
    /// Whether the vendor bills them.
    pub charge: Charge,
    /// Whether their requests were other calls'.
    pub shared: bool,
    /// How many.
    pub calls: u64,
    /// How long they took together.
    pub duration: Duration,
}

/// All counters of this process, in no order; a forked child goes on from its parent's.
pub fn counters() -> Vec<Counter> {
    let counters = COUNTERS.load();
    let read = |(&(provider, operation, outcome, vendor_code, charge, shared), sums): (&Key, &Arc<Sums>)| Counter {
        provider,
        operation,
        outcome,
        vendor_code,
        charge,
        shared,
        calls: sums.calls.load(Ordering::Relaxed),
        duration: Duration::from_micros(sums.micros.load(Ordering::Relaxed)),
    };
    counters.iter().flat_map(|counters| counters.iter()).map(read).collect()
}

impl Event {
    pub(crate) fn new(
        provider: &'static str,
        operation: Operation,
        ended: Result<&Outcome, &Error>,
        duration: Duration,
        shared: bool,
    ) -> Self {
        let mut event = Self {
            provider,
            operation,
            outcome: "fetched",
            kind: None,
            retry: None,
            phase: None,
            vendor_code: None,
            charge: Charge::Unknown,
            request_id: None,
            duration,
            shared,
        };
        let receipt = match ended {
            Ok(Outcome::Fetched(fetched)) => &fetched.receipt,
            Ok(Outcome::Verified(verified)) => {
                event.outcome = verified.verdict.as_str();
                &verified.receipt
            }
            Err(error) => {
                return Self {
                    outcome: error.kind().as_str(),
                    kind: Some(error.kind()),
                    retry: Some(error.retry()),
                    phase: error.phase(),
                    vendor_code: error.vendor_code().map(masked_id),
                    charge: error.charge(),
                    request_id: error.request_id().map(masked_id),
                    ..event
                };
            }
        };
        Self {
            vendor_code: Some(masked_id(&receipt.code)),
            charge: receipt.charge,
            request_id: receipt.request_id.as_deref().map(masked_id),
            ..event
        }
    }

    /// Counts it, and reports it to `tracing`.
    pub(crate) fn publish(&self, span: &Span) {
        count(self);
        span.record("outcome", self.outcome);
        span.record("charge", self.charge.as_str());
        let _inside = span.enter();
        let (charge, shared) = (self.charge.as_str(), self.shared);
        let (code, duration_us) = (self.vendor_code.as_deref(), micros(self.duration));
        let request_id = self.request_id.as_deref();
        let (provider, operation, outcome) = (self.provider, self.operation.as_str(), self.outcome);
        macro_rules! tell {
            ($level:expr, $($more:tt)*) => {
                tracing::event!(
                    target: "quhao", $level, provider, operation, outcome, charge, vendor_code = code, request_id,
                    duration_us, shared, $($more)*
                )
            };
        }
        match self.kind {
            None => tell!(Level::INFO, "answered"),
            Some(kind) => {
                let (phase, retry) = (self.phase.map(Phase::as_str), self.retry.map(Retry::as_str));
                tell!(Level::WARN, kind = kind.as_str(), phase, retry, "failed");
            }
        }
    }
}

/// The span around a call: `quhao::call`, with `outcome` and `charge` once it has ended.
pub(crate) fn span(provider: &'static str, operation: Operation) -> Span {
    let operation = operation.as_str();
    tracing::info_span!(target: "quhao", "call", provider, operation, outcome = Empty, charge = Empty)
}

fn count(event: &Event) {
    let key = (
        event.provider,
        event.operation,
        event.outcome,
        event.vendor_code.as_deref().map(|code| documented(event.provider, code)),
        event.charge,
        event.shared,
    );
    let add = |sums: &Sums| {
        sums.calls.fetch_add(1, Ordering::Relaxed);
        sums.micros.fetch_add(micros(event.duration), Ordering::Relaxed);
    };
    let sums = || COUNTERS.load().as_ref().and_then(|counters| counters.get(&key).map(Arc::clone));
    let sums = sums().or_else(|| {
        COUNTERS.rcu(|counters| {
            let mut counters = counters.as_deref().cloned().unwrap_or_default();
            counters.entry(key).or_default();
            Some(Arc::new(counters))
        });
        sums()
    });
    if let Some(sums) = sums {
        add(&sums);
    }
}

/// A gateway may invent codes without end, and counters must not grow with them.
fn documented(provider: &str, code: &str) -> &'static str {
    let rows = providers::find(provider).ok().into_iter().flat_map(ProviderInfo::codes);
    rows.map(|row| row.code).find(|known| *known == code).unwrap_or("undocumented")
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

type Key = (&'static str, Operation, &'static str, Option<&'static str>, Charge, bool);

#[derive(Debug, Default)]
struct Sums {
    calls: AtomicU64,
    micros: AtomicU64,
}

/// No lock: a fork may happen at any moment.
static COUNTERS: ArcSwapOption<HashMap<Key, Arc<Sums>>> = ArcSwapOption::const_empty();
