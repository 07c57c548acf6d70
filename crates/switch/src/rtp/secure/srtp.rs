//! SRTP and SRTCP streams (RFC 3711, RFC 7714): packets are sealed and opened in place, with the rollover counter and a
//! replay window of 128 packets. Nothing is allocated per packet.

use super::keys::{BadTag, MasterKey, RTCP_CLEAR, SessionKeys};
use media::rtp::HEADER_LEN;

/// Sources of one far end whose counters are kept; a fifth one takes the place of the one unheard for longest.
const SOURCES_MAX: usize = 4;
/// RFC 3711 §9.2: so many packets under one key.
const RTP_INDEX_MAX: u64 = (1 << 48) - 1;
const RTCP_INDEX_MAX: u32 = (1 << 31) - 1;

/// Why a packet was thrown away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejected {
    /// Shorter than what it claims to be.
    Malformed,
    /// Wrong key, or changed on the way.
    Forged,
    /// Seen before, or too old to tell.
    Replayed,
}

impl From<BadTag> for Rejected {
    fn from(_: BadTag) -> Self {
        Self::Forged
    }
}

/// Octets of header, CSRC list and extension, which stay readable; with the sequence number and the SSRC.
fn head(packet: &[u8]) -> Option<(usize, u16, u32)> {
    let fixed = packet.first_chunk::<HEADER_LEN>()?;
    let mut at = HEADER_LEN + usize::from(fixed[0] & 0x0F) * 4;
    if fixed[0] & 0x10 != 0 {
        let words = packet.get(at + 2..at + 4)?;
        at += 4 + usize::from(u16::from_be_bytes([words[0], words[1]])) * 4;
    }
    let ssrc = u32::from_be_bytes([fixed[8], fixed[9], fixed[10], fixed[11]]);
    (packet.len() >= at).then(|| (at, u16::from_be_bytes([fixed[2], fixed[3]]), ssrc))
}

/// The 48-bit index a sequence number most likely stands for (RFC 3711 §3.3.1).
fn estimate(highest: u64, sequence: u16) -> u64 {
    let (rollover, last) = (highest >> 16, highest as u16);
    let rollover = if last < 0x8000 {
        if i32::from(sequence) - i32::from(last) > 0x8000 { rollover.saturating_sub(1) } else { rollover }
    } else if i32::from(last) - 0x8000 > i32::from(sequence) {
        rollover + 1
    } else {
        rollover
    };
    (rollover << 16) | u64::from(sequence)
}

/// What we send.
pub struct Sender {
    rtp: SessionKeys,
    rtcp: SessionKeys,
    highest: Option<u64>,
    rtcp_index: u32,
    master: MasterKey,
}

impl Sender {
    pub fn new(master: &MasterKey) -> Self {
        Self {
            rtp: SessionKeys::rtp(master),
            rtcp: SessionKeys::rtcp(master),
            highest: None,
            rtcp_index: 0,
            master: master.clone(),
        }
    }

    pub fn has_key(&self, master: &MasterKey) -> bool {
        self.master == *master
    }

    /// Seals `buffer[..n]`; `buffer` has room for the tag. The new length; `None` when there is no packet, no room, or the
    /// key is used up.
    pub fn seal_rtp(&mut self, buffer: &mut [u8], n: usize) -> Option<usize> {
        let (clear, sequence, ssrc) = head(buffer.get(..n)?)?;
        let highest = self.highest.unwrap_or_else(|| sequence.into());
        let index = estimate(highest, sequence);
        if index > RTP_INDEX_MAX {
            return None;
        }
        self.highest = Some(highest.max(index));
        self.rtp.seal_rtp(buffer, clear, n, ssrc, index)
    }

    /// The same for a compound report.
    pub fn seal_rtcp(&mut self, buffer: &mut [u8], n: usize) -> Option<usize> {
        let ssrc = rtcp_source(buffer.get(..n)?)?;
        if self.rtcp_index >= RTCP_INDEX_MAX {
            return None;
        }
        self.rtcp_index += 1;
        self.rtcp.seal_rtcp(buffer, n, ssrc, self.rtcp_index)
    }
}

fn rtcp_source(packet: &[u8]) -> Option<u32> {
    let head = packet.first_chunk::<RTCP_CLEAR>()?;
    Some(u32::from_be_bytes([head[4], head[5], head[6], head[7]]))
}

/// 128 indices up to the highest one seen.
#[derive(Clone, Copy, Default)]
struct Window {
    highest: u64,
    seen: u128,
}

impl Window {
    const fn is_fresh(&self, index: u64) -> bool {
        if index > self.highest || self.seen == 0 {
            return true;
        }
        let back = self.highest - index;
        back < 128 && self.seen & (1 << back) == 0
    }

    const fn mark(&mut self, index: u64) {
        if index > self.highest || self.seen == 0 {
            let ahead = if self.seen == 0 { 128 } else { index - self.highest };
            self.seen = if ahead >= 128 { 1 } else { (self.seen << ahead) | 1 };
            self.highest = index;
        } else if self.highest - index < 128 {
            self.seen |= 1 << (self.highest - index);
        }
    }
}

#[derive(Clone, Copy)]
struct Source {
    ssrc: u32,
    rtp: Window,
    rtcp: Window,
    /// Packets opened before this source was heard last.
    heard: u64,
}

/// What the far end sends.
pub struct Receiver {
    rtp: SessionKeys,
    rtcp: SessionKeys,
    sources: [Option<Source>; SOURCES_MAX],
    opened: u64,
    master: MasterKey,
}

impl Receiver {
    pub fn new(master: &MasterKey) -> Self {
        Self {
            rtp: SessionKeys::rtp(master),
            rtcp: SessionKeys::rtcp(master),
            sources: [None; SOURCES_MAX],
            opened: 0,
            master: master.clone(),
        }
    }

    pub fn has_key(&self, master: &MasterKey) -> bool {
        self.master == *master
    }

    fn known(&self, ssrc: u32) -> Option<Source> {
        self.sources.iter().flatten().find(|s| s.ssrc == ssrc).copied()
    }

    /// Only what passed its tag gets a place here: a stranger cannot push a source out.
    fn keep(&mut self, mut source: Source) {
        self.opened += 1;
        source.heard = self.opened;
        let place = self
            .sources
            .iter()
            .position(|s| s.is_some_and(|s| s.ssrc == source.ssrc))
            .unwrap_or_else(|| (0..SOURCES_MAX).min_by_key(|i| self.sources[*i].map_or(0, |s| s.heard)).unwrap_or(0));
        self.sources[place] = Some(source);
    }

    /// Opens a packet in place. Its length without the tag.
    ///
    /// # Errors
    /// [`Rejected`]; the packet is unchanged then.
    pub fn open_rtp(&mut self, packet: &mut [u8]) -> Result<usize, Rejected> {
        let (clear, sequence, ssrc) = head(packet).ok_or(Rejected::Malformed)?;
        let mut source = self.known(ssrc).unwrap_or_else(|| fresh(ssrc));
        let index = if source.rtp.seen == 0 { sequence.into() } else { estimate(source.rtp.highest, sequence) };
        if !source.rtp.is_fresh(index) {
            return Err(Rejected::Replayed);
        }
        let n = self.rtp.open_rtp(packet, clear, ssrc, index)?;
        source.rtp.mark(index);
        self.keep(source);
        Ok(n)
    }

    /// Opens a compound report in place. Its length without the trailer.
    ///
    /// # Errors
    /// [`Rejected`]; the report is unchanged then.
    pub fn open_rtcp(&mut self, packet: &mut [u8]) -> Result<usize, Rejected> {
        let ssrc = rtcp_source(packet).ok_or(Rejected::Malformed)?;
        let index = self.rtcp.rtcp_index(packet).ok_or(Rejected::Malformed)?;
        let mut source = self.known(ssrc).unwrap_or_else(|| fresh(ssrc));
        if !source.rtcp.is_fresh(index.into()) {
            return Err(Rejected::Replayed);
        }
        let n = self.rtcp.open_rtcp(packet, ssrc, index)?;
        source.rtcp.mark(index.into());
        self.keep(source);
        Ok(n)
    }
}

const fn fresh(ssrc: u32) -> Source {
    let nothing = Window { highest: 0, seen: 0 };
    Source { ssrc, rtp: nothing, rtcp: nothing, heard: 0 }
}

#[cfg(test)]
mod tests {
    use super::super::keys::{SRTCP_TRAILER_MAX, Suite, TAG_MAX};
    use super::*;

    fn packet(sequence: u16, ssrc: u32) -> [u8; 32 + TAG_MAX] {
        let mut p = [7; 32 + TAG_MAX];
        p[..2].copy_from_slice(&[0x80, 8]);
        p[2..4].copy_from_slice(&sequence.to_be_bytes());
        p[8..12].copy_from_slice(&ssrc.to_be_bytes());
        p
    }

    fn pair(suite: Suite) -> (Sender, Receiver) {
        let key = MasterKey::random(suite);
        (Sender::new(&key), Receiver::new(&key))
    }

    fn sealed(sender: &mut Sender, sequence: u16, ssrc: u32) -> Vec<u8> {
        let mut p = packet(sequence, ssrc);
        let n = sender.seal_rtp(&mut p, 32).unwrap();
        p[..n].to_vec()
    }

    #[test]
    fn what_is_sealed_is_opened_by_every_suite_over_the_wrap_and_out_of_order() {
        for suite in Suite::ALL {
            let (mut sender, mut receiver) = pair(suite);
            let order = [65_533, 65_535, 65_534, 0, 2, 1, 65_532_u16];
            for sequence in order {
                let mut p = sealed(&mut sender, sequence, 9);
                assert_eq!(p.len(), 32 + suite.rtp_tag_len());
                assert_ne!(p[12..32], packet(sequence, 9)[12..32]);
                assert_eq!(receiver.open_rtp(&mut p), Ok(32), "{suite:?} {sequence}");
                assert_eq!(p[..32], packet(sequence, 9)[..32]);
            }
            // A second turn of the sixteen bits: the counter has rolled over twice.
            for sequence in (0..=u16::MAX).step_by(20_000).chain([0]) {
                let mut p = sealed(&mut sender, sequence.wrapping_add(9), 9);
                assert_eq!(receiver.open_rtp(&mut p), Ok(32), "{suite:?} {sequence}");
            }
            assert!(sender.highest.unwrap() >> 16 >= 1);
        }
    }

    #[test]
    fn replays_and_forgeries_are_refused_and_change_nothing() {
        for suite in Suite::ALL {
            let (mut sender, mut receiver) = pair(suite);
            let first = sealed(&mut sender, 100, 9);
            assert_eq!(receiver.open_rtp(&mut first.clone()), Ok(32));
            assert_eq!(receiver.open_rtp(&mut first.clone()), Err(Rejected::Replayed));
            for at in [1, 13, first.len() - 1] {
                let mut forged = sealed(&mut sender, 101, 9);
                forged[at] ^= 1;
                let before = forged.clone();
                assert_eq!(receiver.open_rtp(&mut forged), Err(Rejected::Forged), "{suite:?} octet {at}");
                assert_eq!(forged, before);
            }
            assert_eq!(receiver.open_rtp(&mut sealed(&mut sender, 101, 9)), Ok(32));
            assert_eq!(receiver.open_rtp(&mut sealed(&mut sender, 400, 9)), Ok(32));
            assert_eq!(receiver.open_rtp(&mut sealed(&mut sender, 200, 9)), Err(Rejected::Replayed), "older than the window");
            let (mut other, _) = pair(suite);
            assert_eq!(receiver.open_rtp(&mut sealed(&mut other, 401, 9)), Err(Rejected::Forged));
            for n in 0..first.len().min(12) {
                assert_eq!(receiver.open_rtp(&mut first[..n].to_vec()), Err(Rejected::Malformed));
            }
        }
    }

    #[test]
    fn a_fifth_source_takes_the_place_of_the_one_unheard_for_longest() {
        let (mut sender, mut receiver) = pair(Suite::AesCm80);
        let mut of_first = sealed(&mut sender, 1, 1);
        assert_eq!(receiver.open_rtp(&mut of_first.clone()), Ok(32));
        for ssrc in 2..=5 {
            assert_eq!(receiver.open_rtp(&mut sealed(&mut sender, 1, ssrc)), Ok(32));
        }
        assert!(receiver.known(1).is_none() && receiver.known(5).is_some());
        assert_eq!(receiver.open_rtp(&mut of_first), Ok(32));
    }

    #[test]
    fn reports_are_sealed_counted_and_not_taken_twice() {
        for suite in Suite::ALL {
            let (mut sender, mut receiver) = pair(suite);
            let mut report = [1; 28 + SRTCP_TRAILER_MAX];
            report[..2].copy_from_slice(&[0x80, 200]);
            for _ in 0..3 {
                let mut sealed = report;
                let n = sender.seal_rtcp(&mut sealed, 28).unwrap();
                let mut again = sealed;
                assert_eq!(receiver.open_rtcp(&mut sealed[..n]), Ok(28));
                assert_eq!(sealed[..28], report[..28]);
                assert_eq!(receiver.open_rtcp(&mut again[..n]), Err(Rejected::Replayed));
            }
            let n = sender.seal_rtcp(&mut report, 28).unwrap();
            report[20] ^= 1;
            assert_eq!(receiver.open_rtcp(&mut report[..n]), Err(Rejected::Forged));
            assert_eq!(receiver.open_rtcp(&mut report[..20]), Err(Rejected::Malformed));
        }
    }

    #[test]
    fn a_key_that_is_used_up_seals_nothing_more() {
        let (mut sender, _) = pair(Suite::AesCm80);
        sender.highest = Some(RTP_INDEX_MAX);
        assert_eq!(sender.seal_rtp(&mut packet(0, 1), 32), None);
        sender.rtcp_index = RTCP_INDEX_MAX;
        assert_eq!(sender.seal_rtcp(&mut [0; 60], 28), None);
    }
}
