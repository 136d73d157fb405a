//! Python's values in, the core's answers out. What Python hands over, `_inputs.py` has checked for its types.

use std::collections::BTreeMap;

use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use quhao::{
    Code, FetchedNumber, Form, Inspection, Meaning, Moment, OptionSpec, Outcome, Params, Verification, provider,
};
use serde_json::{Value, json};

use crate::errors::raise;

/// What the phone's SDK returned.
#[derive(FromPyObject)]
pub(crate) enum Given {
    Token(String),
    Fields(BTreeMap<String, String>),
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

pub(crate) fn moment(time: Time) -> PyResult<Moment> {
    time.map_or_else(Moment::now, |(now_ms, nonce)| Ok(Moment::at(now_ms, nonce.to_be_bytes()))).map_err(raise)
}

/// A reply's body, whether its reader decoded it or not.
pub(crate) fn bytes<'a>(body: &'a Bound<'_, PyAny>) -> PyResult<&'a [u8]> {
    match body.cast::<PyString>() {
        Ok(text) => text.to_str().map(str::as_bytes),
        Err(_) => Ok(body.extract()?),
    }
}

/// Refuses in the core's words what JSON may hold and params may not.
#[pyfunction]
pub(crate) fn check_params(json: &str) -> PyResult<()> {
    Params::from_json(json).map(drop).map_err(raise)
}

pub(crate) fn outcome(py: Python<'_>, outcome: Outcome) -> PyResult<Bound<'_, PyAny>> {
    let (maker, answer, receipt) = match outcome {
        Outcome::Fetched(FetchedNumber { number, receipt, .. }) => {
            ("fetched_number", json!({"number": number.expose()}), receipt)
        }
        Outcome::Verified(Verification { verdict, receipt, .. }) => {
            ("verification", json!({"verdict": verdict.as_str()}), receipt)
        }
    };
    let risk = receipt.risk.map(|risk| json!({"level": risk.level.as_str(), "code": risk.code, "tags": risk.tags}));
    let receipt = json!({
        "provider": receipt.provider, "code": receipt.code, "message": receipt.message,
        "charge": receipt.charge.as_str(), "trade_no": receipt.trade_no, "request_id": receipt.request_id,
        "risk": risk, "extra": receipt.extra,
    });
    built(py, "_results", maker, &[answer, receipt])
}

pub(crate) fn inspection<'py>(py: Python<'py>, found: &Inspection) -> PyResult<Bound<'py, PyAny>> {
    let findings: Vec<Value> = (found.findings.iter())
        .map(
            |f| json!({"field": f.field, "cause": f.cause.as_str(), "action": f.action.as_str(), "message": f.message}),
        )
        .collect();
    let params: BTreeMap<_, _> = found.params.fields().collect();
    built(py, "_results", "inspection", &[json!({"findings": findings, "params": params, "carrier": found.carrier})])
}

/// Every provider with its operations and options, as plain data.
#[pyfunction]
pub(crate) fn providers(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    let option = |spec: &OptionSpec| {
        let choices = if let Form::Choice(words) = spec.form { words } else { &[] };
        json!({
            "name": spec.name, "form": spec.form.as_str(), "choices": choices, "required": spec.required,
            "default": spec.default, "zh": spec.zh, "en": spec.en,
        })
    };
    let all = provider::all().iter().map(|info| {
        let operations: Vec<_> = info.operations.iter().map(|operation| operation.as_str()).collect();
        let common = provider::common_options().iter().filter(|c| info.options.iter().all(|own| own.name != c.name));
        let options: Vec<_> = info.options.iter().chain(common).map(option).collect();
        json!({"id": info.id, "zh": info.zh, "en": info.en, "operations": operations, "options": options})
    });
    object(py, &all.collect())
}

/// What a vendor's code means, in every table that holds it, as plain data.
#[pyfunction]
pub(crate) fn explain<'py>(py: Python<'py>, code: &str) -> PyResult<Bound<'py, PyAny>> {
    let row = |row: &Code| {
        let meaning = match row.meaning {
            Meaning::Answer => "answer",
            Meaning::Failure(kind) => kind.as_str(),
            Meaning::Verdict(verdict) => verdict.as_str(),
            _ => "on_phone",
        };
        json!({
            "provider": row.provider, "table": row.table, "code": row.code, "fragment": row.fragment, "meaning": meaning,
            "charge": row.charge.as_str(), "zh": row.zh, "en": row.en, "hint": row.hint().to_string(),
        })
    };
    object(py, &quhao::explain(code).map(row).collect())
}

/// JSON as Python's own objects.
pub(crate) fn object<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    match value {
        Value::Null => Ok(py.None().into_bound(py)),
        Value::Bool(flag) => flag.into_bound_py_any(py),
        Value::Number(number) if number.is_f64() => number.as_f64().into_bound_py_any(py),
        Value::Number(number) => number.as_i128().into_bound_py_any(py),
        Value::String(text) => text.into_bound_py_any(py),
        Value::Array(items) => {
            items.iter().map(|item| object(py, item)).collect::<PyResult<Vec<_>>>()?.into_bound_py_any(py)
        }
        Value::Object(fields) => {
            let dict = PyDict::new(py);
            fields.iter().try_for_each(|(name, value)| dict.set_item(name, object(py, value)?))?;
            Ok(dict.into_any())
        }
    }
}

/// What a class or function of the façade makes of the fields.
pub(crate) fn built<'py>(py: Python<'py>, module: &str, maker: &str, fields: &[Value]) -> PyResult<Bound<'py, PyAny>> {
    let keywords = PyDict::new(py);
    for (name, value) in fields.iter().filter_map(Value::as_object).flatten() {
        keywords.set_item(name, object(py, value)?)?;
    }
    py.import(format!("quhao.{module}"))?.getattr(maker)?.call((), Some(&keywords))
}
