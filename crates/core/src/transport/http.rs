//! One request on one connection: the body that notes when it leaves, the capped reply, and how far a failure got.

use std::error::Error as StdError;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use hyper::Method;
use hyper::body::{Body, Bytes, Frame, SizeHint};
use hyper::client::conn::http1::SendRequest;

use super::address::Address;
use super::connections::Connections;
use crate::error::{Error, ErrorKind, Phase};

/// What is posted.
pub(crate) struct Request {
    pub(crate) url: String,
    pub(crate) content_type: &'static str,
    pub(crate) body: Bytes,
}

/// Posts once and reads the whole reply, at most 1 MiB.
///
/// A connection that turns out to be closed before the body was handed to it is followed by another.
///
/// # Errors
///
/// `transport`, by how far the request got; `protocol` for a larger reply.
pub(crate) async fn post(
    connections: &Arc<Connections>,
    address: &Address,
    body: &Bytes,
    progress: &Progress,
) -> Result<(u16, Vec<u8>), Error> {
    while let Some(sender) = connections.kept(&address.origin).await {
        match post_on(sender, connections, address, body, progress).await {
            Err(_) if progress.phase() == Phase::Connect => {}
            ended => return ended,
        }
    }
    // Most requests never need it, and all have to hold it.
    let sender = Box::pin(connections.opened(&address.origin)).await?;
    post_on(sender, connections, address, body, progress).await
}

async fn post_on(
    mut sender: SendRequest<OneShot>,
    connections: &Arc<Connections>,
    address: &Address,
    body: &Bytes,
    progress: &Progress,
) -> Result<(u16, Vec<u8>), Error> {
    let mut request = hyper::Request::new(OneShot { body: Some(body.clone()), progress: progress.clone() });
    *request.method_mut() = Method::POST;
    *request.uri_mut() = address.target.clone();
    *request.headers_mut() = address.headers.clone();
    let failed = |error: hyper::Error| failure(progress.phase(), error.into());
    let (head, mut reply) = sender.send_request(request).await.map_err(failed)?.into_parts();
    let mut received = Vec::new();
    while let Some(frame) = poll_fn(|context| Pin::new(&mut reply).poll_frame(context)).await {
        let Ok(chunk) = frame.map_err(failed)?.into_data() else { continue };
        if received.len() + chunk.len() > LARGEST_REPLY {
            return Err(Error::protocol(format!("the reply is larger than {LARGEST_REPLY} bytes")));
        }
        received.extend_from_slice(&chunk);
    }
    connections.keep(&address.origin, sender);
    Ok((head.status.as_u16(), received))
}

/// How far a request got: whether its body was handed to a connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Progress(Arc<AtomicBool>);

impl Progress {
    /// Where a failure now would be.
    pub(crate) fn phase(&self) -> Phase {
        if self.0.load(Ordering::Acquire) { Phase::Receive } else { Phase::Connect }
    }

    fn body_left(&self) {
        self.0.store(true, Ordering::Release);
    }
}

/// A body that notes when a connection takes it.
pub(crate) struct OneShot {
    body: Option<Bytes>,
    progress: Progress,
}

impl Body for OneShot {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        self.progress.body_left();
        Poll::Ready(self.body.take().map(|body| Ok(Frame::data(body))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.body.as_ref().map_or(0, |body| body.len() as u64))
    }
}

/// Turns a failure into an error whose phase says whether the token may be spent.
pub(super) fn failure(phase: Phase, error: Box<dyn StdError + Send + Sync>) -> Error {
    let is = |kind| causes(&*error).filter_map(|cause| cause.downcast_ref::<io::Error>()).any(|e| e.kind() == kind);
    let phase = if phase == Phase::Receive && is(io::ErrorKind::BrokenPipe) { Phase::Send } else { phase };
    let timeout = is(io::ErrorKind::TimedOut);
    let cause = causes(&*error).last().map(ToString::to_string).unwrap_or_default();
    Error::new(ErrorKind::Transport { phase, timeout }, format!("{} failed: {cause}", phase.as_str())).caused_by(error)
}

/// The error and what caused it, each after the other.
fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&cause| cause.source())
}

/// A gateway's reply has a few hundred bytes.
const LARGEST_REPLY: usize = 1 << 20;
