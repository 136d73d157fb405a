//! How the I/O thread wakes an event loop.

#[cfg(unix)]
use std::{
    io::{Read, Write},
    os::fd::AsRawFd,
    os::unix::net::UnixStream,
};

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

pub(crate) enum Bell {
    /// Readable at its second end once rung: whoever rings neither waits for the GIL nor meets an interpreter that ends.
    #[cfg(unix)]
    Socket(UnixStream, UnixStream),
    /// Where an event loop listens to no descriptor: a function of its own that may be called from any thread.
    Callback(Py<PyAny>),
}

impl Bell {
    pub(crate) fn new(wake: Option<Py<PyAny>>) -> PyResult<Self> {
        #[cfg(unix)]
        if wake.is_none() {
            let (rung, heard) = UnixStream::pair()?;
            // A bell that is full has been heard of already.
            rung.set_nonblocking(true)?;
            heard.set_nonblocking(true)?;
            return Ok(Self::Socket(rung, heard));
        }
        wake.map(Self::Callback).ok_or_else(|| PyTypeError::new_err("wake: expected a function, got None"))
    }

    pub(crate) fn fileno(&self) -> Option<i32> {
        match self {
            #[cfg(unix)]
            Self::Socket(_, heard) => Some(heard.as_raw_fd()),
            Self::Callback(_) => None,
        }
    }

    pub(crate) fn ring(&self) {
        match self {
            #[cfg(unix)]
            Self::Socket(rung, _) => drop((&*rung).write(&[0])),
            // A loop that is closed waits for nothing.
            Self::Callback(wake) => drop(Python::try_attach(|py| drop(wake.call0(py)))),
        }
    }

    pub(crate) fn hush(&self) {
        #[cfg(unix)]
        if let Self::Socket(_, heard) = self {
            drop((&*heard).read(&mut [0; 64]));
        }
    }
}
