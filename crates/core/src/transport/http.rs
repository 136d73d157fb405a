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
    while let Some(sender) = connections.check_out(&address.origin).await {
        match post_on(sender, connections, address, body, progress).await {
            Err(_) if progress.phase() == Phase::Connect => {}
            ended => return ended,
        }
    }
    // Most requests never need it, and all have to hold it.
    let sender = Box::pin(connections.connect(&address.origin)).await?;
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
    connections.check_in(&address.origin, sender);
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::io::{Read as _, Write as _};
    use std::net::{TcpListener, TcpStream};
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::thread;
    use std::time::Duration;

    use hyper::header::HeaderMap;
    use tokio::runtime::Builder;

    use super::*;
    use crate::options::Options;
    use crate::transport::{Route, Trust, catch_up};

    // A reply that nobody asked for would be somebody else's number.

    #[test]
    fn what_comes_in_one_piece_with_a_reply_is_read_by_nobody() {
        for mut runtime in [Builder::new_current_thread(), Builder::new_multi_thread()] {
            let runtime = runtime.enable_all().build().unwrap();
            for _ in 0..50 {
                let (url, is_answered) = gateway(&["own", "foreign"].map(reply).concat(), "");
                assert_eq!(runtime.block_on(three(&url, &is_answered)), ["own"; 3]);
            }
        }
    }

    #[test]
    fn what_comes_while_nobody_looks_is_read_by_nobody() {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        for _ in 0..50 {
            let (url, is_answered) = gateway(&reply("own"), &reply("foreign"));
            assert_eq!(runtime.block_on(three(&url, &is_answered)), ["own"; 3]);
        }
    }

    /// The replies to three requests, one after the other.
    async fn three(url: &str, is_answered: &Receiver<()>) -> Vec<String> {
        let route = Route::from(&mut Options::read(&[], BTreeMap::<String, String>::new()).unwrap()).unwrap();
        let connections = Arc::new(Connections::new(&route, &Trust::default()).unwrap());
        let request = Request { url: url.to_owned(), content_type: "text/plain", body: "token".into() };
        let address = Address::new(&request, &HeaderMap::new(), &route).unwrap();
        let mut replies = Vec::new();
        for _ in 0..3 {
            catch_up().await;
            let (_, body) = post(&connections, &address, &request.body, &Progress::default()).await.unwrap();
            replies.push(String::from_utf8(body).unwrap());
            // A runtime of one thread stands still meanwhile.
            is_answered.recv_timeout(Duration::from_secs(10)).unwrap();
        }
        replies
    }

    /// Answers the first request with `first` and then, unasked, `unasked`; and all others as they should be.
    fn gateway(first: &str, unasked: &str) -> (String, Receiver<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let ((answered, is_answered), mut wrong) = (channel(), Some([first.to_owned(), unasked.to_owned()]));
        thread::spawn(move || {
            for stream in listener.incoming().take(3).flatten() {
                let (wrong, answered) = (wrong.take(), answered.clone());
                thread::spawn(move || answer(stream, wrong, &answered));
            }
        });
        (url, is_answered)
    }

    fn answer(mut stream: TcpStream, mut wrong: Option<[String; 2]>, answered: &Sender<()>) {
        stream.set_nodelay(true).unwrap();
        while stream.read(&mut [0; 4096]).is_ok_and(|read| read > 0) {
            for piece in wrong.take().unwrap_or_else(|| [reply("own"), String::new()]) {
                stream.write_all(piece.as_bytes()).unwrap();
            }
            answered.send(()).unwrap();
        }
    }

    fn reply(text: &str) -> String {
        format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{text}", text.len())
    }
}
