//! What screens see of the floor between two writes.

use model::desk::{AgentLive, DeskView, QueueLive};
use model::record::{CalibrationLive, PacingLive};
use model::telephony::TrunkState;
use model::{AgentId, CampaignId, FlowId, TenantId, TrunkId};
use serde::Serialize;
use std::collections::BTreeMap;

/// A snapshot, at most one second old.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Live {
    /// Running and paused campaigns.
    pub campaigns: BTreeMap<CampaignId, CampaignGauge>,
    pub trunks: BTreeMap<TrunkId, TrunkState>,
    /// Calls up, in- and outbound.
    pub calls: u32,
    /// All agents, by 工号.
    pub agents: BTreeMap<TenantId, Vec<AgentLive>>,
    pub queues: BTreeMap<TenantId, Vec<QueueLive>>,
    /// Desks of those who are signed in.
    pub desks: BTreeMap<AgentId, DeskView>,
    /// How well the answers of leads are foreseen.
    pub calibrations: BTreeMap<TenantId, CalibrationLive>,
    /// Why the engine cannot work as it should, e.g. the store does not answer.
    pub degraded: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct CampaignGauge {
    pub dialing: u32,
    pub talking: u32,
    /// Why a running campaign is not dialling now; none when it is.
    pub waiting_for: Option<String>,
    /// Of a running task with agents.
    pub pacing: Option<PacingLive>,
}

/// Something in the store changed that the floor must know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    Settings(TenantId),
    /// The campaign itself, its status, or its leads.
    Campaign(CampaignId),
    CampaignDeleted(CampaignId),
    /// Trunks, routes and numbers.
    Lines(TenantId),
    Extensions(TenantId),
    Agents(TenantId),
    /// Groups and who belongs to them.
    Queues(TenantId),
    Flow(FlowId),
    Prompts(TenantId),
    /// The library of announcements.
    Fingerprints(TenantId),
}
