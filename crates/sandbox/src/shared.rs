//! State and settings that the server's thread shares with the sandbox's owner.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::TcpSocket;
use tokio::sync::mpsc::UnboundedSender;
use tokio_rustls::TlsAcceptor;

use crate::endpoints::{Endpoint, Endpoints};
use crate::error::Error;
use crate::gateways;
use crate::ledger::{Entry, Log};
use crate::state::State;

/// State and settings of a running sandbox.
pub(crate) struct Shared {
    pub(crate) url: String,
    /// The PEM file of the CA, under TLS.
    pub(crate) ca_certificate: Option<PathBuf>,
    pub(crate) state: Mutex<State>,
    pub(crate) log: Option<Log>,
    pub(crate) commands: UnboundedSender<ServerCommand>,
    /// From the command to restart until it listens again: no request is answered in between.
    pub(crate) is_down: AtomicBool,
    pub(crate) endpoints: Mutex<Endpoints>,
    /// Holds the port while the server does not listen, during a restart.
    pub(crate) _port: Option<TcpSocket>,
}

impl Shared {
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        // A thread that panicked has at worst lost its own entry.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An app's options, as its console and this port have them.
    pub(crate) fn options(&self, app: &str) -> Result<BTreeMap<String, String>, Error> {
        let app = gateways::app(app)?;
        let own = app.options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let mut options: BTreeMap<_, _> = own.collect();
        options.insert("base_url".to_owned(), self.url.clone());
        if let Some(path) = &self.ca_certificate {
            options.insert("ca_certificate".to_owned(), path.display().to_string());
        }
        if let Some(token) = options.get_mut("token") {
            *token = self.lock().access_token(app).unwrap_or_default().to_owned();
        }
        Ok(options)
    }

    /// The options that lead a client to an endpoint, opened at the first call.
    pub(crate) fn endpoint(&self, endpoint: Endpoint) -> Result<BTreeMap<String, String>, Error> {
        let mut endpoints = self.endpoints.lock().unwrap_or_else(PoisonError::into_inner);
        let is_flood = matches!(endpoint, Endpoint::Flood | Endpoint::TlsFlood);
        endpoints.open(endpoint, |listener, tls| {
            self.send(if is_flood { ServerCommand::Flood(listener, tls) } else { ServerCommand::Serve(listener, tls) })
        })
    }

    /// Ends every connection, refuses new ones for so long, and listens again.
    pub(crate) fn restart(&self, pause: Duration) {
        self.is_down.store(true, Ordering::Release);
        self.send(ServerCommand::Restart(pause));
    }

    fn send(&self, command: ServerCommand) {
        // A server that is gone takes no commands.
        drop(self.commands.send(command));
    }

    pub(crate) fn record(&self, entry: Entry) {
        self.lock().ledger.add(entry.clone());
        if let Some(log) = &self.log {
            log(&entry);
        }
    }
}

/// A command to the server's thread.
pub(crate) enum ServerCommand {
    /// End all connections, refuse new ones for so long, and listen again.
    Restart(Duration),
    /// Serve the gateways on another port as well.
    Serve(TcpListener, Option<TlsAcceptor>),
    /// Flood what connects to another listener.
    Flood(TcpListener, Option<TlsAcceptor>),
}
