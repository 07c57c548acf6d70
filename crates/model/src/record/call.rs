//! 通话记录: calls, their legs, their recordings (G2).

use super::{Direction, codes};
use crate::telephony::{Cause, MediaStats};
use crate::{At, AttemptId, CallId, CampaignId, Disposition, FlowId, LeadId, LegId, RecordingId, TenantId, TrunkId};
use serde::{Deserialize, Serialize};

/// One call, from its first leg's start to its last leg's end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Call {
    pub id: CallId,
    pub tenant_id: TenantId,
    pub direction: Direction,
    pub campaign_id: Option<CampaignId>,
    pub lead_id: Option<LeadId>,
    pub attempt_id: Option<AttemptId>,
    /// The far party's name where it is known.
    pub name: String,
    pub caller: String,
    pub called: String,
    pub trunk_id: Option<TrunkId>,
    pub flow_id: Option<FlowId>,
    pub flow_version: Option<u32>,
    pub started_at: At,
    pub ringing_at: Option<At>,
    pub answered_at: Option<At>,
    pub ended_at: At,
    pub disposition: Disposition,
    pub result: Option<String>,
    /// All keys pressed, in order.
    pub digits: String,
    /// What the flow did, in order.
    pub trail: Vec<TrailStep>,
    pub legs: Vec<LegRecord>,
}

/// One step of a flow as it happened, for the call record page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TrailStep {
    pub at: At,
    pub node: String,
    /// `play`, `gather`…
    pub kind: String,
    /// What came of it: the digits, the branch taken, the error.
    pub outcome: String,
}

/// One leg's record: exactly one per leg that ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct LegRecord {
    pub id: LegId,
    pub trunk_id: Option<TrunkId>,
    pub from: String,
    pub to: String,
    pub started_at: At,
    pub ringing_at: Option<At>,
    pub answered_at: Option<At>,
    pub ended_at: At,
    pub cause: Cause,
    pub stats: MediaStats,
}

// call: the whole call; answer: an open answer of a flow's record node.
codes!(RecordingKind { Call = "call", Answer = "answer" });

/// A sound file of a call. Stereo A-law WAV: left the far party, right what it heard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Recording {
    pub id: RecordingId,
    pub tenant_id: TenantId,
    pub call_id: CallId,
    pub kind: RecordingKind,
    /// Path below the recordings directory, `/`-separated.
    pub file_name: String,
    /// Variable of the flow that asked, for `answer`.
    pub label: String,
    pub started_at: At,
    pub duration_ms: u32,
    pub bytes: u64,
    /// Recovered after the process was killed while recording.
    pub recovered: bool,
}
