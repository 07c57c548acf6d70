//! Callers who choose whom they are put through to: the rules of outbound calls are asked first. And which of our agents it is
//! that calls in from a phone outside.

use crate::dial_out::ASK_MS;
use crate::floor::{Floor, Pending};
use crate::io::Output;
use flow::io::Token;
use flow::{In, TransferOutcome};
use model::fact::CalleeFacts;
use model::record::{Agent, Direction, Seat};
use model::{CallId, OpId, TenantId};

/// What the flow is told of a number that may not be called.
const FORBIDDEN: &str = "forbidden";

/// A number that a caller wants, while the store is asked about it.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    call: CallId,
    token: Token,
    to: String,
    ring_ms_max: u32,
    hand_over: bool,
}

impl Floor {
    /// Puts the far party through to a number of its own choice, when the rules allow it.
    pub(crate) fn transfer_checked(&mut self, call: CallId, token: Token, to: &str, ring_ms_max: u32, hand_over: bool) {
        let failed = |text: &str| In::TransferDone { token, outcome: TransferOutcome::Failed { text: text.into() } };
        self.cancel_transfer(call);
        let Some(tenant) = self.sessions.get(&call).map(|s| s.tenant) else { return };
        let (to, ours) = self.of_the_house(tenant, to);
        if ours {
            return self.transfer(call, token, &to, ring_ms_max);
        }
        let phone = dialer::wire::from_trunk(&to);
        let digits = phone.chars().filter(char::is_ascii_digit).count();
        // Keys that are no digits would be left out of the number: it would be another's.
        if !(3..=20).contains(&digits) || !to.chars().all(|c| c.is_ascii_digit() || c == '+') {
            return self.queue(call, failed("not a number"));
        }
        if self.far_leg(call).is_none() {
            return self.queue(call, failed("the far party is gone"));
        }
        let op = self.ask(Pending::Callee, ASK_MS);
        self.choices.insert(op, Choice { call, token, to: phone.clone(), ring_ms_max, hand_over });
        let midnight = model::calendar::midnight(self.now, &self.zone_of_number(tenant, &phone));
        self.out.push_back(Output::LookUpCallee { op, tenant, phone, midnight });
    }

    /// Extensions are not asked about, nor is a 工号, which stands for its agent's phone in the page.
    fn of_the_house(&self, tenant: TenantId, to: &str) -> (String, bool) {
        if self.extension_by_number(tenant, to).is_some() {
            return (to.to_owned(), true);
        }
        let agent = self.people.agents.values().find(|a| a.tenant_id == tenant && a.enabled && a.number == to);
        let phone = agent.and_then(|a| a.extension_id).and_then(|id| self.extension(id)).filter(|e| e.enabled);
        phone.map_or_else(|| (to.to_owned(), false), |e| (e.number.clone(), true))
    }

    /// What is known of a number that a caller chose. False: nobody chose it. None: the store did not say, which forbids.
    pub(crate) fn choice_known(&mut self, op: OpId, found: Option<&CalleeFacts>) -> bool {
        let Some(Choice { call, token, to, ring_ms_max, hand_over }) = self.choices.remove(&op) else { return false };
        let Some(tenant) = self.sessions.get(&call).map(|s| s.tenant).filter(|_| self.far_leg(call).is_some()) else {
            return true;
        };
        if !self.may_call(tenant, &to, found) || self.drain.is_some() {
            let outcome = TransferOutcome::Failed { text: FORBIDDEN.into() };
            self.feed(call, In::TransferDone { token, outcome });
            return true;
        }
        if hand_over {
            self.hand_over(call, token, &to, ring_ms_max);
        } else {
            self.transfer(call, token, &to, ring_ms_max);
        }
        // What is known at once waits for whoever drives the run.
        if self.sessions.get(&call).is_some_and(|s| !s.inbox.is_empty()) {
            self.drive(call);
        }
        true
    }

    /// The 工号 of the agent who calls from the mobile that is registered for them, or from the outside phone they have signed
    /// in with; empty: somebody else. The whole number counts: what only ends like it is another's.
    pub(crate) fn agent_calling(&self, tenant: TenantId, caller: &str, direction: Direction) -> String {
        let caller = dialer::wire::from_trunk(caller);
        if direction != Direction::Inbound || !caller.starts_with('+') {
            return String::new();
        }
        let seat = |a: &Agent| match self.people.acd.agent(a.id).and_then(|v| v.seat) {
            Some(Seat::Outside { number }) => number == caller,
            _ => false,
        };
        let own = |a: &&std::sync::Arc<Agent>| a.tenant_id == tenant && a.enabled && (a.mobile == caller || seat(a));
        self.people.agents.values().find(own).map(|a| a.number.clone()).unwrap_or_default()
    }
}
