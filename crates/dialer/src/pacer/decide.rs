//! The decision: forecast, cancel, dial.

use super::learn::{CLASSES_MAX, PHI_SURE};
use super::residual::{Residual, Work};
use super::ring::{Incidence, bin};
use super::settings::{GRID, GRID_S, seconds};
use super::tally::{Lanes, Moment, Tally};
use super::{Decision, Foresight, Limit, Pacer, Ringing, Settings, Sight, Why};
use model::{At, AttemptId};

/// Not given up when the ringing ends by itself so soon.
const CANCEL_MARGIN_S: f64 = 0.5;
/// Answers that come after a call may be given up count so little: only where giving up does not foresee them.
const LATE_SHARE: f64 = 0.15;
/// The first point of the grid: a second ahead.
const NEXT: usize = 0;
/// The point of the grid ten seconds ahead, for the screen.
const TEN_S: usize = 6;

/// Room to reckon in, kept between decisions so that nothing is allocated.
#[derive(Clone, Debug, Default)]
pub(super) struct Desk {
    residual: Residual,
    incidence: Vec<Incidence>,
    /// Unscaled answers per second, by class and second.
    usual: Vec<Vec<f64>>,
    tally: Tally,
    calls: Vec<Call>,
    frees: Vec<Lanes>,
    soon: Moment,
}

impl Desk {
    /// Answers to be expected are counted: not before the first forecast.
    pub(super) fn expects(&self) -> bool {
        !self.usual.is_empty()
    }
}

#[derive(Clone, Copy, Debug)]
struct Call {
    attempt: AttemptId,
    answered: Lanes,
    /// Answers per second just now.
    soon: f64,
    may_cancel: bool,
}

/// It has rung for as long as is fair, and not yet to its end.
fn may_cancel(settings: &Settings, now: At, call: &Ringing) -> bool {
    let rang_ms = call.rings.map_or(0, |r| now.since_ms(r));
    let fair = settings.cancel_after_ms.is_some_and(|fair| rang_ms >= i64::from(fair));
    fair && seconds(now.since_ms(call.since)) < settings.ring_s_max() - CANCEL_MARGIN_S
}

impl Pacer {
    /// How many calls to start and which to give up. Call it about twice a second.
    pub fn decide(&mut self, now: At, sight: &Sight<'_>, known: &dyn Foresight) -> Decision {
        self.count_to(now);
        let (theta, guarded) = self.state.controller.theta(now, &self.settings);
        let mut why = self.why(sight, theta);
        if sight.agents == 0 {
            // Whoever answers now finds nobody.
            let cancel =
                self.ringing.iter().filter(|(_, r)| may_cancel(&self.settings, now, r)).map(|(attempt, _)| *attempt).collect();
            return Decision { why, cancel, ..Decision::default() };
        }
        let lines = self.lines_left(sight);
        if !self.state.learner.is_ready() {
            let want = sight.idle.saturating_sub(why.in_flight).saturating_sub(sight.waiting);
            why.limit = if want > lines { Limit::Room } else { Limit::Learning };
            return Decision { dial: want.min(lines), cancel: Vec::new(), why };
        }
        self.reckon(now, known);
        let cancel = self.cancel(sight);
        let dial = self.dial(sight, theta, lines, &mut why);
        if why.limit == Limit::Risk && guarded {
            why.limit = Limit::Guard;
        }
        Decision { dial, cancel, why }
    }

    fn why(&self, sight: &Sight<'_>, theta: f64) -> Why {
        let (answers, abandoned) = self.state.controller.window();
        #[expect(clippy::cast_precision_loss, reason = "counts of a day")]
        let budget_left = self.settings.abandon_max * answers as f64 - abandoned as f64;
        Why {
            limit: Limit::NoAgents,
            idle: sight.idle,
            waiting: sight.waiting,
            in_flight: u32::try_from(self.ringing.len()).unwrap_or(u32::MAX),
            theta,
            phi: self.state.learner.phi(),
            window_answers: answers,
            window_abandoned: abandoned,
            budget_left,
            ..Why::default()
        }
    }

    /// Calls that lines per agent and the room allow.
    fn lines_left(&self, sight: &Sight<'_>) -> u32 {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
        let lines = (f64::from(sight.agents) * self.settings.lines_per_agent_max.max(0.0)) as u32;
        let used = self.ringing.len() + self.busy.values().filter(|b| b.work == Work::Talk).count();
        let used = u32::try_from(used).unwrap_or(u32::MAX).saturating_add(sight.waiting);
        lines.saturating_sub(used).min(sight.room)
    }

    /// Exposure of what rings, and the answers that were to be expected meanwhile.
    pub(super) fn count_to(&mut self, now: At) {
        let Some(from) = self.counted_to.replace(self.counted_to.map_or(now, |c| c.max(now))) else { return };
        if now <= from {
            return;
        }
        let mut expected = 0.0;
        let ring_s_max = self.settings.ring_s_max();
        for call in self.ringing.values() {
            let start = seconds(from.since_ms(call.since)).min(ring_s_max);
            let end = seconds(now.since_ms(call.since)).min(ring_s_max);
            self.state.learner.rang(call.class, start, end);
            if let Some(usual) = self.desk.usual.get(usize::from(call.class)).or(self.desk.usual.first()) {
                expected += usual[bin(start)] * (end - start);
            }
        }
        self.state.learner.passed(seconds(now.since_ms(from)), expected);
    }

    /// Brings tables up to date and reckons every ringing call and busy agent on the grid.
    fn reckon(&mut self, now: At, known: &dyn Foresight) {
        let (learner, desk) = (&self.state.learner, &mut self.desk);
        let phi = learner.phi();
        desk.incidence.resize_with(learner.classes().max(1), Incidence::default);
        desk.usual.resize_with(learner.classes().max(1), || vec![0.0; super::settings::RING_BINS]);
        for (class, (incidence, usual)) in desk.incidence.iter_mut().zip(&mut desk.usual).enumerate() {
            learner.incidence(class, &self.settings, phi, incidence);
            for (u, scaled) in usual.iter_mut().zip(&incidence.answer_rate) {
                *u = scaled / phi;
            }
        }
        let lasting = |b: &super::Busy| (b.work, seconds(now.since_ms(b.since)));
        desk.residual.refresh(learner, self.busy.values().map(lasting));
        let stays = 1.0 - learner.p_leave();
        desk.frees.clear();
        for (agent, busy) in &self.busy {
            let (work, elapsed) = lasting(busy);
            desk.frees.push(match known.frees_in_s(*agent) {
                Some(left) => step(left - super::PATIENCE_S),
                None => desk.residual.free_within(work, elapsed).map(|p| p * stays),
            });
        }
        desk.calls.clear();
        for (attempt, ringing) in &self.ringing {
            let elapsed = seconds(now.since_ms(ringing.since));
            let incidence = &desk.incidence[usize::from(ringing.class).min(desk.incidence.len() - 1)];
            desk.calls.push(Call {
                attempt: *attempt,
                answered: match known.answers_in_s(*attempt) {
                    Some(left) => step(left),
                    None => incidence.ahead(elapsed),
                },
                soon: match known.answers_in_s(*attempt) {
                    Some(left) => f64::from(u8::from(left <= f64::from(GRID_S[NEXT]))),
                    None => incidence.answer_rate[bin(elapsed)],
                },
                may_cancel: may_cancel(&self.settings, now, ringing),
            });
        }
    }

    /// Gives calls up, the likeliest to answer first, while an answer in the next second would find nobody too likely.
    fn cancel(&mut self, sight: &Sight<'_>) -> Vec<AttemptId> {
        let desk = &mut self.desk;
        let least = agents_at_most(desk.frees.len(), sight);
        let mut out = Vec::new();
        if !desk.calls.iter().any(|c| c.may_cancel) {
            return out;
        }
        desk.soon.clear();
        desk.calls.iter().for_each(|c| desk.soon.add(c.answered[NEXT]));
        desk.frees.iter().for_each(|r| desk.soon.add(1.0 - r[NEXT]));
        loop {
            let eligible = desk.calls.iter().enumerate().filter(|(_, c)| c.may_cancel);
            let Some((at, call)) = eligible.max_by(|a, b| a.1.soon.total_cmp(&b.1.soon)) else { return out };
            let (attempt, p) = (call.attempt, call.answered[NEXT]);
            // Among the others: it must find somebody whom they leave.
            desk.soon.remove(p);
            if desk.soon.at_least(least) <= self.settings.cancel_risk {
                return out;
            }
            desk.calls.swap_remove(at);
            out.push(attempt);
        }
    }

    /// Dials while the answer of one more finds somebody likely enough.
    fn dial(&mut self, sight: &Sight<'_>, theta: f64, lines: u32, why: &mut Why) -> u32 {
        let desk = &mut self.desk;
        desk.tally.clear(desk.calls.len() + desk.frees.len());
        let mut answers = [0.0; GRID];
        for call in &desk.calls {
            desk.tally.add(&call.answered);
            add(&mut answers, &call.answered);
        }
        why.free_forecast = f64::from(sight.idle) + desk.frees.iter().map(|r| r[TEN_S]).sum::<f64>();
        for frees in &desk.frees {
            desk.tally.add(&frees.map(|r| 1.0 - r));
        }
        let least = agents_at_most(desk.frees.len(), sight);
        let sure = self.state.learner.phi_expected() + PHI_SURE;
        let fair_s = self.settings.cancel_after_ms.map_or(f64::INFINITY, |ms| f64::from(ms) / 1000.0);
        let mut dialled = 0;
        loop {
            let class = usize::from(sight.next.get(dialled as usize).copied().unwrap_or(0)).min(CLASSES_MAX - 1);
            let incidence = &desk.incidence[class.min(desk.incidence.len() - 1)];
            let own: Lanes = std::array::from_fn(|l| incidence.answered[usize::from(GRID_S[l])]);
            let late = desk.tally.at_least(least, &answers.map(|a| a * a / sure));
            why.risk = weighted(&own, &late, fair_s);
            why.answer_probability = incidence.in_all();
            why.limit = if why.risk > theta {
                Limit::Risk
            } else if dialled >= lines {
                if lines < sight.room { Limit::Lines } else { Limit::Room }
            } else {
                desk.tally.add(&own);
                add(&mut answers, &own);
                dialled += 1;
                continue;
            };
            why.answers_forecast = answers[TEN_S];
            return dialled;
        }
    }
}

/// X ≥ 0 ⇔ answers and agents who stay busy are at least so many: all agents who might serve, less callers who wait for one.
fn agents_at_most(busy: usize, sight: &Sight<'_>) -> i64 {
    i64::try_from(busy).unwrap_or(i64::MAX) + i64::from(sight.idle) - i64::from(sight.waiting)
}

/// Certain: 1 from `at_s` on.
fn step(at_s: f64) -> Lanes {
    GRID_S.map(|s| f64::from(u8::from(f64::from(s) >= at_s)))
}

fn add(sum: &mut Lanes, more: &Lanes) {
    for (s, m) in sum.iter_mut().zip(more) {
        *s += m;
    }
}

/// Σ g(s) P(s), g the distribution of the answer's time given that there is one; past `fair_s` the call may still be given up.
fn weighted(answered: &Lanes, late: &Lanes, fair_s: f64) -> f64 {
    let (mut sum, mut before) = (0.0, 0.0);
    for ((a, p), s) in answered.iter().zip(late).zip(GRID_S) {
        let counts = if f64::from(s) > fair_s { LATE_SHARE } else { 1.0 };
        sum += (a - before) * p * counts;
        before = *a;
    }
    if before > 0.0 { sum / before } else { 0.0 }
}
