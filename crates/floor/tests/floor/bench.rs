//! A bare floor with agents, step by step: what it asks of the world is answered at once, what it asks of the switch is kept.

use crate::house;
use crate::ledger::Ledger;
use crate::setup::TENANT;
use floor::{Floor, FloorConfig, Input, Output};
use model::desk::{DeskCall, DeskCommand, DeskRefusal, Destination, SupervisorCommand};
use model::fact::{CalleeFacts, CallerFacts};
use model::record::{AgentState, Call, ClaimedLead, DialFacts};
use model::settings::Settings;
use model::telephony::{CallExtension, Cause, Clip, Command, EndedBy, Event, MediaStats, Originate, PlayOutcome};
use model::{AgentId, At, ExtensionId, LeadId, LegId, OpId, TrunkId, UserId};
use std::collections::{BTreeMap, VecDeque};

pub struct Bench {
    pub floor: Floor,
    pub now: At,
    pub ledger: Ledger,
    pub caller: CallerFacts,
    /// None: the store does not say.
    pub callee: Option<CalleeFacts>,
    /// What the store has to give.
    pub leads: VecDeque<ClaimedLead>,
    /// And when: nothing before.
    pub due_at: At,
    /// What callers wanted to be booked for, and what comes of it.
    pub wishes: Vec<floor::AppointWish>,
    pub appointed: flow::AppointOutcome,
    pub facts: DialFacts,
    pub begin_fails: bool,
    pub released: Vec<LeadId>,
    /// Leads that wait for a better hour.
    pub put_off: Vec<(LeadId, At)>,
    commands: Vec<Command>,
    told: BTreeMap<OpId, Result<(), DeskRefusal>>,
    plays: BTreeMap<LegId, OpId>,
    said: Vec<String>,
    desks: BTreeMap<i64, usize>,
    /// Agent and kind of each note that a desk was told.
    pub notes: Vec<String>,
    ids: i64,
}

impl Bench {
    pub fn new() -> Self {
        Self::with(Settings::default())
    }

    pub fn with(settings: Settings) -> Self {
        let mut bench = Self {
            floor: Floor::new(FloorConfig::default()),
            now: crate::setup::at("2026-11-26T10:00:00+08:00"),
            ledger: Ledger::default(),
            caller: CallerFacts::default(),
            callee: Some(CalleeFacts::default()),
            leads: VecDeque::new(),
            due_at: At(0),
            wishes: vec![],
            appointed: flow::AppointOutcome::Refused,
            facts: DialFacts::default(),
            begin_fails: false,
            released: vec![],
            put_off: vec![],
            commands: vec![],
            told: BTreeMap::new(),
            plays: BTreeMap::new(),
            said: vec![],
            desks: BTreeMap::new(),
            notes: vec![],
            ids: 100,
        };
        house::furnish(settings).into_iter().for_each(|input| bench.give(input));
        bench
    }

    pub fn give(&mut self, input: Input) {
        let mut inputs = vec![input];
        while let Some(input) = inputs.pop() {
            self.now = self.now.plus_ms(1);
            self.floor.handle(self.now, input);
            while let Some(output) = self.floor.poll_output() {
                inputs.extend(self.answer(output));
            }
            self.floor.check_invariants().unwrap_or_else(|why| panic!("{why}\n{:#?}", self.commands));
        }
    }

    fn answer(&mut self, output: Output) -> Option<Input> {
        match output {
            Output::Telephony(command) => {
                if let Command::Play { leg, op, .. } = &command {
                    self.plays.insert(*leg, *op);
                }
                self.commands.push(command);
                None
            }
            Output::Persist { op, ack, fact } => {
                self.ledger.write(*fact);
                ack.then_some(Input::Persisted { op, ok: true })
            }
            Output::Render { op, ahead: false, parts, .. } => {
                self.said.extend(parts.iter().map(|p| format!("{p:?}")));
                let clips = Ok(parts.iter().map(|_| Clip::File { path: "said".into() }).collect());
                Some(Input::Rendered { op, clips })
            }
            Output::Claim { op, campaign, n, agents, lease_until } => {
                let mut leads = vec![];
                if self.now < self.due_at {
                    let next_due = Some(self.due_at);
                    return Some(Input::Claimed { op, campaign, leads, next_due, all_settled: false });
                }
                for agent in agents {
                    let own = self.leads.iter().position(|l| l.agent_id == Some(agent));
                    leads.extend(own.and_then(|place| self.leads.remove(place)));
                }
                for _ in 0..n {
                    let any = self.leads.iter().position(|l| l.agent_id.is_none());
                    leads.extend(any.and_then(|place| self.leads.remove(place)));
                }
                let leads = leads.into_iter().map(|l| ClaimedLead { lease_until, ..l }).collect();
                Some(Input::Claimed { op, campaign, leads, next_due: Some(self.now.plus_ms(60_000)), all_settled: false })
            }
            Output::Appoint { op, wish } => {
                self.wishes.push(*wish);
                Some(Input::Appointed { op, outcome: self.appointed })
            }
            Output::Begin(begin) if self.begin_fails => Some(Input::BeginFailed { attempt: begin.attempt }),
            Output::Begin(begin) => Some(Input::Begun { attempt: begin.attempt, facts: self.facts }),
            Output::PutOff { leads, until, .. } => {
                self.put_off.extend(leads.into_iter().map(|l| (l, until)));
                None
            }
            Output::Release { leads, .. } => {
                self.released.extend(leads);
                None
            }
            Output::LookUpCaller { op, .. } => Some(Input::CallerLookedUp { op, found: Box::new(self.caller.clone()) }),
            Output::LookUpCallee { op, .. } => {
                self.callee.clone().map(|found| Input::CalleeLookedUp { op, found: Some(Box::new(found)) })
            }
            Output::Told { op, outcome } => {
                assert!(self.told.insert(op, outcome).is_none(), "told twice");
                None
            }
            Output::Notify { kind: model::event::DESK_CHANGED, data, .. } => {
                let agent: AgentId = serde_json::from_value(data["agent_id"].clone()).expect("an id");
                *self.desks.entry(agent.0).or_default() += 1;
                self.notes.extend(data["note"]["kind"].as_str().map(|kind| format!("{agent} {kind}")));
                None
            }
            _ => None,
        }
    }

    /// How often a desk was told what it shows.
    pub fn desks_told(&self, agent: i64) -> usize {
        self.desks.get(&agent).copied().unwrap_or(0)
    }

    /// Time passes, and with it whatever is due.
    pub fn wait(&mut self, ms: i64) {
        let until = self.now.plus_ms(ms);
        while let Some(due) = self.floor.next_deadline().filter(|due| *due <= until) {
            self.now = self.now.max(due);
            self.give(Input::Tick);
        }
        self.now = self.now.max(until);
        self.give(Input::Tick);
    }

    /// What the switch was asked since it was looked at last.
    pub fn asked(&mut self) -> Vec<Command> {
        std::mem::take(&mut self.commands)
    }

    pub fn said(&self, what: &str) -> bool {
        self.said.iter().any(|s| s.contains(what))
    }

    pub fn id(&mut self) -> i64 {
        self.ids += 1;
        self.ids
    }

    // --- people ---

    /// None: not told yet.
    pub fn ask(&mut self, agent: i64, command: DeskCommand) -> (OpId, Option<Result<(), DeskRefusal>>) {
        let op = OpId(self.id());
        self.give(Input::Desk { op, agent: AgentId(agent), command });
        (op, self.told.get(&op).copied())
    }

    pub fn told(&self, op: OpId) -> Option<Result<(), DeskRefusal>> {
        self.told.get(&op).copied()
    }

    pub fn desk(&mut self, agent: i64, command: DeskCommand) -> Result<(), DeskRefusal> {
        self.ask(agent, command.clone()).1.unwrap_or_else(|| panic!("{command:?} is not told"))
    }

    pub fn supervise(&mut self, command: SupervisorCommand) -> Result<(), DeskRefusal> {
        let op = OpId(self.id());
        self.give(Input::Supervise { op, tenant: TENANT, by: UserId(50), command });
        self.told.get(&op).copied().expect("told")
    }

    pub fn sign_in(&mut self, agent: i64) {
        let seat = house::seat(agent);
        assert_eq!(self.desk(agent, DeskCommand::SignIn { seat, ready: true }), Ok(()));
    }

    pub fn state(&self, agent: i64) -> AgentState {
        self.floor.desk_view(AgentId(agent)).expect("an agent").agent.state
    }

    pub fn view(&self, agent: i64) -> DeskCall {
        self.floor.desk_view(AgentId(agent)).and_then(|v| v.call).expect("a call on the desk")
    }

    // --- legs ---

    pub fn event(&mut self, event: Event) -> Vec<Command> {
        self.give(Input::Telephony(event));
        self.asked()
    }

    pub fn answers(&mut self, leg: LegId) -> Vec<Command> {
        self.event(Event::Answered { leg })
    }

    pub fn rings(&mut self, leg: LegId) {
        self.give(Input::Telephony(Event::Progress { leg, sip_code: 180, early_media: false }));
    }

    pub fn ends(&mut self, leg: LegId, cause: Cause) -> Vec<Command> {
        let stats = MediaStats { packets_received: 9, ..MediaStats::default() };
        self.event(Event::Ended { leg, cause, stats })
    }

    /// By themselves.
    pub fn hangs_up(&mut self, leg: LegId) -> Vec<Command> {
        self.ends(leg, Cause { by: EndedBy::Far, ..Cause::default() })
    }

    pub fn refuses(&mut self, leg: LegId, sip_code: u16) -> Vec<Command> {
        self.ends(leg, Cause { by: EndedBy::Far, sip_code: Some(sip_code), ..Cause::default() })
    }

    /// What we asked to hang up does.
    pub fn ended(&mut self, leg: LegId) -> Vec<Command> {
        let action = Some(model::telephony::Action::Normal);
        self.ends(leg, Cause { by: EndedBy::Us, action, ..Cause::default() })
    }

    /// What is being played comes to its end.
    pub fn played(&mut self, leg: LegId) -> Vec<Command> {
        let op = self.plays.remove(&leg).expect("something plays");
        self.event(Event::PlayDone { leg, op, outcome: PlayOutcome::Finished, played_ms: 1 })
    }

    pub fn presses(&mut self, leg: LegId, digit: char) -> Vec<Command> {
        self.event(Event::Digit { leg, digit })
    }

    pub fn phones(&mut self, extension: i64, phones: u32) -> Vec<Command> {
        self.event(Event::Extension { extension: ExtensionId(extension), phones })
    }

    // --- what most stories begin with ---

    /// Somebody calls the number whose flow is queue 1 and nothing else.
    pub fn calls(&mut self) -> (LegId, Vec<Command>) {
        self.calls_to("01088887777")
    }

    pub fn calls_to(&mut self, to: &str) -> (LegId, Vec<Command>) {
        let leg = LegId(self.id());
        let from = format!("13800{:06}", leg.0);
        let (trunk, to) = (TrunkId(1), to.to_owned());
        self.give(Input::Telephony(Event::Incoming { leg, trunk, from, to, diverted_from: None, replaces: None }));
        self.asked();
        (leg, self.answers(leg))
    }

    /// Agent 1 talks with a caller.
    pub fn talk(&mut self) -> (LegId, LegId) {
        self.sign_in(1);
        let (caller, commands) = self.calls();
        let own = phone(&commands).leg;
        self.rings(own);
        self.answers(own);
        assert_eq!(self.state(1), AgentState::Talking);
        (caller, own)
    }

    /// Agent 1 talks with a caller who is held, and with agent 2.
    pub fn consultation(&mut self) -> (LegId, LegId, LegId) {
        let (caller, own) = self.talk();
        self.sign_in(2);
        assert_eq!(self.desk(1, DeskCommand::Consult { to: to_agent(2) }), Ok(()));
        let asked = phone(&self.asked()).leg;
        self.rings(asked);
        self.answers(asked);
        self.asked();
        (caller, own, asked)
    }

    /// The only call that is written down.
    pub fn record(&self) -> &Call {
        assert_eq!(self.ledger.calls.len(), 1);
        self.ledger.calls.values().next().unwrap()
    }

    /// Everybody who was asked to hang up has, and nothing is left.
    pub fn quiet(&mut self) {
        let agents: Vec<i64> = (1..=house::AGENTS).collect();
        for agent in agents {
            let _not_signed_in = self.ask(agent, DeskCommand::SignOut);
        }
        self.wait(150_000);
        assert!(self.floor.is_idle(), "{:?}", self.floor.live());
        assert_eq!(self.floor.live().calls, 0);
        self.ledger.check().unwrap();
    }
}

pub fn to_agent(agent: i64) -> Destination {
    Destination::Agent { agent: AgentId(agent) }
}

pub fn to_number(number: &str) -> Destination {
    Destination::Number { number: number.into() }
}

/// The one phone of ours that is called.
pub fn phone(commands: &[Command]) -> CallExtension {
    let calls: Vec<&CallExtension> =
        commands.iter().filter_map(|c| if let Command::CallExtension(c) = c { Some(c) } else { None }).collect();
    assert_eq!(calls.len(), 1, "{commands:?}");
    calls[0].clone()
}

/// The one number outside that is called.
pub fn outside(commands: &[Command]) -> Originate {
    let calls: Vec<&Originate> =
        commands.iter().filter_map(|c| if let Command::Originate(o) = c { Some(o) } else { None }).collect();
    assert_eq!(calls.len(), 1, "{commands:?}");
    calls[0].clone()
}

pub fn plays(commands: &[Command], to: LegId) -> bool {
    commands.iter().any(|c| matches!(c, Command::Play { leg, .. } if *leg == to))
}

pub fn stops(commands: &[Command], to: LegId) -> bool {
    commands.iter().any(|c| matches!(c, Command::StopPlay { leg } if *leg == to))
}

pub fn hangs_up(commands: &[Command], on: LegId) -> bool {
    commands.iter().any(|c| matches!(c, Command::Hangup { leg, .. } if *leg == on))
}

pub fn bridges(commands: &[Command], x: LegId, y: LegId) -> bool {
    commands.iter().any(|c| matches!(c, Command::Bridge { a, b } if (*a, *b) == (x, y) || (*a, *b) == (y, x)))
}
