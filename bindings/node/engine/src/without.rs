//! Where a descriptor cannot be watched.

use std::time::Instant;

use napi::bindgen_prelude::{Env, Function, Result};

/// As on Linux, which alone has it.
pub struct Watch(std::convert::Infallible);

impl Watch {
    /// `None`.
    ///
    /// # Errors
    ///
    /// None.
    pub fn new(
        _: &Env,
        _: i32,
        _: &Function<String, ()>,
        _: impl Fn() -> Option<String> + 'static,
        _: impl Fn() + 'static,
    ) -> Result<Option<Self>> {
        Ok(None)
    }

    /// Never.
    pub fn wake_at(&self, _: Option<Instant>) {
        match self.0 {}
    }
}
