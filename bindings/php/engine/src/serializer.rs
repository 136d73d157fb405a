//! Rust's values as PHP has them, made in one pass.

use ext_php_rs::boxed::ZBox;
use ext_php_rs::types::{ArrayKey, ZendHashTable, ZendStr, Zval};
use serde::de::value::Error;
use serde::ser::{
    Error as _, Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple,
    SerializeTupleStruct, Serializer,
};

use crate::layout::Filling;
use crate::plain::own;

/// Plain data as PHP has it: structs and maps are arrays by name, and a whole number beyond PHP's is its digits.
///
/// # Panics
///
/// If it is no plain data: it fails to serialise itself, a map's names are no text, or a variant has fields.
pub fn zval(value: &(impl Serialize + ?Sized)) -> Zval {
    value.serialize(Plain { into: None }).expect("plain data")
}

/// Sets an object's properties by the fields of a struct or map; whatever else it is sets none.
///
/// # Panics
///
/// As [`zval`].
pub(crate) fn fill(object: Filling<'_>, fields: &(impl Serialize + ?Sized)) {
    fields.serialize(Plain { into: Some(object) }).expect("plain data");
}

/// A value that is being made.
struct Plain<'a> {
    /// The object to which its fields go, which are an array otherwise.
    into: Option<Filling<'a>>,
}

/// A struct or map that is being made.
struct Fields<'a> {
    into: Into<'a>,
    /// A map's name whose value comes next.
    name: Zval,
}

enum Into<'a> {
    Array(ZBox<ZendHashTable>),
    Object(Filling<'a>),
}

/// A list that is being made.
struct Items(ZBox<ZendHashTable>);

impl<'a> Serializer for Plain<'a> {
    type Ok = Zval;
    type Error = Error;
    type SerializeSeq = Items;
    type SerializeTuple = Items;
    type SerializeTupleStruct = Items;
    type SerializeTupleVariant = Impossible<Zval, Error>;
    type SerializeMap = Fields<'a>;
    type SerializeStruct = Fields<'a>;
    type SerializeStructVariant = Impossible<Zval, Error>;

    fn serialize_bool(self, flag: bool) -> Made {
        Ok(own(flag))
    }

    fn serialize_i8(self, whole: i8) -> Made {
        self.serialize_i64(whole.into())
    }

    fn serialize_i16(self, whole: i16) -> Made {
        self.serialize_i64(whole.into())
    }

    fn serialize_i32(self, whole: i32) -> Made {
        self.serialize_i64(whole.into())
    }

    fn serialize_i64(self, whole: i64) -> Made {
        Ok(own(whole))
    }

    fn serialize_u8(self, whole: u8) -> Made {
        self.serialize_i64(whole.into())
    }

    fn serialize_u16(self, whole: u16) -> Made {
        self.serialize_i64(whole.into())
    }

    fn serialize_u32(self, whole: u32) -> Made {
        self.serialize_i64(whole.into())
    }

    fn serialize_u64(self, whole: u64) -> Made {
        match i64::try_from(whole) {
            Ok(whole) => self.serialize_i64(whole),
            Err(_) => self.serialize_str(&whole.to_string()),
        }
    }

    fn serialize_f32(self, fraction: f32) -> Made {
        self.serialize_f64(fraction.into())
    }

    fn serialize_f64(self, fraction: f64) -> Made {
        Ok(own(fraction))
    }

    fn serialize_char(self, letter: char) -> Made {
        self.serialize_str(letter.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, text: &str) -> Made {
        self.serialize_bytes(text.as_bytes())
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Made {
        let mut made = Zval::new();
        made.set_zend_string(ZendStr::new(bytes, false));
        Ok(made)
    }

    fn serialize_none(self) -> Made {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Made {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Made {
        Ok(Zval::null())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Made {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Made {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Made {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: &T,
    ) -> Made {
        Err(has_fields(variant))
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Items, Error> {
        Ok(Items(array(length)))
    }

    fn serialize_tuple(self, length: usize) -> Result<Items, Error> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Result<Items, Error> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Error> {
        Err(has_fields(variant))
    }

    fn serialize_map(self, length: Option<usize>) -> Result<Fields<'a>, Error> {
        let into = self.into.map_or_else(|| Into::Array(array(length)), Into::Object);
        Ok(Fields { into, name: Zval::null() })
    }

    fn serialize_struct(self, _: &'static str, length: usize) -> Result<Fields<'a>, Error> {
        self.serialize_map(Some(length))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Error> {
        Err(has_fields(variant))
    }
}

impl SerializeMap for Fields<'_> {
    type Ok = Zval;
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, name: &T) -> Result<(), Error> {
        self.name = made(name)?;
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        let name = self.name.zend_str().ok_or_else(|| Error::custom("a map whose names are no text"))?;
        match &mut self.into {
            Into::Array(array) => insert(array, key(name), made(value)?),
            Into::Object(object) => object.set(name.as_str().unwrap_or_default(), || made(value))?,
        }
        Ok(())
    }

    fn end(self) -> Made {
        SerializeStruct::end(self)
    }
}

impl SerializeStruct for Fields<'_> {
    type Ok = Zval;
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
        match &mut self.into {
            Into::Array(array) => insert(array, name.into(), made(value)?),
            Into::Object(object) => object.set(name, || made(value))?,
        }
        Ok(())
    }

    /// Null in place of an object, whose maker has it.
    fn end(self) -> Made {
        Ok(match self.into {
            Into::Array(array) => own(array),
            Into::Object(_) => Zval::null(),
        })
    }
}

impl SerializeSeq for Items {
    type Ok = Zval;
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), Error> {
        self.0.push(made(item)?).expect("a value is made already");
        Ok(())
    }

    fn end(self) -> Made {
        Ok(own(self.0))
    }
}

impl SerializeTuple for Items {
    type Ok = Zval;
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), Error> {
        SerializeSeq::serialize_element(self, item)
    }

    fn end(self) -> Made {
        SerializeSeq::end(self)
    }
}

impl SerializeTupleStruct for Items {
    type Ok = Zval;
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), Error> {
        SerializeSeq::serialize_element(self, item)
    }

    fn end(self) -> Made {
        SerializeSeq::end(self)
    }
}

type Made = Result<Zval, Error>;

fn made(value: &(impl Serialize + ?Sized)) -> Made {
    value.serialize(Plain { into: None })
}

fn array(length: Option<usize>) -> ZBox<ZendHashTable> {
    ZendHashTable::with_capacity(length.unwrap_or_default().try_into().unwrap_or_default())
}

/// PHP has names that are whole numbers as such.
fn key(name: &ZendStr) -> ArrayKey<'_> {
    let may_be_whole = name.as_bytes().first().is_some_and(|first| first.is_ascii_digit() || *first == b'-');
    if may_be_whole { name.into() } else { ArrayKey::ZendString(name) }
}

fn insert(array: &mut ZendHashTable, name: ArrayKey<'_>, value: Zval) {
    array.insert(name, value).expect("a value is made already");
}

fn has_fields(variant: &str) -> Error {
    Error::custom(format_args!("the variant {variant} has fields"))
}
