//! `application/x-www-form-urlencoded`, as the gateways read it.

/// Writes `k₁=v₁&k₂=v₂…`, UTF-8, everything but `A-Z a-z 0-9 * - . _` percent-encoded, blank as `+`.
///
/// Base64's `+`, `/` and `=` are always encoded: sent bare, `+` would arrive as a blank.
pub(crate) fn urlencoded<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

pub(crate) const URLENCODED: &str = "application/x-www-form-urlencoded";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_survives_the_form() {
        assert_eq!(
            urlencoded([("sign", "a+b/c=="), ("device", "手机 X")]),
            "sign=a%2Bb%2Fc%3D%3D&device=%E6%89%8B%E6%9C%BA+X"
        );
    }
}
