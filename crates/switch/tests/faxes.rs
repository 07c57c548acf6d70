//! Faxes between two switches in real time, pages compared pixel by pixel. The scenarios run beside each other: most of a
//! fax is waiting.

#[path = "../../fax/tests/support/pages.rs"]
mod pages;

use crate::support::{Rig, op, trunk};
use model::record::Codec;
use model::telephony::{
    Action, Clip, Command, Event, FaxDocument, FaxEnd, FaxJob, FaxOutcome, FaxStage, FaxT38, FaxTransport, PlayOutcome,
};
use model::{LegId, OpId};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::net::UdpSocket;

/// The longest of them takes half a minute.
const PATIENCE: Duration = Duration::from_secs(120);

/// A call between two switches and a document on either side.
struct Call {
    caller: Rig,
    out: LegId,
    callee: Rig,
    inn: LegId,
    dir: tempfile::TempDir,
    sent: Vec<Vec<u8>>,
}

/// One end of a fax under way.
#[derive(Clone, Copy)]
enum End {
    Caller,
    Callee,
}

impl Call {
    async fn with(codec: Codec, pages: usize, rows: usize) -> Self {
        let callee = Rig::anyone().await;
        let line = model::record::Trunk { codecs: vec![codec], ..trunk(1, callee.addr()) };
        Self::over(Rig::with_trunk(line).await, callee, pages, rows).await
    }

    async fn over(mut caller: Rig, mut callee: Rig, pages: usize, rows: usize) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let sent: Vec<Vec<u8>> = (0..pages).map(|n| pages::page(n, rows)).collect();
        pages::write_tiff(&dir.path().join("out.tif"), &sent);
        let out = caller.call(1, "02155550000", 10_000);
        let (inn, ..) = callee.incoming().await;
        callee.switch.send(Command::Answer { leg: inn });
        caller.answered(out).await;
        callee.answered(inn).await;
        Self { caller, out, callee, inn, dir, sent }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn send(&self, t38: FaxT38) -> FaxJob {
        let path = self.path("out.tif").to_string_lossy().into_owned();
        FaxJob { t38, station: "+86 10 88886666".into(), ..FaxJob::new(FaxDocument::Send { path }) }
    }

    fn receive(&self, t38: FaxT38) -> FaxJob {
        let path = self.path("in.tif").to_string_lossy().into_owned();
        FaxJob { t38, station: "+86 21 55550000".into(), ..FaxJob::new(FaxDocument::Receive { path }) }
    }

    fn start(&self, end: End, job: FaxJob) -> OpId {
        let op = op();
        let (rig, leg) = match end {
            End::Caller => (&self.caller, self.out),
            End::Callee => (&self.callee, self.inn),
        };
        rig.switch.send(Command::Fax { leg, op, job: Box::new(job) });
        op
    }

    async fn done(&mut self, end: End) -> FaxOutcome {
        let rig = match end {
            End::Caller => &mut self.caller,
            End::Callee => &mut self.callee,
        };
        match rig.wait_within(PATIENCE, "the result of the fax", |e| matches!(e, Event::FaxDone { .. })).await {
            Event::FaxDone { outcome, .. } => *outcome,
            _ => unreachable!("the filter lets only FaxDone pass"),
        }
    }

    /// Both results; every page through by this transport.
    async fn through(&mut self, transport: FaxTransport) -> (FaxOutcome, FaxOutcome) {
        let (a, b) = (self.done(End::Caller).await, self.done(End::Callee).await);
        for o in [&a, &b] {
            assert_eq!((o.end, usize::from(o.pages), o.transport), (FaxEnd::Complete, self.sent.len(), transport), "{a:?} {b:?}");
            assert_eq!((o.rate_bps, o.t30_code), (14_400, Some(0)), "{o:?}");
        }
        pages::assert_same(&self.sent, &self.path("in.tif"));
        (a, b)
    }

    async fn hang_up(mut self) {
        self.caller.hang_up(self.out);
        self.caller.ended(self.out).await;
        self.callee.ended(self.inn).await;
        self.caller.nothing_after_end(self.out, Duration::from_millis(50)).await;
        self.caller.empty().await;
        self.callee.empty().await;
    }
}

async fn receiver_asks_for_t38_and_sound_comes_back() {
    let mut call = Call::with(Codec::Pcma, 3, 60).await;
    call.start(End::Caller, call.send(FaxT38::Accept));
    call.start(End::Callee, call.receive(FaxT38::Ask));
    let (sent, received) = call.through(FaxTransport::T38).await;
    assert_eq!(sent.remote_station.as_deref(), Some("+86 21 55550000"));
    assert_eq!(received.remote_station.as_deref(), Some("+86 10 88886666"));
    let stages: Vec<FaxStage> = call
        .caller
        .seen()
        .iter()
        .filter_map(|e| if let Event::FaxProgress { stage, .. } = e { Some(*stage) } else { None })
        .collect();
    for stage in [FaxStage::Started, FaxStage::Carried { transport: FaxTransport::T38 }, FaxStage::Pages { pages: 3 }] {
        assert!(stages.contains(&stage), "{stages:?}");
    }
    // Whoever asked for T.38 goes back to sound, and both are heard again.
    call.callee.switch.send(Command::Listen { leg: call.inn, silence_ms: 300 });
    let tone = |leg| Command::Play { leg, op: op(), clips: vec![Clip::Tone { hz: 700, ms: 4_000 }] };
    call.caller.switch.send(tone(call.out));
    call.callee.wait("the voice of the caller", |e| matches!(e, Event::Activity { speaking: true, .. })).await;
    call.caller.switch.send(Command::Listen { leg: call.out, silence_ms: 300 });
    call.callee.switch.send(tone(call.inn));
    call.caller.wait("the voice of the callee", |e| matches!(e, Event::Activity { speaking: true, .. })).await;
    call.hang_up().await;
}

async fn the_caller_fetches_and_asks_for_t38() {
    let mut call = Call::with(Codec::Pcmu, 3, 60).await;
    call.start(End::Callee, call.send(FaxT38::Accept));
    call.start(End::Caller, call.receive(FaxT38::Ask));
    call.through(FaxTransport::T38).await;
    call.hang_up().await;
}

async fn both_ask_at_once() {
    let mut call = Call::with(Codec::Pcma, 1, 60).await;
    call.start(End::Caller, call.send(FaxT38::Ask));
    call.start(End::Callee, call.receive(FaxT38::Ask));
    call.through(FaxTransport::T38).await;
    call.hang_up().await;
}

async fn refused_with_488(codec: Codec) {
    let mut call = Call::with(codec, 3, 60).await;
    call.start(End::Callee, call.receive(FaxT38::Never));
    call.start(End::Caller, call.send(FaxT38::Ask));
    let refused = |e: &Event| matches!(e, Event::FaxProgress { stage: FaxStage::Carried { transport: FaxTransport::G711 }, .. });
    call.caller.wait("the refusal", refused).await;
    call.through(FaxTransport::G711).await;
    call.hang_up().await;
}

async fn the_other_way_over_sound() {
    let mut call = Call::with(Codec::Pcmu, 1, 60).await;
    call.start(End::Callee, call.send(FaxT38::Never));
    call.start(End::Caller, call.receive(FaxT38::Never));
    // The sound belongs to the fax.
    let play = op();
    call.caller.switch.send(Command::Play { leg: call.out, op: play, clips: vec![Clip::Tone { hz: 700, ms: 500 }] });
    call.caller
        .wait("the refusal of the tone", |e| matches!(e, Event::PlayDone { op, outcome: PlayOutcome::Failed, .. } if *op == play))
        .await;
    let second = call.start(End::Caller, call.receive(FaxT38::Never));
    let refused = |e: &Event| matches!(e, Event::FaxDone { op, outcome, .. } if *op == second && outcome.end == FaxEnd::Refused);
    call.caller.wait("the refusal of a second fax", refused).await;
    call.through(FaxTransport::G711).await;
    call.hang_up().await;
}

/// Hangs up while the second page is on its way.
async fn cut_off(t38: FaxT38) {
    let mut call = Call::with(Codec::Pcma, 2, 220).await;
    let uncorrected = |job: FaxJob| FaxJob { ecm: false, ..job };
    call.start(End::Caller, uncorrected(call.send(FaxT38::Accept)));
    call.start(End::Callee, uncorrected(call.receive(t38)));
    let first = |e: &Event| matches!(e, Event::FaxProgress { stage: FaxStage::Pages { pages: 1 }, .. });
    call.callee.wait_within(PATIENCE, "the first page", first).await;
    // The answer to the first page, training, then some rows: nothing tells of them.
    tokio::time::sleep(Duration::from_secs(5)).await;
    call.caller.hang_up(call.out);
    let (sent, received) = (call.done(End::Caller).await, call.done(End::Callee).await);
    assert_eq!((sent.end, sent.pages), (FaxEnd::HungUp, 1), "{sent:?}");
    assert_eq!((received.end, received.pages, received.pages_partial), (FaxEnd::HungUp, 1, 1), "{received:?}");
    let got = pages::read_tiff(&call.path("in.tif"));
    assert_eq!((got.len(), &got[0]), (2, &call.sent[0]));
    assert!(!got[1].is_empty() && got[1].len() < call.sent[1].len());
    assert_eq!(got[1], call.sent[1][..got[1].len()], "what came of the page is right");
    let (cause, _) = call.caller.ended(call.out).await;
    assert_eq!(cause.action, Some(Action::Normal));
    call.callee.ended(call.inn).await;
    call.caller.nothing_after_end(call.out, Duration::from_millis(50)).await;
    call.callee.nothing_after_end(call.inn, Duration::from_millis(50)).await;
}

async fn no_document_and_no_answer() {
    let mut call = Call::with(Codec::Pcma, 1, 50).await;
    let mut job = call.send(FaxT38::Never);
    job.document = FaxDocument::Send { path: "/nowhere/fax.tif".into() };
    call.start(End::Caller, job);
    let o = call.done(End::Caller).await;
    assert!(o.end == FaxEnd::Document && o.text.contains("/nowhere/fax.tif"), "{o:?}");
    let stopped = call.start(End::Caller, call.send(FaxT38::Never));
    call.caller.wait("its beginning", |e| matches!(e, Event::FaxProgress { stage: FaxStage::Started, .. })).await;
    call.caller.switch.send(Command::StopFax { leg: call.out, op: stopped });
    assert_eq!(call.done(End::Caller).await.end, FaxEnd::Stopped);
    let ringing = call.caller.call(1, "02155550001", 10_000);
    call.callee.incoming().await;
    call.caller.switch.send(Command::Fax { leg: ringing, op: op(), job: Box::new(call.send(FaxT38::Never)) });
    let o = call.done(End::Caller).await;
    assert!(o.end == FaxEnd::Refused && o.text.contains("not answered"), "{o:?}");
    call.caller.hang_up(ringing);
    call.caller.ended(ringing).await;
    call.hang_up().await;
}

/// Stands between two switches: each takes it for the other. SIP is passed on with the addresses changed, T.38 with losses.
struct Between;

/// Loopback port of the first `m=image` of a message.
fn image_port(text: &str) -> Option<u16> {
    text.split("m=image ").nth(1)?.split(' ').next()?.parse().ok()
}

impl Between {
    /// Gives the address the caller shall call.
    async fn start(callee: SocketAddr, dropped: Arc<AtomicUsize>) -> SocketAddr {
        let for_caller = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let to_callee = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let (here, there) = (for_caller.local_addr().unwrap(), to_callee.local_addr().unwrap());
        let (a, b) = (for_caller, to_callee);
        tokio::spawn(async move {
            let (mut from_caller, mut from_callee) = (vec![0; 65_535], vec![0; 65_535]);
            let mut caller: Option<SocketAddr> = None;
            let mut relay = Relay { dropped, ports: Vec::new() };
            loop {
                let (text, to, socket) = tokio::select! {
                    got = a.recv_from(&mut from_caller) => {
                        let (n, from) = got.unwrap();
                        caller = Some(from);
                        (rewritten(&from_caller[..n], &[(from, there), (here, callee)]), callee, &b)
                    }
                    got = b.recv_from(&mut from_callee) => {
                        let (n, _) = got.unwrap();
                        let Some(caller) = caller else { continue };
                        (rewritten(&from_callee[..n], &[(callee, here), (there, caller)]), caller, &a)
                    }
                };
                let text = relay.image(text).await;
                socket.send_to(text.as_bytes(), to).await.unwrap();
            }
        });
        here
    }
}

/// Ports are of five digits on loopback, so lengths stay.
fn rewritten(octets: &[u8], pairs: &[(SocketAddr, SocketAddr)]) -> String {
    pairs
        .iter()
        .fold(String::from_utf8_lossy(octets).into_owned(), |text, (from, to)| text.replace(&from.to_string(), &to.to_string()))
}

struct Relay {
    dropped: Arc<AtomicUsize>,
    /// Real port of an end, and the socket that stands for it.
    ports: Vec<(u16, Arc<UdpSocket>)>,
}

impl Relay {
    /// Puts a socket of ours in place of the port in the description; with both known, packets flow.
    async fn image(&mut self, text: String) -> String {
        let Some(real) = image_port(&text) else { return text };
        let known = self.ports.iter().find(|(p, _)| *p == real).map(|(_, s)| Arc::clone(s));
        let socket = match known {
            Some(socket) => socket,
            None => {
                let socket = Arc::new(UdpSocket::bind("127.0.0.1:0").await.unwrap());
                self.ports.push((real, Arc::clone(&socket)));
                if let [(first, for_first), (second, for_second)] = &self.ports[..] {
                    // What comes to the socket that stands for one end goes to that end from the one that stands for the other.
                    self.pass(Arc::clone(for_first), Arc::clone(for_second), *first, 1);
                    self.pass(Arc::clone(for_second), Arc::clone(for_first), *second, 2);
                }
                socket
            }
        };
        let ours = socket.local_addr().unwrap().port();
        text.replacen(&format!("m=image {real} "), &format!("m=image {ours} "), 1)
    }

    fn pass(&self, from: Arc<UdpSocket>, by: Arc<UdpSocket>, to: u16, seed: u32) {
        let dropped = Arc::clone(&self.dropped);
        tokio::spawn(async move {
            let (mut buffer, mut state) = (vec![0; 2_048], seed);
            loop {
                let (n, _) = from.recv_from(&mut buffer).await.unwrap();
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                // Three of a hundred.
                if (state >> 16) % 100 < 3 {
                    dropped.fetch_add(1, Ordering::Relaxed);
                } else {
                    by.send_to(&buffer[..n], ("127.0.0.1", to)).await.unwrap();
                }
            }
        });
    }
}

async fn three_in_a_hundred_packets_lost() {
    let dropped = Arc::new(AtomicUsize::new(0));
    let callee = Rig::anyone().await;
    let between = Between::start(callee.addr(), Arc::clone(&dropped)).await;
    let caller = Rig::with_trunk(trunk(1, between)).await;
    let mut call = Call::over(caller, callee, 3, 120).await;
    call.start(End::Caller, call.send(FaxT38::Accept));
    call.start(End::Callee, call.receive(FaxT38::Ask));
    let (sent, received) = call.through(FaxTransport::T38).await;
    let dropped = dropped.load(Ordering::Relaxed);
    assert!(dropped >= 5, "{dropped} packets were dropped on the way");
    assert!(received.packets_recovered > 0 && received.packets_lost <= 1, "{sent:?} {received:?}");
    call.hang_up().await;
}

/// One test, since tests of this room run alone: the whole takes as long as its longest part.
#[tokio::test(flavor = "multi_thread")]
async fn faxes_of_every_kind() {
    tokio::join!(
        receiver_asks_for_t38_and_sound_comes_back(),
        the_caller_fetches_and_asks_for_t38(),
        both_ask_at_once(),
        three_in_a_hundred_packets_lost(),
        refused_with_488(Codec::Pcma),
        refused_with_488(Codec::Pcmu),
        the_other_way_over_sound(),
        cut_off(FaxT38::Never),
        cut_off(FaxT38::Ask),
        no_document_and_no_answer(),
    );
}
