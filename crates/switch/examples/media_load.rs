//! N legs that play to N far ends which send back, all in one process: CPU of the media threads per call-minute.
//!
//! `cargo run -p switch --example media_load -- 200 10 [play|record|bridge|bridge-record|mix]`; `mix` makes
//! conferences of twenty.
#![expect(clippy::print_stdout, reason = "prints its figures")]

use media::g711::Law;
use model::{
    LegId, MixId, OpId,
    telephony::{Clip, Role},
};
use std::{
    fs,
    net::{IpAddr, Ipv4Addr, UdpSocket},
    time::{Duration, Instant},
};
use switch::rtp::{MediaConfig, MediaPool, RemoteRtp};

const LOOP: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// CPU seconds of the threads whose name begins with `prefix`. Not from `stat`: its ticks miss work that sleeps in step
/// with the timer, as a pacing thread does.
fn cpu_s(prefix: &str) -> f64 {
    let mut ns = 0_u64;
    for task in fs::read_dir("/proc/self/task").unwrap() {
        let dir = task.unwrap().path();
        let name = fs::read_to_string(dir.join("comm")).unwrap_or_default();
        let spent = fs::read_to_string(dir.join("schedstat")).unwrap_or_default();
        if name.starts_with(prefix) {
            ns += spent.split_whitespace().next().and_then(|f| f.parse::<u64>().ok()).unwrap_or(0);
        }
    }
    ns as f64 / 1e9
}

fn resident_kb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    status.lines().find_map(|l| l.strip_prefix("VmRSS:")).and_then(|v| v.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// Far ends that send a packet each 20 ms and read what comes, on a thread of their own.
fn far_ends(sockets: Vec<(UdpSocket, u16)>, until: Instant) -> std::thread::JoinHandle<()> {
    let body = move || {
        let mut packet = [0x55_u8; 172];
        packet[..12].copy_from_slice(&[0x80, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9]);
        let mut buffer = [0; 512];
        let start = Instant::now();
        for n in 0_u32.. {
            packet[2..4].copy_from_slice(&(n as u16).to_be_bytes());
            packet[4..8].copy_from_slice(&(n * 160).to_be_bytes());
            for (socket, port) in &sockets {
                let _ = socket.send_to(&packet, (LOOP, *port));
                while socket.recv(&mut buffer).is_ok() {}
            }
            let due = start + Duration::from_millis(20) * (n + 1);
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            if due > until {
                return;
            }
        }
    };
    std::thread::Builder::new().name("far-ends".into()).spawn(body).unwrap()
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let legs: i64 = args.first().map_or(200, |a| a.parse().unwrap());
    let seconds: u64 = args.get(1).map_or(10, |a| a.parse().unwrap());
    let mode = args.get(2).map_or("play", String::as_str).to_owned();
    let dir = std::env::temp_dir().join(format!("media-load-{}", std::process::id()));
    fs::create_dir_all(&dir).unwrap();
    let prompt = dir.join("prompt.alaw");
    fs::write(&prompt, (0..8_000 * 30_u32).map(|i| Law::A.encode((i % 4_000) as i16)).collect::<Vec<u8>>()).unwrap();
    let config = MediaConfig { bind: LOOP, port_min: 20_000, port_max: 29_999, workers: 1, ..MediaConfig::default() };
    let before_kb = resident_kb();
    let (pool, events) = MediaPool::start(config).unwrap();
    let until = Instant::now() + Duration::from_secs(seconds + 4);
    let mut sockets = Vec::new();
    for n in 0..legs {
        let port = pool.open(LegId(n)).unwrap().port;
        let socket = UdpSocket::bind((LOOP, 0)).unwrap();
        socket.set_nonblocking(true).unwrap();
        pool.connect(LegId(n), RemoteRtp::pcma(socket.local_addr().unwrap()));
        sockets.push((socket, port));
        if mode == "mix" {
            pool.join(MixId(n / 20), LegId(n), Role::Talker);
        } else if mode.starts_with("bridge") && n % 2 == 1 {
            pool.bridge(LegId(n - 1), LegId(n));
        } else if !mode.starts_with("bridge") {
            let path = prompt.to_str().unwrap().to_owned();
            pool.play(LegId(n), OpId(n), vec![Clip::File { path }; 20]);
        }
        if mode == "record" || (mode == "bridge-record" && n % 2 == 1) {
            pool.record(LegId(n), OpId(n), dir.join(format!("{n}.wav")), media::record::Format::AlawWav);
        }
    }
    let ends = far_ends(sockets, until);
    std::thread::sleep(Duration::from_secs(3));
    let (cpu, c0, t0) = (cpu_s("rtp-"), pool.counters(), Instant::now());
    std::thread::sleep(Duration::from_secs(seconds));
    let (spent, c1, took) = (cpu_s("rtp-") - cpu, pool.counters(), t0.elapsed().as_secs_f64());
    let calls = if mode.starts_with("bridge") { legs as f64 / 2.0 } else { legs as f64 };
    println!("{mode}, {legs} legs, {took:.1} s: {:.4} CPU s per call-minute", spent * 60.0 / (calls * took));
    println!("sent {} received {}", c1.packets_sent - c0.packets_sent, c1.packets_received - c0.packets_received);
    let in_window: Vec<u64> = c1.lateness.iter().zip(&c0.lateness).map(|(b, a)| b - a).collect();
    let late: u64 = in_window[6..].iter().sum();
    println!("late by buckets {in_window:?}, more than 10 ms: {:.5}", late as f64 / in_window.iter().sum::<u64>() as f64);
    println!("strangers {} rejects {} slips {}", c1.strangers, c1.rejects, c1.clock_slips);
    println!("resident {} KB per leg (with its far end)", (resident_kb() - before_kb) / legs as u64);
    ends.join().unwrap();
    pool.shutdown();
    drop(events);
    fs::remove_dir_all(dir).unwrap();
}
