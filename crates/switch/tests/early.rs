//! Before the answer: reliable provisional responses, forks whose media change hands, UPDATE in early dialogs.

use crate::support::peer::{Message, Peer, sdp, tag_of};
use crate::support::{Rig, trunk};
use model::telephony::{Action, Clip, Command, EndedBy, Event};
use std::time::{Duration, Instant};

struct Caller {
    peer: Peer,
    rig: Rig,
    uri: String,
    call: &'static str,
}

impl Caller {
    async fn new(call: &'static str) -> Self {
        let rig = Rig::anyone().await;
        let uri = format!("sip:4008001234@{}", rig.addr());
        Self { peer: Peer::bind().await, rig, uri, call }
    }

    async fn send(&self, method: &str, to_tag: &str, cseq: u32, extra: &str, body: &str) {
        let text = self.peer.request(method, &self.uri, self.call, ("a", to_tag), cseq, extra, body);
        self.peer.send(&text, self.rig.addr()).await;
    }

    async fn invite(&mut self, extra: &str, body: &str) -> model::LegId {
        self.send("INVITE", "", 1, extra, body).await;
        self.rig.incoming().await.0
    }

    /// PRACK of this response; the answer to it.
    async fn prack(&self, of: &Message, cseq: u32, body: &str) -> Message {
        let rack = format!("RAck: {} 1 INVITE\r\n", of.field("RSeq").expect("an RSeq"));
        self.send("PRACK", tag_of(of.field("To").unwrap()), cseq, &rack, body).await;
        self.answer_to("PRACK").await
    }

    async fn answer_to(&self, method: &str) -> Message {
        loop {
            let message = self.peer.until("SIP/2.0").await;
            if message.field("CSeq").is_some_and(|c| c.ends_with(method)) && message.code() >= 200 {
                return message;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_required_reliable_ring_is_repeated_until_its_prack() {
    let mut c = Caller::new("rel-1").await;
    let leg = c.invite("Require: 100rel\r\nSupported: 100rel\r\n", &sdp(9_000)).await;
    c.rig.switch.send(Command::Ring { leg });
    let first = c.peer.until("SIP/2.0 180").await;
    let began = Instant::now();
    assert!(first.field("Require").is_some_and(|r| r.contains("100rel")), "{}", first.text);
    let second = c.peer.until("SIP/2.0 180").await;
    let third = c.peer.until("SIP/2.0 180").await;
    assert_eq!((first.field("RSeq"), first.field("RSeq")), (second.field("RSeq"), third.field("RSeq")), "the same again");
    assert!(began.elapsed() >= Duration::from_millis(140), "T1, then twice T1: {:?}", began.elapsed());
    // A PRACK for another number means nothing.
    let us = tag_of(first.field("To").unwrap()).to_owned();
    c.send("PRACK", &us, 2, "RAck: 5 1 INVITE\r\n", "").await;
    assert_eq!(c.answer_to("PRACK").await.code(), 481);
    assert_eq!(c.prack(&first, 3, "").await.code(), 200);
    while let Some(more) = c.peer.next_within(Duration::from_millis(450)).await {
        assert_ne!(more.code(), 180, "acknowledged, not repeated");
    }
    c.rig.switch.send(Command::Answer { leg });
    let answer = c.peer.until("SIP/2.0 200").await;
    assert!(answer.body().contains("m=audio"), "the 180 described nothing: {}", answer.text);
    c.send("ACK", &us, 1, "", "").await;
    c.rig.answered(leg).await;
    c.rig.hang_up(leg);
    let bye = c.peer.until("BYE").await;
    c.peer.send(&bye.reply(200, "", "", ""), bye.from).await;
    c.rig.ended(leg).await;
    c.rig.empty().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_waits_for_the_prack_of_early_media_and_repeats_nothing() {
    let mut c = Caller::new("rel-2").await;
    let leg = c.invite("Supported: 100rel\r\n", &sdp(9_000)).await;
    c.rig.switch.send(Command::EarlyMedia { leg });
    c.rig.switch.send(Command::Answer { leg });
    let early = c.peer.until("SIP/2.0 183").await;
    assert!(early.field("RSeq").is_some() && early.body().contains("m=audio"), "{}", early.text);
    while let Some(more) = c.peer.next_within(Duration::from_millis(120)).await {
        assert_ne!(more.code(), 200, "RFC 3262 §5: no 2xx before the PRACK of a description");
    }
    let us = tag_of(early.field("To").unwrap()).to_owned();
    // UPDATE with an offer before the first exchange is sure: not now (RFC 3311 §5.2).
    c.send("UPDATE", &us, 2, "", &sdp(9_004)).await;
    let update = c.answer_to("UPDATE").await;
    assert_eq!((update.code(), update.field("Retry-After").is_some()), (500, true));
    assert_eq!(c.prack(&early, 3, "").await.code(), 200);
    let answer = c.answer_to("INVITE").await;
    assert_eq!((answer.code(), answer.body()), (200, ""), "offer and answer are done");
    c.send("ACK", &us, 1, "", "").await;
    c.rig.answered(leg).await;
    c.send("BYE", &us, 9, "", "").await;
    c.rig.ended(leg).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn early_dialogs_of_callers_are_updated_and_an_offer_may_come_with_the_prack() {
    let mut c = Caller::new("rel-3").await;
    let leg = c.invite("Supported: 100rel\r\n", &sdp(9_000)).await;
    c.rig.switch.send(Command::EarlyMedia { leg });
    let early = c.peer.until("SIP/2.0 183").await;
    let us = tag_of(early.field("To").unwrap()).to_owned();
    let prack = c.prack(&early, 2, &sdp(9_008)).await;
    assert_eq!(prack.code(), 200);
    assert!(prack.body().contains("m=audio"), "an offer in the PRACK is answered: {}", prack.text);
    c.send("UPDATE", &us, 3, "", &sdp(9_012)).await;
    let update = c.answer_to("UPDATE").await;
    assert_eq!(update.code(), 200);
    assert!(update.body().contains("m=audio"));
    c.rig.switch.send(Command::Reject { leg, sip_code: 486, q850: Some(17) });
    let refused = c.answer_to("INVITE").await;
    assert_eq!((refused.code(), refused.field("Reason")), (486, Some("Q.850;cause=17")));
    c.rig.ended(leg).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_of_ours_goes_with_the_first_reliable_response_and_is_answered_by_the_prack() {
    let mut c = Caller::new("rel-4").await;
    let leg = c.invite("Require: 100rel\r\n", "").await;
    c.rig.switch.send(Command::Ring { leg });
    let ring = c.peer.until("SIP/2.0 180").await;
    assert!(ring.body().contains("m=audio"), "{}", ring.text);
    assert_eq!(c.prack(&ring, 2, &sdp(9_000)).await.code(), 200);
    c.rig.switch.send(Command::Answer { leg });
    let answer = c.answer_to("INVITE").await;
    assert_eq!((answer.code(), answer.body()), (200, ""));
    c.send("ACK", tag_of(ring.field("To").unwrap()), 1, "", "").await;
    c.rig.answered(leg).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_any_prack_the_call_is_refused() {
    let mut c = Caller::new("rel-5").await;
    let leg = c.invite("Require: 100rel\r\n", &sdp(9_000)).await;
    c.rig.switch.send(Command::Ring { leg });
    assert_eq!(c.answer_to("INVITE").await.code(), 504);
    let (cause, _) = c.rig.ended(leg).await;
    assert_eq!((cause.by, cause.action, cause.sip_code), (EndedBy::Us, Some(Action::Refused), Some(504)));
}

#[tokio::test(flavor = "multi_thread")]
async fn media_follows_the_branch_that_spoke_last_and_the_first_answer_wins() {
    let peer = Peer::bind().await;
    let mut rig = Rig::with_trunk(trunk(1, peer.addr())).await;
    let leg = rig.call(1, "13800138000", 10_000);
    let invite = peer.until("INVITE").await;
    let (one, two) = (Ear::open().await, Ear::open().await);
    let reliable = |rseq: u32| format!("{}Require: 100rel\r\nRSeq: {rseq}\r\n", peer.contact());
    for (tag, ear, rseq) in [("one", &one, 100), ("two", &two, 7_000)] {
        peer.send(&invite.reply(183, tag, &reliable(rseq), &sdp(ear.port())), invite.from).await;
        let prack = peer.until("PRACK").await;
        assert_eq!((tag_of(prack.field("To").unwrap()), prack.field("RAck")), (tag, Some(format!("{rseq} 1 INVITE").as_str())));
        peer.send(&prack.reply(200, "", "", ""), prack.from).await;
        rig.wait("early media", |e| matches!(e, Event::Progress { early_media: true, .. })).await;
    }
    // Something to be heard.
    rig.switch.send(Command::Play { leg, op: crate::support::op(), clips: vec![Clip::Tone { hz: 440, ms: 60_000 }] });
    two.hears("the newest early dialog").await;
    let uri = format!("sip:x@{}", rig.addr());
    let us = tag_of(invite.field("From").unwrap()).to_owned();
    let call = invite.field("Call-ID").unwrap().to_owned();
    // Each branch counts its requests for itself; the first takes the media back by UPDATE.
    for (tag, cseq, ear) in [("two", 900, &two), ("one", 3, &one)] {
        peer.send(&peer.request("UPDATE", &uri, &call, (tag, &us), cseq, "", &sdp(ear.port())), rig.addr()).await;
        assert_eq!(peer.until("SIP/2.0").await.code(), 200, "UPDATE of branch {tag}");
    }
    one.hears("the branch that spoke last").await;
    // The second answers without a description: its own counts.
    peer.send(&invite.reply(200, "two", &peer.contact(), ""), invite.from).await;
    rig.answered(leg).await;
    two.hears("the branch that answered").await;
    peer.send(&invite.reply(200, "one", &peer.contact(), &sdp(one.port())), invite.from).await;
    let bye = peer.until("BYE").await;
    assert_eq!(tag_of(bye.field("To").unwrap()), "one", "who comes second is sent away");
    peer.send(&bye.reply(200, "", "", ""), bye.from).await;
    rig.hang_up(leg);
    let bye = peer.until("BYE").await;
    assert_eq!(tag_of(bye.field("To").unwrap()), "two");
    peer.send(&bye.reply(200, "", "", ""), bye.from).await;
    rig.ended(leg).await;
    rig.empty().await;
}

/// An RTP address that counts what comes.
struct Ear(tokio::net::UdpSocket);

impl Ear {
    async fn open() -> Self {
        Self(tokio::net::UdpSocket::bind("127.0.0.1:0").await.expect("a UDP port"))
    }

    fn port(&self) -> u16 {
        self.0.local_addr().expect("its address").port()
    }

    /// Packets arrive from now on: what was queued before does not count.
    async fn hears(&self, who: &str) {
        let mut buffer = [0; 2_048];
        while self.0.try_recv(&mut buffer).is_ok() {}
        for _ in 0..3 {
            let heard = tokio::time::timeout(crate::support::DEADLINE, self.0.recv(&mut buffer)).await;
            assert!(heard.is_ok_and(|n| n.is_ok()), "{who} hears nothing");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn methods_we_do_not_know_or_do_not_do() {
    let c = Caller::new("methods").await;
    let cases = [
        ("MESSAGE", "Content-Type: text/plain\r\n", "hello", 405),
        ("SUBSCRIBE", "Event: presence\r\n", "", 405),
        ("PUBLISH", "Event: presence\r\n", "", 405),
        ("NOTIFY", "Event: message-summary\r\nSubscription-State: active\r\n", "", 481),
        ("REFER", "Refer-To: <sip:x@127.0.0.1>\r\n", "", 603),
        ("FROBNICATE", "", "", 501),
        ("PRACK", "RAck: 1 1 INVITE\r\n", "", 481),
        ("INFO", "", "", 481),
    ];
    for (tag, first) in [("", 1), ("unknown", 100)] {
        for (n, (method, extra, body, code)) in cases.iter().enumerate() {
            c.send(method, tag, first + n as u32, extra, body).await;
            let answer = c.answer_to(method).await;
            let expected = if *method == "REFER" && !tag.is_empty() { 481 } else { *code };
            assert_eq!(answer.code(), expected, "{method} {tag:?}: {}", answer.text);
            if matches!(expected, 405 | 501) {
                assert!(answer.field("Allow").is_some_and(|a| a.contains("PRACK")), "{}", answer.text);
            }
        }
    }
}
