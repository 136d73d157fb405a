//! Clients of every kind, built once: the inputs come later.

use std::sync::LazyLock;

use quhao::{Ask, Call, Client, Moment, Operation, Outcome};

pub(crate) const APP_ID: &str = "Qh7kT2vX";
pub(crate) const APP_KEY: &str = "k9Tz3mWq";

/// 2026-11-22 12:34:56.789 in Beijing, 20 seconds after the params below.
pub(crate) const MOMENT_MS: u64 = 1_795_322_096_789;

pub(crate) fn moment() -> Moment {
    Moment::at(MOMENT_MS, [7; 16])
}

/// Results of the phone's SDK, for each generation and provider.
pub(crate) const V1: &[(&str, &str)] = &[
    ("appId", APP_ID),
    ("accessToken", "Z3V4+kgN99qlFyM6aorC7FpbiO7Joy4XZFdL+XwUD/0="),
    ("telecom", "CMCC"),
    ("timestamp", "1795322076789"),
    ("randoms", "1c383cd30b7c298ab50293adfecb7b18"),
    ("version", "2.2.1"),
    ("device", "ZGV2aWNlPVBpeGVsIDh8RElEPX4/fj8+fA=="),
    ("sign", "9DB0a+N8/Hjqdk8cwQsnBmQfJwQ="),
];
pub(crate) const V2_TOKEN: &str = "A1-CGcgYVGUAEtKVpXuWZAR6iUHWNEJNV3YtPlrzV7UGi8BM6jh3_0GkzASOe3LiR3R_tVryyr13IsM6NWE9Ouvj2dwOrvBc5dxR7Pbe9JGJFU7Sn4da9u5soT-LDhx6zPBBXuaQ_1Wdzm69Ab8d96Veg";
pub(crate) const CMCC_KEY: &str = "D8F2A61B4C7E93057A1E6B2C9D40F385";
pub(crate) const CMCC_TOKEN: &str = "STsid0000001795322076789Qh7kT2vXb3NfZ8wLr5YpD1mJc6GxA4sKe";

pub(crate) static SHANYAN: LazyLock<Client> = LazyLock::new(|| {
    client("shanyan", &[("app_id", APP_ID), ("app_key", APP_KEY), ("private_key", &key("keys/rsa1024.pkcs8.pem"))])
});

/// Two apps, so that the params decide.
pub(crate) static SHANYAN_APPS: LazyLock<Client> = LazyLock::new(|| {
    let apps = [[("app_id", APP_ID), ("app_key", APP_KEY)], [("app_id", "Zw3nB8xK"), ("app_key", "m4Rd7sJf")]];
    Client::with_apps("shanyan", [("encrypt_type", "aes")], apps).expect("known options")
});

pub(crate) static CMCC: LazyLock<Client> = LazyLock::new(|| {
    client(
        "cmcc",
        &[("app_id", "300012081234"), ("app_key", CMCC_KEY), ("decrypt_key", &key("keys/rsa1024.pkcs8.pem"))],
    )
});

/// `key_type` 1, and logins signed by RSA.
pub(crate) static CMCC_RSA: LazyLock<Client> = LazyLock::new(|| {
    client(
        "cmcc",
        &[
            ("app_id", "300012081234"),
            ("app_key", "D8F2A61B4C7E93057A1E6B2C9D40F385"),
            ("private_key", &key("keys/rsa1024.pkcs8.pem")),
            ("platform_key", &key("keys/other1024.pub.pem")),
            ("key_type", "1"),
        ],
    )
});

pub(crate) static YUXIN: LazyLock<Client> = LazyLock::new(|| {
    client(
        "yuxin",
        &[
            ("base_url", "https://yuxin.example"),
            ("token", "yx-4f7d2c91b8a34e06"),
            ("key", "Rk7wZ2pXq9Lm4TbV"),
            ("cipher", "sm4-cbc"),
        ],
    )
});

/// Reads a reply: a call that was prepared, or the client alone; with a secret that it knows.
pub(crate) enum Reader {
    Call(Box<Call<Outcome>>, &'static str),
    Client(&'static Client, Operation, &'static str),
}

/// Every provider and operation, with the call at hand and without.
pub(crate) static READERS: LazyLock<Vec<Reader>> = LazyLock::new(|| {
    let v1 = || V1.iter().copied().collect::<quhao::Params>();
    let with = |name, value| [("token", V2_TOKEN), (name, value)];
    let call = |client: &Client, ask: Ask, secret| {
        Reader::Call(Box::new(client.prepare(&ask, &moment()).expect("params that are in order")), secret)
    };
    vec![
        call(&SHANYAN, Ask::fetch_number(v1()), V1[1].1),
        call(&SHANYAN, Ask::fetch_number(V2_TOKEN), V2_TOKEN),
        call(&SHANYAN, Ask::fetch_number(with("encryptType", "1")), APP_KEY),
        call(&SHANYAN, Ask::verify_number(with("outId", "trace-1"), Some("13800138000")), "13800138000"),
        Reader::Client(&SHANYAN, Operation::FetchNumber, APP_KEY),
        Reader::Client(&SHANYAN, Operation::VerifyNumber, APP_KEY),
        call(&CMCC, Ask::fetch_number("STid-1"), "STid-1"),
        call(&CMCC, Ask::verify_number(CMCC_TOKEN, Some("13800138000")), CMCC_TOKEN),
        Reader::Client(&CMCC, Operation::FetchNumber, CMCC_KEY),
        Reader::Client(&CMCC, Operation::VerifyNumber, CMCC_KEY),
        call(&YUXIN, Ask::verify_identity("13800138000", "张三", "11010519491231002X"), "张三"),
        Reader::Client(&YUXIN, Operation::VerifyIdentity, "Rk7wZ2pXq9Lm4TbV"),
    ]
});

pub(crate) fn key(file: &str) -> String {
    std::fs::read_to_string(quhao_vectors::folder().join(file)).expect("a key's file")
}

fn client(provider: &str, options: &[(&str, &str)]) -> Client {
    Client::new(provider, options.iter().copied()).expect("options that are in order")
}
