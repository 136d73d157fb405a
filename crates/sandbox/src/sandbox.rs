//! The sandbox as its owner holds it, and how it is started.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::mpsc;

use crate::app::App;
use crate::endpoints::{self, Endpoint};
use crate::error::Error;
use crate::gateways;
use crate::ledger::{self, Entry};
use crate::phone::Phone;
use crate::scenario::Failure;
use crate::server::Server;
use crate::shared::Shared;
use crate::sim::Carrier;
use crate::state::State;
use crate::tls;

/// The gateways on a loopback port, from [`start`](Self::start) until this is dropped.
///
/// It has a thread of its own, so it may be asked from any thread, inside an async runtime or not.
pub struct Sandbox {
    // Stopped first: no connection is served once the CA file is gone.
    _server: Server,
    shared: Arc<Shared>,
    ca_file: Option<tls::CaFile>,
}

impl Sandbox {
    /// Listens on a free port of `127.0.0.1`, by plain HTTP.
    ///
    /// # Errors
    ///
    /// If the operating system has no port or thread to give.
    pub fn start() -> Result<Self, Error> {
        Self::builder().start()
    }

    /// Chooses port, TLS and log first.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Where it listens: `http://127.0.0.1:41234`.
    pub fn url(&self) -> &str {
        &self.shared.url
    }

    /// The PEM file with the CA that clients have to trust; TLS only.
    pub fn ca_certificate(&self) -> Option<&Path> {
        self.ca_file.as_ref().map(tls::CaFile::path)
    }

    /// The apps that its consoles know.
    pub fn apps(&self) -> &'static [App] {
        gateways::apps()
    }

    /// An app's options, ready for [`quhao::Client::new`] with the app's provider.
    ///
    /// # Errors
    ///
    /// For an unknown app; the error lists the known ones.
    pub fn options(&self, app: &str) -> Result<BTreeMap<String, String>, Error> {
        self.shared.options(app)
    }

    /// The options that lead a client to another address than [`url`](Self::url), to be laid over an app's own.
    ///
    /// `base_url`, and for TLS `ca_certificate` as text. An endpoint is opened at the first call and lasts as long as
    /// the sandbox.
    ///
    /// # Errors
    ///
    /// If the operating system has no port to give.
    pub fn endpoint(&self, endpoint: Endpoint) -> Result<BTreeMap<String, String>, Error> {
        self.shared.endpoint(endpoint)
    }

    /// Restarts the gateways: every connection ends, the port refuses for `pause`, then it listens again.
    ///
    /// Returns at once. What the gateways remember, they still do.
    pub fn restart(&self, pause: Duration) {
        self.shared.restart(pause);
    }

    /// A phone with this number's SIM card in it.
    ///
    /// # Errors
    ///
    /// If the number is not `1` and ten more digits.
    pub fn phone(&self, number: &str, carrier: Carrier) -> Result<Phone<'_>, Error> {
        Phone::new(&self.shared, number, carrier)
    }

    /// Makes a person known to `verify_identity`.
    ///
    /// All three of one person's data are a match; a known number or id card with other data is a mismatch; anything
    /// else is unknown.
    pub fn add_person(&self, number: &str, name: &str, id_card: &str) {
        self.state().add_person(number, name, id_card);
    }

    /// Moves the gateways' clock ahead: everything minted so far gets older.
    ///
    /// Phones keep this machine's time, so what is minted afterwards is new.
    pub fn advance(&self, by: Duration) {
        self.state().advance(by);
    }

    /// The gateways' clock, in milliseconds since 1970.
    pub fn now_ms(&self) -> u64 {
        self.state().now_ms()
    }

    /// Makes the next request to a gateway fail, or the next to the provider that the failure names; several queue up.
    pub fn fail_next(&self, failure: impl Into<Failure>) {
        self.state().fail_next(failure.into());
    }

    /// Gives an app so many more billed calls; without a balance set there is no limit.
    ///
    /// # Errors
    ///
    /// For an unknown app.
    pub fn set_balance(&self, app: &str, calls: u64) -> Result<(), Error> {
        self.state().set_balance(gateways::app(app)?, calls);
        Ok(())
    }

    /// Gives an app an IP list; without one any address may call.
    ///
    /// China Mobile's login heeds it only where the request's `strictcheck` is `1`.
    ///
    /// # Errors
    ///
    /// For an unknown app.
    pub fn allow_ips(&self, app: &str, ips: &[IpAddr]) -> Result<(), Error> {
        self.state().allow(gateways::app(app)?, ips);
        Ok(())
    }

    /// Replaces a Yuxin app's access token: the old one is refused from now on, as the token service does at expiry.
    ///
    /// # Errors
    ///
    /// For an app that has none.
    pub fn set_token(&self, app: &str, token: &str) -> Result<(), Error> {
        let app = gateways::app(app)?;
        if app.option("token").is_none() {
            return Err(Error::new(format!("app {}: it has no access token", app.name)));
        }
        self.state().set_access_token(app, token);
        Ok(())
    }

    /// Everything that reached it, oldest first; the last 10 000 requests.
    pub fn ledger(&self) -> Vec<Entry> {
        self.state().ledger.entries()
    }

    /// Empties the ledger; tokens and balances stay as they are.
    pub fn clear_ledger(&self) {
        self.state().ledger.clear();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.lock()
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sandbox({})", self.url())
    }
}

/// How a [`Sandbox`] listens.
#[derive(Default)]
pub struct Builder {
    port: u16,
    tls: bool,
    ca_file: Option<PathBuf>,
    log: Option<ledger::Log>,
}

impl Builder {
    /// The port; any free one if left out.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Whether to speak TLS, under a CA of its own.
    #[must_use]
    pub fn tls(mut self, tls: bool) -> Self {
        self.tls = tls;
        self
    }

    /// Where the CA's certificate is written, and stays; a temporary file that goes with the sandbox if left out.
    #[must_use]
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.ca_file = Some(path.into());
        self
    }

    /// Called with each entry of the ledger as it is made, on the sandbox's thread.
    #[must_use]
    pub fn log(mut self, log: impl Fn(&Entry) + Send + Sync + 'static) -> Self {
        self.log = Some(Box::new(log));
        self
    }

    /// Listens.
    ///
    /// # Errors
    ///
    /// If the port is in use, or the CA's file cannot be written.
    pub fn start(self) -> Result<Sandbox, Error> {
        let unusable =
            |error| Error::new(format!("port {} of 127.0.0.1 cannot be listened on", self.port)).caused_by(error);
        // Bound first: beside a socket that listens the kernel binds none.
        let held = match cfg!(target_os = "linux") {
            true => Some(endpoints::bound((Ipv4Addr::LOCALHOST, self.port).into()).map_err(unusable)?),
            false => None,
        };
        let port = match &held {
            Some(held) => held.local_addr().map_err(unusable)?.port(),
            None => self.port,
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(unusable)?;
        let port = listener.local_addr().map_err(unusable)?.port();
        let (acceptor, ca_file) = match self.tls {
            true => tls::acceptor(self.ca_file.as_deref()).map(|(acceptor, file)| (Some(acceptor), Some(file)))?,
            false => (None, None),
        };
        let url = format!("{}://127.0.0.1:{port}", if self.tls { "https" } else { "http" });
        let (commands, from_owner) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            url,
            ca_certificate: ca_file.as_ref().map(|file: &tls::CaFile| file.path().to_owned()),
            state: Mutex::default(),
            log: self.log,
            commands,
            is_down: AtomicBool::new(false),
            endpoints: Mutex::default(),
            _port: held,
        });
        let server = Server::start(listener, acceptor, Arc::clone(&shared), from_owner)?;
        Ok(Sandbox { _server: server, shared, ca_file })
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("port", &self.port).field("tls", &self.tls).finish_non_exhaustive()
    }
}
