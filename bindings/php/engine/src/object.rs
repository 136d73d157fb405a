//! Objects that hold Rust values.

use std::any::Any;
use std::ffi::c_int;
use std::sync::OnceLock;
use std::{mem, ptr};

use ext_php_rs::boxed::ZBox;
use ext_php_rs::ffi::{self, zend_object_handlers};
use ext_php_rs::types::{ZendHashTable, ZendObject, ZendStr, Zval};
use ext_php_rs::zend::ClassEntry;
use serde::Serialize;

use crate::layout::{Filling, Layout};
use crate::plain::{entries, own};
use crate::serializer::fill;

/// What dumps show of a property: `var_dump`, `print_r`, `var_export`, `json_encode` and an array cast.
#[derive(Clone, Copy, Debug)]
pub enum Mask {
    /// A text turned into another one.
    Text(fn(&str) -> String),
    /// An array's names without its values.
    Names,
}

/// What this crate adds to objects of the classes that it registered.
pub trait Object {
    /// Puts a Rust value behind an object, once: a method that runs may have a reference to it.
    fn hold(&mut self, value: impl Any);
    /// The Rust value behind it, if it is a `T`.
    fn held<T: Any>(&self) -> Option<&T>;
    /// Keeps a PHP value with it, in place of the last one; the garbage collector knows of it, scripts do not.
    fn keep(&mut self, value: Zval);
    /// The PHP value that is kept with it, or null.
    fn kept(&self) -> Zval;
    /// Sets a property as a method of `scope` could; a readonly one is set once.
    fn set(&mut self, scope: &ClassEntry, name: &str, value: Zval);
    /// A copy of the properties, in clear.
    fn properties(&mut self) -> ZBox<ZendHashTable>;
}

/// Makes an object of a registered class; its constructor is not called.
///
/// The property `tradeNo` is the field `trade_no` of a struct or map. Fields that the class has no property for are left
/// out, unmade.
///
/// # Panics
///
/// If no such class is registered, and as [`zval`](crate::zval).
pub fn object(class: &str, fields: &(impl Serialize + ?Sized)) -> ZBox<ZendObject> {
    let layout = Layout::of(class).expect("a class that the extension has registered");
    let mut object = layout.empty();
    fill(Filling::new(layout, &mut object), fields);
    object
}

impl Object for ZendObject {
    fn hold(&mut self, value: impl Any) {
        if let Some(holder) = Holder::of(self) {
            // SAFETY: nobody else has a reference to the field while it is empty.
            unsafe { (*holder).value.get_or_insert_with(|| Box::new(value)) };
        }
    }

    fn held<T: Any>(&self) -> Option<&T> {
        // SAFETY: once there, it stays as long as the object does.
        unsafe { (*Holder::of(self)?).value.as_ref()?.downcast_ref() }
    }

    fn keep(&mut self, value: Zval) {
        if let Some(holder) = Holder::of(self) {
            // Its end may run a destructor, and that may ask for what is kept.
            // SAFETY: no reference to the field leaves this module.
            drop(unsafe { mem::replace(&mut (*holder).kept, value) });
        }
    }

    fn kept(&self) -> Zval {
        // SAFETY: as above.
        Holder::of(self).map_or_else(Zval::null, |holder| unsafe { (*holder).kept.shallow_clone() })
    }

    fn set(&mut self, scope: &ClassEntry, name: &str, mut value: Zval) {
        let mut name = ZendStr::new(name, false);
        // SAFETY: the engine copies the value and takes no reference to the name.
        unsafe { zend_update_property_ex(ptr::from_ref(scope).cast_mut(), self, name.as_mut_ptr(), &raw mut value) };
    }

    fn properties(&mut self) -> ZBox<ZendHashTable> {
        // SAFETY: the copy is ours.
        unsafe { ZBox::from_raw(ffi::zend_array_dup(ffi::zend_std_get_properties(self))) }
    }
}

/// An object, and what is behind it.
#[repr(C)]
pub(crate) struct Holder {
    value: Option<Box<dyn Any>>,
    kept: Zval,
    object: ZendObject,
}

impl Holder {
    /// Sets what all dumps of this process mask; the first call holds.
    pub(crate) fn mask(masks: &'static [(&'static str, Mask)]) {
        MASKS.get_or_init(|| masks);
    }

    pub(crate) unsafe extern "C" fn create(class: *mut ClassEntry) -> *mut ZendObject {
        // SAFETY: as the engine's own classes with more than properties in their objects.
        unsafe {
            let holder = ffi::ext_php_rs_zend_object_alloc(size_of::<Self>(), class).cast::<Self>();
            (&raw mut (*holder).value).write(None);
            (&raw mut (*holder).kept).write(Zval::null());
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
            get_gc: Some(Self::reachable),
            get_properties_for: Some(Self::shown),
            // SAFETY: the engine never writes them.
            ..unsafe { ffi::std_object_handlers }
        })
    }

    unsafe extern "C" fn free(object: *mut ZendObject) {
        // SAFETY: the engine frees an object once, and its memory after this.
        unsafe {
            let holder = Self::around(object);
            drop((*holder).value.take());
            drop(mem::replace(&mut (*holder).kept, Zval::null()));
            ffi::zend_object_std_dtor(object);
        }
    }

    /// What the garbage collector follows besides the properties.
    unsafe extern "C" fn reachable(
        object: *mut ZendObject,
        values: *mut *mut Zval,
        count: *mut c_int,
    ) -> *mut ZendHashTable {
        // SAFETY: the engine passes a live object and both places.
        unsafe {
            *values = &raw mut (*Self::around(object)).kept;
            *count = 1;
            ffi::zend_std_get_properties(object)
        }
    }

    unsafe extern "C" fn shown(object: *mut ZendObject, _purpose: ffi::zend_prop_purpose) -> *mut ZendHashTable {
        // SAFETY: the engine passes a live object.
        let mut properties = unsafe { (*object).properties() };
        for (name, mask) in MASKS.get().copied().unwrap_or_default() {
            let shown = properties.get(*name).and_then(|value| match mask {
                Mask::Text(mask) => value.str().map(|text| own(mask(text))),
                Mask::Names => value.array().map(|array| own(entries(array).map(|(name, _)| name).collect::<Vec<_>>())),
            });
            if let Some(shown) = shown {
                properties.insert(*name, shown).expect("an array takes any name");
            }
        }
        properties.into_raw()
    }

    /// The holder around an object, if there is one.
    fn of(object: &ZendObject) -> Option<*mut Self> {
        let is_held = ptr::eq(object.handlers, Self::handlers());
        // SAFETY: whatever has these handlers was made by `create`.
        is_held.then(|| unsafe { Self::around(ptr::from_ref(object).cast_mut()) })
    }

    /// # Safety
    ///
    /// `object` must have been made by [`create`](Self::create).
    unsafe fn around(object: *mut ZendObject) -> *mut Self {
        unsafe { object.byte_sub(mem::offset_of!(Self, object)).cast() }
    }
}

static MASKS: OnceLock<&'static [(&'static str, Mask)]> = OnceLock::new();

unsafe extern "C" {
    fn zend_update_property_ex(scope: *mut ClassEntry, object: *mut ZendObject, name: *mut ZendStr, value: *mut Zval);
}
