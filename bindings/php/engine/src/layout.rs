//! Where the properties of a class without a parent lie, so that its objects are made without looking names up.

use std::collections::HashMap;
use std::sync::OnceLock;

use ext_php_rs::boxed::ZBox;
use ext_php_rs::types::{ZendObject, Zval};
use ext_php_rs::zend::ClassEntry;
use serde_json::{Map, Value};

use crate::object::{Holder, Object};
use crate::plain::zval;
use crate::stub::{Class, snake, type_mask};

/// A class without a parent: its properties lie in its objects as they are declared.
pub(crate) struct Layout {
    class: &'static ClassEntry,
    slots: Vec<Slot>,
}

struct Slot {
    property: String,
    /// The property's name in snake_case.
    field: String,
    /// The engine's bits for what it may hold.
    holds: u32,
}

// SAFETY: the engine changes its classes only while a process starts, on one thread.
unsafe impl Send for Layout {}
// SAFETY: as above.
unsafe impl Sync for Layout {}

impl Layout {
    pub(crate) fn new(declared: &Class, class: &'static ClassEntry) -> Self {
        let slot = |property: &crate::stub::Property| Slot {
            property: property.name.clone(),
            field: snake(&property.name),
            holds: type_mask(property.holds.as_deref().unwrap_or_default()),
        };
        Self { class, slots: declared.properties.iter().map(slot).collect() }
    }

    /// Keeps the layouts of all classes; the first call holds.
    pub(crate) fn keep(layouts: HashMap<String, Self>) {
        LAYOUTS.get_or_init(|| layouts);
    }

    pub(crate) fn of(class: &str) -> Option<&'static Self> {
        LAYOUTS.get()?.get(class)
    }

    /// An object without a constructor's work.
    pub(crate) fn empty(&self) -> ZBox<ZendObject> {
        // SAFETY: as the class's own `create_object`, which this is.
        unsafe { ZBox::from_raw(&mut *Holder::create(std::ptr::from_ref(self.class).cast_mut())) }
    }

    /// Sets the properties of a new object.
    pub(crate) fn fill(&self, object: &mut ZendObject, fields: &Map<String, Value>) {
        let table = (&raw mut object.properties_table).cast::<Zval>();
        for (at, slot) in self.slots.iter().enumerate() {
            let Some(value) = fields.get(&slot.field) else { continue };
            let made = zval(value);
            // SAFETY: all fields of the union begin with the type.
            let kind = 1_u32.checked_shl(u32::from(unsafe { made.u1.v.type_ })).unwrap_or_default();
            if slot.holds & kind != 0 {
                // SAFETY: the object is new and has a place, which holds nothing yet, for each property of its class.
                unsafe { table.add(at).write(made) };
            } else {
                // The engine says what is wrong with it.
                object.set(self.class, &slot.property, value);
            }
        }
    }
}

static LAYOUTS: OnceLock<HashMap<String, Layout>> = OnceLock::new();
