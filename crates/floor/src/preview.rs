//! Leads that agents see before they are dialled.

use crate::floor::Floor;
use model::desk::{DeskRefusal, Preview, TaskBrief};
use model::record::DialMode;
use model::{AgentId, CampaignId};

impl Floor {
    pub(crate) fn preview_of(&self, _agent: AgentId) -> Option<Preview> {
        None
    }

    /// Running tasks of the agent's groups.
    pub(crate) fn tasks_of(&self, agent: AgentId) -> Vec<TaskBrief> {
        let Some(groups) = self.people.groups.get(&agent) else { return Vec::new() };
        let own = |c: &model::record::Campaign| c.mode != DialMode::Ivr && c.queue_id.is_some_and(|q| groups.contains(&q));
        let running = self.campaigns.values().filter(|r| r.is_running()).map(|r| &r.campaign).filter(|c| own(c));
        running.map(|c| TaskBrief { campaign_id: c.id, name: c.name.clone(), mode: c.mode }).collect()
    }

    pub(crate) fn next_lead(&mut self, _agent: AgentId, _campaign: CampaignId) -> Result<(), DeskRefusal> {
        Err(DeskRefusal::NotNow)
    }

    pub(crate) fn preview_dial(&mut self, _agent: AgentId) -> Result<(), DeskRefusal> {
        Err(DeskRefusal::NotNow)
    }

    pub(crate) fn preview_skip(&mut self, _agent: AgentId, _reason: &str) -> Result<(), DeskRefusal> {
        Err(DeskRefusal::NotNow)
    }
}
