//! A pacing thread: its legs, their places on the wheel of 20 sub-ticks, and the clock.

use super::{
    api::{MediaEvent, RemoteRtp},
    coders::Coders,
    counters::{WorkerCounters, bump},
    leg::{Leg, Surroundings},
    loader::{LoadJob, Sound},
    mixing::Mix,
    secure::{HandshakeLink, Keying, Outcome},
    sys,
    writer::WriteJob,
};
use media::record::Format;
use model::{
    LegId, MixId, OpId,
    telephony::{Clip, Role},
};
use rtrb::{Consumer, Producer};
use std::{
    collections::HashMap,
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, atomic::Ordering::Relaxed, mpsc},
};

/// Sub-ticks of 1 ms on the wheel.
const SLOTS: usize = 20;
const TICK_NS: u64 = 1_000_000;
/// Commands wait no longer than this many sub-ticks.
const COMMAND_TICKS: u64 = 5;
/// Behind by more than this, the schedule is moved instead of caught up with.
const SLIP_NS: u64 = 500_000_000;
/// Commands held for a leg on its way from another thread.
const HELD_MAX: usize = 256;

pub enum WorkerCommand {
    /// A new leg, or one from another thread.
    Adopt(Box<Leg>),
    /// A leg is on its way from another thread; its commands wait.
    Expect(LegId),
    /// Give this leg to another thread.
    Surrender {
        leg: LegId,
        to: mpsc::Sender<Self>,
    },
    Leg(LegId, LegCommand),
    Bridge {
        a: LegId,
        b: LegId,
    },
    Join {
        mix: MixId,
        leg: LegId,
        role: Role,
    },
    Stop,
}

pub enum LegCommand {
    Connect(RemoteRtp),
    /// `peer` is where the SDP says the far end listens.
    Secure {
        keying: Box<Keying>,
        peer: SocketAddr,
    },
    /// From the thread of handshakes.
    Handshake(Box<Outcome>),
    Play {
        op: OpId,
        clips: Vec<Clip>,
    },
    /// From the loader; `None` when a file could not be opened.
    Loaded {
        op: OpId,
        sounds: Option<Vec<Sound>>,
    },
    StopPlay,
    /// Plays to everybody of the leg's mix.
    Announce {
        op: OpId,
        clips: Vec<Clip>,
    },
    /// Out of its bridge or mix.
    Leave,
    Mute(bool),
    Hold(bool),
    Record {
        op: OpId,
        path: PathBuf,
        format: Format,
    },
    StopRecord {
        op: OpId,
    },
    Digits {
        op: OpId,
        digits: String,
    },
    Listen {
        silence_ms: u32,
    },
    Tap(Producer<i16>),
    Untap,
    Steady(bool),
    Stream {
        op: OpId,
        ring: Consumer<i16>,
    },
    Close,
}

/// What a pacing thread shares with the others.
pub struct Links {
    pub commands: mpsc::Receiver<WorkerCommand>,
    pub events: mpsc::Sender<MediaEvent>,
    pub loader: mpsc::Sender<LoadJob>,
    pub writer: mpsc::Sender<WriteJob>,
    pub handshakes: HandshakeLink,
    pub coders: Coders,
    pub counters: Arc<WorkerCounters>,
}

pub struct Worker {
    links: Links,
    /// Places keep their number while a leg lives; free ones are used again.
    legs: Vec<Option<Box<Leg>>>,
    free: Vec<usize>,
    places: HashMap<LegId, (usize, usize)>,
    /// Legs that take their turn by themselves or beside a peer.
    wheel: [Vec<usize>; SLOTS],
    /// Legs that take it together.
    mixes: Vec<Mix>,
    expected: HashMap<LegId, Vec<WorkerCommand>>,
    stopping: bool,
}

impl Worker {
    pub fn new(links: Links) -> Self {
        Self {
            links,
            legs: Vec::new(),
            free: Vec::new(),
            places: HashMap::new(),
            wheel: std::array::from_fn(|_| Vec::new()),
            mixes: Vec::new(),
            expected: HashMap::new(),
            stopping: false,
        }
    }

    pub fn run(mut self) {
        let mut base = sys::now_ns();
        let mut tick = 0_u64;
        while !self.stopping {
            if self.places.is_empty() {
                // Nothing to pace: sleep until somebody asks for something.
                let Ok(command) = self.links.commands.recv() else { break };
                self.handle(command, sys::now_ns());
                (base, tick) = (sys::now_ns(), 0);
                continue;
            }
            while let Ok(command) = self.links.commands.try_recv() {
                self.handle(command, sys::now_ns());
            }
            let due = base + tick * TICK_NS;
            if sys::now_ns() < due {
                sys::sleep_until_ns(due);
            }
            let now = sys::now_ns();
            if now > due + SLIP_NS {
                base += now - due;
                bump(&self.links.counters.clock_slips, 1);
            }
            self.tick(tick, base + tick * TICK_NS, now);
            tick += self.ticks_to_next(tick);
        }
        let now = sys::now_ns();
        let open: Vec<LegId> = self.places.keys().copied().collect();
        for leg in open {
            self.close(leg, now);
        }
    }

    /// Empty sub-ticks are slept through.
    fn ticks_to_next(&self, tick: u64) -> u64 {
        (1..COMMAND_TICKS).find(|n| !self.is_empty_slot((tick + n) as usize)).unwrap_or(COMMAND_TICKS)
    }

    fn is_empty_slot(&self, tick: usize) -> bool {
        let (slot, other) = (tick % SLOTS, (tick + SLOTS / 2) % SLOTS);
        self.wheel[slot].is_empty()
            && self.wheel[other].is_empty()
            && self.mixes.iter().all(|m| m.slot != slot && m.slot != other)
    }

    fn tick(&mut self, tick: u64, due: u64, now: u64) {
        let slot = tick as usize % SLOTS;
        for n in 0..self.wheel[slot].len() {
            let index = self.wheel[slot][n];
            self.links.counters.late_by(sys::now_ns().saturating_sub(due));
            self.with_leg(index, now, |leg, peer, with| leg.turn(peer, with));
            self.refresh_if_changed(index);
        }
        self.mix(slot, due, now);
        // Relayed legs are looked at twice in 20 ms, which halves the delay of the relay; so are those whose payloads come
        // from another thread.
        let other = (slot + SLOTS / 2) % SLOTS;
        for n in 0..self.wheel[other].len() {
            let index = self.wheel[other][n];
            self.half_turn(index, now);
        }
        for n in 0..self.mixes.len() {
            let parties = if self.mixes[n].slot == other { self.mixes[n].len() } else { 0 };
            for k in 0..parties {
                self.half_turn(self.mixes[n].index(k), now);
            }
        }
    }

    fn half_turn(&mut self, index: usize, now: u64) {
        if self.legs[index].as_ref().is_some_and(|l| l.has_half_turns()) {
            self.with_leg(index, now, |leg, peer, with| leg.half_turn(peer, with));
        }
    }

    /// The turn of every mix of this slot.
    fn mix(&mut self, slot: usize, due: u64, now: u64) {
        let mixes = std::mem::take(&mut self.mixes);
        for mix in mixes.iter().filter(|m| m.slot == slot) {
            let late = sys::now_ns().saturating_sub(due);
            mix.indices().for_each(|_| self.links.counters.late_by(late));
            mix.turn(&mut self.legs, &surroundings(&self.links, now));
        }
        self.mixes = mixes;
        for n in 0..self.mixes.len() {
            if self.mixes[n].slot == slot {
                for k in 0..self.mixes[n].len() {
                    self.refresh_if_changed(self.mixes[n].index(k));
                }
            }
        }
    }

    /// Runs `f` on a leg with its peer beside it.
    fn with_leg(&mut self, index: usize, now: u64, f: impl FnOnce(&mut Leg, Option<&mut Leg>, &Surroundings<'_>)) {
        let Some(mut leg) = self.legs.get_mut(index).and_then(Option::take) else { return };
        let peer = leg.peer.and_then(|p| self.places.get(&p)).and_then(|(i, _)| self.legs[*i].as_deref_mut());
        let with = surroundings(&self.links, now);
        f(&mut leg, peer, &with);
        self.legs[index] = Some(leg);
    }

    fn handle(&mut self, command: WorkerCommand, now: u64) {
        if let Some(leg) = addressed(&command).into_iter().flatten().find(|l| self.expected.contains_key(l)) {
            let held = self.expected.entry(leg).or_default();
            if held.len() < HELD_MAX {
                held.push(command);
            }
            return;
        }
        match command {
            WorkerCommand::Adopt(leg) => self.adopt(leg, now),
            WorkerCommand::Expect(leg) => {
                self.expected.entry(leg).or_default();
            }
            WorkerCommand::Surrender { leg, to } => self.surrender(leg, &to),
            WorkerCommand::Bridge { a, b } => self.bridge(a, b),
            WorkerCommand::Join { mix, leg, role } => self.join(mix, leg, role),
            WorkerCommand::Leg(leg, LegCommand::Close) => self.close(leg, now),
            WorkerCommand::Leg(leg, LegCommand::Leave) => self.part(leg),
            WorkerCommand::Leg(leg, command) => {
                if let Some((index, _)) = self.places.get(&leg).copied() {
                    self.with_leg(index, now, |leg, _, with| leg.perform(command, with));
                    self.refresh(leg);
                }
            }
            WorkerCommand::Stop => self.stopping = true,
        }
    }

    fn adopt(&mut self, leg: Box<Leg>, now: u64) {
        let id = leg.id;
        let slot = self.quietest_slot();
        let index = self.free.pop().unwrap_or_else(|| {
            self.legs.push(None);
            self.legs.len() - 1
        });
        self.legs[index] = Some(leg);
        self.wheel[slot].push(index);
        self.places.insert(id, (index, slot));
        self.links.counters.legs.store(self.places.len() as u64, Relaxed);
        self.refresh(id);
        for command in self.expected.remove(&id).unwrap_or_default() {
            self.handle(command, now);
        }
    }

    fn quietest_slot(&self) -> usize {
        let mixed = |s: usize| self.mixes.iter().filter(|m| m.slot == s).map(Mix::len).sum::<usize>();
        (0..SLOTS).min_by_key(|s| self.wheel[*s].len() + mixed(*s)).unwrap_or(0)
    }

    fn remove(&mut self, id: LegId) -> Option<Box<Leg>> {
        self.part(id);
        let (index, slot) = self.places.remove(&id)?;
        self.wheel[slot].retain(|i| *i != index);
        self.free.push(index);
        self.links.counters.legs.store(self.places.len() as u64, Relaxed);
        self.legs[index].take()
    }

    fn surrender(&mut self, leg: LegId, to: &mpsc::Sender<WorkerCommand>) {
        // A leg that is gone has been closed, and its commands with it.
        if let Some(leg) = self.remove(leg) {
            let _ = to.send(WorkerCommand::Adopt(leg));
        }
    }

    fn close(&mut self, leg: LegId, now: u64) {
        if let Some(leg) = self.remove(leg) {
            leg.close(&surroundings(&self.links, now));
        }
    }

    fn bridge(&mut self, a: LegId, b: LegId) {
        if a == b || !self.places.contains_key(&a) || !self.places.contains_key(&b) {
            return;
        }
        self.part(a);
        self.part(b);
        for (leg, peer) in [(a, b), (b, a)] {
            if let Some(leg) = self.leg_mut(leg) {
                leg.peer = Some(peer);
            }
        }
        self.refresh(a);
    }

    /// Takes a leg into a mix, out of whatever it was in, or gives it another role there.
    fn join(&mut self, mix: MixId, leg: LegId, role: Role) {
        let Some((index, slot)) = self.places.get(&leg).copied() else { return };
        if !self.mixes.iter().any(|m| m.id == mix && m.has(leg)) {
            self.part(leg);
            let alone = self.places.get(&leg).map_or(slot, |p| p.1);
            self.wheel[alone].retain(|i| *i != index);
        }
        let slot = self.quietest_slot();
        let n = self.mixes.iter().position(|m| m.id == mix).unwrap_or_else(|| {
            self.mixes.push(Mix::new(mix, slot));
            self.mixes.len() - 1
        });
        self.mixes[n].join(leg, index, role);
        self.places.insert(leg, (index, self.mixes[n].slot));
        if let Some(leg) = self.leg_mut(leg) {
            leg.role = Some(role);
        }
        self.refresh(leg);
    }

    /// Out of its bridge or its mix; the others go on.
    fn part(&mut self, leg: LegId) {
        self.unbridge(leg);
        let Some(n) = self.mixes.iter().position(|m| m.has(leg)) else { return };
        self.mixes[n].leave(leg);
        if self.mixes[n].len() == 0 {
            self.mixes.swap_remove(n);
        }
        let slot = self.quietest_slot();
        if let Some(place) = self.places.get_mut(&leg) {
            place.1 = slot;
            self.wheel[slot].push(place.0);
        }
        if let Some(leg) = self.leg_mut(leg) {
            leg.role = None;
        }
        self.refresh(leg);
    }

    fn unbridge(&mut self, leg: LegId) {
        let Some(peer) = self.leg_mut(leg).and_then(|l| l.peer.take()) else { return };
        if let Some(p) = self.leg_mut(peer) {
            p.peer = None;
        }
        self.refresh(leg);
        self.refresh(peer);
    }

    fn leg_mut(&mut self, leg: LegId) -> Option<&mut Leg> {
        let (index, _) = self.places.get(&leg)?;
        self.legs[*index].as_deref_mut()
    }

    /// A play or digits that ended in this turn may let packets pass again.
    fn refresh_if_changed(&mut self, index: usize) {
        if let Some(leg) = self.legs[index].as_deref_mut().filter(|l| l.changed) {
            leg.changed = false;
            let id = leg.id;
            self.refresh(id);
        }
    }

    /// Decides whether a leg and its peer are relayed as packets or mixed as sound.
    fn refresh(&mut self, id: LegId) {
        let peer = self.leg_mut(id).and_then(|l| l.peer);
        // What comes in may be another negotiated codec than what goes out.
        let plain = |l: Option<&mut Leg>| {
            let leg = l.filter(|l| l.is_plain())?;
            leg.remote.filter(|r| leg.arriving.is_none_or(|c| c == r.codec))
        };
        let (ours, theirs) = (plain(self.leg_mut(id)), peer.and_then(|p| plain(self.leg_mut(p))));
        let relayed = matches!((ours, theirs), (Some(a), Some(b)) if may_relay(&a, &b));
        for leg in [Some(id), peer].into_iter().flatten() {
            if let Some(leg) = self.leg_mut(leg) {
                leg.relayed = relayed;
                // While packets pass through, so do keys in the sound.
                let keys = leg.tones_in.is_some() && !relayed;
                leg.set_listening(keys || leg.listens() || leg.is_heard() || (leg.peer.is_some() && !relayed));
            }
        }
    }
}

/// Whether packets of either leg suit the other as they are.
fn may_relay(a: &RemoteRtp, b: &RemoteRtp) -> bool {
    a.codec == b.codec && a.ptime_ms == b.ptime_ms && a.dtmf_payload_type.is_some() == b.dtmf_payload_type.is_some()
}

fn surroundings(links: &Links, now: u64) -> Surroundings<'_> {
    Surroundings {
        now_ms: now / 1_000_000,
        events: &links.events,
        loader: &links.loader,
        writer: &links.writer,
        handshakes: &links.handshakes,
        coders: &links.coders,
        counters: &links.counters,
    }
}

/// The legs whose arrival a command has to wait for. A leg may come, go and come again: the second `Expect` waits, too.
const fn addressed(command: &WorkerCommand) -> [Option<LegId>; 2] {
    match command {
        WorkerCommand::Leg(leg, _)
        | WorkerCommand::Join { leg, .. }
        | WorkerCommand::Surrender { leg, .. }
        | WorkerCommand::Expect(leg) => [Some(*leg), None],
        WorkerCommand::Bridge { a, b } => [Some(*a), Some(*b)],
        WorkerCommand::Adopt(_) | WorkerCommand::Stop => [None, None],
    }
}
