//! `Quhao\Client` and `Quhao\Call`.

use std::process;
use std::sync::atomic::Ordering;

use ext_php_rs::boxed::ZBox;
use ext_php_rs::types::{ZendObject, Zval};
use quhao::{Call, Error, Moment, Operation, Outcome};
use quhao_bindings::view;
use serde_json::json;

use crate::convert::{ask, configured, http_status, operation, outcome, params};
use crate::errors::Failure;
use crate::zend::{Arguments, Handler, call_listener, object, plain, set_native, set_property};
use crate::{LAST_PID, Result};

pub(crate) const HANDLERS: &[Handler] = &[
    Handler::new("Quhao\\Client::__construct", construct),
    Handler::new("Quhao\\Client::app", |args| {
        let client: &Client = args.native()?;
        Ok(derived(args, Client { client: client.client.app(&args.text(0)?)?, ..client.clone() }))
    }),
    Handler::new("Quhao\\Client::atMoment", |args| {
        let expected = || Failure::config("moment: expected milliseconds since 1970 and 32 hex digits");
        let now_ms = u64::try_from(args.integer(0)?).map_err(|_| expected())?;
        let nonce = u128::from_str_radix(&args.text(1)?, 16).map_err(|_| expected())?.to_be_bytes();
        let client: &Client = args.native()?;
        Ok(derived(args, Client { moment: Some(Moment::at(now_ms, nonce)), ..client.clone() }))
    }),
    Handler::new("Quhao\\Client::onCall", |args| {
        set_property(args.this(), CLASS, LISTENER, args.callable(0)?);
        Ok(args.this_zval())
    }),
    Handler::new("Quhao\\Client::fetchNumber", |args| call(args, Operation::FetchNumber)),
    Handler::new("Quhao\\Client::verifyNumber", |args| call(args, Operation::VerifyNumber)),
    Handler::new("Quhao\\Client::verifyIdentity", |args| call(args, Operation::VerifyIdentity)),
    Handler::new("Quhao\\Client::prepareFetchNumber", |args| prepare(args, Operation::FetchNumber)),
    Handler::new("Quhao\\Client::prepareVerifyNumber", |args| prepare(args, Operation::VerifyNumber)),
    Handler::new("Quhao\\Client::prepareVerifyIdentity", |args| prepare(args, Operation::VerifyIdentity)),
    Handler::new("Quhao\\Client::decryptNumber", |args| {
        let client: &Client = args.native()?;
        Ok(client.client.decrypt_number(&args.text(0)?)?.expose().to_owned())
    }),
    Handler::new("Quhao\\Client::read", |args| {
        let client: &Client = args.native()?;
        let (operation, status) = (operation(&args.text(0)?)?, http_status(args, 1)?);
        Ok(outcome(&client.client.read(operation, status, &args.bytes(2)?)?))
    }),
    Handler::new("Quhao\\Client::inspect", |args| {
        let client: &Client = args.native()?;
        let (operation, params) = (operation(&args.text(0)?)?, params(args, 1)?);
        Ok(plain(view::inspection(&client.client.inspect(operation, params, &client.moment()?))))
    }),
    Handler::new("Quhao\\Client::signature", |args| {
        let client: &Client = args.native()?;
        let ask = ask(operation(&args.text(0)?)?, args, 1)?;
        Ok(plain(view::signature(&client.client.signature(&ask, &client.moment()?)?)))
    }),
    Handler::new("Quhao\\Call::read", |args| {
        let call: &Call<Outcome> = args.native()?;
        Ok(outcome(&call.read(http_status(args, 0)?, &args.bytes(1)?)?))
    }),
];

/// The Rust value of a `Quhao\Client`: one app of a provider, or several.
#[derive(Clone)]
struct Client {
    client: quhao::blocking::Client,
    /// Fixed for known answers only.
    moment: Option<Moment>,
}

impl Client {
    fn moment(&self) -> core::result::Result<Moment, Error> {
        self.moment.map_or_else(|| self.client.moment(), Ok)
    }
}

fn construct(args: &Arguments<'_>) -> Result<()> {
    let client = configured(&String::from_utf8_lossy(&args.bytes(0)?), args, 1)?;
    set_property(args.this(), CLASS, "provider", client.provider());
    set_native(args.this(), Client { client: client.into(), moment: None });
    Ok(())
}

/// Another client with this one's listener.
fn derived(args: &Arguments<'_>, client: Client) -> ZBox<ZendObject> {
    let object = object(CLASS, &json!({"provider": client.client.provider()}));
    set_native(&object, client);
    set_property(&object, CLASS, LISTENER, listener(args));
    object
}

fn listener(args: &Arguments<'_>) -> Zval {
    args.this().get_property::<&Zval>(LISTENER).map_or_else(|_| Zval::null(), Zval::shallow_clone)
}

fn call(args: &Arguments<'_>, operation: Operation) -> Result<ZBox<ZendObject>> {
    let client: &Client = args.native()?;
    let ask = ask(operation, args, 0)?;
    LAST_PID.store(process::id(), Ordering::Relaxed);
    let (answer, event) = client.client.call_with_event(ask);
    let listener = listener(args);
    if !listener.is_null() {
        call_listener(&listener, &plain(view::event(&event)));
    }
    Ok(outcome(&answer?))
}

fn prepare(args: &Arguments<'_>, operation: Operation) -> Result<ZBox<ZendObject>> {
    let client: &Client = args.native()?;
    let call: Call<Outcome> = client.client.prepare(&ask(operation, args, 0)?, &client.moment()?)?;
    let object = object("Quhao\\Call", &view::call(&call));
    set_native(&object, call);
    Ok(object)
}

const CLASS: &str = "Quhao\\Client";

/// The private property with the listener: the garbage collector follows it, dumps hide it.
const LISTENER: &str = "listener";
