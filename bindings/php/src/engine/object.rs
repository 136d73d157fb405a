//! Objects that hold Rust values.

use std::any::Any;
use std::sync::OnceLock;
use std::{mem, ptr};

use ext_php_rs::boxed::ZBox;
use ext_php_rs::ffi::{self, zend_object_handlers};
use ext_php_rs::types::{ZendHashTable, ZendObject, ZendStr, Zval};
use ext_php_rs::zend::ClassEntry;
use serde_json::Value;

use crate::convert::{plain, zval};

/// An object and the Rust value behind it. Its dumps hide numbers and bodies, and it cannot be cloned.
#[repr(C)]
pub(super) struct Holder {
    value: Option<Box<dyn Any>>,
    object: ZendObject,
}

impl Holder {
    pub(super) unsafe extern "C" fn create(class: *mut ClassEntry) -> *mut ZendObject {
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
                (Some(extra), _) => {
                    Some(zval(crate::convert::entries(extra).map(|(name, _)| name).collect::<Vec<_>>()))
                }
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
    /// Puts a Rust value behind an object of one of our classes, once: a method that runs may hold a reference to it.
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
        unsafe { (*Holder::of(self)).value.get_or_insert_with(|| Box::new(value)) };
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

unsafe extern "C" {
    fn zend_update_property_ex(scope: *mut ClassEntry, object: *mut ZendObject, name: *mut ZendStr, value: *mut Zval);
}
