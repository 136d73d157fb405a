//! JavaScript's text as Rust's.
#![expect(unsafe_code, reason = "Node-API is C")]

use std::ops::Deref;

use napi::bindgen_prelude::{FromNapiValue, Result, TypeName, ValidateNapiValue};
use napi::{ValueType, check_status, sys};

/// A text that Node is not asked the length of first, which takes as long as to copy a short one.
pub struct Text(String);

impl TypeName for Text {
    fn type_name() -> &'static str {
        "String"
    }

    fn value_type() -> ValueType {
        ValueType::String
    }
}

impl ValidateNapiValue for Text {}

impl FromNapiValue for Text {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> Result<Self> {
        let mut room = Vec::<u8>::with_capacity(ROOM);
        let mut written = 0;
        // SAFETY: the environment and the value are the caller's, and there is room for so much.
        let status =
            unsafe { sys::napi_get_value_string_utf8(env, value, room.as_mut_ptr().cast(), ROOM, &raw mut written) };
        check_status!(status, "expected a string")?;
        // Nothing was cut off if one more letter, of four bytes at most, and the nul would have found room.
        if written + 5 > ROOM {
            // SAFETY: as above.
            return unsafe { String::from_napi_value(env, value) }.map(Self);
        }
        // SAFETY: so much was written.
        unsafe { room.set_len(written) };
        Ok(Self(String::from_utf8(room).unwrap_or_default()))
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// For a token with what comes beside it.
const ROOM: usize = 1024;
