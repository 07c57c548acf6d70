//! The pool against real sockets on loopback: what is played, who hears whom, what is recorded.

mod bridging;
mod codecs;
mod comfort;
mod conference;
mod faults;
mod hostile;
mod playing;
mod recording;
mod rings;
mod secure;

use super::{Direction, MediaConfig, MediaEvent, MediaPool, RemoteRtp};
use media::{
    FRAME,
    codec::{Codec, Decoder, Encoder, SAMPLES_MAX},
    g711::Law,
    goertzel::level_db,
    rtp::{HEADER_LEN, Header, Packet},
    tone::Tone,
};
use model::{LegId, OpId};
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket},
    sync::mpsc::Receiver,
    time::{Duration, Instant},
};

pub const LOOP: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
pub const DEADLINE: Duration = Duration::from_secs(10);

/// A pool on its own ports; `base` differs from test to test, since they may share a process.
pub fn pool(base: u16, ports: u16, workers: usize) -> (MediaPool, Receiver<MediaEvent>) {
    let config =
        MediaConfig { bind: LOOP, port_min: base, port_max: base + ports - 1, workers, realtime: false, relatch_silence_ms: 500 };
    MediaPool::start(config).unwrap()
}

/// A far end on a plain socket.
pub struct Phone {
    pub socket: UdpSocket,
    pub to: SocketAddr,
    pub header: Header,
    tone: Option<Tone>,
}

pub struct Heard {
    pub at: Instant,
    pub marker: bool,
    pub payload_type: u8,
    pub sequence: u16,
    pub timestamp: u32,
    pub payload: Vec<u8>,
}

impl Phone {
    pub fn new(port: u16) -> Self {
        let socket = UdpSocket::bind((LOOP, 0)).unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(5))).unwrap();
        let ssrc = u32::from(socket.local_addr().unwrap().port());
        let header = Header { marker: false, payload_type: 8, sequence: 65_500, timestamp: u32::MAX - 1_000, ssrc };
        Self { socket, to: (LOOP, port).into(), header, tone: None }
    }

    pub fn remote(&self) -> RemoteRtp {
        RemoteRtp::pcma(self.socket.local_addr().unwrap())
    }

    pub fn saying(mut self, hz: u16) -> Self {
        self.tone = Some(Tone::new(hz));
        self
    }

    pub fn send(&mut self, payload_type: u8, payload: &[u8]) {
        let mut packet = [0; HEADER_LEN];
        Header { payload_type, ..self.header }.write(&mut packet);
        self.socket.send_to(&[&packet, payload].concat(), self.to).unwrap();
        self.header.sequence = self.header.sequence.wrapping_add(1);
    }

    /// 20 ms of the tone, or of silence.
    pub fn speak(&mut self) {
        let mut pcm = [0; FRAME];
        if let Some(tone) = &mut self.tone {
            tone.fill(&mut pcm);
        }
        let mut body = [0; FRAME];
        let law = Law::from_payload_type(self.header.payload_type).unwrap();
        law.encode_into(&pcm, &mut body);
        self.send(self.header.payload_type, &body);
        self.header.timestamp = self.header.timestamp.wrapping_add(FRAME as u32);
    }

    /// The next RTP packet; RTCP for a neighbour may lie between.
    pub fn hear(&self) -> Option<Heard> {
        let mut b = [0; 2_048];
        let p = loop {
            let n = self.socket.recv(&mut b).ok()?;
            if Packet::parse(&b[..n]).is_ok() {
                break Packet::parse(&b[..n]).ok()?;
            }
        };
        Some(Heard {
            at: Instant::now(),
            marker: p.marker,
            payload_type: p.payload_type,
            sequence: p.sequence,
            timestamp: p.timestamp,
            payload: p.payload.to_vec(),
        })
    }

    /// Everything that arrives up to `n` packets.
    pub fn hear_packets(&self, n: usize) -> Vec<Heard> {
        let end = Instant::now() + DEADLINE;
        let mut got = Vec::new();
        while got.len() < n && Instant::now() < end {
            got.extend(self.hear());
        }
        assert_eq!(got.len(), n, "packets heard before the deadline");
        got
    }

    /// What waits in the socket.
    pub fn drain(&self) -> Vec<Heard> {
        self.socket.set_nonblocking(true).unwrap();
        let got = std::iter::from_fn(|| self.hear()).collect();
        self.socket.set_nonblocking(false).unwrap();
        got
    }
}

/// Lets phones speak at the pace of a call for `frames` and returns what each heard.
pub fn converse(phones: &mut [&mut Phone], frames: u32) -> Vec<Vec<Heard>> {
    let start = Instant::now();
    let mut heard: Vec<Vec<Heard>> = phones.iter().map(|_| Vec::new()).collect();
    for n in 0..frames {
        for (phone, heard) in phones.iter_mut().zip(&mut heard) {
            phone.speak();
            heard.extend(phone.drain());
        }
        let due = start + Duration::from_millis(20) * (n + 1);
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
    }
    heard
}

/// The sound of what was heard.
pub fn pcm(heard: &[Heard], law: Law) -> Vec<i16> {
    heard.iter().filter(|h| h.payload_type == law.payload_type()).flat_map(|h| h.payload.iter().map(|o| law.decode(*o))).collect()
}

/// Level of `hz` in the last half second.
pub fn level(samples: &[i16], hz: u16) -> f32 {
    level_db(&samples[samples.len().saturating_sub(4_000)..], hz)
}

/// Events until one that `wanted` likes; those before it are returned, too.
pub fn events_until(events: &Receiver<MediaEvent>, wanted: impl Fn(&MediaEvent) -> bool) -> Vec<MediaEvent> {
    let end = Instant::now() + DEADLINE;
    let mut got = Vec::new();
    loop {
        match events.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(e) => {
                let found = wanted(&e);
                got.push(e);
                if found {
                    return got;
                }
            }
            Err(e) => panic!("no such event ({e}), only {got:?}"),
        }
    }
}

/// Waits, pacing nothing, until `done`.
pub fn wait_until(what: &str, done: impl Fn() -> bool) {
    let end = Instant::now() + DEADLINE;
    while !done() {
        assert!(Instant::now() < end, "{what} did not come about");
        std::thread::sleep(Duration::from_millis(2));
    }
}

pub const fn leg(n: i64) -> LegId {
    LegId(n)
}

pub const fn op(n: i64) -> OpId {
    OpId(n)
}

/// An open and connected leg with its phone.
pub fn call(pool: &MediaPool, id: i64) -> Phone {
    let phone = Phone::new(pool.open(leg(id)).unwrap().port);
    pool.connect(leg(id), phone.remote());
    phone
}

pub fn held() -> Direction {
    Direction::RecvOnly
}
