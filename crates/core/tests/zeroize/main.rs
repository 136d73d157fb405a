//! Keys are configured, used in every operation and dropped; no block that held one is freed before it is zeroized.

mod leak_check;

use leak_check::{LeakCheckAllocator, Needle, search_for};
use quhao::{Ask, Client, Cmcc, Moment, Operation, Outcome, ShanYan, Yuxin};
use rsa::pkcs8::DecodePrivateKey;
use rsa::traits::PrivateKeyParts;

#[global_allocator]
static ALLOCATOR: LeakCheckAllocator = LeakCheckAllocator;

const TOKEN: &str = "STsid0000001795322076789Qh7kT2vXb3NfZ8wLr5YpD1mJc6GxA4sKe";
const NUMBER: &str = "13800138000";

/// Without this, an allocator that finds nothing would prove everything.
#[test]
fn a_block_that_was_not_zeroized_is_found() {
    let needle = search_for("not zeroized", b"leak-of-the-test");
    drop(std::hint::black_box(heap_copy("leak-of-the-test")));
    assert_eq!(needle.hits().len(), 1);
    let needle = search_for("reallocated", b"leak-of-the-other");
    let mut text = heap_copy("leak-of-the-other");
    text.reserve(4096);
    text.replace_range(.., "");
    text.push_str(&"x".repeat(4000));
    drop(std::hint::black_box(text));
    assert_eq!(needle.hits().len(), 1, "reallocation leaves an unzeroized copy");
}

#[test]
fn shanyans_app_key_is_zeroized() {
    let key = "Zq8Wd3Lm5Xv7Tb2Rk9Np4Hs6";
    let (whole, first) = (search_for("app_key", key.as_bytes()), search_for("its half", &key.as_bytes()[..12]));
    // openssl dgst -md5: the cipher's key and iv of V2.
    let (derived_key, derived_iv) =
        (search_for("AES key", b"3c74053d81d1d79c"), search_for("AES iv", b"22b0bba55e6715f2"));
    for client in [
        Client::new("shanyan", [("app_id", "Qh7kT2vX"), ("app_key", key)]).unwrap(),
        ShanYan::new("Qh7kT2vX", key).encrypt_type("aes").build().unwrap(),
        Client::with_apps("shanyan", [("timeout_ms", "1000")], [[("app_id", "Qh7kT2vX"), ("app_key", key)]]).unwrap(),
    ] {
        exercise(&client);
    }
    Client::new("shanyan", [("app_id", "Qh7kT2vX"), ("app_key", key), ("colour", "x")]).unwrap_err();
    Client::new("shanyan", [("app_id", "Qh7kT2vX"), ("app_key", key), ("app_key", key)]).unwrap_err();
    Client::new("shanyan", [("app_key", key)]).unwrap_err();
    assert_no_hits([whole, first, derived_key, derived_iv]);
}

#[test]
fn china_mobiles_secrets_are_zeroized() {
    let (app_key, app_secret) = ("D8F2A61B4C7E93057A1E6B2C9D40F385", "5B0C9E7D21F84A3696E1D7C0B8A4F263");
    let needles = [search_for("app_key", app_key.as_bytes()), search_for("app_secret", app_secret.as_bytes())];
    let options = [("app_id", "300012081234"), ("app_key", app_key), ("app_secret", app_secret)];
    exercise(&Client::new("cmcc", options).unwrap());
    exercise(&Client::new("cmcc", [options[0], options[1]]).unwrap());
    exercise(&Cmcc::new("300012081234").app_key(app_key).app_secret(app_secret).build().unwrap());
    assert_no_hits(needles);
}

#[test]
fn yuxins_key_and_token_are_zeroized() {
    let (key, token) = ("Rk7wZ2pXq9Lm4TbVRk7wZ2pX", "yx-4f7d2c91b8a34e06-leaked");
    let needles = [search_for("key", &key.as_bytes()[..16]), search_for("token", token.as_bytes())];
    let hex: String = key.bytes().map(|byte| format!("{byte:02x}")).collect();
    let written = search_for("key in hex", &hex.as_bytes()[..32]);
    let client = |key: &str, encoding: &str| {
        let yuxin = Yuxin::new("https://yuxin.example", "aes-192-cbc", key).key_encoding(encoding);
        yuxin.token(token).build().unwrap()
    };
    for client in [client(key, "utf8"), client(&hex, "hex"), client("Ums3d1oycFhxOUxtNFRiVlJrN3daMnBY", "base64")] {
        let ask = Ask::verify_identity(NUMBER, "张三", "11010519491231002X");
        // The request's body holds the token; its caller zeroizes it.
        wiped(client.prepare::<Outcome>(&ask, &moment()).unwrap());
    }
    // The test's own copy.
    wipe(hex);
    let [key, token] = needles;
    assert_no_hits([key, token, written]);
}

/// The text of a key and the DER in it, in every form that is read.
#[test]
fn the_text_of_private_keys_is_zeroized() {
    for file in ["rsa1024.pkcs8.pem", "rsa1024.pkcs1.b64", "rsa1024.pkcs1.indented.b64", "rsa2048.pkcs1.pem"] {
        let text = std::fs::read_to_string(quhao_vectors::folder().join("keys").join(file)).unwrap();
        let line = text.lines().map(str::trim).find(|line| line.len() >= 60 && !line.starts_with('-')).unwrap();
        let needle = search_for("Base64", &line.as_bytes()[line.len() / 2..line.len() / 2 + 24]);
        for option in ["private_key", "decrypt_key"] {
            let options = [("app_id", "300012081234"), ("app_key", "D8F2A61B4C7E93057"), (option, &text)];
            exercise(&Client::new("cmcc", options).unwrap());
            Client::new("cmcc", [("app_id", "3"), (option, &text[..text.len() / 2])]).unwrap_err();
        }
        // The test's own copy.
        wipe(text);
        assert_no_hits([needle]);
    }
}

/// `d`, as the DER has it and as the library's integers have it. SECURITY.md says what `rsa` leaves of the primes.
#[test]
fn the_exponent_of_private_keys_is_zeroized() {
    for file in ["rsa1024.pkcs8.pem", "rsa2048.pkcs8.pem"] {
        let text = std::fs::read_to_string(quhao_vectors::folder().join("keys").join(file)).unwrap();
        let mut exponent = rsa::PrivateKey::from_pkcs8_pem(&text).unwrap().d().to_be_bytes();
        let big_endian = search_for("d, big-endian", &exponent[8..72]);
        exponent.reverse();
        let little_endian = search_for("d, little-endian", &exponent[8..72]);
        exponent.fill(0);
        for option in ["private_key", "decrypt_key"] {
            let options = [("app_id", "300012081234"), ("app_key", "D8F2A61B4C7E93057"), (option, &text)];
            let client = Client::new("cmcc", options).unwrap();
            exercise(&client);
            drop(client.decrypt_number(&"5a".repeat(256)));
        }
        assert_no_hits([big_endian, little_endian]);
    }
}

/// Signs, prepares and decrypts.
fn exercise(client: &Client) {
    let v1 = [("appId", "Qh7kT2vX"), ("accessToken", "t"), ("telecom", "CMCC"), ("timestamp", "1795322076789")];
    for ask in [Ask::fetch_number(TOKEN), Ask::verify_number(TOKEN, Some(NUMBER)), Ask::fetch_number(v1)] {
        drop(client.prepare::<Outcome>(&ask, &moment()));
        drop(client.signature(&ask, &moment()));
        client.inspect(Operation::FetchNumber, TOKEN, &moment());
    }
    for ciphertext in ["yygEtD8sfGRiPbkwTQgvxw==", "DE70A0AF9A7F86BBD7A9D7F6F67ABF4F", &"5a".repeat(128)] {
        drop(client.decrypt_number(ciphertext));
    }
}

fn moment() -> Moment {
    Moment::at(1_795_322_096_789, [7; 16])
}

/// A copy on the heap.
fn heap_copy(text: &str) -> String {
    text.to_owned()
}

fn wiped(mut call: quhao::Call<Outcome>) {
    wipe(std::mem::take(&mut call.body));
}

fn wipe(mut text: String) {
    let length = text.len();
    text.replace_range(.., &" ".repeat(length));
    std::hint::black_box(&text);
}

fn assert_no_hits<const N: usize>(needles: [Needle; N]) {
    let hits: Vec<String> = needles.into_iter().flat_map(Needle::hits).collect();
    assert!(hits.is_empty(), "{hits:#?}");
}
