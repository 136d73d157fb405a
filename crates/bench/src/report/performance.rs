//! README's performance section, in both languages.

use super::{digits, value};
use crate::bars;
use crate::machine::Machine;
use crate::results::Measured;

/// README's language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Chinese,
    English,
}

/// The rows with a bar, and what they were measured on.
pub(crate) fn performance(measured: &[Measured], machine: &Machine, language: Language) -> String {
    let is_english = language == Language::English;
    let mut out = String::from(if is_english {
        "| what | beside | quhao | beside it | ratio | to reach | |\n|---|---|--:|--:|--:|--:|---|\n"
    } else {
        "| 项目 | 对比 | quhao | 对方 | 倍数 | 目标 | |\n|---|---|--:|--:|--:|--:|---|\n"
    });
    for row in measured.iter().filter(|row| row.bar.is_some()) {
        let zh = bars::find(&row.name, row.other_name.as_deref().unwrap_or_default()).map_or("", |row| row.zh);
        let cells = [
            if is_english { row.name.clone() } else { zh.to_owned() },
            row.other_name.as_ref().map(|name| format!("`{name}`")).unwrap_or_default(),
            value(row.ours, &row.unit),
            row.other.map(|other| value(other, &row.unit)).unwrap_or_default(),
            row.ratio.map(|ratio| format!("{}×", digits(ratio))).unwrap_or_default(),
            row.bar.clone().unwrap_or_default().replace("us per call", "µs"),
            if row.holds == Some(true) { "✓" } else { "✗" }.to_owned(),
        ];
        out += &format!("| {} |\n", cells.join(" | "));
    }
    let Machine { processor, cores, system, about } = machine;
    let versions: Vec<&str> = about.values().map(String::as_str).filter(|about| !about.is_empty()).collect();
    let versions = versions.join("; ");
    let explained = if is_english {
        format!(
            "\nMedians, measured in turns on one machine ({processor}, {cores} cores, {system}) against a gateway in another process on it. For “≥” the \
             ratio is how many times better quhao is, for “≤” quhao's time over the other's. With {versions}.\n"
        )
    } else {
        format!(
            "\n中位数；同一台机器（{processor}，{cores} 核，{system}）轮流测得，网关是另一个进程。目标为“≥”时，倍数表示 quhao 好多少倍；为“≤”时，\
             表示 quhao 的用时是对方的多少倍。版本：{versions}。\n"
        )
    };
    out + &explained
}
