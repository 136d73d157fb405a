//! `quhao._native`: what Python cannot do itself. The typed classes around it are in `python/quhao`.

mod asynchronous;
mod bell;
mod convert;
mod sandbox;

use std::collections::BTreeMap;
use std::mem::take;
use std::time::Duration;

use pyo3::prelude::*;
use quhao::{Operation, Outcome};
use quhao_bindings::view;
use quhao_python_engine::{detached, object};

use convert::{Given, Made, Time, bytes, ended, moment, outcome_of, raise};

#[pymodule]
mod _native {
    #[pymodule_export]
    use super::asynchronous::{Inbox, Pending};
    #[pymodule_export]
    use super::convert::{check_params, counters, explain, masked_id, providers};
    #[pymodule_export]
    use super::sandbox::Sandbox;
    #[pymodule_export]
    use super::{Ask, Call, Client, Event};

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
struct Client(quhao::blocking::Client);

#[pymethods]
impl Client {
    /// Of one app, or of several that have `options` in common.
    #[new]
    fn new(py: Python<'_>, provider: &str, options: Options, apps: Option<Vec<Options>>) -> PyResult<Self> {
        let client = detached(py, || match apps {
            Some(apps) => quhao::blocking::Client::with_apps(provider, options, apps),
            None => quhao::blocking::Client::new(provider, options),
        });
        client?.map(Self).map_err(raise)
    }

    fn app(&self, app_id: &str) -> PyResult<Self> {
        self.0.app(app_id).map(Self).map_err(raise)
    }

    #[getter]
    fn provider(&self) -> &'static str {
        self.0.provider()
    }

    /// Sends and waits, without the GIL; a signal's exception, such as KeyboardInterrupt, ends the request.
    fn call<'py>(&self, py: Python<'py>, ask: &Ask) -> PyResult<(Bound<'py, PyAny>, Event)> {
        let look_up = || Python::attach(|py| py.check_signals());
        let (answer, event) = detached(py, || self.0.call_unless(ask.0.clone(), BETWEEN_SIGNALS, look_up))??;
        Ok((ended(py, answer), Event(event)))
    }

    fn prepare(&self, py: Python<'_>, ask: &Ask, time: Time) -> PyResult<Call> {
        let moment = moment(&self.0, time)?;
        let mut call = detached(py, || self.0.prepare(&ask.0, &moment))?.map_err(raise)?;
        Ok(Call {
            method: call.method,
            url: take(&mut call.url),
            headers: take(&mut call.headers),
            body: take(&mut call.body),
            request_id: call.request_id().map(str::to_owned),
            call,
        })
    }

    fn signature<'py>(&self, py: Python<'py>, ask: &Ask, time: Time) -> Made<'py> {
        let moment = moment(&self.0, time)?;
        object(py, &view::signature(&detached(py, || self.0.signature(&ask.0, &moment))?.map_err(raise)?))
    }

    fn inspect<'py>(&self, py: Python<'py>, operation: &str, params: Given, time: Time) -> Made<'py> {
        let (operation, moment) = (operation.parse().map_err(raise)?, moment(&self.0, time)?);
        convert::inspection(py, &detached(py, || self.0.inspect(operation, params, &moment))?)
    }

    fn decrypt_number(&self, py: Python<'_>, ciphertext: &str) -> PyResult<String> {
        let opened = detached(py, || self.0.decrypt_number(ciphertext))?;
        opened.map(|number| number.expose().to_owned()).map_err(raise)
    }

    fn read<'py>(&self, py: Python<'py>, operation: &str, status: u16, body: &Bound<'_, PyAny>) -> Made<'py> {
        let (operation, body): (Operation, _) = (operation.parse().map_err(raise)?, bytes(body)?);
        outcome_of(py, detached(py, || self.0.read(operation, status, body))?.map_err(raise)?)
    }
}

type Options = BTreeMap<String, String>;

/// What may be logged of a call, in words only when somebody listens.
#[pyclass(frozen, module = "quhao._native")]
struct Event(quhao::Event);

#[pymethods]
impl Event {
    fn facts<'py>(&self, py: Python<'py>) -> Made<'py> {
        object(py, &view::event(&self.0))
    }
}

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
    fn read<'py>(&self, py: Python<'py>, status: u16, body: &Bound<'_, PyAny>) -> Made<'py> {
        let body = bytes(body)?;
        outcome_of(py, detached(py, || self.call.read(status, body))?.map_err(raise)?)
    }

    fn __repr__(&self) -> String {
        format!("<quhao.Call {} {}, {} bytes>", self.method, self.url, self.body.len())
    }
}

/// How long Ctrl-C may go unheard.
const BETWEEN_SIGNALS: Duration = Duration::from_millis(50);
