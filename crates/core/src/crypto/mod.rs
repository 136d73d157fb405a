//! The primitives the vendors use, over well-kept libraries.

pub(crate) mod cbc;
pub(crate) mod digest;
pub(crate) mod rsa;
#[cfg(test)]
mod wycheproof;

// Until the RSA folder names them itself.
pub(crate) use crate::encoding::base64::decode as unbase64;
