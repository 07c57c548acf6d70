//! What enters a run of a flow and what it asks for.

use model::record::{EntryOutcome, Medium, Need, TrailStep};
use model::{At, CampaignId, FlowId, QueueId, Vars};
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

/// How to hear the far end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HearAsk {
    /// Empty: the tenant's.
    pub language: String,
    /// Words to expect, at most 100.
    pub hints: Vec<String>,
    /// Speech must last so long, 60–2 000, and be so loud, −60 to −10 dB, before it counts: a cough does not.
    pub onset_ms: u32,
    pub level_db: i32,
    /// Silence that ends an utterance, 200–10 000.
    pub end_silence_ms: u32,
    /// 1 000–600 000.
    pub utterance_ms_max: u32,
}

/// What was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The far end began to speak.
    Started,
    /// It has been silent for as long as was asked; a final text or a failure may follow.
    Ended,
    Text {
        text: String,
        is_final: bool,
    },
    /// The utterance gets no text.
    Failed(String),
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
    /// To `Appoint`.
    Appointed {
        token: Token,
        outcome: AppointOutcome,
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
    QueueDone {
        token: Token,
        outcome: QueueOutcome,
    },
    ConferenceDone {
        token: Token,
        outcome: ConferenceOutcome,
    },
    /// The document asked for by `Jump`; none: no such published flow.
    Jumped {
        token: Token,
        flow: Option<(FlowId, u32, std::sync::Arc<crate::Flow>)>,
    },
    /// To `Hear`, any number of them until `StopHearing`.
    Heard {
        token: Token,
        heard: Heard,
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

/// When the caller wants to be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppointTime {
    /// So long from now.
    In {
        ms: i64,
    },
    /// So many days from today at so many minutes after midnight, by the clock at home.
    Day {
        days: u32,
        minute: u32,
    },
    At {
        at: At,
    },
}

/// An appointment that the caller asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AppointAsk {
    /// None: the task of the call itself.
    pub task: Option<CampaignId>,
    pub medium: Medium,
    pub time: AppointTime,
    /// Only asked about otherwise.
    pub store: bool,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppointOutcome {
    /// It can be had, or stands in the store.
    Fine {
        due_at: At,
    },
    /// Past, outside the task's hours, or full.
    NoTime,
    /// This person is not to be called, or no task takes it.
    Refused,
    Failed,
}

/// A caller to be put into a conference room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConferenceAsk {
    /// The room's number, 1–20 digits.
    pub room: String,
    /// Hears the others and is not heard.
    pub muted: bool,
    /// Leaves by this key.
    pub leave_key: char,
    /// 2–100, the caller among them.
    pub parties_max: u32,
}

/// How a stay in a conference room ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConferenceOutcome {
    /// By the key.
    Left {
        ms: u32,
    },
    /// As many were there as may.
    Full,
    Failed {
        text: String,
    },
}

/// A caller to be put into a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueAsk {
    pub queue: QueueId,
    /// What was chosen before, for the agent and the list of lost calls; empty: nothing.
    pub service: String,
    /// Besides the queue's own.
    pub needs: Vec<Need>,
    /// Counts as if it had waited so much longer, 0–86 400 000.
    pub head_start_ms: u32,
}

/// How a stay in queues ended.
#[derive(Clone, Debug, PartialEq)]
pub enum QueueOutcome {
    /// They talked, and the agent left first.
    Talked {
        talk_ms: u32,
    },
    /// The queue sends the caller into this document.
    Go {
        flow: FlowId,
        version: u32,
        doc: std::sync::Arc<crate::Flow>,
    },
    /// Back unserved: left by key, timed out, full, closed…
    NotServed {
        why: EntryOutcome,
    },
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
    /// An appointment of the far party; answered by `Appointed`.
    Appoint {
        token: Token,
        ask: AppointAsk,
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
        /// The number is a caller's choice: the rules for outbound calls are asked before it is dialled. Refused, it is
        /// `Failed` with the text `forbidden`. Phones of the house are not asked about.
        checked: bool,
    },
    /// Record the whole call from now on, where it is not recorded yet.
    RecordCall,
    /// Wait for an agent and talk; answered by `QueueDone` whatever happens, unless the far end hangs up first.
    Queue {
        token: Token,
        ask: QueueAsk,
    },
    /// Join the room of this number; answered by `ConferenceDone` whatever happens, unless the far end hangs up first.
    Conference {
        token: Token,
        ask: ConferenceAsk,
    },
    /// 满意度: what the caller thinks of the talk, 1 satisfied, 2 not, 3 so-so.
    Rate {
        score: u32,
    },
    /// Load the newest published version of another flow.
    Jump {
        token: Token,
        flow: FlowId,
    },
    /// Hear the far end until `StopHearing`; what is heard comes as `Heard`. There is at most one hearing.
    Hear {
        token: Token,
        ask: HearAsk,
    },
    StopHearing {
        token: Token,
    },
    /// For the call record.
    Trail(TrailStep),
    /// The last output of a run.
    Hangup,
}
