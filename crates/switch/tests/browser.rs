//! Chromium calls in: ICE, DTLS and SRTP of a real browser, tones measured at both ends, keys both ways, a page that leaves.
//! The test carries the page's offer in an INVITE of its own; what is tested is the media.

use crate::support::peer::{Peer, tag_of};
use crate::support::{Rig, op};
use media::{FRAME, g711::Law, goertzel::level_db, tone::Tone};
use model::telephony::{Action, Clip, Command, EndedBy, Event};
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

const PAGE: &str = include_str!("browser/page.html");
/// Starting a browser on a busy machine takes its time.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the page asks of the test. The reply unblocks it.
struct Asked {
    path: String,
    body: String,
    reply: TcpStream,
}

impl Asked {
    async fn answer(mut self, kind: &str, body: &str) {
        let head =
            format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
        let _ = self.reply.write_all(format!("{head}{body}").as_bytes()).await;
    }
}

/// As much of a web server as one page needs: one request per connection.
async fn serve(listener: TcpListener, asked: mpsc::UnboundedSender<Asked>) {
    while let Ok((stream, _)) = listener.accept().await {
        let asked = asked.clone();
        tokio::spawn(async move {
            if let Some(request) = read_request(stream).await {
                match request.path.as_str() {
                    "/" => request.answer("text/html; charset=utf-8", PAGE).await,
                    "/favicon.ico" => request.answer("image/x-icon", "").await,
                    _ => asked.send(request).unwrap_or_default(),
                }
            }
        });
    }
}

async fn read_request(mut stream: TcpStream) -> Option<Asked> {
    let (mut got, mut buffer) = (Vec::new(), [0; 8_192]);
    loop {
        let n = stream.read(&mut buffer).await.ok().filter(|n| *n > 0)?;
        got.extend_from_slice(&buffer[..n]);
        let text = String::from_utf8_lossy(&got);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length =
            head.lines().find_map(|l| l.to_ascii_lowercase().strip_prefix("content-length:").map(|v| v.trim().to_owned()));
        if body.len() >= length.and_then(|l| l.parse().ok()).unwrap_or(0) {
            let path = head.split(' ').nth(1)?.to_owned();
            return Some(Asked { path, body: body.to_owned(), reply: stream });
        }
    }
}

/// A tone as the browser's microphone (48 kHz WAV).
fn microphone(path: &Path, hz: f64) {
    let samples: Vec<u8> = (0..48_000 * 4_u32)
        .map(|n| ((f64::from(n) * hz * std::f64::consts::TAU / 48_000.0).sin() * 8_000.0) as i16)
        .flat_map(i16::to_le_bytes)
        .collect();
    let mut wav = Vec::new();
    wav.extend_from_slice(b"RIFF");
    wav.extend_from_slice(&(36 + samples.len() as u32).to_le_bytes());
    wav.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    wav.extend_from_slice(&48_000_u32.to_le_bytes());
    wav.extend_from_slice(&96_000_u32.to_le_bytes());
    wav.extend_from_slice(b"\x02\0\x10\0data");
    wav.extend_from_slice(&(samples.len() as u32).to_le_bytes());
    wav.extend_from_slice(&samples);
    std::fs::write(path, wav).expect("the microphone's file");
}

/// A tone as a prompt (A-law).
fn prompt(path: &Path, hz: u16, seconds: usize) {
    let mut tone = Tone::new(hz);
    let mut out = Vec::new();
    for _ in 0..seconds * 50 {
        let (mut pcm, mut octets) = ([0; FRAME], [0; FRAME]);
        tone.fill(&mut pcm);
        Law::A.encode_into(&pcm, &mut octets);
        out.extend_from_slice(&octets);
    }
    std::fs::write(path, out).expect("the prompt");
}

fn chromium(dir: &Path, url: &str) -> tokio::process::Child {
    let path = |name: &str| dir.join(name).to_string_lossy().into_owned();
    tokio::process::Command::new("chromium")
        .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage", "--mute-audio"])
        .args([
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            "--autoplay-policy=no-user-gesture-required",
        ])
        .args(["--allow-loopback-in-peer-connection", &format!("--use-file-for-fake-audio-capture={}", path("says.wav"))])
        .args([&format!("--user-data-dir={}", path("profile")), url])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap_or_else(|e| panic!("chromium cannot be started ({e}): install the Debian package chromium"))
}

async fn next(asked: &mut mpsc::UnboundedReceiver<Asked>, path: &str) -> Asked {
    let request =
        tokio::time::timeout(PATIENCE, asked.recv()).await.unwrap_or_else(|_| panic!("the page never asked for {path}"));
    let request = request.expect("the web server runs");
    assert_eq!(request.path, path, "the page says: {}", request.body);
    request
}

/// Carries the page's offer to the switch and gives the answer.
async fn invite(peer: &Peer, to: SocketAddr, offer: &str) -> String {
    let call = format!("browser{}", crate::support::fresh());
    let uri = format!("sip:1000@{to}");
    peer.send(&peer.request("INVITE", &uri, &call, ("page", ""), 1, "", offer), to).await;
    let answer = peer.until("SIP/2.0 200").await;
    let tag = tag_of(answer.field("To").expect("a To")).to_owned();
    peer.send(&peer.request("ACK", &uri, &call, ("page", &tag), 1, "", ""), to).await;
    answer.body().to_owned()
}

/// What the far end said, from the left channel of our recording.
fn recorded(path: &Path) -> Vec<i16> {
    let file = std::fs::read(path).expect("the recording");
    let data = file.windows(4).position(|w| w == b"data").expect("a data chunk") + 8;
    file[data..].chunks_exact(2).map(|f| Law::A.decode(f[0])).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn chromium_is_heard_and_hears_presses_keys_and_is_missed_when_its_page_leaves() {
    let dir = tempfile::tempdir().unwrap();
    microphone(&dir.path().join("says.wav"), 440.0);
    let (tone, recording) = (dir.path().join("tone.al"), dir.path().join("call.wav"));
    prompt(&tone, 700, 30);
    let mut rig = Rig::anyone().await;
    let peer = Peer::bind().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let (asks, mut asked) = mpsc::unbounded_channel();
    tokio::spawn(serve(listener, asks));
    let mut browser = chromium(dir.path(), &url);
    let request = next(&mut asked, "/invite").await;
    let to = rig.addr();
    let (answer, leg) = tokio::join!(invite(&peer, to, &request.body), async {
        let (leg, ..) = rig.incoming().await;
        rig.switch.send(Command::Answer { leg });
        rig.switch.send(Command::Record {
            leg,
            op: op(),
            path: recording.to_string_lossy().into_owned(),
            format: model::record::RecordingFormat::default(),
        });
        let clips = vec![Clip::File { path: tone.to_string_lossy().into_owned() }];
        rig.switch.send(Command::Play { leg, op: op(), clips });
        leg
    });
    request.answer("application/sdp", &answer).await;
    rig.answered(leg).await;
    next(&mut asked, "/heard").await.answer("text/plain", "").await;
    rig.digits_until(leg, "19#").await;
    rig.switch.send(Command::StopPlay { leg });
    rig.switch.send(Command::SendDigits { leg, op: op(), digits: "111111".into() });
    let report = next(&mut asked, "/report").await;
    println!("Chromium: {}", report.body);
    for expected in ["\"codec\":\"audio/PCMA\"", "\"dtls\":\"connected\"", "\"lost\":0"] {
        assert!(report.body.contains(expected), "{expected} in {}", report.body);
    }
    let left = tokio::time::Instant::now();
    report.answer("text/plain", "").await;
    let (cause, stats) = rig.ended(leg).await;
    println!("The page was missed after {:?}; {stats:?}", left.elapsed());
    assert_eq!((cause.by, cause.action), (EndedBy::Us, Some(Action::MediaTimeout)), "{cause:?}");
    assert!(left.elapsed() < Duration::from_secs(10) && stats.packets_received > 100, "{stats:?}");
    assert!(rig.seen().iter().any(|e| matches!(e, Event::RecordDone { .. })), "the recording is closed");
    let said = recorded(&recording);
    let loudest = said.chunks(4_000).map(|c| level_db(c, 440)).fold(f32::MIN, f32::max);
    // 8000 of 32768 is -12.2 dB.
    assert!((loudest + 12.2).abs() < 1.0, "440 Hz of the browser at {loudest} dB");
    let _ = browser.kill().await;
}
