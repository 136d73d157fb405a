//! Plants secrets in everything that takes them, and looks for them in everything that prints.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use quhao::{Ask, Client, Cmcc, Error, Moment, Operation, Outcome, Params, PhoneNumber, Secret, ShanYan, Yuxin};

const NUMBER: &str = "13912345678";
const NAME: &str = "欧阳密密";
const ID_CARD: &str = "11010519491231002X";
const TOKEN: &str = "STsid0000001517196594066PLANTEDTOKENPLANTEDTOKENPLANTED57";
const KEY: &str = "PLANTEDKEYPLANTE";

#[test]
fn debug_of_every_type_that_holds_a_secret_shows_none() {
    let clients = clients();
    let params = Params::token(TOKEN);
    let identity = Ask::verify_identity(NUMBER, NAME, ID_CARD);
    let verify = Ask::verify_number(TOKEN, Some(NUMBER));
    let cmcc = &clients[1];
    let login = cmcc.prepare::<Outcome>(&Ask::fetch_number(TOKEN), &moment()).unwrap();
    let check = cmcc.prepare::<Outcome>(&verify, &moment()).unwrap();
    let sealed = clients[2].prepare::<Outcome>(&identity, &moment()).unwrap();
    let signature = cmcc.signature(&Ask::fetch_number(TOKEN), &moment()).unwrap();
    let inspection = cmcc.inspect(Operation::FetchNumber, &params, &moment());
    let reply = format!(r#"{{"resultCode":"103000","msisdn":"{NUMBER}","desc":"{NUMBER}","also":"{NUMBER}"}}"#);
    let fetched: Outcome = cmcc.read(Operation::FetchNumber, 200, reply.as_bytes()).unwrap();
    no_secret(&[
        format!("{clients:?} {clients:#?}"),
        format!("{params:?} {params:#?} {identity:?} {verify:#?} {inspection:#?}"),
        format!("{login:?} {check:#?} {sealed:#?} {signature:#?}"),
        format!("{fetched:?} {fetched:#?}"),
        format!("{:?} {}", PhoneNumber::parse(NUMBER).unwrap(), PhoneNumber::parse(NUMBER).unwrap()),
        format!("{:?}", Secret::from(KEY)),
        format!("{:?}", ShanYan::new("id", KEY).private_key(KEY)),
        format!("{:?} {:?}", Cmcc::new("id").app_key(KEY), Yuxin::new("https://a.example", "aes-128-cbc", KEY)),
    ]);
}

#[test]
fn errors_of_every_kind_show_no_secret() {
    let clients = clients();
    let [shanyan, cmcc, yuxin] = &clients;
    let damaged = format!("{TOKEN}\u{7}");
    let refused = |message: &str| {
        format!(r#"{{"code":"403000","message":"{message}","resultCode":"103101","desc":"{message}"}}"#)
    };
    let said = format!("号码{NUMBER}证件{ID_CARD}");
    let mut errors: Vec<Error> = vec![
        Client::new("shanyan", [("app_id", "x"), ("app_key", "PLANTED KEYPLANTE")]).unwrap_err(),
        Client::new("shanyan", [("app_id", "x"), ("app_key", KEY), ("private_key", TOKEN)]).unwrap_err(),
        Client::new("cmcc", [("app_id", "x")]).unwrap_err(),
        Yuxin::new("https://a.example", "aes-256-cbc", KEY).token(TOKEN).build().unwrap_err(),
        cmcc.prepare::<Outcome>(&Ask::fetch_number(damaged.as_str()), &moment()).unwrap_err(),
        cmcc.prepare::<Outcome>(&Ask::verify_number(TOKEN, Some("139123456789")), &moment()).unwrap_err(),
        shanyan
            .prepare::<Outcome>(&Ask::fetch_number([("sign", TOKEN), ("accessToken", TOKEN)]), &moment())
            .unwrap_err(),
        yuxin.prepare::<Outcome>(&Ask::verify_identity(NUMBER, NAME, "110105194912310021"), &moment()).unwrap_err(),
        yuxin.prepare::<Outcome>(&Ask::verify_identity("139123456789", NAME, ID_CARD), &moment()).unwrap_err(),
        shanyan.decrypt_number(TOKEN).unwrap_err(),
        cmcc.decrypt_number(TOKEN).unwrap_err(),
    ];
    for (client, operation) in
        [(shanyan, Operation::FetchNumber), (cmcc, Operation::FetchNumber), (cmcc, Operation::VerifyNumber)]
    {
        for body in [
            refused(&said),
            format!("<html>{NUMBER} {TOKEN}</html>"),
            format!(r#"{{"code":"777","resultCode":"777","message":"{said}"}}"#),
        ] {
            errors.push(client.read::<Outcome>(operation, 200, body.as_bytes()).unwrap_err());
        }
    }
    for error in errors {
        let mut shown = format!("{error} {error:?} {error:#?} {} {}", error.message(), error.hint());
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            shown += &format!(" {cause} {cause:?}");
            source = cause.source();
        }
        no_secret(&[shown]);
    }
}

#[test]
fn what_a_gateway_repeats_of_the_request_is_masked_in_its_words() {
    let [_, cmcc, yuxin] = clients();
    let call = yuxin.prepare::<Outcome>(&Ask::verify_identity(NUMBER, NAME, ID_CARD), &moment()).unwrap();
    let read = |reply: &str| call.read(200, reply.as_bytes());
    let told = |reply: &str| read(reply).unwrap_err().message().to_owned();
    assert_eq!(told(&format!(r#"{{"errorCode":"306","errorDetail":"{NAME} 与 {KEY}"}}"#)), "**** 与 ****");
    assert_eq!(told(&format!(r#"{{"errorCode":"105","errorDetail":"{TOKEN}无效"}}"#)), "****无效");
    assert_eq!(told(r#"{"errorCode":"306","errorDetail":"证件有误"}"#), "证件有误");
    assert_eq!(
        told(r#"{"errorCode":"306"}"#),
        "请求参数{$1}为空或格式错误",
        "the table's words, where it says nothing"
    );
    let undocumented = read(&format!(r#"{{"errorCode":"{NAME}","errorDetail":"code"}}"#)).unwrap_err();
    assert_eq!(undocumented.vendor_code(), Some("****"));
    assert!(undocumented.message().starts_with("the gateway answered code ****, "), "{undocumented}");
    assert!(undocumented.message().ends_with("does not hold: code"), "{undocumented}");
    let mismatch = format!(r#"{{"errorCode":"200","returnCode":"10001","returnDesc":"{NAME}与{NUMBER}不一致"}}"#);
    let Outcome::Verified(verified) = read(&mismatch).unwrap() else { panic!("expected a verdict") };
    assert_eq!(verified.message, "****与139****5678不一致");
    // Without the call only the app's own key is known.
    let alone = |said: &str| {
        let reply = format!(r#"{{"resultCode":"103113","desc":"{said}"}}"#);
        cmcc.read::<Outcome>(Operation::FetchNumber, 200, reply.as_bytes()).unwrap_err().message().to_owned()
    };
    assert_eq!([alone(KEY), alone(NAME)], ["****", NAME]);
}

#[test]
fn a_call_shows_its_body_to_none_but_its_holder() {
    let [_, cmcc, _] = clients();
    let call = cmcc.prepare::<Outcome>(&Ask::fetch_number(TOKEN), &moment()).unwrap();
    assert!(call.body.contains(TOKEN));
    assert!(format!("{call:?}").contains(&format!("<{} bytes>", call.body.len())));
}

fn clients() -> [Client; 3] {
    [
        ShanYan::new("app-1", KEY).build().unwrap(),
        Cmcc::new("app-2").app_key(KEY).app_secret(KEY).build().unwrap(),
        Yuxin::new("https://a.example", "aes-128-cbc", KEY).token(TOKEN).build().unwrap(),
    ]
}

fn moment() -> Moment {
    Moment::at(1_795_322_080_000, [7; 16])
}

fn no_secret(printed: &[String]) {
    for text in printed {
        for planted in [NUMBER, NAME, ID_CARD, TOKEN, KEY, "PLANTED", "139123456789", "110105194912310021"] {
            assert!(!text.contains(planted), "{planted} is printed in: {text}");
        }
    }
}
