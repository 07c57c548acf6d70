//! Agents and groups on the floor: what the store says of them goes to the room that queues, and what that room decides is
//! carried out.

use crate::floor::{Floor, Pending};
use crate::io::Output;
use crate::party::Way;
use crate::timer::Timer;
use acd::{Acd, Refusal};
use model::desk::{DeskNote, DeskRefusal};
use model::fact::Fact;
use model::record::{Agent, Membership, Queue, StateInterval};
use model::{AgentId, CallId, LegId, OpId, QueueEntryId, QueueId, ReservationId, TenantId, UserId};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// A fact that the store did not take is offered again after this.
const KEEP_AGAIN_MS: i64 = 2_000;
/// Facts that wait for the store; the oldest goes when there are more.
const KEPT_MAX: usize = 20_000;

/// An agent's one piece of work, as the floor carries it out.
#[derive(Debug)]
pub(crate) struct Bound {
    pub(crate) reservation: ReservationId,
    pub(crate) call: CallId,
    pub(crate) leg: Option<LegId>,
    pub(crate) queue: Option<QueueId>,
}

#[derive(Debug)]
pub(crate) struct People {
    pub(crate) acd: Acd,
    pub(crate) agents: BTreeMap<AgentId, Arc<Agent>>,
    pub(crate) queues: BTreeMap<QueueId, Arc<Queue>>,
    /// Groups of each agent.
    pub(crate) groups: BTreeMap<AgentId, Vec<QueueId>>,
    pub(crate) bound: BTreeMap<AgentId, Bound>,
    /// Calls that wait.
    pub(crate) entries: BTreeMap<QueueEntryId, CallId>,
    /// Supervisors who take part in a call, or whose phone rings for it.
    pub(crate) supervisors: BTreeMap<UserId, LegId>,
    /// The phone whose REFER is being looked at.
    pub(crate) refers: Option<LegId>,
    /// The phone that the agent who is being engaged dialled from.
    pub(crate) dialing_leg: Option<LegId>,
    /// Why agents that are being engaged are called.
    pub(crate) engaging: BTreeMap<(AgentId, CallId), Way>,
    /// Numbers about which the store is asked before they are dialled.
    pub(crate) errands: BTreeMap<OpId, crate::dial_out::Errand>,
    pub(crate) returns: BTreeMap<OpId, crate::dial_out::Return>,
    /// Phones registered by each extension.
    pub(crate) phones: BTreeMap<model::ExtensionId, u32>,
    pub(crate) last_calls: crate::desk_view::LastCalls,
    /// Desks that show something that has changed.
    pub(crate) stale: BTreeSet<AgentId>,
    /// Agents who may not see the numbers of customers.
    pub(crate) veiled: BTreeSet<AgentId>,
    /// What desks are told once.
    pub(crate) notes: BTreeMap<AgentId, DeskNote>,
    /// Desks that were shown signed in.
    pub(crate) shown: BTreeSet<AgentId>,
    pub(crate) previews: crate::preview::Previews,
    /// Facts on their way to the store.
    kept: BTreeMap<OpId, Fact>,
    unkept: VecDeque<Fact>,
}

impl People {
    pub(crate) fn new() -> Self {
        Self {
            acd: Acd::new(acd::Limits::default()),
            agents: BTreeMap::new(),
            queues: BTreeMap::new(),
            groups: BTreeMap::new(),
            bound: BTreeMap::new(),
            entries: BTreeMap::new(),
            supervisors: BTreeMap::new(),
            refers: None,
            dialing_leg: None,
            engaging: BTreeMap::new(),
            errands: BTreeMap::new(),
            returns: BTreeMap::new(),
            phones: BTreeMap::new(),
            last_calls: BTreeMap::new(),
            stale: BTreeSet::new(),
            veiled: BTreeSet::new(),
            notes: BTreeMap::new(),
            shown: BTreeSet::new(),
            previews: crate::preview::Previews::default(),
            kept: BTreeMap::new(),
            unkept: VecDeque::new(),
        }
    }

    /// Facts that the store has not confirmed.
    pub(crate) fn unsaved(&self) -> usize {
        self.kept.len() + self.unkept.len()
    }
}

/// The refusals of the room that queues, in the words of desks.
pub(crate) const fn refusal(why: Refusal) -> DeskRefusal {
    match why {
        Refusal::UnknownAgent | Refusal::Foreign => DeskRefusal::UnknownAgent,
        Refusal::UnknownQueue => DeskRefusal::UnknownQueue,
        Refusal::UnknownEntry => DeskRefusal::UnknownEntry,
        Refusal::SignedOut => DeskRefusal::SignedOut,
        Refusal::Disabled => DeskRefusal::Disabled,
        Refusal::Busy | Refusal::AlreadyWaiting => DeskRefusal::Busy,
        Refusal::UnknownReason => DeskRefusal::UnknownReason,
        Refusal::NoNumber => DeskRefusal::BadNumber,
        Refusal::Limit => DeskRefusal::Limit,
        Refusal::Gone => DeskRefusal::NoCall,
        Refusal::NotNow | Refusal::NoAgent | Refusal::NoSuchChoice => DeskRefusal::NotNow,
    }
}

impl Floor {
    /// Tells the room that queues, and carries out what it decides.
    pub(crate) fn acd(&mut self, input: acd::Input) -> Result<(), Refusal> {
        let taken = self.people.acd.handle(self.now, input);
        while let Some(output) = self.people.acd.poll_output() {
            self.on_acd(output);
        }
        match self.people.acd.next_timer() {
            Some(at) => self.timers.set(Timer::Acd, at),
            None => self.timers.clear(Timer::Acd),
        }
        taken
    }

    /// Binds an agent to a call that comes through no queue; the phone rings at once.
    pub(crate) fn engage(&mut self, agent: AgentId, call: CallId, way: Way) -> Result<(), Refusal> {
        let engagement = if way == Way::Dial { acd::Engagement::Dial } else { acd::Engagement::Ring };
        self.people.engaging.insert((agent, call), way);
        // Whoever is given a customer writes them up as the group wants it.
        let given = matches!(way, Way::Blind | Way::Back);
        let queue = self.sessions.get(&call).filter(|_| given).and_then(|s| s.talk.queue);
        let taken = self.acd(acd::Input::Engage { agent, call, way: engagement, queue });
        self.people.engaging.remove(&(agent, call));
        taken
    }

    /// The same where a refusal only says that the world has moved on meanwhile.
    pub(crate) fn tell_acd(&mut self, input: acd::Input) {
        let _late = self.acd(input);
    }

    fn on_acd(&mut self, output: acd::Output) {
        match output {
            acd::Output::Offer(offer) => self.offered(offer),
            acd::Output::CallBack { reservation, agent, entry, queue, number, ring_ms } => {
                self.call_back(reservation, agent, entry, queue, &number, ring_ms);
            }
            acd::Output::Reserved { reservation, agent, seat, call, queue } => {
                self.reserved(reservation, agent, &seat, call, queue);
            }
            acd::Output::Withdraw { reservation, agent, .. } => self.withdrawn(reservation, agent),
            acd::Output::Waiting { call, .. } => {
                if let Some(call) = call {
                    self.keep_company(call);
                }
            }
            acd::Output::Announce { call, position, wait_ms, .. } => {
                if let Some(call) = call {
                    self.announce_place(call, position, wait_ms);
                }
            }
            acd::Output::Choices { queue, call, .. } => {
                if let Some(call) = call {
                    self.read_choices(call, queue);
                }
            }
            acd::Output::Leave { entry, call, target, outcome } => {
                self.people.entries.remove(&entry);
                if let Some(call) = call {
                    self.left_queue(call, target, outcome);
                }
            }
            acd::Output::CallbackKept { call, entry, .. } => {
                // The older one where there was one, which may be being called back right now.
                if self.people.entries.get(&entry) == call.as_ref() {
                    self.people.entries.remove(&entry);
                }
                if let Some(call) = call {
                    self.callback_kept(call);
                }
            }
            acd::Output::Interval(interval) => self.on_interval(interval),
            acd::Output::Entry(entry) => self.keep(Fact::QueueEntry(entry)),
            acd::Output::Alarm(alarm) => self.on_desk_alarm(&alarm),
        }
    }

    fn on_interval(&mut self, interval: StateInterval) {
        self.people.stale.insert(interval.agent_id);
        // Who is ready may be dialled for.
        self.stir |= !self.campaigns.is_empty();
        self.tell_pacers(&interval);
        self.keep(Fact::Interval(Box::new(interval)));
    }

    fn on_desk_alarm(&mut self, alarm: &acd::Alarm) {
        let queue_name = |id: &QueueId| self.people.queues.get(id).map(|q| (q.tenant_id, q.name.clone()));
        let agent_name = |id: &AgentId| self.people.agents.get(id).map(|a| (a.tenant_id, format!("{} {}", a.number, a.name)));
        let (who, code, text) = match alarm {
            acd::Alarm::ServiceLevel { on: false, .. } => return,
            acd::Alarm::ServiceLevel { queue, percent, .. } => {
                (queue_name(queue), "service_level", format!("近半小时服务水平降到 {percent}%"))
            }
            acd::Alarm::LongWait { queue, waited_ms, .. } => {
                (queue_name(queue), "long_wait", format!("有客户已等待 {} 秒", waited_ms / 1_000))
            }
            acd::Alarm::LongWrapUp { agent } => (agent_name(agent), "long_wrap_up", "话后整理超时".to_owned()),
            acd::Alarm::LongBreak { agent } => (agent_name(agent), "long_break", "小休超时".to_owned()),
        };
        let Some((tenant, name)) = who else { return };
        let at = self.now;
        self.note(Fact::Alarm { tenant, code, text: format!("{name}：{text}"), at });
    }

    /// A fact that nothing later repeats: offered to the store until it is taken.
    pub(crate) fn keep(&mut self, fact: Fact) {
        let op = self.ask(Pending::Keep, self.limits.save_ms_max);
        self.people.kept.insert(op, fact.clone());
        self.out.push_back(Output::Persist { op, ack: true, fact: Box::new(fact) });
    }

    pub(crate) fn kept(&mut self, op: OpId) {
        self.people.kept.remove(&op);
    }

    pub(crate) fn keep_failed(&mut self, op: OpId) {
        let Some(fact) = self.people.kept.remove(&op) else { return };
        if self.people.unkept.len() >= KEPT_MAX {
            self.people.unkept.pop_front();
        }
        self.people.unkept.push_back(fact);
        self.timers.set_earlier(Timer::Keep, self.now.plus_ms(KEEP_AGAIN_MS));
    }

    pub(crate) fn keep_again(&mut self) {
        for fact in std::mem::take(&mut self.people.unkept) {
            self.keep(fact);
        }
    }

    // --- configuration ---

    pub(crate) fn on_agents(&mut self, tenant: TenantId, agents: Vec<Agent>, veiled: &BTreeSet<AgentId>) {
        let ids: BTreeSet<AgentId> = agents.iter().map(|a| a.id).collect();
        let gone: Vec<AgentId> =
            self.people.agents.values().filter(|a| a.tenant_id == tenant && !ids.contains(&a.id)).map(|a| a.id).collect();
        for agent in gone {
            self.people.agents.remove(&agent);
            self.tell_acd(acd::Input::AgentGone { agent });
            // Whose phone is waited for does not come back to their call.
            if self.timers.is_set(crate::timer::Timer::Back(agent)) {
                self.back_timed_out(agent);
            }
        }
        for agent in agents.into_iter().map(Arc::new) {
            if veiled.contains(&agent.id) {
                self.people.veiled.insert(agent.id);
            } else {
                self.people.veiled.remove(&agent.id);
            }
            self.people.stale.insert(agent.id);
            self.people.agents.insert(agent.id, agent.clone());
            self.tell_acd(acd::Input::Agent(agent));
        }
    }

    pub(crate) fn on_queues(&mut self, tenant: TenantId, queues: Vec<Queue>, members: Vec<Membership>) {
        let ids: BTreeSet<QueueId> = queues.iter().map(|q| q.id).collect();
        let gone: Vec<QueueId> =
            self.people.queues.values().filter(|q| q.tenant_id == tenant && !ids.contains(&q.id)).map(|q| q.id).collect();
        for queue in gone {
            self.people.queues.remove(&queue);
            self.tell_acd(acd::Input::QueueGone { queue });
        }
        let mut of_queue: BTreeMap<QueueId, Vec<Membership>> = BTreeMap::new();
        let own: BTreeSet<AgentId> = self.people.agents.values().filter(|a| a.tenant_id == tenant).map(|a| a.id).collect();
        self.people.groups.retain(|agent, _| !own.contains(agent));
        for member in members {
            self.people.groups.entry(member.agent_id).or_default().push(member.queue_id);
            of_queue.entry(member.queue_id).or_default().push(member);
        }
        for queue in queues.into_iter().map(Arc::new) {
            let id = queue.id;
            self.people.queues.insert(id, queue.clone());
            self.tell_acd(acd::Input::Queue(queue));
            let members = of_queue.remove(&id).unwrap_or_default();
            self.tell_acd(acd::Input::Members { queue: id, members });
        }
        self.people.stale.extend(own);
    }

    pub(crate) fn on_link(&mut self, agent: AgentId, up: bool) {
        self.tell_acd(acd::Input::Link { agent, up });
        self.people.stale.insert(agent);
    }
}
