//! Threads for encoders that cost more than a packet may (G.729, Opus), so that a leg of theirs cannot make another leg's
//! packets late. A leg hands over frames and fetches payloads by two rings; neither side ever waits for the other.

use media::{
    FRAME,
    codec::{Codec, ENCODED_MAX, Encoder},
    g711::Law,
};
use rtrb::{Consumer, Producer, RingBuffer};
use std::{
    sync::mpsc,
    thread::{self},
    time::Duration,
};

/// Frames on their way to the encoder or back; more than the delay of a busy machine, less than anybody would wait for.
const RING: usize = 8;
/// How often a coder looks for frames while it has legs.
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// One frame, encoded.
#[derive(Clone, Copy, Debug)]
pub struct Encoded {
    len: u8,
    octets: [u8; ENCODED_MAX],
}

impl Encoded {
    pub fn octets(&self) -> &[u8] {
        &self.octets[..usize::from(self.len)]
    }
}

/// An encoder on another thread, as its leg sees it. Dropping it ends the encoder.
#[derive(Debug)]
pub struct Away {
    to: Producer<[u8; FRAME]>,
    from: Consumer<Encoded>,
    /// Frames given and not yet fetched.
    under_way: u32,
    /// So many of them are not wanted any more.
    unwanted: u32,
}

impl Away {
    /// Gives a frame of A-law; false when the encoder is so far behind that it was thrown away.
    pub fn give(&mut self, alaw: &[u8; FRAME]) -> bool {
        let given = self.to.push(*alaw).is_ok();
        self.under_way += u32::from(given);
        given
    }

    /// The next payload, in the order given.
    pub fn fetch(&mut self) -> Option<Encoded> {
        loop {
            let encoded = self.from.pop().ok()?;
            self.under_way -= 1;
            if self.unwanted == 0 {
                return Some(encoded);
            }
            self.unwanted -= 1;
        }
    }

    pub const fn under_way(&self) -> u32 {
        self.under_way
    }

    /// What is under way is not sent any more.
    pub const fn forget(&mut self) {
        self.unwanted = self.under_way;
    }
}

/// The coder's end.
pub struct Seat {
    codec: Codec,
    from: Consumer<[u8; FRAME]>,
    to: Producer<Encoded>,
}

/// Where legs take their seats.
#[derive(Clone, Debug)]
pub struct Coders(Vec<mpsc::Sender<Seat>>);

impl Coders {
    /// So many coders and what their threads run on.
    pub fn new(count: usize) -> (Self, Vec<mpsc::Receiver<Seat>>) {
        let (seats, receivers) = (0..count).map(|_| mpsc::channel()).unzip();
        (Self(seats), receivers)
    }

    /// An encoder for the leg of this number.
    pub fn seat(&self, leg: i64, codec: Codec) -> Away {
        let (to, from) = RingBuffer::new(RING);
        let (back, fetched) = RingBuffer::new(RING);
        if let Some(coder) = usize::try_from(leg.rem_euclid(self.0.len().max(1) as i64)).ok().and_then(|n| self.0.get(n)) {
            let _ = coder.send(Seat { codec, from, to: back });
        }
        Away { to, from: fetched, under_way: 0, unwanted: 0 }
    }
}

/// A coder's thread: runs until the pacing threads are gone.
pub fn run(seats: &mpsc::Receiver<Seat>) {
    let mut taken: Vec<(Seat, Encoder)> = Vec::new();
    loop {
        if taken.is_empty() {
            let Ok(seat) = seats.recv() else { return };
            taken.push(with_encoder(seat));
        }
        taken.extend(seats.try_iter().map(with_encoder));
        taken.retain_mut(|(seat, encoder)| {
            while !seat.to.is_full()
                && let Ok(alaw) = seat.from.pop()
            {
                let _ = seat.to.push(encode(&alaw, encoder));
            }
            !seat.to.is_abandoned()
        });
        thread::sleep(LOOK_EVERY);
    }
}

fn with_encoder(seat: Seat) -> (Seat, Encoder) {
    let encoder = Encoder::new(seat.codec);
    (seat, encoder)
}

fn encode(alaw: &[u8; FRAME], encoder: &mut Encoder) -> Encoded {
    let (mut pcm, mut octets) = ([0; FRAME], [0; ENCODED_MAX]);
    Law::A.decode_into(alaw, &mut pcm);
    let len = encoder.encode(&pcm, &mut octets);
    Encoded { len: u8::try_from(len).unwrap_or(0), octets }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    #[test]
    fn frames_come_back_in_order_as_payloads_and_a_leg_that_goes_frees_its_seat() {
        let (coders, mut receivers) = Coders::new(1);
        let receiver = receivers.remove(0);
        let thread = thread::spawn(move || run(&receiver));
        let mut away = coders.seat(-7, Codec::G729);
        let mut here = Encoder::new(Codec::G729);
        let frames: Vec<[u8; FRAME]> = (0..4_u8).map(|n| [0x55 ^ (n * 9); FRAME]).collect();
        let expected: Vec<Vec<u8>> = frames.iter().map(|f| encode(f, &mut here).octets().to_vec()).collect();
        assert!(frames.iter().all(|f| away.give(f)));
        let end = Instant::now() + Duration::from_secs(10);
        let mut got = Vec::new();
        while got.len() < 4 {
            assert!(Instant::now() < end);
            got.extend(away.fetch().map(|e| e.octets().to_vec()));
        }
        assert_eq!(got, expected);
        assert_eq!(away.under_way(), 0);
        // What was interrupted does not come back.
        away.give(&frames[0]);
        away.forget();
        away.give(&frames[1]);
        let mut got = None;
        while got.is_none() {
            assert!(Instant::now() < end);
            got = away.fetch();
        }
        assert_eq!(away.under_way(), 0);
        drop((away, coders));
        thread.join().unwrap();
    }

    #[test]
    fn a_coder_that_does_not_come_after_loses_frames_and_holds_up_nobody() {
        let (coders, _receivers) = Coders::new(1);
        let mut away = coders.seat(1, Codec::Opus);
        let given = (0..20).filter(|_| away.give(&[0x55; FRAME])).count();
        assert_eq!((given, away.under_way()), (RING, RING as u32));
        assert!(away.fetch().is_none());
    }
}
