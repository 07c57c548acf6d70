//! What was said about a call is kept for its record: everything, in order, without secrets.

use crate::support::peer::{Peer, sdp, tag_of};
use crate::support::sipp::Sipp;
use crate::support::{Rig, trunk};
use model::record::Transport;
use model::telephony::Command;
use std::time::Duration;
use switch::LegTrace;
use tokio::sync::mpsc::Receiver;

async fn next(traces: &mut Receiver<LegTrace>) -> LegTrace {
    tokio::time::timeout(crate::support::DEADLINE, traces.recv()).await.expect("a trace in time").expect("the switch lives")
}

/// Direction and start line of each message.
fn lines(trace: &LegTrace) -> Vec<String> {
    let line = |m: &model::record::SipMessage| {
        let start = m.text.lines().next().unwrap_or_default();
        let start = if start.starts_with("SIP/2.0") { start } else { start.split(' ').next().unwrap_or_default() };
        format!("{}{start}", if m.sent { "> " } else { "< " })
    };
    trace.trace.messages.iter().map(line).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_is_answered_and_hung_up() {
    let peer = Peer::bind().await;
    let mut rig = Rig::with_trunk(trunk(1, peer.addr())).await;
    let mut traces = rig.switch.traces().expect("the first to ask has them");
    assert!(rig.switch.traces().is_none(), "the second has none");
    let leg = rig.call(1, "13800138000", 10_000);
    // The first INVITE stays unanswered: its retransmission belongs to the story.
    peer.until("INVITE").await;
    let invite = peer.until("INVITE").await;
    peer.send(&invite.reply(180, "far", &peer.contact(), ""), invite.from).await;
    peer.send(&invite.reply(200, "far", &peer.contact(), &sdp(9_000)), invite.from).await;
    rig.answered(leg).await;
    peer.until("ACK").await;
    rig.hang_up(leg);
    let bye = peer.until("BYE").await;
    peer.send(&bye.reply(200, "", "", ""), bye.from).await;
    rig.ended(leg).await;
    let trace = next(&mut traces).await;
    assert_eq!((trace.leg, trace.tenant.0, trace.failed), (leg, 1, false));
    let want = ["> INVITE", "> INVITE", "< SIP/2.0 180 Test", "< SIP/2.0 200 Test", "> ACK", "> BYE", "< SIP/2.0 200 Test"];
    assert_eq!(lines(&trace), want);
    let messages = &trace.trace.messages;
    assert!(messages.is_sorted_by_key(|m| m.at_us));
    assert!(messages.iter().all(|m| m.transport == "UDP" && m.remote == peer.addr().to_string()));
    assert!(messages.iter().all(|m| m.local == rig.addr().to_string()));
    assert!(messages[0].text.ends_with("\r\n") && messages[0].text.contains("\r\n\r\nv=0"), "with its description");
    rig.empty().await;
    assert_eq!(rig.switch.held().await.traces, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_never_get_there() {
    let scenario = Sipp::serve("invite_digest", &["-key", "algorithm", "MD5"]).await;
    let mut line = trunk(1, scenario.addr());
    line.username = "expert".into();
    line.password = Some("secret".into());
    let mut rig = Rig::with_trunk(line).await;
    let mut traces = rig.switch.traces().unwrap();
    let leg = rig.call(1, "13800138000", 10_000);
    rig.answered(leg).await;
    rig.hang_up(leg);
    rig.ended(leg).await;
    let trace = next(&mut traces).await;
    let all: String = trace.trace.messages.iter().map(|m| m.text.as_str()).collect();
    assert!(all.contains("uthorization: [removed]"), "{all}");
    assert!(!all.contains("response=\"") && !all.contains("expert"), "{all}");
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_from_outside_refused_ones_and_tcp() {
    let mut rig = Rig::anyone().await;
    let mut traces = rig.switch.traces().unwrap();
    let peer = Peer::bind().await;
    let uri = format!("sip:4008001234@{}", rig.addr());
    let invite = peer.request("INVITE", &uri, "traced", ("a", ""), 1, "", &sdp(9_000));
    peer.send(&invite, rig.addr()).await;
    let (leg, ..) = rig.incoming().await;
    rig.switch.send(Command::Reject { leg, sip_code: 486, q850: Some(17) });
    let refused = peer.until("SIP/2.0 486").await;
    let ack = peer.request("ACK", &uri, "traced", ("a", tag_of(refused.field("To").unwrap())), 1, "", "");
    let via = invite.lines().find(|l| l.starts_with("Via")).unwrap();
    let ack: Vec<&str> = ack.split("\r\n").map(|l| if l.starts_with("Via") { via } else { l }).collect();
    peer.send(&ack.join("\r\n"), rig.addr()).await;
    let trace = next(&mut traces).await;
    assert_eq!((trace.leg, trace.failed), (leg, true));
    assert_eq!(lines(&trace), ["< INVITE", "> SIP/2.0 100 Trying", "> SIP/2.0 486 Busy Here", "< ACK"]);
    let scenario = Sipp::serve("ring_answer_bye", &["-t", "t1"]).await;
    let mut line = trunk(1, scenario.addr());
    line.transport = Transport::Tcp;
    rig.switch.set_trunks(vec![line]);
    rig.wait("the trunk", |e| matches!(e, model::telephony::Event::Trunk { .. })).await;
    let leg = rig.call(1, "13800138000", 10_000);
    rig.answered(leg).await;
    rig.ended(leg).await;
    let trace = next(&mut traces).await;
    let said = lines(&trace);
    assert_eq!((said.first().map(String::as_str), said.last().map(String::as_str)), (Some("> INVITE"), Some("> SIP/2.0 200 OK")));
    assert!(trace.trace.messages.iter().all(|m| m.transport == "TCP"), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_asks_nothing_is_kept() {
    let mut rig = Rig::anyone().await;
    let peer = Peer::bind().await;
    let uri = format!("sip:4008001234@{}", rig.addr());
    peer.send(&peer.request("INVITE", &uri, "unread", ("a", ""), 1, "", &sdp(9_000)), rig.addr()).await;
    let (leg, ..) = rig.incoming().await;
    assert_eq!(rig.switch.held().await.traces, 0);
    rig.hang_up(leg);
    rig.nothing_after_end(leg, Duration::from_millis(200)).await;
}
