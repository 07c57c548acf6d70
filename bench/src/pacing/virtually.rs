//! The same span under virtual time, many times over: what chance alone makes of it.

use super::books::Books;
use super::{AGENTS, SCENARIO, SEED};
use crate::gauge::figure;
use simulate::{Method, Outcome, Setup, run_span};
use std::time::Duration;

const SEEDS: u64 = 200;

pub fn compare(real: &Books, warm_up: Duration, span: Duration) {
    let ms = |d: Duration| i64::try_from(d.as_millis()).unwrap_or(i64::MAX);
    let agents = u32::try_from(AGENTS).unwrap_or(u32::MAX);
    let outcomes: Vec<Outcome> = (0..SEEDS)
        .map(|n| Setup { scenario: SCENARIO, agents, seed: SEED + n, hours: 24 })
        .map(|setup| run_span(&setup, ms(warm_up), ms(span), Method::Predictive.make().as_mut()))
        .collect();
    against("occupancy", real.occupancy, &outcomes, Outcome::occupancy_percent);
    against("found nobody", real.abandoned, &outcomes, Outcome::abandoned_percent);
}

#[expect(clippy::cast_precision_loss, reason = "a count of seeds")]
fn against(name: &str, real: f64, outcomes: &[Outcome], of: impl Fn(&Outcome) -> f64) {
    let mut values: Vec<f64> = outcomes.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let spread = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
    figure(&format!("simulated, {name}, mean of {} spans", values.len()), mean, "%");
    figure("… standard deviation of one span", spread, "points");
    figure("… least of them", values.first().copied().unwrap_or(0.0), "%");
    figure("… greatest of them", values.last().copied().unwrap_or(0.0), "%");
    figure(&format!("over SIP less simulated, {name}"), real - mean, "points");
}
