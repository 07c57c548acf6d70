//! 任务概览: what the live page of a campaign shows.

use crate::{AgentId, At};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CampaignOverview {
    /// When it was counted.
    pub at: At,
    pub funnel: Funnel,
    /// Attempts by how they ended, the most frequent first.
    pub dispositions: Vec<DispositionCount>,
    /// By hour of the day in the reader's zone; hours without an attempt are left out.
    pub hours: Vec<HourCount>,
    /// Who talked, by 工号.
    pub agents: Vec<AgentShare>,
    pub speed: Speed,
    pub cost: CampaignCost,
}

/// People, each counted once however often they were called. Who came to a step has come through all before it: somebody who called
/// back, or whose call is still up, has answered too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Funnel {
    pub leads: u64,
    pub called: u64,
    pub answered: u64,
    /// A person answered.
    pub human: u64,
    /// Talked with an agent.
    pub agent: u64,
    /// Have a result, by the flow or by an agent.
    pub heard: u64,
    /// One of the two at least.
    pub reached: u64,
    /// Have a result that counts as success.
    pub success: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DispositionCount {
    pub disposition: crate::Disposition,
    pub attempts: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct HourCount {
    pub hour: u8,
    pub attempts: u64,
    pub answered: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AgentShare {
    pub agent_id: AgentId,
    /// 工号
    pub number: String,
    pub name: String,
    /// Calls talked in.
    pub calls: u64,
    pub talk_ms: u64,
    /// By result code: of the calls this agent talked in first.
    pub results: BTreeMap<String, u64>,
    pub success: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Speed {
    /// Attempts of the last hour in steps of five minutes, the oldest first.
    pub last_hour: Vec<u64>,
    /// Thousandths of an attempt a minute, since the first attempt of the last hour.
    pub per_minute_milli: u64,
    /// Attempts that are still to be expected.
    pub attempts_left: u64,
    /// When they will have been made at this speed, in the campaign's own hours; none: not dialling, or never.
    pub ends_at: Option<At>,
}

/// Thousandths of a yuan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CampaignCost {
    /// By the rates of the routes taken.
    pub routed: i64,
    /// Minutes begun, of calls over routes without a rate.
    pub unrated_minutes: i64,
    /// Those minutes by the price in the settings.
    pub unrated: i64,
}
