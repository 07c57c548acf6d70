//! A small call center: queue 1 with agents 1, 2, 3 as members in this order. Every step checks the invariants.

use acd::{Acd, Ask, Failure, Input, Limits, Offer, Output, Refusal, Wishes};
use model::record::{Agent, AgentState, CallerClass, Channel, EntryOutcome, Membership, Queue, QueueEntry, Seat};
use model::{AgentId, AgentSessionId, At, CallId, ExtensionId, QueueEntryId, QueueId, ReservationId, SkillId, TenantId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub const TENANT: TenantId = TenantId(1);
/// A Tuesday, 10:00 in Shanghai.
pub const MORNING: At = At(1_795_485_600_000);

pub struct House {
    pub acd: Acd,
    pub now: At,
    /// Since the last `drain`.
    pub out: Vec<Output>,
    sessions: i64,
}

pub fn queue(id: i64) -> Queue {
    Queue { id: QueueId(id), tenant_id: TENANT, wrap_up_ms: 0, ..Queue::default() }
}

pub fn agent(id: i64, skills: &[(i64, u8)]) -> Agent {
    Agent {
        id: AgentId(id),
        tenant_id: TENANT,
        user_id: None,
        number: format!("{}", 8000 + id),
        name: format!("agent {id}"),
        mobile: String::new(),
        extension_id: None,
        unit_id: None,
        enabled: true,
        skills: skills.iter().map(|(s, l)| (SkillId(*s), *l)).collect(),
        created_at: At(0),
        revision: 1,
    }
}

pub const fn member(queue: i64, agent: i64) -> Membership {
    Membership {
        queue_id: QueueId(queue),
        agent_id: AgentId(agent),
        place: agent.unsigned_abs() as u32,
        vip_only: false,
        outbound: false,
        schedule: None,
    }
}

/// Entry `n` with call `n` from number `n` for queue 1.
pub fn ask(n: i64) -> Ask {
    Ask {
        entry: QueueEntryId(n),
        tenant: TENANT,
        queue: QueueId(1),
        channel: Channel::Call,
        call: Some(CallId(n)),
        caller: format!("+86138{n:08}"),
        called: "01088886666".into(),
        service: None,
        classes: BTreeSet::new(),
        needs: Vec::new(),
        wishes: Wishes::default(),
        head_start_ms: 0,
        patience: None,
    }
}

pub fn vip(n: i64) -> Ask {
    Ask { classes: BTreeSet::from([CallerClass::Vip]), ..ask(n) }
}

impl House {
    pub fn empty() -> Self {
        Self { acd: Acd::new(Limits::default()), now: MORNING, out: Vec::new(), sessions: 0 }
    }

    /// Queue 1 changed as told; agents 1, 2, 3 are members and signed out.
    pub fn new(change: impl FnOnce(&mut Queue)) -> Self {
        let mut h = Self::empty();
        let mut q = queue(1);
        change(&mut q);
        h.ok(Input::Queue(Arc::new(q)));
        for id in 1..=3 {
            h.ok(Input::Agent(Arc::new(agent(id, &[]))));
        }
        h.ok(Input::Members { queue: QueueId(1), members: (1..=3).map(|a| member(1, a)).collect() });
        h
    }

    pub fn give(&mut self, input: Input) -> Result<(), Refusal> {
        let text = format!("{input:?}");
        let done = self.acd.handle(self.now, input);
        while let Some(out) = self.acd.poll_output() {
            self.out.push(out);
        }
        if let Err(broken) = self.acd.check_invariants() {
            panic!("after {text}: {broken}");
        }
        done
    }

    #[track_caller]
    pub fn ok(&mut self, input: Input) {
        let text = format!("{input:?}");
        assert_eq!(self.give(input), Ok(()), "{text}");
    }

    /// Time passes; every timer fires when it is due.
    pub fn pass(&mut self, ms: i64) {
        let until = self.now.plus_ms(ms);
        while let Some(at) = self.acd.next_timer().filter(|at| *at <= until) {
            self.now = self.now.max(at);
            self.ok(Input::Tick);
        }
        self.now = until;
    }

    pub fn sign_in(&mut self, id: i64) {
        self.sessions += 1;
        let (session, seat) = (AgentSessionId(self.sessions), Seat::Browser { extension: ExtensionId(id) });
        self.ok(Input::SignIn { agent: AgentId(id), session, seat, ready: true });
        // So that no two are idle since the same moment.
        self.now = self.now.plus_ms(1);
    }

    pub fn enqueue(&mut self, ask: Ask) {
        self.ok(Input::Enqueue(Box::new(ask)));
    }

    pub fn drain(&mut self) -> Vec<Output> {
        std::mem::take(&mut self.out)
    }

    pub fn offers(&self) -> Vec<&Offer> {
        self.out.iter().filter_map(|o| if let Output::Offer(o) = o { Some(o) } else { None }).collect()
    }

    /// The agents offered an entry since the last `drain`, in order.
    pub fn rung(&self, entry: i64) -> Vec<i64> {
        self.offers().iter().filter(|o| o.entry == QueueEntryId(entry)).map(|o| o.agent.0).collect()
    }

    pub fn stays(&self) -> Vec<&QueueEntry> {
        self.out.iter().filter_map(|o| if let Output::Entry(e) = o { Some(e.as_ref()) } else { None }).collect()
    }

    pub fn outcome(&self, entry: i64) -> Option<EntryOutcome> {
        self.stays().iter().rev().find(|e| e.id == QueueEntryId(entry)).map(|e| e.outcome)
    }

    pub fn state(&self, id: i64) -> AgentState {
        self.acd.agent(AgentId(id)).unwrap().state
    }

    pub fn reason(&self, id: i64) -> Option<String> {
        self.acd.agent(AgentId(id)).unwrap().reason
    }

    #[track_caller]
    pub fn reservation(&self, id: i64) -> ReservationId {
        self.acd.agent(AgentId(id)).unwrap().reservation.expect("the agent has work")
    }

    /// The agent's phone rings and is answered.
    #[track_caller]
    pub fn answer(&mut self, id: i64) {
        let reservation = self.reservation(id);
        self.ok(Input::Rang { reservation });
        self.ok(Input::Answered { reservation });
    }

    #[track_caller]
    pub fn hang_up(&mut self, id: i64) {
        let reservation = self.reservation(id);
        self.ok(Input::Done { reservation });
    }

    #[track_caller]
    pub fn fail(&mut self, id: i64, why: Failure) {
        let reservation = self.reservation(id);
        self.ok(Input::Failed { reservation, why });
    }

    /// Entries that wait in a queue, in order.
    pub fn line(&self, queue: i64) -> Vec<i64> {
        self.acd.waiting(QueueId(queue)).iter().map(|w| w.entry.0).collect()
    }

    /// The offers are answered and ended one after the other: who was served, in order.
    pub fn serve_all(&mut self) -> Vec<i64> {
        let mut served = Vec::new();
        for _ in 0..1_000 {
            let busy = self.acd.agents().find(|a| a.reservation.is_some()).map(|a| a.agent.0);
            let Some(busy) = busy else { break };
            let at = self.out.len();
            self.answer(busy);
            let ended = self.out[at..].iter().find_map(|o| if let Output::Entry(e) = o { Some(e.id.0) } else { None });
            served.extend(ended);
            self.pass(1_000);
            self.hang_up(busy);
        }
        served
    }
}

pub fn by_class(pairs: &[(CallerClass, i64)]) -> BTreeMap<CallerClass, i64> {
    pairs.iter().copied().collect()
}
