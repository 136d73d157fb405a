//! Serialises into Python's own objects: dict, list, str, int, float, bool and None.

use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::sync::{Mutex, PoisonError};

use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};
use serde::ser::{
    Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple, SerializeTupleStruct,
    Serializer,
};

/// Makes a Python object of what serde can serialise. Names of fields are made once in a process.
///
/// # Errors
///
/// What Python raises, and `TypeError` for bytes and for enums that hold something.
pub fn object<'py>(py: Python<'py>, of: &(impl Serialize + ?Sized)) -> PyResult<Bound<'py, PyAny>> {
    of.serialize(Maker(py)).map_err(|error| error.0)
}

type Made<'py> = Result<Bound<'py, PyAny>, Error>;

#[derive(Clone, Copy)]
struct Maker<'py>(Python<'py>);

/// Makes one object of a value that Python has a type for.
macro_rules! plain {
    ($($serialize:ident: $of:ty),* $(,)?) => {
        $(fn $serialize(self, value: $of) -> Made<'py> {
            Ok(value.into_bound_py_any(self.0)?)
        })*
    };
}

impl<'py> Serializer for Maker<'py> {
    type Ok = Bound<'py, PyAny>;
    type Error = Error;
    type SerializeSeq = List<'py>;
    type SerializeTuple = List<'py>;
    type SerializeTupleStruct = List<'py>;
    type SerializeTupleVariant = Impossible<Bound<'py, PyAny>, Error>;
    type SerializeMap = Dict<'py>;
    type SerializeStruct = Dict<'py>;
    type SerializeStructVariant = Impossible<Bound<'py, PyAny>, Error>;

    plain! {
        serialize_bool: bool, serialize_char: char, serialize_str: &str, serialize_f32: f32, serialize_f64: f64,
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_i128: i128,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_u128: u128,
    }

    fn serialize_bytes(self, _: &[u8]) -> Made<'py> {
        Err(serde::ser::Error::custom("expected text, got bytes"))
    }

    fn serialize_none(self) -> Made<'py> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Made<'py> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Made<'py> {
        Ok(self.0.None().into_bound(self.0))
    }

    fn serialize_unit_struct(self, _: &'static str) -> Made<'py> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Made<'py> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Made<'py> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: &T,
    ) -> Made<'py> {
        Err(enums(variant))
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<List<'py>, Error> {
        Ok(List { make: self, items: Vec::with_capacity(length.unwrap_or_default()) })
    }

    fn serialize_tuple(self, length: usize) -> Result<List<'py>, Error> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Result<List<'py>, Error> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Error> {
        Err(enums(variant))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Dict<'py>, Error> {
        Ok(Dict { make: self, dict: PyDict::new(self.0), key: None })
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Dict<'py>, Error> {
        self.serialize_map(None)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Error> {
        Err(enums(variant))
    }
}

struct List<'py> {
    make: Maker<'py>,
    items: Vec<Bound<'py, PyAny>>,
}

/// The three traits that serde has for a list.
macro_rules! list {
    ($($of:ident::$push:ident),*) => {
        $(impl<'py> $of for List<'py> {
            type Ok = Bound<'py, PyAny>;
            type Error = Error;

            fn $push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
                self.items.push(value.serialize(self.make)?);
                Ok(())
            }

            fn end(self) -> Made<'py> {
                Ok(PyList::new(self.make.0, self.items)?.into_any())
            }
        })*
    };
}

list!(SerializeSeq::serialize_element, SerializeTuple::serialize_element, SerializeTupleStruct::serialize_field);

struct Dict<'py> {
    make: Maker<'py>,
    dict: Bound<'py, PyDict>,
    key: Option<Bound<'py, PyAny>>,
}

impl<'py> SerializeMap for Dict<'py> {
    type Ok = Bound<'py, PyAny>;
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.key = Some(key.serialize(self.make)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        Ok(self.dict.set_item(self.key.take(), value.serialize(self.make)?)?)
    }

    fn end(self) -> Made<'py> {
        Ok(self.dict.into_any())
    }
}

impl<'py> SerializeStruct for Dict<'py> {
    type Ok = Bound<'py, PyAny>;
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
        Ok(self.dict.set_item(interned(self.make.0, name), value.serialize(self.make)?)?)
    }

    fn end(self) -> Made<'py> {
        Ok(self.dict.into_any())
    }
}

/// A field's name, whose hash Python has computed already.
fn interned<'py>(py: Python<'py>, name: &'static str) -> Bound<'py, PyString> {
    // Nobody holds it who has let go of the GIL, so no fork catches it held.
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    let place = (name.as_ptr().addr(), name.len());
    names.entry(place).or_insert_with(|| PyString::intern(py, name).unbind()).bind(py).clone()
}

/// By where the name is, and its length.
static NAMES: Mutex<BTreeMap<(usize, usize), Py<PyString>>> = Mutex::new(BTreeMap::new());

/// What ends a serialisation: an exception.
#[derive(Debug)]
struct Error(PyErr);

impl From<PyErr> for Error {
    fn from(error: PyErr) -> Self {
        Self(error)
    }
}

impl serde::ser::Error for Error {
    fn custom<T: Display>(message: T) -> Self {
        Self(PyTypeError::new_err(message.to_string()))
    }
}

impl Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Error {}

fn enums(variant: &'static str) -> Error {
    serde::ser::Error::custom(format_args!("expected a plain value, got {variant} with something in it"))
}
