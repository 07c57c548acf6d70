//! What calls of ours have in common when they begin, to a trunk or to phones.

use super::leg::{Leg, LegMedia};
use super::timers::Timer;
use super::{Exchange, Owner};
use crate::sdp;
use crate::sip::port::Target;
use model::LegId;
use model::record::{Codec, Srtp};
use model::telephony::{Action, Cause, EndedBy, Event, MediaStats};
use std::time::{Duration, Instant};

/// How long a call may ring, milliseconds.
const RING_MS: std::ops::RangeInclusive<u32> = 1_000..=180_000;

/// We do not even try.
pub(super) fn refused(text: &str) -> Cause {
    Cause { by: EndedBy::Us, action: Some(Action::Refused), sip_code: Some(503), text: Some(text.to_owned()), ..Cause::default() }
}

impl Exchange {
    /// Begins a leg by `start` where there is room for it. One that cannot begin is reported as ended.
    pub(super) fn begin(&mut self, leg: LegId, start: impl FnOnce(&mut Self) -> Result<(), Cause>) {
        if self.legs.contains_key(&leg) {
            tracing::warn!(%leg, "a leg of this id is already up; the command is ignored");
            return;
        }
        match self.room().and_then(|()| start(self)) {
            Ok(()) => metrics::counter!("fengling_sip_legs_total", "direction" => "out").increment(1),
            Err(cause) => self.emit(Event::Ended { leg, cause, stats: MediaStats::default() }),
        }
    }

    fn room(&self) -> Result<(), Cause> {
        if self.draining.is_some() {
            return Err(Cause { action: Some(Action::Shutdown), ..refused("the switch is shutting down") });
        }
        if self.legs.len() >= self.limits.legs_max {
            return Err(refused("as many legs as allowed are up"));
        }
        Ok(())
    }

    /// Enters a leg whose INVITE leaves next: from here on what belongs to its dialog is known, and it rings no longer than
    /// this.
    pub(super) fn enter(&mut self, leg: Leg, ring_ms_max: u32) {
        let ring = Duration::from_millis(ring_ms_max.clamp(*RING_MS.start(), *RING_MS.end()).into());
        self.timers.set(Timer::Ring(leg.id), Instant::now() + ring);
        self.port.trace().claim(&leg.dialog.call_id);
        self.dialogs.insert((leg.dialog.call_id.clone(), leg.dialog.local_tag.clone()), leg.id);
        self.legs.insert(leg.id, Box::new(leg));
    }

    /// Whether requests of the dialog go where they went, whatever its Contact says.
    pub(super) fn is_pinned(&self, owner: &Owner) -> bool {
        match owner {
            Owner::Invite(invite) => invite.dialog.pinned,
            Owner::InLeg(leg) => self.legs.get(leg).is_some_and(|l| l.dialog.pinned),
            _ => false,
        }
    }

    /// Our offer to whoever is at `target`.
    pub(super) fn offered_media(&mut self, target: Target, port: u16, codecs: Vec<Codec>, srtp: Srtp) -> LegMedia {
        let secrets = sdp::Secrets::new(self.media.fingerprint().clone());
        let mut media = LegMedia::new(self.local_ip(target.addr.ip()), codecs, srtp, secrets);
        media.port = Some(port);
        media.browser = target.wire.is_web();
        media.offered = true;
        media.written = sdp::offer(&media.local());
        media
    }
}
