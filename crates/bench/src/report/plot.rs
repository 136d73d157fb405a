//! The plot: what is to be faster, what may cost so much, and what a call costs as more are in flight.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::digits;
use crate::Failure;
use crate::bars::{self, Bar};
use crate::results::Measured;

/// `results.svg`.
///
/// # Errors
///
/// If the library cannot draw it.
pub(crate) fn plot(measured: &[Measured]) -> Result<String, Failure> {
    let bars: Vec<Drawn<'_>> = measured.iter().filter_map(Drawn::of).collect();
    let (faster, within): (Vec<_>, Vec<_>) = bars.into_iter().partition(|bar| bar.is_times);
    let growth = growth(measured);
    let height = |rows: usize| if rows == 0 { 0 } else { i32::try_from(rows).unwrap_or(0) * STEP + HEAD + FOOT };
    let growth_height = if growth.is_empty() { 0 } else { GROWTH };
    let (first, second) = (height(faster.len()), height(within.len()));
    let size = (WIDTH.unsigned_abs(), (first + second + growth_height).max(HEAD).unsigned_abs());
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        area.fill(&WHITE)?;
        let (top, rest) = area.split_vertically(first);
        let (middle, bottom) = rest.split_vertically(second);
        panel(&top, "times better than what it stands beside (log scale; the mark is the bar to reach)", &faster, log)?;
        panel(&middle, "of what is allowed, used (the mark is the bar to keep below)", &within, linear)?;
        if !growth.is_empty() {
            curve(&bottom, &growth)?;
        }
        area.present()?;
    }
    Ok(svg)
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

/// A row as a horizontal bar.
struct Drawn<'a> {
    row: &'a Measured,
    is_times: bool,
    /// The ratio, or how much of what is allowed is used.
    value: f64,
    mark: f64,
}

impl<'a> Drawn<'a> {
    fn of(row: &'a Measured) -> Option<Self> {
        let bar = bars::find(&row.name, row.other_name.as_deref().unwrap_or_default())?.bar;
        let (is_times, value, mark) = match bar {
            Bar::Times(least) => (true, row.ratio?, least),
            Bar::Within(most) => (false, row.ratio? / most, 1.0),
            Bar::AtMost(most) => (false, row.ours / most, 1.0),
            Bar::Told => return None,
        };
        Some(Self { row, is_times, value, mark })
    }

    fn name(&self) -> String {
        match &self.row.other_name {
            Some(other) => format!("{} / {other}", self.row.name),
            None => self.row.name.clone(),
        }
    }

    fn label(&self) -> String {
        if self.is_times { format!("{}×", digits(self.value)) } else { format!("{:.0} %", self.value * 100.0) }
    }
}

/// Where between 0 and 1 a value is drawn.
type Scale = fn(f64) -> f64;

/// From 0.5 to 100.
fn log(value: f64) -> f64 {
    ((value.clamp(0.5, 100.0)).log10() - 0.5_f64.log10()) / (100_f64.log10() - 0.5_f64.log10())
}

/// From 0 to 250 %.
fn linear(value: f64) -> f64 {
    value.clamp(0.0, 2.5) / 2.5
}

fn panel(area: &Area<'_>, title: &str, rows: &[Drawn<'_>], scale: Scale) -> Result<(), Failure> {
    if rows.is_empty() {
        return Ok(());
    }
    let text = |size: i32, right: bool| {
        let at = if right { HPos::Right } else { HPos::Left };
        ("sans-serif", size).into_font().color(&INK).pos(Pos::new(at, VPos::Center))
    };
    let x = |value: f64| LEFT + (scale(value) * f64::from(WIDTH - LEFT - RIGHT)) as i32;
    area.draw(&Text::new(title, (12, HEAD / 2), text(14, false)))?;
    for (row, at) in rows.iter().zip((HEAD..).step_by(STEP.unsigned_abs() as usize)) {
        let (top, bottom, middle) = (at + 3, at + STEP - 3, at + STEP / 2);
        let colour = if row.row.holds == Some(true) { REACHED } else { MISSED };
        area.draw(&Text::new(row.name(), (LEFT - 8, middle), text(12, true)))?;
        area.draw(&Rectangle::new([(LEFT, top), (x(row.value).max(LEFT + 1), bottom)], colour.filled()))?;
        area.draw(&PathElement::new([(x(row.mark), at), (x(row.mark), at + STEP)], INK.stroke_width(2)))?;
        area.draw(&Text::new(row.label(), (x(row.value.max(row.mark)) + 6, middle), text(12, false)))?;
    }
    Ok(())
}

/// Processor time of a call by calls in flight.
fn growth(measured: &[Measured]) -> Vec<(f64, f64)> {
    let point = |row: &Measured| {
        let many = row.name.strip_prefix("processor time, ")?.strip_suffix(" in flight")?;
        Some((many.replace(',', "").parse().ok()?, row.ours))
    };
    measured.iter().filter_map(point).collect()
}

fn curve(area: &Area<'_>, points: &[(f64, f64)]) -> Result<(), Failure> {
    let most = points.iter().map(|(_, took)| *took).fold(1.0, f64::max);
    let mut chart = ChartBuilder::on(area)
        .margin(16)
        .caption("processor time of a Rust call over TLS, µs, by calls in flight", ("sans-serif", 14))
        .x_label_area_size(30)
        .y_label_area_size(60)
        .build_cartesian_2d((1.0..10_000.0).log_scale(), 0.0..most * 1.2)?;
    chart.configure_mesh().x_label_formatter(&|many| digits(*many)).light_line_style(TRANSPARENT).draw()?;
    chart.draw_series(LineSeries::new(points.iter().copied(), REACHED.stroke_width(2)))?;
    chart.draw_series(points.iter().map(|point| Circle::new(*point, 4, REACHED.filled())))?;
    Ok(())
}

const WIDTH: i32 = 1000;
const LEFT: i32 = 400;
const RIGHT: i32 = 90;
const STEP: i32 = 20;
const HEAD: i32 = 34;
const FOOT: i32 = 14;
const GROWTH: i32 = 260;

const INK: RGBColor = RGBColor(40, 40, 40);
const REACHED: RGBColor = RGBColor(46, 125, 90);
const MISSED: RGBColor = RGBColor(196, 78, 60);
