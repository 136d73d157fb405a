//! Parsed keys, kept: parsing one costs as much as using it, and some hosts make a client a request.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwapOption;

use super::PrivateKey;
use crate::crypto::digest::sha256;
use crate::error::Error;

impl PrivateKey {
    /// As [`parse`](Self::parse), once for all clients of the process that are given the same text.
    ///
    /// The text itself is not kept. The key is, after the last client is gone: the next request makes another.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse); a failure is not kept.
    pub(crate) fn shared(option: &str, text: &str) -> Result<Arc<Self>, Error> {
        let name = sha256([text]);
        if let Some(key) = PARSED.load().as_ref().and_then(|keys| keys.get(&name)) {
            return Ok(Arc::clone(key));
        }
        let key = Arc::new(Self::parse(option, text)?);
        PARSED.rcu(|keys| {
            // A process with so many keys is one that tries keys; whoever is in use lives on in its clients.
            let kept = keys.as_deref().filter(|keys| keys.len() < MOST);
            let mut keys = kept.cloned().unwrap_or_default();
            keys.insert(name, Arc::clone(&key));
            Some(Arc::new(keys))
        });
        Ok(key)
    }
}

const MOST: usize = 256;

/// By the digest of their text. No lock: a fork may happen at any moment.
static PARSED: ArcSwapOption<HashMap<[u8; 32], Arc<PrivateKey>>> = ArcSwapOption::const_empty();

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_text_is_parsed_once_and_another_is_another_key() {
        let (key, other) = (
            include_str!("../../../../vectors/data/keys/rsa1024.pkcs8.pem"),
            include_str!("../../../../vectors/data/keys/other1024.pkcs8.pem"),
        );
        let first = PrivateKey::shared("private_key", key).unwrap();
        assert!(Arc::ptr_eq(&first, &PrivateKey::shared("decrypt_key", key).unwrap()));
        assert!(!Arc::ptr_eq(&first, &PrivateKey::shared("private_key", other).unwrap()));
        assert!(PrivateKey::shared("private_key", "no key").is_err());
    }

    #[test]
    fn the_cache_does_not_grow_without_end() {
        let key = include_str!("../../../../vectors/data/keys/rsa1024.pkcs8.pem");
        let mut most = 0;
        for blanks in 0..MOST + 10 {
            PrivateKey::shared("private_key", &format!("{key}{}", " ".repeat(blanks))).unwrap();
            most = most.max(PARSED.load().as_ref().unwrap().len());
        }
        assert_eq!(most, MOST);
    }
}
