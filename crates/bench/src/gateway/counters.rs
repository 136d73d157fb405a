//! What has come so far, told at `GET /counters`.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::json;

/// Counts since the gateway started. A connection counts from its first POST.
#[derive(Default)]
pub(super) struct Counters {
    pub(super) connections: Counter,
    pub(super) handshakes: Counter,
    pub(super) resumed_handshakes: Counter,
    pub(super) requests: Counter,
    /// Requests that no fixture explains: a program that is measured has made a mistake.
    pub(super) unknown: Counter,
    pub(super) in_flight: Counter,
    pub(super) most_in_flight: Counter,
}

impl Counters {
    pub(super) fn to_json(&self) -> String {
        json!({
            "connections": self.connections.told(),
            "handshakes": self.handshakes.told(),
            "resumed_handshakes": self.resumed_handshakes.told(),
            "requests": self.requests.told(),
            "unknown": self.unknown.told(),
            "in_flight": self.in_flight.told(),
            "most_in_flight": self.most_in_flight.told(),
        })
        .to_string()
    }

    pub(super) fn came(&self) -> u64 {
        let now = self.in_flight.0.fetch_add(1, Ordering::Relaxed) + 1;
        self.most_in_flight.0.fetch_max(now, Ordering::Relaxed);
        now
    }

    pub(super) fn left(&self) {
        self.in_flight.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// One thread writes, so any order will do.
#[derive(Default)]
pub(super) struct Counter(AtomicU64);

impl Counter {
    pub(super) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn told(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
