//! The time and the randomness of one request, as plain data, so that a request can be made twice the same.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::encoding::hex;
use crate::model::Error;

/// When a request is made, and the random bytes that make it unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Moment {
    /// Milliseconds since 1970-01-01T00:00Z.
    pub now_ms: u64,
    /// 128 random bits: a message id, an initialisation vector.
    pub nonce: [u8; 16],
}

impl Moment {
    /// This machine's time, and fresh bytes from the operating system.
    ///
    /// The bytes come from the kernel at every call, so a forked child never repeats its parent's.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the operating system has no randomness to give.
    pub fn now() -> Result<Self, Error> {
        let mut nonce = [0; 16];
        getrandom::fill(&mut nonce)
            .map_err(|error| Error::config("the operating system gave no random bytes").with_source(error))?;
        Ok(Self { nonce, ..Self::without_nonce() })
    }

    /// This machine's time, for requests that nothing random goes into: asking the operating system for it takes time.
    pub(crate) fn without_nonce() -> Self {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { now_ms: u64::try_from(since_1970.as_millis()).unwrap_or(u64::MAX), nonce: [0; 16] }
    }

    /// A chosen time and chosen bytes, for known answers.
    pub fn at(now_ms: u64, nonce: [u8; 16]) -> Self {
        Self { now_ms, nonce }
    }

    /// The nonce as 32 lower-case hex digits.
    pub(crate) fn nonce_hex(&self) -> String {
        hex::encode(&self.nonce)
    }

    /// `yyyyMMddHHmmssSSS` in Beijing: 17 digits, always +08:00.
    ///
    /// China has had no daylight saving since 1991, so no time zone data is needed.
    pub(crate) fn beijing(&self) -> String {
        let ms = self.now_ms + EIGHT_HOURS_MS;
        let (days, ms) = (ms / DAY_MS, ms % DAY_MS);
        let (year, month, day) = civil(days);
        let date = (year * 100 + month) * 100 + day;
        let time = (ms / 3_600_000 * 100 + ms / 60_000 % 60) * 100_000 + ms % 60_000;
        format!("{date:08}{time:09}")
    }
}

/// Days since 1970-01-01 → Gregorian year, month, day.
///
/// Counts from 0000-03-01, so that the leap day ends the year and months have the lengths (153 m + 2) / 5.
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

const DAY_MS: u64 = 86_400_000;
const EIGHT_HOURS_MS: u64 = 8 * 3_600_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beijing_time_has_the_calendar_year_in_the_last_days_of_december() {
        // date -u -d '2026-12-31 15:59:59' +%s; the week year of that day is 2026, of 2025-12-30 it is 2026.
        assert_eq!(Moment::at(1_798_732_799_999, [0; 16]).beijing(), "20261231235959999");
        assert_eq!(Moment::at(1_798_732_800_000, [0; 16]).beijing(), "20270101000000000");
        assert_eq!(Moment::at(1_767_024_000_007, [0; 16]).beijing(), "20251230000000007");
    }

    #[test]
    fn beijing_time_knows_leap_days() {
        // date -u -d '2028-02-28 16:00:00' +%s
        assert_eq!(Moment::at(1_835_366_400_000, [0; 16]).beijing(), "20280229000000000");
        assert_eq!(Moment::at(951_753_600_000, [0; 16]).beijing(), "20000229000000000");
    }

    #[test]
    fn two_moments_differ_in_their_nonce() {
        assert_ne!(Moment::now().unwrap().nonce, Moment::now().unwrap().nonce);
    }
}
