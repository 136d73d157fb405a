//! What of a value may be shown.

use serde_json::Value;

/// Masks every run of 11 or more ASCII digits: `13800138000` → `138****8000`.
pub(crate) fn digits(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    for c in text.chars().chain(['\0']) {
        if c.is_ascii_digit() {
            run.push(c);
            continue;
        }
        match run.len() {
            11.. => out.push_str(&format!("{}****{}", &run[..3], &run[run.len() - 4..])),
            _ => out.push_str(&run),
        }
        run.clear();
        if c != '\0' {
            out.push(c);
        }
    }
    out
}

/// [`digits`] on every text in a JSON value.
pub(crate) fn json(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(digits(text)),
        Value::Number(number) if digits(&number.to_string()) != number.to_string() => {
            Value::String(digits(&number.to_string()))
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
    let mut masked = text.to_owned();
    for value in long {
        masked = masked.replace(value, &ends(value));
    }
    masked
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
    fn long_digit_runs_lose_their_middle() {
        assert_eq!(digits("号码13800138000, 403000"), "号码138****8000, 403000");
        assert_eq!(digits("440101199001011239"), "440****1239");
        assert_eq!(digits(""), "");
    }

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
