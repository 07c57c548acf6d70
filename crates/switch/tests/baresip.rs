//! A real phone: baresip answers our call. What it hears is the prompt, by correlation and by level; what it says is in our
//! recording.

use crate::support::{DEADLINE, Rig, free_port, op, trunk};
use model::telephony::{Clip, Command, EndedBy, Event, PlayOutcome};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

/// Runs a tool to its end.
fn tool(package: &str, name: &str, args: &[&str]) {
    let out = std::process::Command::new(name).args(args).output();
    let out = out.unwrap_or_else(|e| panic!("{name} cannot be started ({e}): install the Debian package {package}"));
    assert!(out.status.success(), "{name} {args:?}: {}", String::from_utf8_lossy(&out.stderr));
}

/// Speech as 8 kHz mono WAV, with `pad` seconds of silence behind it: baresip hangs up at the end of its file.
fn speech(dir: &Path, name: &str, voice: &str, pad: &str, text: &str) -> String {
    let (raw, wav) = (dir.join("raw.wav"), dir.join(name));
    tool("espeak-ng", "espeak-ng", &["-v", voice, "-w", &raw.to_string_lossy(), text]);
    tool("sox", "sox", &[&raw.to_string_lossy(), "-r", "8000", "-c", "1", "-b", "16", &wav.to_string_lossy(), "pad", "0", pad]);
    wav.to_string_lossy().into_owned()
}

/// `sndfile` writes what was decoded into the directory `heard`; nothing needs a sound card.
fn phone_config(dir: &Path, port: u16, says: &str, heard: &str) {
    let config = format!(
        "sip_listen 127.0.0.1:{port}\nmodule_path /usr/lib/baresip/modules\nmodule g711.so\nmodule aufile.so\nmodule sndfile.so\nmodule_app account.so\n\
         module_app menu.so\naudio_source aufile,{says}\naudio_player aubridge,ear\nsnd_path {heard}\n\
         ausrc_srate 8000\nauplay_srate 8000\nausrc_channels 1\nauplay_channels 1\naudio_level no\njitter_buffer_delay 2-8\n"
    );
    std::fs::write(dir.join("config"), config).expect("the phone's configuration");
    let account = "<sip:phone@127.0.0.1>;regint=0;answermode=auto;audio_codecs=PCMA/8000/1\n";
    std::fs::write(dir.join("accounts"), account).expect("the phone's account");
    std::fs::write(dir.join("contacts"), "").expect("the phone's contacts");
}

/// 16-bit samples of a mono WAV.
fn wav(path: &str) -> Vec<f64> {
    let file = std::fs::read(path).unwrap_or_else(|e| panic!("{path}: {e}"));
    let data = file.windows(4).position(|w| w == b"data").expect("a data chunk") + 8;
    file[data..].chunks_exact(2).map(|b| f64::from(i16::from_le_bytes([b[0], b[1]]))).collect()
}

/// Best normalised correlation of the loudest second of `what` anywhere in `within`, and the level there against the
/// original in dB.
fn found(what: &[f64], within: &[f64]) -> (f64, f64) {
    const SECOND: usize = 8_000;
    let energy = |s: &[f64]| s.iter().map(|v| v * v).sum::<f64>();
    let at = (0..what.len().saturating_sub(SECOND))
        .step_by(400)
        .max_by(|a, b| energy(&what[*a..a + SECOND]).total_cmp(&energy(&what[*b..b + SECOND])));
    let piece = &what[at.unwrap_or(0)..][..SECOND.min(what.len())];
    let own = energy(piece).max(1.0);
    let mut best = (0.0, 0.0);
    for lag in 0..within.len().saturating_sub(piece.len()) {
        let there = &within[lag..lag + piece.len()];
        let cross: f64 = there.iter().zip(piece).map(|(a, b)| a * b).sum();
        if cross <= best.0 * own {
            continue;
        }
        let other = energy(there).max(1.0);
        let correlation = cross / (own * other).sqrt();
        if correlation > best.0 {
            best = (correlation, 10.0 * (other / own).log10());
        }
    }
    best
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_phone_hears_the_prompt_and_is_recorded() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_string_lossy().into_owned();
    let prompt = speech(dir.path(), "prompt.wav", "cmn", "0", "您好,这里是评标专家抽取系统,确认参加请按一,不参加请按二。");
    let says =
        speech(dir.path(), "says.wav", "en", "20", "Good morning, this is the telephone of the expert, I am listening to you.");
    let (heard, recording, alaw) = (path("heard"), path("call.wav"), path("prompt.al"));
    tool("sox", "sox", &[&prompt, "-t", "al", &alaw]);
    std::fs::create_dir(&heard).unwrap();
    let port = free_port();
    phone_config(dir.path(), port, &says, &heard);
    let mut phone = tokio::process::Command::new("baresip")
        .args(["-f", &dir.path().to_string_lossy()])
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
    let mut rig = Rig::with_trunk(trunk(1, format!("127.0.0.1:{port}"))).await;
    let leg = rig.call(1, "phone", 10_000);
    rig.switch.send(Command::Record {
        leg,
        op: op(),
        path: recording.clone(),
        format: model::record::RecordingFormat::default(),
    });
    rig.switch.send(Command::Listen { leg, silence_ms: 1_500 });
    rig.answered(leg).await;
    rig.switch.send(Command::Play { leg, op: op(), clips: vec![Clip::Silence { ms: 300 }, Clip::File { path: alaw }] });
    let (mut played, mut spoken) = (false, false);
    while !(played && spoken) {
        match rig
            .wait("both to have spoken", |e| matches!(e, Event::PlayDone { .. } | Event::Activity { speaking: false, .. }))
            .await
        {
            Event::PlayDone { outcome, .. } => {
                assert_eq!(outcome, PlayOutcome::Finished);
                played = true;
            }
            _ => spoken = true,
        }
    }
    rig.hang_up(leg);
    let (cause, stats) = rig.ended(leg).await;
    assert_eq!(cause.by, EndedBy::Us);
    assert!(stats.packets_received > 50, "{stats:?}");
    rig.empty().await;
    finish(&mut phone).await;
    let (correlation, level) = found(&wav(&prompt), &wav(&decoded_in(&heard)));
    assert!(correlation > 0.9 && level.abs() < 1.0, "the phone hears the prompt: {correlation:.3}, {level:+.2} dB");
    let file = std::fs::read(&recording).expect("the recording");
    let data = file.windows(4).position(|w| w == b"data").expect("a data chunk") + 8;
    let left: Vec<f64> = file[data..].chunks_exact(2).map(|f| f64::from(media::g711::Law::A.decode(f[0]))).collect();
    let (correlation, level) = found(&wav(&says), &left);
    assert!(correlation > 0.9 && level.abs() < 1.0, "the phone is recorded: {correlation:.3}, {level:+.2} dB");
}

/// The dump of the decoder.
fn decoded_in(dir: &str) -> String {
    let names = std::fs::read_dir(dir).expect("the dumps").flatten().map(|e| e.path().to_string_lossy().into_owned());
    let names: Vec<String> = names.collect();
    names.iter().find(|n| n.ends_with("-dec.wav")).unwrap_or_else(|| panic!("no decoder dump among {names:?}")).clone()
}

/// SIGTERM, so that baresip finishes its file.
async fn finish(phone: &mut tokio::process::Child) {
    let id = phone.id().expect("baresip still runs").to_string();
    tool("procps", "kill", &["-TERM", &id]);
    let _ = tokio::time::timeout(DEADLINE, phone.wait()).await.expect("baresip ends");
}
