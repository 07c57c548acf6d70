//! Plots as SVG text: lines over the number of agents, on a logarithmic axis.

use std::fmt::Write as _;

/// One line and its name.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    pub name: String,
    /// Agents and percent.
    pub points: Vec<(f64, f64)>,
    /// Drawn with dashes: published figures.
    pub dashed: bool,
}

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 420.0;
const LEFT: f64 = 56.0;
const RIGHT: f64 = 220.0;
const TOP: f64 = 44.0;
const BOTTOM: f64 = 48.0;
/// Told apart with colour-blind eyes (Okabe and Ito).
const COLOURS: [&str; 7] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#555555"];

struct Axes {
    x: (f64, f64),
    y: (f64, f64),
}

impl Axes {
    fn at(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let across = (x.ln() - self.x.0.ln()) / (self.x.1.ln() - self.x.0.ln()).max(1e-9);
        let up = (y - self.y.0) / (self.y.1 - self.y.0).max(1e-9);
        (LEFT + across * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM))
    }
}

/// `limit`: a line across, with its name.
pub fn lines(title: &str, unit: &str, series: &[Series], limit: Option<(f64, &str)>) -> String {
    let points = || series.iter().flat_map(|s| &s.points);
    let span = |values: &mut dyn Iterator<Item = f64>| {
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), v| (lo.min(v), hi.max(v)))
    };
    let x = span(&mut points().map(|p| p.0));
    let y = span(&mut points().map(|p| p.1).chain(limit.map(|l| l.0)));
    let step = step((y.1 - y.0).max(1.0));
    let axes = Axes { x, y: ((y.0 / step).floor() * step, (y.1 / step).ceil() * step) };
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#fff\"/>\n\
         <text x=\"{LEFT}\" y=\"22\" font-size=\"15\">{}</text>\n",
        escape(title)
    );
    if points().next().is_some() {
        frame(&mut svg, &axes, step, unit, points().map(|p| p.0));
        if let Some((at, name)) = limit {
            rule(&mut svg, &axes, at, name);
        }
        for (n, s) in series.iter().enumerate() {
            line(&mut svg, &axes, n, s);
        }
    }
    svg.push_str("</svg>\n");
    svg
}

fn step(span: f64) -> f64 {
    [0.5, 1.0, 2.0, 5.0, 10.0].into_iter().find(|s| span / s <= 8.0).unwrap_or(20.0)
}

// Writing to a String cannot fail, here and below.
fn frame(svg: &mut String, axes: &Axes, step: f64, unit: &str, xs: impl Iterator<Item = f64>) {
    let mut y = axes.y.0;
    while y <= axes.y.1 + step / 2.0 {
        let (left, at) = axes.at((axes.x.0, y));
        let right = WIDTH - RIGHT;
        let _ = writeln!(svg, "<path d=\"M{left:.1} {at:.1}H{right:.1}\" stroke=\"#ddd\"/>");
        let _ = writeln!(svg, "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{y}</text>", left - 8.0, at + 4.0);
        y += step;
    }
    let mut seen: Vec<f64> = xs.collect();
    seen.sort_by(f64::total_cmp);
    seen.dedup();
    let foot = HEIGHT - BOTTOM + 18.0;
    for x in seen {
        let _ = writeln!(svg, "<text x=\"{:.1}\" y=\"{foot:.1}\" text-anchor=\"middle\">{x}</text>", axes.at((x, axes.y.0)).0);
    }
    let _ = writeln!(svg, "<text x=\"{:.1}\" y=\"{:.1}\">agents</text>", LEFT, HEIGHT - 10.0);
    let _ = writeln!(svg, "<text x=\"8\" y=\"{:.1}\">{}</text>", TOP - 6.0, escape(unit));
}

fn rule(svg: &mut String, axes: &Axes, at: f64, name: &str) {
    let (left, y) = axes.at((axes.x.0, at));
    let right = WIDTH - RIGHT;
    let _ = writeln!(svg, "<path d=\"M{left:.1} {y:.1}H{right:.1}\" stroke=\"#c00\"/>");
    let _ = writeln!(svg, "<text x=\"{left:.1}\" y=\"{:.1}\" fill=\"#c00\">{}</text>", y - 4.0, escape(name));
}

fn line(svg: &mut String, axes: &Axes, n: usize, series: &Series) {
    let colour = COLOURS[n % COLOURS.len()];
    let places: Vec<(f64, f64)> = series.points.iter().map(|p| axes.at(*p)).collect();
    let path: Vec<String> = places.iter().map(|(x, y)| format!("{x:.1} {y:.1}")).collect();
    let dash = if series.dashed { " stroke-dasharray=\"5 4\"" } else { "" };
    let _ = writeln!(svg, "<path d=\"M{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"{dash}/>", path.join("L"));
    for (x, y) in &places {
        let _ = writeln!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"{colour}\"/>");
    }
    let (x, y) = (WIDTH - RIGHT + 16.0, TOP + 10.0 + 20.0 * n as f64);
    let _ = writeln!(svg, "<path d=\"M{x:.1} {y:.1}h20\" stroke=\"{colour}\" stroke-width=\"2\"{dash}/>");
    let _ = writeln!(svg, "<text x=\"{:.1}\" y=\"{:.1}\">{}</text>", x + 26.0, y + 4.0, escape(&series.name));
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plot_has_its_lines_and_its_limit() {
        let points = vec![(5.0, 78.0), (30.0, 90.5), (300.0, 98.6)];
        let series = [Series { name: "a < b".into(), points, dashed: true }];
        let svg = lines("S1 & more", "%", &series, Some((80.0, "cap")));
        assert!(svg.starts_with("<svg") && svg.ends_with("</svg>\n"));
        assert_eq!(svg.matches("<circle").count(), 3);
        assert!(svg.contains("a &lt; b") && svg.contains("S1 &amp; more") && svg.contains("stroke-dasharray"));
        assert!(!svg.contains("NaN") && !svg.contains("inf"));
    }

    #[test]
    fn nothing_to_plot_is_an_empty_frame() {
        assert!(lines("empty", "%", &[], None).contains("empty"));
    }
}
