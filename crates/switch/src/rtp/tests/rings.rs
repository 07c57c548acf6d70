use super::*;
use media::goertzel::rms_db;
use model::telephony::{Clip, PlayOutcome};
use rtrb::{Consumer, RingBuffer};

/// Takes what a tap gives until `n` samples are there.
fn take(ring: &mut Consumer<i16>, n: usize, phone: &mut Phone) -> Vec<i16> {
    let mut got = vec![0; n];
    let mut have = 0;
    let end = Instant::now() + DEADLINE;
    while have < n {
        assert!(Instant::now() < end, "only {have} samples");
        converse(&mut [phone], 1);
        have += ring.pop_partial_slice(&mut got[have..]).0.len();
    }
    got
}

#[test]
fn a_tap_hears_the_far_end_without_a_gap_and_never_what_is_played() {
    let (pool, _events) = pool(32_400, 10, 1);
    let mut phone = call(&pool, 1).saying(500);
    pool.play(leg(1), op(1), vec![Clip::Tone { hz: 2_000, ms: 60_000 }]);
    let (tap, mut ring) = RingBuffer::new(16_000);
    pool.tap(leg(1), tap);
    let heard = take(&mut ring, 12_000, &mut phone);
    assert!(level(&heard, 500) > -13.0, "{}", level(&heard, 500));
    assert!(level(&heard, 2_000) < -40.0);
    assert_eq!(pool.counters().tap_samples_dropped, 0);
    pool.untap(leg(1));
    wait_until("the end of the tap", || ring.is_abandoned());
    let (tap, ring) = RingBuffer::new(16_000);
    pool.tap(leg(1), tap);
    pool.close(leg(1));
    wait_until("the end of the leg", || ring.is_abandoned());
    pool.shutdown();
}

#[test]
fn a_listener_that_sleeps_loses_sound_and_holds_up_nobody() {
    let (pool, _events) = pool(32_410, 10, 1);
    let mut phone = call(&pool, 1);
    let (tap, ring) = RingBuffer::new(480);
    pool.tap(leg(1), tap);
    let heard = converse(&mut [&mut phone], 50);
    assert!(heard[0].len() >= 45, "{}", heard[0].len());
    assert!(pool.counters().tap_samples_dropped >= 160 * 30);
    assert_eq!(ring.slots(), 480);
    pool.shutdown();
}

#[test]
fn two_bridged_legs_are_relayed_again_once_the_listener_has_gone() {
    let (pool, _events) = pool(32_420, 10, 1);
    let (mut a, mut b) = (call(&pool, 1).saying(500), call(&pool, 2).saying(900));
    pool.bridge(leg(1), leg(2));
    let (tap, mut ring) = RingBuffer::new(16_000);
    pool.tap(leg(1), tap);
    converse(&mut [&mut a, &mut b], 40);
    let mut heard = vec![0; ring.slots()];
    ring.pop_entire_slice(&mut heard).unwrap();
    assert!(level(&heard, 500) > -13.0 && level(&heard, 900) < -40.0);
    drop(ring);
    converse(&mut [&mut a, &mut b], 10);
    a.drain();
    // Octets of no sound at all pass only where packets are relayed.
    b.send(8, &[0x11; 33]);
    let end = Instant::now() + DEADLINE;
    while a.hear().is_none_or(|h| h.payload != [0x11; 33]) {
        assert!(Instant::now() < end, "relayed again");
    }
    pool.shutdown();
}

#[test]
fn a_stream_plays_what_is_written_and_is_done_when_let_go() {
    let (pool, events) = pool(32_430, 10, 1);
    let phone = call(&pool, 1);
    let (mut speaker, ring) = RingBuffer::new(8_000);
    pool.play(leg(1), op(1), vec![Clip::Silence { ms: 60_000 }]);
    pool.stream(leg(1), op(2), ring);
    let mut tone = vec![0; 2_400];
    Tone::new(700).fill(&mut tone);
    // Two bursts with nothing between them.
    speaker.push_entire_slice(&tone).unwrap();
    wait_until("the first burst is taken", || speaker.slots() == 8_000);
    phone.hear_packets(10);
    phone.drain();
    assert!(phone.hear_packets(5).iter().all(|h| rms_db(&pcm(std::slice::from_ref(h), Law::A)) < -60.0), "underrun is silence");
    speaker.push_entire_slice(&tone).unwrap();
    drop(speaker);
    let heard = pcm(&phone.hear_packets(16), Law::A);
    assert!(heard.chunks(1_600).any(|c| level_db(c, 700) > -13.0));
    let done = events_until(&events, |e| matches!(e, MediaEvent::PlayDone { op: OpId(2), .. }));
    let ends: Vec<_> = done.iter().filter(|e| matches!(e, MediaEvent::PlayDone { .. })).collect();
    assert!(matches!(ends[0], MediaEvent::PlayDone { op: OpId(1), outcome: PlayOutcome::Stopped, .. }));
    assert_eq!(ends[1], &MediaEvent::PlayDone { leg: leg(1), op: op(2), outcome: PlayOutcome::Finished, played_ms: 600 });
    // A stream that is stopped tells its speaker.
    let (speaker, ring) = RingBuffer::new(8_000);
    pool.stream(leg(1), op(3), ring);
    pool.stop_play(leg(1));
    events_until(&events, |e| matches!(e, MediaEvent::PlayDone { op: OpId(3), outcome: PlayOutcome::Stopped, .. }));
    assert!(speaker.is_abandoned());
    pool.shutdown();
}
