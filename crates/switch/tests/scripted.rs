//! A far end that behaves as real ones do when nobody watches: forks, late answers, silence, odd requests.

use crate::support::peer::{Message, Peer, sdp, tag_of};
use crate::support::{Rig, config, trunk};
use model::record::{Codec, Trunk};
use model::telephony::{Action, Command, EndedBy, Event};
use std::time::Duration;
use switch::{InboundPolicy, SwitchConfig};

async fn calling() -> (Peer, Rig, model::LegId, Message) {
    let peer = Peer::bind().await;
    let rig = Rig::with_trunk(trunk(1, peer.addr())).await;
    let leg = rig.call(1, "13800138000", 10_000);
    let invite = peer.until("INVITE").await;
    (peer, rig, leg, invite)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_invite_says_who_calls_and_what_we_can() {
    let (peer, rig, leg, invite) = calling().await;
    assert!(invite.field("From").is_some_and(|f| f.contains("sip:01088886666@")), "{}", invite.text);
    assert!(invite.field("P-Asserted-Identity").is_some_and(|f| f.contains("01088886666")));
    assert!(invite.field("Supported").is_some_and(|s| s.contains("100rel") && s.contains("timer")));
    assert!(invite.field("Allow").is_some_and(|s| s.contains("UPDATE")));
    let body = invite.body();
    assert!(body.contains("RTP/AVP 8 0 101") && body.contains("telephone-event/8000"), "codecs in the trunk's order: {body}");
    let legs = rig.switch.list_legs().await;
    assert_eq!((legs.len(), legs[0].leg, legs[0].context.as_str()), (1, leg, format!("context of {leg}").as_str()));
    peer.send(&invite.reply(486, "x", "", ""), invite.from).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forked_second_answer_is_hung_up() {
    let (peer, mut rig, leg, invite) = calling().await;
    peer.send(&invite.reply(200, "one", &peer.contact(), &sdp(9_000)), invite.from).await;
    rig.answered(leg).await;
    peer.send(&invite.reply(200, "two", &peer.contact(), &sdp(9_002)), invite.from).await;
    let bye = peer.until("BYE").await;
    assert_eq!(tag_of(bye.field("To").unwrap()), "two", "the fork goes, the call stays");
    peer.send(&bye.reply(200, "", "", ""), bye.from).await;
    // A BYE of the fork does not touch the call either.
    let uri = format!("sip:x@{}", rig.addr());
    let us = tag_of(invite.field("From").unwrap()).to_owned();
    let call = invite.field("Call-ID").unwrap().to_owned();
    peer.send(&peer.request("BYE", &uri, &call, ("two", &us), 9, "", ""), invite.from).await;
    assert_eq!(peer.until("SIP/2.0").await.code(), 481);
    peer.send(&peer.request("BYE", &uri, &call, ("one", &us), 9, "", ""), invite.from).await;
    assert_eq!(peer.until("SIP/2.0").await.code(), 200);
    assert_eq!(rig.ended(leg).await.0.by, EndedBy::Far);
    rig.empty().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_comes_again_is_acknowledged_again() {
    let (peer, mut rig, leg, invite) = calling().await;
    let answer = invite.reply(200, "one", &peer.contact(), &sdp(9_000));
    peer.send(&answer, invite.from).await;
    rig.answered(leg).await;
    let first = peer.until("ACK").await;
    for _ in 0..3 {
        peer.send(&answer, invite.from).await;
        let again = peer.until("ACK").await;
        assert_eq!((again.field("CSeq"), again.field("To")), (first.field("CSeq"), first.field("To")));
    }
    // Two at once, and a fork among them: each is acknowledged, the fork hung up.
    peer.send(&answer, invite.from).await;
    peer.send(&invite.reply(200, "two", &peer.contact(), &sdp(9_002)), invite.from).await;
    let mut acknowledged = std::collections::BTreeSet::new();
    let bye = loop {
        let message = peer.until("").await;
        match message.method() {
            "ACK" => drop(acknowledged.insert(tag_of(message.field("To").unwrap()).to_owned())),
            "BYE" => break message,
            _ => panic!("{}", message.text),
        }
    };
    assert_eq!(tag_of(bye.field("To").unwrap()), "two");
    assert!(acknowledged.contains("two"), "{acknowledged:?}");
    peer.send(&bye.reply(200, "", "", ""), bye.from).await;
    rig.hang_up(leg);
    let bye = peer.until("BYE").await;
    peer.send(&bye.reply(200, "", "", ""), bye.from).await;
    rig.ended(leg).await;
    rig.empty().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hung_up_before_any_answer_the_cancel_waits_for_a_provisional() {
    let (peer, mut rig, leg, invite) = calling().await;
    rig.hang_up(leg);
    // Retransmissions of the INVITE may come, a CANCEL may not.
    while let Some(message) = peer.next_within(Duration::from_millis(250)).await {
        assert_eq!(message.method(), "INVITE", "{}", message.text);
    }
    peer.send(&invite.reply(100, "", "", ""), invite.from).await;
    let cancel = peer.until("CANCEL").await;
    assert_eq!(cancel.field("Via"), invite.field("Via"), "the CANCEL takes the INVITE's branch");
    peer.send(&cancel.reply(200, "", "", ""), cancel.from).await;
    peer.send(&invite.reply(487, "x", "", ""), invite.from).await;
    peer.until("ACK").await;
    let (cause, _) = rig.ended(leg).await;
    assert_eq!((cause.by, cause.action), (EndedBy::Us, Some(Action::Normal)));
    rig.empty().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_crosses_the_cancel_is_acknowledged_and_hung_up() {
    let (peer, mut rig, leg, invite) = calling().await;
    peer.send(&invite.reply(180, "x", &peer.contact(), ""), invite.from).await;
    rig.wait("180", |e| matches!(e, Event::Progress { .. })).await;
    rig.hang_up(leg);
    let cancel = peer.until("CANCEL").await;
    peer.send(&invite.reply(200, "x", &peer.contact(), &sdp(9_000)), invite.from).await;
    peer.send(&cancel.reply(200, "", "", ""), cancel.from).await;
    peer.until("ACK").await;
    let bye = peer.until("BYE").await;
    peer.send(&bye.reply(200, "", "", ""), bye.from).await;
    let (cause, _) = rig.ended(leg).await;
    assert_eq!((cause.by, cause.action), (EndedBy::Us, Some(Action::Normal)));
    assert!(!rig.seen().iter().any(|e| matches!(e, Event::Answered { .. })), "it was never a call");
    rig.nothing_after_end(leg, Duration::from_millis(200)).await;
    rig.empty().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_there() {
    let peer = Peer::bind().await;
    let mut rig = Rig::with_trunk(trunk(1, peer.addr())).await;
    let leg = rig.call(1, "13800138000", 60_000);
    let (cause, _) = rig.ended(leg).await;
    assert_eq!((cause.by, cause.sip_code), (EndedBy::Network, Some(408)), "{cause:?}");
    rig.empty().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_a_codec_of_ours_is_hung_up() {
    let (peer, mut rig, leg, invite) = calling().await;
    let g729 = sdp(9_000).replace("RTP/AVP 8 101", "RTP/AVP 18").replace("a=rtpmap:8 PCMA/8000", "a=rtpmap:18 G729/8000");
    peer.send(&invite.reply(200, "x", &peer.contact(), &g729), invite.from).await;
    peer.until("ACK").await;
    peer.until("BYE").await;
    let (cause, _) = rig.ended(leg).await;
    assert_eq!((cause.by, cause.action), (EndedBy::Us, Some(Action::Refused)));
}

async fn in_a_call() -> (Peer, Rig, model::LegId, Message) {
    let (peer, mut rig, leg, invite) = calling().await;
    peer.send(&invite.reply(200, "far", &peer.contact(), &sdp(9_000)), invite.from).await;
    rig.answered(leg).await;
    peer.until("ACK").await;
    (peer, rig, leg, invite)
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_inside_a_call() {
    let (peer, mut rig, leg, invite) = in_a_call().await;
    let uri = format!("sip:x@{}", rig.addr());
    let us = tag_of(invite.field("From").unwrap()).to_owned();
    let call = invite.field("Call-ID").unwrap().to_owned();
    let relay = "Content-Type: application/dtmf-relay\r\n";
    let hold = format!("{}a=inactive\r\n", sdp(9_000));
    let old_hold = sdp(9_000).replace("c=IN IP4 127.0.0.1", "c=IN IP4 0.0.0.0");
    let video = format!("{}m=video 9100 RTP/AVP 31\r\n", sdp(9_000));
    let opus = sdp(9_000).replace("RTP/AVP 8 101", "RTP/AVP 111").replace("rtpmap:8 PCMA", "rtpmap:111 opus");
    let steps: [(&str, &str, &str, u16); 13] = [
        ("OPTIONS", "", "", 200),
        ("INFO", relay, "Signal=7\r\nDuration=160\r\n", 200),
        ("INFO", "Content-Type: application/media_control+xml\r\n", "<x/>", 415),
        ("INFO", "", "", 200),
        ("UPDATE", "", "", 200),
        ("UPDATE", "", &hold, 200),
        ("UPDATE", "", &sdp(9_000), 200),
        ("UPDATE", "", &opus, 488),
        ("INVITE", "", &old_hold, 200),
        ("INVITE", "", &video, 200),
        ("PRACK", "RAck: 1 1 INVITE\r\n", "", 481),
        ("REFER", "Refer-To: <sip:elsewhere@127.0.0.1>\r\n", "", 603),
        ("SUBSCRIBE", "Event: dialog\r\n", "", 405),
    ];
    for (n, (method, extra, body, code)) in steps.iter().enumerate() {
        let cseq = 10 + n as u32;
        let request = peer.request(method, &uri, &call, ("far", &us), cseq, extra, body);
        peer.send(&request, rig.addr()).await;
        let answer = peer.until("SIP/2.0").await;
        assert_eq!(answer.code(), *code, "{method} {body}: {}", answer.text);
        match *method {
            "INVITE" => {
                peer.send(&peer.request("ACK", &uri, &call, ("far", &us), cseq, "", ""), rig.addr()).await;
                if body.contains("video") {
                    assert!(answer.body().contains("m=video 0 "), "refused in its place: {}", answer.body());
                }
            }
            "SUBSCRIBE" => assert!(answer.field("Allow").is_some_and(|a| a.contains("INVITE"))),
            _ => {}
        }
    }
    rig.digits_until(leg, "7").await;
    let held: Vec<bool> =
        rig.seen().iter().filter_map(|e| if let Event::Held { on, .. } = e { Some(*on) } else { None }).collect();
    rig.hang_up(leg);
    peer.until("BYE").await;
    rig.ended(leg).await;
    let all: Vec<bool> =
        rig.seen().iter().filter_map(|e| if let Event::Held { on, .. } = e { Some(*on) } else { None }).collect();
    assert!(all.starts_with(&held));
    assert_eq!(all, [true, false, true, false], "inactive, back, 0.0.0.0, back");
    // An old number is out of order; a call that is over is unknown.
    peer.send(&peer.request("BYE", &uri, &call, ("far", &us), 90, "", ""), rig.addr()).await;
    assert_eq!(peer.until("SIP/2.0").await.code(), 481);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_nobody_refreshes_is_hung_up() {
    let (peer, mut rig, leg, invite) = calling().await;
    let timer = format!("{}Require: timer\r\nSession-Expires: 2;refresher=uas\r\n", peer.contact());
    peer.send(&invite.reply(200, "far", &timer, &sdp(9_000)), invite.from).await;
    rig.answered(leg).await;
    peer.until("BYE").await;
    let (cause, _) = rig.ended(leg).await;
    assert_eq!((cause.by, cause.q850), (EndedBy::Network, Some(102)));
}

async fn called(config: SwitchConfig) -> (Peer, Rig) {
    (Peer::bind().await, Rig::start(SwitchConfig { inbound: InboundPolicy::Anyone, ..config }).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_of_new_calls() {
    let (peer, mut rig) = called(config()).await;
    let uri = format!("sip:4008001234@{}", rig.addr());
    let addr = rig.addr();
    let ask = async |call: &str, extra: &str, body: &str| {
        peer.send(&peer.request("INVITE", &uri, call, ("a", ""), 1, extra, body), addr).await;
        let mut answer = peer.until("SIP/2.0").await;
        while answer.code() < 200 && answer.field("Call-ID") != Some(call) {
            answer = peer.until("SIP/2.0").await;
        }
        let ack = peer.request("ACK", &uri, call, ("a", tag_of(answer.field("To").unwrap())), 1, "", "");
        let branch = answer.field("Via").unwrap().to_owned();
        let ack: String =
            ack.lines().map(|l| if l.starts_with("Via:") { format!("Via: {branch}\r\n") } else { format!("{l}\r\n") }).collect();
        if answer.code() >= 300 {
            peer.send(&ack, addr).await;
        }
        answer
    };
    let extension = ask("c1", "Require: 100rel, rocket\r\n", &sdp(9_000)).await;
    assert_eq!((extension.code(), extension.field("Unsupported")), (420, Some("rocket")));
    assert_eq!(ask("c2", "", &sdp(9_000).replace(" 8 101", " 18")).await.code(), 488);
    assert_eq!(ask("c3", "Content-Type: text/plain\r\n", "hello").await.code(), 415);
    assert_eq!(ask("c4", "Content-Type: application/sdp\r\n", "this is not SDP").await.code(), 400);
    let short = ask("c5", "Supported: timer\r\nSession-Expires: 1\r\n", &sdp(9_000)).await;
    assert_eq!((short.code(), short.field("Min-SE")), (422, Some("2")));
    // The same INVITE by two ways is one call (RFC 3261 §8.2.2.2).
    assert_eq!(ask("c6", "", &sdp(9_000)).await.code(), 100);
    let (leg, ..) = rig.incoming().await;
    assert_eq!(ask("c6", "", &sdp(9_000)).await.code(), 482);
    rig.switch.send(Command::Reject { leg, sip_code: 486, q850: None });
    rig.ended(leg).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_floor_that_says_nothing_and_too_many_calls() {
    let mut config = config();
    config.timing.decision = Duration::from_millis(400);
    config.limits.incoming_pending_max = 1;
    let (peer, mut rig) = called(config).await;
    let uri = format!("sip:4008001234@{}", rig.addr());
    peer.send(&peer.request("INVITE", &uri, "d1", ("a", ""), 1, "", &sdp(9_000)), rig.addr()).await;
    let (leg, ..) = rig.incoming().await;
    peer.send(&peer.request("INVITE", &uri, "d2", ("a", ""), 1, "", &sdp(9_000)), rig.addr()).await;
    let mut codes = Vec::new();
    while codes.iter().filter(|(_, c, _)| *c == 503).count() < 2 {
        let answer = peer.until("SIP/2.0").await;
        let entry = (answer.field("Call-ID").unwrap().to_owned(), answer.code(), answer.field("Retry-After").is_some());
        if !codes.contains(&entry) {
            codes.push(entry);
        }
    }
    assert!(codes.contains(&("d2".into(), 503, true)), "one too many: {codes:?}");
    assert!(codes.contains(&("d1".into(), 503, true)), "undecided: {codes:?}");
    let (cause, _) = rig.ended(leg).await;
    assert_eq!((cause.by, cause.action), (EndedBy::Us, Some(Action::Refused)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_repeated_until_acknowledged_and_ends_without() {
    let (peer, mut rig) = called(config()).await;
    let uri = format!("sip:4008001234@{}", rig.addr());
    peer.send(&peer.request("INVITE", &uri, "e1", ("a", ""), 1, "", &sdp(9_000)), rig.addr()).await;
    let (leg, ..) = rig.incoming().await;
    rig.switch.send(Command::Answer { leg });
    for _ in 0..3 {
        peer.until("SIP/2.0 200").await;
    }
    peer.until("BYE").await;
    let (cause, _) = rig.ended(leg).await;
    assert_eq!(cause.by, EndedBy::Network);
    assert!(!rig.seen().iter().any(|e| matches!(e, Event::Answered { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn hung_up_between_answer_and_ack_the_bye_follows_the_ack() {
    let (peer, mut rig) = called(config()).await;
    let uri = format!("sip:4008001234@{}", rig.addr());
    peer.send(&peer.request("INVITE", &uri, "f1", ("a", ""), 1, "", ""), rig.addr()).await;
    let (leg, ..) = rig.incoming().await;
    rig.switch.send(Command::Answer { leg });
    let answer = peer.until("SIP/2.0 200").await;
    assert!(answer.body().contains("RTP/AVP 8 0 101"), "no offer came, so we make one: {}", answer.body());
    rig.hang_up(leg);
    rig.ended(leg).await;
    while let Some(message) = peer.next_within(Duration::from_millis(200)).await {
        assert_ne!(message.method(), "BYE", "no BYE before the ACK");
    }
    let us = tag_of(answer.field("To").unwrap()).to_owned();
    peer.send(&peer.request("ACK", &uri, "f1", ("a", &us), 1, "", &sdp(9_000)), rig.addr()).await;
    peer.until("BYE").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn shutdown_ends_the_calls_and_frees_the_port() {
    let (peer, mut rig, leg, invite) = calling().await;
    peer.send(&invite.reply(200, "far", &peer.contact(), &sdp(9_000)), invite.from).await;
    rig.answered(leg).await;
    let (switch, addr) = (rig.switch.clone(), rig.addr());
    let stopping = tokio::spawn(async move { switch.shutdown(Duration::from_millis(100)).await });
    let bye = peer.until("BYE").await;
    peer.send(&bye.reply(200, "", "", ""), bye.from).await;
    let (cause, _) = rig.ended(leg).await;
    assert_eq!(cause.action, Some(Action::Shutdown));
    tokio::time::timeout(crate::support::DEADLINE, stopping).await.expect("shutdown ends").unwrap();
    let end = tokio::time::Instant::now() + crate::support::DEADLINE;
    while tokio::net::UdpSocket::bind(addr).await.is_err() {
        assert!(tokio::time::Instant::now() < end, "the port is free again");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_nat_the_advertised_address_is_written_and_each_trunk_offers_its_own_codecs() {
    let peer = Peer::bind().await;
    let mut rig = Rig::start(SwitchConfig { advertised: Some([203, 0, 113, 7].into()), ..config() }).await;
    let codecs = vec![Codec::G729, Codec::Opus, Codec::Pcma];
    rig.switch.set_trunks(vec![Trunk { codecs, ..trunk(1, peer.addr()) }]);
    rig.wait("the trunk to come up", |e| matches!(e, Event::Trunk { state, .. } if state.is_up())).await;
    let leg = rig.call(1, "13800138000", 10_000);
    let invite = peer.until("INVITE").await;
    assert!(invite.field("Contact").is_some_and(|c| c.contains("@203.0.113.7:")), "{}", invite.text);
    let body = invite.body();
    assert!(body.contains("c=IN IP4 203.0.113.7\r\n") && body.contains("RTP/AVP 18 111 8 101 110\r\n"), "{body}");
    let opus = sdp(9_000).replace("RTP/AVP 8 101", "RTP/AVP 111 110").replace("8 PCMA/8000", "111 opus/48000/2");
    let opus = opus.replace("101 telephone-event/8000", "110 telephone-event/48000").replace("fmtp:101", "fmtp:110");
    peer.send(&invite.reply(200, "one", &peer.contact(), &opus), invite.from).await;
    rig.answered(leg).await;
    rig.hang_up(leg);
    let bye = peer.until("BYE").await;
    peer.send(&bye.reply(200, "", "", ""), bye.from).await;
    let (_, stats) = rig.ended(leg).await;
    assert_eq!(stats.codec.as_deref(), Some("opus"));
    rig.empty().await;
}
