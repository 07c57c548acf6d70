//! A real phone as an extension: baresip registers over UDP, TCP and TLS, plain and with SRTP, is called, is heard and hears,
//! echoes, leaves, and calls. Tones are measured at both ends.

use crate::support::phone::extension;
use crate::support::{DEADLINE, Rig, config, fresh, op, trunk};
use media::{g711::Law, goertzel::level_db};
use model::telephony::{CallExtension, Clip, Command, Event, MediaStats};
use model::{ExtensionId, LegId};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use switch::TlsListen;

/// What the phone says, and what we say to it.
const PHONE_HZ: u16 = 440;
const OUR_HZ: u16 = 1_000;
/// Amplitudes of 8,000 and of 10,000 (`media::tone`) of 32,768.
const PHONE_DB: f32 = -12.25;
const OUR_DB: f32 = -10.31;
/// Nobody hears himself, or what is not said.
const SILENT_DB: f32 = -45.0;
const RATE: usize = 8_000;
/// Where G.711 and an undisturbed path change nothing.
const TOLERANCE_DB: f32 = 1.0;

/// baresip of one configuration: 8001 plays a tone, 8002 gives back what it hears. Nothing needs a sound card.
struct Desk {
    dir: tempfile::TempDir,
    transport: &'static str,
    mediaenc: &'static str,
}

impl Desk {
    fn new(transport: &'static str, mediaenc: &'static str) -> Self {
        let dir = tempfile::tempdir().expect("a directory for the phone");
        std::fs::create_dir(dir.path().join("heard")).expect("a directory for what it hears");
        Self { dir, transport, mediaenc }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// `aufile` rather than `ausine`: that one knows 48 kHz only, and a source that fails leaves the call ringing for ever.
    fn write(&self, to: SocketAddr, registers_every_s: u32) {
        let (heard, says) = (self.path("heard"), self.path("says.wav"));
        tone_file(&says);
        let config = format!(
            "sip_listen 127.0.0.1:0\nmodule_path /usr/lib/baresip/modules\nmodule g711.so\nmodule aufile.so\nmodule aubridge.so\n\
             module sndfile.so\nmodule srtp.so\nmodule_app account.so\nmodule_app menu.so\nsnd_path {}\n\
             ausrc_srate 8000\nauplay_srate 8000\nausrc_channels 1\nauplay_channels 1\naudio_level no\njitter_buffer_delay 2-8\n",
            heard.display()
        );
        let transport = self.transport;
        let mediaenc = if self.mediaenc.is_empty() { String::new() } else { format!(";mediaenc={}", self.mediaenc) };
        let account = |user: &str, source: &str, player: &str| {
            format!(
                "<sip:{user}@{to};transport={transport}>;auth_user={user};auth_pass=secret;regint={registers_every_s};answermode=auto;\
                 audio_codecs=PCMA/8000/1;audio_source={source};audio_player={player}{mediaenc}\n"
            )
        };
        let tone = account("8001", &format!("aufile,{}", says.display()), "aubridge,ear");
        let accounts = format!("{tone}{}", account("8002", "aubridge,echo", "aubridge,echo"));
        for (name, text) in [("config", config), ("accounts", accounts), ("contacts", String::new())] {
            std::fs::write(self.path(name), text).expect("the phone's configuration");
        }
    }

    fn start(&self, commands: &[&str]) -> tokio::process::Child {
        tokio::process::Command::new("baresip")
            .args(["-f", &self.dir.path().to_string_lossy()])
            .args(commands)
            .stdin(Stdio::null())
            .stdout(std::fs::File::create(self.path("says.log")).expect("what the phone prints"))
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|e| panic!("baresip cannot be started ({e}): install the Debian package baresip-core"))
    }

    /// The phone itself says that its media was encrypted.
    fn assert_protected(&self) {
        let said = std::fs::read_to_string(self.path("says.log")).expect("what the phone prints");
        assert!(self.mediaenc.is_empty() || said.contains("SRTP is Enabled"), "no SRTP: {said}");
    }

    /// What the phone has decoded, call by call; complete once it has ended.
    fn heard(&self) -> Vec<Vec<i16>> {
        let dumps = std::fs::read_dir(self.path("heard")).expect("the dumps").flatten().map(|e| e.path());
        let mut dumps: Vec<PathBuf> = dumps.filter(|p| p.to_string_lossy().ends_with("-dec.wav")).collect();
        dumps.sort();
        let samples = |p: &PathBuf| data_of(p).chunks_exact(2).map(|b| i16::from_le_bytes([b[0], b[1]])).collect();
        dumps.iter().map(samples).collect()
    }
}

/// A minute of the phone's tone as 8 kHz mono WAV: it hangs up at the end of its file.
fn tone_file(path: &Path) {
    let step = f64::from(PHONE_HZ) * std::f64::consts::TAU / RATE as f64;
    let samples: Vec<u8> =
        (0..RATE as u32 * 60).map(|n| ((f64::from(n) * step).sin() * 8_000.0) as i16).flat_map(i16::to_le_bytes).collect();
    let size = samples.len() as u32;
    let mut wav = Vec::with_capacity(samples.len() + 44);
    wav.extend_from_slice(b"RIFF");
    wav.extend_from_slice(&(36 + size).to_le_bytes());
    wav.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    wav.extend_from_slice(&(RATE as u32).to_le_bytes());
    wav.extend_from_slice(&(RATE as u32 * 2).to_le_bytes());
    wav.extend_from_slice(b"\x02\0\x10\0data");
    wav.extend_from_slice(&size.to_le_bytes());
    wav.extend_from_slice(&samples);
    std::fs::write(path, wav).expect("the phone's tone");
}

fn data_of(path: &Path) -> Vec<u8> {
    let mut file = std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let data = file.windows(4).position(|w| w == b"data").expect("a data chunk") + 8;
    file.split_off(data)
}

/// The far end's channel of our recording and our own.
fn recorded(path: &Path) -> (Vec<i16>, Vec<i16>) {
    data_of(path).chunks_exact(2).map(|f| (Law::A.decode(f[0]), Law::A.decode(f[1]))).unzip()
}

/// Level of the loudest 100 ms of a frequency.
fn level(samples: &[i16], hz: u16) -> f32 {
    samples.chunks_exact(RATE / 10).map(|c| level_db(c, hz)).fold(-120.0, f32::max)
}

/// When something is said first, milliseconds.
fn onset_ms(samples: &[i16]) -> f32 {
    let at = samples.iter().position(|s| s.unsigned_abs() > 2_000).expect("something is said");
    at as f32 * 1_000.0 / RATE as f32
}

fn assert_level(what: &str, found: f32, wanted: f32) {
    assert!((found - wanted).abs() < TOLERANCE_DB, "{what}: {found:.2} dB instead of {wanted:.2}");
}

async fn phones(rig: &mut Rig, id: i64, wanted: u32) {
    rig.wait("the phone", |e| matches!(e, Event::Extension { extension, phones } if extension.0 == id && *phones == wanted))
        .await;
}

async fn rig(dir: &Path) -> Rig {
    let (cert, key) = (dir.join("cert.pem"), dir.join("key.pem"));
    let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    std::fs::write(&cert, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let mut config = config();
    let bind = SocketAddr::from(([127, 0, 0, 1], 0));
    config.tls = Some(TlsListen { bind, cert, key, reload_every: Duration::from_secs(60) });
    let rig = Rig::start(config).await;
    rig.switch.set_trunks(vec![trunk(1, "192.0.2.1:5060")]);
    rig.switch.set_extensions(vec![extension(1, "8001"), extension(2, "8002")]);
    rig
}

/// Says a tone on a leg that is up, records all of it and hangs up.
async fn talk(rig: &mut Rig, leg: LegId, recording: &Path) -> MediaStats {
    let path = recording.to_string_lossy().into_owned();
    rig.switch.send(Command::Record { leg, op: op(), path, format: model::record::RecordingFormat::default() });
    let clips = vec![Clip::Silence { ms: 300 }, Clip::Tone { hz: OUR_HZ, ms: 700 }, Clip::Silence { ms: 600 }];
    rig.switch.send(Command::Play { leg, op: op(), clips });
    rig.wait("the tone", |e| matches!(e, Event::PlayDone { leg: l, .. } if *l == leg)).await;
    rig.hang_up(leg);
    rig.ended(leg).await.1
}

async fn call_and_talk(rig: &mut Rig, id: i64, recording: &Path) -> MediaStats {
    let leg = LegId(fresh());
    rig.switch.send(Command::CallExtension(CallExtension {
        leg,
        extension: ExtensionId(id),
        from: "13800138000".into(),
        from_name: String::new(),
        ring_ms_max: 10_000,
        context: String::new(),
        auto_answer: false,
    }));
    rig.answered(leg).await;
    talk(rig, leg, recording).await
}

/// SIGTERM, so that baresip takes its registrations away and finishes its files.
async fn finish(phone: &mut tokio::process::Child) {
    let id = phone.id().expect("baresip still runs").to_string();
    let killed = std::process::Command::new("kill").args(["-TERM", &id]).status().expect("kill runs");
    assert!(killed.success());
    let _ = tokio::time::timeout(DEADLINE, phone.wait()).await.expect("baresip ends");
}

/// Our tone came back, as loud as it went, and this much later.
fn assert_echo(recording: &Path) -> f32 {
    let (far, own) = recorded(recording);
    assert_level("our tone, as we sent it", level(&own, OUR_HZ), OUR_DB);
    assert_level("our tone, echoed by the phone", level(&far, OUR_HZ), OUR_DB);
    let delay = onset_ms(&far) - onset_ms(&own);
    assert!((20.0..500.0).contains(&delay), "there and back in {delay} ms");
    delay
}

/// Gives the figures.
async fn registers_and_is_called(transport: &'static str, mediaenc: &'static str) -> String {
    let desk = Desk::new(transport, mediaenc);
    let mut rig = rig(desk.dir.path()).await;
    let to = if transport == "tls" { rig.switch.local_tls_addr().unwrap() } else { rig.addr() };
    desk.write(to, 60);
    let mut baresip = desk.start(&[]);
    while rig.switch.registrations().len() < 2 {
        rig.wait("both accounts", |e| matches!(e, Event::Extension { phones: 1, .. })).await;
    }
    for record in rig.switch.registrations().into_values().flatten() {
        assert!(record.transport == transport && record.user_agent.contains("baresip"), "{record:?}");
    }
    let (talked, echoed) = (desk.path("talk.wav"), desk.path("echo.wav"));
    let stats = call_and_talk(&mut rig, 1, &talked).await;
    assert!(stats.packets_received > 50 && stats.packets_lost == 0, "the phone is heard: {stats:?}");
    call_and_talk(&mut rig, 2, &echoed).await;
    finish(&mut baresip).await;
    phones(&mut rig, 2, 0).await;
    assert!(rig.switch.registrations().is_empty(), "both accounts have left");
    rig.empty().await;
    desk.assert_protected();
    let heard = desk.heard();
    assert_eq!(heard.len(), 2, "a dump for each call");
    let (far, own) = recorded(&talked);
    let (by_us, by_phone) = (level(&far, PHONE_HZ), level(&heard[0], OUR_HZ));
    assert_level("we hear the phone", by_us, PHONE_DB);
    assert_level("the phone hears us", by_phone, OUR_DB);
    let strays = [level(&far, OUR_HZ), level(&own, PHONE_HZ), level(&heard[0], PHONE_HZ)];
    assert!(strays.iter().all(|db| *db < SILENT_DB), "nobody hears himself: {strays:?}");
    let delay = assert_echo(&echoed);
    format!(
        "baresip over {transport}, media {mediaenc:?}: we hear it at {by_us:.2} dB (said at {PHONE_DB}), it hears us at {by_phone:.2} dB \
         (said at {OUR_DB}), there and back {delay:.1} ms, jitter {:.1} ms",
        stats.jitter_ms
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn over_udp() {
    println!("{}", registers_and_is_called("udp", "").await);
}

/// Our offer has keys beside the plain profile, and the phone takes them up.
#[tokio::test(flavor = "multi_thread")]
async fn over_tcp_with_srtp_of_its_choice() {
    println!("{}", registers_and_is_called("tcp", "srtp").await);
}

/// The phone takes no call in the plain profile.
#[tokio::test(flavor = "multi_thread")]
async fn over_tls_with_srtp_alone() {
    println!("{}", registers_and_is_called("tls", "srtp-mand").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_over_tls_with_srtp() {
    let desk = Desk::new("tls", "srtp-mand");
    let mut rig = rig(desk.dir.path()).await;
    let to = rig.switch.local_tls_addr().unwrap();
    desk.write(to, 0);
    let mut baresip = desk.start(&["-e", &format!("/dial sip:95566@{to};transport=tls")]);
    let event = rig.wait("the phone's call", |e| matches!(e, Event::ExtensionCalls { .. })).await;
    let Event::ExtensionCalls { leg, to, extension } = event else { unreachable!("filtered") };
    assert_eq!((to.as_str(), extension), ("95566", ExtensionId(1)));
    rig.switch.send(Command::Answer { leg });
    rig.answered(leg).await;
    let recording = desk.path("talk.wav");
    talk(&mut rig, leg, &recording).await;
    finish(&mut baresip).await;
    rig.empty().await;
    desk.assert_protected();
    let (by_us, by_phone) = (level(&recorded(&recording).0, PHONE_HZ), level(&desk.heard()[0], OUR_HZ));
    assert_level("we hear the phone", by_us, PHONE_DB);
    assert_level("the phone hears us", by_phone, OUR_DB);
    println!("baresip calls over tls, srtp-mand: we hear it at {by_us:.2} dB, it hears us at {by_phone:.2} dB");
}
