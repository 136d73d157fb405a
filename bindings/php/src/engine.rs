//! Classes as the stub declares them, one handler behind all their methods, and objects that hold Rust values.
//!
//! All `unsafe` code of the binding: what ext-php-rs has no words for.
#![expect(unsafe_code, reason = "the engine's interface is C")]

use std::any::Any;
use std::collections::HashMap;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::panic::AssertUnwindSafe;
use std::sync::OnceLock;
use std::{iter, mem, ptr};

use ext_php_rs::args::Arg;
use ext_php_rs::boxed::ZBox;
use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::error::Result;
use ext_php_rs::ffi::{self, zend_object_handlers};
use ext_php_rs::flags::DataType;
use ext_php_rs::prelude::zend_fastcall;
use ext_php_rs::types::{ZendHashTable, ZendObject, ZendStr, Zval};
use ext_php_rs::zend::{ClassEntry, ExecuteData, FunctionEntry, ModuleEntry, ZendType, run_handler};
use serde_json::Value;

use crate::convert::{plain, zval};
use crate::errors::Failure;

/// Registers the classes that `reflect.php` found in the stub, parents first. Only while the module starts.
pub(crate) fn register(declared: &Value) -> Result<()> {
    // SAFETY: the engine's own extensions start before any other.
    let mut registered = HashMap::from([("", ptr::null_mut()), ("RuntimeException", unsafe { spl_ce_RuntimeException })]);
    for class in list(declared) {
        let parent = registered[text(&class["parent"])];
        registered.insert(text(&class["name"]), register_class(class, parent)?);
    }
    Ok(())
}

fn register_class(declared: &Value, parent: *mut ClassEntry) -> Result<*mut ClassEntry> {
    let methods = list(&declared["methods"]).iter().map(method).chain([Ok(FunctionEntry::end())]);
    // The engine reads them as long as the process lives.
    let methods = methods.collect::<Result<Vec<_>>>()?.leak();
    // SAFETY: a class begins as zeros, a name and its methods; what the engine keeps is of persistent memory.
    let class = unsafe {
        let mut class: ClassEntry = mem::zeroed();
        class.name = interned(text(&declared["name"]));
        class.info.internal.builtin_functions = methods.as_ptr();
        &mut *ffi::zend_register_internal_class_ex(&raw mut class, parent)
    };
    if parent.is_null() {
        class.ce_flags |= ffi::ZEND_ACC_NOT_SERIALIZABLE;
        class.__bindgen_anon_2.create_object = Some(Holder::create);
    }
    if declared["final"] == true {
        class.ce_flags |= ffi::ZEND_ACC_FINAL | ffi::ZEND_ACC_NO_DYNAMIC_PROPERTIES;
    }
    let public = ffi::ZEND_ACC_PUBLIC.cast_signed();
    for (name, value) in declared["constants"].as_object().into_iter().flatten() {
        // SAFETY: as above; the class takes the value over.
        unsafe { ffi::zend_declare_class_constant_ex(class, interned(name), &raw mut *lasting(value), public, ptr::null_mut()) };
    }
    for property in list(&declared["properties"]) {
        let default = property["default"].as_array().and_then(|default| default.first());
        let mut value = default.map_or_else(undefined, lasting);
        let flags = if property["readonly"] == true { public | ACC_READONLY } else { public };
        let (name, holds) = (interned(text(&property["name"])), zend_type(text(&property["type"])));
        // SAFETY: as above.
        unsafe { zend_declare_typed_property(class, name, &raw mut *value, flags, ptr::null_mut(), holds) };
    }
    list(&declared["methods"]).iter().for_each(|method| keep_out_of_traces(class, method));
    Ok(class)
}

fn method(declared: &Value) -> Result<FunctionEntry> {
    let parameters = list(&declared["parameters"]);
    let required = parameters.iter().filter(|parameter| parameter["default"].is_null()).count();
    let mut function = FunctionBuilder::new(text(&declared["name"]), handle).required_args(required);
    for parameter in parameters {
        let argument = Arg::new(text(&parameter["name"]), DataType::Mixed);
        let default = parameter["default"].as_str();
        function = function.arg(if let Some(default) = default { argument.default(default) } else { argument });
    }
    let (mut function, types) = function.build()?;
    let declared_types = iter::once(&declared["returns"]).chain(parameters.iter().map(|parameter| &parameter["type"]));
    Box::leak(types).iter_mut().zip(declared_types).for_each(|(at, declared)| at.type_ = zend_type(text(declared)));
    function.flags = if declared["private"] == true { ffi::ZEND_ACC_PRIVATE } else { ffi::ZEND_ACC_PUBLIC };
    Ok(function)
}

/// Gives parameters the attribute that the stub gives them, `SensitiveParameter`.
fn keep_out_of_traces(class: &mut ClassEntry, declared: &Value) {
    let name = text(&declared["name"]);
    for (parameter, at) in list(&declared["parameters"]).iter().zip(1..) {
        for attribute in list(&parameter["attributes"]) {
            // SAFETY: the class has the method; as `zend_add_parameter_attribute`, which is inline in C.
            unsafe {
                let methods = &raw const class.function_table;
                let method = ffi::zend_hash_str_find_ptr_lc(methods, name.as_ptr().cast(), name.len());
                let attributes = &raw mut (*method.cast::<ffi::zend_internal_function>()).attributes;
                zend_add_attribute(attributes, interned(text(attribute)), 0, ATTRIBUTE_PERSISTENT, at, 0);
            }
        }
    }
}

fn zend_type(declared: &str) -> ZendType {
    if declared.contains('\\') {
        let classes = DataType::object(Box::leak(declared.into()));
        return ZendType::empty_from_type(classes, false, false, false).expect("a class's name has no NUL");
    }
    let names = declared.trim_start_matches('?').split('|').chain(declared.starts_with('?').then_some("null"));
    let bits = names.map(|name| match name {
        "array" => 1 << ffi::IS_ARRAY,
        "bool" => ffi::MAY_BE_BOOL,
        "int" => 1 << ffi::IS_LONG,
        "null" => 1 << ffi::IS_NULL,
        "string" => 1 << ffi::IS_STRING,
        "void" => 1 << ffi::IS_VOID,
        _ => 0,
    });
    ZendType { ptr: ptr::null_mut(), type_mask: bits.fold(0, |all, bit| all | bit) }
}

/// A default or constant for as long as the process lives.
fn lasting(value: &Value) -> mem::ManuallyDrop<Zval> {
    let mut lasting = plain(&Value::Null);
    match value {
        Value::String(text) => lasting.set_interned_string(text, true).expect("an interned string is always set"),
        other => lasting = plain(other),
    }
    mem::ManuallyDrop::new(lasting)
}

fn undefined() -> mem::ManuallyDrop<Zval> {
    let mut value = Zval::new();
    value.u1.type_info = ffi::IS_UNDEF;
    mem::ManuallyDrop::new(value)
}

fn interned(text: &str) -> *mut ZendStr {
    ZendStr::new_interned(text, true).into_raw()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// An object and the Rust value behind it. Its dumps hide numbers and bodies, and it cannot be cloned.
#[repr(C)]
struct Holder {
    value: Option<Box<dyn Any>>,
    object: ZendObject,
}

impl Holder {
    unsafe extern "C" fn create(class: *mut ClassEntry) -> *mut ZendObject {
        // SAFETY: as the engine's own classes with more than properties in their objects.
        unsafe {
            let holder = ffi::ext_php_rs_zend_object_alloc(size_of::<Self>(), class).cast::<Self>();
            (&raw mut (*holder).value).write(None);
            let object = &raw mut (*holder).object;
            ffi::zend_object_std_init(object, class);
            ffi::object_properties_init(object, class);
            (*object).handlers = Self::handlers();
            object
        }
    }

    fn handlers() -> &'static zend_object_handlers {
        static HANDLERS: OnceLock<zend_object_handlers> = OnceLock::new();
        HANDLERS.get_or_init(|| zend_object_handlers {
            offset: mem::offset_of!(Self, object).try_into().expect("a few bytes"),
            free_obj: Some(Self::free),
            clone_obj: None,
            get_properties_for: Some(Self::shown),
            // SAFETY: the engine never writes them.
            ..unsafe { ffi::std_object_handlers }
        })
    }

    unsafe extern "C" fn free(object: *mut ZendObject) {
        // SAFETY: the engine frees an object once, and its memory after this.
        unsafe {
            drop((*Self::of(object)).value.take());
            ffi::zend_object_std_dtor(object);
        }
    }

    /// What `var_dump`, `print_r`, `var_export`, `json_encode` and an array cast see.
    unsafe extern "C" fn shown(object: *mut ZendObject, _purpose: ffi::zend_prop_purpose) -> *mut ZendHashTable {
        // SAFETY: the engine passes a live object.
        let mut properties = unsafe { (*object).properties() };
        for name in ["number", "message", "extra", "body"] {
            let shown = properties.get(name).and_then(|value| match (value.array(), value.str()) {
                (Some(extra), _) => Some(zval(crate::convert::entries(extra).map(|(name, _)| name).collect::<Vec<_>>())),
                (_, Some(body)) if name == "body" => Some(zval(format!("<{} bytes>", body.len()))),
                (_, text) => text.map(|text| zval(quhao::masked(text))),
            });
            if let Some(shown) = shown {
                properties.insert(name, shown).expect("an array takes any name");
            }
        }
        properties.into_raw()
    }

    /// # Safety
    ///
    /// `object` must have been made by [`create`](Self::create).
    unsafe fn of(object: *mut ZendObject) -> *mut Self {
        unsafe { object.byte_sub(mem::offset_of!(Self, object)).cast() }
    }
}

/// What this module adds to objects.
pub(crate) trait Object {
    /// Puts a Rust value behind an object of one of our classes.
    fn hold(&mut self, value: impl Any);
    /// The Rust value behind it, if it is a `T`.
    fn held<T: Any>(&self) -> Option<&T>;
    /// Sets a property as a method of `scope` could; a readonly one is set once.
    fn set(&mut self, scope: &ClassEntry, name: &str, value: &Value);
    /// A copy of the properties, in clear.
    fn properties(&mut self) -> ZBox<ZendHashTable>;
}

impl Object for ZendObject {
    fn hold(&mut self, value: impl Any) {
        // SAFETY: only objects of our own classes get here, and all of them are made by `create`.
        unsafe { (*Holder::of(self)).value = Some(Box::new(value)) };
    }

    fn held<T: Any>(&self) -> Option<&T> {
        if !ptr::eq(self.handlers, Holder::handlers()) {
            return None;
        }
        // SAFETY: whatever has these handlers was made by `create`.
        unsafe { (*Holder::of(ptr::from_ref(self).cast_mut())).value.as_ref()?.downcast_ref() }
    }

    fn set(&mut self, scope: &ClassEntry, name: &str, value: &Value) {
        let (mut name, mut value) = (ZendStr::new(name, false), plain(value));
        // SAFETY: the engine copies the value and takes no reference to the name.
        unsafe { zend_update_property_ex(ptr::from_ref(scope).cast_mut(), self, name.as_mut_ptr(), &raw mut value) };
    }

    fn properties(&mut self) -> ZBox<ZendHashTable> {
        // SAFETY: the copy is ours.
        unsafe { ZBox::from_raw(ffi::zend_array_dup(ffi::zend_std_get_properties(self))) }
    }
}

/// Makes an object of one of our own classes with these properties; its constructor is not called.
pub(crate) fn object(class: &str, properties: &[Value]) -> ZBox<ZendObject> {
    let class = ClassEntry::try_find(class).expect("a class that this module has registered");
    let mut object = class.new();
    let properties = properties.iter().filter_map(Value::as_object).flatten();
    properties.for_each(|(name, value)| object.set(class, name, value));
    object
}

zend_fastcall! {
    /// Behind every function and method: counts the arguments and asks [`crate::answer`].
    pub(crate) extern fn handle(frame: &mut ExecuteData, answer: &mut Zval) {
        run_handler(AssertUnwindSafe(|| {
            let given = Arguments(frame);
            let function = given.function();
            if !(function.required_num_args..=function.num_args).contains(&given.count()) {
                // SAFETY: it throws for the function that is running.
                unsafe { ffi::zend_wrong_parameters_count_error(function.required_num_args, function.num_args) };
                return;
            }
            match crate::answer(&given.name(), &given) {
                Ok(value) => *answer = value,
                Err(failure) => failure.throw(),
            }
        }));
    }
}

/// The arguments of the function that is running, and the object whose method it is.
pub(crate) struct Arguments<'a>(&'a ExecuteData);

impl Arguments<'_> {
    fn function(&self) -> &ffi::zend_internal_function {
        // SAFETY: `handle` is the handler of internal functions only.
        unsafe { &(*self.0.func).internal_function }
    }

    fn count(&self) -> u32 {
        // SAFETY: all fields of the union are the same type.
        unsafe { self.0.This.u2.num_args }
    }

    /// `Quhao\Client::fetchNumber`, `Quhao\explain`.
    fn name(&self) -> String {
        let function = self.function();
        // SAFETY: a function has a name, and a method a class.
        let (class, name) = unsafe { (function.scope.as_ref(), &*function.function_name) };
        let class = class.and_then(ClassEntry::name).map(|name| format!("{name}::"));
        class.unwrap_or_default() + name.as_str().unwrap_or_default()
    }

    /// An argument, unless it was left out.
    pub(crate) fn value(&self, at: u32) -> Option<&Zval> {
        // SAFETY: the frame has as many arguments as it counts.
        let value = (at < self.count()).then(|| unsafe { self.0.zend_call_arg(at as usize) })??;
        Some(value.dereference())
    }

    /// A string as the engine's own functions read it: coerced unless the caller declared `strict_types`.
    pub(crate) fn bytes(&self, at: u32) -> std::result::Result<Vec<u8>, Failure> {
        let mut copy = self.value(at).map_or_else(Zval::null, Zval::shallow_clone);
        let mut text = ptr::null_mut();
        // SAFETY: it converts the copy in place, to which the string belongs.
        if !copy.is_string() && (copy.is_null() || !unsafe { zend_parse_arg_str_slow(&raw mut copy, &raw mut text, at + 1) }) {
            return Err(self.refuse(at, c"string"));
        }
        Ok(copy.zend_str().map(|text| text.as_bytes().to_vec()).unwrap_or_default())
    }

    /// The same as text.
    pub(crate) fn text(&self, at: u32) -> std::result::Result<String, Failure> {
        // SAFETY: the table of parameters has a name for each.
        let name = || unsafe { CStr::from_ptr((*self.function().arg_info.add(at as usize)).name) };
        String::from_utf8(self.bytes(at)?).map_err(|_| Failure::not_utf8(quhao::ErrorKind::Input, &name().to_string_lossy()))
    }

    /// The same, where null may stand in its place.
    pub(crate) fn maybe(&self, at: u32) -> std::result::Result<Option<String>, Failure> {
        if self.value(at).is_none_or(Zval::is_null) { Ok(None) } else { self.text(at).map(Some) }
    }

    /// An integer, read as a string is.
    pub(crate) fn whole(&self, at: u32) -> std::result::Result<i64, Failure> {
        let (mut copy, mut whole) = (self.value(at).map_or_else(Zval::null, Zval::shallow_clone), 0);
        if let Some(whole) = copy.long() {
            return Ok(whole);
        }
        // SAFETY: it reads the copy and writes the integer.
        if copy.is_null() || !unsafe { zend_parse_arg_long_slow(&raw mut copy, &raw mut whole, at + 1) } {
            return Err(self.refuse(at, c"int"));
        }
        Ok(whole)
    }

    /// Throws the engine's own `TypeError`.
    pub(crate) fn refuse(&self, at: u32, expected: &CStr) -> Failure {
        let given = self.value(at).map_or_else(Zval::null, Zval::shallow_clone);
        // SAFETY: the format takes two C strings, which outlive the call.
        unsafe {
            let given = zend_zval_type_name(&raw const given);
            zend_argument_type_error(at + 1, c"must be of type %s, %s given".as_ptr(), expected.as_ptr(), given);
        }
        Failure::Thrown
    }

    /// The object whose method runs.
    #[expect(clippy::mut_from_ref, reason = "an object is the engine's, which passes it on as it likes")]
    pub(crate) fn this(&self) -> &mut ZendObject {
        // SAFETY: only methods ask, and the frame keeps their object alive.
        unsafe { &mut *self.0.This.value.obj }
    }

    /// Sets one of its readonly properties, as its constructor may.
    pub(crate) fn set(&self, name: &str, value: &str) {
        // SAFETY: a method has a class.
        let class = unsafe { &*self.function().scope };
        self.this().set(class, name, &value.into());
    }

    /// The Rust value behind that object.
    pub(crate) fn held<T: Any>(&self) -> std::result::Result<&T, Failure> {
        self.this().held().ok_or_else(|| Failure::config("the object is not constructed"))
    }
}

/// What PHP calls the type of a value.
pub(crate) fn type_name(value: &Zval) -> String {
    // SAFETY: it returns a string of the engine's.
    unsafe { CStr::from_ptr(zend_zval_type_name(value)) }.to_string_lossy().into_owned()
}

/// An INI entry's value.
pub(crate) fn ini(name: &CStr) -> String {
    // SAFETY: the engine returns its own string, or null.
    unsafe {
        let value = zend_ini_string_ex(name.as_ptr(), name.count_bytes(), 0, ptr::null_mut());
        if value.is_null() { String::new() } else { CStr::from_ptr(value).to_string_lossy().into_owned() }
    }
}

/// Shows the module's INI entries in `phpinfo()`.
pub(crate) fn show_ini(module: *mut ModuleEntry) {
    // SAFETY: the engine passed the module to our own information function.
    unsafe { display_ini_entries(module) };
}

/// Runs something that starts threads, so that they leave signals to PHP's own thread.
///
/// PHP's handlers (`pcntl`, FPM's graceful stop, time limits) expect to interrupt the thread that runs the script.
pub(crate) fn without_signals<T>(start: impl FnOnce() -> T) -> T {
    // SAFETY: both sets are on the stack, and the thread's own mask is restored.
    unsafe {
        let (mut all, mut before) = (mem::zeroed(), mem::zeroed());
        libc::sigfillset(&raw mut all);
        libc::pthread_sigmask(libc::SIG_SETMASK, &raw const all, &raw mut before);
        let started = start();
        libc::pthread_sigmask(libc::SIG_SETMASK, &raw const before, ptr::null_mut());
        started
    }
}

unsafe extern "C" {
    static spl_ce_RuntimeException: *mut ClassEntry;
    fn display_ini_entries(module: *mut ModuleEntry);
    fn zend_add_attribute(
        attributes: *mut *mut ZendHashTable,
        name: *mut ZendStr,
        count: u32,
        flags: u32,
        offset: u32,
        line: u32,
    ) -> *mut c_void;
    fn zend_argument_type_error(position: u32, format: *const c_char, ...);
    fn zend_declare_typed_property(
        class: *mut ClassEntry,
        name: *mut ZendStr,
        default: *mut Zval,
        flags: c_int,
        docs: *mut ZendStr,
        holds: ZendType,
    ) -> *mut c_void;
    fn zend_ini_string_ex(name: *const c_char, length: usize, original: c_int, exists: *mut bool) -> *const c_char;
    fn zend_parse_arg_long_slow(given: *mut Zval, whole: *mut i64, position: u32) -> bool;
    fn zend_parse_arg_str_slow(given: *mut Zval, text: *mut *mut ZendStr, position: u32) -> bool;
    fn zend_update_property_ex(scope: *mut ClassEntry, object: *mut ZendObject, name: *mut ZendStr, value: *mut Zval);
    fn zend_zval_type_name(given: *const Zval) -> *const c_char;
}

/// `ZEND_ACC_READONLY`, Zend/zend_compile.h.
const ACC_READONLY: c_int = 1 << 7;

/// `ZEND_ATTRIBUTE_PERSISTENT`, Zend/zend_attributes.h.
const ATTRIBUTE_PERSISTENT: u32 = 1;
