//! A call beside a bare POST of the same bytes, and beside two sockets that throw them at each other.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use quhao::{Client, Params};
use reqwest::redirect::Policy;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use super::{Bench, cores, micros_each, row};
use crate::Failure;
use crate::fixtures::Fixture;
use crate::process::Address;

pub(super) fn measure(bench: &Bench) -> Result<(), Failure> {
    // What `#[tokio::main]` gives a back end.
    let runtime = Runtime::new()?;
    let fixture = bench.fixture("shanyan-v2")?;
    let calls = bench.scale(1000, 50);
    cores("one")?;
    for (name, secured) in [("rust call, keep-alive", false), ("rust call over TLS, keep-alive", true)] {
        let client = fixture.client(&bench.at, secured)?;
        let post = Post::new(&fixture, &bench.at, secured)?;
        let params = fixture.phone_params();
        runtime.block_on(async {
            ours(&client, &fixture, &params, calls / 10).await?;
            bare(&post, calls / 10).await
        })?;
        let (ours, other) = bench.rounds_of(
            || {
                let (client, fixture, params) = (client.clone(), fixture.clone(), params.clone());
                runtime.block_on(spawned(async move { ours(&client, &fixture, &params, calls).await }))
            },
            || {
                let post = post.clone();
                runtime.block_on(spawned(async move { bare(&post, calls).await }))
            },
        )?;
        row(name, Some("reqwest"), "us per call", &ours, Some(&other))?;
        if !secured {
            let mut socket = Socket::connect(&fixture, &bench.at)?;
            let floor: Result<Vec<f64>, _> = (0..bench.rounds()).map(|_| socket.ping_pong(calls)).collect();
            row(name, Some("blocking socket"), "us per call", &ours, Some(&floor?))?;
        }
    }
    blocking(bench, &fixture, calls)?;
    cores("all")?;
    many(bench, &runtime, &fixture)
}

/// Code that waits: both hand the work to a thread with a runtime on it.
fn blocking(bench: &Bench, fixture: &Fixture, calls: usize) -> Result<(), Failure> {
    let client = quhao::blocking::Client::from(fixture.client(&bench.at, false)?);
    let post = Post::new(fixture, &bench.at, false)?;
    let elsewhere = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let (ours, other) = bench.rounds_of(
        || {
            let begun = Instant::now();
            for _ in 0..calls {
                fixture.expect(client.fetch_number(fixture.phone_params())?.number.expose())?;
            }
            Ok(micros_each(begun, calls))
        },
        || {
            let begun = Instant::now();
            for _ in 0..calls {
                let (done, wait) = std::sync::mpsc::sync_channel(1);
                let post = post.clone();
                elsewhere.spawn(async move { drop(done.send(post.once().await)) });
                wait.recv()??;
            }
            Ok(micros_each(begun, calls))
        },
    )?;
    row("rust blocking call, keep-alive", Some("reqwest on a thread of its own"), "us per call", &ours, Some(&other))
}

/// A hundred at a time, each as soon as the one before it is answered.
fn many(bench: &Bench, runtime: &Runtime, fixture: &Fixture) -> Result<(), Failure> {
    let client = fixture.client(&bench.at, false)?;
    let post = Post::new(fixture, &bench.at, false)?;
    let each = bench.scale(50, 5);
    let (ours, other) = bench.rounds_of(
        || {
            let task = |at: usize| {
                let (client, fixture) = (client.clone(), fixture.clone());
                async move { ours(&client, &fixture, &fixture.more_params[at].clone().into(), each).await }
            };
            runtime.block_on(rate(IN_FLIGHT, each, task))
        },
        || {
            let task = |_| {
                let post = post.clone();
                async move { bare(&post, each).await }
            };
            runtime.block_on(rate(IN_FLIGHT, each, task))
        },
    )?;
    row("rust, 100 in flight", Some("reqwest"), "calls/s", &ours, Some(&other))
}

/// Calls in a second, of so many tasks with so many calls each.
async fn rate<T>(tasks: usize, each: usize, task: impl Fn(usize) -> T) -> Result<f64, Failure>
where
    T: Future<Output = Result<f64, Failure>> + Send + 'static,
{
    let begun = Instant::now();
    let mut set = JoinSet::new();
    for at in 0..tasks {
        set.spawn(task(at));
    }
    while let Some(done) = set.join_next().await {
        done??;
    }
    Ok((tasks * each) as f64 / begun.elapsed().as_secs_f64())
}

/// On a worker of the runtime, as a request handler is.
async fn spawned<T: Send + 'static>(
    measured: impl Future<Output = Result<T, Failure>> + Send + 'static,
) -> Result<T, Failure> {
    tokio::spawn(measured).await?
}

async fn ours(client: &Client, fixture: &Fixture, params: &Params, calls: usize) -> Result<f64, Failure> {
    let begun = Instant::now();
    for _ in 0..calls {
        fixture.expect(client.fetch_number(params).await?.number.expose())?;
    }
    Ok(micros_each(begun, calls))
}

async fn bare(post: &Post, calls: usize) -> Result<f64, Failure> {
    let begun = Instant::now();
    for _ in 0..calls {
        post.once().await?;
    }
    Ok(micros_each(begun, calls))
}

/// reqwest alone, set up as quhao sets it up, with the bytes that quhao would send.
#[derive(Clone)]
pub(super) struct Post {
    client: reqwest::Client,
    url: String,
    content_type: String,
    body: String,
    reply_length: usize,
}

impl Post {
    pub(super) fn new(fixture: &Fixture, at: &Address, secured: bool) -> Result<Self, Failure> {
        Self::over(tls(at)?, fixture, at, secured)
    }

    pub(super) fn over(tls: ClientConfig, fixture: &Fixture, at: &Address, secured: bool) -> Result<Self, Failure> {
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(Duration::from_secs(2))
            .timeout(Duration::from_secs(5))
            .pool_idle_timeout(Duration::from_secs(20))
            .no_proxy()
            .build()?;
        Ok(Self {
            client,
            url: format!("{}{}", if secured { &at.https } else { &at.http }, fixture.path),
            content_type: fixture.content_type.clone(),
            body: fixture.body.clone(),
            reply_length: fixture.reply.len(),
        })
    }

    pub(super) async fn once(&self) -> Result<(), Failure> {
        let request = self.client.post(&self.url).header("accept", "application/json");
        let request = request.header("content-type", &self.content_type).header("user-agent", "quhao/0.1.0");
        let reply = request.body(self.body.clone()).send().await?;
        let (status, bytes) = (reply.status(), reply.bytes().await?);
        if status.is_success() && bytes.len() == self.reply_length {
            return Ok(());
        }
        Err(format!("expected {} bytes, got {} with {status}", self.reply_length, bytes.len()).into())
    }
}

/// The gateway's CA and no other: reading the system's store is not what is measured.
pub(super) fn tls(at: &Address) -> Result<ClientConfig, Failure> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(&at.ca)?)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(versions.with_root_certificates(roots).with_no_client_auth())
}

/// The same bytes through a blocking socket: no client can be faster.
struct Socket {
    stream: TcpStream,
    request: Vec<u8>,
    reply_length: usize,
}

impl Socket {
    fn connect(fixture: &Fixture, at: &Address) -> Result<Self, Failure> {
        let host = at.http.trim_start_matches("http://");
        let stream = TcpStream::connect(host)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        let Fixture { path, content_type, body, reply, .. } = fixture;
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: {host}\r\naccept: application/json\r\ncontent-type: {content_type}\r\n\
             user-agent: quhao/0.1.0\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        Ok(Self { stream, request: request.into_bytes(), reply_length: reply.len() })
    }

    fn ping_pong(&mut self, calls: usize) -> Result<f64, Failure> {
        let mut reply = vec![0; 4096];
        let begun = Instant::now();
        for _ in 0..calls {
            self.stream.write_all(&self.request)?;
            let mut came = 0;
            while !ends_with_body(&reply[..came], self.reply_length) {
                match self.stream.read(&mut reply[came..])? {
                    0 => return Err("the gateway closed the connection".into()),
                    more => came += more,
                }
            }
        }
        Ok(micros_each(begun, calls))
    }
}

fn ends_with_body(reply: &[u8], length: usize) -> bool {
    memchr::memmem::find(reply, b"\r\n\r\n").is_some_and(|head| reply.len() >= head + 4 + length)
}

const IN_FLIGHT: usize = 100;
