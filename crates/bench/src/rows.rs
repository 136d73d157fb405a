//! The table: each row with its unit, its measures, and the target of each measure.

/// One row of the table.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) zh: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) ratio: Ratio,
    /// Whether both READMEs have it; the whole table is in this folder's README.
    pub(crate) in_readme: bool,
    pub(crate) measures: &'static [Measure],
}

/// How the two sides of a row are compared. Less is better in every unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ratio {
    /// The peer's figure over quhao's; the target is a minimum.
    Speedup,
    /// quhao's figure over the peer's; the target is a maximum.
    Cost,
    /// None: the target is a maximum in the row's unit.
    None,
}

/// One measurement of a row.
#[derive(Debug)]
pub(crate) struct Measure {
    /// The program that measures it.
    pub(crate) host: &'static str,
    /// Its part of the row: "TLS"; empty where the row has no parts.
    pub(crate) part: &'static str,
    /// Empty where quhao stands alone.
    pub(crate) peer: &'static str,
    /// `None`: reported without a target.
    pub(crate) target: Option<f64>,
}

/// The row and the measure of these names.
pub(crate) fn find(row: &str, part: &str, peer: &str) -> Option<(&'static Row, &'static Measure)> {
    let row = ROWS.iter().find(|known| known.name == row)?;
    Some((row, row.measures.iter().find(|known| known.part == part && known.peer == peer)?))
}

/// The hosts, in the order in which they run.
pub(crate) const HOSTS: [&str; 4] = ["rust", "python", "node", "php"];

const fn measure(host: &'static str, part: &'static str, peer: &'static str, target: Option<f64>) -> Measure {
    Measure { host, part, peer, target }
}

/// All rows, in the order of the table.
pub(crate) const ROWS: &[Row] = &[
    Row {
        name: "Rust call, one core",
        zh: "Rust 调用，单核",
        unit: "µs",
        ratio: Ratio::Cost,
        in_readme: true,
        measures: &[measure("rust", "plain", "reqwest", Some(1.2)), measure("rust", "TLS", "reqwest", Some(1.2))],
    },
    Row {
        name: "Rust blocking call",
        zh: "Rust 阻塞调用",
        unit: "µs",
        ratio: Ratio::Cost,
        in_readme: true,
        measures: &[
            measure("rust", "one core", "reqwest::blocking", Some(1.1)),
            measure("rust", "two cores", "reqwest::blocking", Some(1.0)),
        ],
    },
    Row {
        name: "Python call, one core",
        zh: "Python 调用，单核",
        unit: "µs",
        ratio: Ratio::Speedup,
        in_readme: true,
        measures: &[
            measure("python", "", "requests.Session", Some(8.0)),
            measure("python", "", "httpx.Client", Some(6.0)),
        ],
    },
    Row {
        name: "Python, 100 in flight",
        zh: "Python，100 个并发",
        unit: "µs",
        ratio: Ratio::Speedup,
        in_readme: true,
        measures: &[measure("python", "", "aiohttp", Some(3.0)), measure("python", "", "httpx.AsyncClient", Some(3.0))],
    },
    Row {
        name: "Node call, one core",
        zh: "Node 调用，单核",
        unit: "µs",
        ratio: Ratio::Speedup,
        in_readme: true,
        measures: &[measure("node", "", "undici", Some(1.8)), measure("node", "", "fetch", Some(3.5))],
    },
    Row {
        name: "Node, 100 in flight",
        zh: "Node，100 个并发",
        unit: "µs",
        ratio: Ratio::Speedup,
        in_readme: true,
        measures: &[measure("node", "", "undici", Some(1.8))],
    },
    Row {
        name: "PHP-FPM login over TLS",
        zh: "PHP-FPM 登录，TLS",
        unit: "µs",
        ratio: Ratio::Speedup,
        in_readme: true,
        measures: &[
            measure("php", "", "curl handle per request", Some(60.0)),
            measure("php", "", "curl handle reused", Some(0.9)),
        ],
    },
    Row {
        name: "connections",
        zh: "连接数",
        unit: "",
        ratio: Ratio::None,
        in_readme: true,
        measures: &[
            measure("php", "handshakes of 1,000 logins", "curl handle per request", Some(1.0)),
            measure("rust", "connections of 1,000 clients", "reqwest::Client each", Some(1.0)),
        ],
    },
    Row {
        name: "processor time of a login, gateway of 50 ms, 100 in flight",
        zh: "一次登录的 CPU 时间（网关耗时 50 ms，100 个并发）",
        unit: "µs",
        ratio: Ratio::Cost,
        in_readme: true,
        measures: &[
            measure("rust", "Rust", "reqwest", Some(1.3)),
            measure("python", "Python", "aiohttp", Some(0.5)),
            measure("node", "Node", "undici", Some(0.5)),
            measure("php", "PHP-FPM", "curl handle reused", None),
        ],
    },
    Row {
        name: "wall time of a login, gateway of 50 ms",
        zh: "一次登录的耗时（网关耗时 50 ms）",
        unit: "ms",
        ratio: Ratio::Cost,
        in_readme: false,
        measures: &[
            measure("rust", "Rust, a call", "reqwest", Some(1.01)),
            measure("rust", "Rust, 100 in flight", "reqwest", Some(1.01)),
            measure("python", "Python, a call", "aiohttp", Some(1.01)),
            measure("python", "Python, 100 in flight", "aiohttp", Some(1.01)),
            measure("node", "Node, a call", "undici", Some(1.01)),
            measure("node", "Node, 100 in flight", "undici", Some(1.01)),
            measure("php", "PHP-FPM, a call", "curl handle reused", Some(1.01)),
            measure("php", "PHP-FPM, 100 in flight", "curl handle reused", Some(1.01)),
        ],
    },
    Row {
        name: "RSA",
        zh: "RSA",
        unit: "µs",
        ratio: Ratio::Cost,
        in_readme: true,
        measures: &[
            measure("rust", "2048 bits, decrypt", "OpenSSL", Some(1.2)),
            measure("rust", "2048 bits, sign", "OpenSSL", Some(1.2)),
            measure("rust", "1024 bits, decrypt", "OpenSSL", None),
        ],
    },
    Row {
        name: "sign a login and open its number, no I/O",
        zh: "签名并解密号码（无 I/O）",
        unit: "µs",
        ratio: Ratio::Cost,
        in_readme: true,
        measures: &[
            measure("rust", "Rust", "", None),
            measure("python", "Python", "hmac, cryptography", Some(1.0)),
            measure("node", "Node", "node:crypto", Some(1.0)),
            measure("php", "PHP", "hash_hmac, openssl", Some(1.0)),
        ],
    },
    Row {
        name: "memory of each of 10,000 calls in flight",
        zh: "10,000 个并发时每个调用的内存",
        unit: "KiB",
        ratio: Ratio::None,
        in_readme: true,
        measures: &[measure("rust", "plain", "", Some(40.0)), measure("rust", "TLS", "", Some(40.0))],
    },
    Row {
        name: "import, require, load",
        zh: "加载",
        unit: "ms",
        ratio: Ratio::None,
        in_readme: false,
        measures: &[
            measure("python", "Python", "", Some(15.0)),
            measure("node", "Node", "", Some(10.0)),
            measure("php", "PHP", "", Some(3.0)),
        ],
    },
    Row {
        name: "memory after 1,000 calls",
        zh: "1,000 次调用后多占的内存",
        unit: "KiB",
        ratio: Ratio::None,
        in_readme: false,
        measures: &[
            measure("python", "Python", "", None),
            measure("node", "Node", "", None),
            measure("php", "PHP", "", None),
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_measure_has_names_of_its_own_and_a_host() {
        let mut seen = std::collections::BTreeSet::new();
        for row in ROWS {
            for Measure { host, part, peer, .. } in row.measures {
                assert!(HOSTS.contains(host), "{host}");
                assert!(seen.insert((row.name, part, peer)), "{} {part} {peer}", row.name);
            }
        }
    }

    #[test]
    fn the_tables_stay_short() {
        assert!(ROWS.len() <= 20);
        assert!(ROWS.iter().filter(|row| row.in_readme).count() <= 12);
    }
}
