//! A local SMTP server that answers as a test tells it: also shared by the rooms desk and api.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

pub trait Io: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}
pub type Line = Box<dyn Io>;
/// Encrypts a connection.
pub type Wrap = Arc<dyn Fn(Line) -> Pin<Box<dyn Future<Output = Option<Line>> + Send>> + Send + Sync>;

#[derive(Clone, Default)]
pub struct Ways {
    pub tls: Option<Wrap>,
    /// Begins in the clear, `tls` on request.
    pub starttls: bool,
    /// Base64 of `\0user\0password`; none: everybody may.
    pub auth: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Letter {
    pub from: String,
    pub to: Vec<String>,
    /// Headers and body as they came.
    pub data: String,
    pub encrypted: bool,
}

impl Letter {
    pub fn header(&self, name: &str) -> String {
        let head = self.data.split("\r\n\r\n").next().unwrap_or("").replace("\r\n ", " ");
        let line = head.lines().find(|l| l.to_ascii_lowercase().starts_with(&format!("{}:", name.to_ascii_lowercase())));
        line.and_then(|l| l.split_once(':')).map(|(_, v)| v.trim().to_owned()).unwrap_or_default()
    }
}

/// Answers `(line, number of the connection)` with something else than usual.
type Script = dyn Fn(&str, usize) -> Option<&'static str> + Send + Sync;

pub struct SmtpServer {
    pub port: u16,
    letters: Arc<Mutex<Vec<Letter>>>,
    connections: Arc<Mutex<usize>>,
}

impl SmtpServer {
    pub async fn start(script: impl Fn(&str, usize) -> Option<&'static str> + Send + Sync + 'static) -> Self {
        Self::with(Ways::default(), script).await
    }

    pub async fn with(ways: Ways, script: impl Fn(&str, usize) -> Option<&'static str> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (letters, connections) = (Arc::<Mutex<Vec<Letter>>>::default(), Arc::<Mutex<usize>>::default());
        let (kept, counted, script): (_, _, Arc<Script>) = (Arc::clone(&letters), Arc::clone(&connections), Arc::new(script));
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let n = {
                    let mut counted = counted.lock().unwrap();
                    *counted += 1;
                    *counted - 1
                };
                let talk = Talk { ways: ways.clone(), script: Arc::clone(&script), letters: Arc::clone(&kept), n };
                tokio::spawn(talk.run(Box::new(socket)));
            }
        });
        Self { port, letters, connections }
    }

    pub fn letters(&self) -> Vec<Letter> {
        self.letters.lock().unwrap().clone()
    }

    pub fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }
}

struct Talk {
    ways: Ways,
    script: Arc<Script>,
    letters: Arc<Mutex<Vec<Letter>>>,
    n: usize,
}

impl Talk {
    async fn run(self, line: Line) {
        let mut letter = Letter::default();
        let mut line = BufReader::new(line);
        if let Some(wrap) = self.ways.tls.as_ref().filter(|_| !self.ways.starttls) {
            let Some(wrapped) = wrap(line.into_inner()).await else { return };
            (line, letter.encrypted) = (BufReader::new(wrapped), true);
        }
        if say(&mut line, (self.script)("", self.n).unwrap_or("220 here")).await.is_none() {
            return;
        }
        while let Some(command) = read(&mut line).await {
            let usual = self.usual(&command, &mut letter);
            let reply = (self.script)(&command, self.n).map_or(usual, str::to_owned);
            if say(&mut line, &reply).await.is_none() {
                return;
            }
            if command == "STARTTLS" && reply.starts_with('2') {
                let Some(wrap) = &self.ways.tls else { return };
                let Some(wrapped) = wrap(line.into_inner()).await else { return };
                (line, letter.encrypted) = (BufReader::new(wrapped), true);
            }
            if command == "DATA" && reply.starts_with('3') {
                let Some(data) = body(&mut line).await else { return };
                letter.data = data;
                let reply = (self.script)(".", self.n).unwrap_or("250 kept");
                if reply.starts_with('2') {
                    self.letters.lock().unwrap().push(letter.clone());
                }
                if say(&mut line, reply).await.is_none() {
                    return;
                }
            }
        }
    }

    fn usual(&self, command: &str, letter: &mut Letter) -> String {
        let inside = |text: &str| text.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
        if let Some(token) = command.strip_prefix("AUTH PLAIN ") {
            return if self.ways.auth.as_deref() == Some(token) { "235 in" } else { "535 5.7.8 bad credentials" }.into();
        }
        match command.split(' ').next().unwrap_or("").to_ascii_uppercase().as_str() {
            "EHLO" if self.ways.starttls && !letter.encrypted => "250-here\r\n250-STARTTLS\r\n250 8BITMIME".into(),
            "EHLO" if self.ways.auth.is_some() => "250-here\r\n250-AUTH PLAIN\r\n250 8BITMIME".into(),
            "EHLO" => "250-here\r\n250 8BITMIME".into(),
            "MAIL" => {
                letter.from = inside(command);
                "250 ok".into()
            }
            "RCPT" => {
                letter.to.push(inside(command));
                "250 ok".into()
            }
            "DATA" => "354 go on".into(),
            "QUIT" => "221 bye".into(),
            "STARTTLS" => "220 go on".into(),
            _ => "250 ok".into(),
        }
    }
}

async fn say(line: &mut BufReader<Line>, text: &str) -> Option<()> {
    line.get_mut().write_all(format!("{text}\r\n").as_bytes()).await.ok()?;
    line.get_mut().flush().await.ok()
}

async fn read(line: &mut BufReader<Line>) -> Option<String> {
    let mut text = String::new();
    let n = line.read_line(&mut text).await.ok()?;
    (n > 0).then(|| text.trim_end().to_owned())
}

async fn body(line: &mut BufReader<Line>) -> Option<String> {
    let mut data = String::new();
    loop {
        let mut text = String::new();
        if line.read_line(&mut text).await.ok()? == 0 {
            return None;
        }
        if text == ".\r\n" {
            return Some(data);
        }
        data.push_str(&text);
    }
}
