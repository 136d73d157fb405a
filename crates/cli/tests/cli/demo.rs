//! The demo, row by row.

use std::collections::BTreeMap;

use serde_json::Value;

#[test]
fn every_row_of_the_demo_ends_as_it_should() {
    let run = crate::support::run(&["demo", "--json"], &BTreeMap::new(), "");
    assert_eq!(run.code, 0, "{}", run.stderr);
    run.never_shows(["13800138000", "18900189000", "13000130000", "13900139000", "张三", "11010519491231002X"]);
    let rows = run.json();
    let rows: Vec<&Value> = rows.as_array().unwrap().iter().collect();
    for row in &rows {
        assert_eq!(row["ok"], true, "{row:#}");
    }
    let met = |facts: &[(&str, &str)]| {
        rows.iter().filter(|row| facts.iter().all(|(name, value)| row[*name] == *value)).count()
    };
    for carrier in ["CMCC", "CTCC", "CUCC"] {
        for cipher in ["DES", "RSA-1024", "RSA-2048", "V2 AES-128", "V2 RSA-1024"] {
            let fetched = [("operation", "fetch_number"), ("carrier", carrier), ("cipher", cipher), ("scheme", "http")];
            let by_gateway = |gateway| [&fetched[..], &[("gateway", gateway)]].concat();
            assert_eq!(met(&by_gateway("shanyan")), 1, "{carrier} {cipher}");
        }
        for (cipher, verdict) in ["clear", "V2 clear"].into_iter().flat_map(|c| [(c, "match"), (c, "mismatch")]) {
            let verified = [("gateway", "shanyan"), ("operation", "verify_number"), ("carrier", carrier)];
            let verified = [&verified[..], &[("cipher", cipher), ("verdict", verdict), ("scheme", "http")]].concat();
            assert_eq!(met(&verified), 1, "{carrier} {cipher} {verdict}");
        }
    }
    for app in ["cmcc", "cmcc-legacy", "cmcc-rsa", "cmcc-rsa2048", "shanyan-v2-ios", "shanyan-web", "shanyan-wxprog"] {
        assert!(met(&[("app", app), ("operation", "fetch_number"), ("verdict", "138****8000")]) > 0, "{app}");
    }
    for app in ["cmcc", "cmcc-key-type-1", "cmcc-key-type-1-hex"] {
        for verdict in ["match", "mismatch"] {
            assert!(met(&[("app", app), ("operation", "verify_number"), ("verdict", verdict)]) > 0, "{app} {verdict}");
        }
    }
    for cipher in ["AES-128-CBC", "AES-192-CBC", "AES-256-CBC", "DES-CBC", "3DES-CBC", "SM4-CBC"] {
        for verdict in ["match", "mismatch", "unknown"] {
            let count = met(&[("gateway", "yuxin"), ("cipher", cipher), ("verdict", verdict), ("scheme", "http")]);
            assert_eq!(count, 1, "{cipher} {verdict}");
        }
    }
    assert_eq!(met(&[("scheme", "https")]), 5, "each operation of each gateway over TLS");
    for kind in
        ["credentials", "decrypt", "forbidden", "input", "protocol", "quota", "token", "transport", "unavailable"]
    {
        assert!(met(&[("verdict", kind)]) > 0, "{kind}");
    }
}

#[test]
fn the_table_shows_every_column_and_the_sum() {
    let run = crate::support::run(&["demo"], &BTreeMap::new(), "");
    assert_eq!(run.code, 0, "{}", run.stderr);
    for column in ["gateway", "operation", "carrier", "cipher", "verdict", "charge", "time"] {
        assert!(run.stdout.lines().next().unwrap().contains(column), "{column}: {}", run.stdout);
    }
    let steps = run.stderr.lines().count();
    assert!(run.stdout.ends_with(&format!("{steps} of {steps} steps ended as they should\n")), "{}", run.stdout);
    assert!(!run.stderr.contains('\x1b'), "no terminal, no cursor movement");
}
