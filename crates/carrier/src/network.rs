//! Runs the subscribers over a switch: one task, one table of live calls, one queue of deadlines.

use crate::ledger::{Entry, Ledger};
use crate::plan::{Plan, Profile};
use crate::rng::Rng;
use crate::subscriber::{Act, Heard, Sounds, Subscriber};
use model::record::{Codec, DialFormat, Transport, Trunk, TrunkRules};
use model::telephony::{Action, Command, Event, Originate};
use model::{At, IdGen, IdLane, LegId, OpId, TenantId, TrunkId};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use switch::{InboundPolicy, Switch, SwitchConfig};
use tokio::sync::mpsc;

#[derive(Debug, thiserror::Error)]
pub enum CarrierError {
    #[error("the simulated network cannot open its port: {0}")]
    Switch(#[from] switch::SwitchError),
}

#[derive(Clone, Debug)]
pub struct CarrierConfig {
    /// Where the network listens for SIP, UDP and TCP.
    pub bind: SocketAddr,
    pub rtp_ports: RangeInclusive<u16>,
    pub media_workers: usize,
    pub plan: Plan,
    pub sounds: Sounds,
    /// Where calls into the system go: its SIP address. None: nobody calls in.
    pub deliver_to: Option<SocketAddr>,
    /// The number people call back when they missed or declined.
    pub call_back_number: Option<String>,
}

/// A call into the system.
#[derive(Clone, Debug)]
pub struct CallIn {
    pub from: String,
    pub to: String,
    /// Pressed one after each pause; `s` speaks a sentence.
    pub keys: String,
}

/// A running network.
#[derive(Clone)]
pub struct Carrier {
    switch: Switch,
    ledger: Ledger,
    asks: mpsc::UnboundedSender<CallIn>,
}

impl Carrier {
    /// # Errors
    /// The port is in use.
    pub async fn start(config: CarrierConfig) -> Result<Self, CarrierError> {
        let mut sip = SwitchConfig::new(config.bind);
        sip.rtp_ports = config.rtp_ports.clone();
        sip.media_workers = config.media_workers;
        sip.user_agent = "Fengling simulated carrier".into();
        sip.inbound = InboundPolicy::Anyone;
        let (switch, events) = Switch::start(sip).await?;
        if let Some(address) = config.deliver_to {
            switch.set_trunks(vec![trunk_to(address)]);
        }
        let ledger = Ledger::default();
        let (asks, asked) = mpsc::unbounded_channel();
        let network = Network {
            switch: switch.clone(),
            ledger: ledger.clone(),
            config: Arc::new(config),
            calls: BTreeMap::new(),
            due: BTreeSet::new(),
            later: BTreeMap::new(),
            ids: IdGen::new(IdLane::Edge),
            rng: Rng::new(0xca11),
            shut: false,
        };
        tokio::spawn(network.run(events, asked));
        Ok(Self { switch, ledger, asks })
    }

    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    pub fn local_addr(&self) -> SocketAddr {
        self.switch.local_addr()
    }

    /// Somebody calls the system; what came of it stands in the ledger.
    pub fn call_in(&self, call: CallIn) {
        // The network's task lives as long as the process; a failure means that we are shutting down.
        let _ = self.asks.send(call);
    }

    pub async fn shutdown(&self) {
        self.switch.shutdown(Duration::from_millis(500)).await;
    }
}

fn trunk_to(address: SocketAddr) -> Trunk {
    Trunk {
        id: TrunkId(1),
        tenant_id: TenantId(1),
        name: "system".into(),
        enabled: true,
        address: address.to_string(),
        transport: Transport::Udp,
        register: false,
        username: String::new(),
        password: None,
        domain: None,
        tls_authority: None,
        register_expires_s: 300,
        options_interval_s: 0,
        codecs: vec![Codec::Pcma, Codec::Pcmu],
        calls_max: 10_000,
        calls_per_second_max: 1_000.0,
        caller_id: String::new(),
        dial_format: DialFormat::National,
        prefix: String::new(),
        srtp: model::record::Srtp::Off,
        inbound_from: vec![IpAddr::to_string(&address.ip())],
        calls_per_day_max: 0,
        rules: TrunkRules::default(),
        created_at: At(0),
        revision: 0,
    }
}

struct Live {
    subscriber: Subscriber,
    entry: usize,
    number: String,
    profile: Option<Profile>,
    pressed: bool,
}

struct Network {
    switch: Switch,
    ledger: Ledger,
    config: Arc<CarrierConfig>,
    calls: BTreeMap<LegId, Live>,
    due: BTreeSet<(At, LegId)>,
    later: BTreeMap<(At, LegId), CallIn>,
    ids: IdGen,
    rng: Rng,
    shut: bool,
}

fn now() -> At {
    let ms = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis());
    At(i64::try_from(ms).unwrap_or(i64::MAX))
}

impl Network {
    async fn run(mut self, mut events: mpsc::UnboundedReceiver<Event>, mut asked: mpsc::UnboundedReceiver<CallIn>) {
        while !self.shut {
            let wait = self.next_wait();
            tokio::select! {
                event = events.recv() => match event {
                    Some(event) => self.event(event),
                    None => self.shut = true,
                },
                ask = asked.recv() => match ask {
                    Some(call) => self.call_in(call),
                    None => self.shut = true,
                },
                () = tokio::time::sleep(wait) => {}
            }
            self.tick();
        }
    }

    fn next_wait(&self) -> Duration {
        let first = self.due.first().map(|d| d.0);
        let later = self.later.keys().next().map(|d| d.0);
        let next = first.into_iter().chain(later).min();
        let ms = next.map_or(60_000, |at| at.since_ms(now()));
        Duration::from_millis(u64::try_from(ms).unwrap_or(0))
    }

    fn tick(&mut self) {
        let now = now();
        while let Some(&(at, leg)) = self.due.first() {
            if at > now {
                break;
            }
            self.due.pop_first();
            self.tell(leg, Heard::Tick);
        }
        while let Some((&key, _)) = self.later.first_key_value() {
            if key.0 > now {
                break;
            }
            if let Some(call) = self.later.remove(&key) {
                self.call_in(call);
            }
        }
    }

    fn event(&mut self, event: Event) {
        match event {
            Event::Incoming { leg, from, to, .. } => self.incoming(leg, from, to),
            Event::Answered { leg } => {
                if let Some(live) = self.calls.get(&leg) {
                    self.ledger.change(live.entry, |e| e.answered_at = Some(now()));
                }
                self.tell(leg, Heard::Called);
            }
            Event::Activity { leg, speaking } => self.heard(leg, speaking),
            Event::PlayDone { leg, .. } => self.tell(leg, Heard::Played),
            Event::Ended { leg, .. } => self.ended(leg),
            Event::Progress { .. }
            | Event::Digit { .. }
            | Event::DigitsSent { .. }
            | Event::RecordDone { .. }
            | Event::RecordFailed { .. }
            | Event::SpeechStarted { .. }
            | Event::SpeechEnded { .. }
            | Event::Transcript { .. }
            | Event::HearingFailed { .. }
            | Event::Quiet { .. }
            | Event::Held { .. }
            | Event::FaxProgress { .. }
            | Event::FaxDone { .. }
            | Event::Referred { .. }
            | Event::Transferring { .. }
            | Event::Heard { .. }
            | Event::Kept { .. }
            | Event::Trunk { .. } => {}
            // A carrier has no phones of its own, and knows everybody.
            Event::ExtensionCalls { .. } | Event::Extension { .. } | Event::Banned { .. } => {}
        }
    }

    fn incoming(&mut self, leg: LegId, from: String, to: String) {
        let plan = &self.config.plan;
        let profile = plan.profile_of(&to);
        let subscriber = Subscriber::new(profile.clone(), Rng::of(plan.seed ^ 1, &to), plan.time_scale);
        let entry = self.ledger.open(Entry { number: to.clone(), caller: from, offered_at: Some(now()), ..Entry::default() });
        self.calls.insert(leg, Live { subscriber, entry, number: to, profile: Some(profile), pressed: false });
        self.tell(leg, Heard::Called);
    }

    fn heard(&mut self, leg: LegId, speaking: bool) {
        if let Some(live) = self.calls.get(&leg)
            && speaking
        {
            let pressed = live.pressed;
            self.ledger.change(live.entry, |e| {
                e.heard = true;
                e.confirmed |= pressed;
            });
        }
        self.tell(leg, if speaking { Heard::Speech } else { Heard::Pause });
    }

    fn tell(&mut self, leg: LegId, heard: Heard) {
        let Some(live) = self.calls.get_mut(&leg) else { return };
        let before = live.subscriber.deadline();
        let acts = live.subscriber.handle(now(), heard, &self.config.sounds);
        let after = live.subscriber.deadline();
        if let Some(at) = before {
            self.due.remove(&(at, leg));
        }
        if let Some(at) = after {
            self.due.insert((at, leg));
        }
        for act in acts {
            self.act(leg, act);
        }
    }

    fn act(&mut self, leg: LegId, act: Act) {
        let op = OpId(self.ids.next(now()));
        let Some(live) = self.calls.get_mut(&leg) else { return };
        let command = match act {
            Act::Ring => Command::Ring { leg },
            Act::EarlyMedia => Command::EarlyMedia { leg },
            Act::Answer => {
                self.ledger.change(live.entry, |e| e.answered_at = Some(now()));
                Command::Answer { leg }
            }
            Act::Reject(sip_code, q850) => Command::Reject { leg, sip_code, q850 },
            Act::Play(clips) => Command::Play { leg, op, clips },
            Act::Listen(silence_ms) => Command::Listen { leg, silence_ms },
            Act::Press(key) => {
                live.pressed = true;
                self.ledger.change(live.entry, |e| {
                    e.keys.push(key);
                    e.confirmed = false;
                });
                Command::SendDigits { leg, op, digits: key.to_string() }
            }
            Act::HangUp => Command::Hangup { leg, action: Action::Normal },
        };
        self.switch.send(command);
    }

    fn ended(&mut self, leg: LegId) {
        let Some(live) = self.calls.remove(&leg) else { return };
        if let Some(at) = live.subscriber.deadline() {
            self.due.remove(&(at, leg));
        }
        self.ledger.change(live.entry, |e| e.ended_at = Some(now()));
        self.maybe_call_back(&live);
    }

    /// Some of those who missed, declined or cut the call short call the number shown.
    fn maybe_call_back(&mut self, live: &Live) {
        let Some(to) = self.config.call_back_number.clone() else { return };
        let moved = match &live.profile {
            Some(Profile::NoAnswer | Profile::HangsUp { .. }) => true,
            Some(Profile::Presses { keys, .. }) => keys == "2",
            _ => false,
        };
        if !moved || self.rng.unit() >= self.config.plan.call_back {
            return;
        }
        let wait = self.rng.log_normal(12_000.0, 0.5) * self.config.plan.time_scale;
        #[expect(clippy::cast_possible_truncation, reason = "milliseconds of a human wait")]
        let at = now().plus_ms(wait as i64);
        let id = LegId(self.ids.next(at));
        self.later.insert((at, id), CallIn { from: live.number.clone(), to, keys: "1s#".into() });
    }

    fn call_in(&mut self, call: CallIn) {
        if self.config.deliver_to.is_none() {
            return;
        }
        let leg = LegId(self.ids.next(now()));
        let plan = &self.config.plan;
        let subscriber = Subscriber::calling(&call.keys, 1_200, Rng::of(plan.seed ^ 2, &call.from), plan.time_scale);
        let entry =
            self.ledger.open(Entry { number: call.from.clone(), called_in: true, offered_at: Some(now()), ..Entry::default() });
        self.calls.insert(leg, Live { subscriber, entry, number: call.from.clone(), profile: None, pressed: false });
        self.switch.send(Command::Originate(Originate {
            leg,
            trunk: TrunkId(1),
            to: call.to,
            from: call.from,
            ring_ms_max: 30_000,
            context: String::new(),
            diverted_from: String::new(),
            replaces: String::new(),
        }));
    }
}
