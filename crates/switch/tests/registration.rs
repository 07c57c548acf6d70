//! Trunks: registration with digest, OPTIONS probes, names that do not resolve.

use crate::support::peer::{Peer, sdp};
use crate::support::sipp::Sipp;
use crate::support::{Rig, config, trunk};
use model::telephony::{Command, EndedBy, Event, TrunkState};
use std::time::Duration;
use switch::SwitchConfig;

fn registering(address: String) -> model::record::Trunk {
    let mut line = trunk(1, address);
    line.register = true;
    line.username = "expert".into();
    line.password = Some("secret".into());
    line
}

#[tokio::test(flavor = "multi_thread")]
async fn registers_with_a_digest_that_sipp_verifies() {
    let scenario = Sipp::serve("register_only", &["-key", "algorithm", "MD5"]).await;
    let rig = Rig::with_trunk(registering(scenario.addr())).await;
    assert!(rig.switch.trunk_states().values().all(TrunkState::is_up));
    scenario.done().await;
}

/// A proxy's challenge, SHA-256, which SIPp does not know (the digest itself is checked against RFC 7616 in its own file).
#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_challenges_the_invite_with_sha_256() {
    let proxy = Peer::bind().await;
    let mut line = registering(proxy.addr().to_string());
    line.register = false;
    let mut rig = Rig::with_trunk(line).await;
    let leg = rig.call(1, "13800138000", 10_000);
    let invite = proxy.until("INVITE").await;
    let challenge = "Proxy-Authenticate: Digest realm=\"p\", nonce=\"abc\", qop=\"auth\", algorithm=SHA-256\r\n";
    proxy.send(&invite.reply(407, "p", challenge, ""), invite.from).await;
    proxy.until("ACK").await;
    let signed = proxy.until("INVITE").await;
    let field = signed.field("Proxy-Authorization").expect("signed").to_owned();
    assert!(
        field.contains("algorithm=SHA-256") && field.contains("nc=00000001") && field.contains("username=\"expert\""),
        "{field}"
    );
    assert_eq!(signed.field("Call-ID"), invite.field("Call-ID"), "the same call");
    assert_eq!(signed.field("CSeq"), Some("2 INVITE"));
    // Wrong all the same: no endless loop.
    proxy.send(&signed.reply(407, "p", challenge, ""), signed.from).await;
    let (cause, _) = rig.ended(leg).await;
    assert_eq!((cause.by, cause.sip_code), (EndedBy::Far, Some(407)));
    rig.empty().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invite_and_its_bye_are_signed_when_challenged() {
    let scenario = Sipp::serve("invite_digest", &["-key", "algorithm", "MD5"]).await;
    let mut line = registering(scenario.addr());
    line.register = false;
    let mut rig = Rig::with_trunk(line).await;
    let leg = rig.call(1, "13800138000", 10_000);
    rig.answered(leg).await;
    rig.hang_up(leg);
    rig.ended(leg).await;
    scenario.done().await;
    rig.empty().await;
}

const CHALLENGE: &str = "WWW-Authenticate: Digest realm=\"r\", nonce=\"NONCE\", qop=\"auth\"\r\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_registration_is_refreshed_and_taken_back() {
    let registrar = Peer::bind().await;
    let mut rig = Rig::start(config()).await;
    rig.switch.set_trunks(vec![registering(registrar.addr().to_string())]);
    let first = registrar.until("REGISTER").await;
    assert_eq!(first.field("Expires"), Some("300"));
    registrar.send(&first.reply(401, "r", &CHALLENGE.replace("NONCE", "n1"), ""), first.from).await;
    let signed = registrar.until("REGISTER").await;
    assert!(signed.field("Authorization").is_some_and(|a| a.contains("nc=00000001")), "{}", signed.text);
    registrar.send(&signed.reply(200, "r", "Expires: 2\r\n", ""), signed.from).await;
    rig.wait("registration", |e| matches!(e, Event::Trunk { state: TrunkState::Up { .. }, .. })).await;
    let again = registrar.until("REGISTER").await;
    assert!(again.field("Authorization").is_some_and(|a| a.contains("nc=00000002")), "the nonce is used on: {}", again.text);
    assert_eq!(again.field("Call-ID"), first.field("Call-ID"));
    // Stale: a new nonce is taken without complaint.
    registrar
        .send(&again.reply(401, "r", &CHALLENGE.replace("NONCE", "n2").replace("qop", "stale=true, qop"), ""), again.from)
        .await;
    let fresh = registrar.until("REGISTER").await;
    assert!(fresh.field("Authorization").is_some_and(|a| a.contains("n2")));
    registrar.send(&fresh.reply(200, "r", "Expires: 300\r\n", ""), fresh.from).await;
    let switch = rig.switch.clone();
    let stopping = tokio::spawn(async move { switch.shutdown(Duration::ZERO).await });
    let last = registrar.until("REGISTER").await;
    assert_eq!(last.field("Expires"), Some("0"), "taken back at shutdown");
    registrar.send(&last.reply(200, "r", "", ""), last.from).await;
    tokio::time::timeout(crate::support::DEADLINE, stopping).await.expect("shutdown ends").unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_registration_is_told_and_tried_again_with_pauses() {
    let registrar = Peer::bind().await;
    let mut config = config();
    config.timing.register_retry = Duration::from_millis(100);
    let mut rig = Rig::start(config).await;
    rig.switch.set_trunks(vec![registering(registrar.addr().to_string())]);
    let mut times = Vec::new();
    for _ in 0..3 {
        let attempt = registrar.until("REGISTER").await;
        times.push(std::time::Instant::now());
        registrar.send(&attempt.reply(403, "r", "", ""), attempt.from).await;
    }
    let (first, second) = (times[1] - times[0], times[2] - times[1]);
    assert!(first >= Duration::from_millis(95) && second >= Duration::from_millis(195), "pauses grow: {first:?}, {second:?}");
    let event = rig.wait("the refusal", |e| matches!(e, Event::Trunk { state: TrunkState::Down { .. }, .. })).await;
    let Event::Trunk { state: TrunkState::Down { reason }, .. } = event else { unreachable!("filtered") };
    assert!(reason.contains("password"), "the reason names the way out: {reason}");
}

#[tokio::test(flavor = "multi_thread")]
async fn probes_make_a_trunk_up_and_two_misses_make_it_down() {
    let carrier = Peer::bind().await;
    let mut config: SwitchConfig = config();
    config.timing.options_answer = Duration::from_millis(300);
    let mut rig = Rig::start(config).await;
    let mut line = trunk(1, carrier.addr());
    line.options_interval_s = 1;
    rig.switch.set_trunks(vec![line.clone()]);
    // Any answer but 503 and 408 is a sign of life.
    let probe = carrier.until("OPTIONS").await;
    carrier.send(&probe.reply(404, "c", "", ""), probe.from).await;
    rig.wait("up", |e| matches!(e, Event::Trunk { state: TrunkState::Up { .. }, .. })).await;
    rig.wait("down after two misses", |e| matches!(e, Event::Trunk { state: TrunkState::Down { .. }, .. })).await;
    // Told again unchanged: nothing is disturbed, no new probe series begins.
    rig.switch.set_trunks(vec![line]);
    loop {
        let probe = carrier.until("OPTIONS").await;
        carrier.send(&probe.reply(200, "c", "", ""), probe.from).await;
        let up = tokio::time::timeout(
            Duration::from_millis(800),
            rig.wait("up again", |e| matches!(e, Event::Trunk { state: TrunkState::Up { .. }, .. })),
        );
        if up.await.is_ok() {
            break;
        }
    }
    rig.switch.set_trunks(Vec::new());
    let end = tokio::time::Instant::now() + crate::support::DEADLINE;
    while !rig.switch.trunk_states().is_empty() {
        assert!(tokio::time::Instant::now() < end, "a removed trunk is forgotten");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_looked_up_and_a_wrong_one_is_told() {
    let carrier = Peer::bind().await;
    let mut rig = Rig::start(config()).await;
    let good = trunk(1, format!("localhost:{}", carrier.addr().port()));
    let mut bad = trunk(2, "no-such-host.invalid");
    bad.name = "wrong".into();
    let mut off = trunk(3, "127.0.0.1");
    off.enabled = false;
    rig.switch.set_trunks(vec![good, bad, off]);
    let (mut up, mut down, mut disabled) = (false, false, false);
    while !(up && down && disabled) {
        match rig.wait("three states", |e| matches!(e, Event::Trunk { .. })).await {
            Event::Trunk { trunk, state: TrunkState::Up { .. } } => up |= trunk.0 == 1,
            Event::Trunk { trunk, state: TrunkState::Down { reason } } => {
                assert!(reason.contains("address"), "{reason}");
                down |= trunk.0 == 2;
            }
            Event::Trunk { trunk, state: TrunkState::Disabled } => disabled |= trunk.0 == 3,
            _ => {}
        }
    }
    let leg = rig.call(1, "10086", 5_000);
    let invite = carrier.until("INVITE").await;
    assert!(invite.start().starts_with("INVITE sip:10086@localhost:"), "{}", invite.start());
    carrier.send(&invite.reply(200, "c", &carrier.contact(), &sdp(9_000)), invite.from).await;
    rig.answered(leg).await;
    for (id, why) in [(2, "not known"), (3, "switched off"), (4, "no such trunk")] {
        let leg = rig.call(id, "10086", 5_000);
        let (cause, _) = rig.ended(leg).await;
        assert!(cause.text.as_deref().is_some_and(|t| t.contains(why)), "{cause:?}");
        assert_ne!(cause.by, EndedBy::Far);
    }
    rig.switch.send(Command::Hangup { leg, action: model::telephony::Action::Stopped });
    rig.ended(leg).await;
}
