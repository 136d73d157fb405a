//! Parsed keys, kept: parsing one costs as much as using it.

use std::sync::Arc;

use super::PrivateKey;
use crate::crypto::digest::sha256;
use crate::model::Error;
use crate::process::Cache;

impl PrivateKey {
    /// As [`parse`](Self::parse), once for all clients of the process that are given the same text.
    ///
    /// The text itself is not kept. The key is, after the last client is gone: the next request makes another.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse); a failure is not kept.
    pub(crate) fn shared(option: &str, text: &str) -> Result<Arc<Self>, Error> {
        PARSED.get_or_try_insert_with(sha256([text]), || Self::parse(option, text).map(Arc::new))
    }
}

static PARSED: Cache<Arc<PrivateKey>> = Cache::new();

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
}
