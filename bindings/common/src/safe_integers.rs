//! Integers for languages whose only numbers are doubles.

use quhao::Outcome;
use serde_json::Value;

/// Turns integers beyond ±(2⁵³ − 1) in the extra fields of a result into decimal text.
pub fn safe_integers(mut outcome: Outcome) -> Outcome {
    let receipt = match &mut outcome {
        Outcome::Fetched(fetched) => &mut fetched.receipt,
        Outcome::Verified(verified) => &mut verified.receipt,
    };
    receipt.extra.values_mut().for_each(keep_digits);
    outcome
}

fn keep_digits(value: &mut Value) {
    match value {
        Value::Number(number)
            if !number.is_f64() && number.as_i64().is_none_or(|n| n.unsigned_abs() > MAX_SAFE_INTEGER) =>
        {
            *value = Value::String(number.to_string());
        }
        Value::Array(values) => values.iter_mut().for_each(keep_digits),
        Value::Object(fields) => fields.values_mut().for_each(keep_digits),
        _ => {}
    }
}

/// JavaScript's `Number.MAX_SAFE_INTEGER`.
const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn kept(mut value: Value) -> Value {
        keep_digits(&mut value);
        value
    }

    #[test]
    fn what_a_double_holds_stays_a_number() {
        let whole = json!({"a": [9_007_199_254_740_991_i64, -9_007_199_254_740_991_i64, 1.5, 1e300], "b": null});
        assert_eq!(kept(whole.clone()), whole);
        let beyond = json!([9_007_199_254_740_992_i64, u64::MAX, {"deep": i64::MIN}]);
        assert_eq!(kept(beyond), json!(["9007199254740992", "18446744073709551615", {"deep": "-9223372036854775808"}]));
    }
}
