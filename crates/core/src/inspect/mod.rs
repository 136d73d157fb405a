//! Damage in the params, reported before any I/O.

mod finding;

use std::borrow::Cow;

pub use self::finding::{Action, Cause, Finding};
use crate::encoding::repair::{self, Damage};
use crate::model::{Error, Params};
use crate::redact::redact_field_name;

/// The findings about params, and the params with lossless damage undone.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Inspection {
    /// The findings, in byte order of the fields' names.
    pub findings: Vec<Finding>,
    /// The params as they will be sent.
    pub params: Params,
    /// The carrier that issued the token, where the token or the params tell: `CMCC`, `CTCC` or `CUCC`.
    pub carrier: Option<&'static str>,
}

impl Inspection {
    /// Whether a call with these params is refused before it is sent.
    pub fn is_refused(&self) -> bool {
        is_refused(&self.findings)
    }

    /// The params of an app that the client does not have.
    pub(crate) fn unknown_app(params: &Params, why: &str) -> Self {
        let mut found = Collector::clean(params);
        found.refuse("appId", Cause::OtherApp, why);
        found.into()
    }
}

/// An [`Inspection`] under way: the params are copied only when one of them is repaired.
pub(crate) struct Collector<'a> {
    findings: Vec<Finding>,
    pub(crate) params: Cow<'a, Params>,
    pub(crate) carrier: Option<&'static str>,
}

impl From<Collector<'_>> for Inspection {
    fn from(examined: Collector<'_>) -> Self {
        Self { findings: examined.findings, params: examined.params.into_owned(), carrier: examined.carrier }
    }
}

impl<'a> Collector<'a> {
    pub(crate) fn clean(params: &'a Params) -> Self {
        Self { findings: Vec::new(), params: Cow::Borrowed(params), carrier: None }
    }

    pub(crate) fn is_refused(&self) -> bool {
        is_refused(&self.findings)
    }

    /// The params, or the first refusal as an error.
    pub(crate) fn into_params(self) -> Result<Cow<'a, Params>, Error> {
        let refused = self.findings.into_iter().filter(|finding| finding.action == Action::Refused);
        // A missing field explains a map of another operation better than an extra one.
        match refused.min_by_key(|finding| finding.cause == Cause::Extra) {
            Some(finding) => Err(finding.into_error()),
            None => Ok(self.params),
        }
    }

    pub(crate) fn found(&mut self, field: &str, cause: Cause, action: Action, en: impl Into<String>) {
        let finding = Finding { field: redact_field_name(field), cause, action, message: en.into() };
        let at = self.findings.partition_point(|other| other.field <= finding.field);
        self.findings.insert(at, finding);
    }

    pub(crate) fn refuse(&mut self, field: &str, cause: Cause, en: impl Into<String>) {
        self.found(field, cause, Action::Refused, en);
    }

    /// Undoes what a relay did to a field that holds Base64.
    pub(crate) fn repair_base64(&mut self, field: &str) {
        self.repair_if(field, repair::base64, |_| true);
    }

    /// Undoes it only where `holds` says that the result is what it should be.
    pub(crate) fn repair_base64_if(&mut self, field: &str, holds: impl Fn(&str) -> bool) {
        self.repair_if(field, repair::base64, holds);
    }

    /// Undoes what a relay did to a token in URL-safe characters.
    pub(crate) fn repair_token(&mut self, field: &str) {
        self.repair_if(field, repair::token, |_| true);
    }

    fn repair_if(
        &mut self,
        field: &str,
        repair: fn(&str) -> (Cow<'_, str>, Vec<Damage>),
        holds: impl Fn(&str) -> bool,
    ) {
        let Some(value) = self.params.field(field) else { return };
        let (repaired, causes) = repair(value);
        if causes.is_empty() || !holds(&repaired) {
            return;
        }
        let repaired = repaired.into_owned();
        self.params.to_mut().set(field, repaired);
        for cause in causes.into_iter().map(Cause::from) {
            self.found(field, cause, Action::Repaired, format!("{cause}; restored"));
        }
    }

    /// Refuses each of `names` that is absent or empty; returns whether all are there.
    pub(crate) fn require(&mut self, names: &[&str]) -> bool {
        let mut complete = true;
        for name in names {
            let (cause, en) = match self.params.field(name) {
                None => (Cause::Missing, "the phone's SDK returns it and the gateway needs it"),
                Some(value) if value.trim().is_empty() => (Cause::Empty, "the field is there but has no value"),
                Some(_) => continue,
            };
            complete = false;
            self.refuse(name, cause, en);
        }
        complete
    }
}

fn is_refused(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.action == Action::Refused)
}
