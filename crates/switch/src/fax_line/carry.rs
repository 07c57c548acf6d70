//! The thread of one session.

use super::{Order, Report};
use crate::rtp::SocketPair;
use crate::t38::Image;
use fax::{Packet, Session, Transport};
use media::FRAME;
use media::udptl::{DATAGRAM_MAX, Receiver, Sender};
use model::telephony::{FaxEnd, FaxJob, FaxOutcome};
use rtrb::{Consumer, Producer};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver as Inbox, RecvTimeoutError};
use std::time::{Duration, Instant};

/// Sound kept ready for the leg, so that a late turn of this thread is not heard.
const AHEAD: usize = 6 * FRAME;
/// How often an idle line is looked at.
const LOOK: Duration = Duration::from_millis(5);
/// A missing packet is waited for as long as a neighbour may be late.
const PATIENCE: Duration = Duration::from_millis(60);
/// Sound that still leaves after the result: the end of the farewell.
const TAIL: usize = 25 * FRAME;
/// The last sound is waited for as long.
const SPEAK_OUT: Duration = Duration::from_secs(2);
/// Packets of one burst taken between two looks at the clock.
const BURST: usize = 32;
/// No sound for so long is no leg any more.
const STARVED: Duration = Duration::from_secs(30);

pub struct Carrier {
    heard: Consumer<i16>,
    said: Producer<i16>,
    orders: Inbox<Order>,
    settled: Arc<AtomicBool>,
    udp: Option<Udptl>,
    /// Set when the session must end, by whom.
    stop: Option<FaxEnd>,
}

struct Udptl {
    sockets: SocketPair,
    /// Where packets go: by the description, then where the far end really is.
    remote: SocketAddr,
    latched: bool,
    sender: Sender,
    receiver: Receiver,
    /// Since when a packet is missing.
    waiting: Option<Instant>,
    clock: Instant,
}

impl Carrier {
    pub const fn new(heard: Consumer<i16>, said: Producer<i16>, orders: Inbox<Order>, settled: Arc<AtomicBool>) -> Self {
        Self { heard, said, orders, settled, udp: None, stop: None }
    }

    pub fn run(&mut self, job: &FaxJob, report: &dyn Fn(Report)) -> FaxOutcome {
        let mut session = match Session::open(job) {
            Ok(session) => session,
            Err(e) => return FaxOutcome::nothing(FaxEnd::Document, e.to_string()),
        };
        // What was heard while the document was rendered is over.
        self.drain();
        self.say(&[0; AHEAD]);
        let mut fed = Instant::now();
        while !session.is_over() && self.stop.is_none() {
            self.take_orders(&mut session);
            match session.transport() {
                Transport::G711 if self.sound(&mut session) => fed = Instant::now(),
                Transport::G711 if fed.elapsed() > STARVED => self.stop = Some(FaxEnd::HungUp),
                Transport::G711 => {}
                // The far end may be silent for a whole page; T.30 has its own time-outs.
                Transport::T38 => {
                    self.packets(&mut session);
                    fed = Instant::now();
                }
            }
            self.tell(&mut session, report);
        }
        self.farewell(&mut session);
        self.tell(&mut session, report);
        self.finish(session)
    }

    fn tell(&self, session: &mut Session, report: &dyn Fn(Report)) {
        if session.settled() {
            self.settled.store(true, Ordering::Release);
        }
        while let Some(stage) = session.stage() {
            report(Report::Stage(stage));
        }
    }

    fn take_orders(&mut self, session: &mut Session) {
        // Over sound this is also the pause between two frames.
        let pause = if self.udp.is_none() && self.heard.slots() < FRAME { LOOK } else { Duration::ZERO };
        match self.orders.recv_timeout(pause) {
            Ok(order) => self.obey(order, session),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => self.stop = Some(FaxEnd::HungUp),
        }
    }

    fn obey(&mut self, order: Order, session: &mut Session) {
        match order {
            Order::T38 { sockets, image } => {
                if session.carry(Transport::T38).is_ok() {
                    self.udp = Udptl::open(sockets, image);
                }
                if self.udp.is_none() {
                    self.stop = Some(FaxEnd::Protocol);
                }
            }
            Order::Moved(image) => {
                if let Some(udp) = &mut self.udp {
                    udp.move_to(image);
                }
            }
            Order::Audio => {
                // A fax that has begun over T.38 cannot go on without it.
                if session.carry(Transport::G711).is_err() && !session.is_over() {
                    self.stop = Some(FaxEnd::Protocol);
                }
                self.udp = None;
                self.drain();
            }
            Order::Stop(why) => self.stop = Some(why),
        }
    }

    fn drain(&mut self) {
        let waiting = self.heard.slots();
        if let Ok(chunk) = self.heard.read_chunk(waiting) {
            chunk.commit_all();
        }
    }

    fn say(&mut self, samples: &[i16]) {
        // A ring without room belongs to a leg that takes nothing; the session ends by its own time-outs.
        let _ = self.said.push_entire_slice(samples);
    }

    /// A frame heard for a frame said: the line's own clock drives the session.
    fn sound(&mut self, session: &mut Session) -> bool {
        let (mut heard, mut said) = ([0; FRAME], [0; FRAME]);
        if self.heard.pop_entire_slice(&mut heard).is_err() {
            return false;
        }
        session.audio(&mut heard, &mut said);
        self.say(&said);
        true
    }

    fn packets(&mut self, session: &mut Session) {
        self.drain();
        let Some(udp) = &mut self.udp else { return };
        udp.receive(session);
        let elapsed = u32::try_from(udp.clock.elapsed().as_micros() / 125).unwrap_or(u32::MAX);
        if elapsed > 0 {
            udp.clock += Duration::from_micros(u64::from(elapsed) * 125);
            session.elapse(elapsed);
        }
        while let Some(packet) = session.next_packet() {
            udp.send(&packet);
        }
    }

    /// The last signals leave before the result is told.
    fn farewell(&mut self, session: &mut Session) {
        if self.stop.is_some() {
            return;
        }
        match &mut self.udp {
            Some(udp) => {
                while let Some(packet) = session.next_packet() {
                    udp.send(&packet);
                }
            }
            None => {
                let (mut silence, mut said) = ([0; FRAME], [0; FRAME]);
                for _ in 0..TAIL / FRAME {
                    session.audio(&mut silence, &mut said);
                    self.say(&said);
                }
                self.speak_out();
            }
        }
    }

    /// Waits until the leg has said everything, or has ended.
    fn speak_out(&self) {
        let (end, room) = (Instant::now() + SPEAK_OUT, self.said.buffer().capacity());
        while self.said.slots() < room && !self.said.is_abandoned() && Instant::now() < end {
            match self.orders.recv_timeout(LOOK) {
                Ok(Order::Stop(_)) | Err(RecvTimeoutError::Disconnected) => return,
                Ok(_) | Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    fn finish(&mut self, session: Session) -> FaxOutcome {
        let mut outcome = session.close(self.stop.unwrap_or(FaxEnd::Protocol));
        if self.stop == Some(FaxEnd::Protocol) && outcome.t30_code.is_none() {
            outcome.text = "the far end left T.38 while the fax ran".into();
        }
        if let Some(udp) = &self.udp {
            let count = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
            let counts = udp.receiver.counts;
            outcome.packets_recovered = count(counts.recovered);
            outcome.packets_lost = count(counts.lost);
            if counts.garbage > 0 {
                tracing::info!(garbage = counts.garbage, late = counts.late, "datagrams on a fax line that were none");
            }
        }
        outcome
    }
}

impl Udptl {
    fn open(sockets: SocketPair, image: Image) -> Option<Self> {
        sockets.rtp.set_nonblocking(false).ok()?;
        sockets.rtp.set_read_timeout(Some(Duration::from_millis(10))).ok()?;
        Some(Self {
            sockets,
            remote: image.remote,
            latched: false,
            sender: Sender::new(image.correction, image.datagram_max),
            receiver: Receiver::new(),
            waiting: None,
            clock: Instant::now(),
        })
    }

    fn move_to(&mut self, image: Image) {
        if image.remote != self.remote {
            self.remote = image.remote;
            self.latched = false;
        }
    }

    fn send(&mut self, packet: &Packet) {
        let Ok(datagram) = self.sender.packet(&packet.ifp) else { return };
        for _ in 0..packet.copies {
            // A refused send is a lost datagram, and those are provided for.
            let _ = self.sockets.rtp.send_to(datagram, self.remote);
        }
    }

    /// Takes what has come, waiting up to the socket's time-out for the first.
    fn receive(&mut self, session: &mut Session) {
        let mut buffer = [0; DATAGRAM_MAX + 1];
        for _ in 0..BURST {
            let Ok((n, from)) = self.sockets.rtp.recv_from(&mut buffer) else { break };
            self.datagram(&buffer[..n], from);
            while let Some(packet) = self.receiver.pop() {
                session.packet(packet.sequence, &packet.ifp);
            }
            // Answers must not wait behind a burst.
            if self.clock.elapsed() > Duration::from_millis(20) {
                break;
            }
        }
        self.be_patient(session);
    }

    /// The first valid datagram says where the far end is (NAT); from then on nobody else is heard.
    fn datagram(&mut self, datagram: &[u8], from: SocketAddr) {
        if (!self.latched || from == self.remote) && self.receiver.push(datagram).is_ok() {
            self.latched = true;
            self.remote = from;
        }
    }

    fn be_patient(&mut self, session: &mut Session) {
        if !self.receiver.waits() {
            self.waiting = None;
            return;
        }
        let since = *self.waiting.get_or_insert_with(Instant::now);
        if since.elapsed() >= PATIENCE {
            self.receiver.skip();
            self.waiting = None;
            while let Some(packet) = self.receiver.pop() {
                session.packet(packet.sequence, &packet.ifp);
            }
        }
    }
}
