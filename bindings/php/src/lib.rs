//! The PHP extension `quhao`: what each method of the stub's classes does, the INI entry, the block in `phpinfo()`.
//!
//! `stubs/quhao.php` declares the classes; they are registered from it, so it is what PHP sees.

mod convert;
mod engine;
mod errors;
mod sandbox;

use std::ffi::CStr;
use std::sync::atomic::{AtomicU32, Ordering};

use ext_php_rs::args::Arg;
use ext_php_rs::builders::{FunctionBuilder, ModuleBuilder};
use ext_php_rs::flags::{DataType, IniEntryPermission};
use ext_php_rs::prelude::php_module;
use ext_php_rs::types::Zval;
use ext_php_rs::zend::{IniEntryDef, IniEntryDefs, ModuleEntry};
use ext_php_rs::{info_table_end, info_table_header, info_table_row, info_table_start};
use quhao::{Error, Moment, Operation, Outcome, provider};
use serde_json::{Map, Value, json};

use crate::convert::{ask, outcome, params, plain, zval};
use crate::engine::{Arguments, Object};
use crate::errors::Failure;

/// What a function or method of the stub does.
fn answer(function: &str, given: &Arguments<'_>) -> Result<Zval, Failure> {
    let function = function.trim_start_matches("Quhao\\");
    match function.split_once("::") {
        Some(("Client", method)) => client(method, given),
        Some(("Call", "read")) => {
            let call: &quhao::Call<Outcome> = given.held()?;
            Ok(outcome(call.read(http_status(given, 0)?, &given.bytes(1)?)?))
        }
        Some(("Sandbox", method)) => sandbox::sandbox(method, given),
        Some(("Phone", method)) => sandbox::phone(method, given),
        Some((_, "toArray")) => Ok(zval(given.this().properties())),
        None if function == "explain" => Ok(plain(&quhao::explain(&given.text(0)?).map(convert::row).collect())),
        None if function == "providers" => Ok(plain(&convert::providers())),
        // A constructor that nobody can call.
        _ => Ok(Zval::null()),
    }
}

/// Behind a `Quhao\Client`: one app, or several of a provider's.
#[derive(Clone)]
struct Client {
    client: quhao::blocking::Client,
    /// Fixed for known answers only.
    moment: Option<Moment>,
}

fn client(method: &str, given: &Arguments<'_>) -> Result<Zval, Failure> {
    if method == "__construct" {
        let provider = String::from_utf8_lossy(&given.bytes(0)?).into_owned();
        let client = convert::client(&provider, given, 1)?;
        given.set("provider", client.provider());
        given.this().hold(Client { client: client.into(), moment: None });
        return Ok(Zval::null());
    }
    let held: &Client = given.held()?;
    let moment = || held.moment.map_or_else(Moment::now, Ok);
    Ok(match method {
        "fetchNumber" | "verifyNumber" | "verifyIdentity" => {
            let ask = ask(operation(method)?, given, 0)?;
            start_core()?;
            outcome(held.client.call::<Outcome>(ask)?)
        }
        "prepareFetchNumber" | "prepareVerifyNumber" | "prepareVerifyIdentity" => {
            let ask = ask(operation(&method["prepare".len()..])?, given, 0)?;
            prepared(held.client.prepare(&ask, &moment()?)?)
        }
        "decryptNumber" => zval(held.client.decrypt_number(&given.text(0)?)?.expose()),
        "read" => {
            let reply = (http_status(given, 1)?, given.bytes(2)?);
            outcome(held.client.read(operation(&given.text(0)?)?, reply.0, &reply.1)?)
        }
        "inspect" => {
            let (operation, params) = (operation(&given.text(0)?)?, params(given, 1)?);
            plain(&convert::inspection(&held.client.inspect(operation, params, &moment()?)))
        }
        "signature" => {
            let signed = held.client.signature(&ask(operation(&given.text(0)?)?, given, 1)?, &moment()?)?;
            plain(&json!({"algorithm": signed.algorithm, "base": signed.base, "value": signed.value}))
        }
        "atMoment" => {
            let wrong = || Failure::config("moment: expected milliseconds since 1970 and 32 hex digits");
            let now_ms = u64::try_from(given.whole(0)?).map_err(|_| wrong())?;
            let nonce = u128::from_str_radix(&given.text(1)?, 16).map_err(|_| wrong())?.to_be_bytes();
            new_client(Client { moment: Some(Moment::at(now_ms, nonce)), ..held.clone() })
        }
        "app" => new_client(Client { client: held.client.app(&given.text(0)?)?, ..held.clone() }),
        _ => Zval::null(),
    })
}

fn new_client(client: Client) -> Zval {
    let mut object = engine::object("Quhao\\Client", &[json!({"provider": client.client.provider()})]);
    object.hold(client);
    zval(object)
}

fn prepared(call: quhao::Call<Outcome>) -> Zval {
    let headers: Map<_, _> = call.headers.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    let properties = json!({
        "method": call.method, "url": call.url, "headers": headers, "body": call.body, "requestId": call.request_id(),
    });
    let mut object = engine::object("Quhao\\Call", &[properties]);
    object.hold(call);
    zval(object)
}

/// Reads `fetchNumber`, as PHP names it, and `fetch_number`.
fn operation(name: &str) -> Result<Operation, Error> {
    let snake: String = name.chars().flat_map(|c| [c.is_ascii_uppercase().then_some('_'), Some(c)]).flatten().collect();
    snake.trim_start_matches('_').to_ascii_lowercase().parse()
}

/// No status that HTTP knows reads as 0, which no gateway answers.
fn http_status(given: &Arguments<'_>, at: u32) -> Result<u16, Failure> {
    Ok(u16::try_from(given.whole(at)?).unwrap_or_default())
}

/// Starts this process's I/O core before its first call, so that its thread takes no signals.
fn start_core() -> Result<(), Error> {
    let pid = std::process::id();
    if CORE_OF.load(Ordering::Relaxed) != pid {
        engine::without_signals(|| quhao::spawn(std::future::ready(())))?;
        CORE_OF.store(pid, Ordering::Relaxed);
    }
    Ok(())
}

/// The process whose I/O core runs, or 0.
static CORE_OF: AtomicU32 = AtomicU32::new(0);

/// What PHP loads.
#[php_module]
#[php(startup = startup)]
fn module(module: ModuleBuilder) -> ModuleBuilder {
    let function = |name| FunctionBuilder::new(name, engine::handle).returns(DataType::Array, false, false);
    let explain = function("Quhao\\explain").arg(Arg::new("code", DataType::String));
    module.name("quhao").function(explain).function(function("Quhao\\providers")).info_function(info)
}

fn startup(_type: i32, module: i32) -> i32 {
    IniEntryDef::register(INI.as_slice(), module);
    ext_php_rs::internal::startup_guard(|| {
        let stub: Value = serde_json::from_str(STUB).expect("the build script wrote it");
        engine::register(&stub["classes"])
    })
}

extern "C" fn info(module: *mut ModuleEntry) {
    let ids: Vec<_> = provider::all().iter().map(|info| info.id).collect();
    let pool = match CORE_OF.load(Ordering::Relaxed) {
        0 => "not started: no call yet".to_owned(),
        pid if pid == std::process::id() => format!("running in this process, {pid}"),
        pid => format!("not started in this process; that of {pid} is not used"),
    };
    info_table_start!();
    info_table_header!("quhao", "取号");
    info_table_row!("version", env!("CARGO_PKG_VERSION"));
    info_table_row!("providers", ids.join(", "));
    info_table_row!("connection pool", pool);
    info_table_end!();
    engine::show_ini(module);
}

/// The INI entry that an absent option `timeout_ms` reads.
const INI_TIMEOUT: &CStr = c"quhao.timeout_ms";

static INI: IniEntryDefs<2> =
    IniEntryDefs::new([IniEntryDef::new(INI_TIMEOUT, c"5000", IniEntryPermission::All), IniEntryDef::end()]);

/// The stub as `stubs/reflect.php` read it.
const STUB: &str = include_str!(concat!(env!("OUT_DIR"), "/stub.json"));
