//! What the simulated network says is heard by the switch: tones, announcements, machines, fax, silence; and an announcement
//! once kept and marked is known the next time. Real SIP, real RTP, espeak-ng's voice.

use carrier::{Carrier, CarrierConfig, Plan, Profile, Sounds};
use media::ears::{Class, Entry, Print};
use media::wav::Wav;
use model::record::{Codec, DialFormat, Heard, HeardClass, HeardMeans, Transport, Trunk};
use model::settings::Ears;
use model::telephony::{Action, Clip, Command, Detect, Event, Originate};
use model::{At, IdGen, IdLane, LegId, TenantId, TrunkId};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use switch::{Switch, SwitchConfig};
use tokio::sync::mpsc::UnboundedReceiver;

const TENANT: TenantId = TenantId(1);

fn say(dir: &Path, name: &str, text: &str) -> Clip {
    let out = std::process::Command::new("espeak-ng")
        .args(["-b", "1", "--stdout", "-v", "cmn-latn-pinyin", "-s", "165", text])
        .output()
        .expect("espeak-ng");
    let path = dir.join(format!("{name}.alaw"));
    std::fs::write(&path, media::prompt::import(&out.stdout).expect("a WAV").alaw).expect("a file");
    Clip::File { path: path.to_string_lossy().into_owned() }
}

fn trunk(address: SocketAddr) -> Trunk {
    Trunk {
        id: TrunkId(1),
        tenant_id: TENANT,
        name: "carrier".into(),
        enabled: true,
        address: address.to_string(),
        transport: Transport::Udp,
        register: false,
        username: String::new(),
        password: None,
        domain: None,
        tls_authority: None,
        srtp: model::record::Srtp::Off,
        register_expires_s: 300,
        options_interval_s: 0,
        codecs: vec![Codec::Pcma],
        calls_max: 100,
        calls_per_second_max: 100.0,
        caller_id: String::new(),
        dial_format: DialFormat::National,
        prefix: String::new(),
        inbound_from: vec![],
        calls_per_day_max: 0,
        rules: model::record::TrunkRules::default(),
        created_at: At(0),
        revision: 0,
    }
}

struct Bench {
    switch: Switch,
    events: UnboundedReceiver<Event>,
    carrier: Carrier,
    dir: tempfile::TempDir,
    ids: IdGen,
}

/// What one call came to.
#[derive(Default)]
struct Told {
    heard: Vec<Heard>,
    kept: Option<(PathBuf, u32)>,
}

impl Bench {
    async fn start(numbers: &[(&str, Profile)]) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let suspended = say(dir.path(), "suspended", "您好，您拨打的电话已停机，请稍后再拨");
        let sounds = Sounds {
            greeting: Some(say(dir.path(), "greeting", "您好，我现在不方便接听电话，请在提示音后留言，我会尽快回电")),
            announcements: BTreeMap::from([("suspended".to_owned(), suspended)]),
            ..Sounds::default()
        };
        let numbers = numbers.iter().map(|(n, p)| ((*n).to_owned(), p.clone())).collect();
        let plan = Plan { numbers, mix: Vec::new(), time_scale: 0.2, ..Plan::default() };
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let config = CarrierConfig {
            bind: any,
            rtp_ports: 41_000..=41_998,
            media_workers: 1,
            plan,
            sounds,
            deliver_to: None,
            call_back_number: None,
        };
        let carrier = Carrier::start(config).await.expect("a carrier");
        let config = SwitchConfig { rtp_ports: 42_000..=42_998, media_workers: 1, ..SwitchConfig::new(any) };
        let (switch, events) = Switch::start(config).await.expect("a switch");
        switch.set_trunks(vec![trunk(carrier.local_addr())]);
        Self { switch, events, carrier, dir, ids: IdGen::new(IdLane::Floor) }
    }

    fn call(&mut self, to: &str) -> LegId {
        let ms = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis());
        let leg = LegId(self.ids.next(At(i64::try_from(ms).unwrap_or_default())));
        let (to, from) = (to.to_owned(), "01088886666".to_owned());
        let originate = Originate {
            leg,
            trunk: TrunkId(1),
            to,
            from,
            ring_ms_max: 30_000,
            context: String::new(),
            diverted_from: String::new(),
            replaces: String::new(),
        };
        self.switch.send(Command::Originate(originate));
        let keep = Some(self.dir.path().join(format!("kept/{leg}.wav")).to_string_lossy().into_owned());
        let settings = Ears { dead_air_ms: 3_000, ..Ears::default() };
        self.switch.send(Command::Detect(Detect { leg, tenant: TENANT, settings, keep }));
        leg
    }

    /// All that is told until every leg has ended; a leg is hung up once it has been heard as `enough` says.
    async fn until_ended(&mut self, mut open: BTreeMap<LegId, HeardClass>) -> BTreeMap<LegId, Told> {
        let mut told: BTreeMap<LegId, Told> = BTreeMap::new();
        while !open.is_empty() {
            let event = tokio::time::timeout(Duration::from_secs(25), self.events.recv()).await;
            match event.unwrap_or_else(|_| panic!("no end of {open:?}")).expect("a living switch") {
                Event::Heard { leg, heard } => {
                    if open.get(&leg) == Some(&heard.class) {
                        self.switch.send(Command::Hangup { leg, action: Action::Normal });
                    }
                    told.entry(leg).or_default().heard.push(heard);
                }
                Event::Kept { leg, path, duration_ms, .. } => {
                    told.entry(leg).or_default().kept = Some((path.into(), duration_ms));
                }
                Event::Ended { leg, .. } => {
                    open.remove(&leg);
                }
                _ => {}
            }
        }
        told
    }

    async fn stop(self) {
        self.switch.shutdown(Duration::from_millis(200)).await;
        self.carrier.shutdown().await;
    }
}

fn classes(told: &Told) -> Vec<HeardClass> {
    told.heard.iter().map(|h| h.class).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn tones_machines_fax_and_silence_are_heard_on_the_wire() {
    let rows = [
        ("13800000001", Profile::BusyTone, HeardClass::Busy, true),
        ("13800000002", Profile::CongestionTone, HeardClass::Congestion, true),
        ("13800000003", Profile::Fax { ring_ms: 500 }, HeardClass::Fax, false),
        ("13800000004", Profile::DeadAir { ring_ms: 500 }, HeardClass::DeadAir, false),
        ("13800000005", Profile::Voicemail { ring_ms: 500 }, HeardClass::Beep, false),
    ];
    let numbers: Vec<(&str, Profile)> = rows.iter().map(|(n, p, ..)| (*n, p.clone())).collect();
    let mut bench = Bench::start(&numbers).await;
    let legs: Vec<(LegId, HeardClass, bool)> = rows.iter().map(|(n, _, class, early)| (bench.call(n), *class, *early)).collect();
    let told = bench.until_ended(legs.iter().map(|(leg, class, _)| (*leg, *class)).collect()).await;
    for (leg, class, early) in legs {
        let told = told.get(&leg).unwrap_or_else(|| panic!("{class:?}: nothing was heard"));
        let last = told.heard.last().expect("a verdict");
        assert_eq!((last.class, last.early), (class, early), "{:?}", told.heard);
        assert!(!last.evidence.is_empty());
        if class == HeardClass::Beep {
            assert_eq!(classes(told), [HeardClass::Machine, HeardClass::Beep], "{:?}", told.heard);
        }
    }
    bench.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_announcement_is_kept_marked_and_known_the_next_time() {
    let number = "13800000009";
    let announces = Profile::Announces { class: "suspended".into(), answered: false };
    let mut bench = Bench::start(&[(number, announces)]).await;
    let leg = bench.call(number);
    let told = bench.until_ended(BTreeMap::from([(leg, HeardClass::Suspended)])).await;
    assert!(told[&leg].heard.is_empty(), "{:?}", told[&leg].heard);
    let (path, ms) = told[&leg].kept.clone().expect("what was said is kept");
    assert!((1_500..8_000).contains(&ms), "{ms} ms");
    let bytes = read_when_written(&path).await;
    let mut samples = Vec::new();
    #[expect(clippy::cast_possible_truncation, reason = "a sample in −1…1")]
    Wav::parse(&bytes).expect("a WAV").for_each_frame(|f| samples.push((f[0] * 32_767.0) as i16));
    let print = Print::of(&samples).expect("enough sound");
    bench.switch.set_library(TENANT, vec![Entry { id: 77, name: "停机".into(), class: Class::Suspended, print }]);
    let leg = bench.call(number);
    let told = bench.until_ended(BTreeMap::from([(leg, HeardClass::Suspended)])).await;
    let heard = &told[&leg].heard[0];
    assert_eq!((heard.class, heard.means, heard.early), (HeardClass::Suspended, HeardMeans::Fingerprint, true));
    assert_eq!(heard.fingerprint_id.map(|f| f.0), Some(77));
    assert!(heard.evidence.contains("停机"), "{}", heard.evidence);
    bench.stop().await;
}

/// The file is written while the call's end is told.
async fn read_when_written(path: &Path) -> Vec<u8> {
    let until = tokio::time::Instant::now() + Duration::from_secs(5);
    loop {
        match std::fs::read(path) {
            Ok(bytes) if bytes.len() > 44 => return bytes,
            _ if tokio::time::Instant::now() < until => tokio::time::sleep(Duration::from_millis(20)).await,
            other => panic!("{}: {other:?}", path.display()),
        }
    }
}
