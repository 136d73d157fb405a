//! Canonical strings: what the vendors sign.

/// `k₁ ‖ v₁ ‖ k₂ ‖ v₂ ‖ …`, keys in byte order, `sign` itself left out, nothing in between.
///
/// `fields` come in byte order of their names, as [`Params::fields`](crate::Params::fields) gives them.
pub(crate) fn sorted_pairs<'a>(
    fields: impl IntoIterator<Item = (&'a str, &'a str), IntoIter: Clone>,
) -> impl Iterator<Item = &'a str> + Clone {
    fields.into_iter().filter(|(name, _)| *name != "sign").flat_map(<[&str; 2]>::from)
}

/// `part₁ ‖ part₂ ‖ …`, in one block: what a text grows out of is freed unwiped, and a token is among the parts.
pub(crate) fn concat_exact<'a>(parts: impl IntoIterator<Item = &'a str, IntoIter: Clone>) -> String {
    let parts = parts.into_iter();
    let mut text = String::with_capacity(parts.clone().map(str::len).sum());
    text.extend(parts);
    text
}
