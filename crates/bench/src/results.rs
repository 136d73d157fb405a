//! From what the programs print to the rows of the table.

use serde::{Deserialize, Serialize};

use crate::Failure;
use crate::bars::{self, Bar, Row};
use crate::cores::Cores;
use crate::stats::{interquartile_range, median};

/// A line that a language's program prints.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Line {
    Samples(Samples),
    About { about: String },
    Cores { cores: Cores },
}

/// A row as it was measured: a number for each round.
#[derive(Debug, Deserialize)]
pub(crate) struct Samples {
    pub(crate) name: String,
    pub(crate) other_name: Option<String>,
    pub(crate) unit: String,
    pub(crate) ours: Vec<f64>,
    pub(crate) other: Option<Vec<f64>>,
}

/// A row as it is kept and shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Measured {
    pub(crate) name: String,
    pub(crate) host: String,
    pub(crate) other_name: Option<String>,
    pub(crate) unit: String,
    /// The median of ours.
    pub(crate) ours: f64,
    /// Third quartile less first.
    pub(crate) ours_spread: f64,
    /// The median of the other.
    pub(crate) other: Option<f64>,
    pub(crate) other_spread: Option<f64>,
    /// How many times better ours is, for "≥" and where nothing is to be reached; ours over the other's for "≤".
    pub(crate) ratio: Option<f64>,
    /// `≥ 12×`, `≤ 1.15×`, `≤ 32 KiB`; null where nothing is to be reached.
    pub(crate) bar: Option<String>,
    /// Whether it is reached.
    pub(crate) holds: Option<bool>,
    /// The rounds.
    pub(crate) samples: usize,
}

impl Measured {
    /// Reads a line against its row of the table.
    ///
    /// # Errors
    ///
    /// For a row that the table does not have, another unit than its own, or samples that are missing or no numbers.
    pub(crate) fn new(samples: &Samples) -> Result<Self, Failure> {
        let other_name = samples.other_name.as_deref().filter(|name| !name.is_empty());
        let row = bars::find(&samples.name, other_name.unwrap_or_default());
        let row = row.ok_or_else(|| format!("{}: no such row beside {other_name:?} in bars.rs", samples.name))?;
        if row.unit != samples.unit {
            return Err(format!("{}: expected {}, got {}", row.name, row.unit, samples.unit).into());
        }
        let summed = |samples: &[f64]| -> Result<(f64, f64), Failure> {
            if samples.is_empty() || !samples.iter().all(|sample| sample.is_finite()) {
                return Err(format!("{}: expected a number for each round, got {samples:?}", row.name).into());
            }
            Ok((median(samples).unwrap_or_default(), interquartile_range(samples).unwrap_or_default()))
        };
        let (ours, ours_spread) = summed(&samples.ours)?;
        let other = samples.other.as_deref().map(summed).transpose()?;
        if row.other.is_empty() != other.is_none() {
            return Err(format!("{}: expected samples of {:?}", row.name, row.other).into());
        }
        let ratio = other.map(|(other, _)| ratio(row, ours, other));
        Ok(Self {
            name: row.name.to_owned(),
            host: row.host.to_owned(),
            other_name: other_name.map(str::to_owned),
            unit: row.unit.to_owned(),
            ours,
            ours_spread,
            other: other.map(|(median, _)| median),
            other_spread: other.map(|(_, spread)| spread),
            ratio,
            bar: told(row),
            holds: holds(row.bar, ours, ratio),
            samples: samples.ours.len(),
        })
    }
}

/// How many times better ours is; for "within", how many times what the other takes.
fn ratio(row: &Row, ours: f64, other: f64) -> f64 {
    let more_is_better = row.unit.ends_with("/s");
    match row.bar {
        Bar::Within(_) if more_is_better => other / ours,
        Bar::Within(_) => ours / other,
        _ if more_is_better => ours / other,
        _ => other / ours,
    }
}

fn holds(bar: Bar, ours: f64, ratio: Option<f64>) -> Option<bool> {
    match bar {
        Bar::Times(least) => Some(ratio.is_some_and(|ratio| ratio >= least)),
        Bar::Within(most) => Some(ratio.is_some_and(|ratio| ratio <= most)),
        Bar::AtMost(most) => Some(ours <= most),
        Bar::Told => None,
    }
}

/// The bar in words.
fn told(row: &Row) -> Option<String> {
    match row.bar {
        Bar::Times(least) => Some(format!("≥ {least}×")),
        Bar::Within(most) => Some(format!("≤ {most}×")),
        Bar::AtMost(most) => Some(format!("≤ {most} {}", row.unit)),
        Bar::Told => None,
    }
}

/// The rows of these programs that nobody measured.
pub(crate) fn missing(hosts: &[&str], measured: &[Measured]) -> Vec<String> {
    let is_there = |row: &&Row| {
        measured.iter().any(|found| found.name == row.name && found.other_name.as_deref().unwrap_or("") == row.other)
    };
    let wanted = bars::ROWS.iter().filter(|row| hosts.contains(&row.host));
    wanted.filter(|row| !is_there(row)).map(|row| format!("{} beside {:?}", row.name, row.other)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(name: &str, other_name: &str, unit: &str, ours: &[f64], other: &[f64]) -> Result<Measured, Failure> {
        let some = (!other_name.is_empty()).then(|| (other_name.to_owned(), other.to_vec()));
        let (other_name, other) = some.unzip();
        Measured::new(&Samples { name: name.into(), other_name, unit: unit.into(), ours: ours.to_vec(), other })
    }

    #[test]
    fn a_time_is_so_many_times_better_when_it_is_so_many_times_shorter() {
        let row = measured("python call, keep-alive", "requests.Session", "us per call", &[70.0, 80.0, 90.0], &[960.0])
            .unwrap();
        assert_eq!((row.ours, row.other, row.ratio, row.holds), (80.0, Some(960.0), Some(12.0), Some(true)));
        assert_eq!((row.bar.as_deref(), row.samples, row.ours_spread), (Some("≥ 12×"), 3, 10.0));
    }

    #[test]
    fn a_rate_is_so_many_times_better_when_it_is_so_many_times_higher() {
        let row = measured("python, 100 in flight", "aiohttp", "calls/s", &[8000.0], &[4000.0]).unwrap();
        assert_eq!((row.ratio, row.holds), (Some(2.0), Some(false)));
    }

    #[test]
    fn a_row_that_may_cost_more_tells_how_much_more() {
        let row = measured("RSA-1024 decrypt", "OpenSSL", "us per call", &[300.0], &[100.0]).unwrap();
        assert_eq!((row.ratio, row.holds, row.bar.as_deref()), (Some(3.0), Some(false), Some("≤ 2.5×")));
        let row = measured("rust call, keep-alive", "reqwest", "us per call", &[115.0], &[100.0]).unwrap();
        assert_eq!(row.holds, Some(true));
    }

    #[test]
    fn a_row_that_stands_alone_is_held_to_its_own_unit() {
        let row = measured("10,000 calls in flight", "", "KiB", &[31.0], &[]).unwrap();
        assert_eq!((row.ratio, row.holds, row.bar.as_deref()), (None, Some(true), Some("≤ 32 KiB")));
        let told = measured("processor time, 10 in flight", "", "us per call", &[31.0], &[]).unwrap();
        assert_eq!((told.bar, told.holds), (None, None));
    }

    #[test]
    fn what_the_table_does_not_know_is_refused() {
        assert!(measured("python call, keep-alive", "urllib", "us per call", &[1.0], &[1.0]).is_err());
        assert!(measured("python call, keep-alive", "httpx.Client", "ms", &[1.0], &[1.0]).is_err());
        assert!(measured("python call, keep-alive", "httpx.Client", "us per call", &[], &[1.0]).is_err());
        assert!(measured("10,000 calls in flight", "", "KiB", &[f64::NAN], &[]).is_err());
    }

    #[test]
    fn a_row_that_nobody_measured_is_missed() {
        let row = measured("python call, keep-alive", "httpx.Client", "us per call", &[1.0], &[1.0]).unwrap();
        let missed = missing(&["python"], &[row]);
        assert!(missed.iter().any(|row| row.contains("requests.Session")));
        assert!(!missed.iter().any(|row| row.contains("httpx.Client")));
    }
}
