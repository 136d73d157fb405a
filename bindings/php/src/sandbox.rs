//! The sandbox in the same process, for tests without a phone.

use std::sync::Arc;

use ext_php_rs::boxed::ZBox;
use ext_php_rs::types::{ZendObject, Zval};
use quhao_bindings::{Command, CommandError, Sandbox};
use serde_json::Value;

use crate::Result;
use crate::convert::operation;
use crate::errors::Failure;
use crate::zend::{Arguments, Handler, Object, object, plain, with_blocked_signals};

pub(crate) const HANDLERS: &[Handler] = &[
    Handler::new("Quhao\\Sandbox::__construct", |args| {
        let sandbox = with_blocked_signals(|| Sandbox::start(0, false, None));
        let sandbox = sandbox.map_err(|error| Failure::config(error.to_string()))?;
        let about = sandbox.run(Command::About)?;
        args.this().set("Quhao\\Sandbox", "url", about["url"].as_str());
        args.this().set_native(Arc::new(sandbox));
        Result::Ok(())
    }),
    Handler::new("Quhao\\Sandbox::apps", |args| Result::Ok(plain(&sandbox(args)?.run(Command::About)?["apps"]))),
    Handler::new("Quhao\\Sandbox::options", |args| run(args, Command::Options { app: text(args, 0)? })),
    Handler::new("Quhao\\Sandbox::phone", |args| {
        let (number, carrier) = (text(args, 0)?, text(args, 1)?);
        sandbox(args)?.run(Command::Phone { number: number.clone(), carrier: carrier.clone() })?;
        Result::Ok(phone(Phone { sandbox: Arc::clone(sandbox(args)?), typed: number.clone(), number, carrier }))
    }),
    Handler::new("Quhao\\Sandbox::addPerson", |args| {
        run(args, Command::AddPerson { number: text(args, 0)?, name: text(args, 1)?, id_card: text(args, 2)? })
    }),
    Handler::new("Quhao\\Sandbox::advance", |args| run(args, Command::Advance { seconds: args.integer(0)? as f64 })),
    Handler::new("Quhao\\Sandbox::failNext", |args| run(args, Command::FailNext { failure: text(args, 0)? })),
    Handler::new("Quhao\\Sandbox::ledger", |args| {
        let mut ledger = sandbox(args)?.run(Command::Ledger)?;
        for entry in ledger.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
            entry.retain(|field, _| field != "summary" && field != "revealed");
        }
        Result::Ok(plain(&ledger))
    }),
    Handler::new("Quhao\\Sandbox::clearLedger", |args| run(args, Command::ClearLedger)),
    Handler::new("Quhao\\Phone::typing", |args| {
        Result::Ok(phone(Phone { typed: text(args, 0)?, ..args.native::<Phone>()?.clone() }))
    }),
    Handler::new("Quhao\\Phone::params", |args| {
        let Phone { sandbox, number, carrier, typed } = args.native::<Phone>()?.clone();
        let (app, operation) = (text(args, 0)?, operation(&args.text(1)?)?.as_str().to_owned());
        Result::Ok(plain(&sandbox.run(Command::Params { number, carrier, typed, app, operation })?))
    }),
];

/// The Rust value of a `Quhao\Phone`.
#[derive(Clone)]
struct Phone {
    sandbox: Arc<Sandbox>,
    number: String,
    carrier: String,
    typed: String,
}

fn sandbox<'a>(args: &'a Arguments<'_>) -> Result<&'a Arc<Sandbox>> {
    Ok(args.native()?)
}

fn run(args: &Arguments<'_>, command: Command) -> Result<Zval> {
    Ok(plain(&sandbox(args)?.run(command)?))
}

fn text(args: &Arguments<'_>, at: u32) -> Result<String> {
    Ok(args.text(at)?.into_owned())
}

fn phone(phone: Phone) -> ZBox<ZendObject> {
    let object = object("Quhao\\Phone", &());
    object.set_native(phone);
    object
}

impl From<CommandError> for Failure {
    fn from(error: CommandError) -> Self {
        Self::config(error.to_string())
    }
}
