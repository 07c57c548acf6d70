//! A switch and the people behind it. Everything it will say is decided by the seed and laid out in time.

use crate::setup::{RING_MS, Rng};
use model::record::{Heard, HeardClass, HeardMeans};
use model::telephony::{Action, Cause, Command, EndedBy, Event, Hear, MediaStats, Originate, PlayOutcome};
use model::{At, AttemptId, LegId, OpId, TrunkId};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// What a callee does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Answers,
    /// Answers and never sends a packet.
    Silent,
    /// Early media says so, and would go on saying so.
    Announces(HeardClass),
    /// Answers, and the ears make this of it.
    Sounds(HeardClass),
    Refuses {
        sip_code: u16,
        q850: u8,
        rings: bool,
        retry_after_s: u32,
    },
    RingsOut,
    /// The switch loses the leg and never says anything again.
    Lost,
    PacingCancel,
}

pub struct SLeg {
    pub trunk: TrunkId,
    pub attempt: Option<AttemptId>,
    pub fate: Fate,
    pub inbound: bool,
    pub answered: bool,
    /// Since when it is answered, and whether the ears have spoken since.
    pub answered_at: Option<At>,
    pub told: bool,
    play: Option<OpId>,
    hearing: Option<OpId>,
    recorders: BTreeSet<OpId>,
}

#[derive(Default)]
pub struct Switch {
    pub legs: BTreeMap<LegId, SLeg>,
    /// Every leg ever made by an INVITE, with its attempt and trunk.
    pub invites: u64,
    pub dialled: BTreeSet<(AttemptId, TrunkId)>,
    pub began: BTreeSet<LegId>,
    pub recent: BTreeMap<TrunkId, VecDeque<At>>,
    pub by_trunk: BTreeMap<TrunkId, u64>,
    /// Set by scenarios: the fates to come, before chance has its say.
    pub fates: VecDeque<Fate>,
    pub keys: VecDeque<Option<char>>,
    pub commands: Vec<Command>,
    pub keep_commands: bool,
    /// Nobody says anything, they press keys only; and the disk never fails.
    pub wordless: bool,
}

/// Said after so many milliseconds.
pub type Later = (i64, Event);

const REFUSALS: [(u16, u8, bool, u64); 16] = [
    (486, 17, false, 80),
    (486, 0, true, 40),
    (603, 21, true, 60),
    (404, 1, false, 50),
    (480, 20, false, 50),
    (480, 18, false, 40),
    (480, 0, true, 40),
    (410, 22, false, 20),
    (403, 0, false, 20),
    (607, 0, true, 10),
    (608, 0, false, 10),
    (503, 34, false, 30),
    (500, 0, false, 20),
    (502, 38, false, 10),
    (408, 0, false, 15),
    (604, 0, false, 20),
];

impl Switch {
    fn fate(&mut self, rng: &mut Rng) -> Fate {
        if let Some(fate) = self.fates.pop_front() {
            return fate;
        }
        let mut roll = rng.range(0, 1000) as u64;
        for (sip_code, q850, rings, share) in REFUSALS {
            if roll < share {
                let retry_after_s = if sip_code == 503 && rng.chance(300) { 5 } else { 0 };
                return Fate::Refuses { sip_code, q850, rings, retry_after_s };
            }
            roll -= share;
        }
        const SAID: [HeardClass; 6] = [
            HeardClass::Invalid,
            HeardClass::Off,
            HeardClass::Suspended,
            HeardClass::Busy,
            HeardClass::Congestion,
            HeardClass::Ringing,
        ];
        const ARE: [HeardClass; 7] = [
            HeardClass::Machine,
            HeardClass::Beep,
            HeardClass::Assistant,
            HeardClass::Fax,
            HeardClass::Silence,
            HeardClass::DeadAir,
            HeardClass::Off,
        ];
        match roll {
            0..50 => Fate::RingsOut,
            50..65 => Fate::Announces(SAID[rng.range(0, 6) as usize]),
            65..80 => Fate::Sounds(ARE[rng.range(0, 7) as usize]),
            80..90 => Fate::Silent,
            90..94 => Fate::Lost,
            94..100 => Fate::PacingCancel,
            _ => Fate::Answers,
        }
    }

    pub fn originate(&mut self, o: &Originate, attempt: Option<AttemptId>, rng: &mut Rng) -> Vec<Later> {
        let fate = self.fate(rng);
        let leg = o.leg;
        assert!(self.began.insert(leg), "leg {leg} is made twice");
        self.invites += 1;
        *self.by_trunk.entry(o.trunk).or_default() += 1;
        let l = leg_of(o.trunk, attempt, fate);
        self.legs.insert(leg, l);
        let setup = rng.range(200, 3_000);
        let ring = Event::Progress { leg, sip_code: 180, early_media: false };
        let mut said = Vec::new();
        let rings = !matches!(fate, Fate::Refuses { rings: false, .. } | Fate::Lost);
        if rings && !rng.chance(20) {
            said.push((setup, ring.clone()));
            if rng.chance(100) {
                said.push((setup + rng.range(0, 3_000), ring));
            }
        }
        let later = setup + rng.range(500, 15_000);
        let ended = |cause: Cause| Event::Ended { leg, cause, stats: MediaStats::default() };
        match fate {
            Fate::Announces(class) => {
                said.push((setup + 1_500, heard_event(leg, class, true)));
                said.push((setup + i64::from(o.ring_ms_max), ended(ours(Action::RingTimeout))));
            }
            Fate::Sounds(class) => {
                said.push((later, Event::Answered { leg }));
                said.push((later + rng.range(300, 6_000), heard_event(leg, class, false)));
                if class == HeardClass::Machine && rng.chance(700) {
                    said.push((later + rng.range(6_000, 20_000), heard_event(leg, HeardClass::Beep, false)));
                }
            }
            Fate::Answers => {
                said.push((later, Event::Answered { leg }));
                // Now and then the ears say nothing.
                if !rng.chance(50) {
                    said.push((later + rng.range(500, 2_500), heard_event(leg, HeardClass::Human, false)));
                }
            }
            Fate::Silent => said.push((later, Event::Answered { leg })),
            Fate::Refuses { sip_code, q850, rings, retry_after_s } => {
                let cause = Cause {
                    by: if sip_code == 408 { EndedBy::Network } else { EndedBy::Far },
                    sip_code: Some(sip_code),
                    q850: (q850 > 0).then_some(q850),
                    retry_after_s: (retry_after_s > 0).then_some(retry_after_s),
                    ..Cause::default()
                };
                said.push((if rings { later } else { setup }, ended(cause)));
            }
            Fate::RingsOut => said.push((setup + i64::from(o.ring_ms_max), ended(ours(Action::RingTimeout)))),
            Fate::PacingCancel => said.push((later, ended(ours(Action::PacingCancel)))),
            Fate::Lost => {}
        }
        said
    }

    /// What a command to a live leg brings about.
    pub fn command(&mut self, command: &Command, rng: &mut Rng) -> Vec<Later> {
        let id = command.leg();
        let Some(leg) = self.legs.get_mut(&id) else { return Vec::new() };
        match command {
            Command::Answer { leg } => vec![(rng.range(5, 50), Event::Answered { leg: *leg })],
            Command::Play { op, clips, .. } => {
                let mut said = stopped(id, leg.play.replace(*op));
                let ms = clips.len() as i64 * rng.range(500, 3_000);
                said.push((ms, Event::PlayDone { leg: id, op: *op, outcome: PlayOutcome::Finished, played_ms: 0 }));
                let chance = [Some('1'), Some('1'), Some('1'), Some('2'), Some('2'), Some('0'), Some('7'), None, None];
                let any = chance[rng.range(0, 9) as usize];
                let key = if self.keys.is_empty() { any } else { self.keys.pop_front().flatten() };
                if let Some(digit) = key.filter(|_| leg.fate == Fate::Answers) {
                    said.push((rng.range(100, 6_000), Event::Digit { leg: id, digit }));
                }
                said
            }
            Command::StopPlay { .. } => stopped(id, leg.play.take()),
            Command::Record { op, .. } => {
                leg.recorders.insert(*op);
                // Now and then the disk is full; the file up to there is told of at the end all the same.
                let failed = Event::RecordFailed { leg: id, op: *op, reason: "no space left".into() };
                if !self.wordless && rng.chance(20) { vec![(rng.range(50, 5_000), failed)] } else { Vec::new() }
            }
            Command::StopRecord { op, .. } if leg.recorders.remove(op) => vec![(5, record_done(id, *op))],
            Command::Bridge { b, .. } => {
                vec![(rng.range(2_000, 60_000), Event::Ended { leg: *b, cause: far(), stats: heard() })]
            }
            Command::Hear(h) => {
                leg.hearing = Some(h.op);
                if leg.fate == Fate::Answers && !self.wordless { says(h, rng) } else { Vec::new() }
            }
            Command::StopHearing { op, .. } => {
                leg.hearing = leg.hearing.filter(|h| h != op);
                Vec::new()
            }
            Command::Hangup { action, .. } => {
                if leg.fate == Fate::Lost {
                    return Vec::new();
                }
                let stats = if leg.fate == Fate::Answers { heard() } else { MediaStats::default() };
                vec![(rng.range(5, 200), Event::Ended { leg: id, cause: ours(*action), stats })]
            }
            Command::Reject { .. } => vec![(5, Event::Ended { leg: id, cause: ours(Action::Refused), stats: heard() })],
            _ => Vec::new(),
        }
    }

    /// Whether an event still happens, now that its time has come, and what comes first.
    pub fn happens(&mut self, event: &Event, now: At, rng: &mut Rng) -> Option<Vec<Event>> {
        let id = event.leg()?;
        let leg = self.legs.get_mut(&id)?;
        let mut said = Vec::new();
        match event {
            Event::PlayDone { op, outcome: PlayOutcome::Finished, .. } => {
                if leg.play != Some(*op) {
                    return None;
                }
                leg.play = None;
            }
            Event::Answered { .. } => {
                leg.answered = true;
                leg.answered_at.get_or_insert(now);
            }
            // Nobody listens to what is not answered as if it were.
            Event::Heard { heard, .. } if heard.early == leg.answered => return None,
            Event::Heard { heard, .. } => leg.told |= !heard.early,
            Event::SpeechStarted { op, .. }
            | Event::SpeechEnded { op, .. }
            | Event::Transcript { op, .. }
            | Event::HearingFailed { op, .. }
                // Now and then a text is late and comes all the same.
                if leg.hearing != Some(*op) && !rng.chance(100) => return None,
            Event::Digit { .. } if !leg.answered => return None,
            Event::Ended { .. } => {
                // Now and then a file is never reported.
                said.extend(leg.recorders.iter().map(|op| record_done(id, *op)).filter(|_| !rng.chance(50)));
                self.legs.remove(&id);
            }
            _ => {}
        }
        said.push(event.clone());
        Some(said)
    }

    /// A phone of ours: most are answered.
    pub fn ring_phone(&mut self, leg: LegId, rng: &mut Rng) -> Vec<Later> {
        let own = SLeg { inbound: true, ..leg_of(TrunkId(0), None, Fate::Answers) };
        self.legs.insert(leg, own);
        let later = rng.range(20, 4_000);
        if rng.chance(30) {
            let cause = Cause { by: EndedBy::Far, sip_code: Some(480), ..Cause::default() };
            return vec![(later, Event::Ended { leg, cause, stats: MediaStats::default() })];
        }
        vec![(later, Event::Answered { leg })]
    }

    pub fn incoming(&mut self, leg: LegId, trunk: TrunkId) {
        let l = SLeg { inbound: true, ..leg_of(trunk, None, Fate::Answers) };
        self.legs.insert(leg, l);
    }
}

fn leg_of(trunk: TrunkId, attempt: Option<AttemptId>, fate: Fate) -> SLeg {
    SLeg {
        trunk,
        attempt,
        fate,
        inbound: false,
        answered: false,
        answered_at: None,
        told: false,
        play: None,
        hearing: None,
        recorders: BTreeSet::new(),
    }
}

pub fn heard_event(leg: LegId, class: HeardClass, early: bool) -> Event {
    let means = if early { HeardMeans::Fingerprint } else { HeardMeans::Timing };
    let evidence = format!("{} as the seed wants it", class.code());
    Event::Heard { leg, heard: Heard { class, means, confidence: 0.9, at_ms: 1_000, early, evidence, fingerprint_id: None } }
}

fn stopped(leg: LegId, op: Option<OpId>) -> Vec<Later> {
    op.map(|op| (1, Event::PlayDone { leg, op, outcome: PlayOutcome::Stopped, played_ms: 0 })).into_iter().collect()
}

/// A few utterances as a recogniser tells of them: understood, half understood, failed, never answered.
fn says(h: &Hear, rng: &mut Rng) -> Vec<Later> {
    let (leg, op) = (h.leg, h.op);
    let mut said = Vec::new();
    let mut at = rng.range(200, 4_000);
    for _ in 0..rng.range(0, 4) {
        let (from, to) = (at, at + rng.range(300, 3_000));
        let (from_ms, to_ms) = (from as u32, to as u32);
        said.push((from, Event::SpeechStarted { leg, op, at_ms: from_ms }));
        let words = ["我要参加", "不参加", "转人工", "嗯", "今天天气不错"][rng.range(0, 5) as usize];
        let text = |is_final| Event::Transcript { leg, op, text: words.into(), is_final, from_ms, to_ms, confidence: None };
        if rng.chance(500) {
            said.push((from + 200, text(false)));
        }
        if !rng.chance(30) {
            said.push((to, Event::SpeechEnded { leg, op, from_ms, to_ms }));
        }
        match rng.range(0, 10) {
            0 => said.push((to + 10, Event::HearingFailed { leg, op, reason: "down".into() })),
            1 => {}
            _ => said.push((to + rng.range(0, 2_000), text(true))),
        }
        at = to + rng.range(500, 5_000);
    }
    said
}

fn record_done(leg: LegId, op: OpId) -> Event {
    Event::RecordDone { leg, op, path: String::new(), duration_ms: 1_000, bytes: 16_000 }
}

pub fn ours(action: Action) -> Cause {
    Cause { by: EndedBy::Us, action: Some(action), ..Cause::default() }
}

pub fn far() -> Cause {
    Cause { by: EndedBy::Far, ..Cause::default() }
}

pub fn heard() -> MediaStats {
    MediaStats { packets_received: 100, ..MediaStats::default() }
}

const _: () = assert!(RING_MS >= 15_000);
