//! Calls from outside: the dialled number selects the flow, unless the caller is known from a campaign with a flow for those who
//! call back.

use crate::floor::{Floor, Pending};
use crate::io::Output;
use crate::session::{Session, Stage};
use crate::tenant::Script;
use crate::timer::Timer;
use call::{Call, Head, Leg, Role};
use dialer::wire;
use model::fact::CallerFacts;
use model::record::{Direction, rewrite};
use model::telephony::Command;
use model::{CallId, Disposition, LegId, OpId, TrunkId};
use std::sync::Arc;

const NOT_FOUND: u16 = 404;
const BUSY_HERE: u16 = 503;
const DECLINE: u16 = 603;

impl Floor {
    /// `diverted_from`: whom the caller had dialled before the call was forwarded to `to`; where that is a number of ours, it is
    /// the one that counts.
    pub(crate) fn on_incoming(&mut self, leg: LegId, trunk: TrunkId, from: &str, to: &str, diverted_from: Option<&str>) {
        if self.legs.contains_key(&leg) {
            return;
        }
        let refuse = |sip_code| Command::Reject { leg, sip_code, q850: None };
        // Refused before anything is made of it: whoever floods us costs nothing but an answer.
        if self.drain.is_some() || self.inbound >= self.limits.inbound_calls_max {
            return self.command(refuse(BUSY_HERE));
        }
        let line = self.lines.get(&trunk).map(|l| &l.trunk);
        let tenant = line.map(|t| t.tenant_id);
        let rules = line.map(|t| t.rules.clone()).unwrap_or_default();
        let known = tenant.and_then(|t| self.tenants.get(&t));
        let ours = |presented: &str| known.and_then(|t| t.number(&rewrite(&rules.called_in, presented), trunk));
        let number = diverted_from.and_then(ours).or_else(|| ours(to));
        let (Some(tenant), Some(number)) = (tenant, number) else { return self.command(refuse(NOT_FOUND)) };
        let called = number.number.clone();
        let script = number.inbound_flow_id.and_then(|f| self.script(tenant, f));
        let now = self.now;
        let id = CallId(self.ids.next(now));
        let caller = wire::from_trunk(&rewrite(&rules.calling_in, from));
        let mut call = Call::new(Head {
            id,
            tenant,
            direction: Direction::Inbound,
            campaign: None,
            lead: None,
            attempt: None,
            name: String::new(),
            caller: caller.clone(),
            called,
            started_at: now,
        });
        call.add_leg(Leg::new(leg, Role::Caller, trunk, from.to_owned(), to.to_owned(), now));
        call.ringing(leg, now);
        let mut session = Session::new(tenant, call, Stage::Waiting);
        session.script = script;
        self.legs.insert(leg, id);
        self.hold_line(trunk);
        self.admit(session);
        self.timers.set(Timer::Leg(leg), now.plus_ms(self.limits.look_up_ms_max + self.limits.answer_ms_max));
        self.command(Command::Ring { leg });
        let op = self.ask(Pending::LookUp(id), self.limits.look_up_ms_max);
        self.out.push_back(Output::LookUpCaller { op, tenant, caller });
    }

    fn script(&self, tenant: model::TenantId, flow: model::FlowId) -> Option<Script> {
        self.tenants.get(&tenant)?.scripts.get(&flow).cloned()
    }

    pub(crate) fn on_caller(&mut self, op: OpId, found: Option<CallerFacts>) {
        if let Some(Pending::LookUp(call)) = self.answered(op) {
            self.caller_known(call, found);
        }
    }

    /// `found` none: the store did not say in time; the number's own flow serves whoever it is.
    pub(crate) fn caller_known(&mut self, call: CallId, found: Option<CallerFacts>) {
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let Some(leg) = session.call.open_leg(Role::Caller).map(|l| l.id) else { return };
        if session.stage != Stage::Waiting {
            return;
        }
        let found = found.unwrap_or_default();
        if found.blocked {
            session.disposition = Some(Disposition::Blocked);
            return self.reject(call, leg, DECLINE);
        }
        session.talk.customers.clone_from(&found.customers);
        session.talk.last_agent = found.last_agent;
        if found.vip {
            session.talk.classes.insert(model::record::CallerClass::Vip);
        }
        if let [one] = found.customers.as_slice() {
            session.call.head.name.clone_from(&one.name);
        }
        let tenant = session.tenant;
        let mut own = session.script.take();
        if let (Some(lead), Some(campaign)) = (found.lead, found.campaign) {
            session.call.head.name.clone_from(&lead.name);
            session.call.head.campaign = Some(campaign.id);
            session.call.head.lead = Some(lead.id);
            let callback = campaign.callback_flow_id;
            session.caller = Some((lead, Arc::new(campaign)));
            own = callback.and_then(|f| self.script(tenant, f)).or(own);
        }
        let Some(script) = own else {
            if let Some(session) = self.sessions.get_mut(&call) {
                session.disposition = Some(Disposition::Blocked);
            }
            return self.reject(call, leg, NOT_FOUND);
        };
        if let Some(session) = self.sessions.get_mut(&call) {
            session.script = Some(script);
        }
        self.timers.set(Timer::Leg(leg), self.now.plus_ms(self.limits.answer_ms_max));
        self.command(Command::Answer { leg });
    }

    fn reject(&mut self, call: CallId, leg: LegId, sip_code: u16) {
        let Some(session) = self.sessions.get_mut(&call) else { return };
        if session.call.hanging_up(leg) {
            session.action = Some(model::telephony::Action::Refused);
            self.timers.set(Timer::Leg(leg), self.now.plus_ms(self.limits.hangup_ms_max));
            self.command(Command::Reject { leg, sip_code, q850: None });
        }
    }
}
