//! The part of a value that may be shown.

use quhao::masked;
use serde_json::Value;

/// [`masked`] on every text and number in a JSON value.
pub(crate) fn json(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(masked(text)),
        Value::Number(number) if masked(&number.to_string()) != number.to_string() => {
            Value::String(masked(&number.to_string()))
        }
        Value::Array(items) => items.iter().map(json).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), json(value))).collect(),
        other => other.clone(),
    }
}

/// Masks the middle of each of `values` wherever it stands in `text`: `STsid0000…` → `STsi…wxyz`.
///
/// Short values stay: they say how the text is built and give nothing away.
pub(crate) fn values<'a>(text: &str, values: impl IntoIterator<Item = &'a str>) -> String {
    let mut long: Vec<&str> = values.into_iter().filter(|value| value.chars().count() >= SHORTEST_MASKED).collect();
    // A value that holds another one must go first, or a part of it would stay in clear.
    long.sort_by_key(|value| std::cmp::Reverse(value.len()));
    long.dedup();
    long.into_iter().fold(text.to_owned(), |shown, value| shown.replace(value, &ends(value)))
}

fn ends(value: &str) -> String {
    let chars: Vec<char> = value.chars().collect();
    let [head @ .., _, _, _, _] = &chars[..] else { return "…".to_owned() };
    chars.iter().take(4.min(head.len())).chain(&['…']).chain(&chars[chars.len() - 4..]).collect()
}

/// As long as a subscriber number.
const SHORTEST_MASKED: usize = 11;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_is_masked_at_every_depth() {
        let value = json!({"a": [{"b": "13800138000"}, 13800138000u64, 200, null]});
        assert_eq!(super::json(&value), json!({"a": [{"b": "138****8000"}, "138****8000", 200, null]}));
    }

    #[test]
    fn long_values_keep_their_ends_and_short_ones_all() {
        let base = "accessTokenSTsid00001234567890telecomCMCC";
        assert_eq!(values(base, ["CMCC", "STsid00001234567890"]), "accessTokenSTsi…7890telecomCMCC");
    }

    #[test]
    fn a_value_inside_another_does_not_uncover_it() {
        let masked = values("x13800138000-abcdefghx", ["13800138000", "13800138000-abcdefgh"]);
        assert_eq!(masked, "x1380…efghx");
    }
}
