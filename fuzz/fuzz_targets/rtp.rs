//! Any bytes as an RTP packet.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(packet) = media::rtp::Packet::parse(data) {
        assert!(packet.payload.len() <= data.len().saturating_sub(12));
    }
});
