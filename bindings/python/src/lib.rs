//! `quhao._native`: what Python cannot do itself. The typed classes around it are in `python/quhao`.

mod asynchronous;
mod convert;
mod errors;
mod sandbox;

use std::collections::BTreeMap;
use std::mem::take;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use quhao::{Operation, Outcome, Task};

use convert::{Given, Time, bytes, moment, outcome};
use errors::raise;

#[pymodule]
mod _native {
    #[pymodule_export]
    use super::asynchronous::{Inbox, Pending};
    #[pymodule_export]
    use super::convert::{check_params, explain, providers};
    #[pymodule_export]
    use super::sandbox::Sandbox;
    #[pymodule_export]
    use super::{Ask, Call, Client};

    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");
}

/// An operation and its arguments.
#[pyclass(frozen, module = "quhao._native")]
struct Ask(quhao::Ask);

#[pymethods]
impl Ask {
    #[staticmethod]
    fn fetch_number(params: Given) -> Self {
        Self(quhao::Ask::fetch_number(params))
    }

    #[staticmethod]
    fn verify_number(params: Given, number: Option<&str>) -> Self {
        Self(quhao::Ask::verify_number(params, number))
    }

    #[staticmethod]
    fn verify_identity(number: &str, name: &str, id_card: &str) -> Self {
        Self(quhao::Ask::verify_identity(number, name, id_card))
    }
}

/// One app at one provider, or several of its apps.
#[pyclass(frozen, module = "quhao._native")]
struct Client(quhao::Client);

#[pymethods]
impl Client {
    #[new]
    fn new(provider: &str, options: Options) -> PyResult<Self> {
        quhao::Client::new(provider, options).map(Self).map_err(raise)
    }

    #[staticmethod]
    fn with_apps(provider: &str, common: Options, apps: Vec<Options>) -> PyResult<Self> {
        quhao::Client::with_apps(provider, common, apps).map(Self).map_err(raise)
    }

    fn app(&self, app_id: &str) -> PyResult<Self> {
        self.0.app(app_id).map(Self).map_err(raise)
    }

    #[getter]
    fn provider(&self) -> &'static str {
        self.0.provider()
    }

    /// Sends and waits. The GIL is free meanwhile; a signal's exception, such as KeyboardInterrupt, ends the request.
    fn call<'py>(&self, py: Python<'py>, ask: &Ask) -> PyResult<Bound<'py, PyAny>> {
        let (sender, mut receiver) = sync_channel(1);
        let _task = self.start(ask, move |answer| drop(sender.send(answer)))?;
        loop {
            let received;
            (received, receiver) = py.detach(move || (receiver.recv_timeout(BETWEEN_SIGNALS), receiver));
            match received {
                Ok(answer) => return outcome(py, answer.map_err(raise)?),
                Err(RecvTimeoutError::Timeout) => py.check_signals()?,
                Err(RecvTimeoutError::Disconnected) => return Err(PyRuntimeError::new_err("the call was dropped")),
            }
        }
    }

    fn prepare(&self, py: Python<'_>, ask: &Ask, time: Time) -> PyResult<Call> {
        let moment = moment(time)?;
        let mut call = py.detach(|| self.0.prepare(&ask.0, &moment)).map_err(raise)?;
        Ok(Call {
            method: call.method,
            url: take(&mut call.url),
            headers: take(&mut call.headers),
            body: take(&mut call.body),
            request_id: call.request_id().map(str::to_owned),
            call,
        })
    }

    fn signature(&self, py: Python<'_>, ask: &Ask, time: Time) -> PyResult<(&'static str, String, String)> {
        let moment = moment(time)?;
        let signed = py.detach(|| self.0.signature(&ask.0, &moment)).map_err(raise)?;
        Ok((signed.algorithm, signed.base, signed.value))
    }

    fn inspect<'py>(&self, py: Python<'py>, operation: &str, params: Given, time: Time) -> PyResult<Bound<'py, PyAny>> {
        let operation = operation.parse().map_err(raise)?;
        convert::inspection(py, &self.0.inspect(operation, params, &moment(time)?))
    }

    fn decrypt_number(&self, py: Python<'_>, ciphertext: &str) -> PyResult<String> {
        py.detach(|| self.0.decrypt_number(ciphertext)).map(|number| number.expose().to_owned()).map_err(raise)
    }

    fn read<'py>(
        &self,
        py: Python<'py>,
        operation: &str,
        status: u16,
        body: &Bound<'_, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (operation, body): (Operation, _) = (operation.parse().map_err(raise)?, bytes(body)?);
        outcome(py, py.detach(|| self.0.read(operation, status, body)).map_err(raise)?)
    }
}

impl Client {
    /// Starts a call; dropping the task ends it.
    fn start(&self, ask: &Ask, deliver: impl FnOnce(Answer) + Send + 'static) -> PyResult<Task<()>> {
        let (client, ask) = (self.0.clone(), ask.0.clone());
        // A task of its own, so that even a panic has an answer.
        let call = quhao::spawn(async move { client.call(ask).await }).map_err(raise)?;
        quhao::spawn(async move { deliver(call.await.and_then(|answer| answer)) }).map_err(raise)
    }
}

type Options = BTreeMap<String, String>;
type Answer = Result<Outcome, quhao::Error>;

/// A signed request as plain data. Send it once: the token inside is single-use.
#[pyclass(frozen, generic, module = "quhao")]
struct Call {
    #[pyo3(get)]
    method: &'static str,
    #[pyo3(get)]
    url: String,
    #[pyo3(get)]
    headers: BTreeMap<&'static str, String>,
    #[pyo3(get)]
    body: String,
    #[pyo3(get)]
    request_id: Option<String>,
    call: quhao::Call<Outcome>,
}

#[pymethods]
impl Call {
    /// Reads the reply: HTTP status and body as they came.
    fn read<'py>(&self, py: Python<'py>, status: u16, body: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let body = bytes(body)?;
        outcome(py, py.detach(|| self.call.read(status, body)).map_err(raise)?)
    }

    fn __repr__(&self) -> String {
        format!("<quhao.Call {} {}, {} bytes>", self.method, self.url, self.body.len())
    }
}

/// How long Ctrl-C may go unheard.
const BETWEEN_SIGNALS: Duration = Duration::from_millis(50);
