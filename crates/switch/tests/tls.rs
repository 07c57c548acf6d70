//! SIP over TLS: phones and trunks, certificates good and bad, connections that mean no good.

use crate::support::peer::{Message, sdp};
use crate::support::phone::{Phone, extension};
use crate::support::{DEADLINE, Rig, config, trunk};
use model::record::{Transport, Trunk};
use model::telephony::{Command, EndedBy, Event, TrunkState};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use switch::TlsListen;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// An authority of the test, in PEM, and what it signs.
struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).unwrap().pem();
        Self { pem, issuer: Issuer::new(params, key) }
    }

    /// Certificate and key for a name, in PEM.
    fn sign(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        change(&mut params);
        (params.signed_by(&key, &self.issuer).unwrap().pem(), key.serialize_pem())
    }
}

fn write(dir: &Path, (cert, key): &(String, String)) -> (PathBuf, PathBuf) {
    let paths = (dir.join("cert.pem"), dir.join("key.pem"));
    std::fs::write(&paths.1, key).unwrap();
    std::fs::write(&paths.0, cert).unwrap();
    paths
}

async fn tls_rig(dir: &Path, pair: &(String, String)) -> Rig {
    let (cert, key) = write(dir, pair);
    let mut config = config();
    let bind = SocketAddr::from(([127, 0, 0, 1], 0));
    config.tls = Some(TlsListen { bind, cert, key, reload_every: Duration::from_millis(50) });
    let rig = Rig::start(config).await;
    rig.switch.set_trunks(vec![trunk(1, "192.0.2.1:5060")]);
    rig.switch.set_extensions(vec![extension(1, "8001"), extension(2, "8002")]);
    rig
}

fn connector(authority: &str) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority.as_bytes()).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider())).with_safe_default_protocol_versions().unwrap();
    TlsConnector::from(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}

async fn dial(authority: &str, to: SocketAddr) -> std::io::Result<tokio_rustls::client::TlsStream<TcpStream>> {
    let stream = TcpStream::connect(to).await?;
    connector(authority).connect(ServerName::try_from("sip.test").unwrap(), stream).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_on_tls_registers_is_called_and_leaves_with_its_connection() {
    let (authority, dir) = (Authority::new(), tempfile::tempdir().unwrap());
    let mut rig = tls_rig(dir.path(), &authority.sign("sip.test", |_| {})).await;
    let to = rig.switch.local_tls_addr().unwrap();
    let mut phone = Phone::stream("8001", "TLS", dial(&authority.pem, to).await.unwrap());
    phone.registered().await;
    phone.send("\r\n\r\n").await;
    assert_eq!(phone.until("\r\n").await.text, "\r\n", "RFC 5626 ping and pong");
    let record = rig.switch.registrations().into_values().flatten().next().unwrap();
    assert_eq!((record.transport.as_str(), record.behind_nat), ("tls", false));
    let leg = model::LegId(crate::support::fresh());
    let ring = |leg| {
        Command::CallExtension(model::telephony::CallExtension {
            leg,
            extension: model::ExtensionId(1),
            from: "8002".into(),
            from_name: String::new(),
            ring_ms_max: 60_000,
            context: String::new(),
            auto_answer: false,
        })
    };
    rig.switch.send(ring(leg));
    let invite = phone.until("INVITE").await;
    assert!(invite.field("Via").is_some_and(|v| v.starts_with("SIP/2.0/TLS")), "{}", invite.text);
    assert!(invite.field("Contact").is_some_and(|c| c.contains(&format!(":{};transport=tls", to.port()))), "{}", invite.text);
    phone.answer(&invite, 40_200).await;
    rig.answered(leg).await;
    phone.until("ACK").await;
    // Its connection is lost in the call: on the next one it is the same phone.
    drop(phone);
    rig.wait("the phone to leave", |e| matches!(e, Event::Extension { phones: 0, .. })).await;
    let mut phone = Phone::stream("8001", "TLS", dial(&authority.pem, to).await.unwrap());
    phone.registered().await;
    rig.hang_up(leg);
    let bye = phone.until("BYE").await;
    phone.send(&bye.reply(200, "", "", "")).await;
    rig.ended(leg).await;
    // What rings there when the connection goes does not ring on.
    let second = model::LegId(crate::support::fresh());
    rig.switch.send(ring(second));
    let invite = phone.until("INVITE").await;
    phone.send(&invite.reply(180, "", "", "")).await;
    drop(phone);
    rig.wait("the phone to leave", |e| matches!(e, Event::Extension { phones: 0, .. })).await;
    let lost = |e: &Event| matches!(e, Event::Ended { leg, cause, .. } if *leg == second && cause.by == EndedBy::Network);
    rig.wait("the ringing to end", lost).await;
    rig.empty().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_certificate_is_taken_into_use_and_a_broken_one_is_not() {
    let (old, new, dir) = (Authority::new(), Authority::new(), tempfile::tempdir().unwrap());
    let rig = tls_rig(dir.path(), &old.sign("sip.test", |_| {})).await;
    let to = rig.switch.local_tls_addr().unwrap();
    dial(&old.pem, to).await.expect("the first certificate");
    std::fs::write(dir.path().join("cert.pem"), "nonsense").unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    dial(&old.pem, to).await.expect("the old one stays");
    write(dir.path(), &new.sign("sip.test", |_| {}));
    let end = tokio::time::Instant::now() + DEADLINE;
    while dial(&new.pem, to).await.is_err() {
        assert!(tokio::time::Instant::now() < end, "the new certificate is never shown");
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_connections_cost_their_own_and_nobody_elses() {
    let (authority, dir) = (Authority::new(), tempfile::tempdir().unwrap());
    let rig = tls_rig(dir.path(), &authority.sign("sip.test", |_| {})).await;
    let to = rig.switch.local_tls_addr().unwrap();
    // A hundred of one address that never say hello, one that speaks plain SIP, one with nonsense in place of a handshake.
    let mut silent = Vec::new();
    for _ in 0..100 {
        silent.push(connect_from("127.0.0.66", to).await);
    }
    for noise in [b"OPTIONS sip:x SIP/2.0\r\n\r\n".to_vec(), vec![0x16; 70_000]] {
        let mut stream = TcpStream::connect(to).await.unwrap();
        let _ = stream.write_all(&noise).await;
        let mut rest = Vec::new();
        let closed = tokio::time::timeout(DEADLINE, stream.read_to_end(&mut rest)).await;
        assert!(closed.is_ok(), "closed, not kept");
    }
    let mut phone = Phone::stream("8001", "TLS", dial(&authority.pem, to).await.expect("a good one has room"));
    phone.registered().await;
    // A message without end is cut off.
    let mut endless = dial(&authority.pem, to).await.unwrap();
    for _ in 0..100 {
        if endless.write_all(&[b'x'; 1_000]).await.is_err() {
            break;
        }
    }
    let mut rest = Vec::new();
    assert!(tokio::time::timeout(DEADLINE, endless.read_to_end(&mut rest)).await.is_ok(), "an endless message is cut off");
    phone.registered().await;
    // Silence from everywhere, more than strangers have places for: the house from which a phone has registered still gets in.
    for n in 0..100 {
        silent.push(connect_from(&format!("127.0.1.{}", 1 + n / 5), to).await);
    }
    let stranger = connect_from("127.0.2.1", to).await;
    let refused = connector(&authority.pem).connect(ServerName::try_from("sip.test").unwrap(), stranger).await;
    assert!(refused.is_err(), "strangers have to wait");
    let mut second = Phone::stream("8002", "TLS", dial(&authority.pem, to).await.expect("places kept for those we know"));
    second.registered().await;
    phone.registered().await;
    drop(silent);
}

async fn connect_from(ip: &str, to: SocketAddr) -> TcpStream {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::new(ip.parse().unwrap(), 0)).unwrap();
    socket.connect(to).await.unwrap()
}

/// A carrier's TLS port that answers every request 200.
async fn carrier(pair: &(String, String)) -> SocketAddr {
    let chain = vec![CertificateDer::from_pem_slice(pair.0.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(pair.1.as_bytes()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider())).with_safe_default_protocol_versions().unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config.with_no_client_auth().with_single_cert(chain, key).unwrap()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else { return };
                let line = Phone::stream("carrier", "TLS", stream);
                while let Some(message) = line.next_within(DEADLINE).await {
                    answer(&line, &message, addr).await;
                }
            });
        }
    });
    addr
}

async fn answer(line: &Phone, message: &Message, addr: SocketAddr) {
    let contact = format!("Contact: <sip:carrier@{addr};transport=tls>\r\n");
    let body = if message.method() == "INVITE" { sdp(40_300) } else { String::new() };
    if message.method() != "ACK" && !message.text.starts_with("\r\n") {
        line.send(&message.reply(200, "carrier", &contact, &body)).await;
    }
}

fn line(id: i64, addr: SocketAddr, authority: Option<&str>) -> Trunk {
    Trunk {
        transport: Transport::Tls,
        domain: Some("sip.test".into()),
        tls_authority: authority.map(str::to_owned),
        register: true,
        username: "u".into(),
        password: Some("p".into()),
        ..trunk(id, addr)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trunk_on_tls_is_called_when_its_certificate_is_right() {
    let authority = Authority::new();
    let good = carrier(&authority.sign("sip.test", |_| {})).await;
    let mut rig = Rig::start(config()).await;
    rig.switch.set_trunks(vec![line(1, good, Some(&authority.pem))]);
    rig.wait("the trunk", |e| matches!(e, Event::Trunk { state: TrunkState::Up { .. }, .. })).await;
    let leg = rig.call(1, "13800138000", 5_000);
    rig.answered(leg).await;
    assert_eq!(rig.switch.held().await.library.tcp_connections, 1, "one connection for everything");
    rig.hang_up(leg);
    rig.ended(leg).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_trunks_at_one_address_trust_each_their_own() {
    let (authority, other) = (Authority::new(), Authority::new());
    let good = carrier(&authority.sign("sip.test", |_| {})).await;
    let mut rig = Rig::start(config()).await;
    rig.switch.set_trunks(vec![line(1, good, Some(&authority.pem))]);
    rig.wait("the trunk", |e| matches!(e, Event::Trunk { state: TrunkState::Up { .. }, .. })).await;
    // A second one with another idea of who is there neither shares the connection nor changes what the first expects.
    rig.switch.set_trunks(vec![line(1, good, Some(&authority.pem)), line(2, good, Some(&other.pem))]);
    let down = |e: &Event| matches!(e, Event::Trunk { state: TrunkState::Down { .. }, .. });
    let Event::Trunk { trunk, state: TrunkState::Down { reason } } = rig.wait("a refusal", down).await else {
        unreachable!("filtered")
    };
    assert!(trunk.0 == 2 && reason.contains("signed by nobody we trust"), "{trunk}: {reason}");
    let leg = rig.call(1, "13800138000", 5_000);
    rig.answered(leg).await;
    rig.hang_up(leg);
    rig.ended(leg).await;
    // Started anew, the first still expects its own authority.
    let renewed = Trunk { username: "new".into(), ..line(1, good, Some(&authority.pem)) };
    rig.switch.set_trunks(vec![renewed, line(2, good, Some(&other.pem))]);
    let up = |e: &Event| matches!(e, Event::Trunk { trunk, state: TrunkState::Up { .. } } if trunk.0 == 1);
    rig.wait("the trunk again", up).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_certificate_is_named_for_what_it_is() {
    let (authority, other) = (Authority::new(), Authority::new());
    let day = |y: i32| rcgen::date_time_ymd(y, 1, 1);
    let expired = carrier(&authority.sign("sip.test", |p| (p.not_before, p.not_after) = (day(2020), day(2021)))).await;
    let misnamed = carrier(&authority.sign("other.test", |_| {})).await;
    let unknown = carrier(&other.sign("sip.test", |_| {})).await;
    let plain = crate::support::peer::Peer::bind().await;
    let closed = plain.addr();
    let mut rig = Rig::start(config()).await;
    let ca = Some(authority.pem.as_str());
    rig.switch.set_trunks(vec![line(1, expired, ca), line(2, misnamed, ca), line(3, unknown, ca), line(4, closed, ca)]);
    let words = ["has expired", "is not for sip.test", "signed by nobody we trust", "refused"];
    for _ in 0..4 {
        let down = |e: &Event| matches!(e, Event::Trunk { state: TrunkState::Down { .. }, .. });
        let Event::Trunk { trunk, state: TrunkState::Down { reason } } = rig.wait("a refusal", down).await else {
            unreachable!("filtered")
        };
        let word = words[trunk.0 as usize - 1];
        assert!(reason.contains(word), "trunk {trunk}: {reason:?} says {word:?}");
    }
}
