//! 中国移动认证 China Mobile. Source: cmcc/PROTOCOL.md §2 to §6.

mod console;
mod diagnose;
mod fields;
mod key_type_1;
mod login;
mod token;
mod verify;

use std::collections::BTreeMap;

use quhao::Operation;
use serde_json::Value;

use crate::app::App;
use crate::error::Error;
use crate::gateway::{Approval, Gateway, Refusal, RequestFacts};
use crate::request::Request;
use crate::sim::Sim;
use crate::state::State;

pub(crate) struct Cmcc;

impl Gateway for Cmcc {
    fn provider(&self) -> &'static str {
        "cmcc"
    }

    fn interfaces(&self) -> &'static [(&'static str, &'static [&'static str])] {
        &[(login::PATH, &["loginTokenValidate"]), (verify::PATH, &["tokenValidate"])]
    }

    fn apps(&self) -> &'static [App] {
        console::APPS
    }

    fn mint(
        &self,
        sim: &Sim,
        app: &'static App,
        operation: Operation,
        state: &mut State,
    ) -> Result<BTreeMap<String, String>, Error> {
        token::mint(sim, app, operation, state)
    }

    fn check(&self, request: &Request, state: &State, facts: &mut RequestFacts) -> Result<Approval, Refusal> {
        match request.path.as_str() {
            verify::PATH => verify::check(request, state, facts),
            _ => login::check(request, state, facts),
        }
    }

    fn refuse(&self, request: &Request, facts: &RequestFacts, code: &str, message: &str, now_ms: u64) -> Value {
        match request.path.as_str() {
            verify::PATH => verify::refuse(facts, code, message, now_ms),
            _ => login::refuse(facts, code, message, now_ms),
        }
    }
}
