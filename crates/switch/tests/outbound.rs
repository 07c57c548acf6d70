//! SIPp plays the carrier we call.

use crate::support::sipp::Sipp;
use crate::support::{Rig, trunk};
use model::record::Transport;
use model::telephony::{Action, EndedBy, Event};
use std::path::Path;

/// A capture of RFC 4733 events for SIPp: every digit 160 ms long, 240 ms apart, one stream.
fn digits_pcap(path: &Path, digits: &str) {
    let mut file = vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 1, 0, 0, 0];
    let (mut sequence, mut us) = (100u16, 0u32);
    for (n, digit) in digits.chars().enumerate() {
        let event = "0123456789*#ABCD".find(digit).expect("a digit") as u8;
        for step in 1..=10u16 {
            let ended = step > 8;
            let duration = step.min(8) * 160;
            let mut rtp = vec![0x80, if step == 1 { 0xe5 } else { 0x65 }];
            rtp.extend(sequence.to_be_bytes());
            rtp.extend((n as u32 * 3_200).to_be_bytes());
            rtp.extend(0x5151_5151u32.to_be_bytes());
            rtp.extend([event, if ended { 0x8a } else { 0x0a }]);
            rtp.extend(duration.to_be_bytes());
            let frame = udp_frame(&rtp);
            for word in [us / 1_000_000, us % 1_000_000, frame.len() as u32, frame.len() as u32] {
                file.extend(word.to_le_bytes());
            }
            file.extend(frame);
            sequence += 1;
            us += 20_000;
        }
        us += 240_000;
    }
    std::fs::write(path, file).expect("the capture is written");
}

fn udp_frame(payload: &[u8]) -> Vec<u8> {
    let (udp, ip) = (payload.len() as u16 + 8, payload.len() as u16 + 28);
    let mut f = vec![2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0];
    f.extend(ip.to_be_bytes());
    f.extend([0, 0, 0, 0, 64, 17, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1]);
    for port in [6_000u16, 6_002, udp, 0] {
        f.extend(port.to_be_bytes());
    }
    f.extend(payload);
    f
}

#[tokio::test(flavor = "multi_thread")]
async fn answered_and_rfc_4733_digits_arrive() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("digits.pcap");
    digits_pcap(&file, "1902*#");
    let scenario = Sipp::with_capture("answer_digits", &file).await;
    let mut rig = Rig::with_trunk(trunk(1, scenario.addr())).await;
    let leg = rig.call(1, "13800138000", 10_000);
    let progress = rig.wait("180", |e| matches!(e, Event::Progress { .. })).await;
    assert_eq!(progress, Event::Progress { leg, sip_code: 180, early_media: false });
    rig.answered(leg).await;
    rig.digits_until(leg, "1902*#").await;
    rig.hang_up(leg);
    let (cause, stats) = rig.ended(leg).await;
    assert_eq!((cause.by, cause.action, cause.sip_code), (EndedBy::Us, Some(Action::Normal), None));
    assert_eq!(stats.codec.as_deref(), Some("PCMA"));
    assert!(stats.packets_received >= 40, "{stats:?}");
    scenario.done().await;
    rig.nothing_after_end(leg, std::time::Duration::from_millis(200)).await;
    rig.empty().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_far_end_hangs_up_with_a_reason() {
    let scenario = Sipp::serve("ring_answer_bye", &[]).await;
    let mut rig = Rig::with_trunk(trunk(1, scenario.addr())).await;
    let leg = rig.call(1, "13800138000", 10_000);
    rig.answered(leg).await;
    let (cause, _) = rig.ended(leg).await;
    assert_eq!((cause.by, cause.q850, cause.action), (EndedBy::Far, Some(31), None));
    assert_eq!(cause.text.as_deref(), Some("Normal unspecified"));
    scenario.done().await;
    rig.empty().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_over_tcp() {
    let scenario = Sipp::serve("ring_answer_bye", &["-t", "t1"]).await;
    let mut line = trunk(1, scenario.addr());
    line.transport = Transport::Tcp;
    let mut rig = Rig::with_trunk(line).await;
    let leg = rig.call(1, "13800138000", 10_000);
    rig.answered(leg).await;
    let (cause, _) = rig.ended(leg).await;
    assert_eq!((cause.by, cause.q850), (EndedBy::Far, Some(31)));
    scenario.done().await;
    rig.empty().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn early_media_is_told() {
    let scenario = Sipp::serve("early_media", &[]).await;
    let mut rig = Rig::with_trunk(trunk(1, scenario.addr())).await;
    let leg = rig.call(1, "13800138000", 10_000);
    let progress = rig.wait("183", |e| matches!(e, Event::Progress { .. })).await;
    assert_eq!(progress, Event::Progress { leg, sip_code: 183, early_media: true });
    rig.answered(leg).await;
    rig.hang_up(leg);
    rig.ended(leg).await;
    scenario.done().await;
}

/// Status, fields of the answer, and what becomes of it: Q.850 and Retry-After.
async fn refused(code: u16, extra: &str, q850: Option<u8>, retry_after_s: Option<u32>) {
    let code_text = code.to_string();
    let scenario = Sipp::filled("refuse", &[("code", &code_text), ("extra", extra)]).await;
    let mut rig = Rig::with_trunk(trunk(1, scenario.addr())).await;
    let leg = rig.call(1, "13800138000", 10_000);
    let (cause, stats) = rig.ended(leg).await;
    assert_eq!((cause.by, cause.sip_code, cause.action), (EndedBy::Far, Some(code), None));
    assert_eq!((cause.q850, cause.retry_after_s), (q850, retry_after_s), "{cause:?}");
    assert_eq!(stats.packets_sent, 0);
    scenario.done().await;
    rig.nothing_after_end(leg, std::time::Duration::from_millis(100)).await;
    rig.empty().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn busy() {
    refused(486, "Reason: Q.850;cause=17;text=\"User busy\"", Some(17), None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn declined_with_a_reason() {
    refused(603, "Reason: SIP;cause=603, Q.850;cause=21;text=\"Call rejected\"", Some(21), None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_such_number() {
    refused(404, "Warning: 399 carrier \"unallocated\"", None, None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn congestion_with_retry_after() {
    refused(503, "Retry-After: 37 (maintenance)", None, Some(37)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_answers_and_we_cancel() {
    let scenario = Sipp::serve("no_answer", &[]).await;
    let mut rig = Rig::with_trunk(trunk(1, scenario.addr())).await;
    let leg = rig.call(1, "13800138000", 1_200);
    rig.wait("180", |e| matches!(e, Event::Progress { sip_code: 180, .. })).await;
    let (cause, _) = rig.ended(leg).await;
    assert_eq!((cause.by, cause.sip_code, cause.action), (EndedBy::Us, Some(487), Some(Action::RingTimeout)));
    scenario.done().await;
    rig.empty().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hold_and_resume_by_reinvite() {
    let scenario = Sipp::serve("hold", &[]).await;
    let mut rig = Rig::with_trunk(trunk(1, scenario.addr())).await;
    let leg = rig.call(1, "13800138000", 10_000);
    rig.answered(leg).await;
    for on in [true, false] {
        let event = rig.wait("hold", |e| matches!(e, Event::Held { .. })).await;
        assert_eq!(event, Event::Held { leg, on });
    }
    // The ACK of the second re-INVITE must be out before the BYE that the scenario waits for.
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    rig.hang_up(leg);
    rig.ended(leg).await;
    scenario.done().await;
    rig.empty().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reliable_provisional_gets_its_prack() {
    let scenario = Sipp::serve("rel100", &[]).await;
    let mut rig = Rig::with_trunk(trunk(1, scenario.addr())).await;
    let leg = rig.call(1, "13800138000", 10_000);
    rig.answered(leg).await;
    rig.hang_up(leg);
    rig.ended(leg).await;
    scenario.done().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_session_is_refreshed_by_reinvite_and_by_update() {
    for name in ["refresh_reinvite", "refresh_update"] {
        let scenario = Sipp::serve(name, &[]).await;
        let mut rig = Rig::with_trunk(trunk(1, scenario.addr())).await;
        let leg = rig.call(1, "13800138000", 10_000);
        rig.answered(leg).await;
        let (cause, _) = rig.ended(leg).await;
        assert_eq!(cause.by, EndedBy::Far, "{name}");
        scenario.done().await;
        rig.empty().await;
    }
}
