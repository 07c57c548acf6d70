use super::*;
use media::{dtmf, g711::ALAW_SILENCE, goertzel};
use model::telephony::{Clip, PlayOutcome};
use std::io::Write;

fn clip(octets: &[u8]) -> (tempfile::NamedTempFile, Clip) {
    let mut f = tempfile::NamedTempFile::new().unwrap();
    f.write_all(octets).unwrap();
    let path = f.path().to_str().unwrap().to_owned();
    (f, Clip::File { path })
}

fn pattern(n: usize, seed: usize) -> Vec<u8> {
    (0..n).map(|i| ((i * 7 + i / 160 + seed) % 200) as u8).collect()
}

#[test]
fn files_arrive_bit_exact_joined_in_order_and_at_pace() {
    let (pool, events) = pool(32_000, 10, 1);
    let phone = call(&pool, 1);
    let (first, second) = (pattern(8_037, 1), pattern(4_011, 90));
    let (_a, a) = clip(&first);
    let (_e, empty) = clip(&[]);
    let (_b, b) = clip(&second);
    pool.play(leg(1), op(5), vec![a, empty, b, Clip::Silence { ms: 15 }]);
    let heard = phone.hear_packets(100);
    let sound: Vec<u8> = heard.iter().flat_map(|h| h.payload.clone()).collect();
    let whole = [first, second].concat();
    let at = sound.iter().position(|o| *o != ALAW_SILENCE).unwrap();
    assert_eq!(at % FRAME, 0, "a play begins with a frame");
    assert_eq!(&sound[at..at + whole.len()], &whole[..]);
    assert!(sound[at + whole.len()..].iter().all(|o| *o == ALAW_SILENCE));
    for w in heard.windows(2) {
        assert_eq!(w[1].sequence, w[0].sequence.wrapping_add(1));
        assert_eq!(w[1].timestamp, w[0].timestamp.wrapping_add(160));
        assert!(!w[1].marker);
    }
    assert!(heard[0].marker);
    let span = heard[99].at - heard[0].at;
    assert!((1_940..2_060).contains(&span.as_millis()), "99 frames took {span:?}");
    let done = events_until(&events, |e| matches!(e, MediaEvent::PlayDone { .. }));
    let played_ms = (8_037 + 4_011 + 120) / 8;
    assert_eq!(done, [MediaEvent::PlayDone { leg: leg(1), op: op(5), outcome: PlayOutcome::Finished, played_ms }]);
    pool.shutdown();
}

#[test]
fn a_ulaw_far_end_hears_the_same_sound() {
    let (pool, _events) = pool(32_010, 10, 1);
    let phone = Phone::new(pool.open(leg(1)).unwrap().port);
    pool.connect(leg(1), RemoteRtp { codec: Codec::Pcmu, payload_type: 0, ..phone.remote() });
    pool.play(leg(1), op(1), vec![Clip::Tone { hz: 600, ms: 2_000 }]);
    let heard = phone.hear_packets(60);
    assert!(heard.iter().all(|h| h.payload_type == 0));
    assert!(level(&pcm(&heard, Law::Mu), 600) > -12.0);
    pool.shutdown();
}

#[test]
fn stop_is_immediate_replacing_ends_the_first_and_a_missing_file_fails() {
    let (pool, events) = pool(32_020, 10, 1);
    let phone = call(&pool, 1);
    let play = |o: i64, clips| pool.play(leg(1), op(o), clips);
    play(1, vec![Clip::Tone { hz: 500, ms: 60_000 }]);
    let loud = |h: &Heard| goertzel::rms_db(&h.payload.iter().map(|o| Law::A.decode(*o)).collect::<Vec<_>>()) > -30.0;
    let end = Instant::now() + DEADLINE;
    while !phone.hear().is_some_and(|h| loud(&h)) {
        assert!(Instant::now() < end);
    }
    pool.stop_play(leg(1));
    let stopped = events_until(&events, |e| matches!(e, MediaEvent::PlayDone { .. }));
    assert!(matches!(stopped[..], [MediaEvent::PlayDone { op: OpId(1), outcome: PlayOutcome::Stopped, played_ms: 1.., .. }]));
    phone.drain();
    assert!(phone.hear_packets(5).iter().all(|h| !loud(h)), "nothing more is heard, but packets go on");
    play(2, vec![Clip::Tone { hz: 500, ms: 60_000 }]);
    play(3, vec![Clip::File { path: "/nowhere/at/all".into() }]);
    let done = events_until(&events, |e| matches!(e, MediaEvent::PlayDone { op: OpId(3), .. }));
    assert!(matches!(done[0], MediaEvent::PlayDone { op: OpId(2), outcome: PlayOutcome::Stopped, .. }));
    assert!(matches!(done[1], MediaEvent::PlayDone { outcome: PlayOutcome::Failed, played_ms: 0, .. }));
    play(4, vec![]);
    events_until(&events, |e| matches!(e, MediaEvent::PlayDone { op: OpId(4), outcome: PlayOutcome::Finished, .. }));
    pool.shutdown();
}

#[test]
fn digits_go_out_as_events_and_as_tones_and_come_in_through_loss() {
    let (pool, events) = pool(32_030, 10, 1);
    let mut phone = call(&pool, 1);
    pool.send_digits(leg(1), op(9), "4711#");
    let mut receiver = dtmf::DigitReceiver::default();
    let mut digits = String::new();
    let end = Instant::now() + DEADLINE;
    while digits.len() < 5 && Instant::now() < end {
        if let Some(h) = phone.hear().filter(|h| h.payload_type == 101) {
            digits.extend(receiver.on_packet(1, h.marker, h.timestamp, &h.payload));
        }
    }
    assert_eq!(digits, "4711#");
    events_until(&events, |e| *e == MediaEvent::DigitsSent { leg: leg(1), op: op(9) });
    // Three digits towards us: starts lost, ends lost, only one packet left.
    let packet = |code, end, duration| dtmf::Event { code, end, duration }.write();
    for (start, packets) in [
        (1_000, vec![packet(1, false, 640), packet(1, true, 800), packet(1, true, 800)]),
        (3_000, vec![packet(1, false, 160), packet(1, false, 320)]),
        (5_000, vec![packet(9, true, 800)]),
    ] {
        phone.header.timestamp = start;
        packets.iter().for_each(|p| phone.send(101, p));
    }
    let heard: Vec<char> = events_until(&events, |e| matches!(e, MediaEvent::Digit { digit: '9', .. }))
        .iter()
        .filter_map(|e| if let MediaEvent::Digit { digit, .. } = e { Some(*digit) } else { None })
        .collect();
    assert_eq!(heard, ['1', '1', '9']);
    pool.connect(leg(1), RemoteRtp { dtmf_payload_type: None, ..phone.remote() });
    phone.drain();
    pool.send_digits(leg(1), op(10), "5");
    let sound = pcm(&phone.hear_packets(15), Law::A);
    let loudest = sound.chunks(400).map(|c| goertzel::level_db(c, 770).min(goertzel::level_db(c, 1_336))).fold(-99.0, f32::max);
    assert!(loudest > -20.0, "tones at {loudest} dB");
    pool.shutdown();
}

#[test]
fn on_hold_nothing_is_sent_and_afterwards_the_clock_has_gone_on() {
    let (pool, _events) = pool(32_040, 10, 1);
    let mut phone = call(&pool, 1);
    let before = phone.hear_packets(5).pop().unwrap();
    let at_hold = pool.counters();
    pool.connect(leg(1), RemoteRtp { direction: held(), ..phone.remote() });
    converse(&mut [&mut phone], 10);
    let sent_before = pool.counters().packets_sent;
    assert!(sent_before - at_hold.packets_sent < 8);
    converse(&mut [&mut phone], 15);
    assert_eq!(pool.counters().packets_sent, sent_before, "held");
    phone.drain();
    pool.connect(leg(1), phone.remote());
    let after = phone.hear_packets(1).pop().unwrap();
    assert!(after.marker);
    assert!(after.timestamp.wrapping_sub(before.timestamp) >= 24 * 160);
    assert!(after.sequence.wrapping_sub(before.sequence) < 10);
    pool.shutdown();
}

#[test]
fn activity_is_reported_with_the_silence_asked_for() {
    let (pool, events) = pool(32_050, 10, 1);
    let mut phone = call(&pool, 1).saying(300);
    pool.listen(leg(1), 400);
    converse(&mut [&mut phone], 40);
    events_until(&events, |e| *e == MediaEvent::Activity { leg: leg(1), speaking: true });
    phone.tone = None;
    converse(&mut [&mut phone], 30);
    events_until(&events, |e| *e == MediaEvent::Activity { leg: leg(1), speaking: false });
    pool.shutdown();
}
