//! Frames of A-law as payloads of the far end's codec and packet length. Absent on the plain way: G.711 in packets of 20 ms
//! is copied straight into the packet.

use media::{
    FRAME, FRAME_MS,
    codec::{Codec, ENCODED_MAX, Encoder},
    g711::{Law, transcode_into},
};

/// Longest packet we send: 60 ms.
pub const PTIME_MAX: u8 = 60;
/// One frame more than the longest packet of the widest codec.
const WAITING_MAX: usize = ENCODED_MAX * (PTIME_MAX as usize / FRAME_MS as usize + 1);

#[derive(Debug)]
pub struct Saying {
    codec: Codec,
    /// `None` for G.711, which needs none.
    encoder: Option<Encoder>,
    /// Octets of one packet; 0: each frame is one packet, whatever its length.
    packet: usize,
    octets_per_ms: usize,
    waiting: [u8; WAITING_MAX],
    len: usize,
    /// How much of `waiting` has been handed out.
    taken: usize,
}

/// One packet's payload and how far its first sample lies before the running frame (negative: behind its start).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    pub payload: &'a [u8],
    pub ago_ms: i32,
}

impl Saying {
    /// `None` where frames need nothing but copying.
    pub fn new(codec: Codec, ptime_ms: u8) -> Option<Box<Self>> {
        let law = codec.law();
        if law.is_some() && u32::from(ptime_ms) == FRAME_MS {
            return None;
        }
        let octets_per_ms = match codec {
            Codec::Pcma | Codec::Pcmu | Codec::G722 => 8,
            Codec::G729 => 1,
            // A packet is one frame of the codec: it cannot be joined or cut.
            Codec::Opus => 0,
        };
        let ptime = ptime_ms.clamp(10, PTIME_MAX) / 10 * 10;
        Some(Box::new(Self {
            codec,
            encoder: law.is_none().then(|| Encoder::new(codec)),
            packet: octets_per_ms * usize::from(ptime),
            octets_per_ms,
            waiting: [0; WAITING_MAX],
            len: 0,
            taken: 0,
        }))
    }

    /// The stream is interrupted; half a packet is not sent later.
    pub const fn interrupted(&mut self) {
        self.len = 0;
        self.taken = 0;
    }

    /// Takes this frame. Fetch the packets that are now complete with [`Self::next`].
    pub fn push(&mut self, alaw: &[u8; FRAME]) {
        self.waiting.copy_within(self.taken..self.len, 0);
        self.len -= self.taken;
        self.taken = 0;
        if self.len + ENCODED_MAX > WAITING_MAX {
            self.len = 0;
        }
        let room = &mut self.waiting[self.len..];
        self.len += match &mut self.encoder {
            None => {
                let law = self.codec.law().unwrap_or_default();
                transcode_into(Law::A, law, alaw, &mut room[..FRAME]);
                FRAME
            }
            Some(encoder) => {
                let mut pcm = [0; FRAME];
                Law::A.decode_into(alaw, &mut pcm);
                encoder.encode(&pcm, room)
            }
        };
    }

    /// The next complete packet.
    pub fn next(&mut self) -> Option<Piece<'_>> {
        let n = if self.octets_per_ms == 0 { self.len - self.taken } else { self.packet };
        if n == 0 || self.len - self.taken < n {
            return None;
        }
        let before = self.len - self.taken;
        let from = self.taken;
        self.taken += n;
        let ago_ms = before.checked_div(self.octets_per_ms).map_or(0, |ms| ms as i32 - FRAME_MS as i32);
        Some(Piece { payload: &self.waiting[from..from + n], ago_ms })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Length and time before the frame of each packet, frame by frame.
    fn packets(codec: Codec, ptime_ms: u8, frames: usize) -> Vec<Vec<(usize, i32)>> {
        let mut saying = Saying::new(codec, ptime_ms).unwrap();
        (0..frames)
            .map(|_| {
                saying.push(&[0x55; FRAME]);
                std::iter::from_fn(|| saying.next().map(|p| (p.payload.len(), p.ago_ms))).collect()
            })
            .collect()
    }

    #[test]
    fn packets_of_every_length_carry_their_time() {
        assert!(Saying::new(Codec::Pcma, 20).is_none() && Saying::new(Codec::Pcmu, 20).is_none());
        assert_eq!(packets(Codec::Pcmu, 10, 1), [[(80, 0), (80, -10)]]);
        assert_eq!(packets(Codec::G729, 20, 2), [[(20, 0)], [(20, 0)]]);
        assert_eq!(packets(Codec::G722, 30, 4), [vec![], vec![(240, 20)], vec![(240, 10)], vec![]]);
        assert_eq!(packets(Codec::Pcma, 60, 3), [vec![], vec![], vec![(480, 40)]]);
        assert_eq!(packets(Codec::G729, 10, 1), [[(10, 0), (10, -10)]]);
        let opus = packets(Codec::Opus, 60, 2);
        assert!(opus.iter().all(|p| p.len() == 1 && p[0].1 == 0));
    }

    #[test]
    fn an_interrupted_packet_is_forgotten() {
        let mut saying = Saying::new(Codec::Pcma, 40).unwrap();
        saying.push(&[1; FRAME]);
        saying.interrupted();
        saying.push(&[2; FRAME]);
        assert!(saying.next().is_none());
        saying.push(&[3; FRAME]);
        let piece = saying.next().unwrap();
        assert_eq!((piece.payload[0], piece.payload[319], piece.ago_ms), (2, 3, 20));
    }
}
