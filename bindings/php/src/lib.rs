//! The PHP extension `quhao`: the module, its INI entry, and the block in `phpinfo()`.
//!
//! `stubs/quhao.php` declares the functions and classes; they are registered from it, so it is what PHP sees. What
//! each does stands beside its name in the `BODIES` of these files.

mod client;
mod convert;
mod errors;
mod sandbox;

use std::ffi::CStr;

use ext_php_rs::builders::ModuleBuilder;
use ext_php_rs::flags::IniEntryPermission;
use ext_php_rs::prelude::php_module;
use ext_php_rs::zend::{IniEntryDef, IniEntryDefs, ModuleEntry};
use ext_php_rs::{info_table_end, info_table_header, info_table_row, info_table_start};
use quhao_bindings::view;
use quhao_php_engine::{self as engine, Body, LastUse, Mask, zval};

use crate::errors::Failure;

/// What a function or method ends in.
type Answer<T> = Result<T, Failure>;

const BODIES: &[Body] = &[
    Body::new("Quhao\\counters", |_| Answer::Ok(zval(&view::counters()))),
    Body::new("Quhao\\explain", |given| Answer::Ok(zval(&view::explain(&given.text(0)?)))),
    Body::new("Quhao\\providers", |_| Answer::Ok(zval(&view::providers()))),
];

/// A dump tells that there is a number, and whose; a body holds the token.
const MASKS: &[(&str, Mask)] = &[
    ("number", Mask::Text(quhao::masked)),
    ("message", Mask::Text(quhao::masked)),
    ("extra", Mask::Names),
    ("body", Mask::Text(|body| format!("<{} bytes>", body.len()))),
];

/// What PHP loads.
#[php_module]
#[php(startup = startup)]
fn module(module: ModuleBuilder) -> ModuleBuilder {
    module.name("quhao").info_function(info)
}

fn startup(_type: i32, module: i32) -> i32 {
    IniEntryDef::register(INI.as_slice(), module);
    quhao::on_thread_start(engine::take_no_signals);
    let bodies = [BODIES, client::BODIES, convert::BODIES, sandbox::BODIES];
    ext_php_rs::internal::startup_guard(|| engine::register(STUB, &bodies, MASKS))
}

extern "C" fn info(module: *mut ModuleEntry) {
    let ids: Vec<_> = quhao::providers().iter().map(|info| info.id).collect();
    info_table_start!();
    info_table_header!("quhao", "取号");
    info_table_row!("version", env!("CARGO_PKG_VERSION"));
    info_table_row!("providers", ids.join(", "));
    info_table_row!("connection pool", POOL.to_string());
    info_table_end!();
    engine::show_ini(module);
}

/// The pool of connections.
static POOL: LastUse = LastUse::new();

/// The INI entry that an absent option `timeout_ms` reads.
const INI_TIMEOUT: &CStr = c"quhao.timeout_ms";

static INI: IniEntryDefs<2> =
    IniEntryDefs::new([IniEntryDef::new(INI_TIMEOUT, c"5000", IniEntryPermission::All), IniEntryDef::end()]);

/// The stub as `stubs/reflect.php` read it.
const STUB: &str = include_str!(concat!(env!("OUT_DIR"), "/stub.json"));
