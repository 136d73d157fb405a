//! Work without the GIL, and panics as exceptions.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

/// Runs `work` without the GIL.
///
/// # Errors
///
/// [`internal_error`] if it panics: pyo3's own exception for a panic is not an `Exception`.
pub(crate) fn detached<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> PyResult<T> {
    py.detach(|| catch_unwind(AssertUnwindSafe(work))).map_err(|_| internal_error())
}

/// The `RuntimeError` for a panic.
pub(crate) fn internal_error() -> PyErr {
    PyRuntimeError::new_err("the call broke off")
}
