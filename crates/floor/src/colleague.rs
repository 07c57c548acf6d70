//! Agents who call each other: a call without a far party. Both are people of ours, so both desks show it and both are busy.

use crate::consult::Target;
use crate::dial_out::Wish;
use crate::floor::Floor;
use crate::party::{RING_MS, Way};
use crate::session::{Session, Stage};
use model::desk::DeskRefusal;
use model::fact::CalleeFacts;
use model::record::Seat;
use model::{AgentId, CallId, Disposition, LegId, OpId, TenantId};

impl Floor {
    /// Whom of ours this agent means by a number, if it is not one outside.
    pub(crate) fn colleague(&self, tenant: TenantId, number: &str) -> Result<Option<(Target, String)>, DeskRefusal> {
        Ok(match self.number_target(tenant, number)? {
            Target::Agent(agent) => {
                let name = self.people.agents.get(&agent).map(|a| a.name.clone()).unwrap_or_default();
                Some((Target::Agent(agent), name))
            }
            Target::Extension(id, number, name) => Some((Target::Extension(id, number, name.clone()), name)),
            Target::Outside(_) | Target::Queue(_) => None,
        })
    }

    /// The agent's own phone first, then the colleague's.
    pub(crate) fn dial_colleague(
        &mut self,
        agent: AgentId,
        (target, name): (Target, String),
        number: &str,
    ) -> Result<bool, DeskRefusal> {
        self.can_be_called(agent, &target)?;
        let tenant = self.people.agents.get(&agent).map(|a| a.tenant_id).ok_or(DeskRefusal::UnknownAgent)?;
        let call = self.new_call(tenant, number.trim(), &CalleeFacts::default());
        if let Some(session) = self.sessions.get_mut(&call) {
            session.call.head.name = name;
            session.call.head.caller = self.people.agents.get(&agent).map(|a| a.number.clone()).unwrap_or_default();
            session.talk.dialed_by = Some(agent);
            session.talk.inside = true;
            session.talk.colleague = Some(target);
        }
        match self.engage(agent, call, Way::Dial) {
            Ok(()) if self.sessions.contains_key(&call) => Ok(true),
            Ok(()) => Err(DeskRefusal::NoPhone),
            Err(why) => {
                self.drop_session(call);
                Err(crate::people::refusal(why))
            }
        }
    }

    fn can_be_called(&self, agent: AgentId, target: &Target) -> Result<(), DeskRefusal> {
        let extension = match target {
            Target::Agent(other) if *other == agent => return Err(DeskRefusal::BadNumber),
            Target::Agent(other) => {
                let other = self.people.acd.agent(*other).ok_or(DeskRefusal::UnknownAgent)?;
                if other.reservation.is_some() {
                    return Err(DeskRefusal::Busy);
                }
                match other.seat {
                    Some(Seat::Browser { extension } | Seat::Phone { extension }) => extension,
                    Some(Seat::Outside { .. }) => return Ok(()),
                    None => return Err(DeskRefusal::NoPhone),
                }
            }
            Target::Extension(extension, ..) => *extension,
            Target::Queue(_) | Target::Outside(_) => return Err(DeskRefusal::BadNumber),
        };
        if self.people_phones(extension) == 0 { Err(DeskRefusal::NoPhone) } else { Ok(()) }
    }

    /// The agent's own phone is answered: the colleague's rings. There is no far party, and there will be none.
    pub(crate) fn ring_colleague(&mut self, call: CallId, own: LegId, agent: AgentId, target: Target) {
        self.set_stage(call, Stage::Over);
        if let Some(session) = self.sessions.get_mut(&call) {
            session.disposition = Some(Disposition::NoAnswer);
        }
        self.ring_back(own, RING_MS);
        let wish = Wish { agent, told: OpId(0) };
        if self.bring(call, target, Way::Consult, wish).is_err() {
            if let Some(session) = self.sessions.get_mut(&call) {
                session.disposition = Some(Disposition::Busy);
            }
            self.let_all_go(call);
        }
    }

    /// Whom the owner of this leg is in the call with, where both are people of ours.
    pub(crate) fn other_end<'a>(&'a self, s: &'a Session, own: Option<LegId>) -> (&'a str, &'a str) {
        let dialer = s.talk.dialed_by.filter(|_| s.talk.inside);
        match dialer {
            Some(agent) if own.is_some() && s.talk.leg_of(agent) != own => {
                (&s.call.head.caller, self.people.agents.get(&agent).map_or("", |a| a.name.as_str()))
            }
            _ => (s.far_number(), &s.call.head.name),
        }
    }

    /// They talk from now on, each as much in the call as the other.
    pub(crate) fn colleague_answered(&mut self, call: CallId) {
        let now = self.now;
        let Some(session) = self.sessions.get_mut(&call) else { return };
        session.disposition = Some(Disposition::Human);
        session.talk.since = Some(now);
        let agent = session.talk.dialed_by;
        let reservation = agent.and_then(|a| self.people.bound.get(&a)).map(|b| b.reservation);
        if let Some(reservation) = reservation {
            self.tell_acd(acd::Input::Answered { reservation });
        }
        self.others_stay(call);
    }
}
