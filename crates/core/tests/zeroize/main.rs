//! Keys are configured, used in every operation and dropped; no block that held one is freed before it is zeroized.

mod allocator;

use quhao::{Ask, Client, Cmcc, Moment, Operation, Outcome, ShanYan, Yuxin};

use allocator::{LeakCheckAllocator, Needle, search_for};

#[global_allocator]
static ALLOCATOR: LeakCheckAllocator = LeakCheckAllocator;

const TOKEN: &str = "STsid0000001795322076789Qh7kT2vXb3NfZ8wLr5YpD1mJc6GxA4sKe";
const NUMBER: &str = "13800138000";

/// An allocator that finds nothing would prove nothing.
#[test]
fn an_unzeroized_block_is_found() {
    let needle = search_for("not wiped", b"residue-of-a-test");
    drop(std::hint::black_box(heap_copy("residue-of-a-test")));
    assert_eq!(needle.hits().len(), 1);
    let needle = search_for("outgrown", b"residue-of-another");
    let mut text = heap_copy("residue-of-another");
    text.reserve(4096);
    text.replace_range(.., "");
    text.push_str(&"x".repeat(4000));
    drop(std::hint::black_box(text));
    assert_eq!(needle.hits().len(), 1, "the block that reallocation left behind");
}

#[test]
fn shanyans_app_key_is_wiped() {
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
        use_of(&client);
    }
    Client::new("shanyan", [("app_id", "Qh7kT2vX"), ("app_key", key), ("colour", "x")]).unwrap_err();
    Client::new("shanyan", [("app_id", "Qh7kT2vX"), ("app_key", key), ("app_key", key)]).unwrap_err();
    Client::new("shanyan", [("app_key", key)]).unwrap_err();
    no_hits([whole, first, derived_key, derived_iv]);
}

#[test]
fn china_mobiles_secrets_are_wiped() {
    let (app_key, app_secret) = ("D8F2A61B4C7E93057A1E6B2C9D40F385", "5B0C9E7D21F84A3696E1D7C0B8A4F263");
    let needles = [search_for("app_key", app_key.as_bytes()), search_for("app_secret", app_secret.as_bytes())];
    let options = [("app_id", "300012081234"), ("app_key", app_key), ("app_secret", app_secret)];
    use_of(&Client::new("cmcc", options).unwrap());
    use_of(&Client::new("cmcc", [options[0], options[1]]).unwrap());
    use_of(&Cmcc::new("300012081234").app_key(app_key).app_secret(app_secret).build().unwrap());
    no_hits(needles);
}

#[test]
fn yuxins_key_and_token_are_wiped() {
    let (key, token) = ("Rk7wZ2pXq9Lm4TbVRk7wZ2pX", "yx-4f7d2c91b8a34e06-residue");
    let needles = [search_for("key", &key.as_bytes()[..16]), search_for("token", token.as_bytes())];
    let hex: String = key.bytes().map(|byte| format!("{byte:02x}")).collect();
    let written = search_for("key in hex", &hex.as_bytes()[..32]);
    let client = |key: &str, encoding: &str| {
        let yuxin = Yuxin::new("https://yuxin.example", "aes-192-cbc", key).key_encoding(encoding);
        yuxin.token(token).build().unwrap()
    };
    for client in [client(key, "utf8"), client(&hex, "hex"), client("Ums3d1oycFhxOUxtNFRiVlJrN3daMnBY", "base64")] {
        let ask = Ask::verify_identity(NUMBER, "张三", "11010519491231002X");
        // The request's body holds the token, and is the caller's to wipe.
        wiped(client.prepare::<Outcome>(&ask, &moment()).unwrap());
    }
    // The test's own copy.
    wipe(hex);
    let [key, token] = needles;
    no_hits([key, token, written]);
}

/// The text of a key and what its Base64 holds, in every form that is read.
///
/// The numbers inside are the libraries' to wipe; `rsa` says that it does not wipe all of its intermediate ones.
#[test]
fn the_text_of_private_keys_is_wiped() {
    for file in ["rsa1024.pkcs8.pem", "rsa1024.pkcs1.b64", "rsa1024.pkcs1.indented.b64", "rsa2048.pkcs1.pem"] {
        let text = std::fs::read_to_string(quhao_vectors::folder().join("keys").join(file)).unwrap();
        let line = text.lines().map(str::trim).find(|line| line.len() >= 60 && !line.starts_with('-')).unwrap();
        let needle = search_for("Base64", &line.as_bytes()[line.len() / 2..line.len() / 2 + 24]);
        for option in ["private_key", "decrypt_key"] {
            let options = [("app_id", "300012081234"), ("app_key", "D8F2A61B4C7E93057"), (option, &text)];
            use_of(&Client::new("cmcc", options).unwrap());
            Client::new("cmcc", [("app_id", "3"), (option, &text[..text.len() / 2])]).unwrap_err();
        }
        // The test's own copy.
        wipe(text);
        no_hits([needle]);
    }
}

/// Signs, prepares and decrypts.
fn use_of(client: &Client) {
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

fn no_hits<const N: usize>(needles: [Needle; N]) {
    let found: Vec<String> = needles.into_iter().flat_map(Needle::hits).collect();
    assert!(found.is_empty(), "{found:#?}");
}
