//! What a handful of samples say.

/// The middle of the samples, the mean of the middle two where they are even; `None` without any.
pub(crate) fn median(samples: &[f64]) -> Option<f64> {
    quantile(samples, 0.5)
}

/// Half of the samples lie within: third quartile less first.
pub(crate) fn interquartile_range(samples: &[f64]) -> Option<f64> {
    Some(quantile(samples, 0.75)? - quantile(samples, 0.25)?)
}

/// Linear between the two nearest ranks (Hyndman and Fan's type 7, as R and NumPy have it).
fn quantile(samples: &[f64], at: f64) -> Option<f64> {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let position = at * sorted.len().checked_sub(1)? as f64;
    let (below, above) = (position.floor(), position.ceil());
    // Both are ranks of the list.
    let [low, high] = [below, above].map(|rank| sorted.get(rank as usize).copied());
    Some(low? + (high? - low?) * (position - below))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_whatever_the_order() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 3.0, 2.0]), Some(2.5));
        assert_eq!(median(&[7.0]), Some(7.0));
        assert_eq!(median(&[]), None);
    }

    #[test]
    fn one_disturbed_sample_moves_neither_median_nor_spread() {
        let samples = [10.0, 11.0, 12.0, 13.0, 14_000.0];
        assert_eq!((median(&samples), interquartile_range(&samples)), (Some(12.0), Some(2.0)));
    }

    /// `numpy.percentile([1, 2, 4, 8], [25, 75])`, NumPy 2.3.
    #[test]
    fn quartiles_are_numpys() {
        assert_eq!(interquartile_range(&[8.0, 1.0, 4.0, 2.0]), Some(5.0 - 1.75));
        assert_eq!(interquartile_range(&[3.0]), Some(0.0));
        assert_eq!(interquartile_range(&[]), None);
    }
}
