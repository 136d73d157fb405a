//! Samples of this process's memory, threads and descriptors, and whether they grow with the calls.

use std::fmt;
use std::fs;

use crate::Failure;

/// The process's resources after so many calls.
#[derive(Clone, Copy)]
pub(crate) struct Sample {
    pub(crate) calls: u64,
    resident_kib: u64,
    threads: u64,
    descriptors: u64,
}

impl Sample {
    /// Reads `/proc/self`.
    ///
    /// # Errors
    ///
    /// Where there is none.
    pub(crate) fn after(calls: u64) -> Result<Self, Failure> {
        let status = fs::read_to_string("/proc/self/status")?;
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
            line.trim_end_matches("kB").trim().parse().map_err(|_| format!("/proc/self/status has no {name}"))
        };
        let descriptors = fs::read_dir("/proc/self/fd")?.count() as u64;
        Ok(Self { calls, resident_kib: field("VmRSS:")?, threads: field("Threads:")?, descriptors })
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { calls, resident_kib, threads, descriptors } = self;
        write!(f, "{calls} calls: {resident_kib} KiB resident, {threads} threads, {descriptors} descriptors")
    }
}

/// The line through the samples of the second half: in the first one pools and the allocator find their size.
pub(crate) struct Growth {
    calls: u64,
    /// Over all measured calls, by least squares.
    resident_kib: f64,
    threads: f64,
    descriptors: f64,
}

impl Growth {
    /// # Errors
    ///
    /// If there are too few samples for a line.
    pub(crate) fn of(samples: &[Sample]) -> Result<Self, Failure> {
        let last = samples.last().map_or(0, |sample| sample.calls);
        let measured: Vec<&Sample> = samples.iter().filter(|sample| sample.calls * 2 >= last).collect();
        if measured.len() < 10 {
            return Err(format!("expected ten samples or more, got {}", measured.len()).into());
        }
        let calls = last - measured[0].calls;
        let line = |value: fn(&Sample) -> u64| {
            slope(measured.iter().map(|sample| (sample.calls as f64, value(sample) as f64))) * calls as f64
        };
        Ok(Self {
            calls,
            resident_kib: line(|sample| sample.resident_kib),
            threads: line(|sample| sample.threads),
            descriptors: line(|sample| sample.descriptors),
        })
    }

    /// Compares with the growth of a process that leaks nothing: two bytes a call, or 2 MiB of the allocator's own, whose pages go on filling up
    /// long after the last byte was leaked; half a thread; as many descriptors as the pool has more or less at times.
    ///
    /// The least that a call can leak is an allocation of 16 bytes: 8 MiB over half a million.
    ///
    /// # Errors
    ///
    /// If one of them grew.
    pub(crate) fn judge(&self) -> Result<(), Failure> {
        let resident_kib = (2.0 * self.calls as f64 / 1024.0).max(2048.0);
        let grew = [
            ("memory in KiB", self.resident_kib, resident_kib),
            ("threads", self.threads, 0.5),
            ("descriptors", self.descriptors, 8.0),
        ];
        match grew.iter().find(|(_, grown, allowed)| grown > allowed) {
            None => Ok(()),
            Some((what, grown, allowed)) => {
                Err(format!("{what} grew: expected {allowed:.1} at most, got {grown:.1}").into())
            }
        }
    }
}

impl fmt::Display for Growth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { calls, resident_kib, threads, descriptors } = self;
        write!(f, "over {calls} calls {resident_kib:+.1} KiB, {threads:+.2} threads, {descriptors:+.2} descriptors")
    }
}

/// Of the straight line with the least squared distance from the points.
fn slope(points: impl Iterator<Item = (f64, f64)> + Clone) -> f64 {
    let count = points.clone().count() as f64;
    let (x, y) = points.clone().fold((0.0, 0.0), |(x, y), point| (x + point.0 / count, y + point.1 / count));
    let (above, below) = points.fold((0.0, 0.0), |(above, below), point| {
        let x = point.0 - x;
        (above + x * (point.1 - y), below + x * x)
    });
    if below == 0.0 { 0.0 } else { above / below }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(leak: fn(u64) -> u64) -> Vec<Sample> {
        let sample = |percent: u64| {
            let calls = percent * 10_000;
            let noise = percent * 7919 % 613;
            Sample { calls, resident_kib: 20_000 + leak(calls) + noise, threads: 2, descriptors: 90 + noise % 20 }
        };
        (1..=100).map(sample).collect()
    }

    #[test]
    fn noise_is_no_growth() {
        let growth = Growth::of(&samples(|_| 0)).unwrap();
        assert!(growth.judge().is_ok(), "{growth}");
    }

    #[test]
    fn the_least_leak_is_growth() {
        let growth = Growth::of(&samples(|calls| 16 * calls / 1024)).unwrap();
        assert!(growth.judge().unwrap_err().to_string().starts_with("memory in KiB grew"), "{growth}");
    }

    #[test]
    fn a_pool_that_fills_at_first_is_not_counted() {
        let growth = Growth::of(&samples(|calls| calls.min(150_000))).unwrap();
        assert!(growth.judge().is_ok(), "{growth}");
    }

    #[test]
    fn a_line_needs_samples() {
        assert!(Growth::of(&samples(|_| 0)[..5]).is_err());
    }
}
