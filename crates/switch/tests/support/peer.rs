//! A far end written line by line, for what SIPp cannot play: forks, late answers, silence.

use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::UdpSocket;

pub struct Peer {
    pub socket: UdpSocket,
}

/// A message as text.
#[derive(Clone, Debug)]
pub struct Message {
    pub text: String,
    pub from: SocketAddr,
}

impl Message {
    pub fn start(&self) -> &str {
        self.text.lines().next().unwrap_or_default()
    }

    pub fn method(&self) -> &str {
        self.start().split(' ').next().unwrap_or_default()
    }

    pub fn code(&self) -> u16 {
        self.start().split(' ').nth(1).and_then(|c| c.parse().ok()).unwrap_or(0)
    }

    pub fn field(&self, name: &str) -> Option<&str> {
        self.text.lines().find_map(|l| {
            let (n, v) = l.split_once(':')?;
            n.eq_ignore_ascii_case(name).then(|| v.trim())
        })
    }

    pub fn body(&self) -> &str {
        self.text.split_once("\r\n\r\n").map_or("", |(_, b)| b)
    }

    /// A response to this request.
    pub fn reply(&self, code: u16, to_tag: &str, extra: &str, body: &str) -> String {
        let mut out = format!("SIP/2.0 {code} Test\r\n");
        for line in self.text.lines().take_while(|l| !l.is_empty()) {
            let name = line.split(':').next().unwrap_or_default();
            if ["Via", "From", "Call-ID", "CSeq"].contains(&name) {
                out.push_str(&format!("{line}\r\n"));
            } else if name == "To" {
                let tag = if line.contains("tag=") || to_tag.is_empty() { String::new() } else { format!(";tag={to_tag}") };
                out.push_str(&format!("{line}{tag}\r\n"));
            }
        }
        out.push_str(extra);
        let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        out.push_str(&format!("{kind}Content-Length: {}\r\n\r\n{body}", body.len()));
        out
    }
}

impl Peer {
    pub async fn bind() -> Self {
        Self { socket: UdpSocket::bind("127.0.0.1:0").await.expect("a UDP port") }
    }

    pub async fn bind_on(ip: &str) -> Self {
        Self { socket: UdpSocket::bind((ip, 0)).await.expect("a UDP port") }
    }

    pub fn addr(&self) -> SocketAddr {
        self.socket.local_addr().expect("its address")
    }

    pub fn contact(&self) -> String {
        format!("Contact: <sip:far@{}>\r\n", self.addr())
    }

    /// The next message in so long, retransmissions included.
    pub async fn next_within(&self, time: Duration) -> Option<Message> {
        let mut buffer = vec![0; 65_535];
        let (n, from) = tokio::time::timeout(time, self.socket.recv_from(&mut buffer)).await.ok()?.ok()?;
        Some(Message { text: String::from_utf8_lossy(&buffer[..n]).into_owned(), from })
    }

    /// The next message that begins like this; others are skipped.
    pub async fn until(&self, start: &str) -> Message {
        let end = tokio::time::Instant::now() + super::DEADLINE;
        loop {
            let left = end.saturating_duration_since(tokio::time::Instant::now());
            let message = self.next_within(left).await.unwrap_or_else(|| panic!("no {start} came"));
            if message.text.starts_with(start) {
                return message;
            }
        }
    }

    pub async fn send(&self, text: &str, to: SocketAddr) {
        self.socket.send_to(text.as_bytes(), to).await.expect("the datagram is sent");
    }

    pub fn sdp(&self, port: u16) -> String {
        sdp(port)
    }

    /// A request of ours outside any dialog or inside one, by its tags.
    #[expect(clippy::too_many_arguments, reason = "the fields of a request, written in the order they stand in it")]
    pub fn request(&self, method: &str, uri: &str, call: &str, tags: (&str, &str), cseq: u32, extra: &str, body: &str) -> String {
        let (from_tag, to_tag) = tags;
        let addr = self.addr();
        let to_tag = if to_tag.is_empty() { String::new() } else { format!(";tag={to_tag}") };
        let kind = if body.is_empty() || extra.contains("Content-Type") { "" } else { "Content-Type: application/sdp\r\n" };
        let branch = super::fresh();
        format!(
            "{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {addr};branch=z9hG4bKpeer{branch};rport\r\nMax-Forwards: 70\r\n\
             From: <sip:13900000000@{addr}>;tag={from_tag}\r\nTo: <{uri}>{to_tag}\r\nCall-ID: {call}\r\nCSeq: {cseq} {method}\r\n\
             Contact: <sip:far@{addr}>\r\n{extra}{kind}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    }
}

pub fn sdp(port: u16) -> String {
    format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 8 101\r\n\
         a=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n"
    )
}

pub fn tag_of(field: &str) -> &str {
    field.split("tag=").nth(1).and_then(|t| t.split(';').next()).unwrap_or_default()
}
