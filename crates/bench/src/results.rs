//! From the lines that the hosts print to the figures of the table.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Failure;
use crate::rows::{self, Measure, Ratio, Row};

/// A line that a host prints.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Line {
    /// A measure, with a figure for each round.
    Samples(Samples),
    /// The versions that the host runs on.
    Versions { versions: String },
    /// The cores that the host and the gateway are to run on from now on.
    Cores { cores: crate::cores::Cores },
}

#[derive(Debug, Deserialize)]
pub(crate) struct Samples {
    row: String,
    part: String,
    peer: String,
    ours: Vec<f64>,
    theirs: Vec<f64>,
}

/// A measure as it is kept: the medians of its rounds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Figures {
    pub(crate) row: String,
    pub(crate) part: String,
    pub(crate) peer: String,
    pub(crate) ours: f64,
    pub(crate) theirs: Option<f64>,
    pub(crate) rounds: usize,
}

/// Everything of a run that is kept.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Results {
    pub(crate) machine: String,
    /// By host.
    pub(crate) versions: BTreeMap<String, String>,
    pub(crate) figures: Vec<Figures>,
}

impl Figures {
    /// # Errors
    ///
    /// For a measure that the table does not have, and for samples that are missing or not finite.
    pub(crate) fn new(samples: &Samples) -> Result<Self, Failure> {
        let Samples { row, part, peer, ours, theirs } = samples;
        rows::find(row, part, peer).ok_or_else(|| format!("rows.json has no measure {row:?}, {part:?}, {peer:?}"))?;
        let is_complete = if peer.is_empty() { theirs.is_empty() } else { theirs.len() == ours.len() };
        if ours.is_empty() || !is_complete || !ours.iter().chain(theirs).all(|sample| sample.is_finite()) {
            return Err(format!("{row}, {part}: expected a figure for each round, got {ours:?} and {theirs:?}").into());
        }
        let round = |figure: f64| (figure * 1e4).round() / 1e4;
        Ok(Self {
            row: row.clone(),
            part: part.clone(),
            peer: peer.clone(),
            ours: median(ours).map(round).unwrap_or_default(),
            theirs: median(theirs).map(round),
            rounds: ours.len(),
        })
    }

    pub(crate) fn ratio(&self, row: &Row) -> Option<f64> {
        let theirs = self.theirs?;
        match row.ratio {
            Ratio::Speedup => Some(theirs / self.ours),
            Ratio::Cost => Some(self.ours / theirs),
            Ratio::None => None,
        }
    }

    /// Whether the target is met; `None` where there is none.
    pub(crate) fn meets(&self, row: &Row, measure: &Measure) -> Option<bool> {
        let target = measure.target?;
        Some(match (row.ratio, self.ratio(row)) {
            (Ratio::Speedup, Some(ratio)) => ratio >= target,
            (Ratio::Cost, Some(ratio)) => ratio <= target,
            _ => self.ours <= target,
        })
    }
}

impl Results {
    pub(crate) fn of(&self, row: &Row, measure: &Measure) -> Option<&Figures> {
        self.figures
            .iter()
            .find(|figures| figures.row == row.name && figures.part == measure.part && figures.peer == measure.peer)
    }

    /// The measures of a host that have no figures.
    pub(crate) fn missing(&self, host: &str) -> Vec<String> {
        let measures = rows::ROWS.iter().flat_map(|row| row.measures.iter().map(move |measure| (row, measure)));
        let missing = measures.filter(|(row, measure)| measure.host == host && self.of(row, measure).is_none());
        missing.map(|(row, measure)| format!("{}, {:?}, {:?}", row.name, measure.part, measure.peer)).collect()
    }

    /// JSON with a line for each measure, so that a diff shows which one changed.
    pub(crate) fn to_json(&self) -> Result<String, Failure> {
        let figures: Result<Vec<String>, _> = self.figures.iter().map(serde_json::to_string).collect();
        Ok(format!(
            "{{\n  \"machine\": {},\n  \"versions\": {},\n  \"figures\": [\n    {}\n  ]\n}}\n",
            serde_json::to_string(&self.machine)?,
            serde_json::to_string(&self.versions)?,
            figures?.join(",\n    ")
        ))
    }
}

/// The middle of the samples; the mean of the middle two where their number is even.
fn median(samples: &[f64]) -> Option<f64> {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (low, high) = (sorted.get(sorted.len().checked_sub(1)? / 2)?, sorted.get(sorted.len() / 2)?);
    Some(f64::midpoint(*low, *high))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(row: &str, part: &str, peer: &str, ours: &[f64], theirs: &[f64]) -> Result<Figures, Failure> {
        let [row, part, peer] = [row, part, peer].map(str::to_owned);
        Figures::new(&Samples { row, part, peer, ours: ours.to_vec(), theirs: theirs.to_vec() })
    }

    #[test]
    fn a_row_of_speed_is_held_to_a_minimum() {
        let found = figures("Node, 100 in flight", "", "undici", &[30.0, 10.0, 20.0], &[60.0, 34.0, 36.0]).unwrap();
        let (row, measure) = rows::find(&found.row, "", "undici").unwrap();
        assert_eq!((found.ours, found.theirs), (20.0, Some(36.0)));
        assert_eq!((found.ratio(row), found.meets(row, measure)), (Some(1.8), Some(true)));
    }

    #[test]
    fn a_row_of_cost_is_held_to_a_maximum_where_it_has_one() {
        let found = figures("RSA", "2048 bits, sign", "OpenSSL", &[130.0], &[100.0]).unwrap();
        let (row, measure) = rows::find("RSA", "2048 bits, sign", "OpenSSL").unwrap();
        assert_eq!((found.ratio(row), found.meets(row, measure)), (Some(1.3), Some(false)));
        let reported = rows::find("RSA", "1024 bits, decrypt", "OpenSSL").unwrap().1;
        assert_eq!(found.meets(row, reported), None);
    }

    #[test]
    fn a_row_without_a_ratio_is_held_to_its_own_unit() {
        let found = figures("memory of each of 10,000 calls in flight", "TLS", "", &[41.0], &[]).unwrap();
        let (row, measure) = rows::find(&found.row, "TLS", "").unwrap();
        assert_eq!((found.ratio(row), found.meets(row, measure)), (None, Some(false)));
    }

    #[test]
    fn unknown_measures_and_incomplete_samples_are_refused() {
        assert!(figures("Node, 100 in flight", "", "axios", &[1.0], &[1.0]).is_err());
        assert!(figures("Node, 100 in flight", "", "undici", &[1.0, 2.0], &[1.0]).is_err());
        assert!(figures("Node, 100 in flight", "", "undici", &[], &[]).is_err());
        assert!(figures("Node, 100 in flight", "", "undici", &[f64::NAN], &[1.0]).is_err());
    }

    #[test]
    fn a_measure_without_figures_is_missing() {
        let found = figures("Node, 100 in flight", "", "undici", &[1.0], &[1.0]).unwrap();
        let missing = Results { figures: vec![found], ..Results::default() }.missing("node");
        assert!(missing.iter().any(|measure| measure.contains("fetch")), "{missing:?}");
        assert!(!missing.iter().any(|measure| measure.contains("100 in flight, \"\"")), "{missing:?}");
    }

    #[test]
    fn the_median_is_the_middle_in_any_order() {
        assert_eq!(
            [median(&[3.0, 1.0, 2.0]), median(&[4.0, 1.0, 3.0, 2.0]), median(&[])],
            [Some(2.0), Some(2.5), None]
        );
    }
}
