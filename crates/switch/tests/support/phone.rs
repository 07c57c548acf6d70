//! A phone of ours written line by line: over UDP, TCP, TLS or a WebSocket it registers, calls and is called.

use super::peer::{Message, sdp, tag_of};
use model::record::Extension;
use model::{At, ExtensionId, TenantId};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use switch::SipSocket;
use switch::sip::digest::Authenticator;
use switch::sip::gate;
use switch::sip::message::Headers;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::UdpSocket;
use tokio::sync::Mutex;

/// An extension whose secret is `secret`.
pub fn extension(id: i64, number: &str) -> Extension {
    use sha2::Digest as _;
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    let text = format!("{number}:fengling:secret");
    Extension {
        id: ExtensionId(id),
        tenant_id: TenantId(1),
        number: number.into(),
        login: number.into(),
        name: format!("phone {number}"),
        enabled: true,
        ha1_md5: hex(&<md5::Md5 as md5::Digest>::digest(text.as_bytes())),
        ha1_sha256: hex(&sha2::Sha256::digest(text.as_bytes())),
        contacts_max: 3,
        allowed_from: Vec::new(),
        codecs: Vec::new(),
        created_at: At(0),
        revision: 1,
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A connection and what has been read of the next message.
type Open = (Box<dyn Stream>, Vec<u8>);

enum Wire {
    Udp(UdpSocket, SocketAddr),
    Stream(Box<Mutex<Open>>),
    Web(Box<Mutex<SipSocket>>),
}

#[derive(Clone)]
pub struct Phone {
    wire: Arc<Wire>,
    via: &'static str,
    pub user: String,
    pub contact: String,
    call: String,
    cseq: u32,
    auth: Authenticator,
}

impl Phone {
    fn new(wire: Wire, via: &'static str, user: &str, contact: String) -> Self {
        let call = format!("phone-{}", super::fresh());
        Self { wire: Arc::new(wire), via, user: user.into(), contact, call, cseq: 0, auth: Authenticator::default() }
    }

    pub async fn udp(user: &str, to: SocketAddr) -> Self {
        Self::udp_from(user, to, "127.0.0.1").await
    }

    pub async fn udp_from(user: &str, to: SocketAddr, ip: &str) -> Self {
        let socket = UdpSocket::bind((ip, 0)).await.expect("a UDP port");
        let contact = format!("sip:{user}@{}", socket.local_addr().expect("its address"));
        Self::new(Wire::Udp(socket, to), "UDP", user, contact)
    }

    pub fn stream(user: &str, via: &'static str, stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> Self {
        let contact = format!("sip:{user}@192.168.77.5:5060;transport={}", via.to_ascii_lowercase());
        Self::new(Wire::Stream(Box::new(Mutex::new((Box::new(stream), Vec::new())))), via, user, contact)
    }

    pub fn web(user: &str, socket: SipSocket) -> Self {
        Self::new(Wire::Web(Box::new(Mutex::new(socket))), "WSS", user, format!("sip:{user}@x7k2.invalid;transport=ws"))
    }

    pub fn addr(&self) -> SocketAddr {
        match &*self.wire {
            Wire::Udp(socket, _) => socket.local_addr().expect("its address"),
            _ => panic!("only a UDP phone has an address"),
        }
    }

    pub async fn send(&self, text: &str) {
        match &*self.wire {
            Wire::Udp(socket, to) => {
                socket.send_to(text.as_bytes(), to).await.expect("sent");
            }
            Wire::Stream(stream) => stream.lock().await.0.write_all(text.as_bytes()).await.expect("written"),
            Wire::Web(socket) => socket.lock().await.to_switch.send(text.into()).await.expect("taken"),
        }
    }

    pub async fn next_within(&self, time: Duration) -> Option<Message> {
        let from = SocketAddr::from(([127, 0, 0, 1], 0));
        let bytes = tokio::time::timeout(time, self.read()).await.ok()??;
        Some(Message { text: String::from_utf8_lossy(&bytes).into_owned(), from })
    }

    async fn read(&self) -> Option<Vec<u8>> {
        match &*self.wire {
            Wire::Udp(socket, _) => {
                let mut buffer = vec![0; 65_535];
                let (n, _) = socket.recv_from(&mut buffer).await.ok()?;
                buffer.truncate(n);
                Some(buffer)
            }
            Wire::Stream(stream) => {
                let (stream, buffer) = &mut *stream.lock().await;
                loop {
                    if buffer.starts_with(b"\r\n") {
                        return Some(buffer.drain(..2).collect());
                    }
                    if let Ok(Some(length)) = gate::frame(buffer) {
                        return Some(buffer.drain(..length).collect());
                    }
                    if stream.read_buf(buffer).await.ok()? == 0 {
                        return None;
                    }
                }
            }
            Wire::Web(socket) => socket.lock().await.from_switch.recv().await,
        }
    }

    /// The next message that begins like this. OPTIONS are answered, others skipped.
    pub async fn until(&self, start: &str) -> Message {
        let end = tokio::time::Instant::now() + super::DEADLINE;
        loop {
            let left = end.saturating_duration_since(tokio::time::Instant::now());
            let message = self.next_within(left).await.unwrap_or_else(|| panic!("no {start} came to {}", self.user));
            if message.method() == "OPTIONS" {
                self.send(&message.reply(200, "phone", "", "")).await;
            }
            if message.text.starts_with(start) {
                return message;
            }
        }
    }

    pub fn request(&mut self, method: &str, uri: &str, secret: &str, extra: &str, body: &str) -> String {
        self.cseq += 1;
        let (via, user, call, cseq) = (self.via, &self.user, &self.call, self.cseq);
        let to = if method == "REGISTER" { format!("sip:{user}@fengling") } else { uri.to_owned() };
        let signed =
            self.auth.authorize(user, secret, method, uri, "cafe").map(|(n, v)| format!("{n}: {v}\r\n")).unwrap_or_default();
        let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        format!(
            "{method} {uri} SIP/2.0\r\nVia: SIP/2.0/{via} phone.invalid;branch=z9hG4bKp{};rport\r\nMax-Forwards: 70\r\n\
             From: <sip:{user}@fengling>;tag=phone\r\nTo: <{to}>\r\nCall-ID: {call}\r\nCSeq: {cseq} {method}\r\n\
             User-Agent: Test phone\r\n{signed}{extra}{kind}Content-Length: {}\r\n\r\n{body}",
            super::fresh(),
            body.len()
        )
    }

    /// Sends a request and repeats it with credentials when it is challenged; gives the last answer.
    pub async fn ask(&mut self, method: &str, uri: &str, secret: &str, extra: &str, body: &str) -> Message {
        for _ in 0..3 {
            let text = self.request(method, uri, secret, extra, body);
            self.send(&text).await;
            let answer = loop {
                let answer = self.until("SIP/2.0").await;
                if answer.code() > 100 {
                    break answer;
                }
            };
            let mut headers = Headers::default();
            for line in answer.text.lines().filter(|l| l.starts_with("WWW-Authenticate: ")) {
                headers.push("WWW-Authenticate", line.trim_start_matches("WWW-Authenticate: "));
            }
            if answer.code() != 401 || !self.auth.challenged(401, &headers) {
                return answer;
            }
        }
        panic!("challenged over and over");
    }

    pub async fn register(&mut self, secret: &str, params: &str, expires: u32) -> Message {
        let contact = format!("Contact: <{}>{params}\r\nExpires: {expires}\r\n", self.contact);
        self.ask("REGISTER", "sip:fengling", secret, &contact, "").await
    }

    pub async fn registered(&mut self) -> Message {
        let answer = self.register("secret", "", 300).await;
        assert_eq!(answer.code(), 200, "{}", answer.text);
        answer
    }

    pub async fn call(&mut self, number: &str) -> Message {
        let contact = format!("Contact: <{}>\r\n", self.contact);
        self.call = format!("call-{}", super::fresh());
        self.ask("INVITE", &format!("sip:{number}@fengling"), "secret", &contact, &sdp(40_000)).await
    }

    /// Acknowledges the answer to our call.
    pub async fn acknowledge(&self, answer: &Message, number: &str) {
        let (tag, call, cseq) = (tag_of(answer.field("To").unwrap_or_default()).to_owned(), &self.call, self.cseq);
        let text = format!(
            "ACK sip:{number}@fengling SIP/2.0\r\nVia: SIP/2.0/{} phone.invalid;branch=z9hG4bKa{};rport\r\nMax-Forwards: 70\r\n\
             From: <sip:{}@fengling>;tag=phone\r\nTo: <sip:{number}@fengling>;tag={tag}\r\nCall-ID: {call}\r\nCSeq: {cseq} ACK\r\n\
             Content-Length: 0\r\n\r\n",
            self.via,
            super::fresh(),
            self.user
        );
        self.send(&text).await;
    }

    /// Answers an INVITE to us.
    pub async fn answer(&self, invite: &Message, port: u16) {
        let contact = format!("Contact: <{}>\r\n", self.contact);
        self.send(&invite.reply(200, &format!("to-{}", self.user), &contact, &sdp(port))).await;
    }
}
