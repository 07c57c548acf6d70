use super::*;
use crate::{FRAME, RATE};
use proptest::prelude::*;
use std::f32::consts::TAU;
use std::sync::Arc;

/// Full scale of A-law in dBm0 (G.711).
const OVERLOAD: f32 = 314.0 / 100.0;

fn amplitude(dbm0: f32) -> f32 {
    32_767.0 * 10.0_f32.powf((dbm0 - OVERLOAD) / 20.0)
}

fn tone(hz: &[f32], ms: u32, dbm0: f32) -> Vec<i16> {
    let each = amplitude(dbm0) / (hz.len() as f32).sqrt();
    let at = |i: u32| hz.iter().map(|hz| (TAU * hz * i as f32 / RATE as f32).sin() * each).sum::<f32>() as i16;
    (0..ms * 8).map(at).collect()
}

fn quiet(ms: u32) -> Vec<i16> {
    vec![0; ms as usize * 8]
}

fn noisy(mut sound: Vec<i16>, dbm0: f32) -> Vec<i16> {
    // Uniform noise of this level.
    let peak = amplitude(dbm0) / 2.0_f32.sqrt() * 1.732;
    let mut seed = 7_u32;
    for s in &mut sound {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *s = s.saturating_add(((seed >> 8) as f32 / 8_388_608.0 * peak - peak) as i16);
    }
    sound
}

/// Something with the rhythm and the harmonics of a voice; `seed` chooses its words.
fn voice(ms: u32, seed: u32) -> Vec<i16> {
    let mut rng = seed.wrapping_mul(747_796_405).wrapping_add(1);
    let mut next = || {
        rng = rng.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (rng >> 8) as f32 / 16_777_216.0
    };
    let mut out = Vec::new();
    let mut phase = 0.0_f32;
    while out.len() < ms as usize * 8 {
        let (pitch, formant, second) = (110.0 + 90.0 * next(), 300.0 + 500.0 * next(), 900.0 + 1_400.0 * next());
        let n = (900.0 + 1_100.0 * next()) as usize;
        for i in 0..n {
            phase = (phase + TAU * pitch / RATE as f32) % TAU;
            let envelope = (std::f32::consts::PI * i as f32 / n as f32).sin();
            let mut s = 0.0;
            for h in 1..=20 {
                let f = pitch * h as f32;
                let gain = (-((f - formant) / 150.0).powi(2)).exp() + 0.5 * (-((f - second) / 200.0).powi(2)).exp() + 0.03;
                s += gain * (phase * h as f32).sin();
            }
            out.push((s * envelope * 5_000.0) as i16);
        }
    }
    out.truncate(ms as usize * 8);
    out
}

fn hear(mut ears: Listener, sound: &[i16]) -> Vec<Verdict> {
    sound.as_chunks::<FRAME>().0.iter().filter_map(|f| ears.on_frame(f)).collect()
}

fn early(sound: &[i16]) -> Vec<Class> {
    hear(Listener::new(ListenerConfig::default(), Arc::default()), sound).into_iter().map(|v| v.class).collect()
}

fn answered(sound: &[i16]) -> Vec<Verdict> {
    let mut ears = Listener::new(ListenerConfig::default(), Arc::default());
    ears.answered();
    hear(ears, sound)
}

fn classes(v: &[Verdict]) -> Vec<Class> {
    v.iter().map(|v| v.class).collect()
}

fn beats(hz: &[f32], on: u32, off: u32, n: usize, db: f32) -> Vec<i16> {
    let mut out = quiet(300);
    for _ in 0..n {
        out.extend(tone(hz, on, db));
        out.extend(quiet(off));
    }
    out
}

#[test]
fn the_450_hz_plan_is_heard_at_every_level_a_little_off_and_in_noise() {
    for db in [-40.0, -25.0, -10.0, -5.0] {
        for off in [0.98, 1.0, 1.02] {
            let hz = [450.0 * off];
            for noise in [-80.0, db - 12.0] {
                let case = format!("{db} dBm0 × {off}, noise {noise}");
                assert_eq!(early(&noisy(beats(&hz, 1_000, 4_000, 2, db), noise)), [Class::Ringing], "{case}");
                assert_eq!(early(&noisy(beats(&hz, 350, 350, 5, db), noise)), [Class::Busy], "{case}");
                assert_eq!(early(&noisy(beats(&hz, 700, 700, 3, db), noise)), [Class::Congestion], "{case}");
            }
        }
    }
}

#[test]
fn other_plans_and_the_special_information_tone() {
    let mut sit = quiet(200);
    for hz in [950.0, 1_400.0, 1_800.0] {
        sit.extend(tone(&[hz], 330, -15.0));
    }
    sit.extend(quiet(300));
    assert_eq!(early(&sit), [Class::Information]);
    assert_eq!(early(&beats(&[480.0, 620.0], 500, 500, 3, -12.0)), [Class::Busy]);
    assert_eq!(early(&beats(&[480.0, 620.0], 250, 250, 4, -12.0)), [Class::Congestion]);
    let table = vec![Cadence::simple("house tone", Class::Busy, &[600.0], 200, 200, 3)];
    let config = ListenerConfig { cadences: Arc::new(table), ..ListenerConfig::default() };
    let got = hear(Listener::new(config, Arc::default()), &beats(&[600.0], 200, 200, 4, -20.0));
    assert_eq!(classes(&got), [Class::Busy]);
    assert!(got[0].evidence.contains("house tone") && got[0].evidence.contains("600 Hz"), "{}", got[0].evidence);
}

#[test]
fn tones_that_are_no_cadence_say_nothing() {
    assert!(early(&beats(&[450.0], 200, 900, 5, -10.0)).is_empty());
    assert!(early(&beats(&[500.0], 350, 350, 5, -10.0)).is_empty());
    assert!(early(&noisy(quiet(8_000), -20.0)).is_empty());
    assert!(early(&voice(8_000, 3)).is_empty());
}

#[test]
fn fax_tones() {
    let sound = |s: Vec<i16>| [quiet(500), s, quiet(600)].concat();
    assert_eq!(classes(&answered(&sound(tone(&[1_100.0], 500, -20.0)))), [Class::Fax]);
    let ced = answered(&sound(tone(&[2_100.0], 2_600, -20.0)));
    assert_eq!(classes(&ced), [Class::Fax]);
    assert!(ced[0].at_ms < 1_500, "{}", ced[0].at_ms);
    let mut turned = tone(&[2_100.0], 450, -20.0);
    for n in 1..6 {
        let piece = tone(&[2_100.0], 450, -20.0);
        turned.extend(piece.iter().map(|s| if n % 2 == 1 { -s } else { *s }));
    }
    let ansam = answered(&sound(turned));
    assert_eq!(classes(&ansam), [Class::Fax]);
    assert!(ansam[0].evidence.contains("2100"), "{}", ansam[0].evidence);
}

#[test]
fn people_say_a_little_and_wait_machines_go_on_and_beep() {
    let person = [quiet(600), voice(700, 1), quiet(1_500)].concat();
    let got = answered(&noisy(person, -60.0));
    assert_eq!(classes(&got), [Class::Human], "{got:?}");
    assert!(got[0].at_ms < 600 + 700 + 700, "{got:?}");
    let machine = [quiet(400), voice(4_000, 2), quiet(400), tone(&[1_000.0], 400, -15.0), quiet(1_000)].concat();
    let got = answered(&noisy(machine, -60.0));
    assert_eq!(classes(&got), [Class::Machine, Class::Beep], "{got:?}");
    assert!(got[1].evidence.contains("1000 Hz"), "{}", got[1].evidence);
    assert!((4_900..5_500).contains(&got[1].at_ms), "{}", got[1].at_ms);
}

#[test]
fn a_machine_without_a_beep_is_spoken_to_after_its_silence() {
    let got = answered(&noisy([quiet(400), voice(4_000, 2), quiet(3_500)].concat(), -60.0));
    assert_eq!(classes(&got), [Class::Machine, Class::Beep]);
    assert_eq!(got[1].means, Means::Timing);
}

#[test]
fn silence_and_comfort_noise_are_dead_air() {
    for noise in [-90.0, -60.0, -52.0] {
        let got = answered(&noisy(quiet(7_000), noise));
        assert_eq!(classes(&got), [Class::Silence, Class::DeadAir], "{noise}");
        assert_eq!(got[1].at_ms, 6_000);
    }
}

fn entry(id: u64, class: Class, sound: &[i16]) -> Entry {
    Entry { id, name: format!("entry {id}"), class, print: Print::of(sound).unwrap() }
}

#[test]
fn a_known_announcement_is_found_from_anywhere_in_it_and_a_strange_one_is_not() {
    let known: Vec<Vec<i16>> = (0..40).map(|n| voice(4_000, 100 + n)).collect();
    let classes = [Class::Invalid, Class::Off, Class::Suspended, Class::Busy];
    let entries = known.iter().enumerate().map(|(i, s)| entry(i as u64, classes[i % 4], s));
    let library = Library::build(entries.collect());
    for (i, sound) in known.iter().enumerate() {
        let late = &noisy(sound[(i % 7) * 1_000..].iter().map(|s| s / 4).collect(), -45.0);
        let (found, at_ms) = library.find(late).unwrap_or_else(|| panic!("entry {i} is not found"));
        assert_eq!((found.id, found.class), (i as u64, classes[i % 4]));
        assert!(at_ms <= 3_600, "{at_ms}");
    }
    for n in 0..40 {
        assert_eq!(library.find(&voice(6_000, 9_000 + n)), None, "stranger {n}");
    }
}

#[test]
fn what_two_classes_begin_with_decides_nothing() {
    let common = voice(1_600, 5);
    let off = [common.clone(), voice(1_500, 6)].concat();
    let invalid = [common.clone(), voice(1_500, 7)].concat();
    let library = Library::build(vec![entry(1, Class::Off, &off), entry(2, Class::Invalid, &invalid)]);
    assert_eq!(library.find(&common), None);
    assert_eq!(library.find(&off).map(|f| f.0.id), Some(1));
    assert_eq!(library.find(&invalid).map(|f| f.0.id), Some(2));
    // Not even where nobody has marked the other one.
    let alone = Library::build(vec![entry(1, Class::Off, &off)]);
    assert_eq!(alone.find(&invalid), None);
    assert_eq!(alone.find(&off).map(|f| f.0.id), Some(1));
}

#[test]
fn prints_are_kept_as_bytes_and_refuse_what_is_none() {
    let print = Print::of(&[quiet(500), voice(2_000, 8), quiet(700)].concat()).unwrap();
    assert!((1_800..2_300).contains(&print.duration_ms()), "{}", print.duration_ms());
    let again = Print::from_bytes(&print.to_bytes()).unwrap();
    assert_eq!(again.to_bytes(), print.to_bytes());
    assert_eq!(Print::of(&quiet(3_000)), Err(PrintError::TooShort));
    assert_eq!(Print::of(&voice(21_000, 1)), Err(PrintError::TooLong));
    for bad in [&[][..], &[1, 2, 3], &[0; 5 * 30], &[1; 5 * 2_000]] {
        assert_eq!(Print::from_bytes(bad), Err(PrintError::Damaged));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_sound_is_borne(frames in proptest::collection::vec((any::<i16>(), any::<i16>(), 0_u8..4), 1..300), say in any::<bool>()) {
        let library = Arc::new(Library::build(vec![entry(1, Class::Off, &voice(2_000, 1))]));
        let mut ears = Listener::new(ListenerConfig::default(), library);
        for (n, (a, b, kind)) in frames.into_iter().enumerate() {
            if say && n == 50 {
                ears.answered();
            }
            let frame: [i16; FRAME] = std::array::from_fn(|i| match kind {
                0 => a,
                1 => if i % 2 == 0 { a } else { b },
                2 => (i as i16).wrapping_mul(a),
                _ => 0,
            });
            if let Some(v) = ears.on_frame(&frame) {
                prop_assert!(v.confidence >= 0.0 && v.confidence <= 1.0 && !v.evidence.is_empty());
            }
        }
    }
}
