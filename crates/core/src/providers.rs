//! One folder a provider: `mod` (top-down as the protocol runs), `wire` (the vendor's spellings),
//! `sign` (what is signed, how the number is opened), `codes` (the vendor's code table).

pub(crate) mod cmcc;
pub(crate) mod shanyan;
pub(crate) mod yuxin;
