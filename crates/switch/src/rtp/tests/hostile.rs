use super::*;
use media::dtmf;
use rtrb::RingBuffer;
use std::net::Ipv6Addr;

#[test]
fn a_flood_on_one_leg_takes_nothing_from_another() {
    let (pool, events) = pool(34_400, 10, 1);
    let (mut flooded, mut calm) = (call(&pool, 1), call(&pool, 2).saying(500));
    pool.play(leg(2), op(1), vec![model::telephony::Clip::Tone { hz: 900, ms: 60_000 }]);
    flooded.speak();
    let from = flooded.socket.local_addr().unwrap();
    events_until(&events, |e| *e == MediaEvent::Latched { leg: leg(1), addr: from });
    let (to, ssrc) = (flooded.to, flooded.header.ssrc);
    let own = flooded.socket.try_clone().unwrap();
    let (before, started) = (pool.counters(), Instant::now());
    // The far end itself and a stranger, as fast as they can.
    let storm = std::thread::spawn(move || {
        let stranger = UdpSocket::bind((LOOP, 0)).unwrap();
        let mut sent = 0_u64;
        while started.elapsed() < Duration::from_millis(1_200) {
            for socket in [&own, &stranger] {
                let mut packet = [0xD5; HEADER_LEN + FRAME];
                let header = Header { marker: false, payload_type: 8, sequence: sent as u16, timestamp: sent as u32 * 160, ssrc };
                header.write(packet.first_chunk_mut().unwrap());
                sent += u64::from(socket.send_to(&packet, to).is_ok());
            }
            std::thread::yield_now();
        }
        sent
    });
    let heard = converse(&mut [&mut calm], 60).swap_remove(0);
    let sent = storm.join().unwrap();
    let turns = started.elapsed().as_millis() as u64 / 20 + 2;
    let after = pool.counters();
    let taken = after.packets_received + after.strangers - before.packets_received - before.strangers;
    // Two turns' worth for what the calm leg received itself.
    assert!(sent > taken, "{sent} sent, {taken} looked at");
    assert!(taken <= turns * 24 + 70, "{taken} packets in {turns} turns: the drain limit holds");
    assert!(heard.len() >= 50, "the calm leg went on: {}", heard.len());
    assert!(heard.windows(2).all(|w| w[1].sequence == w[0].sequence.wrapping_add(1)));
    assert!(level(&pcm(&heard, Law::A), 900) > -13.0);
    pool.shutdown();
}

#[test]
fn sources_sequences_and_clocks_may_jump_at_any_time() {
    let (pool, _events) = pool(34_410, 10, 1);
    let (mut a, mut b) = (call(&pool, 1).saying(500), call(&pool, 2).saying(900));
    pool.bridge(leg(1), leg(2));
    for listened in [false, true] {
        let (tap, mut ring) = RingBuffer::new(60_000);
        if listened {
            pool.tap(leg(1), tap);
        }
        let jumps: [fn(&mut Header); 5] = [
            |h| h.ssrc ^= 0x5555,
            |h| h.sequence = h.sequence.wrapping_add(20_000),
            |h| h.timestamp = h.timestamp.wrapping_add(800_000_000),
            |h| h.timestamp = h.timestamp.wrapping_sub(90_000),
            |h| (h.ssrc, h.sequence, h.timestamp) = (h.ssrc ^ 1, u16::MAX - 3, u32::MAX - 500),
        ];
        for (n, jump) in jumps.into_iter().enumerate() {
            jump(&mut a.header);
            let heard = converse(&mut [&mut a, &mut b], 30);
            let sound = pcm(&heard[1], Law::A);
            assert!(level(&sound, 500) > -13.5, "jump {n}, listened {listened}: {}", level(&sound, 500));
            // What goes out is one stream whatever came in.
            let late = &heard[1][10..];
            assert!(late.windows(2).all(|w| w[1].sequence == w[0].sequence.wrapping_add(1)), "jump {n}");
        }
        if listened {
            let mut taken = vec![0; ring.slots()];
            ring.pop_entire_slice(&mut taken).unwrap();
            assert!(level(&taken, 500) > -13.0);
        }
    }
    pool.shutdown();
}

#[test]
fn a_key_held_for_eight_seconds_and_more_is_one_digit() {
    let (pool, events) = pool(34_420, 10, 1);
    let mut phone = call(&pool, 1);
    phone.speak();
    // 20 ms of the event each; after 0xFFFF ticks the next segment begins (RFC 4733 §2.5.1.3).
    let mut duration = 0_u32;
    for n in 0..500_u32 {
        duration += 160;
        if duration > 0xFFFF {
            phone.header.timestamp = phone.header.timestamp.wrapping_add(duration - 160);
            duration = 160;
        }
        let event = dtmf::Event { code: 9, end: n == 499, duration: duration as u16 };
        phone.send(101, &event.write());
        if n % 16 == 0 {
            // At ten times the pace, within what a leg takes in a turn.
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    phone.header.timestamp = phone.header.timestamp.wrapping_add(80_000);
    phone.send(101, &dtmf::Event { code: 1, end: true, duration: 800 }.write());
    let got = events_until(&events, |e| matches!(e, MediaEvent::Digit { digit: '1', .. }));
    let nines = got.iter().filter(|e| matches!(e, MediaEvent::Digit { digit: '9', .. })).count();
    assert_eq!(nines, 1, "{got:?}");
    pool.shutdown();
}

#[test]
fn comfort_noise_is_no_stranger_and_no_reject() {
    let (pool, _events) = pool(34_430, 10, 1);
    let (mut a, mut b) = (call(&pool, 1).saying(500), call(&pool, 2).saying(900));
    pool.bridge(leg(1), leg(2));
    converse(&mut [&mut a, &mut b], 20);
    for _ in 0..10 {
        a.send(13, &[60]);
        a.header.timestamp = a.header.timestamp.wrapping_add(FRAME as u32);
        converse(&mut [&mut b], 1);
    }
    wait_until("the noise is taken", || pool.counters().packets_received >= 50);
    assert_eq!((pool.counters().rejects, pool.counters().strangers), (0, 0));
    assert!(b.drain().iter().all(|h| h.payload_type == 8), "nobody agreed on it with b");
    let heard = converse(&mut [&mut a, &mut b], 30);
    assert!(level(&pcm(&heard[1], Law::A), 500) > -13.0);
    pool.shutdown();
}

#[test]
fn legs_of_both_families_meet_on_a_dual_stack_pool() {
    let bind = Ipv6Addr::UNSPECIFIED.into();
    let config = MediaConfig { bind, port_min: 34_440, port_max: 34_459, workers: 1, realtime: false, relatch_silence_ms: 500 };
    let (pool, events) = MediaPool::start(config).unwrap();
    let mut four = Phone::new(pool.open(leg(1)).unwrap().port).saying(500);
    let mut six = Phone::new(pool.open(leg(2)).unwrap().port).saying(900);
    six.socket = UdpSocket::bind((Ipv6Addr::LOCALHOST, 0)).unwrap();
    six.socket.set_read_timeout(Some(Duration::from_millis(5))).unwrap();
    six.to.set_ip(Ipv6Addr::LOCALHOST.into());
    pool.connect(leg(1), four.remote());
    pool.connect(leg(2), six.remote());
    pool.bridge(leg(1), leg(2));
    // Long enough for the sources to settle and the sockets to be connected.
    let heard = converse(&mut [&mut four, &mut six], 120);
    assert!(level(&pcm(&heard[0], Law::A), 900) > -13.0 && level(&pcm(&heard[1], Law::A), 500) > -13.0);
    let expected = [four.socket.local_addr().unwrap(), six.socket.local_addr().unwrap()];
    let latched: Vec<_> =
        events.try_iter().filter_map(|e| if let MediaEvent::Latched { addr, .. } = e { Some(addr) } else { None }).collect();
    assert!(expected.iter().all(|a| latched.contains(a)), "{latched:?}: addresses as people write them");
    assert_eq!(pool.counters().strangers, 0);
    pool.shutdown();
}

#[test]
fn reports_of_the_far_end_become_figures_of_the_call() {
    use media::rtcp::{self, Incoming};
    let (pool, events) = pool(34_460, 10, 1);
    // A leg whose first reports come at once.
    let id = 245;
    let port = pool.open(leg(id)).unwrap().port;
    let mut phone = Phone::new(port).saying(500);
    let rtcp = UdpSocket::bind((LOOP, 0)).unwrap();
    rtcp.set_read_timeout(Some(DEADLINE)).unwrap();
    pool.connect(leg(id), RemoteRtp { rtcp: Some(rtcp.local_addr().unwrap()), ..phone.remote() });
    let mut b = [0; 200];
    let n = rtcp.recv(&mut b).unwrap();
    let ssrc = u32::from_be_bytes(b[4..8].try_into().unwrap());
    let Incoming { sender_report: Some(theirs), .. } = rtcp::parse(&b[..n], 0).unwrap() else { panic!("a sender report") };
    // 5 lost, 40 ticks of jitter, held for 100 ms.
    let held = Duration::from_millis(100);
    std::thread::sleep(held);
    let delay = (held.as_secs_f64() * 65_536.0) as u32;
    let mut report = vec![0x81, 200, 0, 12];
    for word in [phone.header.ssrc, 0x1234_5678, 0x9ABC_DEF0, 0, 0, 0, ssrc, 5, 0, 40, theirs, delay] {
        report.extend(word.to_be_bytes());
    }
    rtcp.send_to(&report, (LOOP, port + 1)).unwrap();
    // Somebody else's report changes nothing.
    let liar = UdpSocket::bind(("127.0.0.3", 0)).unwrap();
    report[35] = 99;
    liar.send_to(&report, (LOOP, port + 1)).unwrap();
    converse(&mut [&mut phone], 40);
    // Theirs is echoed in our next report.
    converse(&mut [&mut phone], 230);
    let n = rtcp.recv(&mut b).unwrap();
    assert_eq!(b[44..48], 0x5678_9ABC_u32.to_be_bytes(), "the middle of their time, of {n}");
    pool.close(leg(id));
    let closed = events_until(&events, |e| matches!(e, MediaEvent::Closed { .. }));
    let Some(MediaEvent::Closed { stats, .. }) = closed.last() else { panic!() };
    assert_eq!((stats.far_packets_lost, stats.far_jitter_ms), (Some(5), Some(5.0)));
    assert!(stats.mos.is_some_and(|mos| mos > 4.0), "{stats:?}");
    assert!(stats.rtt_ms.is_some_and(|ms| (0.0..80.0).contains(&ms)), "{stats:?}");
    pool.shutdown();
}

#[test]
fn keys_in_the_sound_are_heard_where_no_events_were_agreed_and_only_there() {
    let (pool, events) = pool(34_470, 10, 1);
    let mut phones: Vec<Phone> = (1..=2).map(|n| Phone::new(pool.open(leg(n)).unwrap().port)).collect();
    pool.connect(leg(1), RemoteRtp { dtmf_payload_type: None, ..phones[0].remote() });
    pool.connect(leg(2), phones[1].remote());
    for (low, high) in [(770, 1_209), (852, 1_477)] {
        for phone in &mut phones {
            phone.tone = Some(Tone::pair(low, high));
        }
        converse(&mut phones.iter_mut().collect::<Vec<_>>(), 6);
        phones.iter_mut().for_each(|p| p.tone = None);
        converse(&mut phones.iter_mut().collect::<Vec<_>>(), 8);
    }
    let got = events_until(&events, |e| matches!(e, MediaEvent::Digit { digit: '9', .. }));
    let keys: Vec<_> = got.iter().filter(|e| matches!(e, MediaEvent::Digit { .. })).collect();
    assert_eq!(keys, [&MediaEvent::Digit { leg: leg(1), digit: '4' }, &MediaEvent::Digit { leg: leg(1), digit: '9' }]);
    pool.shutdown();
}
