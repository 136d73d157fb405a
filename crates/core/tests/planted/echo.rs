//! A gateway repeats what it was sent, alone and inside a sentence: neither its refusals nor its answers show it.

use std::collections::BTreeMap;

use quhao::{Ask, Client, Code, Error, Meaning, Moment, Operation, Outcome};
use quhao_sandbox::Failure;

use super::{ID_CARD, NAME, NUMBER, Planted, for_each_subject};

/// Every value of the request, in every text of every reply.
#[test]
fn no_reply_that_repeats_the_request_is_quoted() {
    for_each_subject(|planted| {
        let client = planted.client(&[]);
        let params = planted.params();
        let ask = about(planted, params.clone());
        let call = client.prepare::<Outcome>(&ask, &Moment::now().unwrap()).unwrap();
        let secrets = secrets(planted, params.as_ref());
        assert!(!secrets.is_empty());
        for secret in secrets {
            for said in sentences(&secret) {
                for reply in replies(planted, &said) {
                    let answer = call.read(200, reply.as_bytes());
                    let shown = shown(&answer);
                    assert!(!shown.contains(&secret), "{:?}: {secret} in {shown}", planted.app);
                }
            }
        }
    });
}

/// The same over a connection: what a client's own calls answer, and all that is logged of them.
#[test]
fn no_call_whose_gateway_repeats_it_tells_a_secret() {
    for_each_subject(|planted| {
        let is_refusal = |row: &&Code| matches!(row.meaning, Meaning::Failure(_));
        let code = quhao::provider(planted.app.provider).unwrap().codes().find(is_refusal).unwrap().code;
        let params = planted.params();
        let ask = about(planted, params.clone());
        for secret in secrets(planted, params.as_ref()) {
            for said in sentences(&secret) {
                for code in [code, "777777"] {
                    planted.sandbox.fail_next(Failure::code(code).saying(said.clone()));
                    planted.ask(ask.clone(), &[]).unwrap_err();
                }
            }
        }
    });
}

/// Without the call only the app's own keys are known.
#[test]
fn a_client_that_reads_alone_still_hides_its_keys() {
    for_each_subject(|planted| {
        let client = planted.client(&[]);
        for secret in keys(planted).filter(|key| *key != planted.options().get("token").cloned().unwrap_or_default()) {
            for reply in sentences(&secret).iter().flat_map(|said| replies(planted, said)) {
                let shown = shown(&client.read::<Outcome>(planted.operation, 200, reply.as_bytes()));
                assert!(!shown.contains(&secret), "{:?}: {secret} in {shown}", planted.app);
            }
        }
    });
}

/// Words that a phone relays too are not secret, and a code is not taken for a value that has its digits.
#[test]
fn what_is_no_secret_stays_readable() {
    let client = Client::new("cmcc", [("app_id", "300012081234"), ("app_key", "k9Tz3mWq")]).unwrap();
    let params = [
        ("token", "STshort-1"),
        ("resultCode", "103000"),
        ("authTypeDes", "网关鉴权"),
        ("desc", "成功"),
        ("appId", "300012081234"),
        ("openType", "1"),
        ("traceId", "a1"),
    ];
    // An id of chance may have eleven digits in a row that look like a number.
    let moment = Moment::at(1_700_000_000_000, [0xab; 16]);
    let call = client.prepare::<Outcome>(&Ask::fetch_number(params), &moment).unwrap();
    let read = |said: &str| {
        let reply = serde_json::json!({ "resultCode": "103113", "desc": said }).to_string();
        call.read(200, reply.as_bytes()).unwrap_err().message().to_owned()
    };
    assert_eq!(read("网关鉴权未成功，103000 1 ga1b"), "网关鉴权未成功，103000 1 ga1b");
    assert_eq!(read("token STshort-1 (a1) 无效"), "token **** (****) 无效");
    assert_eq!(read("STshort-1STshort-1k9Tz3mWq"), "************", "each once, where one ends and the next begins");
    let id = call.request_id().unwrap();
    assert_eq!(read(id), id, "the request's id is there to be found by");
    let undocumented = serde_json::json!({ "resultCode": "STshort-1", "desc": "answered" }).to_string();
    let error = call.read(200, undocumented.as_bytes()).unwrap_err();
    assert_eq!(error.vendor_code(), Some("****"));
    assert_eq!(
        error.message(),
        "the gateway answered code ****, which its documentation does not hold: answered",
        "our own words are ours"
    );
}

fn about(planted: &Planted, params: Option<BTreeMap<String, String>>) -> Ask {
    params.map_or(Ask::verify_identity(NUMBER, NAME, ID_CARD), |params| planted.question(params.into()))
}

fn sentences(secret: &str) -> [String; 3] {
    [secret.to_owned(), format!("{secret} 与 {secret}不符"), format!("{}{secret}", "很长".repeat(248))]
}

/// In each field that may be quoted: of a refusal, of an undocumented code, of an answer.
fn replies(planted: &Planted, said: &str) -> Vec<String> {
    let bodies = match (planted.app.provider, planted.operation) {
        ("shanyan", Operation::VerifyNumber) => vec![
            r#"{"code":"403000","message":§}"#,
            r#"{"code":"500002","retMsg":§}"#,
            r#"{"code":§,"message":§}"#,
            r#"{"code":"200000","message":§,"data":{"isVerify":"1","fanqizha":"2","tag":§}}"#,
        ],
        ("shanyan", _) => vec![
            r#"{"code":"403000","message":§,"chargeStatus":1}"#,
            r#"{"code":§,"message":§}"#,
            r#"{"code":"200000","message":§,"data":{"mobileName":§}}"#,
        ],
        ("cmcc", Operation::VerifyNumber) => vec![
            r#"{"header":{"resultCode":"107"},"body":{"resultDesc":§}}"#,
            r#"{"header":{"resultCode":§},"body":{"resultDesc":§}}"#,
            r#"{"header":{"resultCode":"001"},"body":{"resultDesc":§}}"#,
            r#"{"header":{"resultCode":"000"},"body":{"resultDesc":§}}"#,
        ],
        ("cmcc", _) => vec![
            r#"{"resultCode":"103113","desc":§}"#,
            r#"{"resultCode":§,"desc":§}"#,
            r#"{"resultCode":"103000","desc":§,"msisdn":"13987654321"}"#,
            r#"{"resultCode":"103000","desc":§,"msisdn":§}"#,
        ],
        _ => vec![
            r#"{"errorCode":"306","errorDetail":§}"#,
            r#"{"errorCode":"105","errorDetail":§}"#,
            r#"{"errorCode":§,"errorDetail":§}"#,
            r#"{"errorCode":"200","errorDetail":§,"returnCode":"10001","returnDesc":§}"#,
            r#"{"errorCode":"200","returnCode":"55","returnDesc":§}"#,
            r#"{"errorCode":"200","returnCode":§,"returnDesc":§}"#,
        ],
    };
    let said = serde_json::to_string(said).unwrap();
    bodies.into_iter().map(|body| body.replace('§', &said)).collect()
}

/// The parts of the request that must not be shown: all but ids, and the words and figures that are no one's own.
fn secrets(planted: &Planted, params: Option<&BTreeMap<String, String>>) -> Vec<String> {
    let of_phone = params.into_iter().flatten().filter(|(name, _)| !SHOWN.contains(&name.as_str()));
    let asked = match planted.operation {
        Operation::FetchNumber => vec![],
        Operation::VerifyNumber => vec![NUMBER],
        _ => vec![NUMBER, NAME, ID_CARD],
    };
    let asked = asked.into_iter().map(str::to_owned);
    asked.chain(of_phone.map(|(_, value)| value.clone())).chain(keys(planted)).collect()
}

/// The app's secrets of one line.
fn keys(planted: &Planted) -> impl Iterator<Item = String> {
    let options = planted.options();
    ["app_key", "app_secret", "key", "token"].into_iter().filter_map(move |name| options.get(name).cloned())
}

fn shown(answer: &Result<Outcome, Error>) -> String {
    match answer {
        Ok(outcome) => {
            let receipt = match outcome {
                Outcome::Fetched(fetched) => &fetched.receipt,
                Outcome::Verified(verified) => &verified.receipt,
            };
            let tags = receipt.risk.as_ref().map(|risk| risk.tags.join(" "));
            format!("{outcome:?} {outcome:#?} {} {tags:?}", receipt.message)
        }
        Err(error) => {
            let code = error.vendor_code();
            format!("{error} {error:?} {error:#?} {} {} {code:?}", error.message(), error.hint())
        }
    }
}

/// Ids by which a request is found again, and words.
const SHOWN: &[&str] =
    &["appId", "telecom", "randoms", "version", "resultCode", "authType", "authTypeDes", "encryptType", "outId"];
