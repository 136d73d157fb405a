//! Canonical strings: what the vendors sign.

/// `k₁v₁k₂v₂…`, keys in byte order, `sign` itself left out, nothing in between.
///
/// `fields` come in byte order of their names, as [`Params::fields`](crate::Params::fields) gives them.
pub(crate) fn sorted_pairs<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)> + Clone) -> String {
    let parts =
        || fields.clone().into_iter().filter(|(name, _)| *name != "sign").flat_map(|(name, value)| [name, value]);
    let mut pairs = String::with_capacity(parts().map(str::len).sum());
    pairs.extend(parts());
    pairs
}
