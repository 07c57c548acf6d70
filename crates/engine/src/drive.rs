//! The loop that owns the floor, and the handle that other rooms hold.

use crate::clock::Clock;
use crate::live::{CampaignGauge, Change, Live};
use crate::load::Loader;
use crate::people::Asked;
use crate::perform::Performer;
use crate::writer::Writer;
pub(crate) use desk::now;
use floor::{Floor, FloorConfig, Input, Output};
use model::desk::QueueLive;
use model::settings::Settings;
use model::telephony::Event;
use model::{QueueId, TenantId};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::Store;
use switch::Switch;
use tokio::sync::{mpsc, watch};

/// Inputs taken in one turn before outputs are performed: enough to batch, few enough to stay prompt.
const TURN_MAX: usize = 256;
const LIVE_EVERY: Duration = Duration::from_millis(500);

#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    #[error("the configuration could not be read from the store: {0}")]
    Load(store::StoreError),
}

/// What the engine drives.
pub struct Parts {
    pub store: Store,
    pub switch: Switch,
    pub events: mpsc::UnboundedReceiver<Event>,
    pub speech: desk::prompt::SpeechCache,
    pub recordings_dir: PathBuf,
    pub floor: FloorConfig,
    pub client: connect::Client,
    /// Where the operator keeps models of recognisers that run on this machine.
    pub speech_models_dir: Option<PathBuf>,
}

/// What reaches the loop besides telephony.
pub(crate) enum Message {
    Input(Box<Input>),
    /// Settings also serve the engine itself: the voice of a tenant.
    Settings(TenantId, Arc<Settings>),
}

pub(crate) type Inbox = mpsc::UnboundedSender<Message>;

pub(crate) fn feed(inbox: &Inbox, input: Input) {
    // A closed inbox means that the engine has stopped; nobody is left to be told.
    let _ = inbox.send(Message::Input(Box::new(input)));
}

/// A running engine. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Engine {
    changes: mpsc::UnboundedSender<Change>,
    pub(crate) inbox: Inbox,
    live: watch::Receiver<Arc<Live>>,
    idle: watch::Receiver<bool>,
    pub(crate) switch: Option<Switch>,
    pub(crate) asked: Asked,
}

impl Engine {
    /// Reads the configuration and starts dialling. The books of a run that was killed must be closed before
    /// (`Store::recover`), or its leads stay as they were.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn start(parts: Parts) -> Result<Self, EngineError> {
        let (inbox, messages) = mpsc::unbounded_channel();
        let (changes, changed) = mpsc::unbounded_channel();
        let (live_tx, live) = watch::channel(Arc::new(Live::default()));
        let (idle_tx, idle) = watch::channel(false);
        let mut loader = Loader::new(parts.store.clone(), parts.switch.clone(), inbox.clone());
        loader.load_all().await.map_err(EngineError::Load)?;
        let writer = Writer::spawn(parts.store.clone(), inbox.clone(), changes.clone());
        let asked = Asked::default();
        let performer = Performer::new(&parts, inbox.clone(), writer);
        let switch = parts.switch.clone();
        tokio::spawn(crate::phones::save(parts.store.clone(), switch.clone(), idle.clone()));
        let drive = Drive {
            clock: Clock::new(now()),
            floor: Floor::new(parts.floor),
            performer,
            switch: parts.switch.clone(),
            live: live_tx,
            idle: idle_tx,
            asked: asked.clone(),
            bus: parts.store.bus().clone(),
            queues: BTreeMap::new(),
            draining: false,
        };
        if let Some(traces) = parts.switch.traces() {
            crate::traces::spawn(parts.store.clone(), traces);
        }
        tokio::spawn(loader.run(changed));
        tokio::spawn(drive.run(parts.events, messages));
        Ok(Self { changes, inbox, live, idle, switch: Some(switch), asked })
    }

    /// Call after the store has been written; never blocks. The engine re-reads and tells the floor.
    pub fn changed(&self, change: Change) {
        let _ = self.changes.send(change);
    }

    /// A snapshot for screens, at most one second old.
    pub fn live(&self) -> Arc<Live> {
        self.live.borrow().clone()
    }

    /// Dials nothing more, lets calls end until `grace` has passed, hangs up the rest and waits until all facts are stored
    /// (at most ten seconds longer).
    pub async fn drain(&self, grace: Duration) {
        let grace_ms = i64::try_from(grace.as_millis()).unwrap_or(i64::MAX);
        feed(&self.inbox, Input::Drain { until: now().plus_ms(grace_ms) });
        let mut idle = self.idle.clone();
        let wait = grace + Duration::from_secs(10);
        if tokio::time::timeout(wait, idle.wait_for(|idle| *idle)).await.is_err() {
            tracing::error!("calls or facts were still open at the end of the grace; recovery closes them at the next start");
        }
    }

    /// A handle for tests of the rooms above: accepts changes and does nothing.
    pub fn detached() -> Self {
        let (changes, _) = mpsc::unbounded_channel();
        let (inbox, _) = mpsc::unbounded_channel();
        let (_, live) = watch::channel(Arc::new(Live::default()));
        let (_, idle) = watch::channel(true);
        Self { changes, inbox, live, idle, switch: None, asked: Asked::default() }
    }
}

struct Drive {
    clock: Clock,
    floor: Floor,
    performer: Performer,
    switch: Switch,
    live: watch::Sender<Arc<Live>>,
    idle: watch::Sender<bool>,
    asked: Asked,
    bus: store::Bus,
    /// Groups as boards were told last.
    queues: BTreeMap<QueueId, QueueLive>,
    draining: bool,
}

impl Drive {
    async fn run(mut self, mut events: mpsc::UnboundedReceiver<Event>, mut messages: mpsc::UnboundedReceiver<Message>) {
        let mut live = tokio::time::interval(LIVE_EVERY);
        live.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut switch_gone = false;
        loop {
            let wait = self.wait();
            tokio::select! {
                event = events.recv(), if !switch_gone => match event {
                    Some(event) => self.telephony(event),
                    None => switch_gone = true,
                },
                message = messages.recv() => match message {
                    Some(message) => self.message(message),
                    None => return,
                },
                () = tokio::time::sleep(wait) => self.give(Input::Tick),
                _ = live.tick() => self.show(),
            }
            self.take_ready(&mut events, &mut messages);
            self.perform();
        }
    }

    /// Takes what has come meanwhile, so that one turn decides and writes for many calls.
    fn take_ready(&mut self, events: &mut mpsc::UnboundedReceiver<Event>, messages: &mut mpsc::UnboundedReceiver<Message>) {
        for _ in 0..TURN_MAX {
            match (events.try_recv(), messages.try_recv()) {
                (Err(_), Err(_)) => return,
                (event, message) => {
                    if let Ok(event) = event {
                        self.telephony(event);
                    }
                    if let Ok(message) = message {
                        self.message(message);
                    }
                }
            }
        }
    }

    fn give(&mut self, input: Input) {
        let now = self.clock.now(now(), Instant::now());
        if let Some(behind_ms) = self.clock.news() {
            tracing::warn!(behind_ms, "the clock was put back, or has caught up: calling hours go by it, waits do not");
            self.floor.handle(now, Input::Clock { behind_ms });
        }
        self.floor.handle(now, input);
    }

    fn wait(&mut self) -> Duration {
        let now = self.clock.now(now(), Instant::now());
        let ms = self.floor.next_deadline().map_or(1_000, |at| at.since_ms(now).min(1_000));
        Duration::from_millis(u64::try_from(ms).unwrap_or(0))
    }

    fn telephony(&mut self, event: Event) {
        metrics::counter!("fengling_telephony_events_total").increment(1);
        if let Event::Ended { leg, .. } = &event {
            self.performer.leg_gone(*leg);
        }
        self.give(Input::Telephony(event));
    }

    fn message(&mut self, message: Message) {
        match message {
            Message::Input(input) => {
                self.draining |= matches!(*input, Input::Drain { .. });
                self.give(*input);
            }
            Message::Settings(tenant, settings) => {
                self.performer.settings(tenant, settings.clone());
                self.give(Input::Settings { tenant, settings });
            }
        }
    }

    fn perform(&mut self) {
        let mut told = Vec::new();
        while let Some(output) = self.floor.poll_output() {
            match output {
                Output::Told { op, outcome } => told.push((op, outcome)),
                output => self.performer.perform(output),
            }
        }
        if !told.is_empty() {
            // Whoever asked finds what came of it.
            self.show();
        }
        for (op, outcome) in told {
            self.asked.tell(op, outcome);
        }
        if self.draining {
            self.idle.send_if_modified(|idle| !std::mem::replace(idle, self.floor.is_idle()) && *idle);
        }
    }

    fn show(&mut self) {
        let floor = self.floor.live();
        let campaigns: BTreeMap<_, _> = floor.campaigns.into_iter().map(|(id, g)| (id, gauge(g))).collect();
        let degraded = (floor.unsaved > 100).then(|| format!("{} ended calls wait for the store", floor.unsaved));
        metrics::gauge!("fengling_calls").set(f64::from(floor.calls));
        metrics::gauge!("fengling_unsaved_calls").set(f64::from(floor.unsaved));
        let tenants = self.floor.tenants_with_agents();
        let agents = tenants.iter().map(|t| (*t, self.floor.agents_live(*t))).collect();
        let queues: BTreeMap<TenantId, Vec<QueueLive>> = tenants.iter().map(|t| (*t, self.floor.queues_live(*t))).collect();
        let desks = self.floor.signed_in().into_iter().filter_map(|a| Some((a, self.floor.desk_view(a)?))).collect();
        self.tell_boards(&queues);
        let (trunks, calls) = (self.switch.trunk_states(), floor.calls);
        let calibrations = self.floor.calibrations();
        let live = Live { campaigns, trunks, calls, agents, queues, desks, calibrations, degraded };
        self.live.send_replace(Arc::new(live));
    }
}

impl Drive {
    /// Groups that have changed since boards were told.
    fn tell_boards(&mut self, queues: &BTreeMap<TenantId, Vec<QueueLive>>) {
        for (tenant, queue) in queues.iter().flat_map(|(t, all)| all.iter().map(move |q| (*t, q))) {
            if self.queues.get(&queue.queue_id) == Some(queue) {
                continue;
            }
            self.queues.insert(queue.queue_id, queue.clone());
            let data = serde_json::to_value(queue).unwrap_or_default();
            self.bus.live(tenant, model::event::QUEUE_STATE, data, now());
        }
    }
}

fn gauge(g: floor::CampaignGauge) -> CampaignGauge {
    CampaignGauge { dialing: g.dialing + g.ringing, talking: g.talking, waiting_for: g.waiting_for, pacing: g.pacing }
}
