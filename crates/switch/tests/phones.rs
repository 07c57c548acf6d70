//! Phones of our own: who may register, where they are found, who rings, and what becomes of guessers.

use crate::support::peer::{Peer, sdp, tag_of};
use crate::support::phone::{Phone, extension};
use crate::support::{Rig, config, fresh, trunk};
use model::record::BanReason;
use model::telephony::{CallExtension, Command, EndedBy, Event};
use model::{ExtensionId, LegId, TrunkId};
use std::time::Duration;
use switch::SwitchConfig;

async fn rig_with(config: SwitchConfig, numbers: &[&str]) -> Rig {
    let rig = Rig::start(config).await;
    // A trunk elsewhere: whoever comes from here is a stranger until it has registered.
    rig.switch.set_trunks(vec![trunk(1, "192.0.2.1:5060")]);
    rig.switch.set_extensions(numbers.iter().enumerate().map(|(i, n)| extension(i as i64 + 1, n)).collect());
    rig
}

async fn rig(numbers: &[&str]) -> Rig {
    rig_with(config(), numbers).await
}

async fn phones(rig: &mut Rig, id: i64, wanted: u32) {
    rig.wait("the phones", |e| matches!(e, Event::Extension { extension, phones } if extension.0 == id && *phones == wanted))
        .await;
}

fn call(rig: &Rig, id: i64) -> LegId {
    let leg = LegId(fresh());
    rig.switch.send(Command::CallExtension(CallExtension {
        leg,
        extension: ExtensionId(id),
        from: "13800138000".into(),
        from_name: "王先生".into(),
        ring_ms_max: 10_000,
        context: "x".into(),
        auto_answer: false,
    }));
    leg
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_registers_asks_refreshes_and_leaves() {
    let mut rig = rig(&["8001"]).await;
    let mut phone = Phone::udp("8001", rig.addr()).await;
    let text = phone.request("REGISTER", "sip:fengling", "", "", "");
    phone.send(&text).await;
    let challenge = phone.until("SIP/2.0 401").await;
    let offered: Vec<&str> = challenge.text.lines().filter(|l| l.starts_with("WWW-Authenticate")).collect();
    assert!(offered.len() == 1 && offered[0].contains("algorithm=MD5"), "phones give up at a second one: {offered:?}");
    let answer = phone.registered().await;
    assert!(answer.field("Contact").is_some_and(|c| c.contains(&phone.contact) && c.contains("expires=300")), "{}", answer.text);
    phones(&mut rig, 1, 1).await;
    // The same nonce, counted on far beyond nine.
    for _ in 0..12 {
        phone.registered().await;
    }
    let known = rig.switch.registrations();
    let record = &known[&ExtensionId(1)][0];
    assert_eq!((record.user_agent.as_str(), record.transport.as_str(), record.behind_nat), ("Test phone", "udp", false));
    let query = phone.ask("REGISTER", "sip:fengling", "secret", "", "").await;
    assert!(query.code() == 200 && query.field("Contact").is_some(), "{}", query.text);
    let brief = phone.register("secret", "", 10).await;
    assert_eq!((brief.code(), brief.field("Min-Expires")), (423, Some("60")));
    let long = phone.register("secret", "", 999_999).await;
    assert!(long.field("Contact").is_some_and(|c| c.contains("expires=3600")), "{}", long.text);
    let half = phone.ask("REGISTER", "sip:fengling", "secret", "Contact: *\r\nExpires: 60\r\n", "").await;
    assert_eq!(half.code(), 400, "only everything can be taken away with a star");
    let gone = phone.ask("REGISTER", "sip:fengling", "secret", "Contact: *\r\nExpires: 0\r\n", "").await;
    assert!(gone.code() == 200 && gone.field("Contact").is_none(), "{}", gone.text);
    phones(&mut rig, 1, 0).await;
    // Not for somebody else, and the path is remembered and repeated.
    phone.user = "8001".into();
    let path = "Path: <sip:127.0.0.1:5999;lr>\r\n";
    let contact = format!("{path}Contact: <sip:8001@10.9.9.9>\r\nRequire: path\r\n");
    let by_proxy = phone.ask("REGISTER", "sip:fengling", "secret", &contact, "").await;
    assert_eq!((by_proxy.code(), by_proxy.field("Path")), (200, Some("<sip:127.0.0.1:5999;lr>")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_in_is_checked_and_a_replay_is_not_taken() {
    let mut rig = rig(&["8001", "8002"]).await;
    let mut phone = Phone::udp("8001", rig.addr()).await;
    assert_eq!(phone.register("wrong", "", 300).await.code(), 403);
    let mut phone = Phone::udp("8001", rig.addr()).await;
    phone.registered().await;
    phones(&mut rig, 1, 1).await;
    // A captured request, sent again from another socket: neither registered there nor answered 200.
    let contact = format!("Contact: <{}>\r\nExpires: 0\r\n", phone.contact);
    let captured = phone.request("REGISTER", "sip:fengling", "secret", &contact, "");
    phone.send(&captured).await;
    assert_eq!(phone.until("SIP/2.0 200").await.code(), 200);
    let thief = Phone::udp("8001", rig.addr()).await;
    thief.send(&captured.replace("branch=z9hG4bKp", "branch=z9hG4bKthief")).await;
    let answer = thief.until("SIP/2.0").await;
    assert!(answer.code() == 401 && answer.text.contains("stale=true"), "{}", answer.text);
    // The secret of one extension registers no other.
    let mut other = Phone::udp("8001", rig.addr()).await;
    let text = format!("Contact: <{}>\r\n", other.contact);
    let first = other.request("REGISTER", "sip:fengling", "secret", &text, "");
    other.send(&first.replace("<sip:8001@fengling>", "<sip:8002@fengling>")).await;
    assert_eq!(other.until("SIP/2.0").await.code(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_calls_and_the_floor_is_told_who_it_is() {
    let mut rig = rig(&["8001"]).await;
    let mut phone = Phone::udp("8001", rig.addr()).await;
    phone.registered().await;
    let calling = tokio::spawn(async move {
        let answer = phone.call("95566").await;
        phone.acknowledge(&answer, "95566").await;
        (phone, answer)
    });
    let event = rig.wait("the call", |e| matches!(e, Event::ExtensionCalls { .. })).await;
    let Event::ExtensionCalls { leg, extension, to } = event else { unreachable!("filtered") };
    assert_eq!((extension, to.as_str()), (ExtensionId(1), "95566"));
    rig.switch.send(Command::Answer { leg });
    rig.answered(leg).await;
    let (phone, answer) = calling.await.unwrap();
    assert_eq!(answer.code(), 200);
    rig.hang_up(leg);
    let bye = phone.until("BYE").await;
    phone.send(&bye.reply(200, "", "", "")).await;
    rig.ended(leg).await;
    // Somebody who is neither trunk nor phone is asked who he is, and goes no further.
    let mut nobody = Phone::udp("4711", rig.addr()).await;
    assert_eq!(nobody.call("95566").await.code(), 403);
    assert!(!rig.seen().iter().any(|e| matches!(e, Event::Incoming { trunk: TrunkId(_), .. })));
    rig.empty().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_phones_ring_the_first_answer_wins_and_the_rest_stop() {
    let mut rig = rig(&["8001"]).await;
    let mut desk = Phone::udp("8001", rig.addr()).await;
    desk.registered().await;
    let stream = tokio::net::TcpStream::connect(rig.addr()).await.unwrap();
    let mut soft = Phone::stream("8001", "TCP", stream);
    soft.registered().await;
    let mut last = Phone::udp("8001", rig.addr()).await;
    assert_eq!(last.register("secret", ";q=0.2", 300).await.code(), 200);
    phones(&mut rig, 1, 3).await;
    let leg = call(&rig, 1);
    let (a, b) = tokio::join!(desk.until("INVITE"), soft.until("INVITE"));
    assert!(a.field("From").is_some_and(|f| f.starts_with("\"王先生\" <sip:13800138000@")), "{}", a.text);
    assert!(a.start().contains(&desk.contact) && b.start().contains("192.168.77.5"), "the Contact as it was registered");
    assert_eq!(a.field("Call-ID"), b.field("Call-ID"));
    desk.send(&a.reply(180, "to-desk", "", "")).await;
    soft.answer(&b, 40_100).await;
    rig.answered(leg).await;
    let cancel = desk.until("CANCEL").await;
    desk.send(&cancel.reply(200, "to-desk", "", "")).await;
    desk.send(&a.reply(487, "to-desk", "", "")).await;
    desk.until("ACK").await;
    soft.until("ACK").await;
    rig.hang_up(leg);
    let bye = soft.until("BYE").await;
    assert_eq!(tag_of(bye.field("To").unwrap()), "to-8001");
    soft.send(&bye.reply(200, "", "", "")).await;
    rig.ended(leg).await;
    assert!(last.next_within(Duration::from_millis(50)).await.is_none_or(|m| m.method() == "OPTIONS"), "q=0.2 was not needed");
    // Nobody wants it: the next preference rings, then the best reason is given.
    let leg = call(&rig, 1);
    let (a, b) = tokio::join!(desk.until("INVITE"), soft.until("INVITE"));
    desk.send(&a.reply(486, "t1", "", "")).await;
    soft.send(&b.reply(480, "t2", "", "")).await;
    let c = last.until("INVITE").await;
    last.send(&c.reply(404, "t3", "", "")).await;
    let (cause, _) = rig.ended(leg).await;
    assert_eq!((cause.by, cause.sip_code), (EndedBy::Far, Some(486)));
    // The connection ends, and its contact with it.
    drop(soft);
    phones(&mut rig, 1, 2).await;
    let left = rig.switch.registrations();
    assert!(left[&ExtensionId(1)].iter().all(|r| r.transport == "udp"));
    rig.empty().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_registered_and_a_browser() {
    let mut rig = rig(&["8001"]).await;
    let leg = call(&rig, 1);
    let (cause, _) = rig.ended(leg).await;
    assert_eq!((cause.sip_code, cause.by), (Some(480), EndedBy::Network));
    assert!(cause.text.is_some_and(|t| t.contains("8001")));
    let peer = "127.0.0.1:50123".parse().unwrap();
    let socket = rig.switch.accept_web(peer, true).await.expect("room for a browser");
    let mut browser = Phone::web("8001", socket);
    browser.registered().await;
    phones(&mut rig, 1, 1).await;
    browser.send("\r\n\r\n").await;
    assert_eq!(browser.until("\r\n").await.text, "\r\n", "a ping is answered");
    assert_eq!(rig.switch.registrations()[&ExtensionId(1)][0].transport, "wss");
    // Browsers take nothing but DTLS-SRTP over ICE.
    let leg = call(&rig, 1);
    let invite = browser.until("INVITE").await;
    for wanted in
        [" UDP/TLS/RTP/SAVPF ", "a=ice-lite\r\n", "a=fingerprint:sha-256 ", "a=setup:actpass\r\n", "a=group:BUNDLE 0\r\n"]
    {
        assert!(invite.body().contains(wanted), "{wanted} in {}", invite.body());
    }
    assert!(!invite.body().contains("a=crypto"), "no keys beside those of the handshake: {}", invite.body());
    browser.send(&invite.reply(486, "t", "", "")).await;
    assert_eq!(rig.ended(leg).await.0.sip_code, Some(486));
    drop(browser);
    phones(&mut rig, 1, 0).await;
    rig.empty().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_behind_nat_is_kept_open_and_reached_where_it_was_heard() {
    let mut config = config();
    config.timing.phone_keepalive = Duration::from_millis(100);
    let mut rig = rig_with(config, &["8001"]).await;
    let mut phone = Phone::udp("8001", rig.addr()).await;
    phone.contact = "sip:8001@192.168.1.20:5060".into();
    phone.registered().await;
    for _ in 0..3 {
        let ping = phone.until("OPTIONS").await;
        assert!(ping.start().contains("192.168.1.20"), "{}", ping.text);
    }
    let record = rig.switch.registrations()[&ExtensionId(1)][0].clone();
    assert!(record.behind_nat && record.latency_ms.is_some() && record.reachable, "{record:?}");
    let leg = call(&rig, 1);
    let invite = phone.until("INVITE sip:8001@192.168.1.20:5060").await;
    phone.send(&invite.reply(486, "t", "", "")).await;
    rig.ended(leg).await;
    // Saved and given back, it is reached as before.
    let saved: Vec<_> = rig.switch.registrations().into_values().flatten().collect();
    let mut second = rig_with(crate::support::config(), &["8001"]).await;
    second.switch.restore(saved);
    phones(&mut second, 1, 1).await;
    assert_eq!(second.switch.registrations()[&ExtensionId(1)][0].address, phone.addr().to_string());
    call(&second, 1);
    let peer = Phone::clone(&phone);
    assert!(peer.until("INVITE").await.start().contains("192.168.1.20"));
}

#[tokio::test(flavor = "multi_thread")]
async fn guessers_and_scanners_are_banned_and_nobody_else() {
    let mut rig = rig(&["8001"]).await;
    let mut good = Phone::udp_from("8001", rig.addr(), "127.0.0.9").await;
    good.registered().await;
    let mut codes = Vec::new();
    for guess in 0..9 {
        let mut thief = Phone::udp_from("8001", rig.addr(), "127.0.0.66").await;
        let text = thief.request("REGISTER", "sip:fengling", "", "", "");
        thief.send(&text).await;
        match thief.next_within(Duration::from_millis(if guess < 8 { 2_000 } else { 200 })).await {
            Some(_) => codes.push(thief.register(&format!("guess{guess}"), "", 300).await.code()),
            None => codes.push(0),
        }
    }
    assert_eq!(codes, [403, 403, 403, 403, 403, 403, 403, 403, 0], "then silence");
    let event = rig.wait("the ban", |e| matches!(e, Event::Banned { .. })).await;
    assert_eq!(event, Event::Banned { address: "127.0.0.66".into(), reason: BanReason::Guessing, seconds: 60 });
    good.registered().await;
    // A scanner is never answered, but a datagram proves nothing: the phone at the address that it names goes on.
    let mut office = Phone::udp_from("8001", rig.addr(), "127.0.0.68").await;
    let scanner = Phone::udp_from("x", rig.addr(), "127.0.0.68").await;
    let probe = scanner.clone().request("OPTIONS", "sip:fengling", "", "", "").replace("Test phone", "friendly-scanner");
    scanner.send(&probe).await;
    office.registered().await;
    assert!(scanner.next_within(Duration::from_millis(100)).await.is_none(), "no answer");
    // On a connection it is there, and banned.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.67:0".parse().unwrap()).unwrap();
    let scanner = Phone::stream("x", "TCP", socket.connect(rig.addr()).await.unwrap());
    let probe = scanner.clone().request("OPTIONS", "sip:fengling", "", "", "").replace("Test phone", "friendly-scanner");
    scanner.send(&probe).await;
    let event = rig.wait("the ban", |e| matches!(e, Event::Banned { reason: BanReason::Scanner, .. })).await;
    assert!(matches!(event, Event::Banned { address, .. } if address == "127.0.0.67"));
    assert!(scanner.next_within(Duration::from_secs(2)).await.is_none(), "closed without a word");
    let bans: Vec<String> = rig.switch.bans().into_iter().map(|b| b.address).collect();
    assert_eq!(bans.len(), 2, "{bans:?}");
    // A connection of a banned address is not read.
    assert!(rig.switch.accept_web("127.0.0.66:4000".parse().unwrap(), false).await.is_none());
    assert!(rig.switch.unban("127.0.0.66".parse().unwrap()));
    let mut forgiven = Phone::udp_from("8001", rig.addr(), "127.0.0.66").await;
    forgiven.registered().await;
}

/// A phone may not move calls yet: it is told so, and does not find itself in a call of its own.
#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_wants_to_replace_a_call_is_refused() {
    let mut rig = rig(&["8001"]).await;
    let mut phone = Phone::udp("8001", rig.addr()).await;
    phone.registered().await;
    phones(&mut rig, 1, 1).await;
    let leg = call(&rig, 1);
    let invite = phone.until("INVITE").await;
    phone.send(&invite.reply(200, "desk", "", &sdp(40_420))).await;
    rig.answered(leg).await;
    let (id, tag) = (invite.field("Call-ID").unwrap(), tag_of(invite.field("From").unwrap()));
    let wanted =
        format!("Contact: <sip:8001@{}>\r\nRequire: replaces\r\nReplaces: {id};to-tag={tag};from-tag=desk\r\n", phone.addr());
    let answer = phone.ask("INVITE", "sip:8002@fengling", "secret", &wanted, &sdp(40_430)).await;
    assert!(answer.start().contains("403"), "{}", answer.text);
    assert_eq!(rig.switch.legs(), 1, "the call goes on, and no other began");
}

#[tokio::test(flavor = "multi_thread")]
async fn acks_go_where_the_dialog_sends_whatever_the_contact_says() {
    let mut rig = rig(&["8001"]).await;
    let mut phone = Phone::udp("8001", rig.addr()).await;
    phone.registered().await;
    phones(&mut rig, 1, 1).await;
    for contact in ["sip:8001@127.0.0.250:9", "sip:8001@no.such.name.invalid"] {
        let leg = call(&rig, 1);
        let invite = phone.until("INVITE").await;
        phone.send(&invite.reply(200, "desk", &format!("Contact: <{contact}>\r\n"), &sdp(40_400))).await;
        rig.answered(leg).await;
        let ack = phone.until("ACK").await;
        assert!(ack.start().contains(contact), "{}", ack.text);
        rig.hang_up(leg);
        let bye = phone.until("BYE").await;
        phone.send(&bye.reply(200, "", "", "")).await;
        rig.ended(leg).await;
    }
    // A trunk that names itself by a name nobody knows, or moves to TCP.
    let carrier = Peer::bind_on("127.0.0.31").await;
    rig.switch.set_trunks(vec![trunk(2, carrier.addr())]);
    let listener = tokio::net::TcpListener::bind(("127.0.0.31", 0)).await.unwrap();
    let moved = format!("sip:far@{};transport=tcp", listener.local_addr().unwrap());
    for contact in ["sip:far@no.such.name.invalid", &moved] {
        let leg = rig.call(2, "13800138000", 10_000);
        let invite = carrier.until("INVITE").await;
        carrier.send(&invite.reply(200, "far", &format!("Contact: <{contact}>\r\n"), &sdp(40_400)), invite.from).await;
        rig.answered(leg).await;
        rig.hang_up(leg);
        if contact == moved {
            let (stream, _) = listener.accept().await.unwrap();
            let line = Phone::stream("far", "TCP", stream);
            line.until("ACK").await;
            let bye = line.until("BYE").await;
            line.send(&bye.reply(200, "", "", "")).await;
        } else {
            carrier.until("ACK").await;
            let bye = carrier.until("BYE").await;
            carrier.send(&bye.reply(200, "", "", ""), bye.from).await;
        }
        rig.ended(leg).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_of_registers_takes_nothing_from_trunks_and_phones() {
    let rig = rig(&["8001"]).await;
    let carrier = Peer::bind_on("127.0.0.31").await;
    let mut config_trunk = trunk(2, carrier.addr());
    config_trunk.options_interval_s = 0;
    rig.switch.set_trunks(vec![config_trunk]);
    let mut phone = Phone::udp_from("8001", rig.addr(), "127.0.0.9").await;
    phone.registered().await;
    let storm = Phone::udp_from("8001", rig.addr(), "127.0.0.77").await;
    for _ in 0..3_000 {
        let text = storm.clone().request("REGISTER", "sip:fengling", "", "", "");
        storm.send(&text).await;
    }
    phone.registered().await;
    let uri = format!("sip:{}", rig.addr());
    carrier.send(&carrier.request("OPTIONS", &uri, "alive", ("a", ""), 1, "", ""), rig.addr()).await;
    assert_eq!(carrier.until("SIP/2.0").await.code(), 200);
    let mut answers = 0;
    while storm.next_within(Duration::from_millis(100)).await.is_some() {
        answers += 1;
    }
    assert!((1..=400).contains(&answers), "{answers} of 3,000 were answered");
    assert_eq!(rig.switch.held().await.server_transactions, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_only_comes_from_where_it_may_and_a_disabled_one_not_at_all() {
    let mut rig = Rig::start(config()).await;
    rig.switch.set_trunks(vec![trunk(1, "192.0.2.1:5060")]);
    let mut bound = extension(1, "8001");
    bound.allowed_from = vec!["127.0.0.8/32".into()];
    let mut off = extension(2, "8002");
    off.enabled = false;
    rig.switch.set_extensions(vec![bound.clone(), off]);
    let mut elsewhere = Phone::udp_from("8001", rig.addr(), "127.0.0.9").await;
    assert_eq!(elsewhere.register("secret", "", 300).await.code(), 403);
    let mut there = Phone::udp_from("8001", rig.addr(), "127.0.0.8").await;
    there.registered().await;
    phones(&mut rig, 1, 1).await;
    let mut disabled = Phone::udp_from("8002", rig.addr(), "127.0.0.9").await;
    assert_eq!(disabled.register("secret", "", 300).await.code(), 403);
    // Taken away from under its feet.
    bound.enabled = false;
    rig.switch.set_extensions(vec![bound]);
    phones(&mut rig, 1, 0).await;
}
