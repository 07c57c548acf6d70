//! The switch by itself: what a call costs when nothing but SIP and RTP is done for it. `server` is the process that is
//! measured, on the first core; `load` keeps the second core.

pub mod load;
pub mod scenario;
pub mod server;
pub mod signalling;
pub mod soak;

use model::record::{Codec, DialFormat, Srtp, Transport, Trunk, TrunkRules};
use model::{At, TenantId, TrunkId};
use std::net::SocketAddr;
use switch::{InboundPolicy, Limits, SwitchConfig};

/// A switch that takes every call and as many as there are ports.
pub fn config(rtp_from: u16) -> SwitchConfig {
    let limits = Limits { invites_per_second_max: 100_000, incoming_pending_max: 20_000, ..Limits::default() };
    SwitchConfig {
        bind: SocketAddr::from(([127, 0, 0, 1], 0)),
        rtp_ports: rtp_from..=rtp_from + 9_998,
        media_workers: 1,
        inbound: InboundPolicy::Anyone,
        limits,
        ..SwitchConfig::default()
    }
}

/// The trunk of either side towards the other, in G.711 without encryption.
pub fn line(to: &str) -> Trunk {
    // SIPp offers µ-law alone.
    trunk(to, TrunkId(1), vec![Codec::Pcma, Codec::Pcmu], Srtp::Off)
}

/// As a browser's leg: Opus over SRTP.
pub fn web_line(to: &str) -> Trunk {
    trunk(to, TrunkId(1), vec![Codec::Opus, Codec::Pcma], Srtp::Optional)
}

/// From a browser's leg on to the carrier.
pub fn carrier_line(to: &str) -> Trunk {
    trunk(to, CARRIER, vec![Codec::Pcma], Srtp::Off)
}

pub const CARRIER: TrunkId = TrunkId(2);

fn trunk(to: &str, id: TrunkId, codecs: Vec<Codec>, srtp: Srtp) -> Trunk {
    Trunk {
        id,
        tenant_id: TenantId(1),
        name: "bench".into(),
        enabled: true,
        address: to.into(),
        transport: Transport::Udp,
        register: false,
        username: String::new(),
        password: None,
        domain: None,
        tls_authority: None,
        register_expires_s: 300,
        options_interval_s: 0,
        codecs,
        calls_max: 10_000,
        calls_per_second_max: 100_000.0,
        caller_id: "01088886666".into(),
        dial_format: DialFormat::National,
        prefix: String::new(),
        srtp,
        inbound_from: Vec::new(),
        calls_per_day_max: 0,
        rules: TrunkRules::default(),
        created_at: At(0),
        revision: 1,
    }
}

/// Thirty seconds of a quiet tone as the media threads play it, in a file of its own.
pub fn prompt(dir: &std::path::Path) -> String {
    let path = dir.join("prompt.alaw");
    let mut tone = media::tone::Tone::new(420);
    let mut pcm = vec![0_i16; 8_000 * 30];
    tone.fill(&mut pcm);
    let mut octets = vec![0_u8; pcm.len()];
    media::g711::Law::A.encode_into(&pcm, &mut octets);
    std::fs::write(&path, octets).expect("a prompt");
    path.to_string_lossy().into_owned()
}
