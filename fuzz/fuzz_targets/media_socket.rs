//! Any datagram on the socket of a leg: told apart (RFC 7983), then read as whatever it claims to be.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::net::SocketAddr;
use switch::rtp::secure::{
    MasterKey, Suite,
    demux::{Kind, kind_of},
    ice::{Check, IceCredentials, IceLite},
    srtp::{Receiver, Rejected},
};

fuzz_target!(|data: &[u8]| {
    let from = SocketAddr::from(([192, 0, 2, 1], 9));
    match kind_of(data) {
        Kind::Stun => {
            let mut ice = IceLite::new(IceCredentials { ufrag: "ours".into(), password: "p".repeat(24) }, "them".into());
            assert!(matches!(ice.check(data, from), Check::Stranger), "nobody guesses a password");
        }
        kind @ (Kind::Rtp | Kind::Rtcp) => {
            for suite in Suite::ALL {
                let mut receiver = Receiver::new(&MasterKey::new(suite, &vec![7; suite.key_len() + suite.salt_len()]).expect("a key"));
                let mut packet = data.to_vec();
                let opened = if kind == Kind::Rtp { receiver.open_rtp(&mut packet) } else { receiver.open_rtcp(&mut packet) };
                assert!(matches!(opened, Err(Rejected::Malformed | Rejected::Forged)), "{opened:?}");
                assert_eq!(packet, data, "what is refused is left as it came");
            }
        }
        Kind::Dtls | Kind::Unknown => {}
    }
});
