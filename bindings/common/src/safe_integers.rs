//! Integers for JavaScript, whose only numbers are doubles.

use quhao::Outcome;
use serde_json::Value;

/// Turns the integers in the extra fields of a result into doubles, and those beyond ±(2⁵³ − 1) into decimal text.
pub fn safe_integers(mut outcome: Outcome) -> Outcome {
    let receipt = match &mut outcome {
        Outcome::Fetched(fetched) => &mut fetched.receipt,
        Outcome::Verified(verified) => &mut verified.receipt,
    };
    // As a name in an object, it would set that object's prototype.
    receipt.extra.remove(PROTO);
    receipt.extra.values_mut().for_each(keep_digits);
    outcome
}

fn keep_digits(value: &mut Value) {
    match value {
        Value::Number(number) if !number.is_f64() => {
            let safe = number.as_i64().filter(|integer| integer.unsigned_abs() <= MAX_SAFE_INTEGER);
            *value = safe.map_or_else(|| number.to_string().into(), |integer| (integer as f64).into());
        }
        Value::Array(values) => values.iter_mut().for_each(keep_digits),
        Value::Object(fields) => {
            fields.remove(PROTO);
            fields.values_mut().for_each(keep_digits);
        }
        _ => {}
    }
}

/// JavaScript's `Number.MAX_SAFE_INTEGER`.
const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

const PROTO: &str = "__proto__";

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
        let whole = json!({"a": [9_007_199_254_740_991_i64, -9_007_199_254_740_991_i64, 7, 1.5, 1e300], "b": null});
        let doubles = json!({"a": [9_007_199_254_740_991.0, -9_007_199_254_740_991.0, 7.0, 1.5, 1e300], "b": null});
        assert_eq!(kept(whole), doubles);
        let beyond = json!([9_007_199_254_740_992_i64, u64::MAX, {"deep": i64::MIN}]);
        assert_eq!(kept(beyond), json!(["9007199254740992", "18446744073709551615", {"deep": "-9223372036854775808"}]));
    }

    #[test]
    fn no_name_sets_a_prototype() {
        assert_eq!(kept(json!([{"__proto__": {"a": 1}, "b": "c"}])), json!([{"b": "c"}]));
    }
}
