//! Two switches against each other: who hears whom, who hangs up, and what is left afterwards.

use crate::support::{Rig, op, trunk};
use media::g711::Law;
use model::LegId;
use model::telephony::{Action, Clip, Command, EndedBy, Event, PlayOutcome};
use std::time::Duration;

/// A caller with a trunk to a callee that takes every call.
async fn pair() -> (Rig, Rig) {
    let callee = Rig::anyone().await;
    let line = model::record::Trunk { calls_per_second_max: 1_000.0, ..trunk(1, callee.addr()) };
    (Rig::with_trunk(line).await, callee)
}

async fn connected() -> (Rig, LegId, Rig, LegId) {
    let (mut caller, mut callee) = pair().await;
    let out = caller.call(1, "13800138000", 10_000);
    let (inn, line, from, to) = callee.incoming().await;
    assert_eq!((line.0, from.as_str(), to.as_str()), (0, "01088886666", "13800138000"));
    callee.switch.send(Command::Ring { leg: inn });
    caller.wait("ringing", |e| matches!(e, Event::Progress { sip_code: 180, early_media: false, .. })).await;
    callee.switch.send(Command::Answer { leg: inn });
    caller.answered(out).await;
    callee.answered(inn).await;
    (caller, out, callee, inn)
}

#[tokio::test(flavor = "multi_thread")]
async fn digits_both_ways() {
    let (mut caller, out, mut callee, inn) = connected().await;
    let (a, b) = (op(), op());
    caller.switch.send(Command::SendDigits { leg: out, op: a, digits: "159#".into() });
    callee.switch.send(Command::SendDigits { leg: inn, op: b, digits: "0*AD".into() });
    callee.digits_until(inn, "159#").await;
    caller.digits_until(out, "0*AD").await;
    caller.hang_up(out);
    let (cause, _) = caller.ended(out).await;
    assert_eq!((cause.by, cause.action), (EndedBy::Us, Some(Action::Normal)));
    let (cause, _) = callee.ended(inn).await;
    assert_eq!((cause.by, cause.q850), (EndedBy::Far, Some(16)));
    caller.empty().await;
    callee.empty().await;
}

/// Share of the energy of one channel of a stereo A-law WAV that lies at `hz`, and its level in samples.
fn tone_in(path: &std::path::Path, channel: usize, hz: f64) -> (f64, f64) {
    let file = std::fs::read(path).expect("the recording");
    let data = file.windows(4).position(|w| w == b"data").expect("a data chunk") + 8;
    let samples: Vec<f64> = file[data..].chunks_exact(2).map(|f| f64::from(Law::A.decode(f[channel]))).collect();
    // The middle of the recording, away from beginnings and ends.
    let middle = &samples[samples.len() / 3..samples.len() * 2 / 3];
    let (mut re, mut im, mut energy) = (0.0, 0.0, 0.0);
    for (n, s) in middle.iter().enumerate() {
        let angle = 2.0 * std::f64::consts::PI * hz * n as f64 / 8_000.0;
        re += s * angle.cos();
        im += s * angle.sin();
        energy += s * s;
    }
    let count = middle.len().max(1) as f64;
    (2.0 * (re * re + im * im) / count / energy.max(1.0), (energy / count).sqrt())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tone_played_is_the_tone_recorded() {
    let (mut caller, out, mut callee, inn) = connected().await;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("call.wav");
    let (recording, playing) = (op(), op());
    caller.switch.send(Command::Record {
        leg: out,
        op: recording,
        path: path.to_string_lossy().into_owned(),
        format: model::record::RecordingFormat::default(),
    });
    callee.switch.send(Command::Play { leg: inn, op: playing, clips: vec![Clip::Tone { hz: 1_000, ms: 1_500 }] });
    let done = callee.wait("the end of the tone", |e| matches!(e, Event::PlayDone { .. })).await;
    assert!(matches!(done, Event::PlayDone { outcome: PlayOutcome::Finished, played_ms: 1_490..=1_510, .. }), "{done:?}");
    callee.hang_up(inn);
    let recorded = caller.wait("the recording", |e| matches!(e, Event::RecordDone { .. })).await;
    let (cause, stats) = caller.ended(out).await;
    assert_eq!(cause.by, EndedBy::Far);
    assert!(stats.packets_received >= 70 && stats.packets_lost == 0, "{stats:?}");
    assert!(matches!(recorded, Event::RecordDone { duration_ms: 1_200..=2_500, .. }), "{recorded:?}");
    let (share, level) = tone_in(&path, 0, 1_000.0);
    assert!(share > 0.9 && level > 500.0, "left is what the far end says: {share:.2}, {level:.0}");
    let (_, level) = tone_in(&path, 1, 1_000.0);
    assert!(level < 50.0, "we said nothing: {level:.0}");
    caller.nothing_after_end(out, Duration::from_millis(150)).await;
}

/// A pipe that nobody reads stands for a disk that does not answer.
#[tokio::test(flavor = "multi_thread")]
async fn a_leg_ends_though_the_disk_holds_up_its_recording() {
    let (mut caller, out, mut callee, inn) = connected().await;
    let dir = tempfile::tempdir().unwrap();
    let pipe = dir.path().join("stall.wav");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    caller.switch.send(Command::Record {
        leg: out,
        op: op(),
        path: pipe.to_string_lossy().into_owned(),
        format: model::record::RecordingFormat::default(),
    });
    callee.switch.send(Command::Play { leg: inn, op: op(), clips: vec![Clip::Tone { hz: 1_000, ms: 500 }] });
    callee.wait("the end of the tone", |e| matches!(e, Event::PlayDone { .. })).await;
    callee.hang_up(inn);
    let (cause, stats) = caller.ended(out).await;
    assert_eq!(cause.by, EndedBy::Far);
    assert!(stats.packets_received >= 20, "what was measured is told all the same: {stats:?}");
    // The disk answers again: the file is whole.
    let file = std::thread::spawn(move || std::fs::read(pipe)).join().unwrap().unwrap();
    assert!(file.len() > 4_000, "{}", file.len());
    caller.empty().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn early_media_is_heard_before_the_answer() {
    let (mut caller, mut callee) = pair().await;
    let out = caller.call(1, "13800138000", 10_000);
    let (inn, ..) = callee.incoming().await;
    callee.switch.send(Command::EarlyMedia { leg: inn });
    let early = |e: &Event| matches!(e, Event::Progress { sip_code: 183, early_media: true, .. });
    caller.wait("early media", early).await;
    caller.switch.send(Command::Listen { leg: out, silence_ms: 500 });
    callee.switch.send(Command::Play { leg: inn, op: op(), clips: vec![Clip::Tone { hz: 450, ms: 1_000 }] });
    caller.wait("sound", |e| matches!(e, Event::Activity { speaking: true, .. })).await;
    callee.switch.send(Command::Reject { leg: inn, sip_code: 404, q850: Some(1) });
    let (cause, stats) = caller.ended(out).await;
    assert_eq!((cause.sip_code, cause.q850, cause.by), (Some(404), Some(1), EndedBy::Far));
    assert!(stats.packets_received > 0, "{stats:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_callers_bridged_hear_each_other() {
    let (mut a, a_leg, mut hub, hub_a) = connected().await;
    let mut b = Rig::with_trunk(trunk(1, hub.addr())).await;
    let b_leg = b.call(1, "13900139000", 10_000);
    let (hub_b, ..) = hub.incoming().await;
    hub.switch.send(Command::Answer { leg: hub_b });
    b.answered(b_leg).await;
    hub.answered(hub_b).await;
    hub.switch.send(Command::Bridge { a: hub_a, b: hub_b });
    b.switch.send(Command::Listen { leg: b_leg, silence_ms: 300 });
    a.switch.send(Command::Play { leg: a_leg, op: op(), clips: vec![Clip::Tone { hz: 700, ms: 2_000 }] });
    b.wait("the voice of a", |e| matches!(e, Event::Activity { speaking: true, .. })).await;
    b.switch.send(Command::SendDigits { leg: b_leg, op: op(), digits: "7".into() });
    hub.digits_until(hub_b, "7").await;
    hub.switch.send(Command::Unbridge { leg: hub_a });
    b.wait("silence", |e| matches!(e, Event::Activity { speaking: false, .. })).await;
    a.hang_up(a_leg);
    a.ended(a_leg).await;
    hub.hang_up(hub_b);
    b.ended(b_leg).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_calls_leave_nothing_behind() {
    const CALLS: usize = 500;
    let (mut caller, mut callee) = pair().await;
    let (mut started, mut ended_out, mut ended_in) = (0, 0, 0);
    while started < 60 {
        caller.call(1, "13800138000", 10_000);
        started += 1;
    }
    let end = tokio::time::Instant::now() + Duration::from_secs(60);
    while ended_out < CALLS || ended_in < CALLS {
        tokio::select! {
            event = caller.wait("an event", |_| true) => match event {
                Event::Answered { leg } => caller.hang_up(leg),
                Event::Ended { cause, .. } => {
                    assert!(matches!(cause.action, Some(Action::Normal)) || cause.sip_code == Some(486), "{cause:?}");
                    ended_out += 1;
                    if started < CALLS {
                        caller.call(1, "13800138000", 10_000);
                        started += 1;
                    }
                }
                _ => {}
            },
            event = callee.wait("an event", |_| true) => match event {
                Event::Incoming { leg, .. } if leg.0 % 5 == 0 => callee.switch.send(Command::Reject { leg, sip_code: 486, q850: Some(17) }),
                Event::Incoming { leg, .. } => callee.switch.send(Command::Answer { leg }),
                Event::Ended { .. } => ended_in += 1,
                _ => {}
            },
            () = tokio::time::sleep_until(end) => panic!("{ended_out} and {ended_in} of {CALLS} calls ended"),
        }
    }
    caller.empty().await;
    callee.empty().await;
    for rig in [&caller, &callee] {
        let ends = rig.seen().iter().filter(|e| matches!(e, Event::Ended { .. })).count();
        assert_eq!(ends, CALLS, "one Ended each");
        assert_eq!(rig.switch.held().await.timers, 0);
    }
}
