//! 识音: what was heard on a line, what is done about it, and the tenant's library of announcements.

use super::codes;
use crate::{At, Disposition, FingerprintId, RecordingId, TenantId};
use serde::{Deserialize, Serialize};

// What the ears tell apart; the codes are those of `media::ears::Class`.
codes!(HeardClass {
    Ringing = "ringing", Busy = "busy", Congestion = "congestion", Information = "information", Invalid = "invalid",
    Suspended = "suspended", Off = "off", Unreachable = "unreachable", NoAnswer = "no_answer", Restricted = "restricted",
    Changed = "changed", Assistant = "assistant", Human = "human", Machine = "machine", Beep = "beep", Fax = "fax",
    Silence = "silence", DeadAir = "dead_air", Other = "other",
});

// How it was come by: a tone, a known recording, words, or the rhythm of speech.
codes!(HeardMeans { Tone = "tone", Fingerprint = "fingerprint", Text = "text", Timing = "timing" });

impl HeardClass {
    /// What an attempt comes to that ends on this; none where it says nothing about the callee.
    pub const fn disposition(self) -> Option<Disposition> {
        Some(match self {
            Self::Busy => Disposition::Busy,
            Self::Congestion => Disposition::Congestion,
            Self::Invalid => Disposition::Invalid,
            Self::Suspended => Disposition::Suspended,
            Self::Off => Disposition::Off,
            Self::Unreachable => Disposition::Unreachable,
            Self::NoAnswer => Disposition::NoAnswer,
            Self::Restricted => Disposition::Restricted,
            Self::Changed => Disposition::Changed,
            Self::Assistant => Disposition::Assistant,
            Self::Human => Disposition::Human,
            Self::Machine | Self::Beep => Disposition::Machine,
            Self::Fax => Disposition::Fax,
            Self::DeadAir => Disposition::DeadAir,
            Self::Ringing | Self::Information | Self::Silence | Self::Other => return None,
        })
    }

    /// Said by the network: nobody is going to answer.
    pub const fn is_refusal(self) -> bool {
        matches!(
            self,
            Self::Busy
                | Self::Congestion
                | Self::Invalid
                | Self::Suspended
                | Self::Off
                | Self::Unreachable
                | Self::NoAnswer
                | Self::Restricted
                | Self::Changed
        )
    }
}

/// One verdict of the ears, as it stands on the call record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Heard {
    pub class: HeardClass,
    pub means: HeardMeans,
    /// 0–1.
    pub confidence: f32,
    /// Before the answer: since the first sound; after it: since the answer. Milliseconds.
    pub at_ms: u32,
    /// Before the answer.
    pub early: bool,
    /// In words and figures.
    pub evidence: String,
    /// The library's entry that matched.
    pub fingerprint_id: Option<FingerprintId>,
}

// After the answer: listen before the flow speaks, or not.
codes!(AmdMode { Off = "off", Detect = "detect" });

// hang_up: end the call. message: start the flow when the machine's tone is over. go_on: start the flow at once.
codes!(OnMachine { HangUp = "hang_up", Message = "message", GoOn = "go_on" });

/// Answering machine detection of a campaign. The flow sees the class as `call.answered_by`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Amd {
    pub mode: AmdMode,
    pub machine: OnMachine,
    /// A call assistant talks like a person and waits for an answer: `message` starts the flow at once.
    pub assistant: OnMachine,
    /// End a call on which nothing is heard; otherwise the flow speaks into the silence.
    pub end_dead_air: bool,
}

impl Default for Amd {
    fn default() -> Self {
        Self { mode: AmdMode::Off, machine: OnMachine::HangUp, assistant: OnMachine::HangUp, end_dead_air: false }
    }
}

/// One known announcement of a tenant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Fingerprint {
    pub id: FingerprintId,
    pub tenant_id: TenantId,
    pub name: String,
    pub class: HeardClass,
    /// Where it was cut from, for people.
    pub source: String,
    pub recording_id: Option<RecordingId>,
    pub enabled: bool,
    pub duration_ms: u32,
    pub created_by: String,
    pub created_at: At,
    /// Calls it was heard in.
    pub hits: u64,
    pub last_hit_at: Option<At>,
}
