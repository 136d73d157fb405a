//! Text encodings: forms, canonical strings, hex, Base64, and the repair of what relays did to them.

pub(crate) mod base64;
pub(crate) mod canonical;
pub(crate) mod form;
pub(crate) mod hex;
pub(crate) mod repair;
