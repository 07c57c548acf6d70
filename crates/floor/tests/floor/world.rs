//! Time, the floor, and everything around it.

use crate::house;
use crate::setup::{self, CALLBACK, OUTBOUND, Rng, TENANT};
use crate::store::Store;
use crate::switch::{Later, Switch, far, heard};
use floor::{Floor, FloorConfig, Input, Output};
use model::desk::DeskCommand;
use model::fact::{Begin, CalleeFacts, Fact};
use model::record::{AmdMode, CampaignStatus, HeardClass, LeadState, Membership, Number, Route, Seat, Trunk};
use model::settings::Settings;
use model::telephony::{Clip, Command, Event, Originate, TrunkState};
use model::{AgentId, At, AttemptId, CampaignId, ExtensionId, IdGen, IdLane, LeadId, LegId, OpId, QueueId, TrunkId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// In thousandths, how often things go wrong.
#[derive(Clone, Copy, Default)]
pub struct Luck {
    pub store_fails: u64,
    pub answer_lost: u64,
    pub answer_doubled: u64,
    pub event_doubled: u64,
    pub render_fails: u64,
}

enum Job {
    Claim(OpId, CampaignId, u32, At),
    Release(Vec<LeadId>),
    Begin(Box<Begin>),
    Persist(OpId, bool, Box<Fact>),
    LookUp(OpId, String),
    LookUpCallee(OpId, String, At),
}

enum Ev {
    In(Box<Input>),
    Leg(Event),
    Job(Job),
}

pub struct World {
    pub now: At,
    pub rng: Rng,
    pub luck: Luck,
    pub floor: Floor,
    pub store: Store,
    pub switch: Switch,
    pub trunks: Vec<Trunk>,
    pub routes: Vec<Route>,
    pub numbers: Vec<Number>,
    pub settings: Settings,
    /// How numbers were used, as the store remembers it.
    pub uses: Vec<model::record::CallerIdUse>,
    pub store_down_until: At,
    pub steps: u64,
    pub notified: BTreeMap<CampaignId, Vec<At>>,
    pub alarms: u32,
    pub sms: u32,
    events: BTreeMap<(At, u64), Box<Ev>>,
    seq: u64,
    store_at: At,
    ids: IdGen,
    window: Option<(At, At)>,
    /// Whether a dial is forbidden now, where the rules change while it runs; none: those of the beginning hold.
    pub oracle: Option<Oracle>,
    /// Agents of queue 1 at phones of their own, and what their desks were told.
    pub agents: i64,
    /// The clock on the wall is so much behind.
    pub behind_ms: i64,
}

/// Looks at the whole world when an INVITE leaves: of an attempt, or by hand.
pub type Oracle = fn(&mut World, &Originate, Option<AttemptId>);

impl World {
    pub fn new(seed: u64, trunks: Vec<Trunk>, routes: Vec<Route>) -> Self {
        let now = setup::morning();
        let mut settings = Settings::default();
        // Luck refuses numbers at random; nobody is there to lift flags.
        (settings.compliance.flag_after_refusals, settings.compliance.flag_below_percent) = (0, 0);
        Self {
            now,
            rng: Rng(seed),
            luck: Luck::default(),
            floor: Floor::new(FloorConfig::default()),
            store: Store::default(),
            switch: Switch::default(),
            trunks,
            routes,
            numbers: vec![setup::number()],
            settings,
            uses: vec![],
            store_down_until: At(0),
            steps: 0,
            notified: BTreeMap::new(),
            alarms: 0,
            sms: 0,
            events: BTreeMap::new(),
            seq: 0,
            store_at: now,
            ids: IdGen::new(IdLane::Switch),
            window: None,
            oracle: None,
            agents: 0,
            behind_ms: 0,
        }
    }

    /// Tells a fresh floor everything.
    pub fn boot(&mut self) {
        let settings = Arc::new(self.settings.clone());
        self.give(Input::Settings { tenant: TENANT, settings });
        let clip = |name: &str| (name.to_owned(), Clip::File { path: format!("/{name}") });
        let files = Arc::new(["thanks", "bye", "leave"].into_iter().map(clip).collect());
        self.give(Input::Prompts { tenant: TENANT, files });
        for (id, doc) in [(OUTBOUND, setup::outbound_flow()), (CALLBACK, setup::callback_flow())] {
            self.give(Input::Flow { tenant: TENANT, id, version: 1, doc });
        }
        self.lines();
        for trunk in self.trunks.clone() {
            self.trunk_state(trunk.id, true);
        }
        self.seat_agents();
        if self.behind_ms > 0 {
            self.give(Input::Clock { behind_ms: self.behind_ms });
        }
        let ids: Vec<CampaignId> = self.store.campaigns.keys().copied().collect();
        for id in ids {
            self.tell_campaign(id);
        }
    }

    /// Everybody signs in, ready.
    fn seat_agents(&mut self) {
        if self.agents == 0 {
            return;
        }
        let all = 1..=self.agents;
        let extensions = all.clone().map(|a| house::extension(100 + a, TENANT)).collect();
        self.give(Input::Extensions { tenant: TENANT, extensions });
        let agents = all.clone().map(house::agent).collect();
        self.give(Input::Agents { tenant: TENANT, agents, veiled: BTreeSet::new() });
        let member = |a: i64| Membership {
            queue_id: QueueId(1),
            agent_id: AgentId(a),
            place: a as u32,
            vip_only: false,
            outbound: true,
            schedule: None,
        };
        self.give(Input::Queues { tenant: TENANT, queues: vec![house::queue(1)], members: all.clone().map(member).collect() });
        for a in all {
            let extension = ExtensionId(100 + a);
            self.give(Input::Telephony(Event::Extension { extension, phones: 1 }));
            self.desk(a, DeskCommand::SignIn { seat: Seat::Browser { extension }, ready: true });
        }
    }

    pub fn desk(&mut self, agent: i64, command: DeskCommand) {
        let op = OpId(self.ids.next(self.now));
        self.give(Input::Desk { op, agent: AgentId(agent), command });
    }

    pub fn lines(&mut self) {
        let (trunks, routes, numbers) = (self.trunks.clone(), self.routes.clone(), self.numbers.clone());
        self.give(Input::Trunks { tenant: TENANT, trunks, routes, numbers });
        self.give(Input::CallerIds { tenant: TENANT, uses: self.uses.clone(), hours: vec![] });
    }

    pub fn trunk_state(&mut self, trunk: TrunkId, up: bool) {
        let state = if up { TrunkState::Up { latency_ms: 1 } } else { TrunkState::Down { reason: "no answer".into() } };
        self.give(Input::Telephony(Event::Trunk { trunk, state }));
    }

    pub fn tell_campaign(&mut self, id: CampaignId) {
        let campaign = Arc::new(self.store.campaigns[&id].clone());
        let today_attempts = self.store.today_attempts(id, self.now);
        self.give(Input::Campaign { campaign, today_attempts });
    }

    pub fn set_status(&mut self, id: CampaignId, status: CampaignStatus) {
        let campaign = self.store.campaigns.get_mut(&id).unwrap();
        if campaign.status != CampaignStatus::Finished {
            campaign.status = status;
        }
        self.tell_campaign(id);
    }

    /// The process dies and comes back: what was not stored is gone, and so are all legs.
    pub fn crash(&mut self) {
        self.events.clear();
        self.switch.legs.clear();
        // Calls whose end was not stored yet have lost their records; their attempts have not.
        self.switch.began.retain(|leg| self.store.legs.contains(leg));
        self.now = self.now.plus_ms(self.rng.range(1_000, 20_000));
        self.store_at = self.now;
        self.store.recover(self.now);
        self.floor = Floor::new(FloorConfig::default());
        self.boot();
    }

    fn later(&mut self, ms: i64, ev: Ev) {
        self.seq += 1;
        self.events.insert((self.now.plus_ms(ms.max(0)), self.seq), Box::new(ev));
    }

    /// When something happens next.
    pub fn next_at(&self) -> Option<At> {
        let event = self.events.first_key_value().map(|((at, _), _)| *at);
        [event, self.floor.next_deadline()].into_iter().flatten().min()
    }

    /// One event or one deadline.
    pub fn step(&mut self) -> bool {
        let Some(next) = self.next_at() else { return false };
        self.now = self.now.max(next);
        self.steps += 1;
        let event = self.events.first_key_value().map(|((at, _), _)| *at);
        if event.is_some_and(|at| at <= self.now) {
            let Some((_, ev)) = self.events.pop_first() else { return false };
            match *ev {
                Ev::In(input) => self.give(*input),
                Ev::Leg(event) => self.leg_event(&event),
                Ev::Job(job) => self.work(job),
            }
        } else {
            self.give(Input::Tick);
        }
        true
    }

    pub fn run_until(&mut self, until: At) {
        while self.next_at().is_some_and(|at| at <= until) {
            self.step();
        }
        self.now = self.now.max(until);
    }

    pub fn is_finished(&self) -> bool {
        self.store.campaigns.values().all(|c| c.status == CampaignStatus::Finished)
    }

    pub fn give(&mut self, input: Input) {
        self.floor.handle(self.now, input);
        while let Some(output) = self.floor.poll_output() {
            self.perform(output);
        }
        if let Err(broken) = self.floor.check_invariants() {
            panic!("step {} at {}: {broken}", self.steps, self.now.to_rfc3339());
        }
    }

    fn leg_event(&mut self, event: &Event) {
        let said = self.switch.happens(event, self.now, &mut self.rng);
        for event in said.into_iter().flatten() {
            if self.rng.chance(self.luck.event_doubled) {
                // Again, and late: often after the leg has ended.
                let ms = self.rng.range(0, 5_000);
                self.later(ms, Ev::In(Box::new(Input::Telephony(event.clone()))));
            }
            self.give(Input::Telephony(event));
        }
    }

    fn perform(&mut self, output: Output) {
        match output {
            Output::Telephony(command) => self.telephony(command),
            Output::Claim { op, campaign, n, lease_until, .. } => self.job(Job::Claim(op, campaign, n, lease_until)),
            Output::PutOff { leads, .. } | Output::Release { leads, .. } => self.job(Job::Release(leads)),
            Output::Begin(begin) => self.job(Job::Begin(begin)),
            Output::Persist { op, ack, fact } => self.job(Job::Persist(op, ack, fact)),
            Output::LookUpCaller { op, caller, .. } => self.job(Job::LookUp(op, caller)),
            Output::Render { op, parts, ahead, .. } => {
                if !ahead && !self.rng.chance(self.luck.answer_lost) {
                    let clips = parts.iter().map(|_| Clip::Silence { ms: 100 }).collect();
                    let failed = self.rng.chance(self.luck.render_fails);
                    let clips = if failed { Err("synthesiser down".into()) } else { Ok(clips) };
                    let ms = self.rng.range(1, 300);
                    self.later(ms, Ev::In(Box::new(Input::Rendered { op, clips })));
                }
            }
            Output::Sms { op, .. } => {
                self.sms += 1;
                self.answer(Input::SmsQueued { op, outcome: Ok(()) });
            }
            Output::Appoint { op, .. } => {
                let outcome = flow::AppointOutcome::Fine { due_at: self.now.plus_ms(1_800_000) };
                self.answer(Input::Appointed { op, outcome });
            }
            Output::Http { op, .. } => self.answer(Input::HttpDone { op, outcome: Err("no HTTP here".into()) }),
            Output::LookUpCallee { op, phone, midnight, .. } => self.job(Job::LookUpCallee(op, phone, midnight)),
            Output::Told { .. } => assert!(self.agents > 0, "nobody asked"),
            Output::Notify { kind, data, .. } => {
                if kind == model::event::CAMPAIGN_PROGRESS {
                    let id = CampaignId(data["campaign_id"].as_i64().unwrap());
                    let times = self.notified.entry(id).or_default();
                    assert!(times.last().is_none_or(|last| self.now.since_ms(*last) >= 1_000), "told twice in a second");
                    times.push(self.now);
                }
            }
        }
    }

    /// The store works in order.
    fn job(&mut self, job: Job) {
        let ms = self.rng.range(1, 15);
        self.store_at = self.store_at.max(self.now).plus_ms(ms);
        let wait = self.store_at.since_ms(self.now);
        self.later(wait, Ev::Job(job));
    }

    fn answer(&mut self, input: Input) {
        if self.rng.chance(self.luck.answer_lost) {
            return;
        }
        if self.rng.chance(self.luck.answer_doubled) {
            let ms = self.rng.range(1, 3_000);
            self.later(ms, Ev::In(Box::new(input.clone())));
        }
        let ms = self.rng.range(1, 10);
        self.later(ms, Ev::In(Box::new(input)));
    }

    fn work(&mut self, job: Job) {
        let now = self.now;
        let fails = now < self.store_down_until || self.rng.chance(self.luck.store_fails);
        match job {
            Job::Claim(op, campaign, _, _) if fails => self.answer(Input::ClaimFailed { op, campaign }),
            Job::Claim(op, campaign, n, lease_until) => {
                let (leads, next_due, all_settled) = self.store.claim(campaign, n, lease_until, now);
                self.answer(Input::Claimed { op, campaign, leads, next_due, all_settled });
            }
            Job::Release(leads) => {
                if !fails {
                    self.store.release(&leads, now);
                }
            }
            Job::Begin(b) => match self.store.begin(&b, now).filter(|_| !fails) {
                Some(facts) => self.answer(Input::Begun { attempt: b.attempt, facts }),
                None if self.store.attempts.contains_key(&b.attempt) => {}
                None => self.answer(Input::BeginFailed { attempt: b.attempt }),
            },
            Job::Persist(op, ack, fact) => {
                let ok = !fails && self.store.persist(&fact);
                if ack {
                    self.answer(Input::Persisted { op, ok });
                }
                if let (true, Fact::CampaignFinished { campaign, .. }) = (ok, *fact) {
                    self.tell_campaign(campaign);
                }
            }
            Job::LookUpCallee(op, phone, midnight) => {
                let known = self.store.phones.iter().find(|p| p.number == phone);
                let dial = known.map(|p| p.facts(None, now, midnight)).unwrap_or_default();
                let found = (!fails).then(|| Box::new(CalleeFacts { dial, ..CalleeFacts::default() }));
                self.answer(Input::CalleeLookedUp { op, found });
            }
            Job::LookUp(op, caller) => {
                if !fails {
                    let found = Box::new(self.store.caller(&caller));
                    self.answer(Input::CallerLookedUp { op, found });
                }
            }
        }
    }

    fn telephony(&mut self, command: Command) {
        let said: Vec<Later> = if let Command::Originate(o) = &command {
            let attempt = o
                .context
                .split_once("attempt=")
                .map(|(_, rest)| AttemptId(rest.split(' ').next().and_then(|id| id.parse().ok()).unwrap()));
            self.check_dial(o.trunk, attempt);
            if let Some(oracle) = self.oracle {
                oracle(self, o, attempt);
            }
            self.switch.originate(o, attempt, &mut self.rng)
        } else if let Command::CallExtension(c) = &command {
            self.switch.ring_phone(c.leg, &mut self.rng)
        } else {
            self.check_ears(&command);
            self.switch.command(&command, &mut self.rng)
        };
        for (ms, event) in said {
            self.later(ms, Ev::Leg(event));
        }
        if matches!(command, Command::Answer { .. }) || matches!(&command, Command::Play { .. }) && self.rng.chance(30) {
            // Some hang up while they are spoken to.
            let ms = self.rng.range(500, 40_000);
            let event = Event::Ended { leg: command.leg(), cause: far(), stats: heard() };
            self.later(ms, Ev::Leg(event));
        }
        if self.switch.keep_commands {
            self.switch.commands.push(command);
        }
    }

    /// Who is listened to is not spoken to before the ears have spoken, or have had their time.
    fn check_ears(&self, command: &Command) {
        let (Command::Play { .. }, Some(leg)) = (command, self.switch.legs.get(&command.leg())) else { return };
        let (Some(attempt), Some(answered_at)) = (leg.attempt, leg.answered_at) else { return };
        let campaign = &self.store.campaigns[&self.store.leads[self.store.attempts[&attempt].lead.0 as usize].campaign];
        let early = self.now.since_ms(answered_at) < 4_500 && !leg.told;
        assert!(!early || campaign.amd.mode == AmdMode::Off, "a leg is spoken to before it was listened to");
        let begun = leg.fate == crate::switch::Fate::Sounds(HeardClass::Fax) && leg.told;
        assert!(!begun || campaign.amd.mode == AmdMode::Off, "a fax is spoken to");
    }

    /// Nothing is dialled outside the rules, whatever the floor was told before.
    fn check_dial(&mut self, trunk: TrunkId, attempt: Option<AttemptId>) {
        let line = self.trunks.iter().find(|t| t.id == trunk).unwrap();
        // A leg the switch has lost is closed by the floor before the switch could say so.
        let lost = |l: &&crate::switch::SLeg| l.fate == crate::switch::Fate::Lost;
        let up = self.switch.legs.values().filter(|l| l.trunk == trunk && !l.inbound && !lost(l)).count();
        assert!(up < line.calls_max as usize, "trunk {trunk} has {up} calls up");
        let recent = self.switch.recent.entry(trunk).or_default();
        while recent.front().is_some_and(|t| self.now.since_ms(*t) >= 1_000) {
            recent.pop_front();
        }
        recent.push_back(self.now);
        let most = line.calls_per_second_max * 1.1 + 1.0;
        assert!(recent.len() as f64 <= most, "{} INVITEs in a second on trunk {trunk}", recent.len());
        let Some(attempt) = attempt else { return };
        assert!(self.switch.dialled.insert((attempt, trunk)), "attempt {attempt} dialled twice over trunk {trunk}");
        let stored = self.store.attempts.get(&attempt).expect("dialled before it was written");
        assert_eq!(stored.ended, None, "dialled after its end");
        let lead = &self.store.leads[stored.lead.0 as usize];
        assert_eq!((lead.state, lead.open), (LeadState::Dialing, Some(attempt)));
        let campaign = &self.store.campaigns[&lead.campaign];
        assert_eq!(campaign.status, CampaignStatus::Running, "a halted campaign dials");
        let phone = &self.store.phones[lead.phone];
        assert!(!phone.blocked, "a blocked number is dialled");
        assert!(lead.attempts < campaign.retry.attempts_max);
        let others = self.switch.legs.values().filter_map(|l| l.attempt).filter(|a| *a != attempt);
        let same = others.filter(|a| self.store.attempts[a].ended.is_none() && phone.open.contains(a)).count();
        assert_eq!(same, 0, "a number is dialled while it is in a call");
        let legs = self.switch.legs.values().filter(|l| !lost(l)).filter_map(|l| l.attempt);
        let mine = legs.filter(|a| self.store.leads[self.store.attempts[a].lead.0 as usize].campaign == lead.campaign);
        assert!(mine.count() < campaign.concurrency_max as usize, "more calls than the campaign may have");
        if self.oracle.is_some() {
            return;
        }
        let (from, until) = *self.window.insert(self.window.filter(|w| self.now < w.1).unwrap_or_else(|| window(self.now)));
        assert!(self.now >= from && self.now < until, "dialled at {}", self.now.to_rfc3339());
    }

    /// Somebody calls us.
    pub fn call_in(&mut self, from: &str, to: &str) -> LegId {
        let leg = LegId(self.ids.next(self.now));
        let trunk = self.trunks[0].id;
        self.switch.incoming(leg, trunk);
        let (from, to) = (from.to_owned(), to.to_owned());
        self.give(Input::Telephony(Event::Incoming { leg, trunk, from, to, diverted_from: None, replaces: None }));
        leg
    }
}

/// The default schedule's window that holds `now` or comes next, in Beijing time, counted without a calendar.
fn window(now: At) -> (At, At) {
    const DAY: i64 = 86_400_000;
    let (hour, zone) = (3_600_000, 8 * 3_600_000);
    let day = (now.ms() + zone).div_euclid(DAY) * DAY - zone;
    let windows = [(9, 12), (14, 20), (33, 36)];
    let all = windows.map(|(from, to)| (At(day + from * hour), At(day + to * hour)));
    all.into_iter().find(|(_, until)| now < *until).unwrap_or(all[2])
}
