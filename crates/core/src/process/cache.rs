//! A bounded cache keyed by SHA-256. PHP creates a client per request, so clients and keys are reused.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwapOption;

use crate::model::Error;

/// Values by the digest of their configuration. No lock: a fork may happen at any moment.
pub(crate) struct Cache<T>(ArcSwapOption<HashMap<[u8; 32], T>>);

impl<T: Clone> Cache<T> {
    pub(crate) const fn new() -> Self {
        Self(ArcSwapOption::const_empty())
    }

    /// The value under `key`, built now if there is none.
    ///
    /// # Errors
    ///
    /// Those of `build`; a failure is not cached.
    pub(crate) fn get_or_try_insert_with(
        &self,
        key: [u8; 32],
        build: impl FnOnce() -> Result<T, Error>,
    ) -> Result<T, Error> {
        if let Some(value) = self.0.load().as_ref().and_then(|values| values.get(&key)) {
            return Ok(value.clone());
        }
        let value = build()?;
        self.0.rcu(|values| {
            // At capacity the cache is cleared; values still in use stay alive through their owners.
            let room = values.as_deref().filter(|values| values.len() < MAX);
            let mut values = room.cloned().unwrap_or_default();
            values.insert(key, value.clone());
            Some(Arc::new(values))
        });
        Ok(value)
    }
}

const MAX: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_built_once_and_a_failure_is_not_cached() {
        let cache = Cache::new();
        assert!(cache.get_or_try_insert_with([1; 32], || Err(Error::config("no"))).is_err());
        assert_eq!(cache.get_or_try_insert_with([1; 32], || Ok(1)).unwrap(), 1);
        assert_eq!(cache.get_or_try_insert_with([1; 32], || Ok(2)).unwrap(), 1);
        assert_eq!(cache.get_or_try_insert_with([2; 32], || Ok(2)).unwrap(), 2);
    }

    #[test]
    fn it_does_not_grow_without_end() {
        let cache = Cache::new();
        for name in 0..=u8::MAX {
            for more in 0..2 {
                cache.get_or_try_insert_with([name, more].repeat(16).try_into().unwrap(), || Ok(())).unwrap();
                assert!(cache.0.load().as_ref().unwrap().len() <= MAX);
            }
        }
        assert_eq!(cache.0.load().as_ref().unwrap().len(), MAX, "cleared at capacity");
    }
}
