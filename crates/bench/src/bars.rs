//! The rows: what is measured, beside what, and what is to be reached.

use Bar::{AtMost, Times, Told, Within};

/// What a row has to reach.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Bar {
    /// Ours is so many times better than the other, or more: faster, or more of them in a second.
    Times(f64),
    /// Ours takes so many times what the other takes, or less.
    Within(f64),
    /// Ours is this much in the row's unit, or less.
    AtMost(f64),
    /// Nothing: the number is told.
    Told,
}

/// One row of the table.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) host: &'static str,
    pub(crate) name: &'static str,
    pub(crate) zh: &'static str,
    /// Beside what; empty where it stands alone.
    pub(crate) other: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) bar: Bar,
}

/// The row of a name and of what it stands beside.
pub(crate) fn find(name: &str, other: &str) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.name == name && row.other == other)
}

const fn row(
    host: &'static str,
    name: &'static str,
    zh: &'static str,
    other: &'static str,
    unit: &'static str,
    bar: Bar,
) -> Row {
    Row { host, name, zh, other, unit, bar }
}

/// Processor time of ours, told.
const fn cpu(name: &'static str, zh: &'static str) -> Row {
    row("rust", name, zh, "", US, Told)
}

/// All of them, in the order of the table.
pub(crate) const ROWS: &[Row] = &[
    row("rust", "rust call, keep-alive", "Rust 调用，长连接", "reqwest", US, Within(1.15)),
    row("rust", "rust call, keep-alive", "Rust 调用，长连接", "blocking socket", US, Told),
    row("rust", "rust call over TLS, keep-alive", "Rust 调用，TLS 长连接", "reqwest", US, Within(1.15)),
    row("rust", "rust blocking call, keep-alive", "Rust 阻塞调用，长连接", "reqwest on a thread of its own", US, Told),
    row("rust", "rust, 100 in flight", "Rust，100 个并发", "reqwest", RATE, Told),
    row("rust", "RSA-2048 decrypt", "RSA-2048 解密", "OpenSSL", US, Within(1.2)),
    row("rust", "RSA-2048 sign", "RSA-2048 签名", "OpenSSL", US, Within(1.2)),
    row("rust", "RSA-1024 decrypt", "RSA-1024 解密", "OpenSSL", US, Within(2.5)),
    row("rust", "rust open, ShanYan V1", "Rust 解密闪验 V1 号码", "", US, AtMost(1.0)),
    row("rust", "rust sign, ShanYan V2", "Rust 签名闪验 V2", "", US, AtMost(1.0)),
    row("rust", "rust sign, China Mobile", "Rust 签名移动认证", "", US, AtMost(1.0)),
    row("rust", "10,000 calls in flight", "10,000 个并发，每个的内存", "", KIB, AtMost(32.0)),
    row("rust", "10,000 calls in flight over TLS", "10,000 个 TLS 并发，每个的内存", "", KIB, AtMost(32.0)),
    row("rust", "threads of ours, 10,000 calls in flight", "10,000 个并发时 quhao 的线程", "", THREADS, AtMost(1.0)),
    cpu("processor time, 1 in flight", "CPU 时间，1 个并发"),
    cpu("processor time, 10 in flight", "CPU 时间，10 个并发"),
    cpu("processor time, 100 in flight", "CPU 时间，100 个并发"),
    cpu("processor time, 1,000 in flight", "CPU 时间，1,000 个并发"),
    cpu("processor time, 10,000 in flight", "CPU 时间，10,000 个并发"),
    cpu("processor time of a login, shanyan-v1", "一次登录的 CPU 时间，shanyan-v1"),
    cpu("processor time of a login, shanyan-v1-rsa1024", "一次登录的 CPU 时间，shanyan-v1-rsa1024"),
    cpu("processor time of a login, shanyan-v1-rsa2048", "一次登录的 CPU 时间，shanyan-v1-rsa2048"),
    cpu("processor time of a login, shanyan-v2", "一次登录的 CPU 时间，shanyan-v2"),
    cpu("processor time of a login, shanyan-v2-rsa1024", "一次登录的 CPU 时间，shanyan-v2-rsa1024"),
    cpu("processor time of a login, shanyan-v2-verify", "一次登录的 CPU 时间，shanyan-v2-verify"),
    cpu("processor time of a login, cmcc-login", "一次登录的 CPU 时间，cmcc-login"),
    cpu("processor time of a login, cmcc-login-rsa1024", "一次登录的 CPU 时间，cmcc-login-rsa1024"),
    cpu("processor time of a login, cmcc-login-rsa2048", "一次登录的 CPU 时间，cmcc-login-rsa2048"),
    cpu("processor time of a login, cmcc-verify", "一次登录的 CPU 时间，cmcc-verify"),
    cpu("processor time of a login, yuxin", "一次登录的 CPU 时间，yuxin"),
    cpu("the I/O thread's part of a login, shanyan-v2", "一次登录中 I/O 线程的部分，shanyan-v2"),
    row("rust", "connections of 1 client", "1 个客户端的连接", "reqwest::Client each", CONNECTIONS, AtMost(1.0)),
    row(
        "rust",
        "connections of 1,000 clients",
        "1,000 个客户端的连接",
        "reqwest::Client each",
        CONNECTIONS,
        AtMost(1.0),
    ),
    row("rust", "one more client", "再建一个客户端", "reqwest::Client each", US, Told),
    row("rust", "one more client with a known RSA key", "再建一个同一 RSA 密钥的客户端", "", US, Told),
    row("rust", "cold start to first number", "冷启动到第一个号码", "reqwest", MS, Told),
    row("python", "python call, keep-alive", "Python 调用，长连接", "requests.Session", US, Times(12.0)),
    row("python", "python call, keep-alive", "Python 调用，长连接", "httpx.Client", US, Times(9.0)),
    row("python", "python, 100 in flight", "Python，100 个并发", "aiohttp", RATE, Times(3.0)),
    row("python", "python, 100 in flight", "Python，100 个并发", "httpx.AsyncClient", RATE, Times(3.0)),
    row("python", "python open, ShanYan V1", "Python 解密闪验 V1 号码", "pycryptodome", US, Times(2.0)),
    row("python", "python sign, ShanYan V2", "Python 签名闪验 V2", "hmac", US, Times(2.0)),
    row("python", "python sign, China Mobile", "Python 签名移动认证", "hashlib", US, Times(2.0)),
    row("python", "python import", "Python import", "", MS, AtMost(15.0)),
    row("python", "python resident after import", "Python 加载后多占的内存", "", KIB, AtMost(4096.0)),
    row("python", "python resident after 1,000 calls", "Python 1,000 次调用后多占的内存", "", KIB, AtMost(10_240.0)),
    row("node", "node call, keep-alive", "Node 调用，长连接", "undici.request", US, Times(6.0)),
    row("node", "node call, keep-alive", "Node 调用，长连接", "fetch", US, Times(15.0)),
    row("node", "node call, keep-alive", "Node 调用，长连接", "axios", US, Times(12.0)),
    row("node", "node call, keep-alive", "Node 调用，长连接", "net.Socket", US, Told),
    row("node", "node, 100 in flight", "Node，100 个并发", "undici", RATE, Times(2.5)),
    row("node", "node open, ShanYan V1", "Node 解密闪验 V1 号码", "node-forge", US, Times(2.0)),
    row("node", "node sign, ShanYan V2", "Node 签名闪验 V2", "node:crypto", US, Times(2.0)),
    row("node", "node sign, China Mobile", "Node 签名移动认证", "node:crypto", US, Times(2.0)),
    row("node", "node require", "Node require", "", MS, AtMost(10.0)),
    row("node", "node resident after require", "Node 加载后多占的内存", "", KIB, AtMost(4096.0)),
    row("node", "node resident after 1,000 calls", "Node 1,000 次调用后多占的内存", "", KIB, AtMost(10_240.0)),
    row("php", "php-fpm login over TLS", "PHP-FPM 登录，TLS", "curl handle per request", US, Times(30.0)),
    row("php", "php-fpm login over TLS", "PHP-FPM 登录，TLS", "curl handle reused", US, Times(1.0)),
    row(
        "php",
        "php-fpm login over TLS, one root trusted",
        "PHP-FPM 登录，TLS，只信任一个根证书",
        "curl handle per request",
        US,
        Told,
    ),
    row("php", "php-fpm whole request", "PHP-FPM 整个请求", "curl handle per request", US, Told),
    row(
        "php",
        "php-fpm handshakes for 1,000 logins",
        "PHP-FPM 1,000 次登录的 TLS 握手",
        "curl handle per request",
        HANDSHAKES,
        AtMost(1.0),
    ),
    row("php", "php open, ShanYan V1", "PHP 解密闪验 V1 号码", "phpseclib", US, Times(2.0)),
    row("php", "php open, ShanYan V1", "PHP 解密闪验 V1 号码", "openssl, triple DES", US, Times(2.0)),
    row("php", "php sign, ShanYan V2", "PHP 签名闪验 V2", "hash_hmac", US, Times(2.0)),
    row("php", "php sign, China Mobile", "PHP 签名移动认证", "md5", US, Times(2.0)),
    row("php", "php extension load", "PHP 扩展加载", "", MS, AtMost(3.0)),
    row("php", "php resident after load", "PHP 加载后多占的内存", "", KIB, AtMost(4096.0)),
    row("php", "php resident after 1,000 calls", "PHP 1,000 次调用后多占的内存", "", KIB, AtMost(10_240.0)),
];

/// Whose rows they are.
pub(crate) const HOSTS: [&str; 4] = ["rust", "python", "node", "php"];

const CONNECTIONS: &str = "connections";
const HANDSHAKES: &str = "handshakes";
const KIB: &str = "KiB";
const MS: &str = "ms";
const RATE: &str = "calls/s";
const THREADS: &str = "threads";
const US: &str = "us per call";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_row_is_there_twice() {
        for (at, row) in ROWS.iter().enumerate() {
            assert!(ROWS[at + 1..].iter().all(|later| (later.name, later.other) != (row.name, row.other)), "{row:?}");
        }
    }

    #[test]
    fn every_bar_of_the_issue_is_there() {
        let barred = |host: &str| {
            ROWS.iter().filter(|row| row.host == host && row.bar != Told).map(|row| row.bar).collect::<Vec<_>>()
        };
        let [call, tls, decrypt, sign, small] = [1.15, 1.15, 1.2, 1.2, 2.5].map(Within);
        let (micro, memory, one) = (AtMost(1.0), AtMost(32.0), AtMost(1.0));
        let rust = [call, tls, decrypt, sign, small, micro, micro, micro, memory, memory, one, one, one];
        assert_eq!(barred("rust"), rust);
        let crypto = [Times(2.0); 3];
        let resident = [AtMost(4096.0), AtMost(10_240.0)];
        let calls = [12.0, 9.0, 3.0, 3.0].map(Times);
        assert_eq!(barred("python"), [&calls[..], &crypto, &[AtMost(15.0)], &resident].concat());
        let calls = [6.0, 15.0, 12.0, 2.5].map(Times);
        assert_eq!(barred("node"), [&calls[..], &crypto, &[AtMost(10.0)], &resident].concat());
        let logins = [Times(30.0), Times(1.0), AtMost(1.0)];
        // The open is beside two: what PHP has without DES, and triple DES with one key three times.
        assert_eq!(barred("php"), [&logins[..], &[Times(2.0)], &crypto, &[AtMost(3.0)], &resident].concat());
    }
}
