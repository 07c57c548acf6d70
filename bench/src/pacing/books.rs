//! What came of it: the agents' time from the product's timeline, the people who answered from the network's own ledger, and which of them
//! found nobody from the product's calls.

use super::Cost;
use super::people::People;
use crate::agents::phones::tail;
use crate::gauge::figure;
use checks::Scene;
use model::At;
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};
use std::time::{SystemTime, UNIX_EPOCH};

/// The time that is measured.
#[derive(Clone, Copy)]
pub struct Span {
    pub from: At,
    pub to: At,
}

pub fn now() -> At {
    let ms = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis());
    At(i64::try_from(ms).unwrap_or(i64::MAX))
}

pub struct Books {
    pub occupancy: f64,
    pub abandoned: f64,
    answers: usize,
    dialled: usize,
    seconds: f64,
    /// Shares of the time signed in, by state.
    states: BTreeMap<String, f64>,
    /// Nobody was left to call.
    pub dialled_all: bool,
}

#[expect(clippy::cast_precision_loss, reason = "counts of calls, milliseconds of minutes")]
pub async fn read(scene: &Scene, campaign: &Value, people: &People, span: Span) -> Books {
    let within = |at: Option<At>| at.is_some_and(|at| at >= span.from && at < span.to);
    let entries = scene.network.ledger().entries();
    let answers = entries.iter().filter(|e| within(e.answered_at) && people.talk(&e.number).is_some_and(|t| t.person));
    let answers: Vec<String> = answers.map(|e| tail(&e.number)).collect();
    let path = format!("/calls?campaign_id={campaign}&disposition=abandoned");
    let calls = scene.client.all(&path).await;
    let lost: HashSet<String> = calls.iter().filter_map(|c| c["called"].as_str()).map(tail).collect();
    let lost = answers.iter().filter(|n| lost.contains(*n)).count();
    let states = states(scene, span).await;
    let busy = ["talking", "held", "wrap_up"].iter().filter_map(|s| states.get(*s)).sum::<f64>();
    Books {
        occupancy: 100.0 * busy,
        abandoned: 100.0 * lost as f64 / answers.len().max(1) as f64,
        answers: answers.len(),
        dialled: entries.iter().filter(|e| within(e.offered_at)).count(),
        seconds: span.to.since_ms(span.from) as f64 / 1_000.0,
        states,
        dialled_all: entries.len() >= people.numbers().len(),
    }
}

/// Shares of the time signed in.
#[expect(clippy::cast_precision_loss, reason = "milliseconds of minutes")]
async fn states(scene: &Scene, span: Span) -> BTreeMap<String, f64> {
    let path = format!("/reports/agent_timeline?from={}&to={}", span.from.to_rfc3339(), span.to.to_rfc3339());
    let report = scene.client.get(&path.replace('+', "%2B")).await;
    let columns = report["columns"].as_array().cloned().unwrap_or_default();
    let place = |key: &str| columns.iter().position(|c| c["key"] == key).expect("a column of the timeline");
    let (state, began, ended) = (place("state"), place("started_at"), place("ended_at"));
    let at = |value: &Value| serde_json::from_value::<At>(value.clone()).ok();
    let mut sums: BTreeMap<String, f64> = BTreeMap::new();
    for row in report["rows"].as_array().into_iter().flatten().filter(|row| row[state] != "off") {
        let from = at(&row[began]).map_or(span.from, |from| from.max(span.from));
        let to = at(&row[ended]).map_or(span.to, |to| to.min(span.to));
        *sums.entry(row[state].as_str().unwrap_or_default().to_owned()).or_default() += to.since_ms(from).max(0) as f64;
    }
    let all: f64 = sums.values().sum();
    sums.into_iter().map(|(state, ms)| (state, ms / all.max(1.0))).collect()
}

impl Books {
    #[expect(clippy::cast_precision_loss, reason = "a count of calls")]
    pub fn print(&self, cost: &Cost) {
        figure("pacing over SIP, occupancy", self.occupancy, "%");
        for (state, share) in &self.states {
            figure(&format!("… of the time signed in, {state}"), share * 100.0, "%");
        }
        figure("pacing over SIP, people who answered", self.answers as f64, "");
        figure("… of whom found nobody within two seconds", self.abandoned, "%");
        figure("pacing over SIP, dialled per second", self.dialled as f64 / self.seconds, "1/s");
        cost.print();
    }
}
