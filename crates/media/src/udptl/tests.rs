use super::wire::{Recovery, ifp_len, parse, write_length, write_packet};
use super::*;
use proptest::prelude::*;

fn ifp(n: u16) -> Vec<u8> {
    // V.17 14 400, one field of ECM-less image data: its length is in it, as in every real packet.
    let size = 1 + usize::from(n) % 40;
    let mut out = vec![0xC0 | 8 << 1, 1, 0x80 | 7 << 4, 0, size as u8 - 1];
    out.extend((0..size).map(|i| (usize::from(n) * 7 + i * 3) as u8));
    out
}

/// The datagram a sender of parities writes for packet `n`.
fn with_parities(n: u16, span: u16, entries: u16) -> Vec<u8> {
    let mut out = n.to_be_bytes().to_vec();
    write_packet(&mut out, &ifp(n));
    out.extend([0x80, 1, span as u8]);
    let usable = if n >= span * entries { entries } else { 0 };
    write_length(&mut out, usable.into());
    for m in 0..usable {
        let mut parity: Vec<u8> = Vec::new();
        for k in 0..span {
            let old = ifp(n - span * entries + m + k * entries);
            parity.resize(parity.len().max(old.len()), 0);
            parity.iter_mut().zip(&old).for_each(|(p, o)| *p ^= o);
        }
        write_packet(&mut out, &parity);
    }
    out
}

fn drain(r: &mut Receiver) -> Vec<u16> {
    std::iter::from_fn(|| r.pop())
        .inspect(|p| assert_eq!(p.ifp, ifp(p.sequence), "packet {}", p.sequence))
        .map(|p| p.sequence)
        .collect()
}

fn datagrams(count: u16, depth: u8) -> Vec<Vec<u8>> {
    let mut s = Sender::new(Correction::Redundancy { depth }, 400);
    (0..count).map(|n| s.packet(&ifp(n)).unwrap().to_vec()).collect()
}

#[test]
fn the_octets_of_a_datagram() {
    let mut s = Sender::new(Correction::Redundancy { depth: 2 }, 400);
    assert_eq!(s.packet(&[0x02]).unwrap(), [0, 0, 1, 0x02, 0, 0]);
    assert_eq!(s.packet(&[0x04]).unwrap(), [0, 1, 1, 0x04, 0, 1, 1, 0x02]);
    s.packet(&[0x06]).unwrap();
    assert_eq!(s.packet(&[0x00]).unwrap(), [0, 3, 1, 0x00, 0, 2, 1, 0x06, 1, 0x04]);
    let long = vec![0xAA; 200];
    let d = s.packet(&long).unwrap().to_vec();
    assert_eq!(d[2..5], [0x80, 200, 0xAA]);
    let parsed = parse(&d).unwrap();
    assert_eq!((parsed.sequence, parsed.primary), (4, &long[..]));
    assert_eq!(parsed.recovery, Recovery::Copies(vec![&[0x00], &[0x06]]));
}

#[test]
fn copies_that_do_not_fit_are_left_out_oldest_first() {
    let mut s = Sender::new(Correction::Redundancy { depth: 3 }, 64);
    for n in 0..4_u8 {
        s.packet(&[n; 20]).unwrap();
    }
    let d = s.packet(&[9; 20]).unwrap().to_vec();
    assert!(d.len() <= 64, "{}", d.len());
    assert_eq!(parse(&d).unwrap().recovery, Recovery::Copies(vec![&[3; 20]]));
    assert_eq!(s.packet(&[]).unwrap_err(), UdptlError::Length { len: 0, max: IFP_MAX });
    assert!(s.packet(&[0; IFP_MAX + 1]).is_err());
}

#[test]
fn a_packet_tells_its_length() {
    for n in 0..50 {
        let mut padded = ifp(n);
        let length = padded.len();
        padded.extend([0; 30]);
        assert_eq!(ifp_len(&padded), Some(length));
    }
    assert_eq!(ifp_len(&[0x02, 0, 0]), Some(1));
    assert_eq!(ifp_len(&[0xC0, 2, 0x80]), None);
}

#[test]
fn one_lost_packet_is_rebuilt_from_parities() {
    for (span, entries) in [(3_u16, 1_u16), (3, 3), (2, 4)] {
        for lost in 20..32 {
            let mut r = Receiver::new();
            let mut got = Vec::new();
            for n in (0..60).filter(|n| *n != lost) {
                r.push(&with_parities(n, span, entries)).unwrap();
                got.extend(drain(&mut r));
            }
            // A group is complete span × entries packets later at most; longer than eight nobody waits.
            if span * entries <= 8 {
                assert_eq!(got, (0..60).collect::<Vec<_>>(), "{span} × {entries}, {lost} lost");
                assert_eq!((r.counts.recovered, r.counts.lost), (1, 0));
            } else {
                assert!(got.len() >= 59, "{got:?}");
            }
        }
    }
}

#[test]
fn a_sender_that_begins_anew_is_followed_and_a_stray_is_not() {
    let mut r = Receiver::new();
    for d in datagrams(10, 3) {
        r.push(&d).unwrap();
    }
    assert_eq!(drain(&mut r).len(), 10);
    r.push(&[0x40, 0, 1, 2, 0, 0]).unwrap();
    assert_eq!((r.pop(), r.counts.late), (None, 1));
    r.push(&[0x50, 0, 1, 2, 0, 0]).unwrap();
    r.push(&[0x50, 1, 1, 4, 0, 0]).unwrap();
    assert_eq!(r.pop().map(|p| p.sequence), Some(0x5001));
    assert_eq!(r.counts.restarts, 1);
}

#[test]
fn numbers_wrap() {
    let mut r = Receiver::new();
    let mut got = Vec::new();
    for n in 65_500..65_600_u32 {
        r.push(&[(n >> 8) as u8, n as u8, 1, 2, 0, 0]).unwrap();
        got.extend(std::iter::from_fn(|| r.pop()).map(|p| p.sequence));
    }
    assert_eq!(got.len(), 100);
    assert_eq!(got[99], 63);
}

#[test]
fn what_never_comes_is_skipped_by_patience_or_on_demand() {
    let mut r = Receiver::new();
    for n in [0_u8, 1, 4] {
        r.push(&[0, n, 1, 2, 0, 0]).unwrap();
    }
    assert_eq!(std::iter::from_fn(|| r.pop()).count(), 2);
    assert!(r.waits());
    r.skip();
    assert_eq!(r.pop().map(|p| p.sequence), Some(4));
    assert_eq!((r.counts.lost, r.waits()), (2, false));
    for n in 6..20_u8 {
        r.push(&[0, n, 1, 2, 0, 0]).unwrap();
    }
    assert_eq!(std::iter::from_fn(|| r.pop()).count(), 14);
    assert_eq!(r.counts.lost, 3);
}

proptest! {
    /// Runs of losses up to the depth, with reordering of neighbours and duplicates: nothing is missing and all is in order.
    #[test]
    fn losses_up_to_the_depth_are_recovered(depth in 1_u8..=5, pattern in prop::collection::vec((0_u8..8, any::<bool>(), any::<bool>()), 120)) {
        let all = datagrams(120, depth);
        let (mut kept, mut run, mut swapped) = (Vec::new(), 0, false);
        for (n, (loss, swap, twice)) in pattern.iter().enumerate() {
            if *loss == 0 && run < depth && n > 2 && n + 8 < all.len() {
                run += 1;
                continue;
            }
            run = 0;
            kept.push(n);
            if *twice { kept.push(n); }
            let last = kept.len() - 1;
            // Neighbours only: swaps in a row would carry one datagram past the receiver's patience.
            swapped = *swap && n > 3 && !swapped;
            if swapped { kept.swap(last, last - 1); }
        }
        let mut r = Receiver::new();
        let mut got = Vec::new();
        for n in kept {
            r.push(&all[n]).unwrap();
            got.extend(drain(&mut r));
        }
        prop_assert_eq!(got, (0..120).collect::<Vec<_>>());
        prop_assert_eq!(r.counts.lost, 0);
    }

    /// Whatever comes, order is kept, nothing comes twice and nothing panics.
    #[test]
    fn garbage_is_counted(datagrams in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..60)) {
        let mut r = Receiver::new();
        let mut good = 0;
        for d in &datagrams {
            good += u64::from(r.push(d).is_ok());
            while r.pop().is_some() {}
            prop_assert!(r.groups_held() <= 24);
        }
        prop_assert_eq!(r.counts.datagrams, good);
        prop_assert_eq!(r.counts.garbage, datagrams.len() as u64 - good);
    }

    #[test]
    fn written_is_read(packets in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..300), 1..40), depth in 0_u8..9, max in 50_usize..1_500) {
        let mut s = Sender::new(Correction::Redundancy { depth }, max);
        let mut r = Receiver::new();
        for (n, p) in packets.iter().enumerate() {
            let d = s.packet(p).unwrap().to_vec();
            prop_assert!(d.len() <= max.max(p.len() + 6));
            r.push(&d).unwrap();
            let expected = Received { sequence: n as u16, ifp: p.clone() };
            prop_assert_eq!(r.pop(), Some(expected));
        }
    }
}
