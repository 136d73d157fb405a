//! Runs every vector: the same files that the other languages loop over.

use std::collections::BTreeMap;

use quhao::{Ask, Client, Error, FetchedNumber, Moment, Operation, Outcome, Params, Receipt, Verification};
use quhao_vectors::{Case, suites};
use serde_json::{Map, Value, json};

#[test]
fn every_vector_holds() {
    let mut failures = Vec::new();
    let mut ran = 0;
    for (topic, suite) in suites() {
        for case in &suite.cases {
            ran += 1;
            if let Err(difference) = run(&suite.run, case) {
                failures.push(format!("{topic} {}: {difference}", case.id));
            }
        }
    }
    assert!(failures.is_empty(), "{} of {ran} vectors differ:\n{}", failures.len(), failures.join("\n"));
    assert!(ran >= 200, "only {ran} vectors ran");
}

#[test]
fn most_vectors_are_failures_and_every_one_says_where_it_comes_from() {
    let suites = suites();
    let cases: Vec<&Case> = suites.iter().flat_map(|(_, suite)| &suite.cases).collect();
    let negative = cases.iter().filter(|case| case.is_negative()).count();
    assert!(negative * 100 >= cases.len() * 60, "{negative} of {} are negative", cases.len());
    for case in cases {
        assert!(!case.source.is_empty() && !case.why.is_empty() && !case.source.contains("quhao"), "{}", case.id);
        let computed = case.expect.get("number").is_some() || case.expect.get("value").is_some();
        assert!(!computed || case.source != "derived", "{} names no tool", case.id);
    }
}

fn run(runner: &str, case: &Case) -> Result<(), String> {
    let input = &case.input;
    let client = Client::new(text(input, "provider"), options(input));
    if runner == "new" {
        return match client {
            Ok(_) => same(&json!({"ok": true}), &case.expect),
            Err(error) => check_error(&error, &case.expect),
        };
    }
    let client = match client {
        Ok(client) => client,
        Err(error) => return check_error(&error, &case.expect),
    };
    let answer = match runner {
        "decrypt" => client.decrypt_number(text(input, "ciphertext")).map(|number| json!({"number": number.expose()})),
        "sign" => ask(input)
            .and_then(|ask| client.signature(&ask, &moment(input)))
            .map(|signed| json!({"algorithm": signed.algorithm, "base": signed.base, "value": signed.value})),
        "prepare" => ask(input).and_then(|ask| prepare(&client, &ask, &moment(input))),
        "read" => {
            let status = u16::try_from(input["status"].as_u64().unwrap_or(200)).map_err(|e| e.to_string())?;
            client.read::<Outcome>(operation(input), status, text(input, "body").as_bytes()).map(result)
        }
        "inspect" => params(input).map(|params| {
            let inspection = client.inspect(operation(input), params, &moment(input));
            let findings: Vec<Value> = (inspection.findings.iter())
                .map(|f| json!({"field": f.field, "cause": f.cause.as_str(), "action": f.action.as_str()}))
                .collect();
            let params: BTreeMap<&str, &str> = inspection.params.fields().collect();
            json!({"findings": findings, "params": params})
        }),
        other => return Err(format!("no runner for {other}")),
    };
    match answer {
        Err(error) => check_error(&error, &case.expect),
        Ok(answer) if runner == "read" => {
            let expected = case.expect.get("result").ok_or("expected an error, got a result")?;
            let named: Map<String, Value> = (expected.as_object().ok_or("result: expected an object")?.keys())
                .map(|key| (key.clone(), answer.get(key).cloned().unwrap_or(Value::Null)))
                .collect();
            same(&Value::Object(named), expected)
        }
        Ok(answer) => same(&answer, &case.expect),
    }
}

fn prepare(client: &Client, ask: &Ask, moment: &Moment) -> Result<Value, Error> {
    let call = client.prepare::<Outcome>(ask, moment)?;
    let content_type = &call.headers["content-type"];
    let (name, body) = if content_type == "application/json" {
        ("json", serde_json::from_str(&call.body).expect("a JSON body"))
    } else {
        let fields: BTreeMap<_, _> = form_urlencoded::parse(call.body.as_bytes()).into_owned().collect();
        ("form", json!(fields))
    };
    Ok(json!({"method": call.method, "url": call.url, "content_type": content_type, name: body}))
}

fn result(outcome: Outcome) -> Value {
    let (mut fields, receipt): (Value, Receipt) = match outcome {
        Outcome::Fetched(FetchedNumber { number, receipt, .. }) => (json!({"number": number.expose()}), receipt),
        Outcome::Verified(verification) => {
            let matches = verification.matches();
            let Verification { verdict, receipt, .. } = verification;
            (json!({"verdict": verdict.as_str(), "matches": matches}), receipt)
        }
    };
    let risk = receipt.risk.map(|risk| json!({"level": risk.level.as_str(), "code": risk.code, "tags": risk.tags}));
    let rest = json!({
        "provider": receipt.provider, "code": receipt.code, "message": receipt.message,
        "charge": receipt.charge.as_str(), "trade_no": receipt.trade_no, "request_id": receipt.request_id,
        "risk": risk, "extra": receipt.extra,
    });
    let (Value::Object(all), Value::Object(rest)) = (&mut fields, rest) else { unreachable!() };
    all.extend(rest);
    fields
}

fn check_error(error: &Error, expect: &Value) -> Result<(), String> {
    let shown = format!("{error:?}");
    let expected = expect.get("error").ok_or_else(|| format!("unexpected error: {shown}"))?;
    let facts = json!({
        "kind": error.kind().as_str(), "retry": error.retry().as_str(), "charge": error.charge().as_str(),
        "vendor_code": error.vendor_code(), "phase": error.phase().map(quhao::Phase::as_str),
    });
    let everything = format!("{error} {error:?} {}", error.hint());
    for (key, want) in expected.as_object().ok_or("error: expected an object")? {
        let fragments = || want.as_array().into_iter().flatten().filter_map(Value::as_str);
        let holds = match key.as_str() {
            "message_has" => fragments().all(|part| error.message().contains(part)),
            "hint_has" => fragments().all(|part| error.hint().to_string().contains(part)),
            "never_has" => !fragments().any(|part| everything.contains(part)),
            fact => facts.get(fact) == Some(want),
        };
        if !holds {
            return Err(format!("{key}: expected {want}, got {shown}"));
        }
    }
    Ok(())
}

fn same(got: &Value, want: &Value) -> Result<(), String> {
    if got == want { Ok(()) } else { Err(format!("expected {want}, got {got}")) }
}

fn text<'a>(input: &'a Value, name: &str) -> &'a str {
    input.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn options(input: &Value) -> Vec<(String, String)> {
    let map = input["options"].as_object().into_iter().flatten();
    map.map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned())).collect()
}

fn operation(input: &Value) -> Operation {
    text(input, "operation").parse().expect("a known operation")
}

fn params(input: &Value) -> Result<Params, Error> {
    Params::from_value(input.get("params").unwrap_or(&json!({})))
}

fn ask(input: &Value) -> Result<Ask, Error> {
    let optional = |name: &str| input.get(name).and_then(Value::as_str);
    Ok(match operation(input) {
        Operation::VerifyIdentity => {
            Ask::verify_identity(text(input, "number"), text(input, "name"), text(input, "id_card"))
        }
        Operation::VerifyNumber => Ask::verify_number(params(input)?, optional("number")),
        _ => Ask::fetch_number(params(input)?),
    })
}

fn moment(input: &Value) -> Moment {
    let moment = &input["moment"];
    let nonce = u128::from_str_radix(text(moment, "nonce"), 16).unwrap_or_default().to_be_bytes();
    Moment::at(moment["now_ms"].as_u64().unwrap_or_default(), nonce)
}
