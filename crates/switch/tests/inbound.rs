//! SIPp plays a carrier that calls us.

use crate::support::peer::{Peer, tag_of};
use crate::support::sipp::Sipp;
use crate::support::{Rig, config, free_port, trunk};
use model::telephony::{Command, EndedBy, Event};

/// A rig whose trunk is wherever SIPp will call from: any port of loopback.
async fn carrier_side() -> Rig {
    let mut line = trunk(7, format!("127.0.0.1:{}", free_port()));
    line.inbound_from = vec!["127.0.0.0/8".into()];
    Rig::with_trunk(line).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_comes_in_rings_and_is_answered() {
    for transport in ["u1", "t1"] {
        let mut rig = carrier_side().await;
        let scenario = Sipp::call("uac_call", rig.addr(), &["-s", "4008001234", "-t", transport]);
        let (leg, line, from, to) = rig.incoming().await;
        assert_eq!((line.0, from.as_str(), to.as_str()), (7, "13812345678", "4008001234"));
        rig.switch.send(Command::Ring { leg });
        rig.switch.send(Command::Answer { leg });
        rig.answered(leg).await;
        let (cause, _) = rig.ended(leg).await;
        assert_eq!((cause.by, cause.sip_code), (EndedBy::Far, None));
        scenario.done().await;
        rig.empty().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn early_media_and_then_the_answer() {
    let mut rig = carrier_side().await;
    let scenario = Sipp::call("uac_call", rig.addr(), &["-s", "4008001234"]);
    let (leg, ..) = rig.incoming().await;
    rig.switch.send(Command::EarlyMedia { leg });
    rig.switch.send(Command::Answer { leg });
    rig.answered(leg).await;
    rig.ended(leg).await;
    scenario.done().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_carries_its_cause() {
    let mut rig = carrier_side().await;
    let scenario = Sipp::call("uac_rejected", rig.addr(), &["-s", "4008001234"]);
    let (leg, ..) = rig.incoming().await;
    rig.switch.send(Command::Reject { leg, sip_code: 603, q850: Some(21) });
    let (cause, _) = rig.ended(leg).await;
    assert_eq!((cause.by, cause.sip_code, cause.q850), (EndedBy::Us, Some(603), Some(21)));
    scenario.done().await;
    rig.empty().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fax_without_sound_is_told_to_begin_with_sound() {
    let mut rig = Rig::anyone().await;
    let peer = Peer::bind().await;
    let uri = format!("sip:1000@{}", rig.addr());
    let image = "m=image 9002 udptl t38\r\na=T38FaxVersion:0\r\na=T38FaxRateManagement:transferredTCF\r\n";
    let alone = format!("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n{image}");
    peer.send(&peer.request("INVITE", &uri, "fax-alone", ("a", ""), 1, "", &alone), rig.addr()).await;
    let refusal = peer.until("SIP/2.0 488").await;
    assert!(refusal.field("Warning").is_some_and(|w| w.contains("begins with audio")), "{}", refusal.text);
    let tag = tag_of(refusal.field("To").expect("a To")).to_owned();
    peer.send(&peer.request("ACK", &uri, "fax-alone", ("a", &tag), 1, "", ""), rig.addr()).await;
    // Beside sound it is declined in its place, and the call is taken.
    let both = format!("{}{image}", peer.sdp(9_000));
    peer.send(&peer.request("INVITE", &uri, "fax-and-sound", ("b", ""), 1, "", &both), rig.addr()).await;
    let (leg, ..) = rig.incoming().await;
    rig.switch.send(Command::Answer { leg });
    let answer = peer.until("SIP/2.0 200").await;
    assert!(answer.body().contains("m=image 0 udptl t38\r\n") && !answer.body().contains("m=audio 0"), "{}", answer.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_is_forbidden() {
    let mut line = trunk(7, "127.0.0.9:5060");
    line.inbound_from = vec!["10.0.0.0/8".into()];
    let rig = Rig::with_trunk(line).await;
    let scenario = Sipp::call("uac_forbidden", rig.addr(), &["-s", "4008001234"]);
    scenario.done().await;
    assert!(!rig.seen().iter().any(|e| matches!(e, Event::Incoming { .. })));
    rig.empty().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_caller_gives_up() {
    let mut rig = carrier_side().await;
    let scenario = Sipp::call("uac_cancel", rig.addr(), &["-s", "4008001234"]);
    let (leg, ..) = rig.incoming().await;
    rig.switch.send(Command::Ring { leg });
    let (cause, _) = rig.ended(leg).await;
    assert_eq!((cause.by, cause.sip_code, cause.q850), (EndedBy::Far, Some(487), Some(16)));
    assert_eq!(cause.text.as_deref(), Some("caller gave up"));
    scenario.done().await;
    rig.empty().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_port_that_is_taken_is_named() {
    let first = Rig::start(config()).await;
    let port = first.addr().port();
    let mut second = config();
    second.bind = first.addr();
    let error = switch::Switch::start(second).await.expect_err("the port is taken");
    assert!(error.to_string().contains(&port.to_string()), "{error}");
    assert!(error.to_string().contains("in use"), "{error}");
}
