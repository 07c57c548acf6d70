//! 试算: a task's own days, replayed under other settings. First under those it had: how near that comes to what really
//! happened says how far the rest may be trusted.

mod days;
mod plan;
mod rings;

use crate::outcome::{Estimate, Outcome, percent};
use crate::routing::Thin;
use crate::scenario::HOUR_MS;
use crate::world::World;
use days::Days;
use model::record::{
    Campaign, Closeness, DialEnd, DialMode, Figure, History, HistoryPart, Missing, WhatIfFigures, WhatIfHour, WhatIfNote,
    WhatIfResult, WhatIfVariant,
};
use model::{At, record::Presence};
use plan::CAP_PERCENT;
use std::collections::BTreeMap;

const ANSWERS_MIN: u32 = 200;
const TALKS_MIN: u32 = 100;
const AGENT_HOURS_MIN: u32 = 4;
/// Runs of each below which intervals are too wide to choose by.
const RUNS_FEW: usize = 3;
const SEED_FIRST: u64 = 1000;

/// Modes that dial for agents by themselves, and can be replayed.
pub const fn is_replayed(mode: DialMode) -> bool {
    matches!(mode, DialMode::Progressive | DialMode::Power | DialMode::Predictive)
}

/// The settings a task has.
pub fn as_it_was(campaign: &Campaign) -> WhatIfVariant {
    WhatIfVariant {
        mode: campaign.mode,
        pacing: campaign.pacing.clone(),
        ring_ms_max: campaign.ring_ms_max,
        agents_change: 0,
        wrap_up_ms_max: None,
    }
}

/// Of what there is too little to replay; empty: enough.
pub fn missing(history: &History) -> Vec<Missing> {
    let whole = |n: f64| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts")]
        let n = n.max(0.0) as u32;
        n
    };
    let have = [
        (HistoryPart::Answers, count(history, DialEnd::Person).saturating_add(count(history, DialEnd::Abandoned)), ANSWERS_MIN),
        (HistoryPart::Talks, history.talks.iter().map(|t| t.n).sum(), TALKS_MIN),
        (HistoryPart::AgentHours, whole(agent_hours(&days::presence(history)).values().sum()), AGENT_HOURS_MIN),
    ];
    have.into_iter().filter(|(_, have, need)| have < need).map(|(part, have, need)| Missing { part, have, need }).collect()
}

/// At most `runs` of each, fewer when `stop` says so; `told` hears how many replays are done, of how many. None: stopped before
/// each had one.
pub fn what_if(
    history: &History,
    campaign: &Campaign,
    variants: &[WhatIfVariant],
    runs: u32,
    stop: &dyn Fn() -> bool,
    told: &mut dyn FnMut(u32, u32),
) -> Option<WhatIfResult> {
    let mut plans = vec![as_it_was(campaign)];
    plans.extend_from_slice(variants);
    let total = u32::try_from(plans.len()).unwrap_or(u32::MAX).saturating_mul(runs);
    let mut outcomes: Vec<Vec<Outcome>> = vec![Vec::new(); plans.len()];
    let mut done = 0;
    'all: for run in 0..runs {
        let mut round = Vec::with_capacity(plans.len());
        for plan in &plans {
            let outcome = replay(history, campaign, plan, SEED_FIRST + u64::from(run), stop);
            if stop() {
                break 'all;
            }
            round.push(outcome);
            done += 1;
            told(done, total);
        }
        // Whole rounds only: settings are compared over the same runs.
        outcomes.iter_mut().zip(round).for_each(|(all, one)| all.push(one));
    }
    if outcomes[0].is_empty() { None } else { Some(result(history, campaign, &plans, &outcomes)) }
}

fn replay(history: &History, campaign: &Campaign, plan: &WhatIfVariant, seed: u64, stop: &dyn Fn() -> bool) -> Outcome {
    let days = Days::of(history, campaign, plan, seed);
    let mut dialler = plan::dialler(plan, days.classes());
    let end = At(history.until.ms() - first_hour(history) * HOUR_MS);
    World::new(&days, seed, end, Thin::default(), dialler.as_mut()).run(stop)
}

fn first_hour(history: &History) -> i64 {
    history.from.ms().div_euclid(HOUR_MS)
}

fn result(history: &History, campaign: &Campaign, plans: &[WhatIfVariant], outcomes: &[Vec<Outcome>]) -> WhatIfResult {
    let figures: Vec<WhatIfFigures> =
        plans.iter().zip(outcomes).map(|(plan, runs)| figures(runs, first_hour(history), plan::cap(plan))).collect();
    let measured = measured(history, campaign.pacing.abandon_percent_max.min(CAP_PERCENT));
    let allowed = figures.iter().enumerate().filter(|(_, f)| f.allowed && f.talks.mean > 0.0);
    let best = allowed.max_by(|a, b| a.1.talks_per_hour.mean.total_cmp(&b.1.talks_per_hour.mean));
    let mut notes = Vec::new();
    if campaign.updated_at > history.from {
        notes.push(WhatIfNote::Changed);
    }
    if plans.iter().any(|p| p.ring_ms_max > campaign.ring_ms_max) {
        notes.push(WhatIfNote::RingsLonger);
    }
    if outcomes[0].len() < RUNS_FEW {
        notes.push(WhatIfNote::FewRuns);
    }
    WhatIfResult {
        closeness: closeness(&measured, &figures[0]),
        best: best.and_then(|(n, _)| u32::try_from(n).ok()),
        runs: u32::try_from(outcomes[0].len()).unwrap_or(u32::MAX),
        agents_max: most_at_once(&days::presence(history)),
        notes,
        measured,
        as_was: figures[0].clone(),
        variants: figures[1..].to_vec(),
    }
}

fn closeness(measured: &WhatIfFigures, replayed: &WhatIfFigures) -> Closeness {
    let apart = |f: fn(&WhatIfFigures) -> Figure| (f(measured).mean - f(replayed).mean).abs();
    let (occupancy, abandoned) = (apart(|f| f.occupancy), apart(|f| f.abandoned));
    let talks = apart(|f| f.talks) / measured.talks.mean.max(1.0);
    if occupancy <= 3.0 && abandoned <= 1.0 && talks <= 0.08 {
        Closeness::Good
    } else if occupancy <= 8.0 && abandoned <= 2.5 && talks <= 0.20 {
        Closeness::Fair
    } else {
        Closeness::Poor
    }
}

fn count(history: &History, end: DialEnd) -> u32 {
    history.dials.iter().filter(|d| d.end == end).map(|d| d.n).sum()
}

/// Hours of agents by the hour since 1970.
fn agent_hours(presence: &[Presence]) -> BTreeMap<i64, f64> {
    let mut out = BTreeMap::new();
    for p in presence {
        let mut at = p.from.ms();
        while at < p.until.ms() {
            let hour = at.div_euclid(HOUR_MS);
            let end = p.until.ms().min((hour + 1) * HOUR_MS);
            *out.entry(hour).or_insert(0.0) += (end - at) as f64 / HOUR_MS as f64;
            at = end;
        }
    }
    out
}

fn most_at_once(presence: &[Presence]) -> u32 {
    let mut steps: Vec<(At, i32)> = presence.iter().flat_map(|p| [(p.from, 1), (p.until, -1)]).collect();
    steps.sort_unstable();
    let (mut there, mut most) = (0_i32, 0);
    for (_, step) in steps {
        there += step;
        most = most.max(there);
    }
    most.unsigned_abs()
}

const fn exact(mean: f64) -> Figure {
    Figure { mean, half: 0.0 }
}

/// What really happened.
fn measured(history: &History, cap: f64) -> WhatIfFigures {
    let signed_in = agent_hours(&days::presence(history));
    let mut hours: BTreeMap<i64, (WhatIfHour, f64, f64)> = BTreeMap::new();
    let mut hour = |n: i64, with: &mut dyn FnMut(&mut (WhatIfHour, f64, f64))| {
        with(hours.entry(n).or_insert((WhatIfHour { at: At(n * HOUR_MS), ..WhatIfHour::default() }, 0.0, 0.0)));
    };
    for d in &history.dials {
        hour(d.hour, &mut |h| {
            h.0.dials += f64::from(d.n);
            match d.end {
                DialEnd::Person => h.0.talks += f64::from(d.n),
                DialEnd::Abandoned => h.1 += f64::from(d.n),
                _ => {}
            }
        });
    }
    for b in &history.busy {
        hour(b.hour, &mut |h| h.2 += b.busy_ms as f64 / HOUR_MS as f64);
    }
    let hours: Vec<WhatIfHour> = hours
        .into_iter()
        .map(|(n, (h, abandoned, busy))| WhatIfHour {
            abandoned: percent(abandoned, abandoned + h.talks),
            occupancy: percent(busy, signed_in.get(&n).copied().unwrap_or(0.0)).min(100.0),
            ..h
        })
        .filter(|h| h.dials > 0.0)
        .collect();
    let agent_hours: f64 = signed_in.values().sum();
    let busy = history.busy.iter().map(|b| b.busy_ms as f64).sum::<f64>() / HOUR_MS as f64;
    let (talks, abandoned) = (f64::from(count(history, DialEnd::Person)), f64::from(count(history, DialEnd::Abandoned)));
    let share = percent(abandoned, talks + abandoned);
    WhatIfFigures {
        occupancy: exact(percent(busy, agent_hours).min(100.0)),
        abandoned: exact(share),
        wait_s: exact(history.wait_ms as f64 / 1000.0 / f64::from(history.waits.max(1))),
        talks: exact(talks),
        talks_per_hour: exact(if agent_hours > 0.0 { talks / agent_hours } else { 0.0 }),
        dials: exact(history.dials.iter().map(|d| f64::from(d.n)).sum()),
        given_up: exact(f64::from(count(history, DialEnd::GivenUp))),
        agent_hours,
        allowed: share <= cap,
        hours,
    }
}

/// What replays came to.
fn figures(runs: &[Outcome], first_hour: i64, cap: f64) -> WhatIfFigures {
    let figure = |f: &dyn Fn(&Outcome) -> f64| {
        let estimate = Estimate::of(runs.iter().map(f));
        Figure { mean: estimate.mean, half: estimate.half() }
    };
    let abandoned = figure(&Outcome::abandoned_percent);
    WhatIfFigures {
        occupancy: figure(&Outcome::occupancy_percent),
        abandoned,
        wait_s: figure(&Outcome::mean_wait_s),
        talks: figure(&|o| o.total().connected as f64),
        talks_per_hour: figure(&|o| if o.signed_in_s > 0.0 { o.total().connected as f64 * 3600.0 / o.signed_in_s } else { 0.0 }),
        dials: figure(&|o| o.attempts as f64),
        given_up: figure(&|o| o.cancelled as f64),
        agent_hours: figure(&|o| o.signed_in_s / 3600.0).mean,
        allowed: abandoned.mean <= cap,
        hours: by_hour(runs, first_hour),
    }
}

fn by_hour(runs: &[Outcome], first_hour: i64) -> Vec<WhatIfHour> {
    let n = runs.len().max(1) as f64;
    let mut out = Vec::new();
    for k in 0..runs.first().map_or(0, |o| o.hours.len()) {
        let sum = |f: fn(&crate::outcome::Hour) -> f64| runs.iter().filter_map(|o| o.hours.get(k)).map(f).sum::<f64>();
        let (dials, talks, abandoned) = (sum(|h| h.attempts as f64), sum(|h| h.connected as f64), sum(|h| h.abandoned as f64));
        if dials > 0.0 {
            out.push(WhatIfHour {
                at: At((first_hour + i64::try_from(k).unwrap_or(0)) * HOUR_MS),
                dials: dials / n,
                talks: talks / n,
                occupancy: percent(sum(|h| h.busy_s), sum(|h| h.signed_in_s)),
                abandoned: percent(abandoned, abandoned + talks),
            });
        }
    }
    out
}
