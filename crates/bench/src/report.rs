//! The table, for a terminal and for Markdown, and the kept run that the READMEs' tables are made from.

use std::fs;
use std::path::{Path, PathBuf};

use comfy_table::{CellAlignment, LineStyle, Table, TableStyle};

use crate::Failure;
use crate::results::{Figures, Results};
use crate::rows::{self, Measure, ROWS, Ratio, Row};

/// The language of a README.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Chinese,
    English,
}

/// The table of what was measured.
pub(crate) fn terminal(results: &Results) -> String {
    let mut table = Table::new();
    table.load_style(TableStyle::new().header_separator(LineStyle::new('─', '─', '─', '─')));
    table.set_header(HEAD_EN);
    for row in ROWS.iter() {
        if row.measures.iter().any(|measure| results.of(row, measure).is_some()) {
            table.add_row(cells(row, results, Language::English, "\n"));
        }
    }
    for column in 2..6 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.trim_fmt()
}

/// The table and how it was measured. A measure without figures has a dash.
pub(crate) fn markdown(results: &Results, language: Language, is_wanted: fn(&Row) -> bool) -> String {
    let head = if language == Language::English { HEAD_EN } else { HEAD_ZH };
    let mut out = format!("| {} |\n|---|---|--:|--:|--:|--:|---|\n", head.join(" | "));
    for row in ROWS.iter().filter(|row| is_wanted(row)) {
        out += &format!("| {} |\n", cells(row, results, language, "<br>").join(" | "));
    }
    if results.versions.is_empty() {
        return out;
    }
    let versions: Vec<&str> = results.versions.values().map(String::as_str).collect();
    let (machine, versions) = (&results.machine, versions.join("; "));
    out + &match language {
        Language::English => format!("\nMeasured on {machine}, with {versions}.\n"),
        Language::Chinese => format!("\n测试环境：{machine}；{versions}。\n"),
    }
}

/// A row's cells, each with a line for each measure.
fn cells(row: &Row, results: &Results, language: Language, separator: &str) -> [String; 7] {
    let each = |cell: &dyn Fn(&Measure) -> String| {
        let cells: Vec<String> = row.measures.iter().map(cell).collect();
        if cells.iter().all(String::is_empty) { String::new() } else { cells.join(separator) }
    };
    let figures = |measure: &Measure| results.of(row, measure);
    let dash = || "–".to_owned();
    let (name, colon) = if language == Language::English { (row.name, ": ") } else { (row.zh, "：") };
    let parts = each(&|measure| if language == Language::English { measure.part } else { zh(measure.part) }.to_owned());
    [
        if parts.is_empty() { name.to_owned() } else { format!("{name}{colon}{parts}") },
        each(&|measure| measure.peer.to_owned()),
        each(&|measure| figures(measure).map_or_else(dash, |found| value(found.ours, row.unit))),
        each(&|measure| match (measure.peer.is_empty(), figures(measure).and_then(|found| found.theirs)) {
            (true, _) => String::new(),
            (false, theirs) => theirs.map_or_else(dash, |theirs| value(theirs, row.unit)),
        }),
        each(&|measure| {
            let ratio = figures(measure).and_then(|found| found.ratio(row));
            ratio.map(|ratio| format!("{}×", digits(ratio))).unwrap_or_default()
        }),
        each(&|measure| target(row, measure)),
        each(&|measure| match figures(measure).and_then(|found| found.meets(row, measure)) {
            Some(true) => "✓".to_owned(),
            Some(false) => "✗".to_owned(),
            None => String::new(),
        }),
    ]
}

/// A part's name in Chinese.
fn zh(part: &str) -> &str {
    match part {
        "plain" => "明文",
        "one core" => "单核",
        "two cores" => "双核",
        "handshakes of 1,000 logins" => "1,000 次登录的 TLS 握手",
        "connections of 1,000 clients" => "1,000 个客户端的连接",
        "2048 bits, decrypt" => "2048 位解密",
        "2048 bits, sign" => "2048 位签名",
        "1024 bits, decrypt" => "1024 位解密",
        name => name,
    }
}

fn target(row: &Row, measure: &Measure) -> String {
    match (measure.target, row.ratio) {
        (None, _) => String::new(),
        (Some(target), Ratio::Speedup) => format!("≥ {target}×"),
        (Some(target), Ratio::Cost) => format!("≤ {target}×"),
        (Some(target), Ratio::None) => format!("≤ {target} {}", row.unit).trim_end().to_owned(),
    }
}

/// `61.2 µs`, `1,234 KiB`.
fn value(number: f64, unit: &str) -> String {
    format!("{} {unit}", digits(number)).trim_end().to_owned()
}

/// Three significant digits, and commas between thousands.
fn digits(number: f64) -> String {
    match number.abs() {
        small if small < 9.995 && small.fract() != 0.0 => return format!("{number:.2}"),
        middle if middle < 99.95 && middle.fract() != 0.0 => return format!("{number:.1}"),
        _ => {}
    }
    let text = format!("{number:.0}");
    let (sign, text) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
    let groups: Vec<&str> =
        text.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    format!("{sign}{}", groups.join(","))
}

/// Keeps a run; of a host that was not measured, the figures of the run before.
pub(crate) fn keep(mut results: Results) -> Result<(), Failure> {
    let before = kept().unwrap_or_default();
    for (host, versions) in before.versions {
        results.versions.entry(host).or_insert(versions);
    }
    for figures in before.figures {
        let is_new = |new: &&Figures| (&new.row, &new.part, &new.peer) == (&figures.row, &figures.part, &figures.peer);
        let is_known = rows::find(&figures.row, &figures.part, &figures.peer).is_some();
        if is_known && results.figures.iter().find(is_new).is_none() {
            results.figures.push(figures);
        }
    }
    fs::write(here().join("results.json"), results.to_json()?)?;
    for (path, _, due) in documents()? {
        fs::write(path, due)?;
    }
    Ok(())
}

/// Each README: its path, its text, and the text that it should have.
fn documents() -> Result<Vec<(PathBuf, String, String)>, Failure> {
    let results = kept()?;
    let in_readme: fn(&Row) -> bool = |row| row.in_readme;
    let documents = [
        ("../../README.md", Language::English, in_readme),
        ("../../README.zh-CN.md", Language::Chinese, in_readme),
        ("README.md", Language::English, |_| true),
    ];
    let generated = documents.into_iter().map(|(name, language, is_wanted)| {
        let path = here().join(name);
        let is = fs::read_to_string(&path)?;
        let table = markdown(&results, language, is_wanted);
        let due = between_markers(&is, &table).ok_or_else(|| format!("{name}: no {BEGIN}"))?;
        Ok((path, is, due))
    });
    generated.collect()
}

fn kept() -> Result<Results, Failure> {
    Ok(serde_json::from_slice(&fs::read(here().join("results.json"))?)?)
}

fn between_markers(text: &str, part: &str) -> Option<String> {
    let from = text.find(BEGIN)? + BEGIN.len();
    let to = from + text[from..].find(END)?;
    Some(format!("{}{part}{}", &text[..from], &text[to..]))
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

const BEGIN: &str = "<!-- generated: performance -->\n";
const END: &str = "<!-- end: performance -->";
const HEAD_EN: [&str; 7] = ["what", "beside", "quhao", "beside it", "ratio", "target", ""];
const HEAD_ZH: [&str; 7] = ["项目", "对比", "quhao", "对方", "倍数", "目标", ""];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_significant_digits() {
        let numbers = [0.1234, 6.0, 61.23, 999.6, 12_345.6, -1234.5].map(digits);
        assert_eq!(numbers, ["0.12", "6", "61.2", "1,000", "12,346", "-1,234"]);
        assert_eq!([value(2048.0, "KiB"), value(1.0, "")], ["2,048 KiB", "1"]);
    }

    #[test]
    fn a_table_without_figures_has_its_targets() {
        let table = markdown(&Results::default(), Language::English, |row| row.in_readme);
        assert!(table.contains("| Node, 100 in flight | undici | – | – |  | ≥ 1.8× |  |"), "{table}");
    }

    /// `QUHAO_BLESS=1` rewrites them.
    #[test]
    fn performance_tables_are_those_of_the_kept_run() {
        for (path, is, due) in documents().unwrap() {
            if std::env::var_os("QUHAO_BLESS").is_some() {
                fs::write(&path, &due).unwrap();
            } else {
                assert_eq!(is, due, "{} is out of date; run: cargo xtask docs", path.display());
            }
        }
    }
}
