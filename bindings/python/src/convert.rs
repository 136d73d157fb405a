//! Python's values in, the core's answers out. What Python hands over, `_inputs.py` has checked for its types.

use std::collections::BTreeMap;

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyString;
use quhao::{Error, Inspection, Moment, Outcome, Params};
use quhao_bindings::view;
use quhao_python_engine::object;
use serde::Serialize;

/// A Python object, made of plain data.
pub(crate) type Made<'py> = PyResult<Bound<'py, PyAny>>;

/// What the phone's SDK returned.
#[derive(FromPyObject)]
pub(crate) enum Given {
    Fields(BTreeMap<String, String>),
    Token(String),
}

impl From<Given> for Params {
    fn from(given: Given) -> Self {
        match given {
            Given::Token(token) => token.into(),
            Given::Fields(fields) => fields.into(),
        }
    }
}

/// A fixed moment, for known answers: milliseconds and nonce.
pub(crate) type Time = Option<(u64, u128)>;

pub(crate) fn moment(client: &quhao::Client, time: Time) -> PyResult<Moment> {
    time.map_or_else(|| client.moment(), |(now_ms, nonce)| Ok(Moment::at(now_ms, nonce.to_be_bytes()))).map_err(raise)
}

/// A reply's body, whether its reader decoded it or not.
pub(crate) fn bytes<'a>(body: &'a Bound<'_, PyAny>) -> PyResult<&'a [u8]> {
    body.cast::<PyString>().map_or_else(|_| Ok(body.extract()?), |text| text.to_str().map(str::as_bytes))
}

/// Refuses in the core's words what JSON may hold and params may not.
#[pyfunction]
pub(crate) fn check_params(json: &str) -> PyResult<()> {
    Params::from_json(json).map(drop).map_err(raise)
}

/// An id as it may be shown: what can be nothing but a number, an id card or a token is masked.
#[pyfunction]
pub(crate) fn masked_id(id: &str) -> String {
    quhao::masked_id(id)
}

/// Counts the calls of this process by how they ended; a forked child goes on from its parent's.
#[pyfunction]
pub(crate) fn counters(py: Python<'_>) -> Made<'_> {
    object(py, &view::counters())
}

/// Tells what a vendor's code means, in every table that holds it.
#[pyfunction]
pub(crate) fn explain<'py>(py: Python<'py>, code: &str) -> Made<'py> {
    object(py, &view::explain(code))
}

/// Tells of every provider what it is called, does and takes.
#[pyfunction]
pub(crate) fn providers(py: Python<'_>) -> Made<'_> {
    object(py, &view::providers())
}

/// A result, or the exception to raise. The classes are Python's own: abi3 before 3.12 cannot make exceptions here.
pub(crate) fn ended(py: Python<'_>, answer: Result<Outcome, Error>) -> Bound<'_, PyAny> {
    let made = answer.map_err(raise).and_then(|outcome| outcome_of(py, outcome));
    made.unwrap_or_else(|error| error.into_value(py).into_bound(py).into_any())
}

pub(crate) fn outcome_of(py: Python<'_>, outcome: Outcome) -> Made<'_> {
    static MAKER: Maker = Maker("quhao._results", "answer", PyOnceLock::new());
    MAKER.make(py, &view::answer(&outcome))
}

pub(crate) fn inspection<'py>(py: Python<'py>, found: &Inspection) -> Made<'py> {
    static MAKER: Maker = Maker("quhao._results", "inspection", PyOnceLock::new());
    MAKER.make(py, &view::inspection(found))
}

/// The exception for an error, with all its facts.
pub(crate) fn raise(error: Error) -> PyErr {
    static MAKER: Maker = Maker("quhao._errors", "made", PyOnceLock::new());
    Python::attach(|py| MAKER.make(py, &view::error(&error)).map_or_else(|error| error, PyErr::from_value))
}

/// A function of the façade that makes an object of its fields.
struct Maker(&'static str, &'static str, PyOnceLock<Py<PyAny>>);

impl Maker {
    fn make<'py>(&self, py: Python<'py>, fields: &impl Serialize) -> Made<'py> {
        self.2.import(py, self.0, self.1)?.call1((object(py, fields)?,))
    }
}
