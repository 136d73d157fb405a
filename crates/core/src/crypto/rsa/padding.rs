//! PKCS#1 v1.5 padding taken off without telling, by time, where it is wrong.

use subtle::{Choice, ConditionallySelectable, ConstantTimeEq, ConstantTimeLess};
use zeroize::Zeroizing;

use crate::crypto::cbc::Undecipherable;

/// `M` of `00 ‖ 02 ‖ PS ‖ 00 ‖ M`, `PS` being 8 bytes or more, none of them 0. RFC 8017 §7.2.2, step 3.
///
/// Every byte is looked at, whatever is in it; only that it failed is told.
pub(super) fn without(encoded: &[u8]) -> Result<Zeroizing<Vec<u8>>, Undecipherable> {
    let [first, second, rest @ ..] = encoded else { return Err(Undecipherable) };
    let mut found = Choice::from(0);
    let mut start = 0_u32;
    for (at, byte) in (3_u32..).zip(rest) {
        let is_end = byte.ct_eq(&0) & !found;
        start.conditional_assign(&at, is_end);
        found |= is_end;
    }
    let is_padded = first.ct_eq(&0) & second.ct_eq(&2) & found & !start.ct_lt(&SHORTEST_PADDING);
    if bool::from(is_padded) {
        Ok(Zeroizing::new(encoded.get(start as usize..).unwrap_or_default().to_vec()))
    } else {
        Err(Undecipherable)
    }
}

/// `00 02`, eight bytes, `00`.
const SHORTEST_PADDING: u32 = 11;

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(head: [u8; 2], padding: &[u8], tail: &[u8]) -> Vec<u8> {
        [&head, padding, tail].concat()
    }

    #[test]
    fn the_message_is_what_follows_the_first_zero() {
        for message in [&b"13800138000"[..], b"", b"\0\0", b"a\0b"] {
            let tail = [b"\0", message].concat();
            assert_eq!(without(&encoded([0, 2], &[0xff; 8], &tail)).ok().as_deref().map(Vec::as_slice), Some(message));
        }
    }

    #[test]
    fn whatever_else_is_undecipherable() {
        let wrong = [
            encoded([1, 2], &[0xff; 8], b"\0m"),
            encoded([0, 1], &[0xff; 8], b"\0m"),
            encoded([0, 2], &[0xff; 7], b"\0m"),
            encoded([0, 2], &[0xff; 20], b"m"),
            encoded([0, 2], &[], b""),
            encoded([0, 2], &[], b"\0m"),
            vec![0],
            vec![],
        ];
        for wrong in wrong {
            assert!(without(&wrong).is_err(), "{wrong:02x?}");
        }
    }
}
