//! The physical floor: the same packets sent and received by a bare loop, for comparison.

use crate::gauge::figure;
use std::net::UdpSocket;
use std::time::Instant;

const SOCKETS: usize = 1_000;
const ROUNDS: usize = 200;

/// One `send` and one `recv` of 172 octets per 20 ms and call: CPU seconds of a call-minute that no program can beat.
pub fn physical() {
    let open = || UdpSocket::bind("127.0.0.1:0").expect("socket");
    let pairs: Vec<(UdpSocket, UdpSocket)> = (0..SOCKETS)
        .map(|_| {
            let (a, b) = (open(), open());
            a.connect(b.local_addr().expect("address")).expect("connect");
            b.connect(a.local_addr().expect("address")).expect("connect");
            (a, b)
        })
        .collect();
    let packet = [0x80_u8; 172];
    let mut buffer = [0_u8; 2_048];
    let started = Instant::now();
    for _ in 0..ROUNDS {
        for (a, _) in &pairs {
            a.send(&packet).expect("send");
        }
        for (_, b) in &pairs {
            b.recv(&mut buffer).expect("receive");
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a count of packets")]
    let per_packet = started.elapsed().as_secs_f64() / (SOCKETS * ROUNDS) as f64;
    figure("physical floor, CPU s per call-minute", per_packet * 3_000.0, "s");
}
