//! What a Python extension needs and [pyo3] has not: plain data as objects, and panics as exceptions.
//!
//! None of it knows what the extension is about.

mod detached;
mod objects;

pub use detached::{broke_off, detached};
pub use objects::object;
