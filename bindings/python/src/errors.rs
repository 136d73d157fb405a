//! Core errors as Python exceptions. The classes are Python's own: abi3 before 3.12 cannot make them here.

use pyo3::prelude::*;
use quhao::Phase;
use serde_json::json;

use crate::convert;

/// The exception for an error, with all its facts.
pub(crate) fn raise(error: quhao::Error) -> PyErr {
    let facts = json!({
        "text": error.to_string(),
        "kind": error.kind().as_str(),
        "retry": error.retry().as_str(),
        "charge": error.charge().as_str(),
        "provider": error.provider(),
        "vendor_code": error.vendor_code(),
        "message": error.message(),
        "hint": error.hint().to_string(),
        "request_id": error.request_id(),
        "phase": error.phase().map(Phase::as_str),
        "timeout": error.is_timeout(),
    });
    let made = |py: Python<'_>| convert::built(py, "_errors", "made", &[facts]).map(PyErr::from_value);
    Python::attach(made).unwrap_or_else(|error| error)
}
