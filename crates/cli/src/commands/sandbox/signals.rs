//! The end of a server: Ctrl-C, or a request to terminate.

use std::io;

use tokio::runtime::{Builder, Runtime};

/// Signals that end the server, caught since this was made.
pub(super) struct Signals {
    runtime: Runtime,
    #[cfg(unix)]
    caught: [tokio::signal::unix::Signal; 2],
}

impl Signals {
    /// Takes the signals over from the operating system, which would end the process without a farewell.
    pub(super) fn caught() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let inside = runtime.enter();
            let caught = [signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?];
            drop(inside);
            Ok(Self { runtime, caught })
        }
        #[cfg(not(unix))]
        Ok(Self { runtime })
    }

    /// Waits for the first of them.
    pub(super) fn wait(self) {
        #[cfg(unix)]
        {
            let mut caught = self.caught;
            self.runtime.block_on(std::future::poll_fn(|cx| {
                let came = caught.iter_mut().any(|signal| signal.poll_recv(cx).is_ready());
                if came { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
            }));
        }
        #[cfg(not(unix))]
        // Where Ctrl-C cannot be waited for, the process ends by it.
        drop(self.runtime.block_on(tokio::signal::ctrl_c()));
    }
}
