use super::{super::MediaError, *};
use model::telephony::Clip;

#[test]
fn strangers_are_ignored_and_counted_before_and_after_the_source_is_settled() {
    let (pool, events) = pool(32_300, 10, 1);
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("r.wav");
    let mut phone = call(&pool, 1).saying(500);
    pool.record(leg(1), op(1), file.clone(), media::record::Format::AlawWav);
    phone.speak();
    let from = phone.socket.local_addr().unwrap();
    events_until(&events, |e| *e == MediaEvent::Latched { leg: leg(1), addr: from });
    let mut stranger = Phone::new(phone.to.port()).saying(2_000);
    converse(&mut [&mut phone, &mut stranger], 50);
    assert!(pool.counters().strangers >= 49, "{}", pool.counters().strangers);
    // By now the system keeps them away.
    let heard = converse(&mut [&mut phone, &mut stranger], 100);
    assert!(heard[0].len() > 95 && heard[1].is_empty(), "the stranger gets nothing");
    // Rubbish from the right source.
    phone.socket.send_to(&[0; 3], phone.to).unwrap();
    phone.socket.send_to(&[0xFF; 1_400], phone.to).unwrap();
    phone.send(96, &[1; 160]);
    wait_until("rejects", || pool.counters().rejects >= 3);
    pool.close(leg(1));
    let got = events_until(&events, |e| matches!(e, MediaEvent::Closed { .. }));
    let Some(MediaEvent::Closed { stats, .. }) = got.last() else { panic!() };
    assert!(stats.packets_discarded >= 49 && stats.packets_received >= 150);
    let bytes = std::fs::read(file).unwrap();
    let wav = media::wav::Wav::parse(&bytes).unwrap();
    let mut left = Vec::new();
    wav.for_each_frame(|f| left.push((f[0] * 32_768.0) as i16));
    assert!(level(&left, 500) > -13.0 && level(&left, 2_000) < -35.0, "nor is it recorded");
    pool.shutdown();
}

#[test]
fn a_stranger_who_is_faster_than_the_far_end_presses_no_key_and_is_put_out() {
    let (pool, events) = pool(32_350, 10, 1);
    let mut phone = call(&pool, 1);
    let mut stranger = Phone::new(phone.to.port());
    stranger.socket = UdpSocket::bind("127.0.0.2:0").unwrap();
    let key = |digit: u8| [digit, 0x8a, 0x03, 0x20];
    stranger.send(101, &key(5));
    wait_until("the forged key is counted", || pool.counters().strangers >= 1);
    phone.header.ssrc ^= 1;
    phone.speak();
    phone.header.timestamp += 160;
    phone.send(101, &key(7));
    let got = events_until(&events, |e| matches!(e, MediaEvent::Digit { .. }));
    assert_eq!(got.last(), Some(&MediaEvent::Digit { leg: leg(1), digit: '7' }), "{got:?}");
    let from = phone.socket.local_addr().unwrap();
    assert!(got.contains(&MediaEvent::Latched { leg: leg(1), addr: from }));
    pool.shutdown();
}

#[test]
fn a_far_end_behind_nat_is_found_and_found_again_when_it_moves() {
    let (pool, events) = pool(32_310, 10, 1);
    let port = pool.open(leg(1)).unwrap().port;
    let mut nat = Phone::new(port);
    // The SDP speaks of an address nobody listens at.
    pool.connect(leg(1), RemoteRtp::pcma("127.0.0.9:9".parse().unwrap()));
    nat.speak();
    assert!(nat.hear_packets(3).len() == 3);
    // Silent for more than half a second, then back from another port with the same SSRC.
    let mut moved = Phone::new(port);
    moved.header = nat.header;
    std::thread::sleep(Duration::from_millis(600));
    moved.speak();
    assert_eq!(moved.hear_packets(3).len(), 3);
    let latched = events.try_iter().filter(|e| matches!(e, MediaEvent::Latched { .. })).count();
    assert_eq!(latched, 2);
    // A re-INVITE to another address unlocks at once.
    let mut third = Phone::new(port);
    pool.connect(leg(1), third.remote());
    assert!(third.hear_packets(2).len() == 2, "sends there before anything came");
    third.speak();
    moved.speak();
    third.speak();
    events_until(&events, |e| matches!(e, MediaEvent::Latched { .. }));
    pool.shutdown();
}

#[test]
fn a_stream_that_falls_silent_is_told_and_so_is_its_return() {
    let (pool, events) = pool(32_390, 10, 1);
    let mut phone = call(&pool, 1);
    phone.speak();
    pool.connect(leg(1), RemoteRtp { timeout_ms: Some(60_000), ..phone.remote() });
    let started = Instant::now();
    events_until(&events, |e| *e == MediaEvent::Quiet { leg: leg(1), on: true });
    assert!(started.elapsed() >= Duration::from_millis(5_900));
    converse(&mut [&mut phone], 5);
    events_until(&events, |e| *e == MediaEvent::Quiet { leg: leg(1), on: false });
    pool.shutdown();
}

#[test]
fn a_dead_stream_is_reported_once_and_a_held_one_is_not() {
    let (pool, events) = pool(32_320, 10, 1);
    let mut phone = call(&pool, 1);
    phone.speak();
    pool.connect(leg(1), RemoteRtp { timeout_ms: Some(300), ..phone.remote() });
    let started = Instant::now();
    events_until(&events, |e| *e == MediaEvent::TimedOut { leg: leg(1) });
    assert!(started.elapsed() >= Duration::from_millis(280));
    converse(&mut [&mut phone], 5);
    events_until(&events, |e| *e == MediaEvent::TimedOut { leg: leg(1) });
    pool.connect(leg(1), RemoteRtp { timeout_ms: Some(100), direction: Direction::SendOnly, ..phone.remote() });
    phone.drain();
    phone.hear_packets(20);
    assert!(events.try_iter().next().is_none());
    pool.shutdown();
}

#[test]
fn ports_are_used_again_and_running_out_is_an_error_with_a_way_out() {
    let (pool, events) = pool(32_330, 4, 1);
    let a = pool.open(leg(1)).unwrap().port;
    let b = pool.open(leg(2)).unwrap().port;
    assert_eq!((a, b), (32_330, 32_332));
    let e = pool.open(leg(3)).unwrap_err();
    assert!(matches!(e, MediaError::NoPort { .. }) && e.to_string().contains("widen"));
    for round in 0..20 {
        pool.close(leg(1 + round));
        events_until(&events, |e| *e == MediaEvent::Closed { leg: leg(1 + round), stats: Default::default() });
        assert_eq!(pool.open(leg(3 + round)).unwrap().port, if round % 2 == 0 { a } else { b });
    }
    pool.close(leg(21));
    events_until(&events, |e| matches!(e, MediaEvent::Closed { .. }));
    assert!(matches!(pool.open(leg(22)), Err(MediaError::LegExists(_))));
    pool.close(leg(99));
    pool.play(leg(99), op(1), vec![]);
    pool.shutdown();
}

#[test]
fn rtcp_reports_arrive_and_incoming_ones_disturb_nothing() {
    let (pool, _events) = pool(32_340, 10, 1);
    let port = pool.open(leg(249)).unwrap().port;
    let phone = Phone::new(port);
    let rtcp = UdpSocket::bind((LOOP, 0)).unwrap();
    rtcp.set_read_timeout(Some(DEADLINE)).unwrap();
    pool.connect(leg(249), RemoteRtp { rtcp: Some(rtcp.local_addr().unwrap()), ..phone.remote() });
    for junk in [&[0x80, 200, 0, 6][..], &[0xFF; 200][..]] {
        rtcp.send_to(junk, (LOOP, port + 1)).unwrap();
        rtcp.send_to(junk, (LOOP, port)).unwrap();
    }
    let mut b = [0; 200];
    let n = rtcp.recv(&mut b).unwrap();
    assert!(n >= 28 && matches!(b[1], 200 | 201));
    assert!(phone.hear_packets(10).windows(2).all(|w| w[1].sequence == w[0].sequence.wrapping_add(1)));
    pool.shutdown();
}

#[test]
fn two_hundred_legs_play_at_once_without_a_gap() {
    let (pool, events) = pool(33_000, 500, 2);
    let phones: Vec<Phone> = (0..200).map(|n| call(&pool, n)).collect();
    for n in 0..200 {
        pool.play(leg(n), op(n), vec![Clip::Tone { hz: 700, ms: 2_000 }]);
    }
    let mut done = 0;
    while done < 200 {
        done += events_until(&events, |e| matches!(e, MediaEvent::PlayDone { .. })).len();
    }
    for phone in &phones {
        let heard = phone.drain();
        assert!(heard.len() >= 100);
        assert!(heard.windows(2).all(|w| w[1].sequence == w[0].sequence.wrapping_add(1)));
        let loud = heard.iter().filter(|h| h.payload.iter().any(|o| *o != media::g711::ALAW_SILENCE)).count();
        assert_eq!(loud, 100);
    }
    let c = pool.counters();
    assert_eq!((c.legs, c.send_errors), (200, 0));
    assert!(c.packets_sent >= 20_000);
    pool.shutdown();
    assert_eq!(events.try_iter().filter(|e| matches!(e, MediaEvent::Closed { .. })).count(), 200);
}
