//! What was said about each leg, handed out a little after its end: the answer to the last BYE belongs to it.

use super::{Exchange, wall};
use crate::sip::trace::Trace;
use model::telephony::{Cause, EndedBy};
use model::{LegId, TenantId};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// The far end has this long to say its last word.
const LINGER: Duration = Duration::from_secs(2);

/// A leg's SIP messages, told once per leg that ended.
#[derive(Clone, Debug)]
pub struct LegTrace {
    pub leg: LegId,
    /// Of the trunk or the phone; 0 where calls of anyone are taken and this is one.
    pub tenant: TenantId,
    /// Never answered, or broken off.
    pub failed: bool,
    pub at: model::At,
    pub trace: Trace,
}

/// Legs that have ended and whose page is still open.
pub(super) struct Closing {
    sender: Option<mpsc::Sender<LegTrace>>,
    queue: VecDeque<(Instant, String, SocketAddr, LegTrace)>,
}

impl Closing {
    pub(super) const fn new(sender: Option<mpsc::Sender<LegTrace>>) -> Self {
        Self { sender, queue: VecDeque::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.queue.len()
    }
}

impl Exchange {
    /// To be called once, where a leg ends.
    pub(super) fn close_trace(&mut self, leg_id: LegId, answered: bool, cause: &Cause) {
        let Some(leg) = self.legs.get(&leg_id).filter(|_| self.closing.sender.is_some()) else { return };
        let by_trunk = self.lines.get(&leg.trunk).map(|l| l.trunk.tenant_id);
        let by_phone = leg.extension.and_then(|e| self.extensions.get(&e)).map(|e| e.tenant_id);
        let tenant = by_trunk.or(by_phone).unwrap_or(TenantId(0));
        let failed = !answered || cause.by == EndedBy::Network;
        let told = LegTrace { leg: leg.id, tenant, failed, at: wall(), trace: Trace::default() };
        let local = SocketAddr::new(leg.media.ip, self.bind.port());
        self.closing.queue.push_back((Instant::now() + LINGER, leg.dialog.call_id.clone(), local, told));
    }

    /// Hands out what is complete; all of it when `now` is none.
    pub(super) fn tell_traces(&mut self, now: Option<Instant>) {
        while let Some((due, ..)) = self.closing.queue.front() {
            if now.is_some_and(|now| *due > now) {
                break;
            }
            let Some((_, call_id, local, mut told)) = self.closing.queue.pop_front() else { break };
            let Some(trace) = self.port.trace().take(&call_id, local) else { continue };
            told.trace = trace;
            // A reader that does not keep up loses traces, never calls.
            if self.closing.sender.as_ref().is_some_and(|s| s.try_send(told).is_err()) {
                metrics::counter!("fengling_sip_traces_lost_total").increment(1);
            }
        }
        self.port.trace().sweep();
    }
}
