//! `application/x-www-form-urlencoded`, as the gateways read it.

/// Writes `k₁=v₁&k₂=v₂…`, UTF-8, everything but `A-Z a-z 0-9 * - . _` percent-encoded, blank as `+`.
///
/// Base64's `+`, `/` and `=` are always encoded: sent bare, `+` would arrive as a blank.
pub(crate) fn urlencoded<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str), IntoIter: Clone>) -> String {
    let fields = fields.into_iter();
    // Room for all of it at once: what a text grows out of is freed unwiped, and there is a token in it.
    let length = fields.clone().map(|(name, value)| length(name) + length(value) + 2).sum();
    let mut form = String::with_capacity(length);
    for (name, value) in fields {
        if !form.is_empty() {
            form.push('&');
        }
        push(&mut form, name);
        form.push('=');
        push(&mut form, value);
    }
    form
}

pub(crate) const URLENCODED: &str = "application/x-www-form-urlencoded";

/// Most texts are names, ids and URL-safe tokens, of which nothing is to be encoded.
fn push(form: &mut String, text: &str) {
    if is_plain(text) {
        form.push_str(text);
    } else {
        form.extend(form_urlencoded::byte_serialize(text.as_bytes()));
    }
}

/// How long it is encoded.
fn length(text: &str) -> usize {
    if is_plain(text) {
        return text.len();
    }
    text.bytes().map(|byte| if byte == b' ' || is_unchanged(byte) { 1 } else { 3 }).sum()
}

/// Looks at every byte whatever the first ones are, because that is a few instructions for sixteen of them.
fn is_plain(text: &str) -> bool {
    text.bytes().fold(true, |all, byte| all & is_unchanged(byte))
}

fn is_unchanged(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() | matches!(byte, b'*' | b'-' | b'.' | b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_survives_the_form() {
        assert_eq!(
            urlencoded([("sign", "a+b/c=="), ("device", "手机 X")]),
            "sign=a%2Bb%2Fc%3D%3D&device=%E6%89%8B%E6%9C%BA+X"
        );
        assert_eq!(urlencoded([("", ""), ("a", "")]), "=&a=");
        assert_eq!(urlencoded([]), "");
    }

    #[test]
    fn what_is_left_as_it_is_is_what_the_standard_leaves() {
        for code in 0..=255 {
            let text = char::from(code).to_string();
            let expected: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
            let form = urlencoded([("a", text.as_str())]);
            assert_eq!(form, format!("a={expected}"));
            assert_eq!(form.capacity(), form.len() + 1, "neither too little room nor more than for one `&`");
        }
    }
}
