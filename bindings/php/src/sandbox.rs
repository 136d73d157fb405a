//! The sandbox in the same process, for tests without a phone.

use std::sync::Arc;

use ext_php_rs::boxed::ZBox;
use ext_php_rs::types::ZendObject;
use quhao_bindings::{Command, CommandError, Sandbox};
use serde_json::Value;

use crate::Result;
use crate::convert::operation;
use crate::errors::Failure;
use crate::zend::{Arguments, Handler, object, plain, set_native, set_property, with_blocked_signals};

pub(crate) const HANDLERS: &[Handler] = &[
    Handler::new("Quhao\\Sandbox::__construct", |args| {
        let sandbox = with_blocked_signals(|| Sandbox::start(0, false, None));
        let sandbox = sandbox.map_err(|error| Failure::config(error.to_string()))?;
        let about = sandbox.run(Command::About)?;
        set_property(args.this(), "Quhao\\Sandbox", "url", about["url"].as_str());
        set_native(args.this(), Arc::new(sandbox));
        Ok(())
    }),
    Handler::new("Quhao\\Sandbox::apps", |args| Ok(plain(&run(args, Command::About)?["apps"]))),
    Handler::new("Quhao\\Sandbox::options", |args| run(args, Command::Options { app: text(args, 0)? }).map(plain)),
    Handler::new("Quhao\\Sandbox::phone", |args| {
        let (number, carrier) = (text(args, 0)?, text(args, 1)?);
        run(args, Command::Phone { number: number.clone(), carrier: carrier.clone() })?;
        Ok(phone(Phone { sandbox: Arc::clone(args.native()?), typed: number.clone(), number, carrier }))
    }),
    Handler::new("Quhao\\Sandbox::addPerson", |args| {
        let (number, name, id_card) = (text(args, 0)?, text(args, 1)?, text(args, 2)?);
        run(args, Command::AddPerson { number, name, id_card }).map(plain)
    }),
    Handler::new("Quhao\\Sandbox::advance", |args| {
        run(args, Command::Advance { seconds: args.integer(0)? as f64 }).map(plain)
    }),
    Handler::new("Quhao\\Sandbox::failNext", |args| {
        run(args, Command::FailNext { failure: text(args, 0)? }).map(plain)
    }),
    Handler::new("Quhao\\Sandbox::ledger", |args| {
        let mut ledger = run(args, Command::Ledger)?;
        for entry in ledger.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
            entry.retain(|field, _| field != "summary" && field != "revealed");
        }
        Ok(plain(ledger))
    }),
    Handler::new("Quhao\\Sandbox::clearLedger", |args| run(args, Command::ClearLedger).map(plain)),
    Handler::new("Quhao\\Phone::typing", |args| {
        Ok(phone(Phone { typed: text(args, 0)?, ..args.native::<Phone>()?.clone() }))
    }),
    Handler::new("Quhao\\Phone::params", |args| {
        let Phone { sandbox, number, carrier, typed } = args.native::<Phone>()?.clone();
        let (app, operation) = (text(args, 0)?, operation(&args.text(1)?)?.as_str().to_owned());
        Ok(plain(sandbox.run(Command::Params { number, carrier, typed, app, operation })?))
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

fn run(args: &Arguments<'_>, command: Command) -> Result<Value> {
    Ok(args.native::<Arc<Sandbox>>()?.run(command)?)
}

fn text(args: &Arguments<'_>, at: u32) -> Result<String> {
    Ok(args.text(at)?.into_owned())
}

fn phone(phone: Phone) -> ZBox<ZendObject> {
    let object = object("Quhao\\Phone", &());
    set_native(&object, phone);
    object
}

impl From<CommandError> for Failure {
    fn from(error: CommandError) -> Self {
        Self::config(error.to_string())
    }
}
