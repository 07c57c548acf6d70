//! One leg's media: its state, what arrives and what it is told.

use super::{
    api::{MediaEvent, QUIET_MS, RemoteRtp},
    coders::Coders,
    counters::{WorkerCounters, bump},
    hearing::Hearing,
    latch::{Latch, Verdict},
    loader::{LoadJob, Sound},
    looks::{Look, Looks},
    outgoing::Outgoing,
    player::Player,
    ports::{SocketPair, plain},
    reports::{Reports, ntp_now},
    rings::{Stream, Taps},
    saying::Saying,
    secure::{HandshakeLink, Shield},
    sys,
    worker::LegCommand,
    writer::{Tap, WriteJob},
};
use media::{
    FRAME,
    activity::ActivityDetector,
    codec::Codec,
    comfort,
    dtmf::{DigitReceiver, DigitSender},
    dtmf_tones::ToneDigits,
    g711::ALAW_SILENCE,
    record::Format,
    rtp::{Packet, ReceiveStats, RtpError},
    tone::Tone,
};
use model::{
    LegId, OpId,
    telephony::{Clip, PlayOutcome, Role},
};
use std::{net::SocketAddr, path::PathBuf, sync::mpsc};

/// Datagrams taken in one turn; a flood waits in the kernel and is dropped there.
const DRAIN_MAX: usize = 24;
/// Datagrams found at once that one look in four turns keeps up with.
const CALM_MAX: usize = 6;
/// Longest datagram looked at: 200 ms of the widest codec with headers.
const DATAGRAM_MAX: usize = 2_048;
/// Clips one Play may have.
const CLIPS_MAX: usize = 1_000;

/// What a leg needs from its thread.
pub struct Surroundings<'a> {
    pub now_ms: u64,
    pub events: &'a mpsc::Sender<MediaEvent>,
    pub loader: &'a mpsc::Sender<LoadJob>,
    pub writer: &'a mpsc::Sender<WriteJob>,
    pub handshakes: &'a HandshakeLink,
    pub coders: &'a Coders,
    pub counters: &'a WorkerCounters,
}

impl Surroundings<'_> {
    pub fn say(&self, event: MediaEvent) {
        let _ = self.events.send(event);
    }
}

pub struct Leg {
    pub id: LegId,
    pub(super) sockets: SocketPair,
    pub remote: Option<RemoteRtp>,
    pub(super) shield: Shield,
    pub(super) latch: Option<Latch>,
    relatch_silence_ms: u64,
    /// The system filters strangers for us.
    pub(super) connected: bool,
    /// More comes than one packet a turn.
    crowded: bool,
    looks: Looks,
    pub out: Outgoing,
    pub stats: ReceiveStats,
    /// What its reports said.
    pub(super) far: Reports,
    pub(super) strangers: u64,
    pub(super) heard_ms: u64,
    pub(super) timed_out: bool,
    quiet: bool,
    digits_in: DigitReceiver,
    /// Where no telephone-events were agreed, keys are heard in the sound.
    pub tones_in: Option<Box<ToneDigits>>,
    /// Who hears us and whom we hear; on the same thread.
    pub peer: Option<LegId>,
    /// Its part in a mix, while it is in one.
    pub role: Option<Role>,
    muted: bool,
    held: bool,
    /// The play is for everybody in the mix.
    announcing: bool,
    /// Until then a key is down, and what comes is the key and not a voice.
    pub key_until_ms: u64,
    key_down: bool,
    /// Whether packets go straight to the peer. Kept by the worker.
    pub relayed: bool,
    pub hearing: Option<Box<Hearing>>,
    pub(super) discarded_before: u64,
    /// A modem is on the line: its sound must not move in time.
    steady: bool,
    /// What the far end speaks now: one of the negotiated codecs, not always the one we send.
    pub arriving: Option<Codec>,
    /// Where frames need more than copying.
    pub saying: Option<Box<Saying>>,
    /// What the far end said in this 20 ms, A-law.
    pub heard: [u8; FRAME],
    pub player: Option<Player>,
    pub digits_out: Option<(Option<OpId>, DigitSender)>,
    pub digit_tone: Option<(char, Tone)>,
    pub taps: Vec<Tap>,
    /// Listeners on other threads.
    pub rings: Taps,
    pub activity: Option<ActivityDetector>,
    /// What the leg does has changed in a way that may change whether it is relayed; the worker looks and clears it.
    pub changed: bool,
    /// Turns taken; RTCP is every so many.
    pub turns: u64,
}

impl Leg {
    pub fn new(id: LegId, sockets: SocketPair, out: Outgoing, relatch_silence_ms: u32) -> Self {
        Self {
            id,
            sockets,
            remote: None,
            shield: Shield::default(),
            latch: None,
            relatch_silence_ms: u64::from(relatch_silence_ms),
            connected: false,
            crowded: false,
            looks: Looks::default(),
            out,
            stats: ReceiveStats::default(),
            far: Reports::default(),
            strangers: 0,
            heard_ms: 0,
            timed_out: false,
            quiet: false,
            digits_in: DigitReceiver::default(),
            tones_in: None,
            peer: None,
            role: None,
            muted: false,
            held: false,
            announcing: false,
            key_until_ms: 0,
            key_down: false,
            relayed: false,
            hearing: None,
            discarded_before: 0,
            arriving: None,
            saying: None,
            heard: [ALAW_SILENCE; FRAME],
            player: None,
            digits_out: None,
            digit_tone: None,
            taps: Vec::new(),
            rings: Taps::default(),
            activity: None,
            steady: false,
            changed: false,
            turns: 0,
        }
    }

    /// Whether anything on this leg listens to samples.
    pub fn listens(&self) -> bool {
        !self.taps.is_empty() || self.activity.is_some() || !self.rings.is_empty()
    }

    /// Whether packets of a peer may go out unchanged.
    pub fn is_plain(&self) -> bool {
        !self.listens() && self.player.is_none() && self.digits_out.is_none() && !self.muted && !self.held
    }

    /// Whether others of a mix hear what the far end says.
    pub fn is_heard(&self) -> bool {
        self.role.is_some_and(|r| r != Role::Listener)
    }

    /// What the others may hear of this frame; `None` when there is nothing.
    pub fn said(&self) -> Option<&[u8; FRAME]> {
        let silent = self.muted || self.held || self.key_down || self.heard == [ALAW_SILENCE; FRAME];
        (!silent).then_some(&self.heard)
    }

    /// Whether the leg may hear others.
    pub const fn is_held(&self) -> bool {
        self.held
    }

    /// Whether what is played goes to the whole mix.
    pub fn announces(&self) -> bool {
        self.announcing && self.role.is_some()
    }

    /// Looks whether a key is down.
    pub const fn watch_key(&mut self, now_ms: u64) {
        self.key_down = now_ms < self.key_until_ms;
    }

    /// Turns the jitter buffer on or off.
    pub fn set_listening(&mut self, on: bool) {
        if on && self.hearing.is_none() {
            let mut hearing: Box<Hearing> = Box::default();
            hearing.set_steady(self.steady);
            self.hearing = Some(hearing);
        } else if !on && let Some(h) = self.hearing.take() {
            self.discarded_before += h.counts().late + h.counts().discarded;
            self.heard = [ALAW_SILENCE; FRAME];
        }
    }

    pub fn perform(&mut self, command: LegCommand, with: &Surroundings<'_>) {
        match command {
            LegCommand::Connect(remote) => self.connect(remote, with),
            LegCommand::Secure { keying, peer } => self.secure(*keying, peer, with),
            LegCommand::Handshake(outcome) => self.handshake_over(*outcome, with),
            LegCommand::Play { op, clips } => self.play(op, clips, with),
            LegCommand::Announce { op, clips } => {
                self.play(op, clips, with);
                self.announcing = true;
            }
            LegCommand::Mute(on) => self.muted = on,
            LegCommand::Hold(on) => self.held = on,
            LegCommand::Loaded { op, sounds } => self.loaded(op, sounds, with),
            LegCommand::StopPlay => self.end_play(PlayOutcome::Stopped, with),
            LegCommand::Record { op, path, format } => self.record(op, path, format, with),
            LegCommand::StopRecord { op } => {
                if let Some(i) = self.taps.iter().position(|t| t.op == op) {
                    self.taps.remove(i).close(self.id, with.writer);
                }
            }
            LegCommand::Digits { op, digits } => self.send_digits(Some(op), &digits, with),
            LegCommand::Listen { silence_ms } => self.activity = Some(ActivityDetector::new(silence_ms)),
            LegCommand::Steady(on) => {
                self.steady = on;
                if let Some(hearing) = &mut self.hearing {
                    hearing.set_steady(on);
                }
            }
            LegCommand::Tap(ring) => self.rings.add(ring),
            LegCommand::Untap => self.rings.clear(),
            LegCommand::Stream { op, ring } => {
                self.end_play(PlayOutcome::Stopped, with);
                self.player = Some(Player::streaming(op, Stream::new(ring)));
            }
            LegCommand::Leave | LegCommand::Close => {}
        }
    }

    fn connect(&mut self, remote: RemoteRtp, with: &Surroundings<'_>) {
        let before = self.remote.replace(remote);
        if before.is_none_or(|b| (b.codec, b.ptime_ms) != (remote.codec, remote.ptime_ms)) {
            self.saying = Saying::new(remote.codec, remote.ptime_ms, self.id.0, with.coders);
            self.out.set_clock(remote.codec.clock());
            self.arriving = None;
        }
        match remote.dtmf_payload_type.or(remote.dtmf_also) {
            Some(_) => self.tones_in = None,
            None => {
                self.tones_in.get_or_insert_default();
            }
        }
        if before.is_none_or(|b| b.addr != remote.addr) || self.latch.is_none() {
            let mut latch = Latch::new(remote.addr, self.relatch_silence_ms);
            latch.pin(self.shield.target());
            self.latch = Some(latch);
            self.release();
        }
        if before.is_none_or(|b| b.timeout_ms != remote.timeout_ms || b.direction != remote.direction) {
            self.heard_ms = with.now_ms;
            self.timed_out = false;
        }
        self.interrupted();
    }

    /// What is sent next does not join on to what was sent last.
    pub fn interrupted(&mut self) {
        self.out.interrupted();
        if let Some(saying) = &mut self.saying {
            saying.interrupted();
        }
    }

    pub(super) fn release(&mut self) {
        if self.connected {
            sys::disconnect(&self.sockets.rtp);
            self.connected = false;
        }
    }

    fn play(&mut self, op: OpId, mut clips: Vec<Clip>, with: &Surroundings<'_>) {
        self.end_play(PlayOutcome::Stopped, with);
        clips.truncate(CLIPS_MAX);
        self.player = Some(Player::new(op));
        let _ = with.loader.send(LoadJob::Load { leg: self.id, op, clips });
    }

    fn loaded(&mut self, op: OpId, sounds: Option<Vec<Sound>>, with: &Surroundings<'_>) {
        // A Play that was replaced while its files were being opened.
        let Some(player) = self.player.as_mut().filter(|p| p.op == op && !p.is_loaded()) else { return };
        match sounds {
            Some(sounds) => player.start(sounds),
            None => self.end_play(PlayOutcome::Failed, with),
        }
    }

    pub fn end_play(&mut self, outcome: PlayOutcome, with: &Surroundings<'_>) {
        if let Some(p) = self.player.take() {
            self.changed = true;
            self.announcing = false;
            with.say(MediaEvent::PlayDone { leg: self.id, op: p.op, outcome, played_ms: p.played_ms() });
        }
    }

    fn record(&mut self, op: OpId, path: PathBuf, format: Format, with: &Surroundings<'_>) {
        if self.taps.iter().all(|t| t.op != op) {
            self.taps.push(Tap::open(self.id, op, path, format, with.writer));
        }
    }

    /// Digits asked for replace those still being sent, which count as sent.
    pub fn send_digits(&mut self, op: Option<OpId>, digits: &str, with: &Surroundings<'_>) {
        self.end_digits(with);
        self.digits_out = Some((op, DigitSender::new(digits)));
    }

    pub fn end_digits(&mut self, with: &Surroundings<'_>) {
        if let Some((Some(op), _)) = self.digits_out.take() {
            with.say(MediaEvent::DigitsSent { leg: self.id, op });
        }
        self.digit_tone = None;
        self.changed = true;
        self.interrupted();
    }

    /// Takes what has arrived. Packets go to the peer at once when relayed.
    pub fn receive(&mut self, look: Look, peer: Option<&mut Self>, with: &Surroundings<'_>) {
        let came = !self.is_spared(look) && self.take(peer, with) > 0;
        self.looks.ended(look, came);
        self.watch_source(with);
    }

    /// Relayed packets are looked for twice in a turn and come once, in the same half again and again: then the other half
    /// needs no look, as long as this turn's packet has come.
    fn is_spared(&self, look: Look) -> bool {
        self.relayed && !self.crowded && !self.is_thorough() && self.looks.is_idle(look)
    }

    fn is_thorough(&self) -> bool {
        self.turns.is_multiple_of(4)
    }

    /// The number of datagrams taken.
    fn take(&mut self, mut peer: Option<&mut Self>, with: &Surroundings<'_>) -> usize {
        let mut buffer = [0_u8; DATAGRAM_MAX];
        let limit = self.drain_limit();
        let mut taken = 0;
        for _ in 0..limit {
            match self.next_datagram(&mut buffer) {
                Ok((n, from)) => {
                    taken += 1;
                    if let Some(n) = self.arrived(&mut buffer, n, from, with) {
                        self.datagram(&buffer[..n], from, peer.as_deref_mut(), with);
                    }
                }
                Err(e) if e.kind() == std::io::ErrorKind::WouldBlock => break,
                // An ICMP error of an earlier send; it is consumed by being read.
                Err(_) => {}
            }
        }
        if limit == DRAIN_MAX {
            self.crowded = taken > CALM_MAX;
        }
        taken
    }

    /// One packet a turn is what comes. Where nobody waits for its sound, a second one is asked for (which costs a call to
    /// the system) every fourth turn only, unless more comes than that takes away.
    fn drain_limit(&self) -> usize {
        let urgent = self.crowded || self.hearing.is_some() || self.latch.is_none_or(|l| l.is_empty());
        if urgent || self.is_thorough() { DRAIN_MAX } else { 1 }
    }

    fn next_datagram(&self, buffer: &mut [u8]) -> std::io::Result<(usize, SocketAddr)> {
        match self.latch.as_ref().filter(|_| self.connected) {
            Some(latch) => self.sockets.rtp.recv(buffer).map(|n| (n, latch.target())),
            None => self.sockets.rtp.recv_from(buffer).map(|(n, from)| (n, plain(from))),
        }
    }

    /// Whether keys heard on the leg are the far end's: a source nobody named must have stood first.
    pub fn presses_keys(&self, now_ms: u64) -> bool {
        self.shield.proves_origin() || self.latch.is_some_and(|l| l.may_press_keys(now_ms))
    }

    fn datagram(&mut self, datagram: &[u8], from: SocketAddr, peer: Option<&mut Self>, with: &Surroundings<'_>) {
        let packet = match Packet::parse(datagram) {
            Ok(p) => p,
            Err(RtpError::Rtcp) => {
                if self.latch.is_some_and(|l| l.target() == from) {
                    self.report_came(datagram, ntp_now(), with);
                }
                return;
            }
            Err(_) => return bump(&with.counters.rejects, 1),
        };
        let (Some(remote), Some(latch)) = (self.remote, self.latch.as_mut()) else { return };
        let is_digit = [remote.dtmf_payload_type, remote.dtmf_also].contains(&Some(packet.payload_type));
        let codec = remote.codec_of(packet.payload_type).filter(|_| !is_digit);
        let is_noise = !is_digit && codec.is_none() && packet.payload_type == comfort::PAYLOAD_TYPE;
        if !is_digit && codec.is_none() && !is_noise {
            return bump(&with.counters.rejects, 1);
        }
        let verdict = if self.shield.has_ice() {
            latch.vouched(from, packet.ssrc, with.now_ms)
        } else {
            latch.judge(from, packet.ssrc, with.now_ms)
        };
        match verdict {
            Verdict::Stranger => {
                self.strangers += 1;
                return bump(&with.counters.strangers, 1);
            }
            Verdict::New => {
                self.release();
                with.say(MediaEvent::Latched { leg: self.id, addr: from });
            }
            Verdict::Known => {}
        }
        if is_digit && !self.presses_keys(with.now_ms) {
            self.strangers += 1;
            return bump(&with.counters.strangers, 1);
        }
        bump(&with.counters.received, 1);
        self.heard_ms = with.now_ms;
        self.timed_out = false;
        let clock = codec.unwrap_or(remote.codec).clock();
        self.stats.on_packet(&packet, with.now_ms * u64::from(clock / 1_000), codec.is_some());
        match codec {
            None if is_noise => self.noise_packet(&packet),
            None => self.event_packet(&packet, peer, with),
            Some(codec) if remote.direction.receives() => self.sound_packet(&packet, codec, peer, with),
            Some(_) => {}
        }
    }

    /// The far end has nothing to say and sends how its silence sounds, which is played and not passed on.
    fn noise_packet(&mut self, packet: &Packet<'_>) {
        if let Some(hearing) = &mut self.hearing {
            hearing.noise(packet);
        }
    }

    fn sound_packet(&mut self, packet: &Packet<'_>, codec: Codec, peer: Option<&mut Self>, with: &Surroundings<'_>) {
        if self.arriving != Some(codec) {
            self.arriving = Some(codec);
            // Packets of another codec cannot be relayed any more, or can be again.
            self.changed = true;
        }
        if let Some(hearing) = &mut self.hearing
            && !hearing.push(packet, codec)
        {
            bump(&with.counters.rejects, 1);
        }
        if let Some(peer) = peer.filter(|p| self.relayed && p.remote.is_some_and(|r| r.codec == codec)) {
            peer.relay(packet, Some(codec), with);
        }
    }

    fn event_packet(&mut self, packet: &Packet<'_>, peer: Option<&mut Self>, with: &Surroundings<'_>) {
        let digit = self.digits_in.on_packet(packet.ssrc, packet.marker, packet.timestamp, packet.payload);
        if let Some(digit) = digit {
            with.say(MediaEvent::Digit { leg: self.id, digit });
        }
        // Events come every 20 or 50 ms.
        self.key_until_ms = with.now_ms + 60;
        if let Some(hearing) = &mut self.hearing {
            hearing.pass(packet);
        }
        let Some(peer) = peer else { return };
        let same_clock = self.remote.is_some_and(|r| r.dtmf_payload_type == Some(packet.payload_type));
        if self.relayed && same_clock {
            peer.relay(packet, None, with);
        } else if let Some(digit) = digit.filter(|_| peer.digits_out.is_none()) {
            peer.send_digits(None, digit.encode_utf8(&mut [0; 4]), with);
        }
    }

    /// Sends a packet of the peer on to our far end; `codec` is `None` for telephone-events.
    fn relay(&mut self, packet: &Packet<'_>, codec: Option<Codec>, with: &Surroundings<'_>) {
        let Some(remote) = self.remote.filter(|r| r.direction.sends()) else { return };
        let Some(payload_type) = codec.map_or(remote.dtmf_payload_type, |_| Some(remote.payload_type)) else { return };
        let Some(n) = self.out.relayed(packet, payload_type, codec.map(|c| c.samples_in(packet.payload))) else { return };
        self.transmit(n, with);
    }

    /// Connects the socket once the source is settled, and lets go of it when it has fallen silent.
    fn watch_source(&mut self, with: &Surroundings<'_>) {
        let (Some(remote), Some(latch)) = (self.remote, self.latch) else { return };
        let settled = latch.is_settled(with.now_ms);
        if settled && !self.connected {
            self.connected = self.sockets.rtp.connect(self.sockets.reach(latch.target())).is_ok();
        } else if !settled && self.connected {
            self.release();
        }
        let silent_ms = with.now_ms.saturating_sub(self.heard_ms);
        let limit = remote.timeout_ms.filter(|_| remote.direction.receives());
        let quiet = limit.is_some() && silent_ms >= QUIET_MS;
        if quiet != self.quiet {
            self.quiet = quiet;
            with.say(MediaEvent::Quiet { leg: self.id, on: quiet });
        }
        if !self.timed_out && limit.is_some_and(|l| silent_ms >= u64::from(l)) {
            self.timed_out = true;
            with.say(MediaEvent::TimedOut { leg: self.id });
        }
    }

    /// Sends the first `n` octets of the outgoing buffer.
    pub fn transmit(&mut self, n: usize, with: &Surroundings<'_>) {
        let Some(latch) = &self.latch else { return };
        let Some(sealed) = self.shield.seal_rtp(self.out.buffer(), n) else { return };
        let packet = self.out.packet(sealed);
        let outcome = if self.connected {
            self.sockets.rtp.send(packet)
        } else {
            self.sockets.rtp.send_to(packet, self.sockets.reach(latch.target()))
        };
        if outcome.is_ok() {
            self.out.sent(n);
            bump(&with.counters.sent, 1);
        } else {
            bump(&with.counters.send_errors, 1);
        }
    }

    /// Ends everything and says so; the ports are free before `Closed` is heard.
    pub fn close(mut self, with: &Surroundings<'_>) {
        self.end_play(PlayOutcome::Stopped, with);
        self.end_digits(with);
        self.shield.close(self.id, with);
        let recorded = !self.taps.is_empty();
        for tap in std::mem::take(&mut self.taps) {
            tap.close(self.id, with.writer);
        }
        let (leg, stats) = (self.id, self.media_stats());
        drop(self);
        let closed = MediaEvent::Closed { leg, stats: stats.clone() };
        // Behind the writer's queue, so that RecordDone comes first.
        if recorded {
            with.say(MediaEvent::Measured { leg, stats });
            let _ = with.writer.send(WriteJob::Announce(Box::new(closed)));
        } else {
            with.say(closed);
        }
    }
}
