//! RFC 4475: messages that break SIP stacks, and some that broke others. Each gets its answer or none, over UDP and over
//! TCP, and after each the switch still answers OPTIONS.

use crate::support::Rig;
use crate::support::peer::{Message, Peer};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// File, first status over UDP, first status over TCP (0: silence), and why: the section of RFC 4475 and what the message asks
/// of us. What is sound is answered as any other request of its kind: an INVITE 100, a REGISTER 401, a dialog we do not know 481.
const CASES: [(&str, u16, u16, &str); 56] = [
    (
        "wsinv",
        481,
        481,
        "§3.1.1.1: white space and folding wherever the grammar allows; sound, and inside a dialog we do not know",
    ),
    ("intmeth", 501, 501, "§3.1.1.2: every odd character a method may have; a method nobody has defined"),
    ("esc01", 100, 100, "§3.1.1.3: escapes in the user part and in parameters; a call"),
    ("escnull", 401, 401, "§3.1.1.4: an escaped NUL in a user part is sound; a phone of ours would prove itself"),
    (
        "esc02",
        501,
        501,
        "§3.1.1.5: percent signs that are no escapes in a method and a display name; a method nobody has defined",
    ),
    ("lwsdisp", 200, 200, "§3.1.1.6: no space between display name and <"),
    ("longreq", 100, 100, "§3.1.1.7: long values in every field; a call"),
    ("dblreq", 401, 401, "§3.1.1.8: what follows Content-Length in the datagram is not read; the REGISTER is"),
    ("semiuri", 200, 200, "§3.1.1.9: a semicolon in the user part"),
    ("transports", 200, 200, "§3.1.1.10: transports of Via we never heard of"),
    ("mpart01", 405, 405, "§3.1.1.11: MESSAGE with a multipart body; a method we do not do"),
    ("unreason", 0, 0, "§3.1.1.12: a response with an odd reason phrase, for nobody here"),
    ("noreason", 0, 0, "§3.1.1.13: a response with an empty reason phrase, for nobody here"),
    ("badinv01", 400, 400, "§3.1.2.1: stray semicolons and commas in fields"),
    ("clerr", 400, 0, "§3.1.2.2: Content-Length beyond the datagram; a stream waits for the rest"),
    ("ncl", 400, 400, "§3.1.2.3: negative Content-Length"),
    ("scalar02", 400, 400, "§3.1.2.4: numbers that do not fit their fields"),
    ("scalarlg", 0, 0, "§3.1.2.5: the same in a response, which is never answered"),
    ("quotbal", 400, 400, "§3.1.2.6: a display name whose quote never closes"),
    ("ltgtruri", 400, 400, "§3.1.2.7: the Request-URI in angle brackets"),
    ("lwsruri", 400, 400, "§3.1.2.8: white space inside the Request-URI"),
    ("lwsstart", 400, 400, "§3.1.2.9: several blanks in the request line"),
    ("trws", 400, 400, "§3.1.2.10: blanks behind the version"),
    (
        "escruri",
        100,
        100,
        "§3.1.2.11: header fields in the Request-URI; the RFC lets us ignore them or answer 400, and we ignore them",
    ),
    ("baddate", 100, 100, "§3.1.2.12: a Date in no time zone we read; nobody reads Date"),
    ("regbadct", 401, 401, "§3.1.2.13: an unbracketed Contact with header fields; a phone of ours would prove itself"),
    ("badaspec", 200, 200, "§3.1.2.14: blanks inside the angle brackets of To"),
    ("baddn", 200, 200, "§3.1.2.15: display names that want quotes; who we are talking to is clear all the same"),
    ("badvers", 505, 505, "§3.1.2.16: SIP/7.0"),
    ("mismatch01", 400, 400, "§3.1.2.17: CSeq names another method"),
    ("mismatch02", 400, 400, "§3.1.2.18: the same with a method nobody has defined"),
    ("bigcode", 0, 0, "§3.1.2.19: a status code of ten digits, in a response"),
    ("badbranch", 200, 200, "§3.2.1: a branch that is the magic cookie alone; a transaction by the rules of RFC 2543"),
    ("insuf", 0, 0, "§3.3.1: no To, no From, no Call-ID: an answer could not say what it answers"),
    ("unkscm", 416, 416, "§3.3.2: a scheme nobody has defined in the Request-URI"),
    ("novelsc", 416, 416, "§3.3.3: a scheme that exists and that no call goes to"),
    ("unksm2", 401, 401, "§3.3.4: unknown schemes in To and From disturb nobody; a phone of ours would prove itself"),
    ("bext01", 420, 420, "§3.3.5: extensions required that we do not have"),
    ("invut", 415, 415, "§3.3.6: a description of a kind we cannot read"),
    ("regaut01", 401, 401, "§3.3.7: an authorization scheme nobody knows; a phone of ours would prove itself"),
    ("multi01", 400, 400, "§3.3.8: fields that may stand once and stand twice"),
    ("mcl01", 400, 400, "§3.3.9: two Content-Lengths"),
    ("bcast", 0, 0, "§3.3.10: a response whose second Via is not ours"),
    ("zeromf", 200, 200, "§3.3.11: Max-Forwards 0 ends here, and so do we"),
    ("cparam01", 401, 401, "§3.3.12: a parameter of Contact and of the URI in it; a phone of ours would prove itself"),
    ("cparam02", 401, 401, "§3.3.13: the same within angle brackets; a phone of ours would prove itself"),
    ("regescrt", 401, 401, "§3.3.14: escaped header fields in a Contact; a phone of ours would prove itself"),
    ("sdp01", 100, 100, "§3.3.15: several ways of naming what we accept; a call whose description we read"),
    (
        "inv2543",
        400,
        400,
        "§3.4.1: an INVITE of RFC 2543, without a tag on From or a Contact: RFC 3261 calls that malformed, and no dialog could be kept",
    ),
    ("hugelength", 400, 400, "ours: Content-Length of twenty digits, which kills listeners that add to it"),
    ("nolength", 100, 100, "ours: no Content-Length in a datagram; the body is what is left"),
    ("binary", 0, 0, "ours: no SIP at all"),
    ("notutf8", 200, 200, "ours: bytes that are not UTF-8 in a display name"),
    ("manyfields", 0, 0, "ours: more fields than any honest message has"),
    ("smuggle", 200, 200, "ours: the field in which our sockets note where a message came from, forged"),
    ("empty", 0, 0, "ours: nothing but blank lines"),
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
    for (name, over_udp, over_tcp, why) in CASES {
        let data = message(name);
        let peer = Peer::bind().await;
        peer.socket.send_to(&data, rig.addr()).await.unwrap();
        let patience = Duration::from_millis(if over_udp == 0 { 120 } else { 1_000 });
        let code = peer.next_within(patience).await.map_or(0, |m| m.code());
        if code != over_udp {
            wrong.push(format!("{name} over UDP: {code} instead of {over_udp}; {why}"));
        }
        alive(&rig, name).await;
        // The INVITEs must be new calls: another Call-ID.
        let data = replace(&data, b"Call-ID: ", b"Call-ID: tcp-");
        let mut stream = TcpStream::connect(rig.addr()).await.unwrap();
        stream.write_all(&data).await.unwrap();
        let patience = Duration::from_millis(if over_tcp == 0 { 120 } else { 1_000 });
        let code = read_code(&mut stream, patience).await;
        if code != over_tcp {
            wrong.push(format!("{name} over TCP: {code} instead of {over_tcp}; {why}"));
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
