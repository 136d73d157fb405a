//! 创蓝闪验 ShanYan: apps with a `channel` speak V2, all others V1.

mod console;
mod diagnose;
mod envelope;
mod replies;
mod v1;
mod v2;

use std::collections::BTreeMap;

use quhao::Operation;
use serde_json::{Value, json};

use crate::app::App;
use crate::error::Error;
use crate::gateway::{Approval, Gateway, Refusal, RequestFacts};
use crate::request::Request;
use crate::sim::Sim;
use crate::state::State;

pub(crate) struct ShanYan;

impl Gateway for ShanYan {
    fn provider(&self) -> &'static str {
        "shanyan"
    }

    fn interfaces(&self) -> &'static [(&'static str, &'static [&'static str])] {
        const FLASHSDK: &[&str] = &["flashsdk"];
        &[
            ("/open/flashsdk/mobile-query-m", FLASHSDK),
            ("/open/flashsdk/mobile-query-t", FLASHSDK),
            ("/open/flashsdk/mobile-query-u", FLASHSDK),
            ("/open/flashsdk/mobile-validate-m", FLASHSDK),
            ("/open/flashsdk/mobile-validate-t", FLASHSDK),
            ("/open/flashsdk/mobile-validate-u", FLASHSDK),
            ("/open/flashsdk/mobile-query", FLASHSDK),
            ("/open/flashsdk/mobile-validate", FLASHSDK),
            ("/open/web/mobile-query", FLASHSDK),
            ("/open/flashsdk/web-mobile-validate", FLASHSDK),
            ("/open/web/wxprog-mobile-query", FLASHSDK),
        ]
    }

    fn apps(&self) -> &'static [App] {
        console::APPS
    }

    fn operations(&self, app: &App) -> &'static [Operation] {
        v2::operations(app.option("channel").unwrap_or("app"))
    }

    fn mint(
        &self,
        sim: &Sim,
        app: &'static App,
        operation: Operation,
        state: &mut State,
    ) -> Result<BTreeMap<String, String>, Error> {
        if let Some(channel) = app.option("channel") {
            return v2::mint(sim, app, channel, operation, state);
        }
        v1::mint(sim, app, operation, state)
    }

    fn check(&self, request: &Request, state: &State, facts: &mut RequestFacts) -> Result<Approval, Refusal> {
        if let Some(interface) = v2::Interface::at(&request.path) {
            return interface.check(request, state, facts);
        }
        v1::check(request, state, facts)
    }

    fn refuse(&self, _request: &Request, _seen: &RequestFacts, code: &str, message: &str, _now_ms: u64) -> Value {
        json!({ "code": code, "message": message })
    }

    /// Gson writes `=` as `\u003d` unless HTML escaping is off.
    fn serialize(&self, reply: &Value) -> String {
        reply.to_string().replace('=', r"\u003d")
    }
}
