//! What must hold between any two inputs. For tests and simulations; costs a walk over everything that is up.

use crate::ears::Phase;
use crate::floor::{Floor, Pending};
use crate::party::{Kind, Sound};
use crate::session::{Session, Stage};
use crate::timer::Timer;
use call::{LegState, Role};
use model::TrunkId;
use std::collections::BTreeMap;

impl Floor {
    /// # Errors
    /// The first thing found broken, for people.
    pub fn check_invariants(&self) -> Result<(), String> {
        self.check_sessions()?;
        self.check_campaigns()?;
        self.check_waits()?;
        self.check_people()?;
        self.check_rooms()
    }

    /// Agents and those they brought: nobody in two calls, nobody bound to a call that is over, nobody waiting in silence.
    fn check_people(&self) -> Result<(), String> {
        self.people.acd.check_invariants()?;
        for (agent, bound) in &self.people.bound {
            let Some(s) = self.sessions.get(&bound.call) else {
                return Err(format!("agent {agent} is bound to a call that is over"));
            };
            let party = bound.leg.map(|leg| s.talk.parties.get(&leg));
            let own = |kind: Kind| matches!(kind, Kind::Agent { agent: a, reservation, .. } if a == *agent && reservation == bound.reservation);
            if party.is_some_and(|p| p.is_none_or(|p| !own(p.kind))) {
                return Err(format!("the phone of agent {agent} is not in call {}", bound.call));
            }
            if bound.leg.is_none()
                && s.search.as_ref().is_none_or(|s| s.party.is_none())
                && !self.timers.is_set(Timer::Back(*agent))
            {
                return Err(format!("nothing rings agent {agent} for call {}", bound.call));
            }
        }
        for (entry, call) in &self.people.entries {
            if self.sessions.get(call).is_none_or(|s| s.talk.entry != Some(*entry)) {
                return Err(format!("entry {entry} belongs to no call"));
            }
        }
        self.sessions.iter().try_for_each(|(id, s)| self.check_talk(*id, s))
    }

    fn check_talk(&self, id: model::CallId, s: &Session) -> Result<(), String> {
        for (leg, party) in &s.talk.parties {
            let state = s.call.leg(*leg).map(|l| l.state);
            let fits = match state {
                Some(LegState::Answered) => party.answered_at.is_some(),
                Some(LegState::Starting | LegState::Ringing) => party.answered_at.is_none(),
                Some(LegState::HangingUp) => true,
                Some(LegState::Ended) | None => false,
            };
            if !fits {
                return Err(format!("party {leg} of call {id} is {state:?}"));
            }
        }
        let ours = s.call.legs().iter().filter(|l| matches!(l.role, Role::Agent | Role::Guest | Role::Supervisor));
        if let Some(leg) = ours.filter(|l| l.state != LegState::Ended).find(|l| !s.talk.parties.contains_key(&l.id)) {
            return Err(format!("leg {} of call {id} is nobody's", leg.id));
        }
        if s.talk.entry.is_some_and(|e| !self.people.entries.contains_key(&e)) {
            return Err(format!("call {id} waits in no queue"));
        }
        self.check_silence(id, s)
    }

    /// Whoever waits hears something, and whoever hears nothing talks or has a flow.
    fn check_silence(&self, id: model::CallId, s: &Session) -> Result<(), String> {
        if self.timers.is_set(Timer::Harbour(id)) {
            return Ok(());
        }
        let up = s.stage == Stage::Up && s.call.far().is_some_and(|l| l.state == LegState::Answered);
        let involved = s.talk.token.is_some() || s.talk.entry.is_some() || s.talk.since.is_some() || s.talk.far_held.is_some();
        if !up || !involved || s.talk.confirming.is_some() || s.action.is_some() {
            return Ok(());
        }
        let talks = s.talk.talkers().next().is_some() && s.talk.far_held.is_none();
        let hears = s.talk.sound != Sound::Nothing || s.talk.playing.is_some();
        if s.talk.back.is_none() && s.talk.sound != Sound::Nothing && self.waits_for_nobody(id) {
            return Err(format!("call {id} hears {:?} and nobody comes", s.talk.sound));
        }
        if talks || hears { Ok(()) } else { Err(format!("call {id} is in silence")) }
    }

    fn check_sessions(&self) -> Result<(), String> {
        let (mut open, mut dialled) = (0, 0);
        let mut calls: BTreeMap<TrunkId, u32> = BTreeMap::new();
        for (id, s) in &self.sessions {
            for leg in s.call.legs() {
                let is_open = leg.state != LegState::Ended;
                if is_open != (self.legs.get(&leg.id) == Some(id)) {
                    return Err(format!("leg {} of call {id} is {:?} and the table says otherwise", leg.id, leg.state));
                }
                if is_open {
                    open += 1;
                    *calls.entry(leg.trunk).or_default() += 1;
                    if leg.state != LegState::Answered && !self.timers.is_set(Timer::Leg(leg.id)) {
                        return Err(format!("leg {} waits in {:?} without a deadline", leg.id, leg.state));
                    }
                }
            }
            if let Some(held) = s.search.as_ref().and_then(|s| s.held) {
                *calls.entry(held).or_default() += 1;
            }
            if let Some(d) = &s.dial {
                dialled += 1;
                if self.leads.get(&d.lead.id) != Some(id) || self.attempts.get(&d.attempt) != Some(id) {
                    return Err(format!("lead {} of call {id} is in another attempt", d.lead.id));
                }
            }
            self.check_stage(*id, s)?;
        }
        // Each entry of a session was found in its table; as many entries as tables hold leaves none without an owner.
        let unsaved = self.saves.values().filter(|s| s.lead.is_some()).count();
        let shown = self.previews_not_begun();
        if (self.legs.len(), self.attempts.len(), self.leads.len()) != (open, dialled, dialled + unsaved + shown) {
            return Err(format!("a leg, an attempt or a lead belongs to a call that is closed: {open} legs, {dialled} attempts"));
        }
        self.check_lines(&calls)
    }

    /// Every stage has something that ends it.
    fn check_stage(&self, id: model::CallId, s: &Session) -> Result<(), String> {
        let ends = match s.stage {
            Stage::Beginning => self.timers.is_set(Timer::Begin(id)),
            Stage::Waiting if s.dial.is_some() && s.talk.dialed_by.is_none() => self.timers.is_set(Timer::Slot(id)),
            // Before the first leg of a call by hand, its line's next slot is waited for.
            Stage::Waiting | Stage::Trying | Stage::Ringing => s.call.has_open_legs() || self.timers.is_set(Timer::Slot(id)),
            // A flow that has not begun is waited for by the ears, for a time.
            Stage::Up => {
                let waits = matches!(s.ears.phase, Phase::Deciding | Phase::Greeting);
                let decides = self.timers.is_set(Timer::Ears(id));
                s.call.has_open_legs()
                    && (self.timers.is_set(Timer::CallMax(id)) || s.action.is_some())
                    && waits == decides
                    && !(waits && s.run.is_some())
            }
            Stage::Over => {
                s.call.has_open_legs() || self.timers.is_set(Timer::Epilogue(id)) || self.timers.is_set(Timer::Confirmed(id))
            }
        };
        if ends { Ok(()) } else { Err(format!("nothing ends call {id} in {:?}", s.stage)) }
    }

    fn check_lines(&self, calls: &BTreeMap<TrunkId, u32>) -> Result<(), String> {
        for (id, line) in &self.lines {
            let counted = calls.get(id).copied().unwrap_or(0);
            if counted != line.calls {
                return Err(format!("trunk {id} counts {} calls and has {counted}", line.calls));
            }
        }
        Ok(())
    }

    fn check_campaigns(&self) -> Result<(), String> {
        for (id, r) in &self.campaigns {
            let up = r.calls.iter().filter(|c| self.sessions.get(c).is_some_and(|s| s.stage != Stage::Over)).count();
            if r.in_flight() as usize != up || r.calls.iter().any(|c| !self.sessions.contains_key(c)) {
                return Err(format!("campaign {id} counts {} calls and has {up}", r.in_flight()));
            }
            for (i, lead) in r.hand.iter().enumerate() {
                if r.hand.iter().take(i).any(|l| l.id == lead.id) || self.leads.contains_key(&lead.id) {
                    return Err(format!("lead {} is in hand twice, or in a call", lead.id));
                }
            }
            if r.in_hand() > self.limits.hand_max as usize {
                return Err(format!("campaign {id} holds {} leads", r.hand.len()));
            }
            if !r.hand.is_empty() && !self.timers.is_set(Timer::Hand(*id)) {
                return Err(format!("nothing gives the leads of campaign {id} back"));
            }
        }
        Ok(())
    }

    fn check_waits(&self) -> Result<(), String> {
        for (op, pending) in &self.pending {
            let bounded = match pending {
                // Ends with its leg.
                Pending::Record(call) => self.sessions.get(call).is_some_and(|s| s.recorders.contains_key(op)),
                _ => self.timers.is_set(Timer::Op(*op)),
            };
            if !bounded {
                return Err(format!("{pending:?} is waited for without a deadline"));
            }
        }
        for (call, save) in &self.saves {
            let asked = save.op.is_some_and(|op| self.pending.contains_key(&op));
            if !asked && !self.timers.is_set(Timer::Save(*call)) {
                return Err(format!("the facts of call {call} are never written"));
            }
        }
        Ok(())
    }
}
