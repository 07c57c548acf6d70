//! Trunks named by a domain: NAPTR, SRV by priority, and the next server when the first has nothing to say.

use crate::support::peer::{Peer, sdp};
use crate::support::{Rig, config, trunk};
use hickory_resolver::proto::op::{Message as Dns, MessageType, ResponseCode};
use hickory_resolver::proto::rr::rdata::{A, NAPTR, SRV};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use model::record::Transport;
use model::telephony::{Event, TrunkState};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::net::UdpSocket;

type Zone = Vec<(&'static str, RData)>;

fn name(text: &str) -> Name {
    Name::from_ascii(text).unwrap()
}

/// A name server of the test; gives its address and how often it was asked for SRV.
async fn name_server(zone: Zone) -> (SocketAddr, Arc<AtomicUsize>) {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let addr = socket.local_addr().unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = asked.clone();
    tokio::spawn(async move {
        let mut buffer = vec![0; 1_500];
        while let Ok((n, from)) = socket.recv_from(&mut buffer).await {
            let Ok(question) = Dns::from_vec(&buffer[..n]) else { continue };
            let Some(query) = question.queries.first().cloned() else { continue };
            counter.fetch_add(usize::from(query.query_type() == RecordType::SRV), Ordering::Relaxed);
            let mut answer = Dns::response(question.metadata.id, question.metadata.op_code);
            answer.metadata.message_type = MessageType::Response;
            answer.metadata.recursion_available = true;
            answer.add_query(query.clone());
            for (owner, data) in &zone {
                if name(owner) == *query.name() && data.record_type() == query.query_type() {
                    answer.add_answer(Record::from_rdata(name(owner), 60, data.clone()));
                }
            }
            if answer.answers.is_empty() {
                answer.metadata.response_code = ResponseCode::NXDomain;
            }
            let _ = socket.send_to(&answer.to_vec().unwrap(), from).await;
        }
    });
    (addr, asked)
}

fn srv(priority: u16, port: u16, target: &str) -> RData {
    RData::SRV(SRV::new(priority, 10, port, name(target)))
}

async fn rig_at(server: SocketAddr) -> Rig {
    let mut config = config();
    config.name_servers = vec![server];
    Rig::start(config).await
}

#[tokio::test(flavor = "multi_thread")]
async fn naptr_leads_to_srv_and_a_silent_server_to_the_next() {
    let (first, second) = (Peer::bind().await, Peer::bind_on("127.0.0.2").await);
    let here = |ip: [u8; 4]| RData::A(A(Ipv4Addr::from(ip)));
    let services = b"SIP+D2U".to_vec().into_boxed_slice();
    let naptr = NAPTR::new(10, 10, Box::from(&b"S"[..]), services, Box::from(&b""[..]), name("_sip._udp.pool.test."));
    let zone: Zone = vec![
        ("carrier.test.", RData::NAPTR(naptr)),
        ("_sip._udp.pool.test.", srv(20, second.addr().port(), "b.pool.test.")),
        ("_sip._udp.pool.test.", srv(10, first.addr().port(), "a.pool.test.")),
        ("a.pool.test.", here([127, 0, 0, 1])),
        ("b.pool.test.", here([127, 0, 0, 2])),
    ];
    let (server, asked) = name_server(zone).await;
    let mut rig = rig_at(server).await;
    rig.switch.set_trunks(vec![trunk(1, "carrier.test")]);
    rig.wait("the trunk", |e| matches!(e, Event::Trunk { state: TrunkState::Up { .. }, .. })).await;
    // The first answers 503: the call goes on to the second, and the next call begins there.
    let leg = rig.call(1, "13800138000", 10_000);
    let invite = first.until("INVITE sip:13800138000@carrier.test").await;
    first.send(&invite.reply(503, "a", "", ""), invite.from).await;
    let again = second.until("INVITE sip:13800138000@carrier.test").await;
    assert_eq!(again.field("Call-ID"), invite.field("Call-ID"), "the same call");
    second.send(&again.reply(200, "b", &second.contact(), &sdp(40_400)), again.from).await;
    rig.answered(leg).await;
    let other = rig.call(1, "13800138001", 10_000);
    let invite = second.until("INVITE sip:13800138001").await;
    second.send(&invite.reply(486, "b", "", ""), invite.from).await;
    let (cause, _) = rig.ended(other).await;
    assert_eq!(cause.sip_code, Some(486));
    // Calls of either server are the trunk's.
    let call = second.request("INVITE", &format!("sip:95566@{}", rig.addr()), "in", ("f", ""), 1, "", &sdp(40_500));
    second.send(&call, rig.addr()).await;
    let (_, from_trunk, ..) = rig.incoming().await;
    assert_eq!(from_trunk.0, 1);
    assert_eq!(asked.load(Ordering::Relaxed), 1, "kept as long as its time to live says");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_srv_the_address_alone_and_the_port_of_the_transport() {
    let zone: Zone = vec![("plain.test.", RData::A(A(Ipv4Addr::LOCALHOST)))];
    let (server, _) = name_server(zone).await;
    let mut rig = rig_at(server).await;
    let peer = Peer::bind().await;
    let mut tls = trunk(2, "plain.test");
    tls.transport = Transport::Tls;
    tls.register = true;
    tls.username = "u".into();
    tls.password = Some("p".into());
    rig.switch.set_trunks(vec![trunk(1, format!("plain.test:{}", peer.addr().port())), tls, trunk(3, "nothing.test")]);
    let mut reasons = Vec::new();
    for _ in 0..3 {
        match rig.wait("a state", |e| matches!(e, Event::Trunk { .. })).await {
            Event::Trunk { trunk, state: TrunkState::Down { reason } } => reasons.push((trunk.0, reason)),
            Event::Trunk { trunk, state } => assert!(trunk.0 == 1 && state.is_up()),
            _ => unreachable!("filtered"),
        }
    }
    reasons.sort();
    assert!(reasons[0].1.contains("127.0.0.1:5061"), "TLS goes to 5061: {reasons:?}");
    assert!(reasons[1].1.contains("nothing.test"), "{reasons:?}");
    let leg = rig.call(1, "10086", 5_000);
    let invite = peer.until("INVITE").await;
    peer.send(&invite.reply(486, "p", "", ""), invite.from).await;
    rig.ended(leg).await;
}
