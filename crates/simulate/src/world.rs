//! The world under virtual time: attempts ring, people answer, agents talk, come and go; twice a second the dialler decides.

use crate::nature::Nature;
use crate::outcome::{Day, Hour, Outcome};
use crate::rng::Rng;
use crate::routing::Routing;
use crate::scenario::{Callee, HOUR_MS, MINUTE_MS, ms};
use crate::{Dialler, Seen};
use dialer::pacer::{Foresight, Sight};
use model::{AgentId, At, AttemptId};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};

const DECIDE_MS: i64 = 500;
const PATIENCE_MS: i64 = 2_000;
const DAY_MS: i64 = 12 * HOUR_MS;
/// Decisions between two looks at whether to go on.
const STOP_EVERY: u64 = 256;
/// More than any method asks for at once; their own limit of ten lines an agent is theirs to keep.
const LEADS_AHEAD: usize = 64;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    RingEnds(AttemptId),
    GivesUp(AttemptId),
    TalkEnds(AgentId),
    WrapEnds(AgentId),
    SignsIn(AgentId),
    /// Session so many of this agent.
    SessionEnds(AgentId, u32),
    /// Whichever session it is.
    ShiftEnds(AgentId),
    /// Half of them leave within five minutes.
    Exodus,
    Decide,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Away,
    Idle,
    Talk { wrap_ms: i64 },
    Wrap,
}

#[derive(Clone, Copy, Debug)]
struct Desk {
    state: State,
    /// Of the session and of the work.
    since: At,
    busy_since: At,
    /// Talk and wrap-up end then.
    frees_at: At,
    session: u32,
    /// Leaves when the work is done.
    leaving: bool,
}

#[derive(Clone, Copy, Debug)]
struct Ringing {
    ends_at: At,
    wants: Option<Callee>,
}

/// What is true and nobody can know: for the oracles.
struct Truth<'a> {
    now: At,
    ringing: &'a BTreeMap<AttemptId, Ringing>,
    desks: &'a [Desk],
}

impl Foresight for Truth<'_> {
    fn answers_in_s(&self, attempt: AttemptId) -> Option<f64> {
        let ringing = self.ringing.get(&attempt)?;
        Some(if ringing.wants.is_some() { ringing.ends_at.since_ms(self.now) as f64 / 1000.0 } else { f64::INFINITY })
    }

    fn frees_in_s(&self, agent: AgentId) -> Option<f64> {
        let desk = self.desks.get(usize::try_from(agent.0).ok()?)?;
        Some(if desk.leaving { f64::INFINITY } else { desk.frees_at.since_ms(self.now) as f64 / 1000.0 })
    }
}

pub(crate) struct World<'a, N, R> {
    nature: &'a N,
    /// What happens before is not counted; none: everything is, or by now it is.
    counted_from: Option<At>,
    end: At,
    now: At,
    events: BinaryHeap<Reverse<(At, u64, Event)>>,
    serial: u64,
    leads: Rng,
    people: Rng,
    shifts: Rng,
    routing: R,
    dialler: &'a mut dyn Dialler,
    /// By id; the first is nobody.
    desks: Vec<Desk>,
    ringing: BTreeMap<AttemptId, Ringing>,
    waiting: BTreeMap<AttemptId, (At, Callee)>,
    /// Segments of the leads in hand.
    next: VecDeque<u8>,
    last_attempt: i64,
    out: Outcome,
}

impl<'a, N: Nature, R: Routing> World<'a, N, R> {
    pub(crate) fn new(nature: &'a N, seed: u64, end: At, routing: R, dialler: &'a mut dyn Dialler) -> Self {
        let agents = nature.agents();
        let away = Desk { state: State::Away, since: At(0), busy_since: At(0), frees_at: At(0), session: 0, leaving: false };
        let parts = |ms: i64| usize::try_from((end.ms() + ms - 1) / ms).unwrap_or(1).max(1);
        let (days, hours) = (vec![Day::default(); parts(DAY_MS)], vec![Hour::default(); parts(HOUR_MS)]);
        let mut world = Self {
            nature,
            counted_from: None,
            end,
            now: At(0),
            events: BinaryHeap::new(),
            serial: 0,
            leads: Rng::new(seed, 1),
            people: Rng::new(seed, 2),
            shifts: Rng::new(seed, 3),
            routing,
            dialler,
            desks: vec![away; agents as usize + 1],
            ringing: BTreeMap::new(),
            waiting: BTreeMap::new(),
            next: VecDeque::new(),
            last_attempt: 0,
            out: Outcome { days, hours, ..Outcome::default() },
        };
        for shift in nature.shifts() {
            world.at(shift.from, Event::SignsIn(shift.agent));
            if let Some(until) = shift.until {
                world.at(until, Event::ShiftEnds(shift.agent));
            }
        }
        world.at(At(0), Event::Decide);
        if nature.has_churn() {
            world.at(At(4 * HOUR_MS), Event::Exodus);
        }
        world
    }

    pub(crate) fn between(self, from: At, end: At) -> Self {
        Self { counted_from: Some(from), end, ..self }
    }

    /// The warm-up is over: the books begin.
    fn begin_counting(&mut self, from: At) {
        let (days, hours) = (vec![Day::default(); self.out.days.len()], vec![Hour::default(); self.out.hours.len()]);
        self.out = Outcome { days, hours, ..Outcome::default() };
        for desk in &mut self.desks {
            desk.since = from;
            desk.busy_since = from;
        }
    }

    /// `stop` is asked now and then; what has happened until then is the outcome.
    pub(crate) fn run(mut self, stop: &dyn Fn() -> bool) -> Outcome {
        while let Some(Reverse((at, _, event))) = self.events.pop() {
            if at >= self.end {
                break;
            }
            if let Some(from) = self.counted_from.take_if(|from| at >= *from) {
                self.begin_counting(from);
            }
            self.now = at;
            if event == Event::Decide && self.out.decisions.is_multiple_of(STOP_EVERY) && stop() {
                break;
            }
            self.happen(event);
        }
        self.now = self.end;
        for id in 1..self.desks.len() {
            let desk = self.desks[id];
            if matches!(desk.state, State::Talk { .. } | State::Wrap) {
                self.was_busy(desk.busy_since);
            }
            if desk.state != State::Away {
                self.was_signed_in(desk.since);
            }
        }
        self.out
    }

    fn at(&mut self, at: At, event: Event) {
        self.serial += 1;
        self.events.push(Reverse((at, self.serial, event)));
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::RingEnds(attempt) => self.ring_ends(attempt),
            Event::GivesUp(attempt) => self.gives_up(attempt),
            Event::TalkEnds(agent) => self.talk_ends(agent),
            Event::WrapEnds(agent) => self.wrap_ends(agent),
            Event::SignsIn(agent) => self.signs_in(agent),
            Event::SessionEnds(agent, session) => self.session_ends(agent, session),
            Event::ShiftEnds(agent) => {
                let session = self.desk(agent).session;
                self.session_ends(agent, session);
            }
            Event::Exodus => self.exodus(),
            Event::Decide => self.decide(),
        }
    }

    fn see(&mut self, seen: Seen) {
        self.dialler.seen(self.now, seen);
    }

    fn desk(&mut self, agent: AgentId) -> &mut Desk {
        let id = usize::try_from(agent.0).unwrap_or(0);
        &mut self.desks[id]
    }

    fn decide(&mut self) {
        self.at(self.now.plus_ms(DECIDE_MS), Event::Decide);
        while self.nature.is_scored() && self.next.len() < LEADS_AHEAD {
            let segment = self.nature.segment(self.now, &mut self.leads);
            self.next.push_back(segment);
        }
        if self.ringing.is_empty() && self.waiting.is_empty() && self.desks.iter().all(|d| d.state == State::Away) {
            // Nights between the days.
            return;
        }
        let signed_in = self.desks.iter().filter(|d| d.state != State::Away && !d.leaving).count();
        let agents = u32::try_from(signed_in).unwrap_or(u32::MAX);
        let idle = u32::try_from(self.desks.iter().filter(|d| d.state == State::Idle).count()).unwrap_or(u32::MAX);
        let waiting = u32::try_from(self.waiting.len()).unwrap_or(u32::MAX);
        let talks = self.desks.iter().filter(|d| matches!(d.state, State::Talk { .. })).count();
        let used = u32::try_from(self.ringing.len() + talks).unwrap_or(u32::MAX).saturating_add(waiting);
        let limits = self.nature.limits();
        let room = limits.lines.saturating_sub(used);
        let sight = Sight { agents, idle, waiting, room, next: self.next.make_contiguous() };
        let truth = Truth { now: self.now, ringing: &self.ringing, desks: &self.desks };
        let decision = self.dialler.decide(self.now, &sight, &truth);
        self.out.decisions += 1;
        for attempt in decision.cancel {
            if self.ringing.remove(&attempt).is_some() {
                self.out.cancelled += 1;
                self.see(Seen::Cancelled(attempt));
            }
        }
        let lines = (limits.lines_per_agent * agents).saturating_sub(used).min(room).min(limits.starts_max);
        for _ in 0..decision.dial.min(lines) {
            self.dial();
        }
    }

    fn dial(&mut self) {
        self.last_attempt += 1;
        let attempt = AttemptId(self.last_attempt);
        let segment = self.next.pop_front().unwrap_or(0);
        let fate = self.nature.fate(self.now, segment, &mut self.leads);
        let ends_at = self.now.plus_ms(fate.after_ms);
        self.ringing.insert(attempt, Ringing { ends_at, wants: fate.wants });
        self.at(ends_at, Event::RingEnds(attempt));
        self.out.attempts += 1;
        self.hour().attempts += 1;
        self.see(Seen::Dialled { attempt, segment });
    }

    fn ring_ends(&mut self, attempt: AttemptId) {
        let Some(ringing) = self.ringing.remove(&attempt) else { return };
        let Some(callee) = ringing.wants else {
            self.see(Seen::Failed(attempt));
            return;
        };
        self.out.machines += u64::from(callee == Callee::Machine);
        self.see(Seen::Answered(attempt));
        self.waiting.insert(attempt, (self.now, callee));
        match self.routing.answered(self.now, attempt) {
            Some(agent) => self.connect(attempt, agent),
            None => self.at(self.now.plus_ms(PATIENCE_MS), Event::GivesUp(attempt)),
        }
    }

    fn connect(&mut self, attempt: AttemptId, agent: AgentId) {
        let Some((since, callee)) = self.waiting.remove(&attempt) else { return };
        if callee == Callee::Person {
            self.out.wait_s += seconds(self.now.since_ms(since));
            self.day().connected += 1;
            self.hour().connected += 1;
        }
        let (talk_ms, wrap_ms) = self.nature.work(callee, &mut self.people);
        let now = self.now.plus_ms(self.nature.connect_ms());
        let desk = self.desk(agent);
        desk.state = State::Talk { wrap_ms };
        desk.busy_since = now;
        desk.frees_at = now.plus_ms(talk_ms + wrap_ms);
        self.at(now.plus_ms(talk_ms), Event::TalkEnds(agent));
        self.see(Seen::TalkStarted(agent));
    }

    fn gives_up(&mut self, attempt: AttemptId) {
        let Some((_, callee)) = self.waiting.remove(&attempt) else { return };
        self.routing.given_up(self.now, attempt);
        if callee == Callee::Person {
            self.day().abandoned += 1;
            self.hour().abandoned += 1;
        }
        // The product cannot tell either: whoever was taken for a person counts as one.
        self.see(Seen::Abandoned);
    }

    fn day(&mut self) -> &mut Day {
        let day = usize::try_from(self.now.ms() / DAY_MS).unwrap_or(0).min(self.out.days.len() - 1);
        &mut self.out.days[day]
    }

    fn hour(&mut self) -> &mut Hour {
        let hour = usize::try_from(self.now.ms() / HOUR_MS).unwrap_or(0).min(self.out.hours.len() - 1);
        &mut self.out.hours[hour]
    }

    fn was_busy(&mut self, since: At) {
        self.out.busy_s += seconds(self.now.since_ms(since));
        by_hour(since, self.now, |hour, s| {
            if let Some(hour) = self.out.hours.get_mut(hour) {
                hour.busy_s += s;
            }
        });
    }

    fn was_signed_in(&mut self, since: At) {
        self.out.signed_in_s += seconds(self.now.since_ms(since));
        by_hour(since, self.now, |hour, s| {
            if let Some(hour) = self.out.hours.get_mut(hour) {
                hour.signed_in_s += s;
            }
        });
    }

    fn talk_ends(&mut self, agent: AgentId) {
        let State::Talk { wrap_ms } = self.desk(agent).state else { return };
        self.desk(agent).state = State::Wrap;
        self.routing.talk_ended(self.now, agent);
        self.at(self.now.plus_ms(wrap_ms), Event::WrapEnds(agent));
        self.see(Seen::TalkEnded(agent));
    }

    fn wrap_ends(&mut self, agent: AgentId) {
        let now = self.now;
        let (busy_since, leaving) = (self.desk(agent).busy_since, self.desk(agent).leaving);
        self.was_busy(busy_since);
        if leaving {
            self.leave(agent);
            return;
        }
        self.desk(agent).state = State::Idle;
        self.see(Seen::WrapEnded(agent));
        if let Some(attempt) = self.routing.ready(now, agent) {
            self.connect(attempt, agent);
        }
    }

    fn signs_in(&mut self, agent: AgentId) {
        let now = self.now;
        let desk = self.desk(agent);
        // Still at the last call of the span before: there was no going.
        if desk.state != State::Away {
            desk.leaving = false;
            return;
        }
        desk.state = State::Idle;
        desk.since = now;
        desk.leaving = false;
        desk.session += 1;
        let session = desk.session;
        if self.nature.has_churn() {
            let minutes = self.shifts.between(45.0, 75.0);
            self.at(now.plus_ms(ms(minutes * 60.0)), Event::SessionEnds(agent, session));
        }
        if let Some(attempt) = self.routing.sign_in(now, agent) {
            self.connect(attempt, agent);
        }
    }

    fn session_ends(&mut self, agent: AgentId, session: u32) {
        let desk = self.desk(agent);
        if desk.session != session {
            return;
        }
        match desk.state {
            State::Away => {}
            State::Idle => self.leave(agent),
            State::Talk { .. } | State::Wrap => desk.leaving = true,
        }
    }

    fn leave(&mut self, agent: AgentId) {
        let now = self.now;
        let desk = self.desk(agent);
        desk.state = State::Away;
        let since = desk.since;
        desk.session += 1;
        self.was_signed_in(since);
        self.routing.left(now, agent);
        self.see(Seen::Left(agent));
        if !self.nature.has_churn() {
            return;
        }
        let minutes = self.shifts.between(10.0, 20.0);
        self.at(now.plus_ms(ms(minutes * 60.0)), Event::SignsIn(agent));
    }

    fn exodus(&mut self) {
        self.at(self.now.plus_ms(4 * HOUR_MS), Event::Exodus);
        for id in 1..self.desks.len() {
            let desk = self.desks[id];
            if desk.state != State::Away && self.shifts.chance(0.5) {
                let after = ms(self.shifts.between(0.0, 5.0) * (MINUTE_MS / 1000) as f64);
                let agent = AgentId(i64::try_from(id).unwrap_or(0));
                self.at(self.now.plus_ms(after), Event::SessionEnds(agent, desk.session));
            }
        }
    }
}

/// A span in parts, each within an hour of the run.
fn by_hour(from: At, until: At, mut part: impl FnMut(usize, f64)) {
    let mut at = from.ms();
    while at < until.ms() {
        let hour = at.div_euclid(HOUR_MS);
        let end = until.ms().min((hour + 1) * HOUR_MS);
        part(usize::try_from(hour).unwrap_or(0), seconds(end - at));
        at = end;
    }
}

fn seconds(ms: i64) -> f64 {
    ms as f64 / 1000.0
}
