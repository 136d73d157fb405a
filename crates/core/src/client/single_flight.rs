//! Single flight: calls that ask the same with the same token at the same time share one request and its response.
//!
//! A user taps twice, or a proxy repeats a request. The token would be spent by one of the two and the other refused,
//! sometimes billed. Here the second waits for the response to the first.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, Weak};

use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use super::prepared_request::ResponseParser;
use crate::http::{self, HttpRequest, SendProgress, Settings};
use crate::model::{Error, Phase};
use crate::process::{PerProcess, lock};
use crate::runtime::{RuntimeConnections, Task, runtime_ended};

/// `SHA-256(options, operation, arguments)`: equal for calls that may share a request.
pub(crate) type Key = [u8; 32];

/// A request in progress. It is dropped with the last call that waits for it.
pub(crate) struct SharedRequest {
    pub(crate) parser: ResponseParser,
    key: Option<Key>,
    settings: Arc<Settings>,
    progress: SendProgress,
    response: watch::Receiver<Option<Response>>,
    _task: Task<()>,
}

type Response = Result<(u16, Vec<u8>), Error>;

/// The request in progress that asks the same, if there is one.
pub(crate) fn find(key: Option<Key>) -> Option<Arc<SharedRequest>> {
    let key = key?;
    let found = IN_PROGRESS.with(|requests| lock(requests).get(&key).and_then(Weak::upgrade));
    found.filter(|request| !request.has_ended())
}

/// Starts a request, unless another thread has started the same since; `true` with another's.
pub(crate) fn start(
    key: Option<Key>,
    connections: &RuntimeConnections,
    settings: &Arc<Settings>,
    request: HttpRequest,
    parser: ResponseParser,
) -> Result<(Arc<SharedRequest>, bool), Error> {
    let begun = Instant::now();
    let client = connections.client(&settings.route)?;
    IN_PROGRESS.with(|requests| {
        let mut requests = lock(requests);
        let others = key.and_then(|key| requests.get(&key).and_then(Weak::upgrade));
        if let Some(others) = &others
            && !others.has_ended()
        {
            return Ok((Arc::clone(others), true));
        }
        let (sender, response) = watch::channel(None);
        let progress = SendProgress::default();
        let (of_task, settings) = ((Arc::clone(settings), progress.clone()), Arc::clone(settings));
        let task = connections.spawn(async move {
            let (settings, progress) = of_task;
            let response = http::send(&client, &settings, begun, request, &progress).await;
            sender.send_replace(Some(response));
        });
        let started = Arc::new(SharedRequest { parser, key, settings, progress, response, _task: task });
        key.map(|key| requests.insert(key, Arc::downgrade(&started)));
        // The lock is released before another's request is dropped, which takes it.
        drop(requests);
        Ok((started, false))
    })
}

impl SharedRequest {
    /// Waits for the response; every caller parses it by itself.
    ///
    /// # Errors
    ///
    /// As [`http::send`].
    pub(crate) async fn response(&self) -> Response {
        let mut response = self.response.clone();
        match response.wait_for(Option::is_some).await {
            Ok(arrived) => arrived.clone().unwrap_or_else(|| Err(runtime_ended(self.progress.phase()))),
            Err(_) => Err(runtime_ended(self.progress.phase())),
        }
    }

    /// Waits for the response to another call's request, no longer than for one's own: its runtime may stand still.
    ///
    /// # Errors
    ///
    /// As [`http::send`].
    pub(crate) async fn response_to_other(&self) -> Response {
        let response = timeout(self.settings.timeout, self.response()).await;
        response.unwrap_or_else(|_| Err(self.settings.timeout_error(Phase::Receive)))
    }

    /// Whether the token is spent: a later call with it is a call of its own.
    fn has_ended(&self) -> bool {
        self.response.borrow().is_some() || self.response.has_changed().is_err()
    }
}

impl Drop for SharedRequest {
    fn drop(&mut self) {
        let Some(key) = self.key else { return };
        IN_PROGRESS.with(|requests| {
            let mut requests = lock(requests);
            if requests.get(&key).is_some_and(|request| request.as_ptr() == std::ptr::from_ref(self)) {
                requests.remove(&key);
            }
        });
    }
}

static IN_PROGRESS: PerProcess<Mutex<HashMap<Key, Weak<SharedRequest>>>> = PerProcess::new();
