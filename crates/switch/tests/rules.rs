//! What trunks do differently: identity, redirections, digits by INFO, capacity and pauses.

use crate::support::peer::{Message, Peer, sdp, tag_of};
use crate::support::{Rig, fresh, op, trunk};
use model::record::{DigitMode, IdentityHeader, Trunk};
use model::telephony::{Command, EndedBy, Event, Originate, TrunkState};
use model::{LegId, TrunkId};
use std::time::{Duration, Instant};

async fn calling(change: impl FnOnce(&mut Trunk)) -> (Peer, Rig, LegId, Message) {
    let peer = Peer::bind().await;
    let mut line = trunk(1, peer.addr());
    change(&mut line);
    let rig = Rig::with_trunk(line).await;
    let leg = rig.call(1, "13800138000", 10_000);
    let invite = peer.until("INVITE").await;
    (peer, rig, leg, invite)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_caller_is_named_as_the_trunk_wants_it() {
    let number = "<sip:01088886666@";
    let (_, _, _, asserted) = calling(|_| {}).await;
    assert!(asserted.field("P-Asserted-Identity").is_some_and(|v| v.starts_with(number)));
    let (_, _, _, preferred) = calling(|t| {
        t.rules.identity = IdentityHeader::Preferred;
        t.rules.from_username = true;
        t.username = "acct7".into();
    })
    .await;
    assert!(preferred.field("P-Preferred-Identity").is_some_and(|v| v.starts_with(number)), "{}", preferred.text);
    assert!(preferred.field("P-Asserted-Identity").is_none());
    assert!(preferred.field("From").is_some_and(|v| v.starts_with("<sip:acct7@")), "{}", preferred.text);
    let (_, _, _, hidden) = calling(|t| {
        t.rules.anonymous = true;
        t.rules.identity = IdentityHeader::RemoteParty;
    })
    .await;
    assert!(hidden.field("From").is_some_and(|v| v.starts_with("\"Anonymous\" <sip:anonymous@anonymous.invalid>")));
    assert_eq!(hidden.field("Privacy"), Some("id"));
    let remote_party = hidden.field("Remote-Party-ID").unwrap();
    assert!(remote_party.starts_with(number) && remote_party.contains("privacy=full"), "{remote_party}");
    let (_, _, _, none) = calling(|t| t.rules.identity = IdentityHeader::None).await;
    for field in ["P-Asserted-Identity", "P-Preferred-Identity", "Remote-Party-ID", "Privacy", "Diversion"] {
        assert!(none.field(field).is_none(), "{field}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn forwarded_calls_say_from_where() {
    let peer = Peer::bind().await;
    let mut rig = Rig::with_trunk(trunk(1, peer.addr())).await;
    rig.switch.send(Command::Originate(Originate {
        leg: LegId(fresh()),
        trunk: TrunkId(1),
        to: "13800138000".into(),
        from: "01088886666".into(),
        ring_ms_max: 5_000,
        context: String::new(),
        diverted_from: "4008001234".into(),
        replaces: String::new(),
    }));
    let invite = peer.until("INVITE").await;
    assert!(invite.field("Diversion").is_some_and(|d| d.starts_with("<sip:4008001234@")), "{}", invite.text);
    assert!(invite.field("History-Info").is_some_and(|d| d.contains("index=1.1")));
    peer.send(&invite.reply(486, "x", "", ""), invite.from).await;
    // And the other way round.
    let uri = format!("sip:88886666@{}", rig.addr());
    let extra = "Diversion: <sip:4008001234@carrier>;reason=unconditional\r\n";
    peer.send(&peer.request("INVITE", &uri, "forwarded", ("a", ""), 1, extra, &sdp(9_000)), rig.addr()).await;
    match rig.wait("the call", |e| matches!(e, Event::Incoming { .. })).await {
        Event::Incoming { to, diverted_from, .. } => {
            assert_eq!((to.as_str(), diverted_from.as_deref()), ("88886666", Some("4008001234")));
        }
        _ => unreachable!("filtered"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirection_is_followed_where_the_rules_let_it() {
    let elsewhere = Peer::bind().await;
    let (peer, mut rig, leg, invite) = calling(|t| t.rules.redirects_max = 1).await;
    let contact = format!("Contact: <sip:low@{0}>;q=0.1, <sip:13900139000@{0}>;q=0.9\r\n", elsewhere.addr());
    peer.send(&invite.reply(302, "x", &contact, ""), invite.from).await;
    peer.until("ACK").await;
    let again = elsewhere.until("INVITE").await;
    assert!(again.start().starts_with("INVITE sip:13900139000@"), "the most wanted: {}", again.start());
    assert_eq!((again.field("Call-ID"), again.field("From")), (invite.field("Call-ID"), invite.field("From")));
    assert_eq!(again.field("CSeq"), Some("2 INVITE"));
    // Once is enough.
    elsewhere.send(&again.reply(302, "y", &format!("Contact: <sip:1@{}>\r\n", peer.addr()), ""), again.from).await;
    let (cause, _) = rig.ended(leg).await;
    assert_eq!((cause.by, cause.sip_code), (EndedBy::Far, Some(302)));
    rig.empty().await;
    for (rules, contact) in [(0, "sip:1@127.0.0.1"), (3, "sip:1@192.0.2.7"), (3, "sip:1@elsewhere.example"), (3, "tel:+861")] {
        let (peer, mut rig, leg, invite) = calling(|t| t.rules.redirects_max = rules).await;
        peer.send(&invite.reply(302, "x", &format!("Contact: <{contact}>\r\n"), ""), invite.from).await;
        assert_eq!(rig.ended(leg).await.0.sip_code, Some(302), "{rules} {contact}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn digits_go_as_info_one_by_one_and_fall_back_to_events() {
    let (peer, mut rig, leg, invite) = calling(|t| t.rules.digits = DigitMode::Info).await;
    peer.send(&invite.reply(200, "far", &peer.contact(), &sdp(9_000)), invite.from).await;
    rig.answered(leg).await;
    let first = op();
    rig.switch.send(Command::SendDigits { leg, op: first, digits: "1#".into() });
    for digit in ["1", "#"] {
        let info = peer.until("INFO").await;
        assert_eq!(info.field("Content-Type"), Some("application/dtmf-relay"));
        assert!(info.body().starts_with(&format!("Signal={digit}\r\n")), "{}", info.body());
        peer.send(&info.reply(200, "", "", ""), info.from).await;
    }
    rig.wait("all sent", |e| matches!(e, Event::DigitsSent { op, .. } if *op == first)).await;
    let second = op();
    rig.switch.send(Command::SendDigits { leg, op: second, digits: "5".into() });
    let info = peer.until("INFO").await;
    peer.send(&info.reply(415, "", "", ""), info.from).await;
    rig.wait("sent as events", |e| matches!(e, Event::DigitsSent { op, .. } if *op == second)).await;
    rig.hang_up(leg);
    rig.ended(leg).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trunk_bears_its_calls_and_its_rate_and_no_more() {
    let (peer, mut rig, leg, invite) = calling(|t| t.calls_max = 1).await;
    let second = rig.call(1, "13800138001", 5_000);
    let (cause, _) = rig.ended(second).await;
    assert_eq!((cause.by, cause.sip_code), (EndedBy::Network, Some(503)), "{cause:?}");
    let uri = format!("sip:1@{}", rig.addr());
    peer.send(&peer.request("INVITE", &uri, "in", ("a", ""), 1, "", &sdp(9_000)), rig.addr()).await;
    let refused = peer.until("SIP/2.0").await;
    assert_eq!((refused.code(), refused.field("Retry-After").is_some()), (503, true));
    peer.send(&invite.reply(486, "x", "", ""), invite.from).await;
    rig.ended(leg).await;
    let third = rig.call(1, "13800138002", 5_000);
    let invite = peer.until("INVITE sip:13800138002").await;
    peer.send(&invite.reply(486, "x", "", ""), invite.from).await;
    assert_eq!(rig.ended(third).await.0.sip_code, Some(486), "there is room again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trunk_that_asks_for_a_pause_gets_it() {
    let (peer, mut rig, leg, invite) = calling(|_| {}).await;
    peer.send(&invite.reply(503, "x", "Retry-After: 1\r\n", ""), invite.from).await;
    let began = Instant::now();
    rig.wait("the pause", |e| matches!(e, Event::Trunk { state: TrunkState::Resting { .. }, .. })).await;
    assert_eq!(rig.ended(leg).await.0.retry_after_s, Some(1));
    let early = rig.call(1, "13800138001", 5_000);
    assert_eq!(rig.ended(early).await.0.sip_code, Some(503), "nothing goes to it meanwhile");
    rig.wait("its end", |e| matches!(e, Event::Trunk { state: TrunkState::Up { .. }, .. })).await;
    assert!(began.elapsed() >= Duration::from_millis(900));
    rig.call(1, "13800138002", 5_000);
    let invite = peer.until("INVITE sip:13800138002").await;
    assert_eq!(tag_of(invite.field("To").unwrap()), "");
    peer.send(&invite.reply(486, "x", "", ""), invite.from).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_answered_elsewhere_says_so() {
    let peer = Peer::bind().await;
    let mut rig = Rig::with_trunk(trunk(1, peer.addr())).await;
    let uri = format!("sip:1@{}", rig.addr());
    let invite = peer.request("INVITE", &uri, "elsewhere", ("a", ""), 1, "", &sdp(9_000));
    peer.send(&invite, rig.addr()).await;
    let (leg, ..) = rig.incoming().await;
    let reason = "Reason: SIP;cause=200;text=\"Call completed elsewhere\"\r\n";
    let via = invite.lines().find(|l| l.starts_with("Via")).unwrap().to_owned();
    let cancel = peer.request("CANCEL", &uri, "elsewhere", ("a", ""), 1, reason, "");
    let cancel: String =
        cancel.split("\r\n").map(|l| if l.starts_with("Via") { via.as_str() } else { l }).collect::<Vec<_>>().join("\r\n");
    peer.send(&cancel, rig.addr()).await;
    let (cause, _) = rig.ended(leg).await;
    assert_eq!((cause.by, cause.q850, cause.sip_code), (EndedBy::Far, Some(26), Some(487)));
}
