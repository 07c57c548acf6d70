//! Frames of A-law as payloads of the far end's codec and packet length. Absent on the plain way: G.711 in packets of 20 ms
//! is copied straight into the packet. G.729 and Opus are encoded on another thread and sent half a turn later.

use super::coders::{Away, Coders};
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
    encoding: Encoding,
    /// Octets of one packet; 0: each frame is one packet, whatever its length.
    packet: usize,
    octets_per_ms: usize,
    waiting: [u8; WAITING_MAX],
    len: usize,
    /// How much of `waiting` has been handed out.
    taken: usize,
    /// How far the newest frame in `waiting` lies before the running one.
    lag_ms: i32,
}

#[derive(Debug)]
enum Encoding {
    /// G.711 in packets of another length.
    Copy(Law),
    Here(Box<Encoder>),
    Away(Away),
}

/// One packet's payload and how far its first sample lies before the running frame (negative: behind its start).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    pub payload: &'a [u8],
    pub ago_ms: i32,
}

impl Saying {
    /// `None` where frames need nothing but copying.
    pub fn new(codec: Codec, ptime_ms: u8, leg: i64, coders: &Coders) -> Option<Box<Self>> {
        let encoding = match codec {
            Codec::Pcma | Codec::Pcmu if u32::from(ptime_ms) == FRAME_MS => return None,
            Codec::Pcma => Encoding::Copy(Law::A),
            Codec::Pcmu => Encoding::Copy(Law::Mu),
            Codec::G722 => Encoding::Here(Box::new(Encoder::new(codec))),
            Codec::G729 | Codec::Opus => Encoding::Away(coders.seat(leg, codec)),
        };
        let octets_per_ms = match codec {
            Codec::Pcma | Codec::Pcmu | Codec::G722 => 8,
            Codec::G729 => 1,
            // A packet is one frame of the codec: it cannot be joined or cut.
            Codec::Opus => 0,
        };
        let ptime = ptime_ms.clamp(10, PTIME_MAX) / 10 * 10;
        Some(Box::new(Self {
            encoding,
            packet: octets_per_ms * usize::from(ptime),
            octets_per_ms,
            waiting: [0; WAITING_MAX],
            len: 0,
            taken: 0,
            lag_ms: 0,
        }))
    }

    /// Whether payloads come later than their frames: look with [`Self::collect`] half a turn after.
    pub const fn is_away(&self) -> bool {
        matches!(self.encoding, Encoding::Away(_))
    }

    /// The stream is interrupted; half a packet is not sent later.
    pub const fn interrupted(&mut self) {
        self.len = 0;
        self.taken = 0;
        if let Encoding::Away(away) = &mut self.encoding {
            away.forget();
        }
    }

    /// Takes this frame. Fetch the packets that are now complete with [`Self::next`]. False when it was thrown away because
    /// the encoder is too far behind.
    pub fn push(&mut self, alaw: &[u8; FRAME]) -> bool {
        if let Encoding::Away(away) = &mut self.encoding {
            return away.give(alaw);
        }
        let room = self.room();
        let n = match &mut self.encoding {
            Encoding::Copy(law) => {
                transcode_into(Law::A, *law, alaw, &mut self.waiting[room..room + FRAME]);
                FRAME
            }
            Encoding::Here(encoder) => {
                let mut pcm = [0; FRAME];
                Law::A.decode_into(alaw, &mut pcm);
                encoder.encode(&pcm, &mut self.waiting[room..])
            }
            Encoding::Away(_) => 0,
        };
        self.len += n;
        true
    }

    /// Takes what another thread has encoded, frame by frame; true when there was one. To be asked between two turns.
    pub fn collect(&mut self) -> bool {
        let Encoding::Away(away) = &mut self.encoding else { return false };
        let Some(encoded) = away.fetch() else { return false };
        // The running frame is the one after the last that was given.
        self.lag_ms = FRAME_MS as i32 * (away.under_way() as i32 + 1);
        let room = self.room();
        self.waiting[room..room + encoded.octets().len()].copy_from_slice(encoded.octets());
        self.len += encoded.octets().len();
        true
    }

    /// Where the next payload goes.
    fn room(&mut self) -> usize {
        self.waiting.copy_within(self.taken..self.len, 0);
        self.len -= self.taken;
        self.taken = 0;
        if self.len + ENCODED_MAX > WAITING_MAX {
            self.len = 0;
        }
        self.len
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
        let ago_ms = self.lag_ms + before.checked_div(self.octets_per_ms).map_or(0, |ms| ms as i32 - FRAME_MS as i32);
        Some(Piece { payload: &self.waiting[from..from + n], ago_ms })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    /// Length and time before the frame of each packet, frame by frame.
    fn packets(codec: Codec, ptime_ms: u8, frames: usize) -> Vec<Vec<(usize, i32)>> {
        let mut saying = Saying::new(codec, ptime_ms, 1, &Coders::new(0).0).unwrap();
        (0..frames)
            .map(|_| {
                assert!(saying.push(&[0x55; FRAME]));
                std::iter::from_fn(|| saying.next().map(|p| (p.payload.len(), p.ago_ms))).collect()
            })
            .collect()
    }

    #[test]
    fn packets_of_every_length_carry_their_time() {
        let plain = |codec| Saying::new(codec, 20, 1, &Coders::new(0).0).is_none();
        assert!(plain(Codec::Pcma) && plain(Codec::Pcmu));
        assert_eq!(packets(Codec::Pcmu, 10, 1), [[(80, 0), (80, -10)]]);
        assert_eq!(packets(Codec::G722, 20, 2), [[(160, 0)], [(160, 0)]]);
        assert_eq!(packets(Codec::G722, 30, 4), [vec![], vec![(240, 20)], vec![(240, 10)], vec![]]);
        assert_eq!(packets(Codec::Pcma, 60, 3), [vec![], vec![], vec![(480, 40)]]);
    }

    #[test]
    fn what_another_thread_encodes_carries_the_time_of_its_frame() {
        let (coders, receivers) = Coders::new(1);
        for receiver in receivers {
            std::thread::spawn(move || super::super::coders::run(&receiver));
        }
        for (codec, ptime_ms, lens) in [(Codec::G729, 10, vec![10, 10]), (Codec::G729, 20, vec![20]), (Codec::Opus, 60, vec![])] {
            let mut saying = Saying::new(codec, ptime_ms, 1, &coders).unwrap();
            assert!(saying.is_away());
            saying.push(&[0x55; FRAME]);
            saying.push(&[0x55; FRAME]);
            assert!(saying.next().is_none());
            let end = Instant::now() + Duration::from_secs(10);
            let mut got = Vec::new();
            let mut frames = 0;
            while frames < 2 {
                assert!(Instant::now() < end);
                if saying.collect() {
                    frames += 1;
                    while let Some(p) = saying.next() {
                        got.push((p.payload.len(), p.ago_ms));
                    }
                }
            }
            let times: Vec<i32> = got.iter().map(|g| g.1).collect();
            match lens.len() {
                2 => assert_eq!(times, [40, 30, 20, 10]),
                _ => assert_eq!(times, [40, 20], "{codec:?}"),
            }
            assert!(lens.is_empty() || got.iter().all(|g| lens.contains(&g.0)));
        }
    }

    #[test]
    fn an_interrupted_packet_is_forgotten() {
        let mut saying = Saying::new(Codec::Pcma, 40, 1, &Coders::new(0).0).unwrap();
        saying.push(&[1; FRAME]);
        saying.interrupted();
        saying.push(&[2; FRAME]);
        assert!(saying.next().is_none());
        saying.push(&[3; FRAME]);
        let piece = saying.next().unwrap();
        assert_eq!((piece.payload[0], piece.payload[319], piece.ago_ms), (2, 3, 20));
    }
}
