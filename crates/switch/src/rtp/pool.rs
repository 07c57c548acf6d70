//! The handle of the signalling side: knows on which thread each leg lives, and nothing else.

use super::{
    api::{LocalRtp, MediaConfig, MediaCounters, MediaError, MediaEvent, RemoteRtp},
    coders::{self, Coders},
    counters::WorkerCounters,
    leg::Leg,
    loader,
    mixing::PARTIES_MAX,
    outgoing::Outgoing,
    ports::{Ports, SocketPair},
    secure::{Fingerprint, HandshakeLink, Handshakes, Identity, Keying},
    sys,
    worker::{LegCommand, Links, Worker, WorkerCommand},
    writer::{WriteJob, Writer},
};
use media::record::Format;
use model::{
    LegId, MixId, OpId,
    telephony::{Clip, Role},
};
use parking_lot::Mutex;
use std::{
    collections::HashMap,
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Weak, mpsc},
    thread::{self, JoinHandle},
};

/// Where commands for a leg go. The lock is held while a command is queued, so that the order of commands for one leg is
/// the order in which they were given, even while the leg changes threads.
pub struct Router {
    workers: Vec<mpsc::Sender<WorkerCommand>>,
    homes: Mutex<Homes>,
}

/// On which thread each leg and each mix lives, and who is in which mix.
#[derive(Default)]
struct Homes {
    legs: HashMap<LegId, usize>,
    mixes: HashMap<MixId, (usize, usize)>,
    mix_of: HashMap<LegId, MixId>,
}

impl Homes {
    /// A mix that nobody is in any more is forgotten, here as on its thread.
    fn part(&mut self, leg: LegId) {
        let Some(mix) = self.mix_of.remove(&leg) else { return };
        if let Some((_, parties)) = self.mixes.get_mut(&mix) {
            *parties -= 1;
            if *parties == 0 {
                self.mixes.remove(&mix);
            }
        }
    }
}

impl Router {
    pub fn to_leg(&self, leg: LegId, command: impl FnOnce(LegId) -> WorkerCommand) {
        let homes = self.homes.lock();
        if let Some(home) = homes.legs.get(&leg) {
            let _ = self.workers[*home].send(command(leg));
        }
    }

    fn close(&self, leg: LegId) {
        let mut homes = self.homes.lock();
        homes.part(leg);
        if let Some(home) = homes.legs.remove(&leg) {
            let _ = self.workers[home].send(WorkerCommand::Leg(leg, LegCommand::Close));
        }
    }

    /// Brings both legs to the thread of `a` and joins them there.
    fn bridge(&self, a: LegId, b: LegId) {
        let mut homes = self.homes.lock();
        let (Some(to), true) = (homes.legs.get(&a).copied(), homes.legs.contains_key(&b)) else { return };
        homes.part(a);
        homes.part(b);
        self.bring(&mut homes, b, to);
        let _ = self.workers[to].send(WorkerCommand::Bridge { a, b });
    }

    /// Moves a leg to another thread, with the commands that follow it.
    fn bring(&self, homes: &mut Homes, leg: LegId, to: usize) {
        let Some(from) = homes.legs.insert(leg, to).filter(|from| *from != to) else { return };
        let _ = self.workers[to].send(WorkerCommand::Expect(leg));
        let _ = self.workers[from].send(WorkerCommand::Surrender { leg, to: self.workers[to].clone() });
    }

    /// Brings the leg to the thread of the mix; a new mix begins on the leg's.
    fn join(&self, mix: MixId, leg: LegId, role: Role) {
        let mut homes = self.homes.lock();
        let Some(home) = homes.legs.get(&leg).copied() else { return };
        if homes.mix_of.get(&leg) != Some(&mix) {
            if homes.mixes.get(&mix).is_some_and(|(_, parties)| *parties >= PARTIES_MAX) {
                tracing::warn!(%mix, %leg, "a conversation has {PARTIES_MAX} parties already; one more stays out");
                return;
            }
            homes.part(leg);
            homes.mixes.entry(mix).or_insert((home, 0)).1 += 1;
            homes.mix_of.insert(leg, mix);
        }
        let to = homes.mixes[&mix].0;
        self.bring(&mut homes, leg, to);
        let _ = self.workers[to].send(WorkerCommand::Join { mix, leg, role });
    }

    fn leave(&self, leg: LegId) {
        let mut homes = self.homes.lock();
        homes.part(leg);
        if let Some(home) = homes.legs.get(&leg) {
            let _ = self.workers[*home].send(WorkerCommand::Leg(leg, LegCommand::Leave));
        }
    }

    /// Puts a new leg on the thread with the fewest.
    fn place(&self, leg: Leg) -> Result<(), MediaError> {
        let mut homes = self.homes.lock();
        if homes.legs.contains_key(&leg.id) {
            return Err(MediaError::LegExists(leg.id));
        }
        let mut load = vec![0_usize; self.workers.len()];
        homes.legs.values().for_each(|h| load[*h] += 1);
        let home = (0..load.len()).min_by_key(|w| load[*w]).unwrap_or(0);
        homes.legs.insert(leg.id, home);
        let _ = self.workers[home].send(WorkerCommand::Adopt(Box::new(leg)));
        Ok(())
    }
}

struct Shared {
    config: MediaConfig,
    ports: Ports,
    router: Arc<Router>,
    fingerprint: Fingerprint,
    counters: Vec<Arc<WorkerCounters>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

/// All media of this process. Cheap to clone; the threads end with [`Self::shutdown`] or with the last clone.
#[derive(Clone)]
pub struct MediaPool {
    shared: Arc<Shared>,
}

impl Drop for Shared {
    fn drop(&mut self) {
        for w in &self.router.workers {
            let _ = w.send(WorkerCommand::Stop);
        }
    }
}

impl MediaPool {
    /// Starts the pacing threads, the loader and the writer.
    ///
    /// # Errors
    /// The port range is unusable or a thread cannot be started.
    pub fn start(config: MediaConfig) -> Result<(Self, mpsc::Receiver<MediaEvent>), MediaError> {
        sys::raise_file_limit();
        let ports = Ports::new(config.bind, config.port_min, config.port_max)?;
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let count = if config.workers == 0 { cores } else { config.workers };
        let (events, heard) = mpsc::channel();
        let (writer, write_jobs) = mpsc::channel::<WriteJob>();
        let (load, load_jobs) = mpsc::channel();
        let (handshakes, handshake_jobs) = HandshakeLink::new();
        let identity = Identity::generate().map_err(MediaError::Identity)?;
        let fingerprint = identity.fingerprint.clone();
        let (coders, seats) = Coders::new(cores);
        for (n, seats) in seats.into_iter().enumerate() {
            // Not waited for at the end: a coder goes when the last leg has.
            spawn(format!("rtp-coder-{n}"), move || coders::run(&seats))?;
        }
        let (workers, receivers): (Vec<_>, Vec<_>) = (0..count).map(|_| mpsc::channel()).unzip();
        let counters: Vec<Arc<WorkerCounters>> = (0..count).map(|_| Arc::default()).collect();
        let router = Arc::new(Router { workers, homes: Mutex::default() });
        let mut threads = Vec::new();
        for (n, commands) in receivers.into_iter().enumerate() {
            let links = Links {
                commands,
                events: events.clone(),
                loader: load.clone(),
                writer: writer.clone(),
                handshakes: handshakes.clone(),
                coders: coders.clone(),
                counters: Arc::clone(&counters[n]),
            };
            let realtime = config.realtime;
            threads.push(spawn(format!("rtp-{n}"), move || {
                enter_real_time(realtime, n);
                Worker::new(links).run();
            })?);
        }
        drop((coders, load, writer, handshakes));
        let weak: Weak<Router> = Arc::downgrade(&router);
        let dtls = Handshakes::new(handshake_jobs, weak.clone(), identity).map_err(MediaError::Handshakes)?;
        threads.push(spawn("rtp-dtls".into(), move || dtls.run())?);
        threads.push(spawn("rtp-loader".into(), move || loader::run(&load_jobs, &weak))?);
        let published = counters.clone();
        let publish = Box::new(move || publish(&sum(&published)));
        threads.push(spawn("rtp-writer".into(), move || Writer::new(events, publish).run(&write_jobs))?);
        let shared = Shared { config, ports, router, fingerprint, counters, threads: Mutex::new(threads) };
        Ok((Self { shared: Arc::new(shared) }, heard))
    }

    /// Binds a pair of ports for a new leg and starts to receive on it.
    ///
    /// # Errors
    /// No port is free, or the leg already has media.
    pub fn open(&self, leg: LegId) -> Result<LocalRtp, MediaError> {
        let sockets = self.shared.ports.open()?;
        let port = sockets.port();
        // RFC 3711 §3.3.1: far from the wrap, so that both ends count its rollovers alike from the first packet on.
        let out = Outgoing::new(rand::random(), rand::random::<u16>() >> 1, rand::random());
        self.shared.router.place(Leg::new(leg, sockets, out, self.shared.config.relatch_silence_ms))?;
        Ok(LocalRtp { port })
    }

    /// A pair of ports for something that is no RTP (T.38), bound and marked like a leg's.
    ///
    /// # Errors
    /// No port is free.
    pub fn open_pair(&self) -> Result<SocketPair, MediaError> {
        self.shared.ports.open()
    }

    fn tell(&self, leg: LegId, command: LegCommand) {
        self.shared.router.to_leg(leg, |leg| WorkerCommand::Leg(leg, command));
    }

    /// The outcome of an SDP exchange, first or later. Another address unlocks the source; the same one keeps it.
    pub fn connect(&self, leg: LegId, remote: RemoteRtp) {
        self.tell(leg, LegCommand::Connect(remote));
    }

    /// How the leg's media is protected from now on; told before [`Self::connect`], and again at every SDP change. `peer` is
    /// where the SDP says the far end listens.
    pub fn secure(&self, leg: LegId, keying: Keying, peer: SocketAddr) {
        self.tell(leg, LegCommand::Secure { keying: Box::new(keying), peer });
    }

    /// Of our DTLS certificate, for SDP.
    pub fn fingerprint(&self) -> &Fingerprint {
        &self.shared.fingerprint
    }

    /// Plays clips without a gap between them; replaces a running play. Waits for the first `connect`.
    pub fn play(&self, leg: LegId, op: OpId, clips: Vec<Clip>) {
        self.tell(leg, LegCommand::Play { op, clips });
    }

    pub fn stop_play(&self, leg: LegId) {
        self.tell(leg, LegCommand::StopPlay);
    }

    /// Joins two legs; each leaves whom it was with before, in a bridge or a mix.
    pub fn bridge(&self, a: LegId, b: LegId) {
        self.shared.router.bridge(a, b);
    }

    /// Out of its bridge or its mix; the others of a mix go on.
    pub fn leave(&self, leg: LegId) {
        self.shared.router.leave(leg);
    }

    /// Takes a leg into a conversation of many, out of whatever it was in; joining again changes its role. A mix begins with
    /// its first party and ends with its last, and takes 500. Digits are not heard in it.
    pub fn join(&self, mix: MixId, leg: LegId, role: Role) {
        self.shared.router.join(mix, leg, role);
    }

    /// As [`Self::play`], but heard by everybody in the leg's mix. Ends as Stopped when the leg leaves; outside a mix it is
    /// a plain play.
    pub fn announce(&self, leg: LegId, op: OpId, clips: Vec<Clip>) {
        self.tell(leg, LegCommand::Announce { op, clips });
    }

    /// Whether the others of its bridge or mix hear the leg. It is still recorded, tapped and its digits are reported.
    pub fn mute(&self, leg: LegId, on: bool) {
        self.tell(leg, LegCommand::Mute(on));
    }

    /// Sets the leg aside: it neither hears the others nor is heard by them, but hears what is played to it.
    pub fn hold(&self, leg: LegId, on: bool) {
        self.tell(leg, LegCommand::Hold(on));
    }

    /// Records to a stereo A-law WAV. Several recordings of one leg may run at once, told apart by `op`.
    pub fn record(&self, leg: LegId, op: OpId, path: PathBuf, format: Format) {
        self.tell(leg, LegCommand::Record { op, path, format });
    }

    pub fn stop_record(&self, leg: LegId, op: OpId) {
        self.tell(leg, LegCommand::StopRecord { op });
    }

    /// Sends digits as telephone-events, or as tones where the far end takes none.
    pub fn send_digits(&self, leg: LegId, op: OpId, digits: &str) {
        self.tell(leg, LegCommand::Digits { op, digits: digits.to_owned() });
    }

    /// Reports activity from now on; asked again it starts over.
    pub fn listen(&self, leg: LegId, silence_ms: u32) {
        self.tell(leg, LegCommand::Listen { silence_ms });
    }

    /// Gives a copy of what the far end says to another thread: 8 kHz, 160 samples every 20 ms from now on without a gap
    /// (silence where nothing came), until [`Self::untap`], the end of the leg or the end of the consumer. The pacing
    /// thread never waits: a frame that finds no room is dropped whole and counted in
    /// [`MediaCounters::tap_samples_dropped`]. The consumer sees the end as `is_abandoned`. A leg takes six taps at once.
    pub fn tap(&self, leg: LegId, ring: rtrb::Producer<i16>) {
        self.tell(leg, LegCommand::Tap(ring));
    }

    /// For a modem on the line: what the far end says keeps one delay of 120 ms, whatever the network does.
    pub fn steady(&self, leg: LegId, on: bool) {
        self.tell(leg, LegCommand::Steady(on));
    }

    /// Ends every tap of the leg.
    pub fn untap(&self, leg: LegId) {
        self.tell(leg, LegCommand::Untap);
    }

    /// Plays 8 kHz samples from a ring, as [`Self::play`] plays clips: it replaces a running play, is mixed above a bridge,
    /// and ends as Stopped by another play or [`Self::stop_play`] (the producer sees `is_abandoned`). An empty ring is
    /// silence; `PlayDone` as Finished follows when the producer is dropped and everything was played. Its `played_ms`
    /// counts samples of the ring only, not the silence between them.
    pub fn stream(&self, leg: LegId, op: OpId, ring: rtrb::Consumer<i16>) {
        self.tell(leg, LegCommand::Stream { op, ring });
    }

    /// Ends the leg's media; `Closed` is its last event.
    pub fn close(&self, leg: LegId) {
        self.shared.router.close(leg);
    }

    pub fn counters(&self) -> MediaCounters {
        sum(&self.shared.counters)
    }

    /// Closes every leg, finishes the recordings and waits for the threads.
    pub fn shutdown(&self) {
        for w in &self.shared.router.workers {
            let _ = w.send(WorkerCommand::Stop);
        }
        *self.shared.router.homes.lock() = Homes::default();
        let threads = std::mem::take(&mut *self.shared.threads.lock());
        for t in threads {
            if t.join().is_err() {
                tracing::error!("a media thread panicked");
            }
        }
    }
}

fn spawn(name: String, body: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, MediaError> {
    thread::Builder::new().name(name).spawn(body).map_err(MediaError::Thread)
}

fn enter_real_time(wanted: bool, n: usize) {
    if wanted
        && let Err(e) = sys::run_in_real_time()
        && n == 0
    {
        tracing::warn!(error = %e, "media threads run without real-time priority; packets may be late under load (allow it with CAP_SYS_NICE or LimitRTPRIO=10)");
    }
}

fn sum(counters: &[Arc<WorkerCounters>]) -> MediaCounters {
    let mut total = MediaCounters::default();
    counters.iter().for_each(|c| c.add_to(&mut total));
    total
}

fn publish(c: &MediaCounters) {
    metrics::counter!("fengling_rtp_packets_sent_total").absolute(c.packets_sent);
    metrics::counter!("fengling_rtp_packets_received_total").absolute(c.packets_received);
    metrics::counter!("fengling_rtp_late_packets_total").absolute(c.lateness[6..].iter().sum());
    metrics::counter!("fengling_rtp_strangers_total").absolute(c.strangers);
    metrics::counter!("fengling_rtp_rejects_total").absolute(c.rejects);
    metrics::counter!("fengling_rtp_forged_total").absolute(c.forged);
    metrics::counter!("fengling_rtp_replayed_total").absolute(c.replayed);
    metrics::counter!("fengling_rtp_send_errors_total").absolute(c.send_errors);
    metrics::counter!("fengling_rtp_clock_slips_total").absolute(c.clock_slips);
    metrics::counter!("fengling_record_blocks_dropped_total").absolute(c.record_blocks_dropped);
    metrics::counter!("fengling_rtp_tap_samples_dropped_total").absolute(c.tap_samples_dropped);
    metrics::counter!("fengling_rtp_frames_not_encoded_total").absolute(c.frames_not_encoded);
    metrics::gauge!("fengling_rtp_legs").set(c.legs as f64);
}
