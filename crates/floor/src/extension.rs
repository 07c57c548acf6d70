//! Phones of the tenant's own: calls between them, their calls to numbers of ours, and flows that put callers through to them.

use crate::dial_out::{Errand, Wish};
use crate::floor::Floor;
use crate::io::Output;
use crate::party::Way;
use crate::session::{Session, Stage, Transfer};
use crate::tenant::Script;
use crate::timer::Timer;
use call::{Call, Head, Leg, Role};
use flow::io::Token;
use model::fact::Fact;
use model::record::{BanReason, Direction, Extension, Seat};
use model::telephony::{CallExtension, Command};
use model::{AgentId, CallId, ExtensionId, FlowId, LegId, OpId, TenantId, TrunkId, event};
use std::sync::Arc;

const NOT_FOUND: u16 = 404;
const FORBIDDEN: u16 = 403;
const BUSY_HERE: u16 = 503;
/// No trunk: a phone of ours is at the other end.
const NO_TRUNK: TrunkId = TrunkId(0);
/// Between two alarms about bans.
const BAN_ALARM_MS: i64 = 600_000;
/// How long a colleague's phone rings.
const RING_MS_MAX: u32 = 60_000;

impl Floor {
    pub(crate) fn on_extensions(&mut self, tenant: TenantId, extensions: Vec<Extension>) {
        self.tenants.entry(tenant).or_default().extensions = extensions.into_iter().filter(|e| e.enabled).collect();
    }

    pub(crate) fn extension(&self, id: ExtensionId) -> Option<&Extension> {
        self.tenants.values().flat_map(|t| &t.extensions).find(|e| e.id == id)
    }

    pub(crate) fn extension_by_number(&self, tenant: TenantId, number: &str) -> Option<&Extension> {
        self.tenants.get(&tenant)?.extensions.iter().find(|e| e.number == number)
    }

    pub(crate) fn on_extension_state(&mut self, id: ExtensionId, phones: u32) {
        self.people.phones.insert(id, phones);
        self.phone_is_back(id, phones);
        let Some(tenant) = self.extension(id).map(|e| e.tenant_id) else { return };
        let data = serde_json::json!({ "extension_id": id, "phones": phones });
        self.out.push_back(Output::Notify { tenant, kind: event::EXTENSION_STATE, data });
    }

    /// Told to every tenant: the address may have guessed at any of them. One alarm stands for many bans; the list shows all.
    pub(crate) fn on_banned(&mut self, address: &str, reason: BanReason, seconds: u32) {
        if self.now < self.ban_told.plus_ms(BAN_ALARM_MS) && self.ban_told.ms() > 0 {
            return;
        }
        self.ban_told = self.now;
        let what = match reason {
            BanReason::Guessing => "多次猜测分机密码",
            BanReason::Scanner => "扫描器",
        };
        let minutes = seconds.div_ceil(60);
        let tenants: Vec<TenantId> = self.tenants.keys().copied().collect();
        for tenant in tenants {
            let text = format!("地址 {address} 已封禁 {minutes} 分钟（{what}），其余见“中继线路—安全”");
            let at = self.now;
            self.note(Fact::Alarm { tenant, code: "address_banned", text, at });
        }
    }

    /// A phone of ours dials: a colleague, a number of ours and what its flow does, or, from the seat of an agent who is signed in,
    /// a number outside.
    pub(crate) fn on_extension_calls(&mut self, leg: LegId, id: ExtensionId, to: &str) {
        if self.legs.contains_key(&leg) {
            return;
        }
        let refuse = |sip_code| Command::Reject { leg, sip_code, q850: None };
        if self.drain.is_some() || self.inbound >= self.limits.inbound_calls_max {
            return self.command(refuse(BUSY_HERE));
        }
        let Some(own) = self.extension(id).cloned() else { return self.command(refuse(FORBIDDEN)) };
        let tenant = own.tenant_id;
        let colleague = self.extension_by_number(tenant, to).filter(|other| other.id != id).map(|e| e.number.clone());
        let number = self.tenants.get(&tenant).and_then(|t| t.number_dialled(to)).cloned();
        let (called, script) = match (colleague, number) {
            (Some(number), _) => (number.clone(), put_through(&number)),
            (None, Some(number)) => {
                let script = number.inbound_flow_id.and_then(|f| self.tenants.get(&tenant)?.scripts.get(&f).cloned());
                (number.number, script)
            }
            (None, None) => return self.phone_dials_out(leg, &own, to),
        };
        let Some(script) = script else { return self.command(refuse(NOT_FOUND)) };
        self.begin_extension_call(leg, &own, called, script);
    }

    /// The agent who sits at this phone dials by its keys.
    fn phone_dials_out(&mut self, leg: LegId, own: &Extension, to: &str) {
        let seated =
            |seat: &Seat| matches!(seat, Seat::Browser { extension } | Seat::Phone { extension } if *extension == own.id);
        let agent = self.people.acd.agents().find(|a| a.seat.as_ref().is_some_and(seated)).map(|a| a.agent);
        let number = dialer::wire::from_trunk(to);
        let digits = number.chars().filter(char::is_ascii_digit).count();
        let Some(agent) = agent.filter(|_| (3..=20).contains(&digits)) else {
            return self.command(Command::Reject { leg, sip_code: NOT_FOUND, q850: None });
        };
        self.command(Command::Ring { leg });
        self.ask_first(Errand { number, call: None, way: Way::Dial, wish: Wish { agent, told: OpId(0) }, leg: Some(leg) });
    }

    /// A second call of a phone whose agent talks already: to ask somebody, and to hand over by the phone's own key.
    pub(crate) fn phone_asks(&mut self, leg: LegId, agent: AgentId, number: &str) {
        let seat = self.people.acd.agent(agent).and_then(|a| a.seat);
        let own = match seat {
            Some(Seat::Browser { extension } | Seat::Phone { extension }) => self.extension(extension).cloned(),
            _ => None,
        };
        match (own, put_through(number)) {
            (Some(own), Some(script)) => self.begin_extension_call(leg, &own, number.to_owned(), script),
            _ => self.command(Command::Reject { leg, sip_code: NOT_FOUND, q850: None }),
        }
    }

    fn begin_extension_call(&mut self, leg: LegId, own: &Extension, called: String, script: Script) {
        let tenant = own.tenant_id;
        let to = called.clone();
        let now = self.now;
        let call_id = CallId(self.ids.next(now));
        let mut call = Call::new(Head {
            id: call_id,
            tenant,
            direction: Direction::Inbound,
            campaign: None,
            lead: None,
            attempt: None,
            name: own.name.clone(),
            caller: own.number.clone(),
            called,
            started_at: now,
        });
        call.add_leg(Leg::new(leg, Role::Caller, NO_TRUNK, own.number.clone(), to, now));
        call.ringing(leg, now);
        let mut session = Session::new(tenant, call, Stage::Waiting);
        session.script = Some(script);
        self.legs.insert(leg, call_id);
        self.admit(session);
        self.timers.set(Timer::Leg(leg), now.plus_ms(self.limits.answer_ms_max));
        self.command(Command::Answer { leg });
    }

    /// Rings the phones of a colleague for a transfer. False: the number is no extension's.
    pub(crate) fn transfer_to_extension(&mut self, call: CallId, token: Token, to: &str, ring_ms_max: u32) -> bool {
        let Some(tenant) = self.sessions.get(&call).map(|s| s.tenant) else { return false };
        let Some(extension) = self.extension_by_number(tenant, to).map(|e| (e.id, e.number.clone())) else { return false };
        let now = self.now;
        let leg = LegId(self.ids.next(now));
        let Some(session) = self.sessions.get_mut(&call) else { return false };
        let head = &session.call.head;
        let from = if head.direction == Direction::Inbound { head.caller.clone() } else { head.called.clone() };
        let from_name = head.name.clone();
        session.search = None;
        session.transfer = Some(Transfer { token, leg: Some(leg), referrer: None });
        session.call.add_leg(Leg::new(leg, Role::Transfer, NO_TRUNK, from.clone(), extension.1, now));
        self.legs.insert(leg, call);
        self.timers.set(Timer::Leg(leg), now.plus_ms(i64::from(ring_ms_max) + self.limits.setup_grace_ms));
        let context = format!("call={call} transfer");
        let extension = extension.0;
        self.command(Command::CallExtension(CallExtension {
            leg,
            extension,
            from,
            from_name,
            ring_ms_max,
            context,
            auto_answer: false,
        }));
        true
    }
}

/// What a call to a colleague does: ring, talk, end. Not a flow of the tenant's; it has no id.
fn put_through(number: &str) -> Option<Script> {
    let doc = serde_json::json!({
        "schema": "fengling.flow/1",
        "name": "extension",
        "entry": "ring",
        "nodes": { "ring": { "type": "transfer", "to": number, "ring_ms_max": RING_MS_MAX } },
    });
    let doc = flow::Flow::parse(&doc).ok()?;
    Some(Script { id: FlowId(0), version: 0, doc: Arc::new(doc) })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_flow_between_colleagues_is_valid() {
        assert!(super::put_through("8001").is_some());
    }
}
