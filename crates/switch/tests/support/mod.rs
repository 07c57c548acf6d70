//! What the scenarios share: a switch with its events, SIPp and a scripted far end.

pub mod peer;
pub mod phone;
pub mod sipp;

use model::record::{Codec, DialFormat, Transport, Trunk, TrunkRules};
use model::telephony::{Action, Cause, Command, Event, MediaStats, Originate};
use model::{At, LegId, OpId, TenantId, TrunkId};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicI64, AtomicU16, Ordering};
use std::time::Duration;
use switch::{InboundPolicy, Switch, SwitchConfig, Timing};
use tokio::sync::mpsc::UnboundedReceiver;

/// Nothing in these tests takes longer unless it is broken.
pub const DEADLINE: Duration = Duration::from_secs(12);

/// Leg and operation ids, unique in one test process.
pub fn fresh() -> i64 {
    static NEXT: AtomicI64 = AtomicI64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// A loopback port free for UDP and TCP at this moment.
pub fn free_port() -> u16 {
    for _ in 0..200 {
        let udp = std::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a UDP port");
        let port = udp.local_addr().expect("its address").port();
        if std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
    panic!("no port is free for both UDP and TCP");
}

pub fn config() -> SwitchConfig {
    // Every switch of a process gets RTP ports of its own, and processes differ by their id.
    static SLICE: AtomicU16 = AtomicU16::new(0);
    let slice = SLICE.fetch_add(1, Ordering::Relaxed) % 8;
    let base = 21_000 + (std::process::id() % 20) as u16 * 2_000 + slice * 250;
    SwitchConfig {
        bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        rtp_ports: base..=base + 248,
        media_workers: 1,
        user_agent: "Fengling test".into(),
        timing: Timing { t1: Duration::from_millis(50), session_min_s: 2, ..Timing::default() },
        ..SwitchConfig::default()
    }
}

pub fn trunk(id: i64, address: impl ToString) -> Trunk {
    Trunk {
        id: TrunkId(id),
        tenant_id: TenantId(1),
        name: format!("line {id}"),
        enabled: true,
        address: address.to_string(),
        transport: Transport::Udp,
        register: false,
        username: String::new(),
        password: None,
        domain: None,
        tls_authority: None,
        register_expires_s: 300,
        options_interval_s: 0,
        codecs: vec![Codec::Pcma, Codec::Pcmu],
        calls_max: 1_000,
        calls_per_second_max: 100.0,
        caller_id: "01088886666".into(),
        dial_format: DialFormat::National,
        prefix: String::new(),
        srtp: model::record::Srtp::Off,
        inbound_from: Vec::new(),
        calls_per_day_max: 0,
        rules: TrunkRules::default(),
        created_at: At(0),
        revision: 1,
    }
}

/// A switch and what it reported.
pub struct Rig {
    pub switch: Switch,
    events: UnboundedReceiver<Event>,
    seen: Vec<Event>,
}

impl Rig {
    pub async fn start(config: SwitchConfig) -> Self {
        let (switch, events) = Switch::start(config).await.expect("the switch starts");
        Self { switch, events, seen: Vec::new() }
    }

    /// A switch with one trunk towards `address`, which is told before this returns.
    pub async fn with_trunk(trunk: Trunk) -> Self {
        let mut rig = Self::start(config()).await;
        let id = trunk.id;
        rig.switch.set_trunks(vec![trunk]);
        rig.wait("the trunk to come up", |e| matches!(e, Event::Trunk { trunk, state } if *trunk == id && state.is_up())).await;
        rig
    }

    pub async fn anyone() -> Self {
        Self::start(SwitchConfig { inbound: InboundPolicy::Anyone, ..config() }).await
    }

    pub fn addr(&self) -> SocketAddr {
        self.switch.local_addr()
    }

    /// The next event that `want` accepts; others are remembered and skipped.
    pub async fn wait(&mut self, what: &str, want: impl FnMut(&Event) -> bool) -> Event {
        self.wait_within(DEADLINE, what, want).await
    }

    pub async fn wait_within(&mut self, time: Duration, what: &str, mut want: impl FnMut(&Event) -> bool) -> Event {
        let end = tokio::time::Instant::now() + time;
        loop {
            match tokio::time::timeout_at(end, self.events.recv()).await {
                Ok(Some(event)) => {
                    self.seen.push(event.clone());
                    if want(&event) {
                        return event;
                    }
                }
                Ok(None) => panic!("the switch stopped while waiting for {what}; seen: {:#?}", self.seen),
                Err(_) => panic!("waited in vain for {what}; seen: {:#?}", self.seen),
            }
        }
    }

    pub async fn answered(&mut self, leg: LegId) {
        self.wait("the answer", |e| matches!(e, Event::Answered { leg: l } if *l == leg)).await;
    }

    pub async fn ended(&mut self, leg: LegId) -> (Cause, MediaStats) {
        match self.wait("the end", |e| matches!(e, Event::Ended { leg: l, .. } if *l == leg)).await {
            Event::Ended { cause, stats, .. } => (cause, stats),
            _ => unreachable!("the filter lets only Ended pass"),
        }
    }

    pub async fn incoming(&mut self) -> (LegId, TrunkId, String, String) {
        match self.wait("a call", |e| matches!(e, Event::Incoming { .. })).await {
            Event::Incoming { leg, trunk, from, to, .. } => (leg, trunk, from, to),
            _ => unreachable!("the filter lets only Incoming pass"),
        }
    }

    /// Nothing is reported for the leg after its Ended: reads what is there and what comes within `quiet`.
    pub async fn nothing_after_end(&mut self, leg: LegId, quiet: Duration) {
        while let Ok(Some(event)) = tokio::time::timeout(quiet, self.events.recv()).await {
            self.seen.push(event);
        }
        let mine: Vec<&Event> = self.seen.iter().filter(|e| e.leg() == Some(leg)).collect();
        let ends = mine.iter().filter(|e| matches!(e, Event::Ended { .. })).count();
        assert_eq!(ends, 1, "exactly one Ended: {mine:#?}");
        assert!(matches!(mine.last(), Some(Event::Ended { .. })), "nothing after Ended: {mine:#?}");
    }

    pub fn seen(&self) -> &[Event] {
        &self.seen
    }

    pub fn digits(&self, leg: LegId) -> String {
        let digit = |e: &Event| match e {
            Event::Digit { leg: l, digit } if *l == leg => Some(*digit),
            _ => None,
        };
        self.seen.iter().filter_map(digit).collect()
    }

    pub async fn digits_until(&mut self, leg: LegId, wanted: &str) {
        while self.digits(leg) != wanted {
            assert!(wanted.starts_with(&self.digits(leg)), "digits {:?} instead of {wanted:?}", self.digits(leg));
            self.wait("a digit", |e| matches!(e, Event::Digit { leg: l, .. } if *l == leg)).await;
        }
    }

    /// Starts a call and gives its leg.
    pub fn call(&self, trunk: i64, to: &str, ring_ms_max: u32) -> LegId {
        let leg = LegId(fresh());
        self.switch.send(Command::Originate(Originate {
            leg,
            trunk: TrunkId(trunk),
            to: to.into(),
            from: "01088886666".into(),
            ring_ms_max,
            context: format!("context of {leg}"),
            diverted_from: String::new(),
            replaces: String::new(),
        }));
        leg
    }

    pub fn hang_up(&self, leg: LegId) {
        self.switch.send(Command::Hangup { leg, action: Action::Normal });
    }

    /// Waits until no table holds anything any more.
    pub async fn empty(&self) {
        let end = tokio::time::Instant::now() + DEADLINE;
        loop {
            let held = self.switch.held().await;
            let library = held.library.running + held.library.finished + held.library.waiting_ack;
            if held.legs + held.dialogs + held.client_transactions + held.server_transactions + held.merges + library == 0 {
                return;
            }
            assert!(tokio::time::Instant::now() < end, "tables are not empty: {held:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

pub fn op() -> OpId {
    OpId(fresh())
}
