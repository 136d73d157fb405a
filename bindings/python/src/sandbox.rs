//! The gateways in this process, for tests without a phone. Documented in `_sandbox.py`.

use pyo3::exceptions::{PyOSError, PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use quhao_bindings::Refusal;
use quhao_python_engine::{detached, object};

use crate::convert::Made;

#[pyclass(frozen, module = "quhao._native")]
pub(crate) struct Sandbox(quhao_bindings::Sandbox);

#[pymethods]
impl Sandbox {
    #[new]
    fn new(py: Python<'_>, port: u16, tls: bool) -> PyResult<Self> {
        let started = detached(py, || quhao_bindings::Sandbox::start(port, tls, None))?;
        started.map(Self).map_err(|error| PyOSError::new_err(error.to_string()))
    }

    /// See `quhao_bindings::Sandbox::tell`: an order, what it needs as text, and its answer as plain data.
    #[pyo3(signature = (order, *given))]
    fn tell<'py>(&self, py: Python<'py>, order: &str, given: Vec<String>) -> Made<'py> {
        let given: Vec<_> = given.iter().map(String::as_str).collect();
        let told = detached(py, || self.0.tell(order, &given))?.map_err(|refusal| match refusal {
            Refusal::Gone(why) => PyRuntimeError::new_err(why),
            Refusal::Unknown(why) => PyValueError::new_err(why),
        });
        object(py, &told?)
    }

    fn close(&self, py: Python<'_>) -> PyResult<()> {
        detached(py, || self.0.close())
    }
}
