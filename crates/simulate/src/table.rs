//! The figures of many runs as a table, as JSON and as plots.

use crate::outcome::{Estimate, Outcome};
use crate::{Method, Scenario};
use serde::Serialize;
use std::fmt::Write as _;

/// All seeds of one method in one scenario with so many agents.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cell {
    pub scenario: &'static str,
    pub method: String,
    pub agents: u32,
    pub seeds: u64,
    /// Percent.
    pub occupancy: Estimate,
    /// Percent of people who answered.
    pub abandoned: Estimate,
    /// Percent, of all days of all seeds.
    pub worst_day: f64,
    /// Days above the cap of 3.0 %, and days in all.
    pub days_over: u64,
    pub days: u64,
    pub mean_wait_s: f64,
    pub cancelled_percent: f64,
    /// Mean of a decision.
    pub decision_us: f64,
    /// Occupancy and abandoned of PACING.md, percent.
    pub published: Option<(f64, f64)>,
    /// Occupancy of each seed, in their order: methods are compared seed by seed.
    #[serde(skip)]
    pub by_seed: Vec<f64>,
}

/// The cap that days are held against, percent.
pub const CAP_PERCENT: f64 = 3.0;

impl Cell {
    /// `runs`: outcomes and what all decisions of each took, ns.
    pub fn of(scenario: Scenario, method: &Method, agents: u32, runs: &[(Outcome, u64)]) -> Self {
        let outcomes = || runs.iter().map(|(o, _)| o);
        let days = || outcomes().flat_map(|o| &o.days);
        let mean = |f: fn(&Outcome) -> f64| Estimate::of(outcomes().map(f));
        let decisions: u64 = outcomes().map(|o| o.decisions).sum();
        let attempts: u64 = outcomes().map(|o| o.attempts).sum();
        let cancelled: u64 = outcomes().map(|o| o.cancelled).sum();
        Self {
            scenario: scenario.code(),
            method: method.name(),
            agents,
            seeds: runs.len() as u64,
            occupancy: mean(Outcome::occupancy_percent),
            abandoned: mean(Outcome::abandoned_percent),
            worst_day: outcomes().map(Outcome::worst_day_percent).fold(0.0, f64::max),
            days_over: days().filter(|d| d.abandoned_percent() > CAP_PERCENT).count() as u64,
            days: days().count() as u64,
            mean_wait_s: mean(Outcome::mean_wait_s).mean,
            cancelled_percent: 100.0 * cancelled as f64 / attempts.max(1) as f64,
            decision_us: runs.iter().map(|(_, ns)| *ns as f64).sum::<f64>() / 1000.0 / decisions.max(1) as f64,
            published: method.published(scenario, agents),
            by_seed: outcomes().map(Outcome::occupancy_percent).collect(),
        }
    }
}

/// Markdown, one line a cell.
pub fn markdown(cells: &[Cell]) -> String {
    let mut out = String::from(
        "| scenario | method | agents | seeds | occupancy % | ± | abandoned % | worst day % | days > 3 % | wait s | cancelled % | decision µs | published |\n\
         |---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n",
    );
    for c in cells {
        let published = c.published.map_or_else(|| "–".to_owned(), |(o, a)| format!("{o:.1} / {a:.1}"));
        // Writing to a String cannot fail.
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {:.2} | {:.2} | {:.2} | {:.2} | {} of {} | {:.2} | {:.1} | {:.1} | {published} |",
            c.scenario,
            c.method,
            c.agents,
            c.seeds,
            c.occupancy.mean,
            c.occupancy.error,
            c.abandoned.mean,
            c.worst_day,
            c.days_over,
            c.days,
            c.mean_wait_s,
            c.cancelled_percent,
            c.decision_us,
        );
    }
    out
}

/// By how much other methods are busier than the first of the same scenario and agents: percentage points with their 95 %
/// interval, one line each. Seed by seed, for both met the same days. Empty with one method.
pub fn margins(cells: &[Cell]) -> String {
    let mut out = String::new();
    for (n, cell) in cells.iter().enumerate() {
        let alike = |c: &&Cell| c.scenario == cell.scenario && c.agents == cell.agents;
        let Some(first) = cells.iter().take(n).find(alike) else { continue };
        let margin = Estimate::of(cell.by_seed.iter().zip(&first.by_seed).map(|(a, b)| a - b));
        let _ = writeln!(
            out,
            "- {} with {} agents: {} over {}: {:+.2} ± {:.2} points",
            cell.scenario,
            cell.agents,
            cell.method,
            first.method,
            margin.mean,
            margin.half()
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Day;

    fn outcome(busy_s: f64) -> (Outcome, u64) {
        let days = vec![Day { connected: 98, abandoned: 2 }, Day { connected: 96, abandoned: 4 }];
        (Outcome { days, signed_in_s: 1000.0, busy_s, decisions: 10, ..Outcome::default() }, 50_000)
    }

    #[test]
    fn a_cell_sums_up_its_runs() {
        let cell = Cell::of(Scenario::S1, &Method::Predictive, 10, &[outcome(830.0), outcome(850.0)]);
        assert!((cell.occupancy.mean - 84.0).abs() < 1e-9 && (cell.occupancy.error - 1.0).abs() < 1e-9);
        assert!((cell.abandoned.mean - 3.0).abs() < 1e-9 && (cell.worst_day - 4.0).abs() < 1e-9);
        assert_eq!((cell.days_over, cell.days), (2, 4));
        assert!((cell.decision_us - 5.0).abs() < 1e-9);
        assert!(markdown(&[cell]).contains("| S1 | predictive | 10 | 2 | 84.00 | 1.00 | 3.00 | 4.00 | 2 of 4 |"));
    }

    #[test]
    fn margins_are_over_the_first_method() {
        let a = Cell::of(Scenario::S8, &Method::PredictiveUnscored, 10, &[outcome(830.0), outcome(850.0)]);
        let b = Cell::of(Scenario::S8, &Method::PredictiveLearned, 10, &[outcome(850.0), outcome(874.0)]);
        let c = Cell { agents: 30, ..b.clone() };
        let text = margins(&[a, b, c]);
        assert_eq!(text, "- S8 with 10 agents: predictive-learned over predictive-unscored: +2.20 ± 2.54 points\n");
    }
}
