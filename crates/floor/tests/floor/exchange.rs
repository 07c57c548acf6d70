//! A switch that has no sound but knows who would hear what: legs that answer, refuse, are lost; pairs, mixes, music.

use crate::setup::Rng;
use model::telephony::{Action, CallExtension, Cause, Clip, Command, EndedBy, Event, MediaStats, Originate, PlayOutcome, Role};
use model::{At, ExtensionId, LegId, MixId, OpId};
use std::collections::BTreeMap;

/// Nobody hears nothing, nobody talks to nobody, for longer than a flow waits for keys and for a voice that does not come, or
/// a hang-up takes that the switch forgets.
const SILENCE_MS: i64 = 17_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// From outside, they call.
    Caller,
    /// Outside, we call.
    Outside,
    Phone(ExtensionId),
}

#[derive(Debug)]
pub struct XLeg {
    pub kind: Kind,
    pub answered: bool,
    /// Who rings gives up.
    pub gone: bool,
    play: Option<(OpId, At)>,
    held: bool,
    records: Vec<OpId>,
    /// They are asked to speak, and do.
    speaks: bool,
    since: At,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Place {
    Pair(LegId),
    Mix(MixId, Role),
}

#[derive(Default)]
pub struct Exchange {
    pub legs: BTreeMap<LegId, XLeg>,
    pub place: BTreeMap<LegId, Place>,
    pub phones: BTreeMap<ExtensionId, u32>,
    /// Legs that have ended, each once.
    pub ended: u64,
    /// The switch forgets to say so, in thousandths.
    pub forgets: u64,
    pub play_fails: u64,
}

/// After so many milliseconds.
pub type Later = Vec<(i64, Event)>;

pub fn length_ms(clips: &[Clip]) -> i64 {
    let ms = |c: &Clip| match c {
        Clip::Silence { ms } | Clip::Tone { ms, .. } => i64::from(*ms),
        Clip::File { .. } | Clip::Live { .. } => 1_500,
    };
    clips.iter().map(ms).sum()
}

fn refused(leg: LegId, sip_code: u16) -> Event {
    let cause = Cause { by: EndedBy::Far, sip_code: Some(sip_code), ..Cause::default() };
    Event::Ended { leg, cause, stats: MediaStats::default() }
}

pub fn hung_up(leg: LegId) -> Event {
    Event::Ended { leg, cause: Cause { by: EndedBy::Far, ..Cause::default() }, stats: heard() }
}

pub fn lost(leg: LegId, media: bool) -> Event {
    let cause = if media {
        Cause { by: EndedBy::Us, action: Some(Action::MediaTimeout), ..Cause::default() }
    } else {
        Cause { by: EndedBy::Network, ..Cause::default() }
    };
    Event::Ended { leg, cause, stats: heard() }
}

fn heard() -> MediaStats {
    MediaStats { packets_received: 100, ..MediaStats::default() }
}

impl Exchange {
    pub fn incoming(&mut self, leg: LegId, now: At) {
        self.add(leg, Kind::Caller, now);
    }

    fn add(&mut self, leg: LegId, kind: Kind, now: At) {
        let made =
            XLeg { kind, answered: false, gone: false, play: None, held: false, records: vec![], speaks: false, since: now };
        assert!(self.legs.insert(leg, made).is_none(), "leg {leg} is made twice");
    }

    /// Notes what the floor is told. False: the leg is over already and nothing can be said of it.
    pub fn happens(&mut self, event: &Event, now: At) -> bool {
        let Some(id) = event.leg() else { return true };
        let Some(leg) = self.legs.get_mut(&id) else { return false };
        match event {
            Event::Answered { .. } => {
                leg.since = now;
                !std::mem::replace(&mut leg.answered, true)
            }
            Event::PlayDone { op, outcome, .. } if *outcome != PlayOutcome::Stopped => {
                let own = leg.play.is_some_and(|(o, _)| o == *op);
                if own {
                    leg.play = None;
                    leg.since = now;
                }
                own
            }
            Event::Ended { .. } => {
                self.ended += 1;
                self.legs.remove(&id);
                self.leave(id, now);
                true
            }
            Event::Digit { .. } | Event::Held { .. } => leg.answered,
            _ => true,
        }
    }

    fn leave(&mut self, leg: LegId, now: At) {
        if let Some(Place::Pair(other)) = self.place.remove(&leg) {
            self.place.remove(&other);
            self.stamp(other, now);
        }
        self.stamp(leg, now);
    }

    fn stamp(&mut self, leg: LegId, now: At) {
        if let Some(leg) = self.legs.get_mut(&leg) {
            leg.since = now;
        }
    }

    pub fn command(&mut self, command: &Command, rng: &mut Rng, now: At) -> Later {
        match command {
            Command::Originate(o) => return self.originate(o, rng, now),
            Command::CallExtension(c) => return self.call_extension(c, rng, now),
            _ => {}
        }
        let id = command.leg();
        let Some(leg) = self.legs.get_mut(&id) else { return vec![] };
        match command {
            Command::Answer { .. } => vec![(rng.range(5, 60), Event::Answered { leg: id })],
            Command::Reject { sip_code, .. } => vec![(rng.range(1, 20), refused(id, *sip_code))],
            Command::Hangup { action, .. } => {
                if leg.gone || rng.chance(self.forgets) {
                    leg.gone = true;
                    self.legs.remove(&id);
                    self.leave(id, now);
                    return vec![];
                }
                leg.gone = true;
                let cause = Cause { by: EndedBy::Us, action: Some(*action), ..Cause::default() };
                vec![(rng.range(5, 300), Event::Ended { leg: id, cause, stats: heard() })]
            }
            Command::Play { op, clips, .. } => {
                let stopped = leg.play.take().map(|(op, _)| done(id, op, PlayOutcome::Stopped));
                // A tone needs no file that could be missing.
                let made = clips.iter().all(|c| matches!(c, Clip::Tone { .. } | Clip::Silence { .. }));
                let failed = rng.chance(self.play_fails) && !made;
                let ms = if failed { 5 } else { length_ms(clips) };
                leg.play = Some((*op, now.plus_ms(ms)));
                let outcome = if failed { PlayOutcome::Failed } else { PlayOutcome::Finished };
                stopped.map(|e| (0, e)).into_iter().chain([(ms, done(id, *op, outcome))]).collect()
            }
            Command::StopPlay { .. } => {
                leg.since = now;
                leg.play.take().map(|(op, _)| (0, done(id, op, PlayOutcome::Stopped))).into_iter().collect()
            }
            Command::Record { op, path, .. } => {
                leg.speaks |= path.contains('-');
                leg.records.push(*op);
                vec![]
            }
            Command::StopRecord { op, .. } => {
                leg.records.retain(|o| o != op);
                let path = String::new();
                vec![(3, Event::RecordDone { leg: id, op: *op, path, duration_ms: 1, bytes: 1 })]
            }
            Command::SendDigits { op, .. } => vec![(50, Event::DigitsSent { leg: id, op: *op })],
            Command::Hold { on, .. } => {
                leg.since = if leg.held == *on { leg.since } else { now };
                leg.held = *on;
                vec![]
            }
            _ => {
                self.arrange(command, now);
                vec![]
            }
        }
    }

    fn arrange(&mut self, command: &Command, now: At) {
        match command {
            Command::Bridge { a, b } if self.legs.contains_key(b) => {
                self.leave(*a, now);
                self.leave(*b, now);
                self.place.insert(*a, Place::Pair(*b));
                self.place.insert(*b, Place::Pair(*a));
            }
            Command::Unbridge { leg } | Command::Leave { leg } => self.leave(*leg, now),
            Command::Join { leg, mix, role } => {
                if !matches!(self.place.get(leg), Some(Place::Mix(m, _)) if m == mix) {
                    self.leave(*leg, now);
                }
                self.place.insert(*leg, Place::Mix(*mix, *role));
            }
            _ => {}
        }
    }

    fn originate(&mut self, o: &Originate, rng: &mut Rng, now: At) -> Later {
        let leg = o.leg;
        // A supervisor's own.
        self.add(leg, if o.to.ends_with("055") { Kind::Phone(ExtensionId(139)) } else { Kind::Outside }, now);
        let early = rng.chance(300);
        let mut later = vec![(rng.range(50, 900), Event::Progress { leg, sip_code: 183, early_media: early })];
        later.extend(match rng.range(0, 10) {
            0 => vec![(rng.range(10, 200), refused(leg, 503))],
            1 => vec![(rng.range(500, 4_000), refused(leg, 486))],
            2 => vec![(rng.range(10, 500), refused(leg, 404))],
            3 => vec![(i64::from(o.ring_ms_max), ring_timeout(leg))],
            _ => vec![(rng.range(1_000, 8_000), Event::Answered { leg })],
        });
        later
    }

    fn call_extension(&mut self, c: &CallExtension, rng: &mut Rng, now: At) -> Later {
        let leg = c.leg;
        self.add(leg, Kind::Phone(c.extension), now);
        if self.phones.get(&c.extension).is_none_or(|n| *n == 0) {
            return vec![(10, refused(leg, 480))];
        }
        let mut later = vec![(rng.range(20, 300), Event::Progress { leg, sip_code: 180, early_media: false })];
        later.extend(match rng.range(0, 12) {
            3.. if c.auto_answer => vec![(rng.range(30, 250), Event::Answered { leg })],
            0 => vec![(rng.range(300, 3_000), refused(leg, 486))],
            1 => vec![(i64::from(c.ring_ms_max), ring_timeout(leg))],
            2 => vec![],
            _ => vec![(rng.range(300, 6_000), Event::Answered { leg })],
        });
        later
    }

    /// Who would complain now.
    pub fn complaint(&self, now: At) -> Option<String> {
        self.legs.iter().find_map(|(id, leg)| self.complains(*id, leg, now))
    }

    fn complains(&self, id: LegId, leg: &XLeg, now: At) -> Option<String> {
        if !leg.answered || leg.gone || leg.speaks || leg.play.is_some() || self.hears_somebody(id, leg) {
            return None;
        }
        // Supervisors wait for the next word in silence.
        if matches!(leg.kind, Kind::Phone(ExtensionId(131..))) {
            return None;
        }
        let ms = now.since_ms(leg.since);
        (ms > SILENCE_MS).then(|| format!("leg {id}, {:?}, has heard nothing for {ms} ms", leg.kind))
    }

    fn hears_somebody(&self, id: LegId, leg: &XLeg) -> bool {
        match self.place.get(&id) {
            None => false,
            // Nobody hears who is on hold, and that is heard: music is played to them, not to the other.
            Some(Place::Pair(other)) => !leg.held && self.legs.contains_key(other),
            Some(Place::Mix(mix, _)) => !leg.held && self.others(id, *mix) > 0,
        }
    }

    fn others(&self, id: LegId, mix: MixId) -> usize {
        let talks = |(leg, place): (&LegId, &Place)| {
            *leg != id && matches!(place, Place::Mix(m, Role::Talker) if *m == mix) && self.legs.contains_key(leg)
        };
        self.place.iter().filter(|p| talks(*p)).count()
    }
}

fn done(leg: LegId, op: OpId, outcome: PlayOutcome) -> Event {
    Event::PlayDone { leg, op, outcome, played_ms: 1 }
}

fn ring_timeout(leg: LegId) -> Event {
    let cause = Cause { by: EndedBy::Us, action: Some(Action::RingTimeout), sip_code: Some(487), ..Cause::default() };
    Event::Ended { leg, cause, stats: MediaStats::default() }
}
