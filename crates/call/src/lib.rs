//! 通话: one call with its legs, and what is written about it. No policy: it is told what happened and keeps it in order.
//!
//! PURE. May use `model`. Times come in with every event; an event that does not fit the leg's state is refused by returning
//! `false` or `None`, so that a late, doubled or reordered report changes nothing. A new thing to know about a leg is a field of
//! [`Leg`] and of `model::record::LegRecord`.

mod leg;

pub use leg::{Leg, LegState, Role};

use model::record::{AgentTalk, Call as CallRecord, Confirmation, Direction, Heard, LegRecord, Recording, TrailStep, Utterance};
use model::telephony::{Cause, MediaStats};
use model::{At, AttemptId, CallId, CampaignId, Disposition, FlowId, LeadId, LegId, QueueId, TenantId, TrunkId};

/// Keys kept in the record; a stuck key must not fill the store.
const DIGITS_MAX: usize = 256;
const TRAIL_MAX: usize = 500;
const UTTERANCES_MAX: usize = 500;
/// Verdicts kept.
const HEARD_MAX: usize = 16;

/// Who calls whom, known when the call is made.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    pub id: CallId,
    pub tenant: TenantId,
    pub direction: Direction,
    pub campaign: Option<CampaignId>,
    pub lead: Option<LeadId>,
    pub attempt: Option<AttemptId>,
    pub name: String,
    pub caller: String,
    pub called: String,
    pub started_at: At,
}

/// A call, from its making until its books are closed.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    pub head: Head,
    pub trunk: Option<TrunkId>,
    /// The flow it started with.
    pub flow: Option<(FlowId, u32)>,
    pub recordings: Vec<Recording>,
    /// Sound given to a recogniser.
    pub heard_ms: u32,
    pub queue: Option<QueueId>,
    pub talks: Vec<AgentTalk>,
    pub satisfaction: Option<u32>,
    pub confirmation: Option<Confirmation>,
    utterances: Vec<Utterance>,
    legs: Vec<Leg>,
    digits: String,
    trail: Vec<TrailStep>,
    heard: Vec<Heard>,
    bridge: Option<Bridge>,
}

/// Two legs that hear each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bridge {
    pub a: LegId,
    pub b: LegId,
    pub since: At,
}

impl Call {
    pub fn new(head: Head) -> Self {
        Self {
            head,
            trunk: None,
            flow: None,
            recordings: Vec::new(),
            heard_ms: 0,
            queue: None,
            talks: Vec::new(),
            satisfaction: None,
            confirmation: None,
            utterances: Vec::new(),
            legs: Vec::new(),
            digits: String::new(),
            trail: Vec::new(),
            heard: Vec::new(),
            bridge: None,
        }
    }

    pub fn add_leg(&mut self, leg: Leg) {
        if leg.role.is_far() {
            self.trunk = Some(leg.trunk).filter(|t| t.0 != 0);
        }
        self.legs.push(leg);
    }

    /// Something was said. One that is not final is replaced by the next of the same speaker; beyond the limit nothing is kept.
    pub fn said(&mut self, utterance: Utterance) {
        let open = self.utterances.iter().rposition(|u| !u.is_final && u.speaker == utterance.speaker);
        if let Some(at) = open {
            self.utterances.remove(at);
        }
        if self.utterances.len() < UTTERANCES_MAX && !utterance.text.is_empty() {
            self.utterances.push(utterance);
        }
    }

    pub fn utterances(&self) -> &[Utterance] {
        &self.utterances
    }

    pub fn legs(&self) -> &[Leg] {
        &self.legs
    }

    pub fn leg(&self, id: LegId) -> Option<&Leg> {
        self.legs.iter().find(|l| l.id == id)
    }

    fn leg_mut(&mut self, id: LegId) -> Option<&mut Leg> {
        self.legs.iter_mut().find(|l| l.id == id)
    }

    /// The leg of this role that has not ended.
    pub fn open_leg(&self, role: Role) -> Option<&Leg> {
        self.legs.iter().find(|l| l.role == role && l.state != LegState::Ended)
    }

    /// The party the call is with: callee or caller, open or not. The latest one where routes were tried.
    pub fn far(&self) -> Option<&Leg> {
        self.legs.iter().rev().find(|l| l.role.is_far())
    }

    pub fn has_open_legs(&self) -> bool {
        self.legs.iter().any(|l| l.state != LegState::Ended)
    }

    /// A provisional response came. `true` when it is the first sign of ringing.
    pub fn ringing(&mut self, leg: LegId, now: At) -> bool {
        self.leg_mut(leg).is_some_and(|l| l.ring(now))
    }

    /// `true` when it is the first answer of a leg still wanted.
    pub fn answered(&mut self, leg: LegId, now: At) -> bool {
        self.leg_mut(leg).is_some_and(|l| l.answer(now))
    }

    /// We asked for its end. `true` when it had not been asked before.
    pub fn hanging_up(&mut self, leg: LegId) -> bool {
        self.leg_mut(leg).is_some_and(Leg::hang_up)
    }

    /// The leg is over; counted once. A bridge with it is over too.
    pub fn ended(&mut self, leg: LegId, cause: Cause, stats: MediaStats, now: At) -> bool {
        let first = self.leg_mut(leg).is_some_and(|l| l.end(cause, stats, now));
        if first && self.bridge.is_some_and(|b| b.a == leg || b.b == leg) {
            self.bridge = None;
        }
        first
    }

    /// Both legs hear each other from now on. Refused unless both are answered and neither is bridged.
    pub fn bridge(&mut self, a: LegId, b: LegId, now: At) -> bool {
        let up = |id| self.leg(id).is_some_and(|l| l.state == LegState::Answered);
        let fits = a != b && self.bridge.is_none() && up(a) && up(b);
        if fits {
            self.bridge = Some(Bridge { a, b, since: now });
        }
        fits
    }

    /// The two hear each other no more.
    pub const fn unbridge(&mut self) -> Option<Bridge> {
        self.bridge.take()
    }

    /// Gives an answered leg of ours that was put through away, to another call; a bridge with it is over.
    pub fn release(&mut self, leg: LegId) -> Option<Leg> {
        let fits = |l: &Leg| l.id == leg && !l.role.is_far() && l.state == LegState::Answered;
        let at = self.legs.iter().position(fits)?;
        if self.bridge.is_some_and(|b| b.a == leg || b.b == leg) {
            self.bridge = None;
        }
        Some(self.legs.remove(at))
    }

    pub const fn bridged(&self) -> Option<Bridge> {
        self.bridge
    }

    pub fn digit(&mut self, digit: char) {
        if self.digits.len() < DIGITS_MAX {
            self.digits.push(digit);
        }
    }

    pub fn digits(&self) -> &str {
        &self.digits
    }

    pub fn step(&mut self, step: TrailStep) {
        if self.trail.len() < TRAIL_MAX {
            self.trail.push(step);
        }
    }

    pub fn hear(&mut self, heard: Heard) {
        if self.heard.len() < HEARD_MAX {
            self.heard.push(heard);
        }
    }

    pub fn heard(&self) -> &[Heard] {
        &self.heard
    }

    pub fn ringing_at(&self) -> Option<At> {
        self.legs.iter().filter(|l| l.role.is_far()).find_map(|l| l.ringing_at)
    }

    pub fn answered_at(&self) -> Option<At> {
        self.legs.iter().filter(|l| l.role.is_far()).find_map(|l| l.answered_at)
    }

    /// The record, with one leg record per leg. Legs that never said they ended are written as ended now.
    pub fn close(self, now: At, disposition: Disposition, result: Option<String>) -> (CallRecord, Vec<Recording>) {
        let (ringing_at, answered_at) = (self.ringing_at(), self.answered_at());
        let ended_at = self.legs.iter().filter_map(|l| l.ended_at).max().unwrap_or(now);
        let legs: Vec<LegRecord> = self.legs.into_iter().map(|l| l.into_record(now)).collect();
        let cost = legs.iter().filter_map(|l| l.cost).reduce(i32::saturating_add);
        let h = self.head;
        let record = CallRecord {
            id: h.id,
            tenant_id: h.tenant,
            direction: h.direction,
            campaign_id: h.campaign,
            lead_id: h.lead,
            attempt_id: h.attempt,
            name: h.name,
            caller: h.caller,
            called: h.called,
            trunk_id: self.trunk,
            flow_id: self.flow.map(|f| f.0),
            flow_version: self.flow.map(|f| f.1),
            started_at: h.started_at,
            ringing_at,
            answered_at,
            ended_at,
            disposition,
            result,
            digits: self.digits,
            trail: self.trail,
            cost,
            heard: self.heard,
            legs,
            utterances: in_order(self.utterances),
            heard_ms: self.heard_ms,
            queue_id: self.queue,
            agent_id: self.talks.iter().find(|t| t.answered_at.is_some()).map(|t| t.agent_id),
            talks: self.talks,
            satisfaction: self.satisfaction,
            confirmation: self.confirmation,
        };
        (record, self.recordings)
    }
}

/// By their beginning: a text may come after the one that was spoken next.
fn in_order(mut utterances: Vec<Utterance>) -> Vec<Utterance> {
    utterances.sort_by_key(|u| u.from_ms);
    utterances
}

#[cfg(test)]
mod tests;
