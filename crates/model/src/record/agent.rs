//! 坐席: who answers, where they can be rung, and the ledger of what they were doing.

use super::codes;
use crate::{AgentId, AgentSessionId, At, CallId, ExtensionId, OrgUnitId, QueueId, SkillId, TenantId, UserId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

// 签出 / 空闲 / 预占 / 振铃 / 外拨 / 通话 / 保持 / 话后整理 / 小休
codes!(AgentState {
    Off = "off", Ready = "ready", Reserved = "reserved", Ringing = "ringing", Dialing = "dialing",
    Talking = "talking", Held = "held", WrapUp = "wrap_up", Break = "break",
});

impl AgentState {
    /// Bound to a piece of work that is offered or goes on.
    pub const fn is_busy(self) -> bool {
        matches!(self, Self::Reserved | Self::Ringing | Self::Dialing) || self.is_talking()
    }

    /// In a call, held or not.
    pub const fn is_talking(self) -> bool {
        matches!(self, Self::Talking | Self::Held)
    }
}

/// One 工号 and what it can do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Agent {
    pub id: AgentId,
    pub tenant_id: TenantId,
    /// Who signs in with it; none: a seat that others sign in.
    pub user_id: Option<UserId>,
    /// 工号, unique within the tenant.
    pub number: String,
    pub name: String,
    /// Their own phone, E.164: calls from it are known to be theirs. Empty: none.
    #[serde(default)]
    pub mobile: String,
    /// The phone in the page, made with the first sign-in there.
    pub extension_id: Option<ExtensionId>,
    /// 部门, if any.
    #[serde(default)]
    pub unit_id: Option<OrgUnitId>,
    pub enabled: bool,
    /// Skill → level, 1–10.
    #[cfg_attr(feature = "schema", schema(value_type = BTreeMap<String, u8>))]
    pub skills: BTreeMap<SkillId, u8>,
    pub created_at: At,
    pub revision: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Skill {
    pub id: SkillId,
    pub tenant_id: TenantId,
    pub name: String,
}

/// Where an agent is rung. The work stays with the 工号, whatever the phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Seat {
    /// The desk's own phone, registered by the page.
    Browser { extension: ExtensionId },
    /// A SIP phone.
    Phone { extension: ExtensionId },
    /// An outside phone, E.164: a mobile or a home line.
    Outside { number: String },
}

impl Seat {
    /// Rings over the public network, which takes longer and costs.
    pub const fn is_outside(&self) -> bool {
        matches!(self, Self::Outside { .. })
    }
}

/// One span of time an agent spent in one state. Written when it begins (`ended_at` none) and again when it is over, under the
/// same session and ordinal. Those of one agent follow each other without a gap, from the first sign-in on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct StateInterval {
    pub tenant_id: TenantId,
    pub agent_id: AgentId,
    pub session_id: AgentSessionId,
    /// 0, 1, 2 … within the session; the last one is `off`.
    pub ordinal: u32,
    pub state: AgentState,
    /// Of a break: its code. Otherwise why the state came about, where that is not plain.
    pub reason: Option<String>,
    pub queue_id: Option<QueueId>,
    pub call_id: Option<CallId>,
    /// The supervisor who forced it; none: the agent or the system.
    pub set_by: Option<UserId>,
    pub started_at: At,
    pub ended_at: Option<At>,
}

/// Reasons of breaks that the system itself gives.
pub mod break_reason {
    /// Just signed in and not ready yet.
    pub const SIGNED_IN: &str = "signed_in";
    /// Did not answer a call in time.
    pub const NO_ANSWER: &str = "no_answer";
    pub const DECLINED: &str = "declined";
    /// The phone could not be reached.
    pub const UNREACHABLE: &str = "unreachable";
    /// The desk lost its connection and did not come back.
    pub const LINK_LOST: &str = "link_lost";
}

/// Why agents may take a break.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct BreakReason {
    /// Letters, digits, `_`; not one of the system's own.
    pub code: String,
    pub name: String,
    /// An alarm is raised after so long; 0: never.
    pub ms_max: u32,
}

/// How a tenant's agents work, whichever queue they serve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct DeskSettings {
    /// IANA zone of shifts, opening hours and the day's tallies.
    pub zone: String,
    pub breaks: Vec<BreakReason>,
    /// A desk that lost its connection keeps its state so long; then it is a break.
    pub link_grace_ms: u32,
    /// How long a phone may take to begin to ring before it counts as unreachable.
    pub setup_ms_max: u32,
    /// The same for outside phones.
    pub setup_ms_max_outside: u32,
    /// How long a colleague rings, or a number dialled by an agent.
    pub direct_ring_ms: u32,
    /// After a call that came through no queue; 0: none.
    pub direct_wrap_up_ms: u32,
    /// Prompt played to who is on hold or waits; empty: the built-in melody.
    pub music: String,
    /// Calls that agents dial are recorded.
    pub record_dialed: bool,
    /// What the caller hears who is asked for a rating.
    pub survey_text: String,
}

impl Default for DeskSettings {
    fn default() -> Self {
        let reason = |code: &str, name: &str, ms_max| BreakReason { code: code.into(), name: name.into(), ms_max };
        Self {
            zone: "Asia/Shanghai".into(),
            breaks: vec![
                reason("rest", "小休", 900_000),
                reason("meal", "用餐", 3_600_000),
                reason("meeting", "会议", 0),
                reason("training", "培训", 0),
            ],
            link_grace_ms: 20_000,
            setup_ms_max: 5_000,
            setup_ms_max_outside: 15_000,
            direct_ring_ms: 60_000,
            direct_wrap_up_ms: 0,
            music: String::new(),
            record_dialed: true,
            survey_text: "请对本次服务作出评价，满意请按1，不满意请按2，一般请按3。".into(),
        }
    }
}
