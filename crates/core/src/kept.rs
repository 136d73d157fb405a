//! What is made once for all who give the same text, because some hosts make a client a request.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwapOption;

use crate::error::Error;

/// Values by the digest of what they were made of. No lock: a fork may happen at any moment.
pub(crate) struct Kept<T>(ArcSwapOption<HashMap<[u8; 32], T>>);

impl<T: Clone> Kept<T> {
    pub(crate) const fn new() -> Self {
        Self(ArcSwapOption::const_empty())
    }

    /// The value of that name, made now if there is none.
    ///
    /// # Errors
    ///
    /// `make`'s; a failure is not kept.
    pub(crate) fn or_make(&self, name: [u8; 32], make: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
        if let Some(value) = self.0.load().as_ref().and_then(|values| values.get(&name)) {
            return Ok(value.clone());
        }
        let value = make()?;
        self.0.rcu(|values| {
            // A process with so many is one that tries them; whoever is in use lives on in its owner.
            let kept = values.as_deref().filter(|values| values.len() < MOST);
            let mut values = kept.cloned().unwrap_or_default();
            values.insert(name, value.clone());
            Some(Arc::new(values))
        });
        Ok(value)
    }
}

const MOST: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_made_once_and_a_failure_is_not_kept() {
        let kept = Kept::new();
        assert!(kept.or_make([1; 32], || Err(Error::config("no"))).is_err());
        assert_eq!(kept.or_make([1; 32], || Ok(1)).unwrap(), 1);
        assert_eq!(kept.or_make([1; 32], || Ok(2)).unwrap(), 1);
        assert_eq!(kept.or_make([2; 32], || Ok(2)).unwrap(), 2);
    }

    #[test]
    fn it_does_not_grow_without_end() {
        let kept = Kept::new();
        for name in 0..=u8::MAX {
            for more in 0..2 {
                kept.or_make([name, more].repeat(16).try_into().unwrap(), || Ok(())).unwrap();
                assert!(kept.0.load().as_ref().unwrap().len() <= MOST);
            }
        }
        assert_eq!(kept.0.load().as_ref().unwrap().len(), MOST, "as many as there may be, and then all anew");
    }
}
