//! The same client for code that waits.

use std::convert::Infallible;
use std::time::Duration;

use super::telemetry::Event;
use crate::model::{Answer, Error, FetchedNumber, Params, Verification};
use crate::provider::Ask;
use crate::runtime;

/// [`crate::Client`] whose calls return when they are done; may also be used inside an async runtime's thread.
///
/// Methods without I/O are on the [`Client`](crate::Client) inside, which this derefs to.
#[derive(Clone, Debug)]
pub struct Client(crate::Client);

impl Client {
    /// See [`crate::Client::new`].
    ///
    /// # Errors
    ///
    /// As [`crate::Client::new`].
    pub fn new<K: AsRef<str>, V: Into<String>>(
        provider: &str,
        options: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Self, Error> {
        crate::Client::new(provider, options).map(Self)
    }

    /// See [`crate::Client::shared`].
    ///
    /// # Errors
    ///
    /// As [`crate::Client::shared`].
    pub fn shared<K: AsRef<str>, V: Into<String>>(
        provider: &str,
        options: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Self, Error> {
        crate::Client::shared(provider, options).map(Self)
    }

    /// See [`crate::Client::with_apps`].
    ///
    /// # Errors
    ///
    /// As [`crate::Client::with_apps`].
    pub fn with_apps<K: AsRef<str>, V: Into<String>, A: IntoIterator<Item = (K, V)>>(
        provider: &str,
        common: impl IntoIterator<Item = (K, V)>,
        apps: impl IntoIterator<Item = A>,
    ) -> Result<Self, Error> {
        crate::Client::with_apps(provider, common, apps).map(Self)
    }

    /// See [`crate::Client::app`].
    ///
    /// # Errors
    ///
    /// As [`crate::Client::app`].
    pub fn app(&self, app_id: &str) -> Result<Self, Error> {
        self.0.app(app_id).map(Self)
    }

    /// See [`crate::Client::fetch_number`].
    ///
    /// # Errors
    ///
    /// As [`crate::Client::fetch_number`].
    pub fn fetch_number(&self, params: impl Into<Params>) -> Result<FetchedNumber, Error> {
        self.call(Ask::fetch_number(params))
    }

    /// See [`crate::Client::verify_number`].
    ///
    /// # Errors
    ///
    /// As [`crate::Client::verify_number`].
    pub fn verify_number(&self, params: impl Into<Params>, number: Option<&str>) -> Result<Verification, Error> {
        self.call(Ask::verify_number(params, number))
    }

    /// See [`crate::Client::verify_identity`].
    ///
    /// # Errors
    ///
    /// As [`crate::Client::verify_identity`].
    pub fn verify_identity(&self, number: &str, name: &str, id_card: &str) -> Result<Verification, Error> {
        self.call(Ask::verify_identity(number, name, id_card))
    }

    /// See [`crate::Client::call`].
    ///
    /// # Errors
    ///
    /// As [`crate::Client::call`].
    pub fn call<T: Answer>(&self, ask: Ask) -> Result<T, Error> {
        self.call_with_event(ask).0
    }

    /// See [`crate::Client::call_with_event`].
    pub fn call_with_event<T: Answer>(&self, ask: Ask) -> (Result<T, Error>, Event) {
        let Ok(answer) = self.call_unless(ask, Duration::MAX, || Ok::<_, Infallible>(()));
        answer
    }

    /// Like [`call_with_event`](Self::call_with_event), and calls `should_continue` on this thread every `interval`, for
    /// example to handle signals.
    ///
    /// # Errors
    ///
    /// That of `should_continue`, which ends the request.
    pub fn call_unless<T: Answer, E>(
        &self,
        ask: Ask,
        interval: Duration,
        should_continue: impl FnMut() -> Result<(), E>,
    ) -> Result<(Result<T, Error>, Event), E> {
        let (client, operation) = (self.0.clone(), ask.operation());
        let call = |connections| client.call_on(connections, ask);
        Ok(self.0.ended(operation, runtime::block_on(call, interval, should_continue)?))
    }
}

impl From<crate::Client> for Client {
    fn from(client: crate::Client) -> Self {
        Self(client)
    }
}

impl std::ops::Deref for Client {
    type Target = crate::Client;

    fn deref(&self) -> &crate::Client {
        &self.0
    }
}
