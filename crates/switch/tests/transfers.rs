//! REFER both ways and Replaces, with a far end that is written line by line.

use crate::support::peer::{Message, Peer, sdp, tag_of};
use crate::support::{Rig, op, trunk};
use model::telephony::{Command, Event};
use model::{LegId, TrunkId};

/// A far end in a call with us, on a trunk that may move calls.
struct Call {
    peer: Peer,
    rig: Rig,
    leg: LegId,
    id: String,
    us: String,
    cseq: u32,
}

impl Call {
    async fn new(refer: bool) -> Self {
        let peer = Peer::bind().await;
        let mut line = trunk(1, peer.addr());
        line.rules.refer = refer;
        let mut rig = Rig::with_trunk(line).await;
        let leg = rig.call(1, "8001", 10_000);
        let invite = peer.until("INVITE").await;
        peer.send(&invite.reply(200, "far", &peer.contact(), &sdp(9_000)), invite.from).await;
        rig.answered(leg).await;
        peer.until("ACK").await;
        let id = invite.field("Call-ID").unwrap().to_owned();
        let us = tag_of(invite.field("From").unwrap()).to_owned();
        Self { peer, rig, leg, id, us, cseq: 10 }
    }

    fn uri(&self) -> String {
        format!("sip:x@{}", self.rig.addr())
    }

    async fn ask(&mut self, method: &str, extra: &str, body: &str) -> Message {
        self.cseq += 1;
        let text = self.peer.request(method, &self.uri(), &self.id, ("far", &self.us), self.cseq, extra, body);
        self.peer.send(&text, self.rig.addr()).await;
        self.peer.until("SIP/2.0").await
    }

    /// The next NOTIFY, answered: state of the subscription and first line of the fragment.
    async fn notified(&self) -> (String, String) {
        let notify = self.peer.until("NOTIFY").await;
        self.peer.send(&notify.reply(200, "", "", ""), notify.from).await;
        assert!(notify.field("Event").is_some_and(|e| e.starts_with("refer")), "{}", notify.text);
        assert!(notify.field("Content-Type").is_some_and(|c| c.starts_with("message/sipfrag")));
        let state = notify.field("Subscription-State").unwrap().split(';').next().unwrap().to_owned();
        (state, notify.body().trim().to_owned())
    }

    async fn referred(&mut self) -> (String, Option<LegId>, String) {
        match self.rig.wait("the wish", |e| matches!(e, Event::Referred { .. })).await {
            Event::Referred { to, with, replaces, .. } => (to, with, replaces),
            _ => unreachable!("filtered"),
        }
    }

    async fn transferring(&mut self) -> (u16, bool) {
        match self.rig.wait("progress", |e| matches!(e, Event::Transferring { .. })).await {
            Event::Transferring { sip_code, done, .. } => (sip_code, done),
            _ => unreachable!("filtered"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refer_is_told_and_its_progress_goes_back() {
    let mut c = Call::new(true).await;
    assert_eq!(c.ask("REFER", "Refer-To: <sip:8002@pbx.example>\r\n", "").await.code(), 202);
    assert_eq!(c.notified().await, ("active".into(), "SIP/2.0 100 Trying".into()));
    assert_eq!(c.referred().await, ("8002".into(), None, String::new()));
    assert_eq!(c.ask("REFER", "Refer-To: <sip:8003@pbx.example>\r\n", "").await.code(), 491, "one at a time");
    c.rig.switch.send(Command::ReferProgress { leg: c.leg, sip_code: 180 });
    assert_eq!(c.notified().await, ("active".into(), "SIP/2.0 180 Ringing".into()));
    c.rig.switch.send(Command::ReferProgress { leg: c.leg, sip_code: 200 });
    assert_eq!(c.notified().await, ("terminated".into(), "SIP/2.0 200 OK".into()));
    // Who wants no reports gets none (RFC 4488).
    let quiet = c.ask("REFER", "Refer-To: <tel:+8613800138000>\r\nRefer-Sub: false\r\n", "").await;
    assert_eq!((quiet.code(), quiet.field("Refer-Sub")), (202, Some("false")));
    assert_eq!(c.referred().await.0, "+8613800138000");
    c.rig.switch.send(Command::ReferProgress { leg: c.leg, sip_code: 486 });
    let bye = c.ask("BYE", "", "").await;
    assert_eq!((bye.code(), bye.field("CSeq").is_some_and(|s| s.ends_with("BYE"))), (200, true), "no NOTIFY came between");
    c.rig.ended(c.leg).await;
    c.rig.empty().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refers_that_are_not_taken() {
    let mut c = Call::new(false).await;
    assert_eq!(c.ask("REFER", "Refer-To: <sip:8002@pbx>\r\n", "").await.code(), 603, "the trunk may not");
    let mut c = Call::new(true).await;
    for bad in
        ["", "Refer-To: <sip:pbx>\r\n", "Refer-To: <sip:1@x;method=BYE>\r\n", "Refer-To: <sip:1@x>\r\nRefer-To: <sip:2@x>\r\n"]
    {
        assert_eq!(c.ask("REFER", bad, "").await.code(), 400, "{bad:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attended_transfer_names_the_other_leg_or_a_dialog_elsewhere() {
    let mut c = Call::new(true).await;
    // A second call between us and the same far end.
    let other = c.rig.call(1, "8005", 10_000);
    let invite = c.peer.until("INVITE").await;
    c.peer.send(&invite.reply(200, "second", &c.peer.contact(), &sdp(9_002)), invite.from).await;
    c.rig.answered(other).await;
    let (call, ours) = (invite.field("Call-ID").unwrap().replace('@', "%40"), tag_of(invite.field("From").unwrap()).to_owned());
    let attended = format!("Refer-To: <sip:8005@us?Replaces={call}%3Bto-tag%3D{ours}%3Bfrom-tag%3Dsecond>\r\n");
    assert_eq!(c.ask("REFER", &attended, "").await.code(), 202);
    assert_eq!(c.referred().await, ("8005".into(), Some(other), String::new()));
    c.rig.switch.send(Command::ReferProgress { leg: c.leg, sip_code: 200 });
    c.notified().await;
    let elsewhere = "Refer-To: <sip:8006@pbx?Replaces=abc%3Bto-tag%3D1%3Bfrom-tag%3D2>\r\n";
    c.peer.until("NOTIFY").await;
    assert_eq!(c.ask("REFER", elsewhere, "").await.code(), 202);
    let (to, with, replaces) = c.referred().await;
    assert_eq!((to.as_str(), with, replaces.as_str()), ("8006", None, "abc;to-tag=1;from-tag=2"));
    // Such a dialog is named in a call of ours.
    c.rig.switch.send(Command::Originate(model::telephony::Originate {
        leg: LegId(crate::support::fresh()),
        trunk: TrunkId(1),
        to,
        from: "01088886666".into(),
        ring_ms_max: 5_000,
        context: String::new(),
        diverted_from: String::new(),
        replaces,
    }));
    let invite = c.peer.until("INVITE").await;
    assert_eq!(invite.field("Replaces"), Some("abc;to-tag=1;from-tag=2"));
    assert!(invite.field("Require").is_some_and(|r| r.contains("replaces")));
    c.peer.send(&invite.reply(486, "x", "", ""), invite.from).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn we_ask_the_far_end_and_follow_what_it_says() {
    let mut c = Call::new(false).await;
    let refer = op();
    c.rig.switch.send(Command::Refer { leg: c.leg, op: refer, to: "13900139000".into(), replaces: None });
    let request = c.peer.until("REFER").await;
    assert!(request.field("Refer-To").is_some_and(|t| t.starts_with("<sip:13900139000@127.0.0.1")), "{}", request.text);
    assert!(request.field("Referred-By").is_some_and(|t| t.contains("01088886666")));
    c.peer.send(&request.reply(202, "", &c.peer.contact(), ""), request.from).await;
    let fragment = |state: &str| format!("Event: refer\r\nSubscription-State: {state}\r\nContent-Type: message/sipfrag\r\n");
    assert_eq!(c.ask("NOTIFY", &fragment("active"), "SIP/2.0 180 Ringing\r\n").await.code(), 200);
    assert_eq!(c.transferring().await, (180, false));
    assert_eq!(c.ask("NOTIFY", &fragment("terminated;reason=noresource"), "SIP/2.0 200 OK\r\n").await.code(), 200);
    assert_eq!(c.transferring().await, (200, true));
    assert_eq!(c.ask("NOTIFY", &fragment("active"), "SIP/2.0 180 Ringing\r\n").await.code(), 481, "the matter is over");
    // Refused.
    c.rig.switch.send(Command::Refer { leg: c.leg, op: op(), to: "1".into(), replaces: None });
    let request = c.peer.until("REFER").await;
    c.peer.send(&request.reply(603, "", "", ""), request.from).await;
    assert_eq!(c.transferring().await, (603, true));
    // An end without an outcome is a failure.
    c.rig.switch.send(Command::Refer { leg: c.leg, op: op(), to: "1".into(), replaces: None });
    let request = c.peer.until("REFER").await;
    c.peer.send(&request.reply(202, "", "", ""), request.from).await;
    assert_eq!(c.ask("NOTIFY", &fragment("terminated;reason=timeout"), "SIP/2.0 100 Trying\r\n").await.code(), 200);
    assert_eq!(c.transferring().await, (480, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn our_attended_transfer_names_the_dialog_to_replace() {
    let mut c = Call::new(false).await;
    let other = c.rig.call(1, "8005", 10_000);
    let invite = c.peer.until("INVITE").await;
    c.peer.send(&invite.reply(200, "second", &c.peer.contact(), &sdp(9_002)), invite.from).await;
    c.rig.answered(other).await;
    c.rig.switch.send(Command::Refer { leg: c.leg, op: op(), to: String::new(), replaces: Some(other) });
    let request = c.peer.until("REFER").await;
    let to = request.field("Refer-To").unwrap();
    let call = invite.field("Call-ID").unwrap().replace('@', "%40");
    let ours = tag_of(invite.field("From").unwrap());
    assert!(to.contains(&format!("?Replaces={call}%3Bto-tag%3Dsecond%3Bfrom-tag%3D{ours}")), "{to}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_takes_the_place_of_another() {
    let mut c = Call::new(true).await;
    let uri = c.uri();
    let mut n = 0;
    let mut ask = async |c: &Call, replaces: &str| {
        n += 1;
        let extra = format!("Require: replaces\r\nReplaces: {replaces}\r\n");
        let id = format!("replacing-{n}");
        let text = c.peer.request("INVITE", &uri, &id, ("new", ""), 1, &extra, &sdp(9_006));
        c.peer.send(&text, c.rig.addr()).await;
        loop {
            let answer = c.peer.until("SIP/2.0").await;
            if answer.field("Call-ID") == Some(id.as_str()) {
                return answer.code();
            }
        }
    };
    let ours = format!("{};to-tag={};from-tag=far", c.id, c.us);
    assert_eq!(ask(&c, "nonsense").await, 400);
    assert_eq!(ask(&c, &format!("{};to-tag={};from-tag=somebody", c.id, c.us)).await, 481);
    assert_eq!(ask(&c, &format!("{ours};early-only")).await, 486);
    assert_eq!(ask(&c, &ours).await, 100);
    match c.rig.wait("the new call", |e| matches!(e, Event::Incoming { .. })).await {
        Event::Incoming { replaces, .. } => assert_eq!(replaces, Some(c.leg)),
        _ => unreachable!("filtered"),
    }
    let c = Call::new(false).await;
    let ours = format!("{};to-tag={};from-tag=far", c.id, c.us);
    let uri = c.uri();
    let extra = format!("Replaces: {ours}\r\n");
    c.peer.send(&c.peer.request("INVITE", &uri, "not-allowed", ("n", ""), 1, &extra, &sdp(9_006)), c.rig.addr()).await;
    assert_eq!(c.peer.until("SIP/2.0").await.code(), 403, "the trunk may not move calls");
}
