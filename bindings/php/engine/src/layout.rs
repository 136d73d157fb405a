//! Where the properties of a class lie in its objects, so that they are set without looking names up.

use std::sync::OnceLock;

use ext_php_rs::boxed::ZBox;
use ext_php_rs::ffi;
use ext_php_rs::types::{ZendObject, Zval};
use ext_php_rs::zend::ClassEntry;

use crate::object::Object;
use crate::plain::entries;
use crate::stub::snake;

/// A registered class, and the places of its properties.
pub(crate) struct Layout {
    name: String,
    class: &'static ClassEntry,
    slots: Vec<Slot>,
}

struct Slot {
    property: String,
    /// The property's name in snake_case.
    field: String,
    /// Where it lies, in bytes from the object's beginning.
    offset: usize,
    /// The engine's bits for what it may hold.
    holds: u32,
}

// SAFETY: the engine changes its classes only while a process starts, on one thread.
unsafe impl Send for Layout {}
// SAFETY: as above.
unsafe impl Sync for Layout {}

impl Layout {
    /// Reads where the engine has put the properties of a class, its parents' too.
    pub(crate) fn of_registered(name: &str, class: &'static ClassEntry) -> Self {
        let slot = |(property, info): (String, &Zval)| {
            // SAFETY: a class's table of properties holds pointers to what the engine knows of each.
            let info = unsafe { &*info.value.ptr.cast::<ffi::zend_property_info>() };
            let field = snake(&property);
            let holds = if info.type_.type_mask == 0 { u32::MAX } else { info.type_.type_mask };
            Slot { property, field, offset: info.offset as usize, holds }
        };
        Self { name: name.to_owned(), class, slots: entries(&class.properties_info).map(slot).collect() }
    }

    /// Keeps the layouts of all classes; the first call holds.
    pub(crate) fn keep(layouts: Vec<Self>) {
        LAYOUTS.get_or_init(|| layouts);
    }

    pub(crate) fn of(class: &str) -> Option<&'static Self> {
        LAYOUTS.get()?.iter().find(|layout| layout.name == class)
    }

    /// An object without a constructor's work.
    pub(crate) fn empty(&self) -> ZBox<ZendObject> {
        ZendObject::new(self.class)
    }
}

/// A new object whose properties are being set, which nobody else has seen.
pub(crate) struct Filling<'a> {
    layout: &'static Layout,
    object: &'a mut ZendObject,
    /// The slot after the last one that was found: fields mostly come in the order of the properties.
    next: usize,
}

impl<'a> Filling<'a> {
    pub(crate) fn new(layout: &'static Layout, object: &'a mut ZendObject) -> Self {
        Self { layout, object, next: 0 }
    }

    /// Sets the property for a field, if there is one; only then is its value made.
    ///
    /// # Errors
    ///
    /// `value`'s.
    pub(crate) fn set<E>(&mut self, field: &str, value: impl FnOnce() -> Result<Zval, E>) -> Result<(), E> {
        let slots = &self.layout.slots;
        let found = (self.next..slots.len()).chain(0..self.next).find(|&at| slots[at].field == field);
        let Some(at) = found else { return Ok(()) };
        self.next = at + 1;
        let (slot, value) = (&slots[at], value()?);
        // SAFETY: all fields of the union begin with the type.
        let kind = 1_u32.checked_shl(u32::from(unsafe { value.u1.v.type_ })).unwrap_or_default();
        if slot.holds & kind == 0 {
            // The engine says what is wrong with it.
            self.object.set(self.layout.class, &slot.property, value);
            return Ok(());
        }
        // SAFETY: the engine's own way to a property; what the class has as a default is let go.
        unsafe { *(&raw mut *self.object).byte_add(slot.offset).cast::<Zval>() = value };
        Ok(())
    }
}

static LAYOUTS: OnceLock<Vec<Layout>> = OnceLock::new();
