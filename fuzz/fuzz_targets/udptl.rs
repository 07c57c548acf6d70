//! Datagrams of UDPTL, cut out of the input by their length octets: no panic, order kept, nothing given out twice.
#![no_main]

use libfuzzer_sys::fuzz_target;
use media::udptl::Receiver;

fuzz_target!(|data: &[u8]| {
    let mut receiver = Receiver::new();
    let (mut left, mut last) = (data, None);
    while let Some((n, rest)) = left.split_first() {
        let (datagram, rest) = rest.split_at((*n as usize).min(rest.len()));
        left = rest;
        let restarts = receiver.counts.restarts;
        let _ = receiver.push(datagram);
        if receiver.counts.restarts != restarts {
            last = None;
        }
        while let Some(packet) = receiver.pop() {
            assert!(last.is_none_or(|l: u16| (packet.sequence.wrapping_sub(l) as i16) > 0));
            last = Some(packet.sequence);
        }
    }
});
