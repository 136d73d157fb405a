//! Connections: read a request, write its reply, as long as the client keeps the connection.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;

use super::counters::Counters;
use super::replies::{self, Replies};
use super::request::{self, Parsed};
use crate::Failure;

/// What all connections share.
pub(super) struct State {
    replies: Replies,
    delay: Duration,
    hold: u64,
    all_are_here: Notify,
    counters: Counters,
}

impl State {
    pub(super) fn new(replies: Replies, delay: Duration, hold: u64) -> Self {
        Self { replies, delay, hold, all_are_here: Notify::new(), counters: Counters::default() }
    }

    /// The time that a gateway takes: nothing, a while, or until so many requests wait and then that while.
    async fn take_time(&self) {
        let waiting = self.counters.came();
        if waiting < self.hold {
            self.all_are_here.notified().await;
        } else if waiting == self.hold {
            self.all_are_here.notify_waiters();
        }
        if !self.delay.is_zero() {
            tokio::time::sleep(self.delay).await;
        }
        self.counters.left();
    }
}

/// Serves whoever connects.
///
/// # Errors
///
/// If the port can no longer be listened on.
pub(super) async fn accept(
    listener: TcpListener,
    acceptor: Option<TlsAcceptor>,
    state: Arc<State>,
) -> Result<(), Failure> {
    loop {
        let (stream, _) = match listener.accept().await {
            Ok(accepted) => accepted,
            // Out of descriptors for now, or a client that has gone already.
            Err(_) => {
                tokio::time::sleep(Duration::from_millis(5)).await;
                continue;
            }
        };
        stream.set_nodelay(true)?;
        let (acceptor, state) = (acceptor.clone(), Arc::clone(&state));
        tokio::spawn(async move {
            // A connection that breaks is the client's affair.
            match acceptor {
                None => drop(serve(stream, &state).await),
                Some(acceptor) => {
                    let Ok(stream) = acceptor.accept(stream).await else { return };
                    state.counters.handshakes.add();
                    if stream.get_ref().1.handshake_kind() == Some(rustls::HandshakeKind::Resumed) {
                        state.counters.resumed_handshakes.add();
                    }
                    drop(serve(stream, &state).await);
                }
            }
        });
    }
}

async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, state: &State) -> io::Result<()> {
    let (mut input, mut output) = (Vec::with_capacity(2048), Vec::with_capacity(1024));
    let mut is_counted = false;
    loop {
        match request::parse(&input) {
            Parsed::Partial { awaits_continue } => {
                if awaits_continue {
                    stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
                    stream.flush().await?;
                }
                if stream.read_buf(&mut input).await? == 0 {
                    return stream.shutdown().await;
                }
            }
            Parsed::Whole(request) => {
                output.clear();
                let path = &input[request.path];
                if request.is_get && path == b"/counters" {
                    let told = state.counters.to_json();
                    output.extend_from_slice(replies::head(told.len()).as_bytes());
                    output.extend_from_slice(told.as_bytes());
                } else {
                    state.counters.requests.add();
                    if !std::mem::replace(&mut is_counted, true) {
                        state.counters.connections.add();
                    }
                    if !state.replies.write(path, &input[request.body.clone()], &mut output) {
                        state.counters.unknown.add();
                        output.extend_from_slice(NOT_FOUND);
                    }
                    state.take_time().await;
                }
                stream.write_all(&output).await?;
                stream.flush().await?;
                if request.closes {
                    return stream.shutdown().await;
                }
                input.drain(..request.body.end);
            }
            Parsed::Broken => {
                stream.write_all(BROKEN).await?;
                return stream.shutdown().await;
            }
        }
    }
}

const NOT_FOUND: &[u8] = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n";
const BROKEN: &[u8] = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
