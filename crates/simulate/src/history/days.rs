//! The days as a world: who was there, how ringing ended, how long people talked.

use super::rings::Rings;
use crate::nature::{Limits, Nature, Shift};
use crate::rng::Rng;
use crate::scenario::{Callee, Fate, HOUR_MS};
use model::record::{Campaign, History, Presence, SLOT_MS, TalkCount, WhatIfVariant};
use model::{AgentId, At};
use std::collections::BTreeMap;

/// The task did not dial when nothing left for so many spans: it was paused, out of hours or out of leads.
const SILENT_SLOTS: i64 = 3;
/// A shorter absence is none.
const BLINK_MS: i64 = 5_000;

pub(super) struct Days<'a> {
    /// Hours since 1970 of the beginning.
    first: i64,
    rings: Rings,
    talks: &'a [TalkCount],
    /// Talks up to each, counted.
    talked: Vec<u64>,
    shifts: Vec<Shift>,
    agents: u32,
    connect_ms: i64,
    wrap_ms_max: i64,
    limits: Limits,
}

/// Spans in which the task dialled.
fn windows(history: &History) -> Vec<(i64, i64)> {
    let mut out: Vec<(i64, i64)> = Vec::new();
    for slot in &history.slots {
        match out.last_mut() {
            Some((_, until)) if *slot - *until < SILENT_SLOTS => *until = slot + 1,
            _ => out.push((*slot, slot + 1)),
        }
    }
    out.iter().map(|(from, until)| (from * SLOT_MS, until * SLOT_MS)).collect()
}

/// Who was there while the task dialled.
pub(super) fn presence(history: &History) -> Vec<Presence> {
    let windows = windows(history);
    let mut sorted = history.presence.clone();
    sorted.sort_by_key(|p| (p.agent, p.from));
    let mut out: Vec<Presence> = Vec::new();
    for p in sorted {
        for (from, until) in &windows {
            let (from, until) = (p.from.ms().max(*from), p.until.ms().min(*until));
            if from >= until {
                continue;
            }
            match out.last_mut() {
                Some(last) if last.agent == p.agent && from - last.until.ms() < BLINK_MS => last.until = At(until),
                _ => out.push(Presence { agent: p.agent, from: At(from), until: At(until) }),
            }
        }
    }
    out
}

impl<'a> Days<'a> {
    pub(super) fn of(history: &'a History, campaign: &Campaign, variant: &WhatIfVariant, seed: u64) -> Self {
        let first = history.from.ms().div_euclid(HOUR_MS);
        let (shifts, agents) = shifts(history, variant.agents_change, first, seed);
        let mut sum = 0;
        let counted = |t: &TalkCount| {
            sum += u64::from(t.n);
            sum
        };
        let talked: Vec<u64> = history.talks.iter().map(counted).collect();
        let talks = i64::try_from(sum).unwrap_or(i64::MAX).max(1);
        Self {
            first,
            rings: Rings::of(&history.dials, f64::from(campaign.ring_ms_max) / 1000.0, f64::from(variant.ring_ms_max) / 1000.0),
            talks: &history.talks,
            talked,
            shifts,
            agents,
            connect_ms: (history.connect_ms / talks).clamp(0, 10_000),
            wrap_ms_max: variant.wrap_up_ms_max.map_or(i64::MAX, i64::from),
            limits: limits(campaign, variant),
        }
    }

    /// Score class of each kind of lead, as the product would have learned it.
    pub(super) fn classes(&self) -> Vec<u8> {
        let kinds = u8::try_from(model::record::SEGMENTS).unwrap_or(1);
        (0..kinds).map(|k| dialer::answers::Answers::class(self.rings.chance(k))).collect()
    }

    fn hour(&self, at: At) -> i64 {
        self.first + at.ms().div_euclid(HOUR_MS)
    }
}

fn limits(campaign: &Campaign, variant: &WhatIfVariant) -> Limits {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 000 at most")]
    let starts_max = (campaign.calls_per_second_max / 2.0).ceil().clamp(1.0, 1_000.0) as u32;
    Limits { lines: campaign.concurrency_max, lines_per_agent: variant.pacing.lines_per_agent_max.clamp(1, 20), starts_max }
}

/// Whoever was there, with agents added or left out by lot.
fn shifts(history: &History, change: i32, first: i64, seed: u64) -> (Vec<Shift>, u32) {
    let mut rosters: BTreeMap<AgentId, Vec<(At, At)>> = BTreeMap::new();
    for p in presence(history) {
        let from_first = |at: At| At(at.ms() - first * HOUR_MS);
        rosters.entry(p.agent).or_default().push((from_first(p.from), from_first(p.until)));
    }
    let mut rosters: Vec<Vec<(At, At)>> = rosters.into_values().collect();
    let mut rng = Rng::new(seed, 4);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below the number of agents")]
    let mut lot = |n: usize| (rng.unit() * n as f64) as usize;
    let real = rosters.len();
    for _ in 0..change.unsigned_abs() {
        if change > 0 && real > 0 {
            rosters.push(rosters[lot(real)].clone());
        } else if change < 0 && rosters.len() > 1 {
            rosters.swap_remove(lot(rosters.len()));
        }
    }
    let mut out = Vec::new();
    for (n, roster) in rosters.iter().enumerate() {
        let agent = AgentId(i64::try_from(n).unwrap_or(0) + 1);
        out.extend(roster.iter().map(|(from, until)| Shift { agent, from: *from, until: Some(*until) }));
    }
    (out, u32::try_from(rosters.len()).unwrap_or(u32::MAX))
}

/// Width of the span that a count of talks stands for, by its lower end.
const fn width_s(from_s: u32) -> u32 {
    match from_s {
        0..60 => 1,
        60..600 => 10,
        _ => 60,
    }
}

impl Nature for Days<'_> {
    fn agents(&self) -> u32 {
        self.agents
    }

    fn shifts(&self) -> Vec<Shift> {
        self.shifts.clone()
    }

    fn is_scored(&self) -> bool {
        true
    }

    fn segment(&self, at: At, rng: &mut Rng) -> u8 {
        self.rings.segment(self.hour(at), rng)
    }

    fn fate(&self, at: At, segment: u8, rng: &mut Rng) -> Fate {
        self.rings.fate(self.hour(at), segment, rng)
    }

    fn work(&self, _: Callee, rng: &mut Rng) -> (i64, i64) {
        let all = self.talked.last().copied().unwrap_or(0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below the number of talks")]
        let drawn = (rng.unit() * all as f64) as u64;
        let Some(talk) = self.talks.get(self.talked.partition_point(|n| *n <= drawn)) else { return (1, 1) };
        let mut span = |from_s: u32| {
            // An end that was counted as nothing was nothing: no wrap-up.
            let within = if from_s == 0 { 0.5 } else { rng.unit() };
            crate::scenario::ms(f64::from(from_s) + within * f64::from(width_s(from_s)))
        };
        let (talk_ms, wrap_ms) = (span(talk.talk_s), if talk.wrap_s == 0 { 1 } else { span(talk.wrap_s) });
        (talk_ms, wrap_ms.min(self.wrap_ms_max).max(1))
    }

    fn connect_ms(&self) -> i64 {
        self.connect_ms
    }

    fn limits(&self) -> Limits {
        self.limits
    }
}
