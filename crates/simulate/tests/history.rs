//! 试算 against a world whose truth is known: days of a scenario are written down as the store counts them, and replayed.

use dialer::pacer::{Decision, Foresight, Sight};
use model::record::{
    BusyHour, Campaign, Closeness, DialCount, DialEnd, DialMode, History, HistoryPart, Pacing, Presence, TalkCount, WhatIfResult,
    WhatIfVariant,
};
use model::{AgentId, At, AttemptId};
use simulate::history::{as_it_was, missing, what_if};
use simulate::{Dialler, Method, Scenario, Seen, Setup, run};
use std::collections::BTreeMap;

const HOUR_MS: i64 = 3_600_000;
/// A Monday, 08:00 in China.
const BEGAN: At = At(1_790_553_600_000);

/// Writes down what a dialler is told.
struct Clerk {
    inner: Box<dyn Dialler>,
    ringing: BTreeMap<AttemptId, (At, u8)>,
    talking: BTreeMap<AgentId, At>,
    wrapping: BTreeMap<AgentId, (At, At)>,
    dials: BTreeMap<(i64, u8, DialEnd, u8), u32>,
    talks: BTreeMap<(u32, u32), u32>,
    busy: BTreeMap<i64, i64>,
    slots: Vec<i64>,
}

impl Clerk {
    fn new(method: Method) -> Self {
        Self {
            inner: method.make(),
            ringing: BTreeMap::new(),
            talking: BTreeMap::new(),
            wrapping: BTreeMap::new(),
            dials: BTreeMap::new(),
            talks: BTreeMap::new(),
            busy: BTreeMap::new(),
            slots: Vec::new(),
        }
    }

    fn ended(&mut self, at: At, attempt: AttemptId, end: DialEnd) {
        let Some((since, segment)) = self.ringing.remove(&attempt) else { return };
        let after_s = u8::try_from(at.since_ms(since) / 1000).unwrap().min(120);
        // What rang to the limit is no answer, not a failure.
        let end = if end == DialEnd::Ended && after_s >= 30 { DialEnd::NoAnswer } else { end };
        *self.dials.entry(((BEGAN.ms() + since.ms()) / HOUR_MS, segment, end, after_s)).or_default() += 1;
    }

    fn history(self, agents: i64, hours: i64) -> History {
        let (from, until) = (BEGAN, BEGAN.plus_ms(hours * HOUR_MS));
        let dial = |((hour, segment, end, after_s), n)| DialCount { hour, segment, end, after_s, n };
        History {
            from,
            until,
            dials: self.dials.into_iter().map(dial).collect(),
            slots: self.slots,
            talks: self.talks.into_iter().map(|((talk_s, wrap_s), n)| TalkCount { talk_s, wrap_s, n }).collect(),
            busy: self.busy.into_iter().map(|(hour, busy_ms)| BusyHour { hour, busy_ms }).collect(),
            presence: (1..=agents).map(|a| Presence { agent: AgentId(a), from, until }).collect(),
            ..History::default()
        }
    }
}

/// Lower end of the span a talk counts in.
fn span(ms: i64) -> u32 {
    let s = u32::try_from(ms / 1000).unwrap();
    match s {
        0..60 => s,
        60..600 => s / 10 * 10,
        _ => s / 60 * 60,
    }
}

impl Dialler for Clerk {
    fn seen(&mut self, at: At, seen: Seen) {
        match seen {
            Seen::Dialled { attempt, .. } => {
                let slot = (BEGAN.ms() + at.ms()) / 300_000;
                if self.slots.last() != Some(&slot) {
                    self.slots.push(slot);
                }
                self.ringing.insert(attempt, (at, 0));
            }
            Seen::Answered(attempt) => self.ended(at, attempt, DialEnd::Person),
            Seen::Failed(attempt) => self.ended(at, attempt, DialEnd::Ended),
            Seen::Cancelled(attempt) => self.ended(at, attempt, DialEnd::GivenUp),
            Seen::Abandoned => {
                let last = self.dials.iter_mut().rev().find(|((.., end, _), n)| *end == DialEnd::Person && **n > 0);
                let ((hour, segment, _, after_s), n) = last.unwrap();
                let key = (*hour, *segment, DialEnd::Abandoned, *after_s);
                *n -= 1;
                *self.dials.entry(key).or_default() += 1;
            }
            Seen::TalkStarted(agent) => {
                self.talking.insert(agent, at);
            }
            Seen::TalkEnded(agent) => {
                let since = self.talking.remove(&agent).unwrap();
                self.wrapping.insert(agent, (since, at));
            }
            Seen::WrapEnded(agent) | Seen::Left(agent) => {
                if let Some((talked, wrapped)) = self.wrapping.remove(&agent) {
                    *self.talks.entry((span(wrapped.since_ms(talked)), span(at.since_ms(wrapped)))).or_default() += 1;
                    *self.busy.entry((BEGAN.ms() + talked.ms()) / HOUR_MS).or_default() += at.since_ms(talked);
                }
            }
        }
        self.inner.seen(at, seen);
    }

    fn decide(&mut self, at: At, sight: &Sight<'_>, truth: &dyn Foresight) -> Decision {
        self.inner.decide(at, sight, truth)
    }
}

fn days(scenario: Scenario, method: Method, agents: u32, hours: u32) -> History {
    let mut clerk = Clerk::new(method);
    run(&Setup { scenario, agents, seed: 77, hours }, &mut clerk);
    clerk.history(i64::from(agents), i64::from(hours))
}

fn campaign(mode: DialMode) -> Campaign {
    let json = serde_json::json!({
        "id": 1, "tenant_id": 1, "name": "", "description": "", "status": "running", "mode": mode.code(), "queue_id": 1,
        "pacing": {}, "agent_work": {}, "dial_rules": {}, "purpose": "survey", "flow_id": 0, "callback_flow_id": null,
        "caller_ids": [], "trunk_ids": [], "schedule": model::calendar::Schedule::default(), "concurrency_max": 1000,
        "calls_per_second_max": 100.0, "ring_ms_max": 30_000, "retry": model::record::RetryPolicy::default(), "record": false,
        "amd": model::record::Amd::default(), "variables": {}, "fields": [], "results": [], "created_by": 1,
        "submitted_by": null, "approved_by": null, "approved_at": null, "review_note": null, "started_at": null,
        "finished_at": null, "created_at": At(0), "updated_at": At(0), "revision": 1,
    });
    serde_json::from_value(json).unwrap()
}

fn replayed(history: &History, mode: DialMode, variants: &[WhatIfVariant]) -> WhatIfResult {
    what_if(history, &campaign(mode), variants, 3, &|| false, &mut |_, _| {}).unwrap()
}

fn variant(mode: DialMode) -> WhatIfVariant {
    as_it_was(&campaign(mode))
}

#[test]
fn the_days_as_they_were_come_again() {
    for (mode, method) in [(DialMode::Progressive, Method::Progressive), (DialMode::Predictive, Method::Predictive)] {
        let result = replayed(&days(Scenario::S1, method, 10, 8), mode, &[]);
        let (m, r) = (&result.measured, &result.as_was);
        assert_eq!(result.closeness, Closeness::Good, "{mode:?}: {m:?} {r:?}");
        assert!((m.occupancy.mean - r.occupancy.mean).abs() < 2.0, "{mode:?}: {:?} {:?}", m.occupancy, r.occupancy);
        assert!((m.agent_hours - 80.0).abs() < 0.5 && (r.agent_hours - 80.0).abs() < 1.0, "{} {}", m.agent_hours, r.agent_hours);
    }
}

#[test]
fn what_a_progressive_day_would_have_been_is_what_it_then_is() {
    let history = days(Scenario::S5, Method::Progressive, 20, 8);
    let result = replayed(&history, DialMode::Progressive, &[variant(DialMode::Predictive)]);
    let truth = run(&Setup { scenario: Scenario::S5, agents: 20, seed: 5, hours: 8 }, Method::Predictive.make().as_mut());
    let foreseen = &result.variants[0];
    let off = foreseen.occupancy.mean - truth.occupancy_percent();
    assert!(off.abs() < 2.5, "foreseen {:?}, came to {:.2}", foreseen.occupancy, truth.occupancy_percent());
    assert!(foreseen.allowed && result.best == Some(1), "{foreseen:?}");
    assert!(foreseen.occupancy.mean > result.as_was.occupancy.mean + 10.0);
    // The hours with fewer answers are seen as such.
    let answers: Vec<f64> = result.as_was.hours.iter().map(|h| (h.talks + h.abandoned) / h.dials).collect();
    assert!(answers[0] > 1.4 * answers[2], "{answers:?}");
}

#[test]
fn a_reckless_ratio_is_not_allowed_and_more_agents_are_less_busy() {
    let history = days(Scenario::S1, Method::Progressive, 10, 6);
    let reckless = WhatIfVariant { pacing: Pacing { ratio: 4.0, ..Pacing::default() }, ..variant(DialMode::Power) };
    let more = WhatIfVariant { agents_change: 5, ..variant(DialMode::Progressive) };
    let short = WhatIfVariant { wrap_up_ms_max: Some(5_000), ..variant(DialMode::Progressive) };
    let quick = WhatIfVariant { ring_ms_max: 15_000, ..variant(DialMode::Progressive) };
    let result = replayed(&history, DialMode::Progressive, &[reckless, more, short, quick]);
    let [reckless, more, short, quick] = &result.variants[..] else { panic!() };
    assert!(reckless.abandoned.mean > result.as_was.abandoned.mean + 2.0, "{reckless:?}");
    assert!((more.agent_hours - 90.0).abs() < 1.0, "{}", more.agent_hours);
    assert!(short.talks_per_hour.mean > result.as_was.talks_per_hour.mean * 1.05, "{short:?}");
    assert!(quick.talks.mean / quick.dials.mean < 0.75 * result.as_was.talks.mean / result.as_was.dials.mean);
    assert_ne!(result.best, Some(1), "too many found nobody: {reckless:?}");
}

#[test]
fn nothing_is_dialled_while_the_task_was_paused_or_nobody_was_there() {
    let mut history = days(Scenario::S1, Method::Progressive, 10, 6);
    // Paused in the third hour; one agent goes home after the first.
    let third = BEGAN.ms() / HOUR_MS + 2;
    history.slots.retain(|slot| slot * 300_000 / HOUR_MS != third);
    history.dials.retain(|d| d.hour != third);
    history.busy.retain(|b| b.hour != third);
    history.presence[0].until = BEGAN.plus_ms(HOUR_MS);
    let result = replayed(&history, DialMode::Progressive, &[]);
    assert!(result.as_was.hours.iter().all(|h| h.at.ms() / HOUR_MS != third || h.dials < 30.0), "{:?}", result.as_was.hours);
    assert!((result.measured.agent_hours - (1.0 + 9.0 * 5.0)).abs() < 1.0, "{}", result.measured.agent_hours);
    assert_eq!(result.agents_max, 10);
}

#[test]
fn too_little_history_says_what_is_missing() {
    let history = days(Scenario::S1, Method::Progressive, 10, 6);
    assert_eq!(missing(&history), []);
    let parts = |h: &History| missing(h).iter().map(|m| m.part).collect::<Vec<_>>();
    assert_eq!(parts(&History::default()), [HistoryPart::Answers, HistoryPart::Talks, HistoryPart::AgentHours]);
    assert_eq!(parts(&History { presence: Vec::new(), ..history.clone() }), [HistoryPart::AgentHours]);
    let lone = History { dials: history.dials[..1].to_vec(), ..history };
    let few = missing(&lone);
    assert!(few[0].part == HistoryPart::Answers && few[0].have < few[0].need);
}

#[test]
fn a_replay_stops_when_it_is_told_to() {
    let history = days(Scenario::S1, Method::Progressive, 10, 6);
    let c = campaign(DialMode::Progressive);
    assert!(what_if(&history, &c, &[], 3, &|| true, &mut |_, _| {}).is_none());
    let done = std::cell::Cell::new(0);
    let result =
        what_if(&history, &c, &[variant(DialMode::Progressive)], 3, &|| done.get() >= 3, &mut |n, _| done.set(n)).unwrap();
    assert_eq!(result.runs, 1, "half of a round does not count");
}

#[test]
fn the_same_days_give_the_same_answer() {
    let history = days(Scenario::S1, Method::Progressive, 10, 4);
    let again = || replayed(&history, DialMode::Progressive, &[variant(DialMode::Predictive)]);
    assert_eq!(again(), again());
}
