//! The gateways in this process, for tests without a phone. Documented in `_sandbox.py`.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use pyo3::exceptions::{PyOSError, PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use quhao_sandbox::{Entry, Error, Failure, Sandbox as Gateways};
use serde_json::{Value, json};

use crate::convert;
use crate::errors::raise;

#[pyclass(frozen, module = "quhao._native")]
pub(crate) struct Sandbox {
    pid: u32,
    #[pyo3(get)]
    url: String,
    #[pyo3(get)]
    ca_certificate: Option<String>,
    running: RwLock<Option<Gateways>>,
}

#[pymethods]
impl Sandbox {
    #[new]
    fn new(py: Python<'_>, port: u16, tls: bool) -> PyResult<Self> {
        let started = py.detach(|| Gateways::builder().port(port).tls(tls).start());
        let started = started.map_err(|error| PyOSError::new_err(error.to_string()))?;
        Ok(Self {
            pid: std::process::id(),
            url: started.url().to_owned(),
            ca_certificate: started.ca_certificate().map(|path| path.display().to_string()),
            running: RwLock::new(Some(started)),
        })
    }

    fn apps(&self, py: Python<'_>) -> PyResult<Vec<(&str, &str, &str, &str)>> {
        self.tell(py, |running| running.apps().iter().map(|app| (app.name, app.provider, app.zh, app.en)).collect())
    }

    fn options(&self, py: Python<'_>, app: &str) -> PyResult<BTreeMap<String, String>> {
        self.ask(py, |running| running.options(app))
    }

    /// What a phone's SDK returns. The SIM is number, carrier, and the number typed in.
    fn params(
        &self,
        py: Python<'_>,
        sim: (&str, &str, &str),
        app: &str,
        operation: &str,
    ) -> PyResult<BTreeMap<String, String>> {
        let (number, carrier, typed) = sim;
        let operation = operation.parse().map_err(raise)?;
        self.ask(py, |running| running.phone(number, carrier.parse()?)?.typing(typed).params(app, operation))
    }

    fn add_person(&self, py: Python<'_>, number: &str, name: &str, id_card: &str) -> PyResult<()> {
        self.tell(py, |running| running.add_person(number, name, id_card))
    }

    fn advance(&self, py: Python<'_>, by: Duration) -> PyResult<()> {
        self.tell(py, |running| running.advance(by))
    }

    fn now_ms(&self, py: Python<'_>) -> PyResult<u64> {
        self.tell(py, |running| running.now_ms())
    }

    fn fail_next(&self, py: Python<'_>, failure: &str) -> PyResult<()> {
        self.ask(py, |running| failure.parse().map(|failure: Failure| running.fail_next(failure)))
    }

    fn set_balance(&self, py: Python<'_>, app: &str, calls: u64) -> PyResult<()> {
        self.ask(py, |running| running.set_balance(app, calls))
    }

    fn allow_ips(&self, py: Python<'_>, app: &str, ips: Vec<IpAddr>) -> PyResult<()> {
        self.ask(py, |running| running.allow_ips(app, &ips))
    }

    fn set_token(&self, py: Python<'_>, app: &str, token: &str) -> PyResult<()> {
        self.ask(py, |running| running.set_token(app, token))
    }

    fn ledger<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let entry = |entry: &Entry| {
            let fields = serde_json::to_value(entry).unwrap_or(Value::Null);
            let texts = json!({"summary": entry.to_string(), "revealed": entry.reveal()});
            convert::built(py, "_sandbox", "LedgerEntry", &[fields, texts])
        };
        self.tell(py, |running| running.ledger())?.iter().map(entry).collect()
    }

    fn clear_ledger(&self, py: Python<'_>) -> PyResult<()> {
        self.tell(py, |running| running.clear_ledger())
    }

    fn close(&self, py: Python<'_>) {
        if self.pid == std::process::id() {
            py.detach(|| drop(self.running.write().unwrap_or_else(PoisonError::into_inner).take()));
        }
    }
}

impl Sandbox {
    fn tell<T: Send>(&self, py: Python<'_>, order: impl FnOnce(&Gateways) -> T + Send) -> PyResult<T> {
        self.ask(py, |running| Ok(order(running)))
    }

    fn ask<T: Send>(&self, py: Python<'_>, question: impl FnOnce(&Gateways) -> Result<T, Error> + Send) -> PyResult<T> {
        if self.pid != std::process::id() {
            return Err(PyRuntimeError::new_err("the sandbox belongs to the process that started it"));
        }
        py.detach(|| match &*self.running.read().unwrap_or_else(PoisonError::into_inner) {
            Some(running) => question(running).map_err(|error| PyValueError::new_err(error.to_string())),
            None => Err(PyRuntimeError::new_err("the sandbox is closed")),
        })
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // A forked child must not stop what its parent started, nor remove its CA file.
        if self.pid != std::process::id() {
            std::mem::forget(self.running.get_mut().unwrap_or_else(PoisonError::into_inner).take());
        }
    }
}
