//! `quhao._native`: the core for Python. The typed classes around it are in `python/quhao`.

mod client;
mod completion_queue;
mod detached;
mod inputs;
mod outputs;
mod sandbox;
mod waker;

use pyo3::prelude::*;
use pythonize::pythonize;
use quhao_bindings::view;

#[pymodule]
mod _native {
    #[pymodule_export]
    use super::client::{Ask, Call, Client, Event};
    #[pymodule_export]
    use super::completion_queue::{CompletionQueue, Pending};
    #[pymodule_export]
    use super::sandbox::Sandbox;
    #[pymodule_export]
    use super::{counters, explain, masked_id, providers};

    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");
}

/// An id as it may be shown: what can be nothing but a number, an id card or a token is masked.
#[pyfunction]
fn masked_id(id: &str) -> String {
    quhao::masked_id(id)
}

/// Counts the calls of this process by how they ended; a forked child goes on from its parent's.
#[pyfunction]
fn counters(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    Ok(pythonize(py, &view::counters())?)
}

/// Lists the rows of every vendor's code table that have this code.
#[pyfunction]
fn explain<'py>(py: Python<'py>, code: &str) -> PyResult<Bound<'py, PyAny>> {
    Ok(pythonize(py, &view::explain(code))?)
}

/// Lists the providers with their operations and options.
#[pyfunction]
fn providers(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    Ok(pythonize(py, &view::providers())?)
}
