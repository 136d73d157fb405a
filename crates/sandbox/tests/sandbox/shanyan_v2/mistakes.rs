//! Signatures by the usual mistakes, each named.

use quhao::Operation;
use quhao_sandbox::Sandbox;
use sha2::{Digest, Sha256};

use super::{Fields, QUERY, ask, assert_forbidden, hmac, joined, key, signed, unsigned, with_sign};
use crate::bare::{assert_refused, why};

#[test]
fn the_usual_mistakes_of_the_strings_are_found_and_marked() {
    let sandbox = Sandbox::start().unwrap();
    let key = key(&sandbox, "shanyan-v2");
    let more = [("clientIp", "203.0.113.7"), ("encryptType", "0")];
    let full = unsigned(&sandbox, "shanyan-v2", Operation::FetchNumber, &more);
    let bare = unsigned(&sandbox, "shanyan-v2", Operation::FetchNumber, &[]);
    let without = |names: &[&str]| -> Fields {
        full.iter().filter(|(name, _)| !names.contains(&name.as_str())).map(|(k, v)| (k.clone(), v.clone())).collect()
    };
    let with = |name: &str, value: &str| {
        let mut fields = bare.clone();
        fields.insert(name.to_owned(), value.to_owned());
        fields
    };
    let (id, token) = (&bare["appId"], &bare["token"]);
    for (sent, text, because) in [
        (&full, joined(&without(&["encryptType"])), "sent but not signed: encryptType"),
        (&full, joined(&without(&["clientIp"])), "sent but not signed: clientIp"),
        (&full, joined(&without(&["clientIp", "encryptType"])), "sent but not signed: clientIp, encryptType"),
        (&bare, joined(&with("clientIp", "null")), "signed with null but not sent: clientIp"),
        (&bare, joined(&with("outId", "")), "signed with an empty value but not sent: outId"),
        (
            &full,
            format!("token{}encryptType0clientIp203.0.113.7appId{id}", full["token"]),
            "the fields are in descending order",
        ),
        (&bare, format!("{id}{token}"), "the names are not in the string"),
        (&bare, format!("appId={id}token={token}"), "joined by =; nothing joins them"),
        (&bare, format!("appId={id}&token={token}"), "joined by =, fields by &; nothing joins them"),
        (
            &full,
            format!("encryptType0clientIp203.0.113.7token{}appId{id}", full["token"]),
            "in the order of their values",
        ),
    ] {
        let fields = with_sign(sent.clone(), hmac(&key, &text));
        assert_forbidden(&ask(&sandbox, QUERY, &fields), "请求非法，签名验证不通过");
        assert_refused(&sandbox, "403000", because);
        let why = why(&sandbox);
        assert!(why.contains("signed here") && why.contains("implied by sign") && why.contains("^ in "), "{why}");
        assert!(!why.contains(token.as_str()) && !why.contains(&full["token"]) && !why.contains(&key), "{why}");
    }
    let encoded = with("outId", "a b");
    let text = joined(&with("outId", "a+b"));
    ask(&sandbox, QUERY, &with_sign(encoded, hmac(&key, &text)));
    assert!(why(&sandbox).ends_with("^ in outId, character 2: ' ' and '+'"), "{}", why(&sandbox));
    assert_refused(&sandbox, "403000", "the values are form-encoded");
    assert_eq!(
        ask(&sandbox, QUERY, &signed(&sandbox, "shanyan-v2", bare)).json()["code"],
        "200000",
        "nothing was spent"
    );
}

#[test]
fn the_usual_mistakes_of_the_digest_and_its_key_are_found() {
    let sandbox = Sandbox::start().unwrap();
    let fields = unsigned(&sandbox, "shanyan-v2", Operation::FetchNumber, &[]);
    let (text, due) = (joined(&fields), key(&sandbox, "shanyan-v2"));
    let v1 = quhao::sign_shanyan_v1(&fields.clone().into(), &due).value;
    let plain = |text: &str| -> String { Sha256::digest(text).iter().map(|byte| format!("{byte:02X}")).collect() };
    let right = hmac(&due, &text);
    for (sign, because) in [
        (v1, "it is V1's, HmacSHA1 in Base64"),
        (plain(&text), "it is plain SHA-256; HmacSHA256 is due"),
        (plain(&format!("{text}{due}")), "it is plain SHA-256 with the key appended"),
        (hmac(MD5_OF_KEY, &text), "the key is MD5(app_key); that is for opening the number"),
        (hmac(&MD5_OF_KEY.to_uppercase(), &text), "the key is MD5(app_key)"),
        (hmac(&due.to_uppercase(), &text), "the key is app_key in capitals"),
        (hmac(&fields["appId"], &text), "the key is app_id; app_key is due"),
        (hmac(&due, &text.to_lowercase()), "the string was put into lower case"),
        (hmac(&key(&sandbox, "shanyan-v2-ios"), &text), "the key is that of app shanyan-v2-ios"),
        (String::new(), "it is missing or empty"),
        (format!("{right}\n"), "white space stands around it"),
        (right[..40].to_owned(), "it is cut short, to 40 characters"),
        (hmac("of nobody", &text), "no usual mistake gives it"),
    ] {
        assert_forbidden(&ask(&sandbox, QUERY, &with_sign(fields.clone(), sign)), "请求非法，签名验证不通过");
        assert_refused(&sandbox, "403000", because);
        assert!(why(&sandbox).contains("signed here") && !why(&sandbox).contains(&due), "{}", why(&sandbox));
    }
    ask(&sandbox, QUERY, &fields);
    assert_refused(&sandbox, "403000", "it is missing or empty");
}

/// `printf p7YkHd2s | md5sum`
const MD5_OF_KEY: &str = "73ebd1914d4b6fb4c0c0f6d6728e161b";
