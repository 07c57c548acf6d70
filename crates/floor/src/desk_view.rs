//! What desks and boards see.

use crate::floor::Floor;
use crate::io::Output;
use crate::party::{Kind, Party, Sound};
use crate::session::{Session, Stage};
use call::LegState;
use model::desk::{
    AgentLive, DeskCall, DeskNote, DeskView, MonitorMode, Monitoring, Party as PartyView, PartyKind, PartyState, QueueLive,
    WaitingLive,
};
use model::record::{AgentState, Channel, Direction, Speaker};
use model::{AgentId, CallId, LegId, QueueId, TenantId, Vars, event};
use std::collections::BTreeMap;

/// Callers of a queue that a board shows.
const CALLERS_MAX: usize = 200;
/// Texts that were said before, on the desk.
const SAID_MAX: usize = 50;

impl Floor {
    /// Everybody who sees this call sees it anew.
    pub(crate) fn show_call(&mut self, call: CallId) {
        let Some(session) = self.sessions.get(&call) else { return };
        let kinds = session.talk.parties.values().map(|p| p.kind);
        let agents = kinds.filter_map(|k| match k {
            Kind::Agent { agent, .. } | Kind::Supervisor { agent, .. } => Some(agent),
            Kind::Guest => None,
        });
        self.people.stale.extend(agents.collect::<Vec<_>>());
    }

    pub(crate) fn note_desk(&mut self, agent: AgentId, note: DeskNote) {
        self.people.notes.insert(agent, note);
        self.people.stale.insert(agent);
    }

    /// Tells the screens what has changed since they were told last.
    pub(crate) fn show_stale(&mut self) {
        for agent in std::mem::take(&mut self.people.stale) {
            let Some(record) = self.people.agents.get(&agent).cloned() else { continue };
            let Some(view) = self.desk_view(agent) else { continue };
            if let Some(call) = &view.call {
                self.people.last_calls.insert(agent, call.clone());
            }
            if !matches!(view.agent.state, AgentState::WrapUp) && view.call.is_none() {
                self.people.last_calls.remove(&agent);
            }
            let tenant = record.tenant_id;
            let live = serde_json::to_value(self.agent_live(agent)).unwrap_or_default();
            self.out.push_back(Output::Notify { tenant, kind: event::AGENT_STATE, data: live });
            let signed_in = view.agent.session_id.is_some();
            // A desk that was signed out by somebody else is told so, once.
            let shown = if signed_in { !self.people.shown.insert(agent) } else { self.people.shown.remove(&agent) };
            // Taken either way: nothing is kept for whoever signs in later.
            let note = self.people.notes.remove(&agent);
            if signed_in || shown {
                let data = serde_json::json!({ "agent_id": agent, "user_id": record.user_id, "view": view, "note": note });
                self.out.push_back(Output::Notify { tenant, kind: event::DESK_CHANGED, data });
            }
        }
    }

    pub fn desk_view(&self, agent: AgentId) -> Option<DeskView> {
        let mut live = self.agent_live(agent)?;
        // Who only listens is not shown to the agent.
        live.monitors.retain(|m| m.mode == MonitorMode::Barge);
        live.monitored = live.monitors.first().map(|m| m.mode);
        let bound = self.people.bound.get(&agent);
        let call = bound.and_then(|b| self.desk_call(b.call, b.leg));
        let call = call.or_else(|| {
            let kept = self.people.last_calls.get(&agent).cloned();
            kept.filter(|_| live.state == AgentState::WrapUp).map(|c| DeskCall {
                parties: Vec::new(),
                consulting: false,
                survey: false,
                ..c
            })
        });
        Some(DeskView { agent: live, call, preview: self.preview_of(agent), tasks: self.tasks_of(agent) })
    }

    /// Of one tenant, by 工号.
    pub fn agents_live(&self, tenant: TenantId) -> Vec<AgentLive> {
        let own = self.people.agents.values().filter(|a| a.tenant_id == tenant);
        let mut all: Vec<AgentLive> = own.filter_map(|a| self.agent_live(a.id)).collect();
        all.sort_by(|a, b| (a.number.len(), &a.number).cmp(&(b.number.len(), &b.number)));
        all
    }

    pub fn tenants_with_agents(&self) -> std::collections::BTreeSet<TenantId> {
        let agents = self.people.agents.values().map(|a| a.tenant_id);
        agents.chain(self.people.queues.values().map(|q| q.tenant_id)).collect()
    }

    pub fn signed_in(&self) -> Vec<AgentId> {
        self.people.acd.agents().filter(|a| a.seat.is_some()).map(|a| a.agent).collect()
    }

    fn agent_live(&self, agent: AgentId) -> Option<AgentLive> {
        let record = self.people.agents.get(&agent)?;
        let view = self.people.acd.agent(agent)?;
        let call = self.people.bound.get(&agent).and_then(|b| self.sessions.get(&b.call));
        let parties = call.into_iter().flat_map(|s| s.talk.parties.values()).filter(|p| p.answered_at.is_some() && !p.leaving);
        let monitors: Vec<Monitoring> = parties
            .filter_map(|p| match p.kind {
                Kind::Supervisor { user, mode, agent: of } if of == agent => Some(Monitoring { user_id: user, mode }),
                _ => None,
            })
            .collect();
        Some(AgentLive {
            agent_id: agent,
            number: record.number.clone(),
            name: record.name.clone(),
            unit_id: record.unit_id,
            state: view.state,
            reason: view.reason,
            since: view.since,
            until: view.until,
            next: view.next,
            link_up: view.link_up,
            session_id: view.session.filter(|_| view.seat.is_some()),
            seat: view.seat,
            queues: self.people.groups.get(&agent).cloned().unwrap_or_default(),
            queue_id: view.queue,
            call_id: view.call,
            number_far: call.map(|s| self.other_end(s, s.talk.leg_of(agent)).0.to_owned()),
            monitored: monitors.first().map(|m| m.mode),
            monitors,
            calls: view.calls,
            talk_ms: view.talk_ms,
        })
    }

    pub fn queues_live(&self, tenant: TenantId) -> Vec<QueueLive> {
        let own = self.people.queues.values().filter(|q| q.tenant_id == tenant);
        own.filter_map(|q| self.queue_live(q.id)).collect()
    }

    fn queue_live(&self, id: QueueId) -> Option<QueueLive> {
        let record = self.people.queues.get(&id)?;
        let view = self.people.acd.queue(id)?;
        let waiting = self.people.acd.waiting(id);
        let first_came_at = waiting.iter().filter(|w| !w.callback).map(|w| w.came_at).min();
        let name_of = |call: Option<CallId>| call.and_then(|c| self.sessions.get(&c)).map(|s| s.call.head.name.clone());
        let callers = waiting.into_iter().take(CALLERS_MAX).map(|w| WaitingLive {
            entry_id: w.entry,
            call_id: w.call,
            name: name_of(w.call).unwrap_or_default(),
            caller: w.caller,
            channel: Channel::Call,
            came_at: w.came_at,
            position: w.position,
            callback: w.callback,
            agent_id: w.locked_to,
        });
        Some(QueueLive {
            queue_id: id,
            name: record.name.clone(),
            open: view.open,
            waiting: view.waiting,
            callbacks: view.callbacks,
            first_came_at,
            staffed: view.staffed,
            ready: view.ready,
            busy: view.busy,
            wrapping_up: view.wrapping_up,
            on_break: view.on_break,
            service_level: view.service_level.map(|(percent, _)| percent),
            served: view.service_level.map_or(0, |(_, of)| of),
            callers: callers.collect(),
        })
    }

    fn desk_call(&self, call: CallId, own: Option<LegId>) -> Option<DeskCall> {
        let s = self.sessions.get(&call)?;
        let head = &s.call.head;
        let lead = match (&s.dial, &s.caller) {
            (Some(d), _) => Some((d.lead.id, d.lead.variables.clone())),
            (None, Some((lead, _))) => Some((lead.id, lead.variables.clone())),
            (None, None) => None,
        };
        let campaign = s.campaign();
        let said = s.call.utterances().iter().filter(|u| u.is_final && u.speaker != Speaker::Line);
        let said: Vec<String> = said.map(|u| format!("{}：{}", who(u.speaker), u.text)).collect();
        let skip = said.len().saturating_sub(SAID_MAX);
        let other = self.other_end(s, own);
        let answered_at = own.and_then(|l| s.talk.parties.get(&l)).and_then(|p| p.answered_at);
        Some(DeskCall {
            call_id: call,
            direction: head.direction,
            number: other.0.to_owned(),
            name: other.1.to_owned(),
            called: if head.direction == Direction::Inbound { head.called.clone() } else { head.caller.clone() },
            queue_id: s.talk.queue,
            service: Some(s.talk.service.clone()).filter(|t| !t.is_empty()),
            campaign_id: campaign.map(|c| c.id),
            campaign_name: campaign.map(|c| c.name.clone()),
            lead_id: lead.as_ref().map(|l| l.0),
            data: lead.map_or_else(Vars::new, |l| l.1),
            digits: s.call.digits().to_owned(),
            said: said.into_iter().skip(skip).collect(),
            classes: s.talk.classes.clone(),
            customers: s.talk.customers.clone(),
            started_at: head.started_at,
            answered_at: answered_at.filter(|_| s.talk.since.is_some()),
            parties: self.parties(s),
            consulting: s.talk.parties.values().any(|p| p.consulted && !p.leaving)
                || s.talk.errand.is_some()
                || s.search.as_ref().is_some_and(|x| x.party.is_some()),
            recording: s.recorders.values().any(|r| r.token.is_none()),
            survey: s.talk.queue.is_some() && s.talk.token.is_none(),
            confirmation: s.call.confirmation,
        })
    }

    fn parties(&self, s: &Session) -> Vec<PartyView> {
        let mut all = Vec::new();
        if let Some(far) = s.call.far().filter(|l| l.state < LegState::HangingUp) {
            let state = match far.state {
                LegState::Starting | LegState::Ringing if s.call.head.direction == Direction::Outbound => PartyState::Ringing,
                _ if s.talk.far_held.is_some() => PartyState::Held,
                _ if s.talk.confirming.is_some() || s.talk.sound == Sound::Music || s.stage != Stage::Up => PartyState::Flow,
                _ => PartyState::Talking,
            };
            all.push(PartyView {
                leg_id: far.id,
                kind: PartyKind::Customer,
                state,
                number: s.far_number().to_owned(),
                name: s.call.head.name.clone(),
                agent_id: None,
                muted: false,
                consulted: false,
                mode: None,
                since: far.answered_at.unwrap_or(far.started_at),
            });
        }
        let ours = s.talk.parties.iter().filter(|(_, p)| !p.leaving);
        // Who listens or whispers is not shown to the agent's customer-facing desk as a party of the talk.
        let shown = ours.filter(|(_, p)| !matches!(p.kind, Kind::Supervisor { mode, .. } if mode != MonitorMode::Barge));
        all.extend(shown.map(|(leg, p)| party_view(*leg, p)));
        all
    }
}

fn party_view(leg: LegId, p: &Party) -> PartyView {
    let (kind, agent_id, mode) = match p.kind {
        Kind::Agent { agent, .. } => (PartyKind::Agent, Some(agent), None),
        Kind::Guest => (PartyKind::Guest, None, None),
        Kind::Supervisor { mode, .. } => (PartyKind::Supervisor, None, Some(mode)),
    };
    let state = match p.answered_at {
        None => PartyState::Ringing,
        Some(_) if p.held => PartyState::Held,
        Some(_) => PartyState::Talking,
    };
    let (number, name) = (p.number.clone(), p.name.clone());
    let since = p.answered_at.unwrap_or(p.made_at);
    let (muted, consulted) = (p.muted, p.consulted);
    PartyView { leg_id: leg, kind, state, number, name, agent_id, muted, consulted, mode, since }
}

const fn who(speaker: Speaker) -> &'static str {
    match speaker {
        Speaker::Far => "客户",
        Speaker::House => "语音",
        Speaker::Line => "网络",
    }
}

/// The last call of agents who write it up.
pub(crate) type LastCalls = BTreeMap<AgentId, DeskCall>;
