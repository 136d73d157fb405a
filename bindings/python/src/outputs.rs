//! The core's results and errors as Python objects. The classes are Python's own: abi3 before 3.12 cannot define
//! exceptions here.

use pyo3::prelude::*;
use pythonize::pythonize;
use quhao::{Error, Outcome};
use quhao_bindings::view;
use serde::Serialize;

/// A result, or the exception to raise.
pub(crate) fn result_or_exception(py: Python<'_>, answer: Result<Outcome, Error>) -> Bound<'_, PyAny> {
    let result = answer.map_err(exception).and_then(|outcome| result(py, &outcome));
    result.unwrap_or_else(|error| error.into_value(py).into_bound(py).into_any())
}

pub(crate) fn result<'py>(py: Python<'py>, outcome: &Outcome) -> PyResult<Bound<'py, PyAny>> {
    build(py, "quhao._results", "answer", &view::answer(outcome))
}

pub(crate) fn inspection<'py>(py: Python<'py>, found: &quhao::Inspection) -> PyResult<Bound<'py, PyAny>> {
    build(py, "quhao._results", "inspection", &view::inspection(found))
}

/// The exception for an error, with all its facts.
pub(crate) fn exception(error: Error) -> PyErr {
    Python::attach(|py| {
        let exception = build(py, "quhao._errors", "error_from_facts", &view::error(&error));
        exception.map_or_else(|error| error, PyErr::from_value)
    })
}

/// Calls the Python function that makes an object of its fields.
fn build<'py>(py: Python<'py>, module: &str, function: &str, fields: &impl Serialize) -> PyResult<Bound<'py, PyAny>> {
    py.import(module)?.getattr(function)?.call1((pythonize(py, fields)?,))
}
