//! Hexadecimal.

/// Lower-case hex.
pub(crate) fn encode(bytes: &[u8]) -> String {
    digits(bytes, b"0123456789abcdef")
}

/// Upper-case hex.
pub(crate) fn encode_upper(bytes: &[u8]) -> String {
    digits(bytes, b"0123456789ABCDEF")
}

/// Bytes of hex in any letter case; `None` for an odd length or another character.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let text = text.as_bytes();
    if !text.len().is_multiple_of(2) {
        return None;
    }
    let value = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    // Allocated once: reallocation leaves an unzeroized copy, and this may be a key.
    let mut bytes = Vec::with_capacity(text.len() / 2);
    for pair in text.chunks_exact(2) {
        bytes.push(value(pair[0])? << 4 | value(pair[1])?);
    }
    Some(bytes)
}

fn digits(bytes: &[u8], alphabet: &[u8; 16]) -> String {
    let digit = |nibble: u8| alphabet[usize::from(nibble)];
    let mut text = Vec::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.extend([digit(byte >> 4), digit(byte & 15)]);
    }
    String::from_utf8(text).expect("the alphabets are ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_is_read_in_any_case_and_never_odd() {
        assert_eq!(decode("00ffAb"), Some(vec![0, 255, 0xab]));
        assert_eq!((decode("abc"), decode("0g"), decode("é"), decode("+1")), (None, None, None, None));
        assert_eq!((encode(&[0, 0xab]), encode_upper(&[0, 0xab])), ("00ab".into(), "00AB".into()));
    }
}
