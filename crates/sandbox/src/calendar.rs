//! Beijing time: what the gateways write, and what they take for a time.

/// `yyyyMMddHHmmssSSS` in Beijing, 17 digits, always +08:00.
pub(crate) fn beijing(ms: u64) -> String {
    let ms = ms.min(LAST_MS) + EIGHT_HOURS_MS;
    let (year, month, day) = date(ms / DAY_MS);
    let of_day = ms % DAY_MS;
    let (hour, minute) = (of_day / 3_600_000, of_day / 60_000 % 60);
    format!("{year}{month:02}{day:02}{hour:02}{minute:02}{:02}{:03}", of_day / 1000 % 60, of_day % 1000)
}

/// `HH:MM:SS.mmm` in Beijing, for logs.
pub(crate) fn time_of_day(ms: u64) -> String {
    let text = beijing(ms);
    format!("{}:{}:{}.{}", &text[8..10], &text[10..12], &text[12..14], &text[14..17])
}

/// Reads `yyyyMMddHHmmssSSS` in Beijing; `None` for anything that is not a moment between 2000 and 2099.
pub(crate) fn read_beijing(text: &str) -> Option<u64> {
    if text.len() != 17 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number = |range: std::ops::Range<usize>| text[range].parse::<u64>().ok();
    let (year, month, day) = (number(0..4)?, number(4..6)?, number(6..8)?);
    let (hour, minute, second, ms) = (number(8..10)?, number(10..12)?, number(12..14)?, number(14..17)?);
    let is_date =
        (2000..2100).contains(&year) && (1..=12).contains(&month) && (1..=length_of(month, year)).contains(&day);
    if !is_date || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let days = (1970..year).map(days_in).sum::<u64>() + (1..month).map(|m| length_of(m, year)).sum::<u64>() + day - 1;
    Some(days * DAY_MS + hour * 3_600_000 + minute * 60_000 + second * 1000 + ms - EIGHT_HOURS_MS)
}

/// Days since 1970-01-01 → year, month, day, by counting down years and months.
pub(crate) fn date(mut days: u64) -> (u64, u64, u64) {
    let mut year = 1970;
    while days >= days_in(year) {
        days -= days_in(year);
        year += 1;
    }
    let mut month = 1;
    while days >= length_of(month, year) {
        days -= length_of(month, year);
        month += 1;
    }
    (year, month, days + 1)
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_in(year: u64) -> u64 {
    365 + u64::from(is_leap(year))
}

fn length_of(month: u64, year: u64) -> u64 {
    match month {
        2 => 28 + u64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

pub(crate) const DAY_MS: u64 = 86_400_000;

/// The last moment of 9998: four digits of year are all that the format has.
pub(crate) const LAST_MS: u64 = 253_370_764_799_999;

const EIGHT_HOURS_MS: u64 = 8 * 3_600_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beijing_time_agrees_with_gnu_date() {
        // TZ=Asia/Shanghai date -d @1798732799 +%Y%m%d%H%M%S, and likewise for the others.
        for (ms, text) in [
            (1_798_732_799_999, "20261231235959999"),
            (1_798_732_800_000, "20270101000000000"),
            (1_835_366_400_007, "20280229000000007"),
            (1_527_564_279_894, "20180529112439894"),
        ] {
            assert_eq!(beijing(ms), text);
            assert_eq!(read_beijing(text), Some(ms));
        }
    }

    #[test]
    fn what_no_calendar_holds_is_no_moment() {
        for bad in [
            "20180229000000000",
            "20181301000000000",
            "20180100000000000",
            "20180101240000000",
            "15275642798940000",
            "",
        ] {
            assert_eq!(read_beijing(bad), None, "{bad}");
        }
        assert_eq!(read_beijing("2018052911244324"), None);
        assert_eq!(read_beijing("2018052911244324x"), None);
    }

    #[test]
    fn the_far_future_does_not_run_away() {
        assert_eq!(beijing(u64::MAX).len(), 17);
    }
}
