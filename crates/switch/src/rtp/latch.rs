//! Symmetric RTP: which source is the leg's. Locked to the first valid source after an SDP exchange; strangers stay out.

use std::net::SocketAddr;

/// For so long a source at another address than the SDP's may be heard, but presses no keys: a stranger who is faster than
/// the far end's first packet is corrected by it within this time.
const PROVISIONAL_MS: u64 = 1_000;
/// A lock this old is taken as settled: the socket may be connected.
const SETTLED_MS: u64 = 2_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Lock {
    addr: SocketAddr,
    ssrc: u32,
    since_ms: u64,
    heard_ms: u64,
}

#[derive(Clone, Copy, Debug)]
pub struct Latch {
    signalled: SocketAddr,
    lock: Option<Lock>,
    relatch_silence_ms: u64,
    /// Where ICE wants the packets, whatever their source.
    pinned: Option<SocketAddr>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// From the leg's source.
    Known,
    /// The leg has a new source.
    New,
    Stranger,
}

impl Latch {
    pub const fn new(signalled: SocketAddr, relatch_silence_ms: u64) -> Self {
        Self { signalled, lock: None, relatch_silence_ms, pinned: None }
    }

    /// A valid packet came from `from`.
    pub fn judge(&mut self, from: SocketAddr, ssrc: u32, now_ms: u64) -> Verdict {
        match &mut self.lock {
            Some(lock) if lock.addr == from => {
                lock.ssrc = ssrc;
                lock.heard_ms = now_ms;
                return Verdict::Known;
            }
            Some(lock) => {
                // The source the far end named wins whenever it speaks.
                let corrected = lock.addr != self.signalled && from == self.signalled;
                let silent = now_ms.saturating_sub(lock.heard_ms) >= self.relatch_silence_ms;
                let kin = ssrc == lock.ssrc || from.ip() == lock.addr.ip() || from.ip() == self.signalled.ip();
                let moved = silent && kin;
                if !corrected && !moved {
                    return Verdict::Stranger;
                }
            }
            None => {}
        }
        self.lock = Some(Lock { addr: from, ssrc, since_ms: now_ms, heard_ms: now_ms });
        Verdict::New
    }

    /// A packet that has proved to be the far end's came from `from`.
    pub fn vouched(&mut self, from: SocketAddr, ssrc: u32, now_ms: u64) -> Verdict {
        let since_ms = self.lock.filter(|l| l.addr == from).map(|l| l.since_ms);
        self.lock = Some(Lock { addr: from, ssrc, since_ms: since_ms.unwrap_or(now_ms), heard_ms: now_ms });
        if since_ms.is_some() { Verdict::Known } else { Verdict::New }
    }

    /// Sends there from now on; `None` leaves it to the packets' source.
    pub const fn pin(&mut self, addr: Option<SocketAddr>) {
        self.pinned = addr;
    }

    /// The source has said goodbye: its kin need not wait for a silence.
    pub const fn left(&mut self) {
        if let Some(lock) = &mut self.lock {
            lock.heard_ms = 0;
        }
    }

    /// Whether no source has been heard yet.
    pub const fn is_empty(&self) -> bool {
        self.lock.is_none()
    }

    /// Where to send.
    pub fn target(&self) -> SocketAddr {
        self.pinned.unwrap_or_else(|| self.lock.map_or(self.signalled, |l| l.addr))
    }

    /// Whether keys from the source are the far end's.
    pub fn may_press_keys(&self, now_ms: u64) -> bool {
        self.lock.is_some_and(|l| self.is_named(&l) || now_ms.saturating_sub(l.since_ms) >= PROVISIONAL_MS)
    }

    fn is_named(&self, lock: &Lock) -> bool {
        lock.addr.ip() == self.signalled.ip()
    }

    /// Whether the lock has stood long enough and is alive, so that the system may drop strangers for us. Never while the
    /// far end might still speak from the address it named.
    pub fn is_settled(&self, now_ms: u64) -> bool {
        self.pinned.is_none()
            && self.lock.is_some_and(|l| {
                self.is_named(&l)
                    && now_ms.saturating_sub(l.since_ms) >= SETTLED_MS
                    && now_ms.saturating_sub(l.heard_ms) < self.relatch_silence_ms
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addr(s: &str) -> SocketAddr {
        s.parse().unwrap()
    }

    #[test]
    fn the_first_source_locks_and_the_signalled_one_corrects_it_whenever_it_speaks() {
        let (sdp, nat, stranger) = (addr("10.0.0.1:4000"), addr("192.0.2.9:5000"), addr("192.0.2.66:1"));
        let mut l = Latch::new(sdp, 3_000);
        assert_eq!(l.target(), sdp);
        assert_eq!(l.judge(nat, 1, 0), Verdict::New);
        assert_eq!(l.target(), nat);
        assert_eq!(l.judge(stranger, 1, 10), Verdict::Stranger);
        assert_eq!(l.judge(sdp, 2, 500), Verdict::New);
        assert_eq!(l.judge(nat, 1, 600), Verdict::Stranger);
        let mut l = Latch::new(sdp, 3_000);
        l.judge(nat, 1, 0);
        l.judge(nat, 1, 59_900);
        assert!(!l.is_settled(60_000), "the system must not shut the named source out");
        assert_eq!(l.judge(sdp, 2, 60_000), Verdict::New);
    }

    #[test]
    fn a_source_nobody_named_presses_no_keys_before_it_has_stood() {
        let (sdp, port_moved, elsewhere) = (addr("10.0.0.1:4000"), addr("10.0.0.1:9"), addr("192.0.2.66:1"));
        let mut l = Latch::new(sdp, 3_000);
        assert!(!l.may_press_keys(0));
        l.judge(elsewhere, 1, 0);
        assert!(!l.may_press_keys(999) && l.may_press_keys(1_000));
        for named in [sdp, port_moved] {
            let mut l = Latch::new(sdp, 3_000);
            l.judge(named, 1, 0);
            assert!(l.may_press_keys(0));
        }
    }

    #[test]
    fn after_a_silence_only_kin_may_take_over() {
        let (a, moved, stranger) = (addr("10.0.0.1:4000"), addr("10.0.0.1:9"), addr("192.0.2.66:1"));
        let mut l = Latch::new(a, 3_000);
        l.judge(a, 7, 0);
        assert_eq!(l.judge(addr("198.51.100.7:9"), 7, 2_999), Verdict::Stranger);
        assert_eq!(l.judge(stranger, 8, 3_500), Verdict::Stranger);
        assert_eq!(l.judge(moved, 7, 3_500), Verdict::New);
        assert!(!l.is_settled(5_000));
        l.judge(moved, 7, 5_400);
        assert!(l.is_settled(5_600));
        assert!(!l.is_settled(8_500));
    }
}
