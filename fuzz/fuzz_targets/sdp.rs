//! Any bytes as an offer; what we answer must be readable by ourselves and keep the offer's lines.
#![no_main]

use libfuzzer_sys::fuzz_target;
use model::record::{Codec, Srtp};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::LazyLock;
use switch::rtp::secure::Identity;
use switch::sdp::{self, Direction, Local, Protection, Secrets};

static SECRETS: LazyLock<Secrets> = LazyLock::new(|| Secrets::new(Identity::generate().expect("a certificate").fingerprint));

fuzz_target!(|data: &[u8]| {
    let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let codecs = [Codec::Pcma, Codec::Pcmu];
    let policy = [Srtp::Off, Srtp::Optional, Srtp::Required][data.len() % 3];
    let protection = Protection { policy, secrets: Some(&SECRETS), ..Protection::default() };
    let local = Local { ip: here, port: 4_000, session: 1, version: 1, codecs: &codecs, direction: Direction::SendRecv, protection };
    let Ok(offer) = sdp::parse(data) else { return };
    let _ = sdp::accept(&offer, &local, here);
    if let Ok((answer, _)) = sdp::answer(&offer, &local, here) {
        let read = sdp::parse(answer.as_bytes()).expect("what we write we can read");
        assert_eq!(read.media.len(), offer.media.len());
    }
});
