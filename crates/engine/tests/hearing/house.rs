//! A whole house on loopback, store, engine and switch, and a caller with a switch of its own who speaks and listens.

use engine::{Engine, Parts};
use media::goertzel::rms_db;
use model::record::{
    Call, Codec, DialFormat, Direction, Number, Prompt, PromptSource, Recording, Tenant, Transport, Trunk, Utterance,
};
use model::settings::Settings;
use model::telephony::{Action, Clip, Command, Event, Originate};
use model::{At, LegId, NumberId, OpId, TenantId, TrunkId};
use serde_json::Value;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU16, Ordering};
use std::time::{Duration, Instant};
use store::{CallFilter, PageQuery, Store, StoreConfig};
use switch::{InboundPolicy, Switch, SwitchConfig};
use tokio::sync::mpsc::UnboundedReceiver;

pub const NUMBER: &str = "01088886666";
const T: TenantId = TenantId(1);
const DEADLINE: Duration = Duration::from_secs(20);

fn fresh() -> i64 {
    static NEXT: AtomicI64 = AtomicI64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

fn config() -> SwitchConfig {
    static SLICE: AtomicU16 = AtomicU16::new(0);
    let slice = SLICE.fetch_add(1, Ordering::Relaxed) % 8;
    let base = 21_000 + (std::process::id() % 20) as u16 * 2_000 + slice * 250;
    SwitchConfig {
        bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        rtp_ports: base..=base + 248,
        media_workers: 1,
        inbound: InboundPolicy::TrunksOnly,
        ..SwitchConfig::default()
    }
}

fn trunk(id: i64, address: SocketAddr) -> Trunk {
    Trunk {
        id: TrunkId(id),
        tenant_id: T,
        name: format!("line {id}"),
        enabled: true,
        address: address.to_string(),
        transport: Transport::Udp,
        srtp: model::record::Srtp::Off,
        register: false,
        username: String::new(),
        password: None,
        domain: None,
        tls_authority: None,
        register_expires_s: 300,
        options_interval_s: 0,
        codecs: vec![Codec::Pcma],
        calls_max: 100,
        calls_per_second_max: 100.0,
        caller_id: NUMBER.into(),
        dial_format: DialFormat::National,
        prefix: String::new(),
        inbound_from: Vec::new(),
        calls_per_day_max: 0,
        rules: model::record::TrunkRules::default(),
        created_at: At(0),
        revision: 1,
    }
}

pub struct House {
    pub store: Store,
    _engine: Engine,
    address: SocketAddr,
    line: Switch,
    events: UnboundedReceiver<Event>,
    _dir: tempfile::TempDir,
}

impl House {
    /// Open for calls to [`NUMBER`], which run this flow. A prompt `long` is twenty seconds of 1 kHz.
    pub async fn open(flow: Value, settings: Settings) -> Self {
        connect::install_crypto();
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", dir.path().join("test.db").display());
        let store = Store::open(StoreConfig::new(url, dir.path())).await.unwrap();
        let (switch, events) = Switch::start(config()).await.unwrap();
        let (line, line_events) = Switch::start(config()).await.unwrap();
        furnish(&store, flow, settings, line.local_addr()).await;
        let client = connect::Client::new(connect::Guard::with_loopback()).unwrap();
        let parts = Parts {
            store: store.clone(),
            switch: switch.clone(),
            events,
            speech: desk::prompt::SpeechCache::new(dir.path(), 1 << 30, client.clone()),
            recordings_dir: dir.path().join("recordings"),
            floor: floor::FloorConfig::default(),
            client,
            speech_models_dir: None,
        };
        let engine = Engine::start(parts).await.unwrap();
        line.set_trunks(vec![trunk(9, switch.local_addr())]);
        let mut house = Self { store, _engine: engine, address: switch.local_addr(), line, events: line_events, _dir: dir };
        house.wait("the line", |e| matches!(e, Event::Trunk { state, .. } if state.is_up())).await;
        house
    }

    async fn wait(&mut self, what: &str, mut want: impl FnMut(&Event) -> bool) -> Event {
        let end = tokio::time::Instant::now() + DEADLINE;
        loop {
            match tokio::time::timeout_at(end, self.events.recv()).await {
                Ok(Some(event)) if want(&event) => return event,
                Ok(Some(_)) => {}
                _ => panic!("waited in vain for {what} at {}", self.address),
            }
        }
    }

    /// Calls and listens.
    pub async fn call(&mut self) -> Caller {
        let leg = LegId(fresh());
        self.line.send(Command::Originate(Originate {
            leg,
            trunk: TrunkId(9),
            to: NUMBER.into(),
            from: "13800138000".into(),
            ring_ms_max: 10_000,
            context: String::new(),
            diverted_from: String::new(),
            replaces: String::new(),
        }));
        self.wait("the answer", |e| matches!(e, Event::Answered { leg: l } if *l == leg)).await;
        let (ring, sound) = rtrb::RingBuffer::new(80_000);
        self.line.tap(leg, ring);
        Caller { leg, line: self.line.clone(), sound, heard: Vec::new() }
    }

    pub async fn ended(&mut self, caller: &Caller) {
        let leg = caller.leg;
        self.wait("the end", |e| matches!(e, Event::Ended { leg: l, .. } if *l == leg)).await;
    }

    /// The records of `n` ended calls, oldest first.
    pub async fn records(&self, n: usize) -> Vec<(Call, Vec<Recording>)> {
        let end = Instant::now() + DEADLINE;
        loop {
            let page = self.store.calls(T, &CallFilter::default(), PageQuery::default()).await.unwrap();
            if page.items.len() >= n {
                let mut out = Vec::new();
                for call in page.items.iter().rev() {
                    assert_eq!(call.direction, Direction::Inbound);
                    out.push(self.store.call(T, call.id).await.unwrap().unwrap());
                }
                return out;
            }
            assert!(Instant::now() < end, "{} of {n} calls were stored", page.items.len());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn furnish(store: &Store, flow: Value, settings: Settings, line: SocketAddr) {
    let now = desk::now();
    if store.tenant(T).await.unwrap().is_none() {
        let tenant = Tenant { id: T, code: "t".into(), name: "t".into(), enabled: true, created_at: now };
        store.insert_tenant(&tenant).await.unwrap();
    }
    store.save_settings(T, &settings, now).await.unwrap();
    store.insert_trunk(&trunk(1, line)).await.unwrap();
    let mut samples = vec![0; 160_000];
    media::tone::Tone::new(1_000).fill(&mut samples);
    let alaw: Vec<u8> = samples.iter().map(|s| media::g711::Law::A.encode(*s)).collect();
    let blob = store.put_blob(alaw.into()).await.unwrap();
    let prompt = Prompt {
        id: store.new_id(now),
        tenant_id: T,
        name: "long".into(),
        source: PromptSource::Upload,
        text: String::new(),
        voice: None,
        duration_ms: 20_000,
        blob,
        created_at: now,
        updated_at: now,
    };
    store.insert_prompt(&prompt).await.unwrap();
    let made = store.insert_flow(T, "t", "", &flow, now).await.unwrap();
    store.publish_flow(T, made.id, made.revision, "t", "", now).await.unwrap();
    let number = Number {
        id: NumberId(1),
        tenant_id: T,
        number: "+861088886666".into(),
        trunk_id: None,
        inbound_flow_id: Some(made.id),
        outbound: false,
        calls_per_day_max: 0,
        note: String::new(),
        flag: model::record::NumberFlag::default(),
    };
    store.insert_number(&number).await.unwrap();
}

pub struct Caller {
    leg: LegId,
    line: Switch,
    sound: rtrb::Consumer<i16>,
    /// When a frame came, and how loud it was.
    heard: Vec<(Instant, f32)>,
}

impl Caller {
    /// Speaks a pitch for a while; goes on at once.
    pub fn say(&self, hz: u16, ms: u32) {
        self.line.send(Command::Play { leg: self.leg, op: OpId(fresh()), clips: vec![Clip::Tone { hz, ms }] });
    }

    pub fn press(&self, digits: &str) {
        self.line.send(Command::SendDigits { leg: self.leg, op: OpId(fresh()), digits: digits.into() });
    }

    pub fn hang_up(&self) {
        self.line.send(Command::Hangup { leg: self.leg, action: Action::Normal });
    }

    fn listen(&mut self) {
        while self.sound.slots() >= 160 {
            let frame: Vec<i16> = self.sound.read_chunk(160).unwrap().into_iter().collect();
            self.heard.push((Instant::now(), rms_db(&frame)));
        }
    }

    /// Listens until the line has been loud (or quiet) for `frames` in a row; says when that began.
    pub async fn until(&mut self, loud: bool, frames: usize) -> Instant {
        let end = Instant::now() + DEADLINE;
        let from = self.heard.len();
        loop {
            self.listen();
            let so_far = &self.heard[from..];
            if so_far.len() >= frames && so_far[so_far.len() - frames..].iter().all(|(_, db)| (*db > -40.0) == loud) {
                return so_far[so_far.len() - frames].0;
            }
            assert!(Instant::now() < end, "the line never became {}", if loud { "loud" } else { "quiet" });
            tokio::time::sleep(Duration::from_millis(4)).await;
        }
    }
}

pub fn texts(utterances: &[Utterance]) -> Vec<(&'static str, &str)> {
    utterances.iter().map(|u| (u.speaker.code(), u.text.as_str())).collect()
}

/// A listener of HTTP that answers with sound, piece by piece, as a synthesiser makes it.
pub async fn slow_synthesiser(pieces: u32, every: Duration) -> (String, Arc<AtomicI64>) {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicI64::new(0));
    let count = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::Relaxed);
            tokio::spawn(async move {
                let mut request = [0; 8_192];
                let _ = socket.read(&mut request).await;
                let head = "HTTP/1.1 200 OK\r\ncontent-type: audio/pcm\r\ntransfer-encoding: chunked\r\n\r\n";
                let _ = socket.write_all(head.as_bytes()).await;
                for piece in 0..pieces {
                    // 200 ms of 500 Hz at 24 kHz.
                    let sample = |n: u32| ((piece * 4_800 + n) as f32 * std::f32::consts::TAU * 500.0 / 24_000.0).sin() * 8_000.0;
                    let sound: Vec<u8> = (0..4_800).flat_map(|n| (sample(n) as i16).to_le_bytes()).collect();
                    let _ = socket.write_all(format!("{:x}\r\n", sound.len()).as_bytes()).await;
                    let _ = socket.write_all(&sound).await;
                    let _ = socket.write_all(b"\r\n").await;
                    tokio::time::sleep(every).await;
                }
                let _ = socket.write_all(b"0\r\n\r\n").await;
            });
        }
    });
    (url, asked)
}
