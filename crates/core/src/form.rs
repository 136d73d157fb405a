//! `application/x-www-form-urlencoded`, as the gateways read it.

/// Writes `k₁=v₁&k₂=v₂…`, UTF-8, everything but `A-Z a-z 0-9 * - . _` percent-encoded, blank as `+`.
///
/// Base64's `+`, `/` and `=` are always encoded: sent bare, `+` would arrive as a blank.
pub(crate) fn urlencoded<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str), IntoIter: Clone>) -> String {
    let fields = fields.into_iter();
    // Room for all of it at once: what a text grows out of is freed unwiped, and there is a token in it.
    let longest = fields.clone().map(|(name, value)| 3 * (name.len() + value.len()) + 2).sum();
    form_urlencoded::Serializer::new(String::with_capacity(longest)).extend_pairs(fields).finish()
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
