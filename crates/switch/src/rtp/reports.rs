//! RTCP of one leg: what we say about what we hear, and what the far end says about what it hears.

use super::{
    counters::bump,
    leg::{Leg, Surroundings},
    ports::plain,
    secure::SRTCP_TRAILER_MAX,
    sys,
};
use media::{
    codec::Codec,
    mos::{Heard, mos},
    rtcp::{self, Echo, REPORT_LEN_MAX, Reception},
};
use model::telephony::MediaStats;
use std::{
    net::SocketAddr,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Turns between two reports of ours (5 s), and between two looks at what came in (0.5 s; the system dates arrivals).
const REPORT_EVERY: u64 = 250;
const LOOK_EVERY: u64 = 25;
/// Reports read at one look.
const READ_MAX: usize = 8;
/// Longest compound packet looked at.
const LENGTH_MAX: usize = 512;
/// Seconds from 1900 to 1970.
const NTP_EPOCH: u64 = 2_208_988_800;

/// What the far end's reports said last.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reports {
    /// Its last sender report (middle 32 bits of its time) and our NTP time when it came.
    sender: Option<(u32, u64)>,
    reception: Option<Reception>,
    round_trip_ms: Option<f32>,
}

impl Reports {
    fn echo(&self, now: u64) -> Echo {
        self.sender.map_or_else(Echo::default, |(last_report, at)| Echo {
            last_report,
            delay: rtcp::middle(now).wrapping_sub(rtcp::middle(at)),
        })
    }
}

impl Leg {
    /// Once a turn; most turns do nothing.
    pub(super) fn reports(&mut self, with: &Surroundings<'_>) {
        // Spread over the legs by their id.
        let n = self.turns + self.id.0 as u64;
        if n.is_multiple_of(LOOK_EVERY) {
            self.read_reports(with);
        }
        if n.is_multiple_of(REPORT_EVERY) {
            self.send_report();
        }
    }

    fn read_reports(&mut self, with: &Surroundings<'_>) {
        let mut buffer = [0_u8; LENGTH_MAX];
        for _ in 0..READ_MAX {
            match sys::receive_stamped(&self.sockets.rtcp, &mut buffer) {
                Ok((n, from, at)) => {
                    let from = plain(from);
                    let Some(n) = self.shield.open_rtcp(&mut buffer[..n], with) else { continue };
                    // Reports of others would spoil the figures.
                    if self.latch.is_some_and(|l| l.target().ip() == from.ip()) {
                        self.report_came(&buffer[..n], at.map_or_else(ntp_now, ntp), with);
                    }
                }
                Err(e) if e.kind() == std::io::ErrorKind::WouldBlock => break,
                // An ICMP error of an earlier report.
                Err(_) => {}
            }
        }
    }

    /// A compound packet of the far end, from its RTCP port or multiplexed with its sound.
    pub(super) fn report_came(&mut self, datagram: &[u8], at: u64, with: &Surroundings<'_>) {
        let Some(incoming) = rtcp::parse(datagram, self.out.ssrc()) else {
            return bump(&with.counters.rejects, 1);
        };
        if let Some(report) = incoming.sender_report {
            self.far.sender = Some((report, at));
        }
        if let Some(reception) = incoming.reception {
            self.far.reception = Some(reception);
            self.far.round_trip_ms = reception.round_trip_ms(at).or(self.far.round_trip_ms);
        }
        if incoming.bye
            && let Some(latch) = &mut self.latch
        {
            latch.left();
        }
    }

    fn send_report(&mut self) {
        let (Some(remote), Some(latch)) = (&self.remote, &self.latch) else { return };
        let now = ntp_now();
        let mut report = [0; REPORT_LEN_MAX + SRTCP_TRAILER_MAX];
        let Some((text, _)) = report.split_first_chunk_mut() else { return };
        let n = self.out.report(now, self.stats.report(), self.far.echo(now), text);
        let Some(n) = self.shield.seal_rtcp(&mut report, n) else { return };
        let target = latch.target();
        // Reports that do not arrive are nobody's loss.
        if remote.rtcp_mux {
            let _ = if self.connected {
                self.sockets.rtp.send(&report[..n])
            } else {
                self.sockets.rtp.send_to(&report[..n], self.sockets.reach(target))
            };
        } else {
            let next = SocketAddr::new(target.ip(), target.port().saturating_add(1));
            let _ = self.sockets.rtcp.send_to(&report[..n], self.sockets.reach(remote.rtcp.unwrap_or(next)));
        }
    }

    pub(super) fn media_stats(&self) -> MediaStats {
        let counts = self.hearing.as_ref().map(|h| h.counts()).unwrap_or_default();
        let codec = self.remote.map(|r| r.codec);
        let heard = self.arriving.or(codec);
        let per_ms = |c: Option<Codec>| c.map_or(8.0, |c| (c.clock() / 1_000) as f32);
        MediaStats {
            codec: codec.map(|c| c.name().to_owned()),
            packets_sent: self.out.packets(),
            packets_received: self.stats.received(),
            packets_lost: self.stats.lost(),
            packets_discarded: self.strangers + self.shield.refused + self.discarded_before + counts.late + counts.discarded,
            jitter_ms: self.stats.jitter_ticks() / per_ms(heard),
            far_packets_lost: self.far.reception.map(|r| u64::try_from(r.lost).unwrap_or(0)),
            far_jitter_ms: self.far.reception.map(|r| r.jitter as f32 / per_ms(codec)),
            rtt_ms: self.far.round_trip_ms,
            mos: heard.and_then(|codec| self.mos(codec, counts.late + self.discarded_before)),
        }
    }
}

/// Delay on our side: packet, jitter buffer.
const OWN_DELAY_MS: f32 = 60.0;
/// Fewer packets say nothing about a call (1 s).
const JUDGED_MIN: u64 = 50;

impl Leg {
    /// How the far end sounded to us; `late` packets were of no use.
    fn mos(&self, codec: Codec, late: u64) -> Option<f32> {
        let expected = self.stats.received() + self.stats.lost();
        if self.stats.received() < JUDGED_MIN {
            return None;
        }
        let loss_percent = (self.stats.lost() + late) as f32 * 100.0 / expected as f32;
        let delay_ms = OWN_DELAY_MS + self.far.round_trip_ms.unwrap_or(0.0) / 2.0;
        Some(mos(Heard { codec, loss_percent: loss_percent.min(100.0), delay_ms }))
    }
}

/// The time of day as NTP: seconds since 1900 in the upper half.
pub(super) fn ntp_now() -> u64 {
    ntp(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

fn ntp(since_1970: Duration) -> u64 {
    ((since_1970.as_secs() + NTP_EPOCH) << 32) | ((u64::from(since_1970.subsec_nanos()) << 32) / 1_000_000_000)
}
