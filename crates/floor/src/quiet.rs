//! Phones that fall silent: nothing comes from them, neither sound nor a sign of life. Whoever is on the other end hears music, not the
//! silence, and a phone that has never sent anything is of no use to anybody.

use crate::floor::Floor;
use crate::party::{Kind, Sound};
use crate::timer::Timer;
use model::fact::Fact;
use model::record::Seat;
use model::{AgentId, CallId, LegId};

/// Silence is told after six seconds; one that began with the answer is told before this.
const FROM_THE_START_MS: i64 = 8_000;
/// A phone that suppresses silence may belong to somebody who only listens at first.
const DEAD_MS: i64 = 6_000;

impl Floor {
    pub(crate) fn on_quiet(&mut self, leg: LegId, on: bool) {
        let Some((call, agent)) = self.agent_leg(leg) else { return };
        if !on {
            self.timers.clear(Timer::Quiet(leg));
        }
        let browser = self.people.acd.agent(agent).is_some_and(|a| matches!(a.seat, Some(Seat::Browser { .. })));
        let Some(session) = self.sessions.get(&call) else { return };
        let answered_at = session.talk.parties.get(&leg).and_then(|p| p.answered_at);
        let never_spoke = answered_at.is_some_and(|at| self.now.since_ms(at) < FROM_THE_START_MS);
        if on && never_spoke {
            self.timers.set(Timer::Quiet(leg), self.now.plus_ms(DEAD_MS));
        }
        // A page's phone sends as long as its network is there.
        let alone = session.talk.talkers().count() == 1 && session.talk.far_held.is_none() && session.talk.confirming.is_none();
        let (hears, wanted) = (session.talk.sound, if on { Sound::Music } else { Sound::Nothing });
        if browser && alone && hears != wanted && self.far_leg(call).is_some() {
            self.sound(call, wanted);
        }
    }

    /// The agent cannot be heard: others are asked, and the seat is signed out until somebody has looked at the phone.
    pub(crate) fn phone_is_dead(&mut self, leg: LegId) {
        let Some((call, agent)) = self.agent_leg(leg) else { return };
        let tenant = self.people.agents.get(&agent).map(|a| (a.tenant_id, a.number.clone(), a.name.clone()));
        self.tell_acd(acd::Input::SignOut { agent });
        self.let_party_go(call, leg);
        self.who_stays(call, true);
        self.show_call(call);
        if let Some((tenant, number, name)) = tenant {
            let text = format!("坐席 {number} {name} 的话机接通后没有声音，已签出，请检查话机、耳麦和网络");
            let at = self.now;
            self.note(Fact::Alarm { tenant, code: "phone_silent", text, at });
        }
    }

    fn agent_leg(&self, leg: LegId) -> Option<(CallId, AgentId)> {
        let call = *self.legs.get(&leg)?;
        let party = self.sessions.get(&call)?.talk.parties.get(&leg).filter(|p| !p.leaving)?;
        match party.kind {
            Kind::Agent { agent, .. } => Some((call, agent)),
            _ => None,
        }
    }
}
