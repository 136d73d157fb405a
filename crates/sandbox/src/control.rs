//! The few addresses that are not a gateway's, for curl and for other processes.

use std::time::Duration;

use hyper::{Response, StatusCode};
use quhao::Operation;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::body::BodyPlan;
use crate::endpoints::Endpoint;
use crate::error::Error;
use crate::faults::Fault;
use crate::gateways;
use crate::request::Request;
use crate::respond::{JSON, reply};
use crate::scenario::Failure;
use crate::shared::Shared;
use crate::sim::Sim;

/// Answers a control request; `None` for any other.
///
/// Only to a client that knows itself to be on this machine: a web page that reached the port by a name of its own
/// (DNS rebinding), or posts from another origin, is refused.
pub(crate) fn answer(request: &Request, host: &str, origin: &str, shared: &Shared) -> Option<Response<BodyPlan>> {
    let act: fn(&Request, &Shared) -> Result<Value, Error> = match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/") => |_, _| Ok(Value::Null),
        ("GET", "/ledger") => |_, shared| Ok(json!(shared.lock().ledger.entries())),
        ("POST", "/advance") => advance,
        ("POST", "/endpoint") => endpoint,
        ("POST", "/fail-next") => fail_next,
        ("POST", "/options") => options,
        ("POST", "/person") => add_person,
        ("POST", "/phone") => params,
        _ => return None,
    };
    let is_ours = origin.is_empty() || origin.split_once("://").is_some_and(|(_, host)| is_loopback(host));
    if !is_loopback(host) || !is_ours {
        let body = json!({ "error": "expected a Host, and an Origin if there is one, of this machine's loopback" });
        return Some(reply(StatusCode::FORBIDDEN, JSON, BodyPlan::whole(body.to_string())));
    }
    Some(match act(request, shared) {
        Ok(Value::Null) => reply(StatusCode::OK, "text/plain;charset=UTF-8", BodyPlan::whole(page(&shared.url))),
        Ok(value) => reply(StatusCode::OK, JSON, BodyPlan::whole(value.to_string())),
        Err(error) => {
            reply(StatusCode::BAD_REQUEST, JSON, BodyPlan::whole(json!({ "error": error.to_string() }).to_string()))
        }
    })
}

fn params(request: &Request, shared: &Shared) -> Result<Value, Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        number: String,
        carrier: String,
        app: String,
        operation: String,
        typed: Option<String>,
        count: Option<u64>,
    }
    let body: Body = read(request)?;
    let (app, operation, carrier) = (gateways::app(&body.app)?, operation(&body.operation)?, body.carrier.parse()?);
    let mint = |number: &str, typed: &str| {
        let mut sim = Sim::new(number, carrier)?;
        typed.clone_into(&mut sim.typed);
        gateways::of(app).mint(&sim, app, operation, &mut shared.lock())
    };
    let Some(count) = body.count else {
        return Ok(json!(mint(&body.number, body.typed.as_deref().unwrap_or(&body.number))?));
    };
    if count > MOST_PHONES || body.typed.is_some() {
        return Err(Error::new(format!("count: expected {MOST_PHONES} at most, and no typed number beside it")));
    }
    let first: u64 = body.number.parse().map_err(|_| Error::new("number: expected 1 and ten more digits"))?;
    let phones = (first..).take(usize::try_from(count).unwrap_or_default()).map(|number| {
        let number = number.to_string();
        Ok(json!({"number": number, "params": mint(&number, &number)?}))
    });
    phones.collect()
}

fn advance(request: &Request, shared: &Shared) -> Result<Value, Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        seconds: u64,
    }
    let body: Body = read(request)?;
    let mut state = shared.lock();
    state.advance(Duration::from_secs(body.seconds));
    Ok(json!({ "now_ms": state.now_ms() }))
}

fn endpoint(request: &Request, shared: &Shared) -> Result<Value, Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        endpoint: String,
    }
    let body: Body = read(request)?;
    Ok(json!(shared.endpoint(body.endpoint.parse()?)?))
}

fn options(request: &Request, shared: &Shared) -> Result<Value, Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        app: String,
    }
    let body: Body = read(request)?;
    Ok(json!(shared.options(&body.app)?))
}

fn fail_next(request: &Request, shared: &Shared) -> Result<Value, Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        failure: String,
    }
    let failure: Failure = read::<Body>(request)?.failure.parse()?;
    let said = failure.to_string();
    shared.lock().fail_next(failure);
    Ok(json!({ "failure": said }))
}

fn add_person(request: &Request, shared: &Shared) -> Result<Value, Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        number: String,
        name: String,
        id_card: String,
    }
    let body: Body = read(request)?;
    shared.lock().add_person(&body.number, &body.name, &body.id_card);
    Ok(json!({ "known": true }))
}

/// Any content type will do, since curl's own is a form's.
fn read<T: DeserializeOwned>(request: &Request) -> Result<T, Error> {
    serde_json::from_slice(&request.body).map_err(|error| {
        // A message of serde's quotes names and kinds, and values only of the wrong kind: neither is secret here.
        Error::new("the body is not what is expected").caused_by(error)
    })
}

fn operation(name: &str) -> Result<Operation, Error> {
    let all = [Operation::FetchNumber, Operation::VerifyIdentity, Operation::VerifyNumber];
    let names = || all.iter().map(|operation| operation.as_str()).collect::<Vec<_>>().join(", ");
    all.into_iter()
        .find(|operation| operation.as_str() == name)
        .ok_or_else(|| Error::new(format!("operation: expected one of {}", names())))
}

/// Whether `host[:port]` names this machine's loopback.
fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    ["127.0.0.1", "[::1]", "localhost"].iter().any(|known| known.eq_ignore_ascii_case(name))
}

fn page(url: &str) -> String {
    let mut paths = String::new();
    for gateway in gateways::ALL {
        for (path, _) in gateway.interfaces() {
            paths.push_str(&format!("  POST {path}\n"));
        }
    }
    let names: Vec<_> = gateways::apps().iter().map(|app| app.name).collect();
    format!(
        "quhao sandbox: the carriers' gateways, emulated. Tokens and apps are made up, numbers are yours to choose.\n\n\
         Gateways:\n{paths}\n\
         What a phone's SDK would return, each good for one call:\n  \
         curl -d '{{\"number\":\"13800138000\",\"carrier\":\"cmcc\",\"app\":\"shanyan\",\"operation\":\"fetch_number\"}}' {url}/phone\n\n\
         Controls:\n  \
         GET  /ledger                              what came, and why it was refused\n  \
         POST /phone     {{number, carrier, app, operation, typed?}}, or count for so many numbers in a row\n  \
         POST /options   {{\"app\": \"shanyan\"}}      what a client of that app is configured with\n  \
         POST /advance   {{\"seconds\": 121}}          tokens expire\n  \
         POST /fail-next {{\"failure\": \"403101\"}}     a code, shanyan/500005, fault:reset, …\n  \
         POST /endpoint  {{\"endpoint\": \"refused\"}}  options of another address: TLS, or one that fails\n  \
         POST /person    {{number, name, id_card}}   whom verify_identity knows\n\n\
         Endpoints: {}\n\
         Faults: {}\n\
         Apps: {}\n",
        Endpoint::ALL.iter().map(|endpoint| endpoint.as_str()).collect::<Vec<_>>().join(", "),
        Fault::ALL.iter().map(|fault| fault.as_str()).collect::<Vec<_>>().join(", "),
        names.join(", ")
    )
}

/// A reply of about 1 MiB.
const MOST_PHONES: u64 = 1000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_hosts_are_this_machine() {
        for good in ["127.0.0.1", "127.0.0.1:80", "localhost:8080", "LOCALHOST", "[::1]:1", "[::1]"] {
            assert!(is_loopback(good), "{good}");
        }
        for bad in ["", "example.com", "127.0.0.1.example.com", "localhost.example.com:80", "10.0.0.1", "::1:x"] {
            assert!(!is_loopback(bad), "{bad}");
        }
    }
}
