//! People of a call leave it, by somebody's will or because nobody is left to talk to.

use crate::floor::Floor;
use crate::party::{Draft, Kind, Sound, Way};
use crate::session::Stage;
use crate::timer::Timer;
use call::LegState;
use model::telephony::Action;
use model::{AgentId, CallId, Disposition, LegId};

impl Floor {
    /// One of ours leaves because somebody wants it, and the others go on as they can.
    pub(crate) fn part(&mut self, call: CallId, leg: LegId) {
        let party = self.sessions.get(&call).and_then(|s| s.talk.parties.get(&leg)).filter(|p| !p.leaving);
        let Some(party) = party else { return };
        let (answered, consulted, way) = (party.answered_at.is_some(), party.consulted, party.way);
        if let Kind::Agent { agent, .. } = party.kind {
            // Nobody waits for an agent who does not want to come back.
            self.timers.clear(Timer::Back(agent));
        }
        self.let_party_go(call, leg);
        match (answered, way) {
            (_, Way::Monitor) => {}
            (false, way) => self.missed(call, way),
            (true, _) if consulted => self.consult_over(call),
            (true, _) => self.somebody_left(call),
        }
    }

    /// Hangs up on one of ours. What that means for the others is for whoever asks to say.
    pub(crate) fn let_party_go(&mut self, call: CallId, leg: LegId) {
        let Some(party) = self.sessions.get_mut(&call).and_then(|s| s.talk.parties.get_mut(&leg)) else { return };
        party.leaving = true;
        if party.answered_at.is_none() {
            // No other line is tried for them.
            self.end_party_search(call, leg);
        }
        self.hang_up(call, leg, Action::Normal);
        self.arrange(call);
    }

    /// Everybody of ours, and whoever is being dialled.
    pub(crate) fn let_all_go(&mut self, call: CallId) {
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let legs: Vec<LegId> = session.talk.parties.iter().filter(|(_, p)| !p.leaving).map(|(l, _)| *l).collect();
        let waits: Vec<AgentId> =
            self.people.bound.iter().filter(|(_, b)| b.call == call && b.leg.is_none()).map(|(a, _)| *a).collect();
        self.forget_party_search(call);
        for leg in legs {
            self.let_party_go(call, leg);
        }
        for agent in waits {
            if let Some(reservation) = self.people.bound.get(&agent).map(|b| b.reservation) {
                self.unbind(agent, reservation, None);
            }
        }
    }

    /// This agent is not dialled any more.
    pub(crate) fn forget_search_for(&mut self, call: CallId, agent: AgentId) {
        let own = |d: &Draft| matches!(d.kind, Kind::Agent { agent: a, .. } if a == agent);
        let search = self.sessions.get(&call).and_then(|s| s.search.as_ref());
        if search.and_then(|s| s.party.as_ref()).is_some_and(own) {
            self.drop_hold(call);
            if let Some(session) = self.sessions.get_mut(&call) {
                session.search = None;
            }
        }
    }

    /// Nobody is dialled any more for this call.
    pub(crate) fn forget_party_search(&mut self, call: CallId) {
        if self.sessions.get(&call).is_some_and(|s| s.search.as_ref().is_some_and(|s| s.party.is_some())) {
            self.drop_hold(call);
            if let Some(session) = self.sessions.get_mut(&call) {
                session.search = None;
            }
        }
        if let Some(op) = self.sessions.get_mut(&call).and_then(|s| s.talk.errand.take()) {
            self.answered(op);
            self.refuse_errand(op, model::desk::DeskRefusal::NoCall);
        }
    }

    /// Whoever of ours hears the call ends now, and the far party with them.
    pub(crate) fn give_up(&mut self, call: CallId, disposition: Disposition) {
        let far_open = self.sessions.get(&call).and_then(|s| s.call.far()).is_some_and(|l| l.state != LegState::Ended);
        if far_open {
            return self.end_legs(call, Action::Normal);
        }
        match self.sessions.get(&call) {
            Some(s) if s.stage != Stage::Over => self.far_gone(call, disposition),
            // A colleague who rings has nobody to talk to.
            Some(s) if s.talk.inside => self.let_all_go(call),
            _ => {}
        }
    }

    /// The far party is gone: they wait for nobody any more.
    pub(crate) fn far_left_talk(&mut self, call: CallId) {
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let talk = &mut session.talk;
        talk.token = None;
        talk.back = None;
        talk.sound = Sound::Nothing;
        talk.early = false;
        for op in [talk.playing.take(), talk.words.take()].into_iter().flatten() {
            self.answered(op);
        }
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let callback = session.talk.callback.take();
        if let Some(entry) = session.talk.entry.take() {
            self.people.entries.remove(&entry);
            if callback.is_none() {
                self.tell_acd(acd::Input::CallerLeft { call });
            }
        }
        if let Some(reservation) = callback {
            self.tell_acd(acd::Input::CallbackFailed { reservation });
        }
    }

    /// Two and more who talk among themselves may go on; one alone is let go.
    pub(crate) fn others_stay(&mut self, call: CallId) {
        self.end_hold(call);
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let talkers = session.talk.talkers().count();
        if talkers < 2 || session.action.is_some() {
            return self.let_all_go(call);
        }
        self.joined(call);
        self.timers.set(Timer::CallMax(call), self.now.plus_ms(self.limits.call_ms_max));
        self.arrange(call);
    }
}
