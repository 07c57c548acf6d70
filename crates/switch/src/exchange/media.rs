//! Between the legs and the media threads.

use super::Exchange;
use super::leg::Phase;
use super::timers::Timer;
use crate::rtp::{self, Format, MediaEvent, RemoteRtp};
use crate::sdp::{Direction, spoken};
use model::LegId;
use model::record::DigitMode;
use model::telephony::{Action, Cause, EndedBy, Event, MediaStats};
use std::net::SocketAddr;
use std::time::Duration;

/// A browser checks its path every few seconds and speaks all the time: silent for longer, its page is gone.
const BROWSER_SILENCE: Duration = Duration::from_secs(8);

impl Exchange {
    /// Tells the media threads what was agreed. Safe to repeat.
    pub(super) fn connect_media(&mut self, leg_id: LegId, answered: bool) {
        let Some(leg) = self.legs.get(&leg_id) else { return };
        let Some(agreed) = &leg.media.agreed else { return };
        // `c=0.0.0.0` names no address: nothing is sent, what still comes is taken.
        let nowhere = SocketAddr::new(leg.dialog.target.addr.ip(), 9);
        let mut timeout = self.timing.media_timeout.as_millis();
        if agreed.keying.remote_ufrag().is_some() && timeout > 0 {
            timeout = timeout.min(BROWSER_SILENCE.as_millis());
        }
        // Tones instead of events where the trunk knows none.
        let events = self.digits_of(leg_id) != DigitMode::Inband;
        let remote = RemoteRtp {
            addr: agreed.remote.unwrap_or(nowhere),
            rtcp: agreed.rtcp,
            rtcp_mux: agreed.rtcp_mux,
            codec: spoken(agreed.codec),
            payload_type: agreed.payload_type,
            also: agreed.also.iter().map(|(payload_type, c)| Format { payload_type: *payload_type, codec: spoken(*c) }).collect(),
            ptime_ms: agreed.ptime_ms,
            dtmf_payload_type: agreed.telephone_event.filter(|_| events),
            dtmf_also: agreed.telephone_event_also.filter(|_| events),
            direction: match agreed.direction {
                Direction::SendRecv => rtp::Direction::SendRecv,
                Direction::SendOnly => rtp::Direction::SendOnly,
                Direction::RecvOnly => rtp::Direction::RecvOnly,
                Direction::Inactive => rtp::Direction::Inactive,
            },
            timeout_ms: (answered && !agreed.held() && timeout > 0).then(|| u32::try_from(timeout).unwrap_or(u32::MAX)),
        };
        self.media.secure(leg_id, agreed.keying.clone(), remote.addr);
        self.media.connect(leg_id, remote);
    }

    pub(super) fn on_media(&mut self, event: MediaEvent) {
        match event {
            MediaEvent::Latched { .. } => {}
            MediaEvent::Digit { leg, digit } => self.emit(Event::Digit { leg, digit }),
            MediaEvent::PlayDone { op: super::faxes::STREAM, .. } => {}
            MediaEvent::PlayDone { leg, op, outcome, played_ms } => self.emit(Event::PlayDone { leg, op, outcome, played_ms }),
            MediaEvent::DigitsSent { leg, op } => self.emit(Event::DigitsSent { leg, op }),
            MediaEvent::RecordDone { leg, op, path, duration_ms, bytes, .. } => {
                self.emit(Event::RecordDone { leg, op, path: path.to_string_lossy().into_owned(), duration_ms, bytes });
            }
            MediaEvent::RecordFailed { leg, op, path, reason } => {
                metrics::counter!("fengling_sip_recordings_failed_total").increment(1);
                tracing::error!(%leg, path = %path.display(), reason, "a recording stopped early");
                self.emit(Event::RecordFailed { leg, op, reason });
            }
            MediaEvent::Activity { leg, speaking } => self.emit(Event::Activity { leg, speaking }),
            MediaEvent::Secured { leg, suite } => tracing::debug!(%leg, suite = suite.name(), "media is encrypted"),
            MediaEvent::Insecure { leg, reason } => self.insecure(leg, reason),
            MediaEvent::Quiet { leg, on } => {
                if self.legs.get(&leg).is_some_and(|l| matches!(l.phase, Phase::Up) && !l.media.held) {
                    self.emit(Event::Quiet { leg, on });
                }
            }
            MediaEvent::TimedOut { leg } => {
                metrics::counter!("fengling_sip_media_timeouts_total").increment(1);
                if self.legs.get(&leg).is_some_and(|l| matches!(l.phase, Phase::Up) && !l.media.held) {
                    self.hang_up(leg, Action::MediaTimeout);
                }
            }
            MediaEvent::Measured { leg, stats } => {
                if let Some(leg) = self.legs.get_mut(&leg) {
                    leg.measured = stats;
                }
            }
            MediaEvent::Closed { leg, stats } => self.media_closed(leg, stats),
        }
    }

    /// The far end is not who its SDP says, or never completed the handshake.
    fn insecure(&mut self, leg_id: LegId, reason: String) {
        metrics::counter!("fengling_sip_handshakes_failed_total").increment(1);
        let Some(leg) = self.legs.get(&leg_id).filter(|l| !l.ended()) else { return };
        tracing::warn!(leg = %leg_id, reason, "no secure media");
        if !matches!(leg.phase, Phase::Up) {
            return self.hang_up(leg_id, Action::Refused);
        }
        let dialog = leg.dialog.clone();
        self.send_bye(dialog, Some("SIP;cause=488;text=\"media cannot be secured\""));
        let cause = Cause { by: EndedBy::Us, action: Some(Action::Refused), text: Some(reason), ..Cause::default() };
        self.end_leg(leg_id, cause);
    }

    /// The last word of a leg.
    pub(super) fn media_closed(&mut self, leg_id: LegId, stats: MediaStats) {
        if !self.legs.get(&leg_id).is_some_and(|l| l.ended()) {
            return;
        }
        let Some(stats) = self.fax_waits(leg_id, stats) else { return };
        if let Some(leg) = self.legs.remove(&leg_id)
            && let Phase::Ending { cause } = leg.phase
        {
            self.timers.clear(Timer::Closing(leg_id));
            self.put_away(leg_id);
            self.emit(Event::Ended { leg: leg_id, cause, stats });
        }
    }

    /// The file of a recorded leg is not complete yet: the leg is over all the same, what becomes of the file is told later.
    pub(super) fn closed_late(&mut self, leg_id: LegId) {
        let Some(leg) = self.legs.get(&leg_id).filter(|l| l.ended()) else { return };
        let stats = leg.measured.clone();
        self.media_closed(leg_id, stats);
    }
}
