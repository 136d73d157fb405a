//! Random ids, tokens and ivs.

use super::encoding::hex;

/// Random bytes of the operating system's.
///
/// Zeros if it has none to give: nothing here has to be hard to guess.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).unwrap_or_default();
    bytes
}

/// Up to 64 random letters and digits.
pub(crate) fn random_text(length: usize) -> String {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    random::<64>().iter().take(length).map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()])).collect()
}

/// 32 lower-case hex digits.
pub(crate) fn random_id() -> String {
    hex(&random::<16>()).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_values_do_not_repeat() {
        assert_ne!(random_id(), random_id());
        assert_ne!(random_text(32), random_text(32));
    }
}
