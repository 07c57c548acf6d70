//! How ringing ended in the days counted: hazards by the second, which know what to do with calls that were given up, times how
//! much likelier an hour and a kind of lead were to answer than all together.

use crate::rng::Rng;
use crate::scenario::{Callee, Fate, ms};
use model::record::{DialCount, DialEnd, SEGMENTS};
use std::collections::BTreeMap;

pub(super) const BINS: usize = 121;
/// Dials at risk below which a second of its own says nothing: the seconds before it speak.
const AT_RISK_MIN: f64 = 25.0;
/// How sure it is that an hour, or a kind of lead, is like all together: expected answers or ends.
const SURE: f64 = 20.0;

/// Hazards of one second: that a person answers, that the call ends otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Hazard {
    answers: f64,
    ends: f64,
}

/// One kind of lead in one hour: probability that a person has answered by the end of a second, and that it has ended otherwise.
#[derive(Clone, Debug)]
struct Course {
    answered: Vec<f64>,
    ended: Vec<f64>,
}

#[derive(Debug)]
pub(super) struct Rings {
    courses: BTreeMap<(i64, u8), Course>,
    /// Of hours in which nothing was dialled.
    usual: Vec<Course>,
    /// Cumulative shares of the kinds of leads, by hour and of all.
    mix: BTreeMap<i64, [f64; SEGMENTS]>,
    mix_all: [f64; SEGMENTS],
    ring_s_max: f64,
}

/// Seen and expected of one hour or one kind of lead.
#[derive(Clone, Copy, Debug, Default)]
struct Against {
    answers: f64,
    answers_expected: f64,
    ends: f64,
    ends_expected: f64,
}

impl Against {
    fn add(&mut self, d: &DialCount, to_answer: f64, to_end: f64) {
        let n = f64::from(d.n);
        match d.end {
            DialEnd::Person | DialEnd::Abandoned => self.answers += n,
            DialEnd::Ended => self.ends += n,
            DialEnd::NoAnswer | DialEnd::GivenUp | DialEnd::Cut => {}
        }
        self.answers_expected += n * to_answer;
        self.ends_expected += n * to_end;
    }

    /// How much likelier to answer, and to end otherwise.
    fn times(&self) -> (f64, f64) {
        let ratio = |seen: f64, expected: f64| (seen + SURE) / (expected + SURE);
        (ratio(self.answers, self.answers_expected), ratio(self.ends, self.ends_expected))
    }
}

impl Rings {
    /// `limit_s`: how long calls were let ring; `ring_s_max`: how long they are now.
    pub(super) fn of(dials: &[DialCount], limit_s: f64, ring_s_max: f64) -> Self {
        let dials: Vec<DialCount> = dials.iter().map(|d| DialCount { end: end_of(d, limit_s), ..*d }).collect();
        let pooled = pooled(&dials);
        let (mut to_answer, mut to_end) = (vec![0.0; BINS + 1], vec![0.0; BINS + 1]);
        for b in 0..BINS {
            to_answer[b + 1] = to_answer[b] + pooled[b].answers;
            to_end[b + 1] = to_end[b] + pooled[b].ends;
        }
        let mut kinds = [Against::default(); SEGMENTS];
        for d in &dials {
            let until = usize::from(d.after_s).min(BINS - 1) + 1;
            kinds[kind(d)].add(d, to_answer[until], to_end[until]);
        }
        let of_kind = kinds.map(|k| k.times());
        let mut hours: BTreeMap<i64, Against> = BTreeMap::new();
        let mut mix: BTreeMap<i64, [f64; SEGMENTS]> = BTreeMap::new();
        let mut mix_all = [0.0; SEGMENTS];
        for d in &dials {
            let until = usize::from(d.after_s).min(BINS - 1) + 1;
            let (answers, ends) = of_kind[kind(d)];
            hours.entry(d.hour).or_default().add(d, answers * to_answer[until], ends * to_end[until]);
            mix.entry(d.hour).or_insert([0.0; SEGMENTS])[kind(d)] += f64::from(d.n);
            mix_all[kind(d)] += f64::from(d.n);
        }
        let course = |kind: usize, hour: (f64, f64)| Course::of(&pooled, of_kind[kind].0 * hour.0, of_kind[kind].1 * hour.1);
        let mut courses = BTreeMap::new();
        for (hour, against) in &hours {
            for k in 0..SEGMENTS {
                courses.insert((*hour, u8::try_from(k).unwrap_or(0)), course(k, against.times()));
            }
        }
        let usual = (0..SEGMENTS).map(|k| course(k, (1.0, 1.0))).collect();
        mix.values_mut().for_each(|m| *m = cumulative(*m));
        Self { courses, usual, mix, mix_all: cumulative(mix_all), ring_s_max }
    }

    /// That a person answers before the limit, by kind of lead.
    pub(super) fn chance(&self, segment: u8) -> f64 {
        let course = &self.usual[usize::from(segment).min(SEGMENTS - 1)];
        course.answered[last_bin(self.ring_s_max)]
    }

    pub(super) fn segment(&self, hour: i64, rng: &mut Rng) -> u8 {
        let mix = self.mix.get(&hour).unwrap_or(&self.mix_all);
        let u = rng.unit();
        u8::try_from(mix.partition_point(|share| *share <= u).min(SEGMENTS - 1)).unwrap_or(0)
    }

    pub(super) fn fate(&self, hour: i64, segment: u8, rng: &mut Rng) -> Fate {
        let segment = usize::from(segment).min(SEGMENTS - 1);
        let key = (hour, u8::try_from(segment).unwrap_or(0));
        let course = self.courses.get(&key).unwrap_or(&self.usual[segment]);
        let (u, within) = (rng.unit(), rng.unit());
        let rings_out = Fate { after_ms: ms(self.ring_s_max), wants: None };
        let answered = course.answered[BINS - 1];
        let (bin, wants) = if u < answered {
            (course.answered.partition_point(|p| *p <= u), Some(Callee::Person))
        } else {
            (course.ended.partition_point(|p| *p <= u - answered), None)
        };
        let after_s = bin as f64 + within;
        if bin >= BINS || after_s >= self.ring_s_max { rings_out } else { Fate { after_ms: ms(after_s), wants } }
    }
}

/// Nobody answered: because we stopped it there, or because the network did before.
fn end_of(d: &DialCount, limit_s: f64) -> DialEnd {
    let by_network = d.end == DialEnd::NoAnswer && f64::from(d.after_s) + 1.0 < limit_s;
    if by_network { DialEnd::Ended } else { d.end }
}

fn kind(d: &DialCount) -> usize {
    usize::from(d.segment).min(SEGMENTS - 1)
}

fn last_bin(s: f64) -> usize {
    (0..BINS).take_while(|b| (*b as f64) < s).last().unwrap_or(0)
}

fn pooled(dials: &[DialCount]) -> Vec<Hazard> {
    let (mut answers, mut ends, mut gone) = (vec![0.0; BINS], vec![0.0; BINS], vec![0.0; BINS]);
    for d in dials {
        let b = usize::from(d.after_s).min(BINS - 1);
        gone[b] += f64::from(d.n);
        match d.end {
            DialEnd::Person | DialEnd::Abandoned => answers[b] += f64::from(d.n),
            DialEnd::Ended => ends[b] += f64::from(d.n),
            DialEnd::NoAnswer | DialEnd::GivenUp | DialEnd::Cut => {}
        }
    }
    let mut at_risk: f64 = gone.iter().sum();
    let mut out: Vec<Hazard> = Vec::with_capacity(BINS);
    for b in 0..BINS {
        let hazard = if at_risk >= AT_RISK_MIN {
            Hazard { answers: answers[b] / at_risk, ends: ends[b] / at_risk }
        } else {
            mean(&out[b.saturating_sub(5)..])
        };
        out.push(hazard);
        at_risk -= gone[b];
    }
    out
}

fn mean(of: &[Hazard]) -> Hazard {
    let n = of.len().max(1) as f64;
    Hazard { answers: of.iter().map(|h| h.answers).sum::<f64>() / n, ends: of.iter().map(|h| h.ends).sum::<f64>() / n }
}

fn cumulative(mut shares: [f64; SEGMENTS]) -> [f64; SEGMENTS] {
    let all = shares.iter().sum::<f64>().max(1e-9);
    let mut sum = 0.0;
    for share in &mut shares {
        sum += *share / all;
        *share = sum;
    }
    shares
}

impl Course {
    fn of(hazards: &[Hazard], answers: f64, ends: f64) -> Self {
        let (mut rings, mut answered, mut ended) = (1.0, 0.0, 0.0);
        let mut out = Self { answered: Vec::with_capacity(BINS), ended: Vec::with_capacity(BINS) };
        for h in hazards {
            let (a, e) = (h.answers * answers, h.ends * ends);
            let over = (a + e).max(1.0);
            answered += rings * a / over;
            ended += rings * e / over;
            rings *= 1.0 - (a + e) / over;
            out.answered.push(answered);
            out.ended.push(ended);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn count(end: DialEnd, after_s: u8, n: u32) -> DialCount {
        DialCount { hour: 0, segment: 0, end, after_s, n }
    }

    fn share(rings: &Rings, hour: i64) -> f64 {
        let mut rng = Rng::new(1, 1);
        (0..20_000).filter(|_| rings.fate(hour, 0, &mut rng).wants.is_some()).count() as f64 / 20_000.0
    }

    #[test]
    fn what_was_counted_comes_again() {
        let dials = [count(DialEnd::Person, 12, 3000), count(DialEnd::Ended, 4, 2000), count(DialEnd::NoAnswer, 30, 5000)];
        let rings = Rings::of(&dials, 30.0, 30.0);
        assert!((share(&rings, 0) - 0.30).abs() < 0.01, "{}", share(&rings, 0));
        assert!((rings.chance(0) - 0.30).abs() < 0.01);
        let mut rng = Rng::new(2, 1);
        let answers: Vec<i64> =
            (0..500).map(|_| rings.fate(0, 0, &mut rng)).filter(|f| f.wants.is_some()).map(|f| f.after_ms).collect();
        assert!(answers.iter().all(|ms| (12_000..=13_000).contains(ms)), "{answers:?}");
    }

    #[test]
    fn a_call_given_up_is_not_one_that_nobody_would_have_answered() {
        // Half of those who would have answered after 20 s were given up at 15 s.
        let dials = [count(DialEnd::GivenUp, 15, 5000), count(DialEnd::Person, 20, 1500), count(DialEnd::NoAnswer, 30, 3500)];
        let rings = Rings::of(&dials, 30.0, 30.0);
        assert!((share(&rings, 0) - 0.30).abs() < 0.01, "{}", share(&rings, 0));
    }

    #[test]
    fn a_shorter_limit_loses_the_late_answers() {
        let dials = [count(DialEnd::Person, 10, 2000), count(DialEnd::Person, 25, 2000), count(DialEnd::NoAnswer, 30, 6000)];
        assert!((share(&Rings::of(&dials, 30.0, 20.0), 0) - 0.20).abs() < 0.01);
    }

    #[test]
    fn an_hour_answers_as_it_did() {
        let mut dials = vec![count(DialEnd::Person, 10, 1000), count(DialEnd::NoAnswer, 30, 9000)];
        dials.extend(
            [(DialEnd::Person, 10, 4000), (DialEnd::NoAnswer, 30, 6000)].map(|(e, s, n)| DialCount { hour: 1, ..count(e, s, n) }),
        );
        let rings = Rings::of(&dials, 30.0, 30.0);
        assert!((share(&rings, 0) - 0.10).abs() < 0.02, "{}", share(&rings, 0));
        assert!((share(&rings, 1) - 0.40).abs() < 0.02, "{}", share(&rings, 1));
        assert!((share(&rings, 7) - 0.25).abs() < 0.02, "an hour without a history is as usual");
    }
}
