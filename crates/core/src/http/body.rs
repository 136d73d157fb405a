//! A request's body that records when a connection takes it.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::model::Phase;

/// How far a request got: whether its body was handed to a connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct SendProgress(Arc<AtomicBool>);

impl SendProgress {
    /// The phase of a failure that happens now.
    pub(crate) fn phase(&self) -> Phase {
        if self.0.load(Ordering::Acquire) { Phase::Receive } else { Phase::Connect }
    }
}

/// A body that marks its progress when it is polled, and yields its bytes once: it cannot be cloned or sent again.
pub(super) struct TrackedBody {
    bytes: Option<Bytes>,
    progress: SendProgress,
}

impl TrackedBody {
    pub(super) fn new(bytes: Bytes, progress: SendProgress) -> Self {
        Self { bytes: Some(bytes), progress }
    }
}

impl Body for TrackedBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.progress.0.store(true, Ordering::Release);
        Poll::Ready(self.bytes.take().map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}
