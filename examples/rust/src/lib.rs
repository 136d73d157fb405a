//! One-tap login in axum: `POST /login` takes what the phone's SDK returned.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use quhao::{Client, Error, ErrorKind, Params, Retry};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The route, over one client for the whole process.
pub fn app(client: Client) -> Router {
    Router::new().route("/login", post(login)).with_state(Arc::new(client))
}

/// Configures a client from `QUHAO_<PROVIDER>_<OPTION>`.
///
/// # Errors
///
/// [`ErrorKind::Config`] for an unknown provider or option, or one that is missing.
pub fn client_from_environment() -> Result<Client, Error> {
    let provider = std::env::var("QUHAO_PROVIDER").unwrap_or_else(|_| "shanyan".to_owned());
    let prefix = format!("QUHAO_{}_", provider.to_uppercase());
    let options =
        std::env::vars().filter_map(|(name, value)| Some((name.strip_prefix(&prefix)?.to_lowercase(), value)));
    Client::new(&provider, options)
}

async fn login(State(client): State<Arc<Client>>, Json(body): Json<Value>) -> (StatusCode, Json<Value>) {
    let fetched = match Params::from_value(&body) {
        Ok(params) => client.fetch_number(params).await,
        Err(error) => Err(error),
    };
    match fetched {
        Ok(fetched) => {
            let user = user_id(fetched.number.expose());
            (StatusCode::OK, Json(json!({"user": user, "number": fetched.number.to_string()})))
        }
        Err(error) => refusal(&error),
    }
}

/// The app's part; the log gets the rest, which holds no secret.
fn refusal(error: &Error) -> (StatusCode, Json<Value>) {
    let status = match (error.kind(), error.retry()) {
        (ErrorKind::Token, _) => StatusCode::CONFLICT,
        (ErrorKind::Input, Retry::NewToken) => StatusCode::CONFLICT,
        (ErrorKind::Input, _) => StatusCode::BAD_REQUEST,
        (_, Retry::SameToken) => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::BAD_GATEWAY,
    };
    log(error);
    (status, Json(json!({"retry": error.retry().as_str(), "hint": error.hint().to_string()})))
}

#[expect(clippy::print_stderr, reason = "a small back end's log")]
fn log(error: &Error) {
    eprintln!("login failed: {error} request_id={:?} charge={}", error.request_id(), error.charge().as_str());
}

/// A user's id that does not tell the number. A real back end looks the number up in its database instead.
fn user_id(number: &str) -> String {
    Sha256::digest(format!("example:{number}")).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
