//! RFC 4475: messages that break SIP stacks, and some that broke others. Each gets its answer or none, over UDP and over
//! TCP, and after each the switch still answers OPTIONS.

mod support;

use std::time::Duration;
use support::Rig;
use support::peer::{Message, Peer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// File, first status over UDP, first status over TCP; 0: silence. What is sound but asks for nothing we do is answered as
/// any other request of its kind: an INVITE 100, a REGISTER or unknown method 405, a dialog we do not know 481.
const CASES: [(&str, u16, u16); 56] = [
    ("wsinv", 481, 481),
    ("intmeth", 501, 501),
    ("esc01", 100, 100),
    ("escnull", 405, 405),
    ("esc02", 501, 501),
    ("lwsdisp", 200, 200),
    ("longreq", 100, 100),
    ("dblreq", 405, 405),
    ("semiuri", 200, 200),
    ("transports", 200, 200),
    ("mpart01", 405, 405),
    ("unreason", 0, 0),
    ("noreason", 0, 0),
    ("badinv01", 400, 400),
    ("clerr", 400, 0),
    ("ncl", 400, 400),
    ("scalar02", 400, 400),
    ("scalarlg", 0, 0),
    ("quotbal", 400, 400),
    ("ltgtruri", 400, 400),
    ("lwsruri", 400, 400),
    ("lwsstart", 400, 400),
    ("trws", 400, 400),
    ("escruri", 100, 100),
    ("baddate", 100, 100),
    ("regbadct", 405, 405),
    ("badaspec", 200, 200),
    ("baddn", 200, 200),
    ("badvers", 505, 505),
    ("mismatch01", 400, 400),
    ("mismatch02", 400, 400),
    ("bigcode", 0, 0),
    ("badbranch", 200, 200),
    ("insuf", 0, 0),
    ("unkscm", 416, 416),
    ("novelsc", 416, 416),
    ("unksm2", 405, 405),
    ("bext01", 420, 420),
    ("invut", 415, 415),
    ("regaut01", 405, 405),
    ("multi01", 400, 400),
    ("mcl01", 400, 400),
    ("bcast", 0, 0),
    ("zeromf", 200, 200),
    ("cparam01", 405, 405),
    ("cparam02", 405, 405),
    ("regescrt", 405, 405),
    ("sdp01", 100, 100),
    ("inv2543", 400, 400),
    ("hugelength", 400, 400),
    ("nolength", 100, 100),
    ("binary", 0, 0),
    ("notutf8", 200, 200),
    ("manyfields", 0, 0),
    ("smuggle", 200, 200),
    ("empty", 0, 0),
];

fn message(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/torture/{name}.sip", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|e| panic!("{path}: {e}"))
}

async fn alive(rig: &Rig, after: &str) {
    let peer = Peer::bind().await;
    let uri = format!("sip:{}", rig.addr());
    peer.send(&peer.request("OPTIONS", &uri, &format!("alive-{after}"), ("a", ""), 1, "", ""), rig.addr()).await;
    let answer = peer.next_within(Duration::from_secs(5)).await;
    assert_eq!(answer.map(|a| a.code()), Some(200), "OPTIONS over UDP after {after}");
}

async fn alive_on_tcp(rig: &Rig, after: &str) {
    let peer = Peer::bind().await;
    let uri = format!("sip:{}", rig.addr());
    let request = peer.request("OPTIONS", &uri, &format!("alive-tcp-{after}"), ("a", ""), 1, "", "").replace("/UDP", "/TCP");
    let mut stream = TcpStream::connect(rig.addr()).await.expect("the listener lives");
    // In two pieces: a stream knows no messages.
    let (head, tail) = request.as_bytes().split_at(40);
    stream.write_all(head).await.unwrap();
    tokio::task::yield_now().await;
    stream.write_all(tail).await.unwrap();
    assert_eq!(read_code(&mut stream, Duration::from_secs(5)).await, 200, "OPTIONS over TCP after {after}");
}

async fn read_code(stream: &mut TcpStream, time: Duration) -> u16 {
    let mut buffer = vec![0; 65_535];
    match tokio::time::timeout(time, stream.read(&mut buffer)).await {
        Ok(Ok(n)) if n > 0 => {
            let text = String::from_utf8_lossy(&buffer[..n]).into_owned();
            Message { text, from: ([127, 0, 0, 1], 0).into() }.code()
        }
        _ => 0,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_message_gets_its_answer_and_none_does_harm() {
    let rig = Rig::anyone().await;
    let mut wrong = Vec::new();
    for (name, over_udp, over_tcp) in CASES {
        let data = message(name);
        let peer = Peer::bind().await;
        peer.socket.send_to(&data, rig.addr()).await.unwrap();
        let patience = Duration::from_millis(if over_udp == 0 { 120 } else { 1_000 });
        let code = peer.next_within(patience).await.map_or(0, |m| m.code());
        if code != over_udp {
            wrong.push(format!("{name} over UDP: {code} instead of {over_udp}"));
        }
        alive(&rig, name).await;
        // The INVITEs must be new calls: another Call-ID.
        let data = replace(&data, b"Call-ID: ", b"Call-ID: tcp-");
        let mut stream = TcpStream::connect(rig.addr()).await.unwrap();
        stream.write_all(&data).await.unwrap();
        let patience = Duration::from_millis(if over_tcp == 0 { 120 } else { 1_000 });
        let code = read_code(&mut stream, patience).await;
        if code != over_tcp {
            wrong.push(format!("{name} over TCP: {code} instead of {over_tcp}"));
        }
        alive_on_tcp(&rig, name).await;
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn replace(data: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    match data.windows(from.len()).position(|w| w == from) {
        Some(at) => [&data[..at], to, &data[at + from.len()..]].concat(),
        None => data.to_vec(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_big_message_over_tcp_and_an_endless_one() {
    let rig = Rig::anyone().await;
    let peer = Peer::bind().await;
    let uri = format!("sip:{}", rig.addr());
    let filler = format!("X-Filler: {}\r\n", "f".repeat(40_000));
    let request = peer.request("OPTIONS", &uri, "big", ("a", ""), 1, &filler, "").replace("/UDP", "/TCP");
    let mut stream = TcpStream::connect(rig.addr()).await.unwrap();
    for piece in request.as_bytes().chunks(1_000) {
        stream.write_all(piece).await.unwrap();
    }
    assert_eq!(read_code(&mut stream, Duration::from_secs(5)).await, 200);
    // Two messages in one segment are two messages.
    let two = format!("{0}{0}", request.replace("Call-ID: big", "Call-ID: twice").replace(&filler, ""));
    stream.write_all(two.as_bytes()).await.unwrap();
    assert_eq!(read_code(&mut stream, Duration::from_secs(5)).await, 200);
    // Header fields without end are cut off; nobody else notices.
    let mut endless = TcpStream::connect(rig.addr()).await.unwrap();
    for _ in 0..200 {
        if endless.write_all(&[b'x'; 1_000]).await.is_err() {
            break;
        }
    }
    let mut rest = Vec::new();
    let closed = tokio::time::timeout(Duration::from_secs(5), endless.read_to_end(&mut rest)).await;
    assert!(closed.is_ok(), "the endless connection is closed");
    alive_on_tcp(&rig, "endless").await;
    alive(&rig, "endless").await;
}
