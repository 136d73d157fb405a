//! Wakes an event loop from the I/O thread.

#[cfg(unix)]
use std::{
    io::{Read, Write},
    os::fd::AsRawFd,
    os::unix::net::UnixStream,
};

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

pub(crate) enum Waker {
    /// A writer and a reader: the I/O thread writes one byte to wake the event loop, without taking the GIL.
    #[cfg(unix)]
    Socket(UnixStream, UnixStream),
    /// A thread-safe function of an event loop that cannot listen to a descriptor.
    Callback(Py<PyAny>),
}

impl Waker {
    pub(crate) fn new(wake: Option<Py<PyAny>>) -> PyResult<Self> {
        #[cfg(unix)]
        if wake.is_none() {
            let (writer, reader) = UnixStream::pair()?;
            // A full buffer has woken the loop already.
            writer.set_nonblocking(true)?;
            reader.set_nonblocking(true)?;
            return Ok(Self::Socket(writer, reader));
        }
        wake.map(Self::Callback).ok_or_else(|| PyTypeError::new_err("wake: expected a function, got None"))
    }

    pub(crate) fn fileno(&self) -> Option<i32> {
        match self {
            #[cfg(unix)]
            Self::Socket(_, reader) => Some(reader.as_raw_fd()),
            Self::Callback(_) => None,
        }
    }

    pub(crate) fn wake(&self) {
        match self {
            #[cfg(unix)]
            Self::Socket(writer, _) => drop((&*writer).write(&[0])),
            // A closed loop raises, and has no use for the completion.
            Self::Callback(wake) => drop(Python::try_attach(|py| drop(wake.call0(py)))),
        }
    }

    pub(crate) fn drain(&self) {
        #[cfg(unix)]
        if let Self::Socket(_, reader) = self {
            drop((&*reader).read(&mut [0; 64]));
        }
    }
}
