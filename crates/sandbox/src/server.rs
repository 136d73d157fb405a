//! The one port: connections in, requests to gateways and controls, replies out, whole or damaged.

use std::io;
use std::net::{IpAddr, TcpListener as StdListener, TcpStream as StdStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue, LOCATION};
use hyper::rt::{Read, Write};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use crate::body::Script;
use crate::control;
use crate::error::Error;
use crate::explain::Explanation;
use crate::faults::Fault;
use crate::gateways::{self, Answer};
use crate::ledger::{Entry, Log};
use crate::request::Request;
use crate::state::State;

/// What the server's thread and the sandbox's owner share.
pub(crate) struct Shared {
    pub(crate) url: String,
    pub(crate) state: Mutex<State>,
    pub(crate) log: Option<Log>,
}

impl Shared {
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        // A thread that panicked has at worst lost its own entry.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn record(&self, entry: Entry) {
        self.lock().ledger.add(entry.clone());
        if let Some(log) = &self.log {
            log(&entry);
        }
    }
}

/// The thread that listens, until this is dropped.
pub(crate) struct Server {
    pid: u32,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub(crate) fn start(listener: StdListener, tls: Option<TlsAcceptor>, shared: Arc<Shared>) -> Result<Self, Error> {
        let unusable = |error: io::Error| Error::new("the port cannot be listened on").caused_by(error);
        listener.set_nonblocking(true).map_err(unusable)?;
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Error::new("the I/O thread could not be started").caused_by(error))?;
        let listener = {
            let _inside = runtime.enter();
            TcpListener::from_std(listener).map_err(unusable)?
        };
        let (stop, stopped) = oneshot::channel();
        let run = move || {
            // Returns when the sender is dropped; the runtime's end then ends all connections.
            runtime.block_on(async {
                tokio::select! {
                    () = accept(listener, tls, shared) => {}
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
            // A panic over there was printed over there.
            let _ = thread.join();
        }
    }
}

async fn accept(listener: TcpListener, tls: Option<TlsAcceptor>, shared: Arc<Shared>) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                let connection = Connection { tls: tls.clone(), shared: Arc::clone(&shared), peer: peer.ip() };
                tokio::spawn(connection.serve(stream));
            }
            // Out of descriptors, most likely: wait for some to come back.
            Err(_) => sleep(Duration::from_millis(20)).await,
        }
    }
}

struct Connection {
    tls: Option<TlsAcceptor>,
    shared: Arc<Shared>,
    peer: IpAddr,
}

/// The reply is none: the connection goes, politely or not.
#[derive(Debug)]
struct HangUp;

impl std::fmt::Display for HangUp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the connection is closed on purpose")
    }
}

impl std::error::Error for HangUp {}

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
            async move { connection.answer(request, &handle).await }
        });
        let served = http1::Builder::new().timer(TokioTimer::new()).serve_connection(io, service).await;
        // What failed is the connection, and it is gone.
        drop(served);
    }

    async fn answer(&self, request: hyper::Request<Incoming>, handle: &StdStream) -> Result<Response<Script>, HangUp> {
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
        let (answer, entry) = gateways::answer(gateway, &request, &mut self.shared.lock());
        self.shared.record(entry);
        deliver(answer, handle).await
    }

    /// Answers a request that gets to no gateway.
    fn turned_away(&self, request: &Request, status: StatusCode, why: &str) -> Response<Script> {
        let mut entry = Entry::new(self.shared.lock().now_ms(), &request.method, &request.path);
        entry.of(gateways::at(&request.path).map_or("", |gateway| gateway.provider()), None, None);
        status.as_str().clone_into(&mut entry.verdict);
        entry.explain(Explanation::words(why));
        self.shared.record(entry);
        let mut reply = reply(status, JSON, Script::whole(serde_json::json!({ "error": why }).to_string()));
        if status == StatusCode::METHOD_NOT_ALLOWED {
            reply.headers_mut().insert("allow", HeaderValue::from_static("POST"));
        }
        reply
    }
}

/// Sends an answer, damaged as its fault says.
async fn deliver(answer: Answer, handle: &StdStream) -> Result<Response<Script>, HangUp> {
    let Answer { body, fault } = answer;
    let Some(fault) = fault else { return Ok(reply(StatusCode::OK, JSON, Script::whole(body))) };
    if let Some(delay) = fault.delay() {
        sleep(delay).await;
    }
    let ok = |content_type, body| Ok(reply(StatusCode::OK, content_type, body));
    match fault {
        Fault::CloseBeforeReply => Err(HangUp),
        Fault::ResetBeforeReply => {
            // With nothing to linger for, the kernel resets instead of closing.
            if let Ok(stream) = handle.try_clone().and_then(TcpStream::from_std) {
                let _ = stream.set_zero_linger();
            }
            Err(HangUp)
        }
        Fault::EmptyBody => ok(JSON, Script::whole("")),
        Fault::Garbage => ok(JSON, Script::whole(&b"\x00\xff\xfe\x1f\x8b\x08{\"code\":\"200000\xc3\x28\""[..])),
        Fault::Html200 => ok(HTML, Script::whole(PAGE)),
        Fault::Html502 => Ok(reply(StatusCode::BAD_GATEWAY, HTML, Script::whole(PAGE))),
        Fault::HugeBody => ok(JSON, Script::huge(64 << 20)),
        Fault::Redirect => {
            let mut reply = reply(StatusCode::FOUND, HTML, Script::whole(PAGE));
            reply.headers_mut().insert(LOCATION, HeaderValue::from_static("/moved"));
            Ok(reply)
        }
        Fault::SlowBody => ok(JSON, Script::slow(body.as_bytes(), Duration::from_millis(100), LONGEST)),
        Fault::StallMidBody => ok(JSON, Script::half(body.as_bytes(), LONGEST)),
        Fault::TruncatedBody => ok(JSON, Script::half(body.as_bytes(), FLUSH)),
        Fault::Utf8Bom => ok(JSON, Script::whole(format!("\u{feff}{body}"))),
        Fault::WrongContentType => ok(HTML, Script::whole(body)),
        Fault::DoubleEscapedData | Fault::NumbersForStrings | Fault::OtherReply | Fault::StallBeforeHeaders(_) => {
            ok(JSON, Script::whole(body))
        }
    }
}

pub(crate) fn reply(status: StatusCode, content_type: &'static str, body: Script) -> Response<Script> {
    let mut reply = Response::new(body);
    *reply.status_mut() = status;
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    reply
}

/// A stream, and a second handle on its socket for closing it unlike hyper would.
fn with_handle(stream: TcpStream) -> io::Result<(TcpStream, Arc<StdStream>)> {
    let stream = stream.into_std()?;
    let handle = stream.try_clone()?;
    Ok((TcpStream::from_std(stream)?, Arc::new(handle)))
}

pub(crate) const JSON: &str = "application/json;charset=UTF-8";
const HTML: &str = "text/html;charset=UTF-8";
const PAGE: &str = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n";

const LARGEST_REQUEST: usize = 64 << 10;
const HANDSHAKE: Duration = Duration::from_secs(10);
const LONGEST: Duration = Duration::from_secs(30);

/// Time for the first half to leave before the connection goes.
const FLUSH: Duration = Duration::from_millis(50);
