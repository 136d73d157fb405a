//! The page at the end of a demo: one table of answers, one of refusals.

use comfy_table::{CellAlignment, LineStyle, Table, TableStyle};
use quhao::Retry;

use super::step::Row;

/// Both tables, and the sum.
pub(super) fn page(rows: &[Row]) -> String {
    let (answers, refusals): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| row.situation.is_none());
    let mut page = format!(
        "{}\n\nWhat goes wrong in practice:\n\n{}\n\n",
        answers_table(&answers).trim_fmt(),
        refusals_table(&refusals).trim_fmt()
    );
    for row in rows.iter().filter(|row| !row.is_expected) {
        let what = row.message.as_deref().unwrap_or("it ended otherwise than it should");
        page += &format!("{}: {what}\n", row.in_a_line());
    }
    let expected = rows.iter().filter(|row| row.is_expected).count();
    page + &format!("{expected} of {} steps ended as they should\n", rows.len())
}

fn answers_table(rows: &[&Row]) -> Table {
    let mut table = table(["gateway", "operation", "carrier", "cipher", "over", "verdict", "charge", "time"]);
    for row in rows {
        table.add_row([
            row.provider.to_owned(),
            row.operation.to_string(),
            row.carrier.unwrap_or("-").to_owned(),
            row.cipher.to_owned(),
            row.scheme.to_owned(),
            marked(row),
            row.charge.as_str().to_owned(),
            time(row),
        ]);
    }
    align_last_right(&mut table);
    table
}

fn refusals_table(rows: &[&Row]) -> Table {
    let mut table = table(["gateway", "operation", "situation", "verdict", "code", "retry", "charge", "time"]);
    for row in rows {
        table.add_row([
            row.provider.to_owned(),
            row.operation.to_string(),
            row.situation.unwrap_or_default().to_owned(),
            marked(row),
            row.code.clone().unwrap_or_else(|| "-".to_owned()),
            row.retry.map_or("-", Retry::as_str).to_owned(),
            row.charge.as_str().to_owned(),
            time(row),
        ]);
    }
    align_last_right(&mut table);
    table
}

fn table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(STYLE);
    table.set_header(header);
    table
}

fn align_last_right(table: &mut Table) {
    let last = table.column_count().saturating_sub(1);
    if let Some(column) = table.column_mut(last) {
        column.set_cell_alignment(CellAlignment::Right);
    }
}

fn marked(row: &Row) -> String {
    if row.is_expected { row.verdict.clone() } else { format!("{} ✗", row.verdict) }
}

fn time(row: &Row) -> String {
    format!("{:.1} ms", row.time.as_secs_f64() * 1000.0)
}

const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::new('─', '─', '─', '─'));
