//! Putting the far party through to somebody: a second leg of the same call, over the routes, then both hear each other.

use crate::floor::Floor;
use crate::session::{Search, Session, Stage, Transfer};
use call::{Bridge, LegState};
use dialer::route::Called;
use dialer::{result, wire};
use flow::io::Token;
use flow::{In, TransferOutcome};
use model::record::{Direction, Trunk};
use model::telephony::{Action, Clip, Command};
use model::{CallId, Disposition, LegId, number};
use std::collections::VecDeque;

/// China's ring-back: 450 Hz, one second on, four off.
const RING_BACK: [Clip; 2] = [Clip::Tone { hz: 450, ms: 1_000 }, Clip::Silence { ms: 4_000 }];
const RING_BACK_MS: u32 = 5_000;

impl Floor {
    pub(crate) fn transfer(&mut self, call: CallId, token: Token, to: &str, ring_ms_max: u32) {
        let e164 = wire::from_trunk(to);
        let failed = |text: &str| In::TransferDone { token, outcome: TransferOutcome::Failed { text: text.into() } };
        self.cancel_transfer(call);
        let Some(leg) = self.far_leg(call) else { return self.queue(call, failed("the far party is gone")) };
        if !e164.chars().any(|c| c.is_ascii_digit()) {
            return self.queue(call, failed("not a number"));
        }
        let Some(session) = self.sessions.get_mut(&call) else { return };
        session.transfer = Some(Transfer { token, leg: None, referrer: None });
        let ring_ms_max = ring_ms_max.clamp(1_000, 180_000);
        if self.transfer_to_extension(call, token, to, ring_ms_max) {
            return self.ring_back(leg, ring_ms_max);
        }
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let (tenant, allowed) = (session.tenant, session.campaign().map(|c| c.trunk_ids.clone()).unwrap_or_default());
        let (carrier, region) = (number::carrier_of(&e164), number::region_name(&e164));
        let called = Called { e164: &e164, carrier, region, minute: self.minute() };
        let routes = self.tenants.get(&tenant).map(|t| t.routes.clone()).unwrap_or_default();
        let left: VecDeque<_> = self.candidates(tenant, &routes, called, &allowed).into();
        if let Some(session) = self.sessions.get_mut(&call) {
            session.search = Some(Search {
                e164,
                left,
                held: None,
                tried: 0,
                caller_id: String::new(),
                ring_ms_max,
                replaces: String::new(),
                party: None,
            });
        }
        self.ring_back(leg, ring_ms_max);
        self.next_route(call, Disposition::RouteFailed);
    }

    /// What the far party hears meanwhile.
    pub(crate) fn ring_back(&mut self, leg: LegId, ring_ms_max: u32) {
        let (op, clips) = (self.new_op(), ring_back_clips(ring_ms_max));
        self.command(Command::Play { leg, op, clips });
    }

    /// The number of ours the far party saw or dialled, where this trunk may show it.
    pub(crate) fn transfer_caller_id(&self, session: &Session, trunk: &Trunk) -> String {
        let head = &session.call.head;
        let ours = if head.direction == Direction::Inbound { &head.called } else { &head.caller };
        let may = self.tenants.get(&session.tenant).is_some_and(|t| t.may_show(ours, trunk.id, self.now));
        if may { ours.clone() } else { trunk.caller_id.clone() }
    }

    /// The flow has gone on: who rings is not wanted any more.
    pub(crate) fn cancel_transfer(&mut self, call: CallId) {
        let Some(session) = self.sessions.get_mut(&call) else { return };
        let Some(transfer) = session.transfer.take() else { return };
        self.drop_hold(call);
        for leg in [transfer.leg, transfer.referrer].into_iter().flatten() {
            self.hang_up(call, leg, Action::Normal);
        }
    }

    pub(crate) fn transfer_answered(&mut self, call: CallId, leg: LegId) {
        let wanted = self.sessions.get(&call).and_then(|s| s.transfer.as_ref()).is_some_and(|t| t.leg == Some(leg));
        let far = self.far_leg(call).filter(|_| wanted);
        let now = self.now;
        let bridged = match (far, self.sessions.get_mut(&call)) {
            (Some(far), Some(session)) => {
                // Somebody takes the place of another.
                if session.transfer.as_ref().is_some_and(|t| t.referrer.is_some()) {
                    session.call.unbridge();
                }
                session.call.bridge(far, leg, now)
            }
            _ => false,
        };
        match far {
            Some(far) if bridged => {
                self.command(Command::StopPlay { leg: far });
                self.command(Command::Bridge { a: far, b: leg });
                self.referrer_done(call);
            }
            _ => self.hang_up(call, leg, Action::Normal),
        }
    }

    pub(crate) fn transfer_ended(&mut self, call: CallId, leg: LegId, disposition: Disposition, bridged: Option<Bridge>) {
        let Some(session) = self.sessions.get_mut(&call) else { return };
        if let Some(transfer) = session.transfer.as_mut().filter(|t| t.referrer == Some(leg)) {
            // Whoever asked for somebody else does not wait for them; the far party does.
            transfer.referrer = None;
        }
        let current = session.transfer.as_ref().is_some_and(|t| t.leg == Some(leg));
        if !current || session.stage == Stage::Over {
            return self.close_if_over(call);
        }
        if let Some(bridge) = bridged.filter(|b| b.b == leg) {
            let talk_ms = u32::try_from(self.now.since_ms(bridge.since)).unwrap_or(u32::MAX);
            self.command(Command::Unbridge { leg: bridge.a });
            return self.transfer_done(call, TransferOutcome::Completed { talk_ms });
        }
        if result::is_route_failure(disposition) && session.action.is_none() && session.search.is_some() {
            if let Some(transfer) = session.transfer.as_mut() {
                transfer.leg = None;
            }
            return self.next_route(call, disposition);
        }
        if self.back_to_referrer(call, disposition) {
            return;
        }
        self.stop_ring_back(call);
        self.transfer_done(call, outcome(disposition));
    }

    /// No line is left to try.
    pub(crate) fn transfer_failed(&mut self, call: CallId, last: Disposition) {
        if self.back_to_referrer(call, last) {
            return;
        }
        self.stop_ring_back(call);
        self.transfer_done(call, TransferOutcome::Failed { text: last.code().into() });
    }

    fn transfer_done(&mut self, call: CallId, outcome: TransferOutcome) {
        let Some(session) = self.sessions.get_mut(&call) else { return };
        session.search = None;
        if let Some(transfer) = session.transfer.take() {
            self.feed(call, In::TransferDone { token: transfer.token, outcome });
        }
    }

    fn stop_ring_back(&mut self, call: CallId) {
        let far = self.sessions.get(&call).and_then(|s| s.call.far()).filter(|l| l.state == LegState::Answered).map(|l| l.id);
        if let Some(leg) = far {
            self.command(Command::StopPlay { leg });
        }
    }
}

/// A little longer than it rings.
pub(crate) fn ring_back_clips(ring_ms_max: u32) -> Vec<Clip> {
    (0..ring_ms_max / RING_BACK_MS + 2).flat_map(|_| RING_BACK).collect()
}

fn outcome(d: Disposition) -> TransferOutcome {
    match d {
        Disposition::Busy => TransferOutcome::Busy,
        Disposition::NoAnswer => TransferOutcome::NoAnswer,
        other => TransferOutcome::Failed { text: other.code().into() },
    }
}
