use super::{
    super::{Format, Formats},
    *,
};
use media::dtmf;
use model::telephony::Clip;

const ALL: [Codec; 5] = Codec::ALL;

/// A far end that speaks any codec.
struct Talker {
    phone: Phone,
    codec: Codec,
    payload_type: u8,
    encoder: Encoder,
    tone: Tone,
}

fn pt(codec: Codec) -> u8 {
    codec.static_payload_type().unwrap_or(111)
}

impl Talker {
    fn new(port: u16, codec: Codec, hz: u16) -> Self {
        Self { phone: Phone::new(port), codec, payload_type: pt(codec), encoder: Encoder::new(codec), tone: Tone::new(hz) }
    }

    fn remote(&self) -> RemoteRtp {
        RemoteRtp { codec: self.codec, payload_type: self.payload_type, ..self.phone.remote() }
    }

    fn change(&mut self, codec: Codec) {
        (self.codec, self.payload_type, self.encoder) = (codec, pt(codec), Encoder::new(codec));
    }

    fn speak(&mut self) {
        let (mut pcm, mut out) = ([0; FRAME], [0; 400]);
        self.tone.fill(&mut pcm);
        let n = self.encoder.encode(&pcm, &mut out);
        self.phone.send(self.payload_type, &out[..n]);
        self.phone.header.timestamp = self.phone.header.timestamp.wrapping_add(self.codec.clock() / 50);
    }
}

/// Everybody speaks for so many frames; what each heard.
fn talk(all: &mut [&mut Talker], frames: u32) -> Vec<Vec<Heard>> {
    let start = Instant::now();
    let mut heard: Vec<Vec<Heard>> = all.iter().map(|_| Vec::new()).collect();
    for n in 0..frames {
        for (t, heard) in all.iter_mut().zip(&mut heard) {
            t.speak();
            heard.extend(t.phone.drain());
        }
        let due = start + Duration::from_millis(20) * (n + 1);
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
    }
    heard
}

fn decoded(heard: &[Heard], codec: Codec) -> Vec<i16> {
    let mut decoder = Decoder::new(codec);
    let mut all = Vec::new();
    for h in heard.iter().filter(|h| h.payload_type == pt(codec)) {
        let mut pcm = [0; SAMPLES_MAX];
        let n = decoder.decode(&h.payload, &mut pcm).unwrap();
        all.extend(&pcm[..n]);
    }
    all
}

fn steady_clock(heard: &[Heard], step: u32) {
    for w in heard.windows(2) {
        assert_eq!(w[1].sequence, w[0].sequence.wrapping_add(1));
        assert_eq!(w[1].timestamp.wrapping_sub(w[0].timestamp), step);
    }
}

#[test]
fn every_codec_plays_prompts_and_is_heard_by_every_other() {
    let (pool, _events) = pool(34_200, 60, 2);
    let mut id = 0;
    let mut pairs = Vec::new();
    // All at once: each codec with the next one.
    for (n, a) in ALL.into_iter().enumerate() {
        let b = ALL[(n + 1) % ALL.len()];
        id += 2;
        let mut talkers = [(id - 1, a, 500), (id, b, 900)].map(|(id, codec, hz)| {
            let t = Talker::new(pool.open(leg(id)).unwrap().port, codec, hz);
            pool.connect(leg(id), t.remote());
            t
        });
        pool.bridge(leg(id - 1), leg(id));
        talkers.iter_mut().for_each(|t| t.phone.header.timestamp = u32::MAX - 3_000);
        pairs.push(talkers);
    }
    let heard = talk(&mut pairs.iter_mut().flatten().collect::<Vec<_>>(), 70);
    let codecs: Vec<Codec> = pairs.iter().flatten().map(|t| t.codec).collect();
    for (n, (heard, codec)) in heard.iter().zip(codecs).enumerate() {
        let sound = decoded(heard, codec);
        let (theirs, own) = if n % 2 == 0 { (900, 500) } else { (500, 900) };
        assert!(level(&sound, theirs) > -14.0, "{codec:?} {n} hears the other at {}", level(&sound, theirs));
        assert!(level(&sound, own) < -35.0, "{codec:?} {n} hears itself at {}", level(&sound, own));
        steady_clock(&heard[10..], codec.clock() / 50);
    }
    // A prompt is heard above, in each codec.
    for n in 1..=id {
        pool.play(leg(n), op(n), vec![Clip::Tone { hz: 2_000, ms: 60_000 }]);
    }
    let heard = talk(&mut pairs.iter_mut().flatten().collect::<Vec<_>>(), 40);
    for (t, heard) in pairs.iter().flatten().zip(&heard) {
        let sound = decoded(heard, t.codec);
        assert!(level(&sound, 2_000) > -16.0, "{:?}: {}", t.codec, level(&sound, 2_000));
    }
    pool.shutdown();
}

#[test]
fn two_legs_of_any_one_codec_are_relayed_under_each_others_payload_types() {
    let (pool, events) = pool(34_260, 10, 2);
    let mut a = Talker::new(pool.open(leg(1)).unwrap().port, Codec::Opus, 500);
    let mut b = Talker::new(pool.open(leg(2)).unwrap().port, Codec::Opus, 900);
    b.payload_type = 96;
    pool.connect(leg(1), RemoteRtp { dtmf_payload_type: Some(110), dtmf_also: Some(101), ..a.remote() });
    pool.connect(leg(2), RemoteRtp { dtmf_payload_type: Some(97), ..b.remote() });
    pool.bridge(leg(1), leg(2));
    talk(&mut [&mut a, &mut b], 10);
    // Not Opus at all: it can only have been relayed.
    a.phone.send(111, b"as it is");
    let end = Instant::now() + DEADLINE;
    while b.phone.hear().is_none_or(|h| (h.payload_type, &h.payload[..]) != (96, b"as it is")) {
        assert!(Instant::now() < end);
    }
    // Keys at 48 kHz pass as they are, those at 8 kHz are spelled anew.
    for pt in [110, 101] {
        a.phone.header.timestamp = a.phone.header.timestamp.wrapping_add(48_000);
        for end in [false, true] {
            a.phone.send(pt, &dtmf::Event { code: 3, end, duration: 1_920 }.write());
        }
        events_until(&events, |e| *e == MediaEvent::Digit { leg: leg(1), digit: '3' });
        let heard = talk(&mut [&mut a, &mut b], 15).swap_remove(1);
        let keys: Vec<_> = heard.iter().filter(|h| h.payload_type == 97).collect();
        assert!(keys.len() >= 2, "{pt}: {}", keys.len());
        let last = dtmf::Event::parse(&keys.last().unwrap().payload).unwrap();
        assert!(last.end && last.code == 3);
        if pt == 101 {
            assert_eq!(last.duration, 5 * 960, "in ticks of 48 kHz");
        }
    }
    pool.shutdown();
}

#[test]
fn a_far_end_that_switches_codec_mid_call_is_still_heard_in_a_bridge() {
    let (pool, _events) = pool(34_270, 10, 1);
    let also: Formats =
        [Codec::G729, Codec::G722, Codec::Opus].map(|c| Format { payload_type: pt(c), codec: c }).into_iter().collect();
    let mut a = Talker::new(pool.open(leg(1)).unwrap().port, Codec::Pcma, 500);
    let mut b = Talker::new(pool.open(leg(2)).unwrap().port, Codec::Pcma, 900);
    pool.connect(leg(1), RemoteRtp { also, ..a.remote() });
    pool.connect(leg(2), b.remote());
    pool.bridge(leg(1), leg(2));
    for codec in [Codec::Pcma, Codec::G729, Codec::Opus, Codec::G722, Codec::Pcmu, Codec::Pcma] {
        a.change(codec);
        let heard = talk(&mut [&mut a, &mut b], 45);
        let (a_hears, b_hears) = (pcm(&heard[0], Law::A), pcm(&heard[1], Law::A));
        assert!(level(&b_hears, 500) > -14.0, "{codec:?}: {}", level(&b_hears, 500));
        assert!(level(&a_hears, 900) > -13.0, "{codec:?}: {}", level(&a_hears, 900));
    }
    assert_eq!(pool.counters().rejects, 0);
    // By a new agreement: from now on G.729 goes out.
    pool.connect(leg(1), RemoteRtp { codec: Codec::G729, payload_type: 18, also, ..a.remote() });
    a.change(Codec::G729);
    let heard = talk(&mut [&mut a, &mut b], 60);
    assert!(level(&decoded(&heard[0], Codec::G729), 900) > -14.0);
    assert!(level(&pcm(&heard[1], Law::A), 500) > -14.0);
    pool.shutdown();
}

#[test]
fn packets_are_as_long_as_the_far_end_asks() {
    let (pool, _events) = pool(34_280, 20, 1);
    let cases = [(Codec::Pcma, 10, 80), (Codec::Pcmu, 30, 240), (Codec::G722, 40, 320), (Codec::G729, 60, 60)];
    let phones: Vec<Talker> = (1..=4)
        .zip(cases)
        .map(|(n, (codec, ptime_ms, _))| {
            let t = Talker::new(pool.open(leg(n)).unwrap().port, codec, 500);
            pool.connect(leg(n), RemoteRtp { ptime_ms, ..t.remote() });
            pool.play(leg(n), op(n), vec![Clip::Tone { hz: 700, ms: 60_000 }]);
            t
        })
        .collect();
    for (t, (codec, ptime_ms, octets)) in phones.iter().zip(cases) {
        let heard = t.phone.hear_packets(1_200 / usize::from(ptime_ms));
        assert!(heard.iter().all(|h| h.payload.len() == octets), "{codec:?}");
        steady_clock(&heard, u32::from(ptime_ms) * 8);
        let sound = decoded(&heard, codec);
        assert!(level(&sound, 700) > -14.0, "{codec:?}: {}", level(&sound, 700));
    }
    pool.shutdown();
}

#[test]
fn packets_of_every_length_are_heard() {
    let (pool, _events) = pool(34_300, 10, 1);
    let mut a = Talker::new(pool.open(leg(1)).unwrap().port, Codec::Pcma, 500);
    pool.connect(leg(1), a.remote());
    let (tap, mut ring) = rtrb::RingBuffer::new(80_000);
    pool.tap(leg(1), tap);
    for ms in [0_usize, 10, 30, 60, 100, 200] {
        // A second of each; empty packets are keep-alives.
        let start = Instant::now();
        for n in 0..1_000 / ms.max(20) {
            let mut pcm = vec![0; ms * 8];
            a.tone.fill(&mut pcm);
            let octets: Vec<u8> = pcm.iter().map(|s| Law::A.encode(*s)).collect();
            a.phone.send(8, &octets);
            a.phone.header.timestamp = a.phone.header.timestamp.wrapping_add(octets.len() as u32);
            let due = start + Duration::from_millis(ms.max(20) as u64 * (n as u64 + 1));
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
        }
        let mut heard = vec![0; ring.slots()];
        ring.pop_entire_slice(&mut heard).unwrap();
        if ms >= 20 {
            assert!(level(&heard, 500) > -13.0, "{ms} ms: {}", level(&heard, 500));
        }
    }
    assert_eq!(pool.counters().rejects, 0);
    pool.shutdown();
}
