//! Who gets whom: the longest idle, the longest waiting. [`Thin`] is what long runs use; [`Product`] is the `acd` crate itself,
//! and a test holds both to the same day.

use acd::{Acd, Ask, Input, Limits, Output, Wishes};
use model::record::{Agent, Channel, Membership, Queue, Seat, Strategy};
use model::{AgentId, AgentSessionId, At, AttemptId, CallId, ExtensionId, QueueEntryId, QueueId, ReservationId, TenantId};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

pub(crate) trait Routing {
    /// Somebody answered; the agent, if one is ready, else they wait.
    fn answered(&mut self, now: At, attempt: AttemptId) -> Option<AgentId>;
    /// They were given up.
    fn given_up(&mut self, now: At, attempt: AttemptId);
    /// An agent signs in.
    fn sign_in(&mut self, now: At, agent: AgentId) -> Option<AttemptId>;
    fn talk_ended(&mut self, now: At, agent: AgentId);
    /// The wrap-up is over; whom the agent gets, if somebody waits.
    fn ready(&mut self, now: At, agent: AgentId) -> Option<AttemptId>;
    /// An agent who is ready or wraps up signs out.
    fn left(&mut self, now: At, agent: AgentId);
}

#[derive(Debug, Default)]
pub(crate) struct Thin {
    idle: BTreeSet<(At, AgentId)>,
    since: BTreeMap<AgentId, At>,
    waiting: VecDeque<AttemptId>,
}

impl Routing for Thin {
    fn answered(&mut self, _: At, attempt: AttemptId) -> Option<AgentId> {
        if let Some((_, agent)) = self.idle.pop_first() {
            self.since.remove(&agent);
            return Some(agent);
        }
        self.waiting.push_back(attempt);
        None
    }

    fn given_up(&mut self, _: At, attempt: AttemptId) {
        self.waiting.retain(|a| *a != attempt);
    }

    fn sign_in(&mut self, now: At, agent: AgentId) -> Option<AttemptId> {
        self.ready(now, agent)
    }

    fn talk_ended(&mut self, _: At, _: AgentId) {}

    fn ready(&mut self, now: At, agent: AgentId) -> Option<AttemptId> {
        if let Some(attempt) = self.waiting.pop_front() {
            return Some(attempt);
        }
        self.idle.insert((now, agent));
        self.since.insert(agent, now);
        None
    }

    fn left(&mut self, _: At, agent: AgentId) {
        if let Some(since) = self.since.remove(&agent) {
            self.idle.remove(&(since, agent));
        }
    }
}

/// The product's own room: one queue by longest idle, agents who answer at once.
pub(crate) struct Product {
    acd: Acd,
    sessions: i64,
    /// Reservations of agents who talk.
    talks: BTreeMap<AgentId, ReservationId>,
}

const TENANT: TenantId = TenantId(1);
const QUEUE: QueueId = QueueId(1);

impl Product {
    pub(crate) fn new(agents: u32) -> Self {
        let mut product = Self { acd: Acd::new(Limits::default()), sessions: 0, talks: BTreeMap::new() };
        // The wrap-up is the world's to end.
        let queue = Queue {
            id: QUEUE,
            tenant_id: TENANT,
            strategy: Strategy::LongestIdle,
            wrap_up_ms: 24 * 3_600_000,
            ..Queue::default()
        };
        product.give(At(0), Input::Queue(Arc::new(queue)));
        for id in 1..=i64::from(agents) {
            product.give(At(0), Input::Agent(Arc::new(agent(id))));
        }
        let members = (1..=i64::from(agents)).map(member).collect();
        product.give(At(0), Input::Members { queue: QUEUE, members });
        product
    }

    fn give(&mut self, now: At, input: Input) {
        // A refusal is a mistake of the world, and the comparison with `Thin` shows it.
        let _ = self.acd.handle(now, input);
    }

    /// Takes what was decided: an offer is answered at once.
    fn offers(&mut self, now: At) -> Option<(AgentId, AttemptId)> {
        let mut taken = None;
        while let Some(out) = self.acd.poll_output() {
            if let Output::Offer(offer) = out {
                self.give(now, Input::Rang { reservation: offer.reservation });
                self.give(now, Input::Answered { reservation: offer.reservation });
                self.talks.insert(offer.agent, offer.reservation);
                taken = Some((offer.agent, AttemptId(offer.entry.0)));
            }
        }
        taken
    }
}

impl Routing for Product {
    fn answered(&mut self, now: At, attempt: AttemptId) -> Option<AgentId> {
        self.give(now, Input::Enqueue(Box::new(ask(attempt))));
        self.offers(now).map(|(agent, _)| agent)
    }

    fn given_up(&mut self, now: At, attempt: AttemptId) {
        self.give(now, Input::CallerLeft { call: CallId(attempt.0) });
        self.offers(now);
    }

    fn sign_in(&mut self, now: At, agent: AgentId) -> Option<AttemptId> {
        self.sessions += 1;
        let seat = Seat::Browser { extension: ExtensionId(agent.0) };
        self.give(now, Input::SignIn { agent, session: AgentSessionId(self.sessions), seat, ready: true });
        self.offers(now).map(|(_, attempt)| attempt)
    }

    fn talk_ended(&mut self, now: At, agent: AgentId) {
        if let Some(reservation) = self.talks.remove(&agent) {
            self.give(now, Input::Done { reservation });
        }
        self.offers(now);
    }

    fn ready(&mut self, now: At, agent: AgentId) -> Option<AttemptId> {
        self.give(now, Input::Ready { agent });
        self.offers(now).map(|(_, attempt)| attempt)
    }

    fn left(&mut self, now: At, agent: AgentId) {
        self.give(now, Input::SignOut { agent });
        self.offers(now);
    }
}

fn ask(attempt: AttemptId) -> Ask {
    Ask {
        entry: QueueEntryId(attempt.0),
        tenant: TENANT,
        queue: QUEUE,
        channel: Channel::Call,
        call: Some(CallId(attempt.0)),
        caller: String::new(),
        called: String::new(),
        service: None,
        classes: BTreeSet::new(),
        needs: Vec::new(),
        wishes: Wishes::default(),
        head_start_ms: 0,
        patience: None,
    }
}

fn agent(id: i64) -> Agent {
    Agent {
        id: AgentId(id),
        tenant_id: TENANT,
        user_id: None,
        number: id.to_string(),
        name: String::new(),
        mobile: String::new(),
        extension_id: None,
        unit_id: None,
        enabled: true,
        skills: BTreeMap::new(),
        created_at: At(0),
        revision: 1,
    }
}

fn member(id: i64) -> Membership {
    let place = u32::try_from(id).unwrap_or(u32::MAX);
    Membership { queue_id: QUEUE, agent_id: AgentId(id), place, vip_only: false, outbound: false, schedule: None }
}
