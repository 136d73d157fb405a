//! Objects with a Rust value, whose dumps are masked.
#![expect(unsafe_code, reason = "object handlers are C functions of raw objects")]

use std::any::Any;
use std::cell::OnceCell;
use std::sync::OnceLock;
use std::{mem, ptr};

use ext_php_rs::boxed::ZBox;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::ffi::{self, zend_object_handlers};
use ext_php_rs::types::{ZendHashTable, ZendObject, ZendStr, Zval};
use ext_php_rs::zend::ClassEntry;
use serde::Serialize;
use serde_json::Value;

use super::engine;
use super::stub::snake;
use super::zval::{entries, from_json, to_zval};

/// The form of a property in dumps: `var_dump`, `print_r`, `var_export`, `json_encode` and an array cast.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Mask {
    /// A text turned into another one.
    Text(fn(&str) -> String),
    /// An array's names without its values.
    Names,
    /// Left out.
    Hidden,
}

/// Makes an object of a class in the stub without calling its constructor.
///
/// The property `tradeNo` is the field `trade_no` of a struct or map. Other fields are left out.
pub(crate) fn object(class: &str, fields: &(impl Serialize + ?Sized)) -> ZBox<ZendObject> {
    let entry = ClassEntry::try_find(class).expect("a class of the stub");
    let object = entry.new();
    if let Value::Object(mut fields) = serde_json::to_value(fields).expect("plain data") {
        for (property, _) in entries(&entry.properties_info) {
            if let Some(value) = fields.remove(&snake(&property)) {
                update(&object, entry, &property, from_json(value));
            }
        }
    }
    object
}

fn update(object: &ZendObject, scope: &ClassEntry, name: &str, mut value: Zval) {
    let (scope, object) = (ptr::from_ref(scope).cast_mut(), ptr::from_ref(object).cast_mut());
    let mut name = ZendStr::new(name, false);
    // SAFETY: objects are the engine's to change; it copies the value and keeps no reference to the name.
    unsafe { engine::zend_update_property_ex(scope, object, name.as_mut_ptr(), &raw mut value) };
}

/// Stores a Rust value in an object, once: a running method may hold a reference to it.
pub(crate) fn set_native(object: &ZendObject, value: impl Any) {
    if let Some(native) = Holder::native(object) {
        native.get_or_init(|| Box::new(value));
    }
}

/// The Rust value of an object, if it is a `T`.
pub(super) fn native<T: Any>(object: &ZendObject) -> Option<&T> {
    Holder::native(object)?.get()?.downcast_ref()
}

/// Sets a property as a method of the class that declares it could; a readonly one is set once.
pub(crate) fn set_property(object: &ZendObject, class: &str, name: &str, value: impl IntoZval) {
    update(object, ClassEntry::try_find(class).expect("a class of the stub"), name, to_zval(value));
}

/// A copy of the properties, in clear.
pub(crate) fn properties(object: &ZendObject) -> ZBox<ZendHashTable> {
    object.get_properties().expect("an object has properties").to_owned()
}

/// An object and its Rust value. The engine places the properties after it.
#[repr(C)]
pub(super) struct Holder {
    native: OnceCell<Box<dyn Any>>,
    object: ZendObject,
}

impl Holder {
    pub(super) unsafe extern "C" fn create(class: *mut ClassEntry) -> *mut ZendObject {
        // SAFETY: the engine's own classes with more than properties in their objects do the same.
        unsafe {
            let holder = ffi::ext_php_rs_zend_object_alloc(size_of::<Self>(), class).cast::<Self>();
            (&raw mut (*holder).native).write(OnceCell::new());
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
            get_properties_for: Some(Self::masked),
            // SAFETY: the engine never writes them.
            ..unsafe { ffi::std_object_handlers }
        })
    }

    unsafe extern "C" fn free(object: *mut ZendObject) {
        // SAFETY: the object is one of `create`'s; the engine frees it once, and its memory after this.
        unsafe {
            let holder = object.byte_sub(mem::offset_of!(Self, object)).cast::<Self>();
            drop((*holder).native.take());
            ffi::zend_object_std_dtor(object);
        }
    }

    unsafe extern "C" fn masked(object: *mut ZendObject, _purpose: ffi::zend_prop_purpose) -> *mut ZendHashTable {
        // SAFETY: the engine passes a live object.
        let mut properties = properties(unsafe { &*object });
        for (name, mask) in MASKS.get().copied().unwrap_or_default() {
            let shown = properties.get(*name).and_then(|value| match mask {
                Mask::Text(mask) => value.str().map(|text| to_zval(mask(text))),
                Mask::Names => {
                    value.array().map(|array| to_zval(entries(array).map(|(name, _)| name).collect::<Vec<_>>()))
                }
                Mask::Hidden => None,
            });
            if let Some(shown) = shown {
                properties.insert(*name, shown).expect("an array takes any name");
            } else if matches!(mask, Mask::Hidden) {
                properties.remove(*name);
            }
        }
        properties.into_raw()
    }

    /// The place of an object's Rust value, if the object is one of [`create`](Self::create)'s.
    fn native(object: &ZendObject) -> Option<&OnceCell<Box<dyn Any>>> {
        let is_holder = ptr::eq(object.handlers, Self::handlers());
        let holder = ptr::from_ref(object).wrapping_byte_sub(mem::offset_of!(Self, object)).cast::<Self>();
        // SAFETY: only `create` sets these handlers.
        is_holder.then(|| unsafe { &(*holder).native })
    }
}

/// The masks of all dumps in this process.
pub(super) static MASKS: OnceLock<&'static [(&'static str, Mask)]> = OnceLock::new();
