use super::*;
use media::dtmf;
use model::telephony::Clip;

/// Both directions of a bridge: everybody hears the other and nobody hears himself.
fn assert_each_hears_the_other(heard: &[Vec<Heard>], laws: [Law; 2]) {
    let (a, b) = (pcm(&heard[0], laws[0]), pcm(&heard[1], laws[1]));
    assert!(level(&a, 900) > -13.0, "a hears b at {}", level(&a, 900));
    assert!(level(&b, 500) > -13.0, "b hears a at {}", level(&b, 500));
    assert!(level(&a, 500) < -40.0, "a hears itself at {}", level(&a, 500));
    assert!(level(&b, 900) < -40.0, "b hears itself at {}", level(&b, 900));
}

#[test]
fn two_legs_on_different_threads_are_relayed_unchanged() {
    let (pool, events) = pool(32_100, 10, 2);
    let (mut a, mut b) = (call(&pool, 1).saying(500), call(&pool, 2).saying(900));
    pool.bridge(leg(1), leg(2));
    let heard = converse(&mut [&mut a, &mut b], 60);
    assert_each_hears_the_other(&heard, [Law::A, Law::A]);
    // Relayed octets are those that were sent.
    let sent: Vec<u8> = {
        let mut t = Tone::new(900);
        let mut pcm = vec![0; 60 * FRAME];
        pcm.chunks_mut(FRAME).for_each(|c| t.fill(c));
        pcm.iter().map(|s| Law::A.encode(*s)).collect()
    };
    let got: Vec<u8> = heard[0].iter().rev().take(20).rev().flat_map(|h| h.payload.clone()).collect();
    assert!(sent.windows(got.len()).any(|w| w == got), "bit-exact");
    // Digits pass, too, and are reported.
    for end in [false, false, true, true, true] {
        a.send(101, &dtmf::Event { code: 7, end, duration: 320 }.write());
    }
    events_until(&events, |e| *e == MediaEvent::Digit { leg: leg(1), digit: '7' });
    let heard = converse(&mut [&mut a, &mut b], 10);
    assert_eq!(heard[1].iter().filter(|h| h.payload_type == 101).count(), 5);
    pool.leave(leg(2));
    converse(&mut [&mut a, &mut b], 5);
    let heard = converse(&mut [&mut a, &mut b], 30);
    assert!(level(&pcm(&heard[0], Law::A), 900) < -40.0, "apart again");
    assert!(heard[0].len() > 25, "and silence keeps the stream alive");
    pool.shutdown();
}

#[test]
fn different_laws_are_converted_and_a_prompt_is_mixed_above() {
    let (pool, _events) = pool(32_110, 10, 2);
    let mut a = call(&pool, 1).saying(500);
    let mut b = Phone::new(pool.open(leg(2)).unwrap().port).saying(900);
    b.header.payload_type = 0;
    pool.connect(leg(2), RemoteRtp { codec: Codec::Pcmu, payload_type: 0, ..b.remote() });
    pool.bridge(leg(1), leg(2));
    let heard = converse(&mut [&mut a, &mut b], 60);
    assert_each_hears_the_other(&heard, [Law::A, Law::Mu]);
    pool.play(leg(1), op(1), vec![Clip::Tone { hz: 2_000, ms: 10_000 }]);
    let heard = converse(&mut [&mut a, &mut b], 60);
    assert_each_hears_the_other(&heard, [Law::A, Law::Mu]);
    assert!(level(&pcm(&heard[0], Law::A), 2_000) > -13.0, "a hears the prompt as well");
    assert!(level(&pcm(&heard[1], Law::Mu), 2_000) < -40.0, "b does not");
    pool.shutdown();
}

#[test]
fn a_prompt_interrupts_the_relay_and_gives_way_to_it_again_on_one_clock() {
    let (pool, events) = pool(32_120, 10, 1);
    let (mut a, mut b) = (call(&pool, 1).saying(500), call(&pool, 2).saying(900));
    pool.bridge(leg(1), leg(2));
    let mut heard = converse(&mut [&mut a, &mut b], 20).swap_remove(0);
    pool.play(leg(1), op(1), vec![Clip::Tone { hz: 2_000, ms: 300 }]);
    heard.extend(converse(&mut [&mut a, &mut b], 40).swap_remove(0));
    events_until(&events, |e| matches!(e, MediaEvent::PlayDone { .. }));
    for w in heard.windows(2) {
        assert_eq!(w[1].sequence, w[0].sequence.wrapping_add(1));
        let step = w[1].timestamp.wrapping_sub(w[0].timestamp) as i32;
        assert!((0..=640).contains(&step), "clock moved by {step}");
    }
    let sound = pcm(&heard, Law::A);
    assert!(sound.chunks(800).any(|c| level_db(c, 2_000) > -13.0));
    assert!(level(&sound[sound.len() - 2_000..], 900) > -13.0);
    pool.shutdown();
}

#[test]
fn commands_follow_a_leg_that_changes_threads() {
    let (pool, events) = pool(32_130, 20, 3);
    let phones: Vec<Phone> = (1..=4).map(|n| call(&pool, n)).collect();
    for (a, b) in [(1, 2), (3, 2), (4, 3), (1, 4), (2, 1), (3, 2)] {
        pool.bridge(leg(a), leg(b));
        pool.play(leg(b), op(a * 10 + b), vec![Clip::Silence { ms: 1 }]);
    }
    for n in 1..=4 {
        pool.close(leg(n));
    }
    let mut closed = 0;
    let mut done = 0;
    while closed < 4 {
        for e in events_until(&events, |e| matches!(e, MediaEvent::Closed { .. })) {
            match e {
                MediaEvent::Closed { .. } => closed += 1,
                MediaEvent::PlayDone { .. } => done += 1,
                _ => {}
            }
        }
    }
    assert_eq!(done, 6, "every play ended once");
    assert_eq!(pool.counters().legs, 0);
    drop(phones);
    pool.shutdown();
}
