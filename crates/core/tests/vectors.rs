//! Runs every vector: the same files that the other languages loop over.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use libtest_mimic::{Arguments, Failed, Trial};
use md5::Md5;
use quhao::{Ask, Client, Error, FetchedNumber, Moment, Operation, Outcome, Params, Receipt, Verification};
use quhao_vectors::{Case, Suite, suites};
use rsa::pkcs8::{DecodePrivateKey, DecodePublicKey};
use rsa::{PrivateKey, PublicKey};
use serde_json::{Map, Value, json};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = vec![Trial::test("most_vectors_are_failures_and_each_names_its_source", || {
        balance(&suites()).map_err(Failed::from)
    })];
    for (topic, suite) in suites() {
        let runner = Arc::new(suite.run);
        for case in suite.cases {
            let runner = Arc::clone(&runner);
            trials.push(Trial::test(format!("{topic}::{}", case.id), move || {
                Ok(run(&runner, &case).map_err(|diff| explained(&case, &diff))?)
            }));
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// A failure as a contributor reads it: the case, its reason and its source before the difference.
fn explained(case: &Case, diff: &str) -> String {
    format!("{}\nwhy:    {}\nsource: {}\n{diff}", case.id, case.why, case.source)
}

/// At least 60 % of the cases are about something going wrong, and no answer comes from our own code.
fn balance(suites: &[(String, Suite)]) -> Result<(), String> {
    let cases: Vec<&Case> = suites.iter().flat_map(|(_, suite)| &suite.cases).collect();
    let negative = cases.iter().filter(|case| case.is_negative()).count();
    if cases.len() < 200 || negative * 100 < cases.len() * 60 {
        return Err(format!("{negative} of {} vectors are negative", cases.len()));
    }
    for case in cases {
        let is_computed = case.expect.get("number").is_some() || case.expect.get("value").is_some();
        if case.why.is_empty() || case.source.is_empty() || is_computed && case.source == "derived" {
            return Err(format!("{} does not say why it is there or where its answer comes from", case.id));
        }
    }
    Ok(())
}

fn run(runner: &str, case: &Case) -> Result<(), String> {
    let input = &case.input;
    let client = match runner {
        "apps" => several(input),
        _ => Client::new(text(input, "provider"), options(&input["options"])),
    };
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
        "apps" if text(input, "operation") != "decrypt_number" => {
            ask(input).and_then(|ask| prepare(&client, &ask, &moment(input)))
        }
        "apps" | "decrypt" => {
            client.decrypt_number(text(input, "ciphertext")).map(|number| json!({"number": number.expose()}))
        }
        "sign" => ask(input)
            .and_then(|ask| client.signature(&ask, &moment(input)))
            .map(|signed| json!({"algorithm": signed.algorithm, "base": signed.base, "value": signed.value})),
        "prepare" => ask(input).and_then(|ask| prepare(&client, &ask, &moment(input))),
        "read" => {
            let status = u16::try_from(input["status"].as_u64().unwrap_or(200)).map_err(|e| e.to_string())?;
            let body = text(input, "body").as_bytes();
            let outcome = if input.get("params").is_some() {
                ask(input).and_then(|ask| client.prepare::<Outcome>(&ask, &moment(input))?.read(status, body))
            } else {
                client.read::<Outcome>(operation(input), status, body)
            };
            outcome.map(result)
        }
        "inspect" => params(input).map(|params| {
            let inspection = client.inspect(operation(input), params, &moment(input));
            let findings: Vec<Value> = (inspection.findings.iter())
                .map(|f| json!({"field": f.field, "cause": f.cause.as_str(), "action": f.action.as_str()}))
                .collect();
            let params: BTreeMap<&str, &str> = inspection.params.fields().collect();
            json!({"findings": findings, "params": params, "carrier": inspection.carrier})
        }),
        other => return Err(format!("no runner for {other}")),
    };
    match answer {
        Err(error) => check_error(&error, &case.expect),
        Ok(answer) if runner == "read" => {
            same_where_named(&answer, case.expect.get("result").ok_or("expected an error, got a result")?)
        }
        Ok(answer) if runner == "inspect" => same_where_named(&answer, &case.expect),
        Ok(answer) if answer.get("method").is_some() => same_request(&answer, &case.expect),
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
    Ok(json!({
        "method": call.method, "url": call.url, "content_type": content_type, "request_id": call.request_id(), name: body,
    }))
}

/// A client of several apps, or of the one that the case names.
fn several(input: &Value) -> Result<Client, Error> {
    let apps = input["apps"].as_array().into_iter().flatten().map(options);
    let client = Client::with_apps(text(input, "provider"), options(&input["common"]), apps)?;
    input["app"].as_str().map_or(Ok(client.clone()), |app| client.app(app))
}

/// A request as a whole, or where it differs each time: by the fields that the case names, and by what its keys tell.
fn same_request(got: &Value, want: &Value) -> Result<(), String> {
    let mut exact = want.clone();
    let facts = exact.as_object_mut().ok_or("expected an object")?;
    if !["method", "url", "content_type"].iter().all(|name| facts.contains_key(*name))
        || !["form", "form_where", "json", "json_where"].iter().any(|name| facts.contains_key(*name))
    {
        return Err(format!("expected a request to compare with, got {want}"));
    }
    for (name, in_part) in [("form", "form_where"), ("json", "json_where")] {
        let Some(Value::Object(fields)) = facts.remove(in_part) else { continue };
        for (path, value) in fields {
            same(at(&got[name], &path), &value).map_err(|error| format!("{path}: {error}"))?;
        }
    }
    if let Some(opens) = facts.remove("opens") {
        opens_to(&got["json"], &opens)?;
    }
    if let Some(verifies) = facts.remove("verifies") {
        verifies_over(&got["json"], &verifies)?;
    }
    same_where_named(got, &exact)
}

/// Decrypts one field, RSAES-PKCS1-v1_5.
fn opens_to(json: &Value, opens: &Value) -> Result<(), String> {
    let key = PrivateKey::from_pkcs8_pem(text(opens, "key")).map_err(|error| error.to_string())?;
    let plaintext = key.pkcs1v15_decrypt(&decoded(json, opens)?).map_err(|error| error.to_string())?;
    same(&json!(String::from_utf8_lossy(&plaintext)), &opens["plaintext"])
}

/// Verifies one field as a signature, RSASSA-PKCS1-v1_5 over MD5; `{path}` in the base stands for another field.
fn verifies_over(json: &Value, verifies: &Value) -> Result<(), String> {
    same(&json!("MD5withRSA"), &verifies["algorithm"])?;
    let mut base = text(verifies, "base").to_owned();
    while let Some((before, (path, after))) =
        base.split_once('{').and_then(|(b, rest)| Some((b, rest.split_once('}')?)))
    {
        base = format!("{before}{}{after}", at(json, path).as_str().ok_or("expected text where the base points")?);
    }
    let key = PublicKey::from_public_key_pem(text(verifies, "key")).map_err(|error| error.to_string())?;
    let verified = key.pkcs1v15_verify::<Md5>(base.as_bytes(), &decoded(json, verifies)?);
    verified.map_err(|_| format!("the signature does not verify over {base}"))
}

fn decoded(json: &Value, field: &Value) -> Result<Vec<u8>, String> {
    let encoded = at(json, text(field, "path")).as_str().ok_or("expected text to decode")?;
    match text(field, "encoding") {
        "base64" => STANDARD.decode(encoded).map_err(|error| error.to_string()),
        "hex" if !encoded.bytes().any(|b| b.is_ascii_lowercase()) => {
            let digits = encoded.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap_or_default());
            digits.map(|pair| u8::from_str_radix(pair, 16).map_err(|error| error.to_string())).collect()
        }
        other => Err(format!("expected {other}, got something else")),
    }
}

/// The value at a path such as `body.sign`; null where there is none.
fn at<'a>(json: &'a Value, path: &str) -> &'a Value {
    path.split('.').fold(json, |value, name| value.get(name).unwrap_or(&Value::Null))
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
    let everything = format!("{error} {error:?} {} {}", error.message(), error.hint());
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

/// Facts that the case does not name are not compared.
fn same_where_named(got: &Value, want: &Value) -> Result<(), String> {
    let named: Map<String, Value> = (want.as_object().ok_or("expected an object")?.keys())
        .map(|key| (key.clone(), got.get(key).cloned().unwrap_or(Value::Null)))
        .collect();
    same(&Value::Object(named), want)
}

fn same(got: &Value, want: &Value) -> Result<(), String> {
    if got == want { Ok(()) } else { Err(format!("expected {want}, got {got}")) }
}

fn text<'a>(input: &'a Value, name: &str) -> &'a str {
    input.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn options(options: &Value) -> Vec<(String, String)> {
    let map = options.as_object().into_iter().flatten();
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
