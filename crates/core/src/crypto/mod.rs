//! The primitives the vendors use, over well-kept libraries.

pub(crate) mod cbc;
pub(crate) mod digest;
pub(crate) mod rsa;
#[cfg(test)]
mod wycheproof;
