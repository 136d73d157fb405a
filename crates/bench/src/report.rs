//! What a run found: a table, JSON, a plot, README's part and the capacity page.

mod capacity;
mod performance;
mod plot;

use comfy_table::{CellAlignment, LineStyle, Table, TableStyle};

pub(crate) use self::capacity::capacity;
pub(crate) use self::performance::{Language, performance};
pub(crate) use self::plot::plot;
use crate::Failure;
use crate::results::Measured;

/// `results.json`.
pub(crate) fn json(measured: &[Measured]) -> Result<String, Failure> {
    Ok(serde_json::to_string_pretty(measured)? + "\n")
}

/// The table for a terminal.
pub(crate) fn table(measured: &[Measured]) -> String {
    let mut table = Table::new();
    table.load_style(STYLE);
    table.set_header(["row", "beside", "quhao", "±", "beside it", "±", "ratio", "bar", "holds", "n"]);
    for row in measured {
        table.add_row([
            row.name.clone(),
            row.other_name.clone().unwrap_or_default(),
            value(row.ours, &row.unit),
            value(row.ours_spread, &row.unit),
            row.other.map(|other| value(other, &row.unit)).unwrap_or_default(),
            row.other_spread.map(|spread| value(spread, &row.unit)).unwrap_or_default(),
            ratio(row),
            row.bar.clone().unwrap_or_default(),
            row.holds.map_or("", |holds| if holds { "yes" } else { "NO" }).to_owned(),
            row.samples.to_string(),
        ]);
    }
    for column in [2, 3, 4, 5, 6, 9] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    format!("{}\n\n{EXPLAINED}\n", table.trim_fmt())
}

/// A row in a line, as it comes in.
pub(crate) fn line(row: &Measured) -> String {
    let beside = match (&row.other_name, row.other) {
        (Some(name), Some(other)) => format!(", {name} {}: {}", value(other, &row.unit), ratio(row)),
        _ => String::new(),
    };
    let bar = match (&row.bar, row.holds) {
        (Some(bar), Some(holds)) => format!(" ({bar}: {})", if holds { "holds" } else { "MISSED" }),
        _ => String::new(),
    };
    format!("{}: {}{beside}{bar}", row.name, value(row.ours, &row.unit))
}

/// `13.1×`; one digit more where it is small.
fn ratio(row: &Measured) -> String {
    row.ratio.map(|ratio| format!("{}×", digits(ratio))).unwrap_or_default()
}

/// A number with its unit: `61.2 µs`, `12,345 /s`, `28.1 KiB`.
fn value(number: f64, unit: &str) -> String {
    let unit = match unit {
        "us per call" => "µs",
        "calls/s" => "/s",
        "KiB" if number.abs() >= 1024.0 => return format!("{} MiB", digits(number / 1024.0)),
        "connections" | "handshakes" | "threads" => "",
        unit => unit,
    };
    format!("{} {unit}", digits(number)).trim_end().to_owned()
}

/// Three digits that count, thousands apart.
fn digits(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1000.0 {
        return format!("{number:.0}");
    }
    match number.abs() {
        small if small < 9.995 => format!("{number:.2}"),
        middle if middle < 99.95 => format!("{number:.1}"),
        _ => thousands(number.round()),
    }
}

/// `12,345` of a whole number.
fn thousands(number: f64) -> String {
    let text = format!("{number:.0}");
    let mut out = String::new();
    for (at, digit) in text.chars().enumerate() {
        if at > 0 && (text.len() - at).is_multiple_of(3) && !out.ends_with('-') {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::new('─', '─', '─', '─'));

const EXPLAINED: &str = "Medians of n rounds, taken in turns; ± is the interquartile range. Ratio: how many times better quhao is \
where the bar is ≥ or there is none,\nand quhao's time over the other's where the bar is ≤. \
A loop of idle priority keeps the cores from sleeping meanwhile, as a busy server's do not.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_digits_that_count() {
        assert_eq!(
            [0.1234, 6.0, 61.23, 999.6, 12_345.6].map(digits),
            ["0.12", "6", "61.2", "1,000", "12,346"].map(str::to_owned)
        );
        assert_eq!(value(2048.0, "KiB"), "2 MiB");
        assert_eq!(value(1.0, "connections"), "1");
        assert_eq!(value(1_234_567.0, "calls/s"), "1,234,567 /s");
    }
}
