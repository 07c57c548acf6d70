//! Moving calls without us in between, or at the wish of whoever was put through: REFER both ways, and calls that replace others.

use crate::floor::{Floor, Pending};
use crate::party::Kind;
use crate::session::{Search, Transfer};
use crate::timer::Timer;
use call::{Leg, Role};
use dialer::route::Called;
use dialer::wire;
use flow::io::Token;
use flow::{In, TransferOutcome};
use model::desk::Destination;
use model::record::rewrite;
use model::telephony::{Action, Command};
use model::{AgentId, CallId, Disposition, LegId, OpId, TrunkId, number};
use std::collections::VecDeque;

const DECLINE: u16 = 603;
const OK: u16 = 200;
/// The far end has this long to say what became of a transfer beyond the ringing.
const REPORT_MS: i64 = 15_000;

impl Floor {
    /// Asks the far party's own line to call `to`: the talk goes on without us.
    pub(crate) fn hand_over(&mut self, call: CallId, token: Token, to: &str, ring_ms_max: u32) {
        let e164 = wire::from_trunk(to);
        let far =
            self.sessions.get(&call).and_then(|s| s.call.far()).map(|l| (l.id, l.trunk)).filter(|_| self.far_leg(call).is_some());
        let line = far.and_then(|(_, trunk)| self.lines.get(&trunk));
        let (Some((leg, _)), Some(line)) = (far, line) else {
            let outcome = TransferOutcome::Failed { text: "the far party is gone".into() };
            return self.queue(call, In::TransferDone { token, outcome });
        };
        let to = wire::to_trunk(&e164, &line.trunk);
        let op = self.ask(Pending::Refer(call, token), i64::from(ring_ms_max) + REPORT_MS);
        self.command(Command::Refer { leg, op, to, replaces: None });
    }

    pub(crate) fn on_transferring(&mut self, op: OpId, sip_code: u16, done: bool) {
        if !done {
            return;
        }
        if let Some(Pending::Refer(call, token)) = self.answered(op) {
            let outcome = match sip_code {
                200..=299 => TransferOutcome::Completed { talk_ms: 0 },
                486 | 600 => TransferOutcome::Busy,
                408 | 480 | 487 => TransferOutcome::NoAnswer,
                code => TransferOutcome::Failed { text: format!("the line answered {code}") },
            };
            self.feed(call, In::TransferDone { token, outcome });
        }
    }

    /// Somebody who was put through asks us to put the far party through elsewhere. Nobody else may.
    pub(crate) fn on_referred(&mut self, leg: LegId, to: &str, with: Option<LegId>, replaces: String) {
        if let Some(agent) = self.agent_at(leg) {
            return match with {
                Some(other) => self.join_talk(agent, leg, other),
                None => self.agent_refers(agent, leg, to),
            };
        }
        let Some(call) = self.put_through(leg).filter(|_| self.drain.is_none()) else { return self.tell_referrer(leg, DECLINE) };
        match with {
            Some(other) => self.join(call, leg, other),
            None => self.pass_on(call, leg, to, replaces),
        }
    }

    /// The agent whose phone this leg is, while they talk.
    fn agent_at(&self, leg: LegId) -> Option<AgentId> {
        let call = self.legs.get(&leg)?;
        match self.sessions.get(call)?.talk.parties.get(&leg)?.kind {
            Kind::Agent { agent, .. } if self.talking(agent).is_ok_and(|(_, own)| own == leg) => Some(agent),
            _ => None,
        }
    }

    /// A blind transfer by the phone's own key.
    fn agent_refers(&mut self, agent: AgentId, leg: LegId, to: &str) {
        let to = Destination::Number { number: to.to_owned() };
        self.people.refers = Some(leg);
        let taken = self.give_away(agent, &to, OpId(0));
        self.people.refers = None;
        match taken {
            Ok(true) => self.tell_referrer(leg, OK),
            // Told when the rules have been asked.
            Ok(false) => {}
            Err(_) => self.tell_referrer(leg, DECLINE),
        }
    }

    /// Attended, by the phone's own key: whoever its second call has reached takes its place in the talk.
    fn join_talk(&mut self, agent: AgentId, leg: LegId, other: LegId) {
        let Ok((call, _)) = self.talking(agent) else { return self.tell_referrer(leg, DECLINE) };
        let tenant = self.sessions.get(&call).map(|s| s.tenant);
        let second = self.legs.get(&other).copied().filter(|c| *c != call);
        let third = second.and_then(|c| self.sessions.get(&c)).filter(|s| Some(s.tenant) == tenant);
        let third = third.and_then(|s| s.call.bridged().filter(|b| b.a == other).map(|b| b.b));
        let (Some(second), Some(third)) = (second, third) else { return self.tell_referrer(leg, DECLINE) };
        let moved = self.sessions.get_mut(&second).and_then(|s| {
            s.transfer = None;
            s.call.release(third)
        });
        let Some(mut moved) = moved else { return self.tell_referrer(leg, DECLINE) };
        moved.role = call::Role::Guest;
        self.command(Command::Leave { leg: third });
        self.legs.insert(third, call);
        self.take_guest(call, moved);
        self.tell_referrer(leg, OK);
        self.hang_up(second, other, Action::Normal);
        self.part(call, leg);
    }

    /// The call in which this leg is the one put through, joined with the far party.
    fn put_through(&self, leg: LegId) -> Option<CallId> {
        let call = *self.legs.get(&leg)?;
        let session = self.sessions.get(&call)?;
        let transfer = session.transfer.as_ref().filter(|t| t.leg == Some(leg) && t.referrer.is_none())?;
        let joined = session.call.bridged().is_some_and(|b| b.b == leg);
        (joined && transfer.leg.is_some()).then_some(call)
    }

    fn tell_referrer(&mut self, leg: LegId, sip_code: u16) {
        self.command(Command::ReferProgress { leg, sip_code });
    }

    /// The far party waits with ring-back while the new number is called; whoever asked stays until it answers.
    fn pass_on(&mut self, call: CallId, leg: LegId, to: &str, replaces: String) {
        let Some(far) = self.far_leg(call) else { return self.tell_referrer(leg, DECLINE) };
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let Some(trunk) = session.call.leg(leg).map(|l| l.trunk) else { return };
        session.call.unbridge();
        if let Some(transfer) = session.transfer.as_mut() {
            transfer.leg = None;
            transfer.referrer = Some(leg);
        }
        self.command(Command::Unbridge { leg: far });
        let left = self.lines_for(call, trunk, to, &replaces);
        let ring_ms_max = 60_000;
        let e164 = left.0;
        if let Some(session) = self.sessions.get_mut(&call) {
            session.search = Some(Search {
                e164,
                left: left.1,
                held: None,
                tried: 0,
                caller_id: String::new(),
                ring_ms_max,
                replaces,
                party: None,
            });
        }
        self.ring_back(far, ring_ms_max);
        self.next_route(call, Disposition::RouteFailed);
    }

    /// The number as we write it, and the lines to it. What is no public number, and what replaces a dialog that only the
    /// other end knows, goes back over its own line.
    fn lines_for(&self, call: CallId, own: TrunkId, to: &str, replaces: &str) -> (String, VecDeque<TrunkId>) {
        let rules = self.lines.get(&own).map(|l| l.trunk.rules.called_in.clone()).unwrap_or_default();
        let e164 = wire::from_trunk(&rewrite(&rules, to));
        if !replaces.is_empty() || !e164.starts_with('+') {
            return (e164, VecDeque::from([own]));
        }
        let Some(session) = self.sessions.get(&call) else { return (e164, VecDeque::new()) };
        let allowed = session.campaign().map(|c| c.trunk_ids.clone()).unwrap_or_default();
        let routes = self.tenants.get(&session.tenant).map(|t| t.routes.clone()).unwrap_or_default();
        let (carrier, region) = (number::carrier_of(&e164), number::region_name(&e164));
        let called = Called { e164: &e164, carrier, region, minute: self.minute() };
        let left = self.candidates(session.tenant, &routes, called, &allowed);
        (e164, left.into())
    }

    /// Attended: the far parties of two calls of ours with the same person are joined, and that person is let go.
    fn join(&mut self, call: CallId, leg: LegId, other: LegId) {
        let second = self.legs.get(&other).copied().filter(|c| *c != call);
        let tenant = self.sessions.get(&call).map(|s| s.tenant);
        let third = second.and_then(|c| self.sessions.get(&c)).filter(|s| Some(s.tenant) == tenant).and_then(|s| {
            // Only somebody who was put through moves; a party with a flow of its own stays with its call.
            s.call.bridged().filter(|b| b.a == other).map(|b| b.b)
        });
        let (Some(second), Some(third), Some(far)) = (second, third, self.far_leg(call)) else {
            return self.tell_referrer(leg, DECLINE);
        };
        let Some(moved) = self.sessions.get_mut(&second).and_then(|s| {
            s.transfer = None;
            s.call.release(third)
        }) else {
            return self.tell_referrer(leg, DECLINE);
        };
        self.legs.insert(third, call);
        let now = self.now;
        if let Some(session) = self.sessions.get_mut(&call) {
            session.call.unbridge();
            session.call.add_leg(moved);
            session.call.bridge(far, third, now);
            if let Some(transfer) = session.transfer.as_mut() {
                transfer.leg = Some(third);
            }
        }
        for leg in [far, third] {
            self.command(Command::Unbridge { leg });
        }
        self.command(Command::Bridge { a: far, b: third });
        self.tell_referrer(leg, OK);
        self.hang_up(call, leg, Action::Normal);
        self.hang_up(second, other, Action::Normal);
    }

    /// A call comes in to take the place of somebody who was put through.
    pub(crate) fn on_replacing(&mut self, leg: LegId, trunk: TrunkId, from: &str, to: &str, old: LegId) {
        let tenant = self.lines.get(&trunk).map(|l| l.trunk.tenant_id);
        let call = self.put_through(old).filter(|c| self.sessions.get(c).map(|s| s.tenant) == tenant && self.drain.is_none());
        let Some(call) = call else { return self.command(Command::Reject { leg, sip_code: DECLINE, q850: None }) };
        let now = self.now;
        let Some(session) = self.sessions.get_mut(&call) else { return };
        session.call.add_leg(Leg::new(leg, Role::Transfer, trunk, from.to_owned(), to.to_owned(), now));
        session.call.ringing(leg, now);
        if let Some(transfer) = session.transfer.as_mut() {
            transfer.leg = Some(leg);
            transfer.referrer = Some(old);
        }
        self.legs.insert(leg, call);
        self.hold_line(trunk);
        self.timers.set(Timer::Leg(leg), now.plus_ms(self.limits.answer_ms_max));
        self.command(Command::Answer { leg });
    }

    /// The new party is there: whoever asked is told and let go.
    pub(crate) fn referrer_done(&mut self, call: CallId) {
        let Some(old) = self.sessions.get_mut(&call).and_then(|s| s.transfer.as_mut()).and_then(|t| t.referrer.take()) else {
            return;
        };
        self.tell_referrer(old, OK);
        self.hang_up(call, old, Action::Normal);
    }

    /// The new party was not reached: whoever asked gets the far party back. False when nobody is there any more.
    pub(crate) fn back_to_referrer(&mut self, call: CallId, why: Disposition) -> bool {
        let (far, now) = (self.far_leg(call), self.now);
        let Some(session) = self.sessions.get_mut(&call) else { return false };
        let Some(old) = session.transfer.as_mut().and_then(|t| t.referrer.take()) else { return false };
        let Some(far) = far else { return false };
        session.search = None;
        let joined = session.call.bridged().is_some_and(|b| b.b == old) || session.call.bridge(far, old, now);
        if !joined {
            return false;
        }
        if let Some(Transfer { leg, .. }) = session.transfer.as_mut() {
            *leg = Some(old);
        }
        let code = match why {
            Disposition::Busy => 486,
            Disposition::NoAnswer => 408,
            Disposition::Invalid => 404,
            _ => 503,
        };
        self.tell_referrer(old, code);
        self.command(Command::StopPlay { leg: far });
        self.command(Command::Bridge { a: far, b: old });
        true
    }
}
