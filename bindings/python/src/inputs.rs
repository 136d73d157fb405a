//! Arguments from Python as text. What JSON can hold is the phone's, so the gateway's refusal is an `InputError`; what
//! JSON cannot hold is the caller's mistake, and a `TypeError`.

use std::collections::BTreeMap;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyMapping, PyString, PyTuple};
use quhao::Moment;
use serde_json::json;

use crate::outputs::exception;

/// Fields of the phone's SDK, or a bare token.
pub(crate) struct Params(pub(crate) quhao::Params);

impl FromPyObject<'_, '_> for Params {
    type Error = PyErr;

    fn extract(given: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        if given.is_instance_of::<PyString>() {
            return Ok(Self(text("params", &given)?.into()));
        }
        let mut fields = BTreeMap::new();
        for (name, value) in items(&given, "params", "a mapping or a token")? {
            let name = text("params: a field's name", &name)?;
            if let Some(value) = field(&name, &value)? {
                fields.insert(name, value);
            }
        }
        Ok(Self(fields.into()))
    }
}

/// Options by name; `None` leaves one out.
pub(crate) struct Options(pub(crate) BTreeMap<String, String>);

impl FromPyObject<'_, '_> for Options {
    type Error = PyErr;

    fn extract(given: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        let mut options = BTreeMap::new();
        for (name, value) in items(&given, "options", "a mapping")? {
            if !value.is_none() {
                let name = unicode("config", "option", &name)?;
                let value = option(&name, &value)?;
                options.insert(name, value);
            }
        }
        Ok(Self(options))
    }
}

/// The text of an argument of that name.
pub(crate) fn text(name: &str, value: &Bound<'_, PyAny>) -> PyResult<String> {
    unicode("input", name, value)
}

/// Milliseconds and a hexadecimal nonce: a fixed moment, for known answers.
pub(crate) type FixedMoment = Option<(u64, String)>;

pub(crate) fn moment(client: &quhao::Client, fixed: FixedMoment) -> PyResult<Moment> {
    let Some((now_ms, nonce)) = fixed else { return client.moment().map_err(exception) };
    Ok(Moment::at(now_ms, u128::from_str_radix(&nonce, 16)?.to_be_bytes()))
}

/// A response body, decoded or not.
pub(crate) fn body<'a>(body: &'a Bound<'_, PyAny>) -> PyResult<&'a [u8]> {
    body.cast::<PyString>().map_or_else(|_| Ok(body.extract()?), |text| text.to_str().map(str::as_bytes))
}

fn items<'py>(
    given: &Bound<'py, PyAny>,
    name: &str,
    expected: &str,
) -> PyResult<Vec<(Bound<'py, PyAny>, Bound<'py, PyAny>)>> {
    given.cast::<PyMapping>().map_err(|_| wrong_type(name, expected, given))?.items()?.extract()
}

fn field(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Option<String>> {
    if value.is_none() {
        return Ok(None);
    }
    if let Ok(flag) = value.cast::<PyBool>() {
        return Ok(Some(flag.is_true().to_string()));
    }
    if value.is_instance_of::<PyInt>() || value.is_instance_of::<PyFloat>() {
        return Ok(Some(value.str()?.to_str()?.to_owned()));
    }
    let is_object = value.is_instance_of::<PyDict>();
    if is_object || value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
        // The core refuses it in the words that all languages share.
        let nested = if is_object { json!({}) } else { json!([]) };
        quhao::Params::from_value(&json!({ name: nested })).map_err(exception)?;
    }
    text(&format!("params: {}", shortened(name)), value).map(Some)
}

fn option(name: &str, value: &Bound<'_, PyAny>) -> PyResult<String> {
    let label = format!("option {}", shortened(name));
    if value.is_instance_of::<PyInt>() {
        // A flag is sent as 0 or 1.
        return Ok(value.py().get_type::<PyInt>().call1((value,))?.str()?.to_str()?.to_owned());
    }
    if !value.is_instance_of::<PyString>() {
        return Err(wrong_type(&label, "str, int or bool", value));
    }
    unicode("config", &label, value)
}

/// Text that UTF-8 can hold, or the error of that kind.
fn unicode(kind: &str, name: &str, value: &Bound<'_, PyAny>) -> PyResult<String> {
    let text = value.cast::<PyString>().map_err(|_| wrong_type(name, "str", value))?;
    let Ok(text) = text.to_str() else {
        // Python's own error would quote the text.
        let errors = value.py().import("quhao._errors")?;
        return Err(PyErr::from_value(errors.getattr("surrogate_error")?.call1((kind, name))?));
    };
    Ok(text.to_owned())
}

fn wrong_type(name: &str, expected: &str, got: &Bound<'_, PyAny>) -> PyErr {
    let got = got.get_type().name().map_or_else(|_| "another type".to_owned(), |name| name.to_string());
    PyTypeError::new_err(format!("{name}: expected {expected}, got {got}"))
}

/// A name that may hold anything, cut and in printable characters.
fn shortened(name: &str) -> String {
    name.chars().take(32).flat_map(char::escape_debug).collect()
}
