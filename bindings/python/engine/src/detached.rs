//! Work without the GIL.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

/// Works without the GIL.
///
/// # Errors
///
/// [`broke_off`] for a panic: `except Exception` sees it, and it does not see pyo3's own exception.
pub fn detached<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> PyResult<T> {
    py.detach(|| catch_unwind(AssertUnwindSafe(work))).map_err(|_| broke_off())
}

/// What work ends in that neither answered nor failed: a `RuntimeError`.
pub fn broke_off() -> PyErr {
    PyRuntimeError::new_err("the call broke off")
}
