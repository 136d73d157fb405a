//! Bodies that come in pieces, late, or not to their end.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

/// A reply's body, as a list of things that happen.
pub(crate) struct BodyPlan {
    steps: VecDeque<Step>,
    /// The length that the reply announces, whatever comes; none if left out.
    announced: Option<u64>,
    waiting: Option<Pin<Box<Sleep>>>,
}

enum Step {
    Data(Bytes),
    /// The same chunk so many times.
    Again(Bytes, usize),
    Break,
    Wait(Duration),
}

impl BodyPlan {
    pub(crate) fn whole(body: impl Into<Bytes>) -> Self {
        let body = body.into();
        Self::of(Some(body.len()), [Step::Data(body)])
    }

    /// The first half, a pause, and the connection breaks off.
    pub(crate) fn half(body: &[u8], pause: Duration) -> Self {
        let half = Bytes::copy_from_slice(&body[..body.len() / 2]);
        Self::of(Some(body.len()), [Step::Data(half), Step::Wait(pause), Step::Break])
    }

    /// Nothing but the announcement, a pause, and the connection breaks off.
    pub(crate) fn announced(body: &[u8], pause: Duration) -> Self {
        Self::of(Some(body.len()), [Step::Wait(pause), Step::Break])
    }

    /// A byte at a time for at most `longest`, and then the rest at once.
    pub(crate) fn slow(body: &[u8], pause: Duration, longest: Duration) -> Self {
        let most = usize::try_from(longest.as_millis() / pause.as_millis().max(1)).unwrap_or(usize::MAX);
        let (slow, rest) = body.split_at(body.len().min(most));
        let slowly = slow.iter().flat_map(|byte| [Step::Wait(pause), Step::Data(Bytes::copy_from_slice(&[*byte]))]);
        Self::of(Some(body.len()), slowly.chain([Step::Data(Bytes::copy_from_slice(rest))]))
    }

    /// A JSON object of about `size` bytes, of unannounced length.
    pub(crate) fn huge(size: usize) -> Self {
        let chunk = Bytes::from(vec![b'a'; 1 << 16]);
        let times = size >> 16;
        let (head, tail) = (Bytes::from_static(b"{\"padding\":\""), Bytes::from_static(b"\"}"));
        Self::of(None, [Step::Data(head), Step::Again(chunk, times), Step::Data(tail)])
    }

    fn of(announced: Option<usize>, steps: impl IntoIterator<Item = Step>) -> Self {
        Self { steps: steps.into_iter().collect(), announced: announced.map(|length| length as u64), waiting: None }
    }
}

impl Body for BodyPlan {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        loop {
            if let Some(waiting) = &mut self.waiting {
                if waiting.as_mut().poll(context).is_pending() {
                    return Poll::Pending;
                }
                self.waiting = None;
            }
            match self.steps.pop_front() {
                None => return Poll::Ready(None),
                Some(Step::Data(data)) if data.is_empty() => {}
                Some(Step::Data(data)) => return Poll::Ready(Some(Ok(Frame::data(data)))),
                Some(Step::Again(_, 0)) => {}
                Some(Step::Again(data, times)) => {
                    self.steps.push_front(Step::Again(data.clone(), times - 1));
                    return Poll::Ready(Some(Ok(Frame::data(data))));
                }
                Some(Step::Break) => return Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into()))),
                Some(Step::Wait(pause)) => self.waiting = Some(Box::pin(sleep(pause))),
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.waiting.is_none() && self.steps.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        self.announced.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}
