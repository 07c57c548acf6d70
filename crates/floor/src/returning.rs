//! An agent whose phone is lost in a talk: the customer waits with music, the phone is rung again as soon as it is there.

use crate::floor::Floor;
use crate::party::{Party, RING_MS, Sound, Way, failure, talk_confirms};
use crate::timer::Timer;
use call::LegState;
use model::record::{AgentState, Seat, break_reason};
use model::telephony::{Action, EndedBy};
use model::{AgentId, CallId, Disposition, ExtensionId, LegId};

/// Whoever lost the call gets it back within this, or it goes on without them.
const BACK_MS: i64 = 30_000;

impl Floor {
    /// Somebody comes back who had asked a colleague meanwhile: the customer stays on hold.
    pub(crate) fn back_to_asking(&mut self, call: CallId, leg: LegId) -> bool {
        let Some(session) = self.sessions.get(&call) else { return false };
        let back = session.talk.parties.get(&leg).is_some_and(|p| p.way == Way::Back);
        if !back || session.talk.far_held.is_none() || !self.is_asking(call) {
            return false;
        }
        let answered = session.talk.talkers().any(|(_, p)| p.consulted);
        if !answered {
            self.ring_back(leg, RING_MS);
        }
        self.arrange(call);
        true
    }

    /// Whether the call waits for an agent whose phone is gone: it was lost in the talk, or has not come back yet.
    pub(crate) fn may_return(&mut self, call: CallId, leg: LegId, agent: AgentId, party: &Party, why: Disposition) -> bool {
        match party.answered_at {
            Some(_) => !party.consulted && self.was_lost(call, leg) && self.wait_for_return(call, agent),
            None => {
                let waits = party.way == Way::Back && self.timers.is_set(Timer::Back(agent));
                // What we gave up is not waited for, though its answer may have crossed.
                let ours = self.sessions.get(&call).and_then(|s| s.call.leg(leg)).is_some_and(|l| l.cause.action.is_some());
                let gone = waits && !ours && failure(why) == acd::Failure::Unreachable;
                if let Some(bound) = self.people.bound.get_mut(&agent).filter(|_| gone) {
                    bound.leg = None;
                }
                gone
            }
        }
    }

    /// Not by anybody's will: the network, or a phone that fell silent.
    pub(crate) fn was_lost(&self, call: CallId, leg: LegId) -> bool {
        let Some(leg) = self.sessions.get(&call).and_then(|s| s.call.leg(leg)) else { return false };
        leg.cause.action == Some(Action::MediaTimeout) || (leg.cause.by == EndedBy::Network && leg.cause.action.is_none())
    }

    /// The customer waits for an agent whose phone was lost.
    pub(crate) fn wait_for_return(&mut self, call: CallId, agent: AgentId) -> bool {
        if self.far_leg(call).is_none() {
            return false;
        }
        let kept = self.people.acd.agent(agent).and_then(|a| a.reservation);
        // Whose 工号 was removed meanwhile has nothing to come back to.
        let Some(bound) = self.people.bound.get_mut(&agent).filter(|b| Some(b.reservation) == kept) else { return false };
        bound.leg = None;
        self.timers.set(Timer::Back(agent), self.now.plus_ms(BACK_MS));
        let Some(session) = self.sessions.get(&call) else { return false };
        let (alone, confirms) = (session.talk.talkers().next().is_none(), talk_confirms(&session.talk));
        if !alone {
            self.join_asked(call);
        }
        self.arrange(call);
        if alone && !confirms {
            self.sound(call, Sound::Music);
        }
        self.ring_back_to(agent);
        true
    }

    /// Rings the phone of an agent whose call waits for them.
    pub(crate) fn ring_back_to(&mut self, agent: AgentId) {
        let Some(bound) = self.people.bound.get(&agent).filter(|b| b.leg.is_none()) else { return };
        let (call, reservation, queue) = (bound.call, bound.reservation, bound.queue);
        let Some(seat) = self.people.acd.agent(agent).and_then(|a| a.seat) else { return };
        // A phone that is not there yet rings when it registers.
        if let Seat::Browser { extension } | Seat::Phone { extension } = seat
            && self.people_phones(extension) == 0
        {
            return;
        }
        let draft = self.agent_draft(agent, reservation, queue, Way::Back);
        self.ring_party(call, &seat, draft, RING_MS);
    }

    pub(crate) fn back_timed_out(&mut self, agent: AgentId) {
        let Some(bound) = self.people.bound.get(&agent) else { return };
        let (call, leg, reservation) = (bound.call, bound.leg, bound.reservation);
        let answered = leg.and_then(|l| self.sessions.get(&call)?.call.leg(l)).is_some_and(|l| l.state == LegState::Answered);
        if answered {
            return;
        }
        if let Some(leg) = leg {
            // Its end tells the rest.
            return self.hang_up(call, leg, Action::RingTimeout);
        }
        self.forget_search_for(call, agent);
        self.unbind(agent, reservation, None);
        self.who_stays(call, true);
        self.show_call(call);
    }

    /// A phone has registered: whoever waits for its agent gets them back.
    pub(crate) fn phone_is_back(&mut self, extension: ExtensionId, phones: u32) {
        if phones == 0 {
            return;
        }
        let seated = |seat: Option<&Seat>| matches!(seat, Some(Seat::Browser { extension: e } | Seat::Phone { extension: e }) if *e == extension);
        // Whoever had no calls because of the phone has them again.
        let unreachable: Vec<AgentId> = self
            .people
            .acd
            .agents()
            .filter(|a| a.state == AgentState::Break && a.reason.as_deref() == Some(break_reason::UNREACHABLE))
            .filter(|a| seated(a.seat.as_ref()))
            .map(|a| a.agent)
            .collect();
        for agent in unreachable {
            self.tell_acd(acd::Input::Ready { agent });
        }
        let waiting: Vec<AgentId> = self.people.bound.iter().filter(|(_, b)| b.leg.is_none()).map(|(a, _)| *a).collect();
        for agent in waiting {
            let seat = self.people.acd.agent(agent).and_then(|a| a.seat);
            if seated(seat.as_ref()) && self.timers.is_set(Timer::Back(agent)) {
                self.ring_back_to(agent);
            }
        }
    }
}
