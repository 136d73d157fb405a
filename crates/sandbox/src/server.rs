//! The one port: connections in, requests to gateways and controls, replies out, whole or damaged.

use std::io;
use std::net::{IpAddr, Shutdown, SocketAddr, TcpListener as StdListener, TcpStream as StdStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::header::HeaderValue;
use hyper::rt::{Read, Write};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use crate::answer;
use crate::body::BodyPlan;
use crate::control;
use crate::endpoints;
use crate::error::Error;
use crate::explain::Explanation;
use crate::faults::Fault;
use crate::flood;
use crate::gateways;
use crate::ledger::Entry;
use crate::request::Request;
use crate::respond::{self, HangUp, JSON, deliver, reply};
use crate::shared::{ServerCommand, Shared};

/// The thread that listens, until this is dropped.
pub(crate) struct Server {
    pid: u32,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub(crate) fn start(
        listener: StdListener,
        tls: Option<TlsAcceptor>,
        shared: Arc<Shared>,
        commands: UnboundedReceiver<ServerCommand>,
    ) -> Result<Self, Error> {
        let unusable = |error: io::Error| Error::new("the port cannot be listened on").caused_by(error);
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Error::new("the I/O thread could not be started").caused_by(error))?;
        let listener = {
            let _inside = runtime.enter();
            listening(listener).map_err(unusable)?
        };
        let (stop, stopped) = oneshot::channel();
        let run = move || {
            // Returns when the sender is dropped; the runtime's end then ends all connections.
            runtime.block_on(async {
                tokio::select! {
                    () = accept(listener, tls, shared, commands) => {}
                    _ = stopped => {}
                }
            });
        };
        let thread = std::thread::Builder::new().name("quhao-sandbox".to_owned()).spawn(run);
        let thread = thread.map_err(|error| Error::new("the I/O thread could not be started").caused_by(error))?;
        Ok(Self { pid: std::process::id(), stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.pid != std::process::id() {
            // After a fork the thread is the parent's: not to be woken from here, and waiting for it would have no end.
            std::mem::forget((self.stop.take(), self.thread.take()));
            return;
        }
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was printed by the thread.
            let _ = thread.join();
        }
    }
}

async fn accept(
    mut listener: TcpListener,
    tls: Option<TlsAcceptor>,
    shared: Arc<Shared>,
    mut commands: UnboundedReceiver<ServerCommand>,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => welcome(&mut connections, accepted, tls.as_ref(), &shared).await,
            Some(_) = connections.join_next() => {}
            Some(command) = commands.recv() => match command {
                ServerCommand::Restart(pause) => {
                    let Ok(address) = listener.local_addr() else { return };
                    drop(listener);
                    connections.shutdown().await;
                    sleep(pause).await;
                    shared.is_down.store(false, Ordering::Release);
                    listener = listening_again(address).await;
                }
                ServerCommand::Flood(listener, tls) => {
                    if let Ok(listener) = listening(listener) {
                        tokio::spawn(flood::accept(listener, tls));
                    }
                }
                ServerCommand::Serve(listener, tls) => {
                    if let Ok(listener) = listening(listener) {
                        tokio::spawn(accept_without_commands(listener, tls, Arc::clone(&shared)));
                    }
                }
            },
        }
    }
}

async fn accept_without_commands(listener: TcpListener, tls: Option<TlsAcceptor>, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => welcome(&mut connections, accepted, tls.as_ref(), &shared).await,
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn welcome(
    connections: &mut JoinSet<()>,
    accepted: io::Result<(TcpStream, SocketAddr)>,
    tls: Option<&TlsAcceptor>,
    shared: &Arc<Shared>,
) {
    match accepted {
        Ok((stream, peer)) => {
            let (tls, shared, peer) = (tls.cloned(), Arc::clone(shared), peer.ip());
            let connection = Connection { tls, shared, peer, asked: AtomicU64::new(0), closes: AtomicBool::new(false) };
            connections.spawn(connection.serve(stream));
        }
        // Out of descriptors, most likely: wait for some to come back.
        Err(_) => sleep(Duration::from_millis(20)).await,
    }
}

fn listening(listener: StdListener) -> io::Result<TcpListener> {
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener)
}

/// Listens where another socket listened before; the port is free where `Shared` holds it.
async fn listening_again(address: SocketAddr) -> TcpListener {
    loop {
        match endpoints::bound(address).and_then(|socket| socket.listen(BACKLOG)) {
            Ok(listener) => return listener,
            Err(_) => sleep(Duration::from_millis(5)).await,
        }
    }
}

struct Connection {
    tls: Option<TlsAcceptor>,
    shared: Arc<Shared>,
    peer: IpAddr,
    /// How many requests came, for telling whether it is idle.
    asked: AtomicU64,
    /// Whether it is closed as soon as it is idle.
    closes: AtomicBool,
}

impl Connection {
    async fn serve(mut self, stream: TcpStream) {
        let Ok((stream, handle)) = with_handle(stream) else { return };
        match self.tls.take() {
            None => self.exchange(TokioIo::new(stream), handle).await,
            Some(tls) => {
                if let Ok(Ok(stream)) = timeout(HANDSHAKE, tls.accept(stream)).await {
                    self.exchange(TokioIo::new(stream), handle).await;
                }
            }
        }
    }

    async fn exchange(self, io: impl Read + Write + Unpin, handle: Arc<StdStream>) {
        let connection = Arc::new(self);
        let service = service_fn(|request| {
            let (connection, handle) = (Arc::clone(&connection), Arc::clone(&handle));
            async move {
                connection.asked.fetch_add(1, Ordering::Relaxed);
                let reply = connection.answer(request, &handle).await;
                if connection.closes.load(Ordering::Relaxed) {
                    tokio::spawn(connection.close_if_idle(handle));
                }
                reply
            }
        });
        let served = http1::Builder::new().timer(TokioTimer::new()).serve_connection(io, service).await;
        // An error is of the connection, which is gone.
        drop(served);
    }

    async fn answer(
        &self,
        request: hyper::Request<Incoming>,
        handle: &StdStream,
    ) -> Result<Response<BodyPlan>, HangUp> {
        if self.shared.is_down.load(Ordering::Acquire) {
            return Err(HangUp);
        }
        let (head, body) = request.into_parts();
        let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (host, origin) = (header("host").to_owned(), header("origin").to_owned());
        let mut request = Request {
            method: head.method.to_string(),
            path: head.uri.path().to_owned(),
            query: head.uri.query().unwrap_or_default().to_owned(),
            content_type: header("content-type").to_owned(),
            body: bytes::Bytes::new(),
            peer: self.peer,
        };
        if let Some(gateway) = gateways::at(&request.path) {
            let fault = self.shared.lock().next_failure_before_the_request(gateway.provider());
            if let Some(fault) = fault {
                return self.strike(fault, handle);
            }
        }
        match Limited::new(body, LARGEST_REQUEST).collect().await {
            Ok(body) => request.body = body.to_bytes(),
            Err(error) if error.is::<http_body_util::LengthLimitError>() => {
                return Ok(self.turned_away(&request, StatusCode::PAYLOAD_TOO_LARGE, "the body is over 64 KiB"));
            }
            Err(_) => return Err(HangUp),
        }
        if let Some(reply) = control::answer(&request, &host, &origin, &self.shared) {
            return Ok(reply);
        }
        let Some(gateway) = gateways::at(&request.path) else {
            return Ok(self.turned_away(&request, StatusCode::NOT_FOUND, "no gateway has this path; GET / lists them"));
        };
        if head.method != Method::POST {
            return Ok(self.turned_away(&request, StatusCode::METHOD_NOT_ALLOWED, "expected POST"));
        }
        let (answer, entry) = answer::answer(gateway, &request, &mut self.shared.lock());
        self.shared.record(entry);
        if answer.fault == Some(Fault::CloseWhenIdle) {
            self.closes.store(true, Ordering::Relaxed);
        }
        deliver(answer, handle).await
    }

    /// Closes the connection unless another request has come on it in the meantime.
    async fn close_if_idle(self: Arc<Self>, handle: Arc<StdStream>) {
        let asked = self.asked.load(Ordering::Relaxed);
        sleep(IDLE).await;
        if self.asked.load(Ordering::Relaxed) == asked {
            // The client may have been first.
            let _ = handle.shutdown(Shutdown::Both);
        }
    }

    /// Strikes instead of reading a request: none is judged, so none is in the ledger.
    fn strike(&self, fault: Fault, handle: &StdStream) -> Result<Response<BodyPlan>, HangUp> {
        match fault {
            Fault::Restart(_) => self.shared.restart(fault.pause()),
            _ => respond::reset_when_closed(handle),
        }
        Err(HangUp)
    }

    /// Answers a request that gets to no gateway.
    fn turned_away(&self, request: &Request, status: StatusCode, why: &str) -> Response<BodyPlan> {
        let mut entry = Entry::new(self.shared.lock().now_ms(), &request.method, &request.path);
        entry.of(gateways::at(&request.path).map_or("", |gateway| gateway.provider()), None, None);
        status.as_str().clone_into(&mut entry.verdict);
        entry.explain(Explanation::words(why));
        self.shared.record(entry);
        let mut reply = reply(status, JSON, BodyPlan::whole(serde_json::json!({ "error": why }).to_string()));
        if status == StatusCode::METHOD_NOT_ALLOWED {
            reply.headers_mut().insert("allow", HeaderValue::from_static("POST"));
        }
        reply
    }
}

/// A stream, and a second handle on its socket for closing it unlike hyper would.
fn with_handle(stream: TcpStream) -> io::Result<(TcpStream, Arc<StdStream>)> {
    let stream = stream.into_std()?;
    let handle = stream.try_clone()?;
    Ok((TcpStream::from_std(stream)?, Arc::new(handle)))
}

const LARGEST_REQUEST: usize = 64 << 10;
const HANDSHAKE: Duration = Duration::from_secs(10);
const IDLE: Duration = Duration::from_millis(50);
const BACKLOG: u32 = 1024;
