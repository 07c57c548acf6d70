//! 通话记录: calls, their legs, their recordings (G2).

use super::{Direction, Heard, codes};
use crate::telephony::{Cause, MediaStats};
use crate::{
    AgentId, At, AttemptId, CallId, CampaignId, Disposition, FlowId, LeadId, LegId, QueueId, RecordingId, TenantId, TrunkId,
};
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
    /// What its legs cost together by the routes they took, in thousandths of a yuan: an estimate.
    #[serde(default)]
    pub cost: Option<i32>,
    /// What the ears made of it, in order.
    pub heard: Vec<Heard>,
    pub legs: Vec<LegRecord>,
    /// What was said, in order, where the tenant has a recogniser.
    #[serde(default)]
    pub utterances: Vec<Utterance>,
    /// Sound given to the recogniser: what its provider bills.
    #[serde(default)]
    pub heard_ms: u32,
    /// The group it came through, the last one.
    #[serde(default)]
    pub queue_id: Option<QueueId>,
    /// Who talked first.
    #[serde(default)]
    pub agent_id: Option<AgentId>,
    /// Everybody of ours who rang or talked, in order.
    #[serde(default)]
    pub talks: Vec<AgentTalk>,
    /// 满意度: what the caller pressed after the agent had hung up.
    #[serde(default)]
    pub satisfaction: Option<u32>,
    /// 二次确认: what came of it, of the last one where there were several.
    #[serde(default)]
    pub confirmation: Option<Confirmation>,
}

// 进行中 / 已按键确认 / 未确认. Pressed: the flow of the confirmation stored a result.
codes!(Confirmation { Running = "running", Pressed = "pressed", Missed = "missed" });

/// One agent's part in a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AgentTalk {
    pub agent_id: AgentId,
    pub leg_id: LegId,
    pub queue_id: Option<QueueId>,
    pub rung_at: At,
    /// None: did not answer.
    pub answered_at: Option<At>,
    pub ended_at: At,
    /// The customer was on hold.
    pub held_ms: u32,
}

// far: the far party; house: our own flow, by the text it spoke; line: a network's announcement before the answer.
codes!(Speaker { Far = "far", House = "house", Line = "line" });

/// One piece of what was said. Times are milliseconds after the call's `started_at`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Utterance {
    pub speaker: Speaker,
    pub from_ms: u32,
    pub to_ms: u32,
    pub text: String,
    /// False: the call ended before the recogniser had made up its mind.
    pub is_final: bool,
    /// 0–1 where the recogniser says.
    pub confidence: Option<f64>,
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
    /// What the leg costs by the route it took, in thousandths of a yuan; none: no route with a price.
    #[serde(default)]
    pub cost: Option<i32>,
}

/// One SIP message of a leg, as it went over the wire, without credentials and keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SipMessage {
    /// Microseconds since 1970.
    pub at_us: i64,
    /// By us.
    pub sent: bool,
    /// `UDP`, `TCP`, `TLS`, `WSS`.
    pub transport: String,
    /// Our address, `ip:port`.
    pub local: String,
    /// The other end's.
    pub remote: String,
    pub text: String,
}

/// SIP 信令: what was said about one leg, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SipTrace {
    pub leg_id: LegId,
    pub tenant_id: TenantId,
    /// When it was closed.
    pub at: At,
    pub messages: Vec<SipMessage>,
    /// Messages of its middle that were not kept.
    pub left_out: u32,
}

// How recordings are kept; the sizes of an hour stand in media::record::Format.
codes!(RecordingFormat {
    AlawWav = "alaw_wav",
    UlawWav = "ulaw_wav",
    PcmWav = "pcm_wav",
    Raw8 = "raw8",
    Raw16 = "raw16",
    AdpcmWav = "adpcm_wav",
    GsmWav = "gsm_wav",
    G729 = "g729",
});

#[expect(clippy::derivable_impls, reason = "the enum is made by a macro")]
impl Default for RecordingFormat {
    fn default() -> Self {
        Self::AlawWav
    }
}

impl RecordingFormat {
    /// File name extension, without the dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Raw8 => "raw8",
            Self::Raw16 => "raw16",
            Self::G729 => "g729",
            Self::AlawWav | Self::UlawWav | Self::PcmWav | Self::AdpcmWav | Self::GsmWav => "wav",
        }
    }
}

// call: the whole call; answer: an open answer of a flow's record node; early: what the network or the greeting said, kept
// where no person answered, mono.
codes!(RecordingKind { Call = "call", Answer = "answer", Early = "early" });

/// A sound file of a call. Stereo where its format allows it (left the far party, right what it heard) unless its kind says otherwise.
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
