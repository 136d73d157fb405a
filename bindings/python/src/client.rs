//! The client, without its façade in `_client.py`.

use std::collections::BTreeMap;
use std::mem::take;
use std::time::Duration;

use pyo3::prelude::*;
use pythonize::pythonize;
use quhao::{Operation, Outcome};
use quhao_bindings::view;

use crate::detached::detached;
use crate::inputs::{FixedMoment, Options, Params, body, moment, text};
use crate::outputs::{exception, inspection, result, result_or_exception};

/// An operation and its arguments.
#[pyclass(frozen, generic, module = "quhao._native")]
pub(crate) struct Ask(pub(crate) quhao::Ask);

#[pymethods]
impl Ask {
    #[staticmethod]
    fn fetch_number(params: Params) -> Self {
        Self(quhao::Ask::fetch_number(params.0))
    }

    #[staticmethod]
    fn verify_number(params: Params, number: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let number = number.map(|number| text("number", number)).transpose()?;
        Ok(Self(quhao::Ask::verify_number(params.0, number.as_deref())))
    }

    #[staticmethod]
    fn verify_identity(
        number: &Bound<'_, PyAny>,
        name: &Bound<'_, PyAny>,
        id_card: &Bound<'_, PyAny>,
    ) -> PyResult<Self> {
        let (number, name, id_card) = (text("number", number)?, text("name", name)?, text("id_card", id_card)?);
        Ok(Self(quhao::Ask::verify_identity(&number, &name, &id_card)))
    }
}

/// One app at one provider, or several of its apps.
#[pyclass(frozen, module = "quhao._native")]
pub(crate) struct Client(pub(crate) quhao::blocking::Client);

#[pymethods]
impl Client {
    /// For one app, or for several that have `options` in common.
    #[new]
    fn new(
        py: Python<'_>,
        provider: &Bound<'_, PyAny>,
        options: Options,
        apps: Option<Vec<Options>>,
    ) -> PyResult<Self> {
        let provider = text("provider", provider)?;
        let client = detached(py, || match apps {
            Some(apps) => quhao::blocking::Client::with_apps(&provider, options.0, apps.into_iter().map(|app| app.0)),
            None => quhao::blocking::Client::new(&provider, options.0),
        });
        client?.map(Self).map_err(exception)
    }

    fn app(&self, app_id: &Bound<'_, PyAny>) -> PyResult<Self> {
        self.0.app(&text("app_id", app_id)?).map(Self).map_err(exception)
    }

    #[getter]
    fn provider(&self) -> &'static str {
        self.0.provider()
    }

    /// Sends and waits, without the GIL; a signal's exception, such as KeyboardInterrupt, ends the request.
    fn call<'py>(&self, py: Python<'py>, ask: &Ask) -> PyResult<(Bound<'py, PyAny>, Event)> {
        let check_signals = || Python::attach(|py| py.check_signals());
        let call = || self.0.call_unless(ask.0.clone(), SIGNAL_CHECK_INTERVAL, check_signals);
        let (answer, event) = detached(py, call)??;
        Ok((result_or_exception(py, answer), Event(event)))
    }

    fn prepare(&self, py: Python<'_>, ask: &Ask, fixed: FixedMoment) -> PyResult<Call> {
        let moment = moment(&self.0, fixed)?;
        let mut call = detached(py, || self.0.prepare(&ask.0, &moment))?.map_err(exception)?;
        Ok(Call {
            method: call.method,
            url: take(&mut call.url),
            headers: take(&mut call.headers),
            body: take(&mut call.body),
            request_id: call.request_id().map(str::to_owned),
            call,
        })
    }

    fn signature<'py>(&self, py: Python<'py>, ask: &Ask, fixed: FixedMoment) -> PyResult<Bound<'py, PyAny>> {
        let moment = moment(&self.0, fixed)?;
        let signature = detached(py, || self.0.signature(&ask.0, &moment))?.map_err(exception)?;
        Ok(pythonize(py, &view::signature(&signature))?)
    }

    fn inspect<'py>(
        &self,
        py: Python<'py>,
        operation: &str,
        params: Params,
        fixed: FixedMoment,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (operation, moment) = (operation.parse().map_err(exception)?, moment(&self.0, fixed)?);
        inspection(py, &detached(py, || self.0.inspect(operation, params.0, &moment))?)
    }

    fn decrypt_number(&self, py: Python<'_>, ciphertext: &Bound<'_, PyAny>) -> PyResult<String> {
        let ciphertext = text("ciphertext", ciphertext)?;
        let decrypted = detached(py, || self.0.decrypt_number(&ciphertext))?;
        decrypted.map(|number| number.expose().to_owned()).map_err(exception)
    }

    fn read<'py>(
        &self,
        py: Python<'py>,
        operation: &str,
        status: u16,
        body: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (operation, body): (Operation, _) = (operation.parse().map_err(exception)?, self::body(body)?);
        result(py, &detached(py, || self.0.read(operation, status, body))?.map_err(exception)?)
    }
}

/// Telemetry of one call, which becomes Python objects only if a logger listens.
#[pyclass(frozen, module = "quhao._native")]
pub(crate) struct Event(pub(crate) quhao::Event);

#[pymethods]
impl Event {
    fn facts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(pythonize(py, &view::event(&self.0))?)
    }
}

/// A signed request as plain data. Send it once: the token inside is single-use.
#[pyclass(frozen, generic, module = "quhao")]
pub(crate) struct Call {
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
    fn read<'py>(&self, py: Python<'py>, status: u16, body: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let body = self::body(body)?;
        result(py, &detached(py, || self.call.read(status, body))?.map_err(exception)?)
    }

    fn __repr__(&self) -> String {
        format!("<quhao.Call {} {}, {} bytes>", self.method, self.url, self.body.len())
    }
}

/// The longest time for which Ctrl-C goes unheard.
const SIGNAL_CHECK_INTERVAL: Duration = Duration::from_millis(50);
