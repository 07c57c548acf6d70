//! The pacer as the floor sees it.

use super::*;

/// A campaign of ten agents in which three in ten answer after twelve seconds, talk for a minute and are wrapped up in ten.
struct Room {
    pacer: Pacer,
    now: At,
    last: i64,
}

const AGENTS: u32 = 10;

impl Room {
    fn new(settings: Settings) -> Self {
        Self { pacer: Pacer::new(settings), now: At(0), last: 0 }
    }

    fn attempt(&mut self) -> AttemptId {
        self.last += 1;
        let id = AttemptId(self.last);
        self.pacer.attempt_started(self.now, id, 0);
        self.pacer.rings(self.now, id);
        id
    }

    fn talk(&mut self, agent: i64) {
        let agent = AgentId(agent);
        self.pacer.talk_started(self.now, agent, true);
        self.now = self.now.plus_ms(60_000);
        self.pacer.talk_ended(self.now, agent);
        self.now = self.now.plus_ms(10_000);
        self.pacer.wrap_ended(self.now, agent);
    }

    fn learned(settings: Settings) -> Self {
        let mut room = Self::new(settings);
        for n in 0..300 {
            let id = room.attempt();
            if n % 10 < 3 {
                room.now = room.now.plus_ms(12_500);
                room.pacer.answered(room.now, id);
                room.talk(1);
            } else {
                room.now = room.now.plus_ms(30_000);
                room.pacer.failed(room.now, id);
            }
        }
        room
    }

    fn decide(&mut self, idle: u32) -> Decision {
        let sight = Sight { agents: AGENTS, idle, room: 1_000, ..Sight::default() };
        self.pacer.decide(self.now, &sight, &Blind)
    }
}

#[test]
fn begins_with_one_call_per_ready_agent() {
    let mut room = Room::new(Settings::default());
    let d = room.decide(4);
    assert_eq!((d.dial, d.why.limit), (4, Limit::Learning));
    room.attempt();
    assert_eq!(room.decide(4).dial, 3);
    let sight = Sight { agents: AGENTS, idle: 4, waiting: 2, room: 1_000, next: &[] };
    assert_eq!(room.pacer.decide(room.now, &sight, &Blind).dial, 1);
    let nobody = Sight { room: 1_000, ..Sight::default() };
    let d = room.pacer.decide(room.now, &nobody, &Blind);
    assert_eq!((d.dial, d.why.limit), (0, Limit::NoAgents));
}

#[test]
fn dials_more_than_one_per_agent_once_it_has_learned() {
    let mut room = Room::learned(Settings::default());
    let d = room.decide(5);
    assert!((6..=25).contains(&d.dial), "{d:?}");
    assert_eq!(d.why.limit, Limit::Risk);
    assert!(d.why.risk > d.why.theta);
    assert!((0.25..0.36).contains(&d.why.answer_probability), "{}", d.why.answer_probability);
    let fewer = room.decide(1).dial;
    assert!(fewer < d.dial);
}

#[test]
fn limits_hold() {
    let settings = Settings { lines_per_agent_max: 0.3, ..Settings::default() };
    let mut room = Room::learned(settings);
    let d = room.decide(10);
    assert_eq!((d.dial, d.why.limit), (3, Limit::Lines));
    let mut room = Room::learned(Settings::default());
    let sight = Sight { agents: AGENTS, idle: 10, room: 2, ..Sight::default() };
    let d = room.pacer.decide(room.now, &sight, &Blind);
    assert_eq!((d.dial, d.why.limit), (2, Limit::Room));
}

#[test]
fn calls_are_given_up_only_after_fifteen_seconds_and_for_want_of_an_agent() {
    let settings = Settings { ring_ms_max: 40_000, ..Settings::default() };
    let mut room = Room::learned(settings);
    let old = room.attempt();
    room.now = room.now.plus_ms(14_000);
    let young = room.attempt();
    assert_eq!(room.decide(0).cancel, [], "neither rang for fifteen seconds");
    room.now = room.now.plus_ms(1_000);
    assert_eq!(room.decide(3).cancel, [], "agents are ready");
    assert_eq!(room.decide(0).cancel, [old], "not {young}");
    room.pacer.set(Settings { cancel_after_ms: None, ..settings });
    assert_eq!(room.decide(0).cancel, [], "switched off");
}

#[test]
fn with_all_agents_gone_what_rings_is_given_up_as_soon_as_that_is_fair() {
    for mut room in [Room::new(Settings::default()), Room::learned(Settings::default())] {
        let early = room.attempt();
        room.now = room.now.plus_ms(10_000);
        let late = room.attempt();
        let gone = |room: &mut Room| room.pacer.decide(room.now, &Sight { agents: 0, room: 1_000, ..Sight::default() }, &Blind);
        assert_eq!(gone(&mut room).cancel, []);
        room.now = room.now.plus_ms(5_000);
        let decision = gone(&mut room);
        assert_eq!((decision.cancel, decision.dial, decision.why.limit), (vec![early], 0, Limit::NoAgents));
        room.pacer.cancelled(room.now, early);
        room.now = room.now.plus_ms(10_000);
        assert_eq!(gone(&mut room).cancel, [late]);
    }
}

#[test]
fn abandoned_calls_make_it_careful_and_the_screen_says_so() {
    let mut room = Room::learned(Settings::default());
    let before = room.decide(5);
    (0..30).for_each(|_| room.pacer.abandoned(room.now));
    let after = room.decide(5);
    assert!(after.dial < before.dial);
    assert!(after.why.theta < before.why.theta);
    assert_eq!(after.why.limit, Limit::Guard, "30 of {} answers", after.why.window_answers);
    assert!(after.why.budget_left < 0.0);
}

#[test]
fn a_clock_that_steps_back_and_reports_about_strangers_change_nothing() {
    let mut room = Room::learned(Settings::default());
    let dial = room.decide(5).dial;
    let strange = AttemptId(999_999);
    room.pacer.answered(room.now, strange);
    room.pacer.failed(room.now, strange);
    room.pacer.cancelled(room.now, strange);
    room.pacer.rings(room.now, strange);
    room.pacer.talk_ended(room.now, AgentId(77));
    room.pacer.agent_left(room.now, AgentId(77));
    room.now = At(0);
    let d = room.decide(5);
    assert!(d.dial.abs_diff(dial) <= 1, "{} and {dial}", d.dial);
    assert!(d.why.risk.is_finite() && d.why.theta.is_finite());
}

#[test]
fn nonsense_in_the_settings_is_borne() {
    let settings = Settings { lines_per_agent_max: f64::NAN, ring_ms_max: 0, window_ms: 0, memory: 0.0, ..Settings::default() };
    let mut room = Room::learned(settings);
    assert_eq!(room.decide(5).dial, 0);
}
