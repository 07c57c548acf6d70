//! Secure media between legs of ours and against an agent of the test: who hears whom, and what strangers get.

use super::super::secure::{Association, Fingerprint, IceKeying, Identity, Keying, MasterKey, Suite, ice::IceCredentials, srtp};
use super::*;
use dimpl::{Config, Dtls, Output};
use hmac::{Hmac, Mac as _};
use is::stun::{StunMessage, TransId};
use std::sync::Arc;

/// Two plain phones, each bridged to a leg; those two legs speak to each other as `keyings` say.
struct Chain {
    pool: MediaPool,
    events: Receiver<MediaEvent>,
    phones: [Phone; 2],
    inner: [SocketAddr; 2],
}

fn chain(base: u16) -> Chain {
    let (pool, events) = pool(base, 16, 1);
    let phones = [call(&pool, 1).saying(500), call(&pool, 4).saying(900)];
    let inner = [2, 3].map(|id| SocketAddr::from((LOOP, pool.open(leg(id)).unwrap().port)));
    pool.bridge(leg(1), leg(2));
    pool.bridge(leg(3), leg(4));
    Chain { pool, events, phones, inner }
}

impl Chain {
    fn secure(&self, second: Keying, third: Keying) {
        self.pool.secure(leg(2), second, self.inner[1]);
        self.pool.secure(leg(3), third, self.inner[0]);
        self.pool.connect(leg(2), RemoteRtp::pcma(self.inner[1]));
        self.pool.connect(leg(3), RemoteRtp::pcma(self.inner[0]));
    }

    /// Levels of the far phone's tone at each phone, after `frames` of conversation.
    fn levels(&mut self, frames: u32) -> (f32, f32) {
        let [a, b] = &mut self.phones;
        let heard = converse(&mut [a, b], frames);
        (level(&pcm(&heard[0], Law::A), 900), level(&pcm(&heard[1], Law::A), 500))
    }
}

fn sdes(suite: Suite) -> (Keying, Keying) {
    let (a, b) = (MasterKey::random(suite), MasterKey::random(suite));
    (Keying::Sdes { send: a.clone(), receive: b.clone() }, Keying::Sdes { send: b, receive: a })
}

fn dtls(active: bool, fingerprint: Fingerprint) -> Keying {
    let association = Association { active, fingerprints: vec![fingerprint], proven: false, sources: vec![LOOP] };
    Keying::Dtls { association, ice: None }
}

/// What a phone at -13 dB says, give or take a decibel.
fn assert_loud(levels: (f32, f32)) {
    let own = {
        let mut samples = [0; 4_000];
        Tone::new(900).fill(&mut samples);
        level_db(&samples, 900)
    };
    for level in [levels.0, levels.1] {
        assert!((level - own).abs() < 1.0, "{levels:?} instead of {own}");
    }
}

#[test]
fn legs_with_sdes_keys_hear_each_other_by_every_suite_and_after_a_change_of_keys() {
    let mut c = chain(45_000);
    for suite in Suite::ALL {
        let (second, third) = sdes(suite);
        c.secure(second, third);
        assert_loud(c.levels(60));
    }
    // The far end changes only its own key: ours goes on with its counters.
    let ours = MasterKey::random(Suite::AesCm80);
    for _ in 0..2 {
        let theirs = MasterKey::random(Suite::AesCm80);
        let second = Keying::Sdes { send: ours.clone(), receive: theirs.clone() };
        c.secure(second, Keying::Sdes { send: theirs, receive: ours.clone() });
        assert_loud(c.levels(60));
    }
    assert_eq!(c.pool.counters().replayed, 0);
}

#[test]
fn under_the_wrong_key_nothing_is_heard_and_everything_counted() {
    let mut c = chain(45_020);
    let (second, _) = sdes(Suite::AesCm80);
    let (_, third) = sdes(Suite::AesCm80);
    c.secure(second, third);
    let (first, last) = c.levels(50);
    assert!(first < -60.0 && last < -60.0, "{first} {last}");
    assert!(c.pool.counters().forged > 60, "{:?}", c.pool.counters());
}

#[test]
fn legs_with_a_handshake_hear_each_other() {
    let mut c = chain(45_040);
    let ours = c.pool.fingerprint().clone();
    c.secure(dtls(true, ours.clone()), dtls(false, ours));
    for _ in 0..2 {
        events_until(&c.events, |e| matches!(e, MediaEvent::Secured { .. }));
    }
    assert_loud(c.levels(60));
}

#[test]
fn a_certificate_that_does_not_fit_its_fingerprint_gets_no_keys() {
    let mut c = chain(45_060);
    let (ours, other) = (c.pool.fingerprint().clone(), Identity::generate().unwrap().fingerprint);
    c.secure(dtls(true, ours), dtls(false, other));
    events_until(
        &c.events,
        |e| matches!(e, MediaEvent::Insecure { leg, reason } if *leg == LegId(3) && reason.contains("a=fingerprint")),
    );
    let (first, last) = c.levels(50);
    assert!(first < -60.0 && last < -60.0, "{first} {last}");
}

/// A browser as far as the wire goes: checks, then a handshake as client, then SRTP.
struct Browser {
    socket: UdpSocket,
    to: SocketAddr,
    dtls: Dtls,
    user: String,
    password: String,
    keys: Option<(srtp::Sender, srtp::Receiver)>,
}

fn hmac_sha1(key: &[u8], pieces: &[&[u8]]) -> [u8; 20] {
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(key).unwrap();
    pieces.iter().for_each(|p| mac.update(p));
    mac.finalize().into_bytes().into()
}

impl Browser {
    fn new(port: u16, identity: &Identity, ours: &IceCredentials) -> Self {
        let socket = UdpSocket::bind((LOOP, 0)).unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
        let mut dtls = Dtls::new_auto(Arc::new(Config::default()), identity.certificate.clone(), Instant::now());
        dtls.set_active(true);
        let user = format!("{}:browser", ours.ufrag);
        Self { socket, to: (LOOP, port).into(), dtls, user, password: ours.password.clone(), keys: None }
    }

    fn check(&self, password: &str) {
        let mut out = [0; 256];
        let request = StunMessage::binding_request(&self.user, TransId::new(), true, 1, 1_000, true);
        let n = request.to_bytes(Some(password.as_bytes()), &mut out, hmac_sha1).unwrap();
        self.socket.send_to(&out[..n], self.to).unwrap();
    }

    fn receive(&self) -> Option<Vec<u8>> {
        let mut buffer = [0; 2_048];
        self.socket.recv(&mut buffer).ok().map(|n| buffer[..n].to_vec())
    }

    /// One step of the handshake.
    fn shake(&mut self, datagram: Option<&[u8]>) {
        self.dtls.handle_timeout(Instant::now()).unwrap();
        if let Some(d) = datagram {
            self.dtls.handle_packet(d).unwrap();
        }
        let mut buffer = [0; 2_048];
        loop {
            match self.dtls.poll_output(&mut buffer) {
                Output::Packet(p) => {
                    self.socket.send_to(p, self.to).unwrap();
                }
                Output::KeyingMaterial(m, profile) => {
                    let suite = match profile {
                        dimpl::SrtpProfile::AES128_CM_SHA1_80 => Suite::AesCm80,
                        dimpl::SrtpProfile::AEAD_AES_128_GCM => Suite::AeadAes128Gcm,
                        _ => Suite::AeadAes256Gcm,
                    };
                    let (k, s) = (suite.key_len(), suite.salt_len());
                    let key = |n: usize| MasterKey::new(suite, &[&m[n * k..][..k], &m[2 * k + n * s..][..s]].concat()).unwrap();
                    self.keys = Some((srtp::Sender::new(&key(0)), srtp::Receiver::new(&key(1))));
                }
                Output::Timeout(_) => return,
                _ => {}
            }
        }
    }

    fn connect(&mut self) {
        self.check(&self.password);
        let end = Instant::now() + DEADLINE;
        self.shake(None);
        while self.keys.is_none() {
            assert!(Instant::now() < end, "the handshake does not end");
            match self.receive() {
                Some(d) if d[0] >= 20 && d[0] < 64 => self.shake(Some(&d)),
                _ => self.shake(None),
            }
        }
    }

    fn send_tone(&mut self, tone: &mut Tone, sequence: u16) -> Vec<u8> {
        let mut packet = [0; HEADER_LEN + FRAME + 16];
        let header = Header { marker: false, payload_type: 8, sequence, timestamp: u32::from(sequence) * 160, ssrc: 5 };
        header.write(packet.first_chunk_mut().unwrap());
        let mut samples = [0; FRAME];
        tone.fill(&mut samples);
        Law::A.encode_into(&samples, &mut packet[HEADER_LEN..HEADER_LEN + FRAME]);
        let n = self.keys.as_mut().unwrap().0.seal_rtp(&mut packet, HEADER_LEN + FRAME).unwrap();
        self.socket.send_to(&packet[..n], self.to).unwrap();
        packet[..n].to_vec()
    }
}

/// A leg for a browser, with the browser and a plain phone bridged to it.
fn browser_call(base: u16) -> (MediaPool, Receiver<MediaEvent>, Browser, Phone) {
    let (pool, events) = pool(base, 8, 1);
    let phone = call(&pool, 1).saying(500);
    let port = pool.open(leg(2)).unwrap().port;
    let (local, identity) = (IceCredentials::random(), Identity::generate().unwrap());
    let browser = Browser::new(port, &identity, &local);
    let association = Association { active: false, fingerprints: vec![identity.fingerprint], proven: true, sources: Vec::new() };
    // As browsers write it: no usable address, everything is learnt from the checks.
    let nowhere = SocketAddr::from((LOOP, 9));
    let ice = Some(IceKeying { local, remote_ufrag: "browser".into() });
    pool.secure(leg(2), Keying::Dtls { association, ice }, nowhere);
    pool.connect(leg(2), RemoteRtp { rtcp_mux: true, timeout_ms: Some(700), ..RemoteRtp::pcma(nowhere) });
    pool.bridge(leg(1), leg(2));
    (pool, events, browser, phone)
}

#[test]
fn a_browser_is_found_by_its_checks_and_heard_both_ways_and_its_silence_is_noticed() {
    let (pool, events, mut browser, mut phone) = browser_call(45_080);
    browser.connect();
    events_until(&events, |e| matches!(e, MediaEvent::Secured { .. }));
    let (mut tone, mut heard, mut at_phone) = (Tone::new(900), Vec::new(), Vec::new());
    let mut last = Vec::new();
    let start = Instant::now();
    for n in 0..70_u16 {
        last = browser.send_tone(&mut tone, n);
        phone.speak();
        at_phone.extend(phone.drain());
        browser.socket.set_nonblocking(true).unwrap();
        while let Some(mut d) = browser.receive() {
            let Some((_, receiver)) = &mut browser.keys else { continue };
            if d[0] & 0xC0 == 0x80 && !(192..224).contains(&d[1]) {
                let n = receiver.open_rtp(&mut d).unwrap();
                let p = Packet::parse(&d[..n]).unwrap();
                heard.extend(p.payload.iter().map(|o| Law::A.decode(*o)));
            }
        }
        std::thread::sleep((start + Duration::from_millis(20) * u32::from(n + 1)).saturating_duration_since(Instant::now()));
    }
    assert_loud((level(&pcm(&at_phone, Law::A), 900), level(&heard, 500)));
    // The same packet once more is not heard again.
    browser.socket.send_to(&last, browser.to).unwrap();
    wait_until("the replay to be counted", || pool.counters().replayed == 1);
    // A page that is gone neither speaks nor checks.
    events_until(&events, |e| matches!(e, MediaEvent::TimedOut { leg } if *leg == LegId(2)));
}

#[test]
fn strangers_reach_neither_the_handshake_nor_the_media() {
    let (pool, events, mut browser, _phone) = browser_call(45_100);
    let stranger = UdpSocket::bind((LOOP, 0)).unwrap();
    stranger.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    // ClientHellos, checks without the password, plain RTP and noise.
    let mut hello = Dtls::new_auto(Arc::new(Config::default()), Identity::generate().unwrap().certificate, Instant::now());
    hello.set_active(true);
    let mut buffer = [0; 2_048];
    hello.handle_timeout(Instant::now()).unwrap();
    let Output::Packet(record) = hello.poll_output(&mut buffer) else { panic!("no ClientHello") };
    let sent = 300;
    for n in 0..sent {
        stranger.send_to(record, browser.to).unwrap();
        stranger.send_to(&[0x80, 8, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 7, 7], browser.to).unwrap();
        browser.check("not the password, really");
        if n % 8 == 0 {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    wait_until("the strangers to be counted", || pool.counters().strangers >= 3 * sent);
    assert!(stranger.recv(&mut [0; 64]).is_err(), "a stranger was answered");
    browser.connect();
    events_until(&events, |e| matches!(e, MediaEvent::Secured { .. }));
}
