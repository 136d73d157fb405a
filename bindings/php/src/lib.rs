//! The PHP extension `quhao`: the module, its INI entry, and the block in `phpinfo()`.
//!
//! `stubs/quhao.php` declares the functions and classes, and they are registered from it. The `HANDLERS` of these files
//! implement them by name.

mod client;
mod convert;
mod errors;
mod sandbox;
mod zend;

use std::ffi::CStr;
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

use ext_php_rs::builders::ModuleBuilder;
use ext_php_rs::flags::IniEntryPermission;
use ext_php_rs::prelude::php_module;
use ext_php_rs::zend::{IniEntryDef, IniEntryDefs, ModuleEntry};
use ext_php_rs::{info_table_end, info_table_header, info_table_row, info_table_start};
use quhao_bindings::view;

use crate::errors::Failure;
use crate::zend::{Handler, Mask, ini, plain};

/// The result of a function or method.
type Result<T> = std::result::Result<T, Failure>;

const HANDLERS: &[Handler] = &[
    Handler::new("Quhao\\counters", |_| Ok(plain(view::counters()))),
    Handler::new("Quhao\\explain", |args| Ok(plain(view::explain(&args.text(0)?)))),
    Handler::new("Quhao\\providers", |_| Ok(plain(view::providers()))),
];

/// Dumps identify a number without showing it; a body holds the token.
const MASKS: &[(&str, Mask)] = &[
    ("number", Mask::Text(quhao::masked)),
    ("message", Mask::Text(quhao::masked)),
    ("extra", Mask::Names),
    ("body", Mask::Text(|body| format!("<{} bytes>", body.len()))),
    ("\0Quhao\\Client\0listener", Mask::Hidden),
];

/// The module that PHP loads.
#[php_module]
#[php(startup = startup)]
fn module(module: ModuleBuilder) -> ModuleBuilder {
    module.name("quhao").info_function(info)
}

fn startup(_type: i32, module: i32) -> i32 {
    IniEntryDef::register(INI.as_slice(), module);
    quhao::binding::on_thread_start(zend::block_signals);
    let handlers = [HANDLERS, client::HANDLERS, convert::HANDLERS, sandbox::HANDLERS];
    ext_php_rs::internal::startup_guard(|| zend::register(STUB, &handlers, MASKS))
}

extern "C" fn info(_module: *mut ModuleEntry) {
    let ids: Vec<_> = quhao::providers().iter().map(|info| info.id).collect();
    info_table_start!();
    info_table_header!("quhao", "取号");
    info_table_row!("version", env!("CARGO_PKG_VERSION"));
    info_table_row!("providers", ids.join(", "));
    info_table_row!("connection pool", connections());
    info_table_end!();
    info_table_start!();
    info_table_header!("Directive", "Local Value", "Master Value");
    info_table_row!("quhao.timeout_ms", ini(INI_TIMEOUT, false), ini(INI_TIMEOUT, true));
    info_table_end!();
}

/// The state of the connections, which do not survive a fork.
fn connections() -> String {
    match LAST_PID.load(Ordering::Relaxed) {
        0 => "not started: no call yet".to_owned(),
        pid if pid == process::id() => format!("running in this process, {pid}"),
        pid => format!("not started in this process; that of {pid} is not used"),
    }
}

/// The process that last sent a call, or 0.
static LAST_PID: AtomicU32 = AtomicU32::new(0);

/// The INI entry that an absent option `timeout_ms` reads.
const INI_TIMEOUT: &CStr = c"quhao.timeout_ms";

static INI: IniEntryDefs<2> =
    IniEntryDefs::new([IniEntryDef::new(INI_TIMEOUT, c"5000", IniEntryPermission::All), IniEntryDef::end()]);

/// The stub as `stubs/reflect.php` reads it.
const STUB: &str = include_str!(concat!(env!("OUT_DIR"), "/stub.json"));
