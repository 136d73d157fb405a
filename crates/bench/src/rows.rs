//! The table: each row with its unit, its measures, and the target of each measure; the rows are in `rows.json`.

use std::sync::LazyLock;

use serde::Deserialize;

/// One row of the table.
#[derive(Debug, Deserialize)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) zh: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) ratio: Ratio,
    /// Whether both READMEs have it; the whole table is in this folder's README.
    pub(crate) in_readme: bool,
    pub(crate) measures: Vec<Measure>,
}

/// How the two sides of a row are compared. Less is better in every unit.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Ratio {
    /// The peer's figure over quhao's; the target is a minimum.
    Speedup,
    /// quhao's figure over the peer's; the target is a maximum.
    Cost,
    /// None: the target is a maximum in the row's unit.
    None,
}

/// One measurement of a row: in `rows.json` a list in this order.
#[derive(Debug, Deserialize)]
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

/// All rows, in the order of the table.
pub(crate) static ROWS: LazyLock<Vec<Row>> =
    LazyLock::new(|| serde_json::from_str(include_str!("rows.json")).expect("a test reads the rows"));

/// The row and the measure of these names.
pub(crate) fn find(row: &str, part: &str, peer: &str) -> Option<(&'static Row, &'static Measure)> {
    let row = ROWS.iter().find(|known| known.name == row)?;
    Some((row, row.measures.iter().find(|known| known.part == part && known.peer == peer)?))
}

/// The hosts, in the order in which they run.
pub(crate) const HOSTS: [&str; 4] = ["rust", "python", "node", "php"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_measure_has_names_of_its_own_and_a_host() {
        let mut seen = std::collections::BTreeSet::new();
        for row in ROWS.iter() {
            for Measure { host, part, peer, .. } in &row.measures {
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
