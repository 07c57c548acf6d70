//! What enters a run of a flow and what it asks for.

use model::record::TrailStep;
use model::{FlowId, Vars};
use serde::{Deserialize, Serialize};

/// Identifies a request of one run; its answer carries it back. A stale token is ignored.
pub type Token = u32;

/// A piece of speech with every variable already filled in and every number, date and amount already spelt out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SpeechPart {
    /// A named prompt of the tenant.
    Prompt {
        name: String,
    },
    /// Text for the synthesiser; `voice` none: the tenant's.
    Say {
        text: String,
        voice: Option<String>,
    },
    Silence {
        ms: u32,
    },
    /// The beep before a recording.
    Tone {
        hz: u16,
        ms: u32,
    },
}

/// An HTTP request with everything filled in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpRequest {
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Option<String>,
    /// 100–30 000.
    pub timeout_ms: u32,
}

#[derive(Clone, Debug, PartialEq)]
pub enum In {
    /// The call is up; run the entry node.
    Start,
    /// All parts of `Speak` were played, or could not be (`ok` false: missing prompt, synthesiser down).
    Spoken {
        token: Token,
        ok: bool,
    },
    Digit {
        digit: char,
    },
    /// The result is stored (or the store did not answer in time, `ok` false; the flow goes on).
    ResultSaved {
        token: Token,
        ok: bool,
    },
    /// Status and body (JSON where it is JSON, else a string).
    HttpDone {
        token: Token,
        outcome: Result<(u16, serde_json::Value), String>,
    },
    SmsQueued {
        token: Token,
        ok: bool,
    },
    /// A recording of this run has been closed.
    Recorded {
        token: Token,
        duration_ms: u32,
        file_name: String,
    },
    TransferDone {
        token: Token,
        outcome: TransferOutcome,
    },
    /// The document asked for by `Jump`; none: no such published flow.
    Jumped {
        token: Token,
        flow: Option<(FlowId, u32, std::sync::Arc<crate::Flow>)>,
    },
    /// `next_deadline` has passed.
    Tick,
    /// The far end is gone; nothing can be said any more, hang-up branches may still set results and send messages.
    HungUp,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransferOutcome {
    /// They talked, and the transferred leg ended first.
    Completed {
        talk_ms: u32,
    },
    Busy,
    NoAnswer,
    Failed {
        text: String,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub enum Out {
    /// Say all parts, then answer `Spoken`. Replaces what is being said.
    Speak {
        token: Token,
        parts: Vec<SpeechPart>,
    },
    StopSpeaking,
    /// Set the lead's result. The run waits for `ResultSaved` before it says anything more.
    SetResult {
        token: Token,
        code: String,
        variables: Vars,
    },
    Http {
        token: Token,
        request: HttpRequest,
    },
    /// To the callee when `phone` is none.
    Sms {
        token: Token,
        phone: Option<String>,
        text: String,
    },
    /// Record the far end until `StopRecording` or `ms_max`. `label` names the answer.
    StartRecording {
        token: Token,
        label: String,
        ms_max: u32,
    },
    StopRecording {
        token: Token,
    },
    /// Ring `to` and bridge; answered by `TransferDone` whatever happens, unless the far end hangs up first.
    Transfer {
        token: Token,
        to: String,
        ring_ms_max: u32,
        /// The far party's line is asked to call `to` (REFER); the talk goes on without us.
        hand_over: bool,
    },
    /// Load the newest published version of another flow.
    Jump {
        token: Token,
        flow: FlowId,
    },
    /// For the call record.
    Trail(TrailStep),
    /// The last output of a run.
    Hangup,
}
