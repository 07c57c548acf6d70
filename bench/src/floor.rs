//! The physical floor: the packets of a scenario sent and received by a bare loop that does nothing else.
//!
//! A process of its own on the server's core, paced like the media threads (one millisecond steps, every socket once in
//! 20 ms), and far ends on the load's core: what the kernel asks for the packets themselves.

use crate::gauge::{Child, answer, cpu_seconds, figure, pin_self};
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const WINDOW: Duration = Duration::from_secs(8);
const STEPS: u32 = 20;

/// CPU seconds per minute of one socket that sends and receives a packet of 172 octets every 20 ms.
pub async fn per_stream(sockets: usize) -> f64 {
    let far: Vec<UdpSocket> = (0..sockets).map(|_| open()).collect();
    let ports: Vec<String> = far.iter().map(|s| s.local_addr().expect("address").port().to_string()).collect();
    let mut child = Child::start(&["bare-loop"]).await;
    let near = child.ask(&ports.join(" ")).await;
    let near: Vec<u16> = near.split_whitespace().map(|p| p.parse().expect("a port")).collect();
    for (socket, port) in far.iter().zip(&near) {
        socket.connect(("127.0.0.1", *port)).expect("connect");
    }
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&stop);
    let ends = std::thread::spawn(move || paced(&far, &stopped));
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (began, cpu) = (Instant::now(), cpu_seconds(child.pid()));
    tokio::time::sleep(WINDOW).await;
    #[expect(clippy::cast_precision_loss, reason = "a count of sockets")]
    let cost = (cpu_seconds(child.pid()) - cpu) * 60.0 / (began.elapsed().as_secs_f64() * sockets as f64);
    stop.store(true, Ordering::Relaxed);
    let _ = ends.join();
    cost
}

/// Prints the floor under scenarios of so many streams.
pub async fn physical(streams: usize) -> f64 {
    let cost = per_stream(streams).await;
    figure(&format!("bare loop, {streams} sockets, CPU s per minute"), cost, "s");
    cost
}

/// The child: reads the far ends' ports, says its own, and sends and receives until its input ends.
pub fn bare_loop() {
    pin_self(0);
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).expect("ports");
    let sockets: Vec<UdpSocket> = line
        .split_whitespace()
        .map(|port| {
            let socket = open();
            socket.connect(SocketAddr::from(([127, 0, 0, 1], port.parse().expect("a port")))).expect("connect");
            socket
        })
        .collect();
    let ports: Vec<String> = sockets.iter().map(|s| s.local_addr().expect("address").port().to_string()).collect();
    answer(&ports.join(" "));
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&stop);
    std::thread::spawn(move || {
        let _ = std::io::stdin().read_line(&mut String::new());
        stop.store(true, Ordering::Relaxed);
    });
    paced(&sockets, &stopped);
}

fn open() -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("socket");
    socket.set_nonblocking(true).expect("non-blocking");
    socket
}

/// Every socket sends one packet and takes one in 20 ms, in twenty steps.
fn paced(sockets: &[UdpSocket], stop: &AtomicBool) {
    let packet = [0xD5_u8; 172];
    let mut buffer = [0_u8; 2_048];
    let (began, mut step) = (Instant::now(), 0_u32);
    while !stop.load(Ordering::Relaxed) {
        for socket in sockets.iter().skip((step % STEPS) as usize).step_by(STEPS as usize) {
            let _ = socket.recv(&mut buffer);
            let _ = socket.send(&packet);
        }
        step += 1;
        let due = began + Duration::from_millis(1) * step;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
    }
}
