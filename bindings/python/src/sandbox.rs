//! The gateways in this process, for tests without a phone. Documented in `_sandbox.py`.

use pyo3::exceptions::{PyOSError, PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use pythonize::{depythonize, pythonize};
use quhao_bindings::{Command, CommandError};

use crate::detached::detached;

#[pyclass(frozen, module = "quhao._native")]
pub(crate) struct Sandbox(quhao_bindings::Sandbox);

#[pymethods]
impl Sandbox {
    #[new]
    fn new(py: Python<'_>, port: u16, tls: bool) -> PyResult<Self> {
        let started = detached(py, || quhao_bindings::Sandbox::start(port, tls, None))?;
        started.map(Self).map_err(|error| PyOSError::new_err(error.to_string()))
    }

    /// Runs a `quhao_bindings::Command`, given by its name and fields.
    #[pyo3(signature = (command, **fields))]
    fn run<'py>(
        &self,
        py: Python<'py>,
        command: &str,
        fields: Option<Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let fields = fields.unwrap_or_else(|| PyDict::new(py));
        fields.set_item("command", command)?;
        let command = depythonize::<Command>(&fields).map_err(|error| PyTypeError::new_err(error.to_string()))?;
        let result = detached(py, || self.0.run(command))?.map_err(|error| match error {
            CommandError::Gone(why) => PyRuntimeError::new_err(why),
            CommandError::Unknown(why) => PyValueError::new_err(why),
        })?;
        Ok(pythonize(py, &result)?)
    }

    fn close(&self, py: Python<'_>) -> PyResult<()> {
        detached(py, || self.0.close())
    }
}
