use super::*;
use media::dtmf;
use model::{
    MixId,
    telephony::{Clip, PlayOutcome, Role},
};

const MIX: MixId = MixId(7);
const TONES: [u16; 4] = [500, 900, 1_300, 2_100];

fn sounds(phones: &mut [Phone], frames: u32) -> Vec<Vec<i16>> {
    let heard = converse(&mut phones.iter_mut().collect::<Vec<_>>(), frames);
    heard.iter().map(|h| pcm(h, Law::A)).collect()
}

/// Who hears whom, as rows of `hears[listener][speaker]`.
fn hears(sounds: &[Vec<i16>]) -> Vec<Vec<bool>> {
    let row = |s: &Vec<i16>| TONES[..sounds.len()].iter().map(|hz| level(s, *hz) > -20.0).collect();
    sounds.iter().map(row).collect()
}

#[test]
fn everybody_hears_everybody_else_at_the_level_they_speak_whatever_thread_they_came_from() {
    let (pool, _events) = pool(32_500, 10, 3);
    // Opened first, so that they begin on different threads.
    let mut phones: Vec<Phone> = (1..=3).map(|n| call(&pool, n).saying(TONES[n as usize - 1])).collect();
    for n in 1..=3 {
        pool.join(MIX, leg(n), Role::Talker);
    }
    let got = sounds(&mut phones, 60);
    assert_eq!(hears(&got), [[false, true, true], [true, false, true], [true, true, false]]);
    let mut pure = vec![0; 4_000];
    Tone::new(900).fill(&mut pure);
    let (spoken, heard) = (level(&pure, 900), level(&got[0], 900));
    assert!((spoken - heard).abs() < 1.0, "said at {spoken}, heard at {heard}");
    for (own, sound) in got.iter().enumerate() {
        assert!(level(sound, TONES[own]) < -40.0, "{own} hears itself at {}", level(sound, TONES[own]));
    }
    // One dies without a word, one goes: those that stay hear each other.
    pool.close(leg(2));
    let got = sounds(&mut phones, 40);
    assert!(hears(&got)[0][2] && hears(&got)[2][0]);
    assert!(!hears(&got)[0][1]);
    pool.leave(leg(3));
    let got = sounds(&mut phones, 40);
    assert!(hears(&got)[0].iter().all(|h| !h), "alone in the mix");
    pool.join(MIX, leg(3), Role::Talker);
    let got = sounds(&mut phones, 40);
    assert!(hears(&got)[0][2] && hears(&got)[2][0]);
    pool.shutdown();
}

#[test]
fn supervisors_listen_whisper_and_barge_in() {
    let (pool, _events) = pool(32_520, 10, 2);
    let mut phones: Vec<Phone> = (1..=3).map(|n| call(&pool, n).saying(TONES[n as usize - 1])).collect();
    for n in 1..=3 {
        pool.join(MIX, leg(n), Role::Talker);
    }
    let together = [[false, true], [true, false]];
    for (role, heard_by) in [
        (Role::Listener, [false, false]),
        (Role::Whisperer { to: leg(2) }, [false, true]),
        (Role::Talker, [true, true]),
        (Role::Listener, [false, false]),
    ] {
        pool.join(MIX, leg(3), role);
        converse(&mut phones.iter_mut().collect::<Vec<_>>(), 10);
        let got = hears(&sounds(&mut phones, 30));
        assert_eq!([&got[0][..2], &got[1][..2]], [&together[0][..], &together[1][..]], "{role:?}");
        assert_eq!(got[2], [true, true, false], "a supervisor hears all: {role:?}");
        assert_eq!([got[0][2], got[1][2]], heard_by, "{role:?}");
    }
    pool.shutdown();
}

#[test]
fn a_party_may_be_muted_or_set_aside_and_prompts_reach_one_or_all() {
    let (pool, events) = pool(32_540, 10, 1);
    let mut phones: Vec<Phone> = (1..=3).map(|n| call(&pool, n).saying(TONES[n as usize - 1])).collect();
    for n in 1..=3 {
        pool.join(MIX, leg(n), Role::Talker);
    }
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("muted.wav");
    pool.record(leg(1), op(1), file.clone(), media::record::Format::AlawWav);
    pool.mute(leg(1), true);
    pool.hold(leg(2), true);
    converse(&mut phones.iter_mut().collect::<Vec<_>>(), 10);
    let got = hears(&sounds(&mut phones, 40));
    assert_eq!(got, [[false, false, true], [false; 3], [false; 3]]);
    pool.play(leg(2), op(2), vec![Clip::Tone { hz: 2_100, ms: 60_000 }]);
    converse(&mut phones.iter_mut().collect::<Vec<_>>(), 10);
    let got = sounds(&mut phones, 30);
    let prompted: Vec<bool> = got.iter().map(|s| level(s, 2_100) > -20.0).collect();
    assert_eq!(prompted, [false, true, false], "music for the one on hold");
    pool.stop_play(leg(2));
    pool.stop_record(leg(1), op(1));
    events_until(&events, |e| matches!(e, MediaEvent::RecordDone { .. }));
    let bytes = std::fs::read(file).unwrap();
    let mut left = Vec::new();
    media::wav::Wav::parse(&bytes).unwrap().for_each_frame(|f| left.push((f[0] * 32_768.0) as i16));
    assert!(level(&left, 500) > -13.0, "who is muted is recorded all the same");
    pool.mute(leg(1), false);
    pool.hold(leg(2), false);
    pool.announce(leg(3), op(3), vec![Clip::Tone { hz: 2_100, ms: 600 }]);
    let got = sounds(&mut phones, 25);
    for (n, sound) in got.iter().enumerate() {
        assert!(level(sound, 2_100) > -20.0, "{n} hears the announcement at {}", level(sound, 2_100));
    }
    let got = hears(&sounds(&mut phones, 40));
    assert_eq!(got, [[false, true, true], [true, false, true], [true, true, false]], "as before");
    let done = events_until(&events, |e| matches!(e, MediaEvent::PlayDone { op: OpId(3), .. }));
    assert!(matches!(done.last(), Some(MediaEvent::PlayDone { outcome: PlayOutcome::Finished, played_ms: 600, .. })));
    pool.shutdown();
}

#[test]
fn keys_are_reported_and_neither_heard_nor_passed_on() {
    let (pool, events) = pool(32_560, 10, 1);
    let mut phones: Vec<Phone> = (1..=2).map(|n| call(&pool, n).saying(TONES[n as usize - 1])).collect();
    pool.join(MIX, leg(1), Role::Talker);
    pool.join(MIX, leg(2), Role::Talker);
    converse(&mut phones.iter_mut().collect::<Vec<_>>(), 20);
    phones[1].drain();
    // The gateway sends the tone along with the events.
    for n in 1..=10_u16 {
        phones[0].send(101, &dtmf::Event { code: 5, end: n == 10, duration: n * 160 }.write());
        converse(&mut phones.iter_mut().collect::<Vec<_>>(), 1);
    }
    let heard = phones[1].hear_packets(1);
    assert!(heard.iter().all(|h| h.payload_type == 8), "no event goes to the others");
    let got = events_until(&events, |e| matches!(e, MediaEvent::Digit { .. }));
    assert_eq!(got.last(), Some(&MediaEvent::Digit { leg: leg(1), digit: '5' }));
    pool.shutdown();
}

#[test]
fn fifty_parties_hear_the_one_who_speaks() {
    let (pool, _events) = pool(34_000, 110, 1);
    let mut phones: Vec<Phone> = (1..=50).map(|n| call(&pool, n)).collect();
    phones[49] = std::mem::replace(&mut phones[49], Phone::new(9)).saying(900);
    for n in 1..=50 {
        pool.join(MIX, leg(n), Role::Talker);
    }
    let got = sounds(&mut phones, 50);
    for (n, sound) in got.iter().enumerate() {
        assert!(sound.len() >= 40 * FRAME, "{n} heard {} samples", sound.len());
        assert_eq!(level(sound, 900) > -13.0, n != 49, "{n}: {}", level(sound, 900));
    }
    pool.shutdown();
}

#[test]
fn a_bridge_takes_legs_out_of_a_mix_and_back() {
    let (pool, _events) = pool(32_580, 10, 2);
    let mut phones: Vec<Phone> = (1..=4).map(|n| call(&pool, n).saying(TONES[n as usize - 1])).collect();
    for n in 1..=4 {
        pool.join(MIX, leg(n), Role::Talker);
    }
    pool.bridge(leg(1), leg(2));
    converse(&mut phones.iter_mut().collect::<Vec<_>>(), 10);
    let got = hears(&sounds(&mut phones, 40));
    let pairs =
        [[false, true, false, false], [true, false, false, false], [false, false, false, true], [false, false, true, false]];
    assert_eq!(got, pairs);
    // A mix of its own with the same parties, in any order.
    for n in [4, 1, 3, 2] {
        pool.join(MixId(8), leg(n), Role::Talker);
    }
    pool.close(leg(4));
    converse(&mut phones.iter_mut().collect::<Vec<_>>(), 10);
    let got = hears(&sounds(&mut phones, 40));
    assert_eq!(got[..3], [[false, true, true, false], [true, false, true, false], [true, true, false, false]]);
    pool.shutdown();
}
