use super::*;
use proptest::prelude::*;

/// Something like a voice: a pitch that moves, a few formants, pauses.
fn voice(n: usize) -> Vec<i16> {
    let mut phase = 0.0_f32;
    (0..n)
        .map(|i| {
            let t = i as f32 / 8_000.0;
            phase += std::f32::consts::TAU * (125.0 + 20.0 * (3.0 * t).sin()) / 8_000.0;
            let loud = (0.5 + 0.5 * (9.0 * t).sin()).powi(2);
            let tone: f32 = (1..20).map(|k| (phase * k as f32).sin() / (1.0 + (k as f32 - 4.0).abs())).sum();
            (4_000.0 * loud * tone) as i16
        })
        .collect()
}

/// Sound there and back, and the samples it came late.
fn there_and_back(codec: Codec, sound: &[i16]) -> Vec<i16> {
    let (mut encoder, mut decoder) = (Encoder::new(codec), Decoder::new(codec));
    let mut back = Vec::new();
    for frame in sound.as_chunks::<FRAME>().0 {
        let mut packet = [0; ENCODED_MAX];
        let n = encoder.encode(frame, &mut packet);
        assert!(n > 0);
        assert_eq!(codec.samples_in(&packet[..n]), FRAME, "{codec:?}");
        let mut out = [0; SAMPLES_MAX];
        assert_eq!(decoder.decode(&packet[..n], &mut out), Ok(FRAME));
        back.extend(&out[..FRAME]);
    }
    back
}

/// The best likeness (correlation) over delays up to 20 ms, and the delay.
fn likeness(a: &[i16], b: &[i16]) -> (f32, usize) {
    let at = |delay: usize| {
        let (mut ab, mut aa, mut bb) = (0.0_f64, 1.0_f64, 1.0_f64);
        for (x, y) in a.iter().zip(&b[delay..]) {
            let (x, y) = (f64::from(*x), f64::from(*y));
            (ab, aa, bb) = (ab + x * y, aa + x * x, bb + y * y);
        }
        (ab / (aa * bb).sqrt()) as f32
    };
    (0..160).map(|d| (at(d), d)).max_by(|a, b| a.0.total_cmp(&b.0)).unwrap()
}

fn level_db(s: &[i16]) -> f64 {
    let sum: f64 = s.iter().map(|v| f64::from(*v).powi(2)).sum();
    10.0 * (sum / s.len() as f64 + 1e-6).log10()
}

#[test]
fn every_codec_says_again_what_it_heard() {
    let sound = voice(16_000);
    for (codec, least) in
        [(Codec::Pcma, 0.999), (Codec::Pcmu, 0.999), (Codec::G722, 0.99), (Codec::G729, 0.85), (Codec::Opus, 0.9)]
    {
        let back = there_and_back(codec, &sound);
        let (like, delay) = likeness(&sound, &back);
        assert!(like > least, "{codec:?}: {like} at {delay}");
        let change = level_db(&back[delay..]) - level_db(&sound);
        assert!(change.abs() < 1.0, "{codec:?}: {change} dB");
    }
}

#[test]
fn names_and_numbers_are_those_of_the_standards() {
    for c in Codec::ALL {
        assert!(c.rtpmap().starts_with(&format!("{}/{}", c.name(), c.clock())));
        assert_eq!(Codec::from_rtpmap(&c.name().to_lowercase(), c.clock()), Some(c));
        if let Some(pt) = c.static_payload_type() {
            assert_eq!(Codec::from_static_payload_type(pt), Some(c));
        }
    }
    assert_eq!(Codec::from_rtpmap("PCMA", 16_000), None);
    assert_eq!(Codec::from_rtpmap("opus", 8_000), None);
    assert_eq!(Codec::from_static_payload_type(3), None);
}

#[test]
fn a_packet_may_be_long_or_short() {
    let sound = voice(16_000);
    for codec in [Codec::Pcma, Codec::Pcmu, Codec::G722, Codec::G729] {
        let mut encoder = Encoder::new(codec);
        let mut stream = Vec::new();
        for frame in sound.as_chunks::<FRAME>().0 {
            let mut packet = [0; ENCODED_MAX];
            let n = encoder.encode(frame, &mut packet);
            stream.extend(&packet[..n]);
        }
        let octets_in_ten_ms = stream.len() / 200;
        let whole = {
            let mut d = Decoder::new(codec);
            stream.chunks(2 * octets_in_ten_ms).flat_map(|p| decoded(&mut d, p).unwrap()).collect::<Vec<_>>()
        };
        for tens in [1, 3, 6, 10, 20] {
            let mut d = Decoder::new(codec);
            let got: Vec<i16> = stream.chunks(tens * octets_in_ten_ms).flat_map(|p| decoded(&mut d, p).unwrap()).collect();
            assert_eq!(got, whole, "{codec:?} {tens}0 ms");
        }
        assert_eq!(decoded(&mut Decoder::new(codec), &stream[..21 * octets_in_ten_ms]), Err(CodecError::TooLong));
    }
    // Odd lengths: every octet of these is a sample, an odd one of G.729 is none.
    assert_eq!(decoded(&mut Decoder::new(Codec::Pcma), &[1; 33]).unwrap().len(), 33);
    assert_eq!(decoded(&mut Decoder::new(Codec::G722), &[1; 33]).unwrap().len(), 33);
    assert_eq!(decoded(&mut Decoder::new(Codec::G729), &[1; 33]), Err(CodecError::Damaged));
    for codec in Codec::ALL {
        assert_eq!(decoded(&mut Decoder::new(codec), &[]), Ok(vec![]));
    }
}

fn decoded(d: &mut Decoder, payload: &[u8]) -> Result<Vec<i16>, CodecError> {
    let mut out = [0; SAMPLES_MAX];
    d.decode(payload, &mut out).map(|n| out[..n].to_vec())
}

/// Opus of every packet length it has: 2.5 to 120 ms.
#[test]
fn opus_packets_of_any_length_are_decoded() {
    use ::opus::{Application, Channels};
    for samples in [20, 40, 80, 160, 320, 480, 640, 800, 960] {
        let mut far = ::opus::Encoder::new(8_000, Channels::Mono, Application::Voip).unwrap();
        let mut d = Decoder::new(Codec::Opus);
        let sound = voice(9_600);
        let mut back = Vec::new();
        for chunk in sound.chunks_exact(samples) {
            let packet = far.encode_vec(chunk, 1_275).unwrap();
            assert_eq!(Codec::Opus.samples_in(&packet), samples);
            back.extend(decoded(&mut d, &packet).unwrap());
        }
        let (like, _) = likeness(&sound[..back.len() - 200], &back);
        assert!(like > 0.9, "{samples}: {like}");
    }
    // Stereo at full band, as browsers send it.
    let mut far = ::opus::Encoder::new(48_000, Channels::Stereo, Application::Audio).unwrap();
    let mut d = Decoder::new(Codec::Opus);
    let wide: Vec<i16> =
        (0..48_000).flat_map(|i| [(8_000.0 * (std::f32::consts::TAU * 440.0 * i as f32 / 48_000.0).sin()) as i16; 2]).collect();
    let back: Vec<i16> =
        wide.chunks_exact(1_920).flat_map(|c| decoded(&mut d, &far.encode_vec(c, 1_275).unwrap()).unwrap()).collect();
    assert_eq!(back.len(), 8_000);
    assert!((level_db(&back[1_000..]) - level_db(&wide)).abs() < 1.0);
}

#[test]
fn a_lost_frame_is_filled_by_every_codec_and_from_the_next_opus_packet_best() {
    let sound = voice(16_000);
    for codec in Codec::ALL {
        let (mut encoder, mut decoder) = (Encoder::new(codec), Decoder::new(codec));
        let mut packets = Vec::new();
        for frame in sound.as_chunks::<FRAME>().0 {
            let mut packet = [0; ENCODED_MAX];
            let n = encoder.encode(frame, &mut packet);
            packets.push(packet[..n].to_vec());
        }
        let whole = there_and_back(codec, &sound);
        let (mut back, mut filled) = (Vec::new(), 0.0);
        for (i, p) in packets.iter().enumerate() {
            if i % 10 == 9 {
                let mut out = [0; FRAME];
                decoder.recover(packets.get(i + 1).map(Vec::as_slice), &mut out);
                let real = level_db(&whole[i * FRAME..][..FRAME]);
                if real > 50.0 {
                    filled += level_db(&out) - real;
                }
                back.extend(out);
            } else {
                back.extend(decoded(&mut decoder, p).unwrap());
            }
        }
        assert!(filled > -60.0, "{codec:?}: {filled} dB over ten gaps");
        let (like, _) = likeness(&sound, &back);
        // What G.729 goes on with after a gap is in another phase; its ear is its level above.
        let least = match codec {
            Codec::Opus => 0.88,
            Codec::G729 => 0.5,
            _ => 0.9,
        };
        assert!(like > least, "{codec:?}: {like}");
    }
}

#[test]
fn silence_frames_of_g729_are_comfort_noise() {
    let mut far = g729_sys::Encoder::new(true);
    let mut d = Decoder::new(Codec::G729);
    let mut seed = 1_u32;
    let mut sids = 0;
    let mut levels = Vec::new();
    for i in 0..300 {
        let frame: [i16; 80] = std::array::from_fn(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((seed >> 16) as i16) / if i < 100 { 8 } else { 300 }
        });
        let packet = far.encode(&frame);
        let mut out = [0; SAMPLES_MAX];
        if packet.is_empty() {
            d.conceal(&mut out[..80]);
        } else {
            assert_eq!(d.decode(&packet, &mut out), Ok(80));
            sids += usize::from(packet.len() == 2);
        }
        levels.push(level_db(&out[..80]));
    }
    assert!(sids > 0);
    let last = levels[250..].iter().sum::<f64>() / 50.0;
    assert!((15.0..50.0).contains(&last), "{last}");
}

#[test]
fn a_buffer_too_short_is_refused() {
    for codec in Codec::ALL {
        assert_eq!(Encoder::new(codec).encode(&[100; FRAME], &mut [0; ENCODED_MAX - 1]), 0);
    }
}

proptest! {
    #[test]
    fn garbage_never_panics(packets in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..300), 1..20), lost in any::<u32>()) {
        for codec in Codec::ALL {
            let mut d = Decoder::new(codec);
            for (i, p) in packets.iter().enumerate() {
                let mut out = [0; SAMPLES_MAX];
                if lost >> (i % 32) & 1 == 1 {
                    d.recover(Some(p), &mut out[..p.len()]);
                } else if let Ok(n) = d.decode(p, &mut out) {
                    prop_assert!(n <= SAMPLES_MAX);
                    prop_assert_eq!(n, codec.samples_in(p));
                }
            }
        }
    }

    #[test]
    fn any_sound_is_encoded(samples in proptest::collection::vec(any::<i16>(), FRAME)) {
        let frame: [i16; FRAME] = samples.try_into().unwrap();
        for codec in Codec::ALL {
            let mut e = Encoder::new(codec);
            for _ in 0..3 {
                let mut out = [0; ENCODED_MAX];
                let n = e.encode(&frame, &mut out);
                prop_assert!(n > 0);
                prop_assert_eq!(codec.samples_in(&out[..n]), FRAME);
            }
        }
    }
}
