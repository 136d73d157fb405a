//! A gateway that answers each request with informational responses without end.

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

/// Floods every connection until the peer closes it.
pub(crate) async fn accept(listener: TcpListener, tls: Option<TlsAcceptor>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            Some(_) = connections.join_next() => {}
            Ok((stream, _)) = listener.accept() => match tls.clone() {
                None => drop(connections.spawn(flood(stream))),
                Some(tls) => drop(connections.spawn(async move {
                    if let Ok(stream) = tls.accept(stream).await {
                        flood(stream).await;
                    }
                })),
            },
        }
    }
}

async fn flood(mut stream: impl AsyncRead + AsyncWrite + Unpin) {
    let early = b"HTTP/1.1 103 Early Hints\r\n\r\n".repeat(1000);
    if stream.read(&mut [0; 4096]).await.is_ok_and(|read| read > 0) {
        while stream.write_all(&early).await.is_ok() {}
    }
}
