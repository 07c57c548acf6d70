//! SRTP with a real phone: baresip with keys in SDP, tones measured at both ends, and what the trunk's setting refuses.

use crate::support::peer::{Peer, sdp};
use crate::support::{DEADLINE, Rig, free_port, op, trunk};
use media::{FRAME, g711::Law, goertzel::level_db, tone::Tone};
use model::record::Srtp;
use model::telephony::{Action, Clip, Command, EndedBy};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

const SAYS_HZ: u16 = 440;
const HEARS_HZ: u16 = 700;

fn tone(hz: u16, seconds: usize) -> Vec<i16> {
    let mut tone = Tone::new(hz);
    let mut out = vec![0; FRAME * 50 * seconds];
    out.chunks_exact_mut(FRAME).for_each(|frame| tone.fill(frame));
    out
}

/// 8 kHz mono.
fn write_wav(path: &Path, samples: &[i16]) {
    let data: Vec<u8> = samples.iter().flat_map(|s| s.to_le_bytes()).collect();
    let mut wav = Vec::new();
    wav.extend_from_slice(b"RIFF");
    wav.extend_from_slice(&(36 + data.len() as u32).to_le_bytes());
    wav.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    wav.extend_from_slice(&8_000_u32.to_le_bytes());
    wav.extend_from_slice(&16_000_u32.to_le_bytes());
    wav.extend_from_slice(b"\x02\0\x10\0data");
    wav.extend_from_slice(&(data.len() as u32).to_le_bytes());
    wav.extend_from_slice(&data);
    std::fs::write(path, wav).expect("a WAV file");
}

/// A phone that answers by itself, says [`SAYS_HZ`] and writes what it decodes into `heard`.
async fn phone(dir: &Path, encryption: &str) -> (tokio::process::Child, u16) {
    let path = |name: &str| dir.join(name).to_string_lossy().into_owned();
    let port = free_port();
    write_wav(&dir.join("says.wav"), &tone(SAYS_HZ, 30));
    std::fs::create_dir_all(dir.join("heard")).expect("the phone's directory");
    let config = format!(
        "sip_listen 127.0.0.1:{port}\nmodule_path /usr/lib/baresip/modules\nmodule g711.so\nmodule aufile.so\nmodule sndfile.so\nmodule srtp.so\n\
         module_app account.so\nmodule_app menu.so\naudio_source aufile,{}\naudio_player aubridge,ear\nsnd_path {}\n\
         ausrc_srate 8000\nauplay_srate 8000\nausrc_channels 1\nauplay_channels 1\naudio_level no\njitter_buffer_delay 2-8\n",
        path("says.wav"),
        path("heard"),
    );
    std::fs::write(dir.join("config"), config).expect("the phone's configuration");
    let account = format!("<sip:phone@127.0.0.1>;regint=0;answermode=auto;audio_codecs=PCMA/8000/1{encryption}\n");
    std::fs::write(dir.join("accounts"), account).expect("the phone's account");
    std::fs::write(dir.join("contacts"), "").expect("the phone's contacts");
    let child = tokio::process::Command::new("baresip")
        .args(["-f", &dir.to_string_lossy()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap_or_else(|e| panic!("baresip cannot be started ({e}): install the Debian package baresip-core"));
    let end = tokio::time::Instant::now() + DEADLINE;
    while std::net::UdpSocket::bind(("127.0.0.1", port)).is_ok() {
        assert!(tokio::time::Instant::now() < end, "baresip does not listen");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    (child, port)
}

/// SIGTERM, so that it finishes its files.
async fn finish(mut phone: tokio::process::Child) {
    let id = phone.id().expect("baresip still runs").to_string();
    let _ = std::process::Command::new("kill").args(["-TERM", &id]).status();
    let _ = tokio::time::timeout(DEADLINE, phone.wait()).await.expect("baresip ends");
}

/// The loudest half second of a tone, in dB.
fn loudest(samples: &[i16], hz: u16) -> f32 {
    samples.chunks_exact(4_000).map(|c| level_db(c, hz)).fold(f32::MIN, f32::max)
}

fn wav_data(path: &Path) -> Vec<u8> {
    let file = std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let data = file.windows(4).position(|w| w == b"data").expect("a data chunk") + 8;
    file[data..].to_vec()
}

fn heard_by_phone(dir: &Path) -> Vec<i16> {
    let all = std::fs::read_dir(dir.join("heard")).expect("the dumps").flatten().map(|e| e.path());
    let dump = all.into_iter().find(|p| p.to_string_lossy().ends_with("-dec.wav")).expect("what the phone decoded");
    wav_data(&dump).chunks_exact(2).map(|b| i16::from_le_bytes([b[0], b[1]])).collect()
}

/// A call of `policy` to a phone with `encryption`, a second and a half of it; levels at the phone and at us.
async fn conversation(policy: Srtp, encryption: &str) -> (f32, f32) {
    let dir = tempfile::tempdir().unwrap();
    let (child, port) = phone(dir.path(), encryption).await;
    let line = model::record::Trunk { srtp: policy, ..trunk(1, format!("127.0.0.1:{port}")) };
    let mut rig = Rig::with_trunk(line).await;
    let (prompt, recording) = (dir.path().join("tone.al"), dir.path().join("call.wav"));
    let octets: Vec<u8> = tone(HEARS_HZ, 2).iter().map(|s| Law::A.encode(*s)).collect();
    std::fs::write(&prompt, octets).unwrap();
    let leg = rig.call(1, "phone", 10_000);
    let path = recording.to_string_lossy().into_owned();
    rig.switch.send(Command::Record { leg, op: op(), path, format: model::record::RecordingFormat::default() });
    rig.answered(leg).await;
    rig.switch.send(Command::Play { leg, op: op(), clips: vec![Clip::File { path: prompt.to_string_lossy().into_owned() }] });
    rig.wait("the tone to end", |e| matches!(e, model::telephony::Event::PlayDone { .. })).await;
    rig.hang_up(leg);
    let (cause, stats) = rig.ended(leg).await;
    // One may come before the jitter buffer has found its delay.
    assert!(cause.by == EndedBy::Us && stats.packets_received > 50 && stats.packets_discarded < 5, "{cause:?} {stats:?}");
    rig.empty().await;
    finish(child).await;
    let ours: Vec<i16> = wav_data(&recording).chunks_exact(2).map(|f| Law::A.decode(f[0])).collect();
    (loudest(&heard_by_phone(dir.path()), HEARS_HZ), loudest(&ours, SAYS_HZ))
}

fn assert_level(what: &str, level: f32, hz: u16) {
    let own = loudest(&tone(hz, 1), hz);
    assert!((level - own).abs() < 1.0, "{what}: {level} dB instead of {own} dB");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_with_keys_in_sdp_is_heard_and_hears() {
    // Required: RTP/SAVP. Optional: the same phone takes the keys beside the plain profile, and one without SRTP goes without.
    for (policy, encryption) in
        [(Srtp::Required, ";mediaenc=srtp-mand"), (Srtp::Optional, ";mediaenc=srtp"), (Srtp::Optional, "")]
    {
        let (phone, us) = conversation(policy, encryption).await;
        assert_level(&format!("the phone, {policy:?}{encryption}"), phone, HEARS_HZ);
        assert_level(&format!("our recording, {policy:?}{encryption}"), us, SAYS_HZ);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trunk_that_requires_srtp_takes_no_plain_answer_and_no_plain_call() {
    let peer = Peer::bind().await;
    let line = model::record::Trunk { srtp: Srtp::Required, ..trunk(1, peer.addr()) };
    let mut rig = Rig::with_trunk(line).await;
    let leg = rig.call(1, "13800138000", 10_000);
    let invite = peer.until("INVITE").await;
    assert!(invite.body().contains("RTP/SAVP") && invite.body().contains("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:"));
    peer.send(&invite.reply(200, "plain", &peer.contact(), &sdp(9_000)), invite.from).await;
    let bye = peer.until("BYE").await;
    peer.send(&bye.reply(200, "", "", ""), bye.from).await;
    let (cause, _) = rig.ended(leg).await;
    assert_eq!(cause.action, Some(Action::Refused));
    assert!(cause.text.as_deref().is_some_and(|t| t.contains("SRTP")), "{cause:?}");
    let uri = format!("sip:1000@{}", rig.addr());
    peer.send(&peer.request("INVITE", &uri, "plain-call", ("a", ""), 1, "", &sdp(9_000)), rig.addr()).await;
    let refusal = peer.until("SIP/2.0 488").await;
    assert!(refusal.field("Warning").is_some_and(|w| w.contains("RTP/SAVP")), "{}", refusal.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trunk_without_srtp_refuses_a_call_that_wants_it() {
    let peer = Peer::bind().await;
    let rig = Rig::with_trunk(trunk(1, peer.addr())).await;
    let uri = format!("sip:1000@{}", rig.addr());
    let wants = sdp(9_000).replace("RTP/AVP", "RTP/SAVP")
        + "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n";
    peer.send(&peer.request("INVITE", &uri, "secure-call", ("a", ""), 1, "", &wants), rig.addr()).await;
    let refusal = peer.until("SIP/2.0 488").await;
    assert!(refusal.field("Warning").is_some_and(|w| w.contains("switched off")), "{}", refusal.text);
}
