//! What the floor and the switch say to each other. Serialisable, so that they may meet over a channel or a bus.
//!
//! Digits are gathered by the flow, not by the switch: the switch reports every [`Event::Digit`] at once and the pure core
//! owns all timeouts, so a menu is tested under simulated time (docs/adr/0001).

mod fax;

pub use fax::{FaxDocument, FaxEnd, FaxJob, FaxOutcome, FaxStage, FaxT38, FaxTransport};

use crate::record::{BanReason, Heard, RecordingFormat};
use crate::{At, ExtensionId, LegId, MixId, OpId, TenantId, TrunkId};
use serde::{Deserialize, Serialize};

/// Asked of the switch by the floor. A command for an unknown leg is ignored (the leg has ended and said so).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Command {
    Originate(Originate),
    /// Calls a phone of the tenant's own.
    CallExtension(CallExtension),
    /// Inbound: send 180 Ringing.
    Ring {
        leg: LegId,
    },
    /// Inbound: send 183 with SDP, so that Play is heard before the answer.
    EarlyMedia {
        leg: LegId,
    },
    /// Inbound: send 200 OK.
    Answer {
        leg: LegId,
    },
    /// Inbound, before the answer: refuse with this SIP status (400–699).
    Reject {
        leg: LegId,
        sip_code: u16,
        /// Sent as a Reason header (RFC 3326), 1–127.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        q850: Option<u8>,
    },
    /// Ends the leg in whatever state it is: CANCEL, BYE or a 480. Always followed by [`Event::Ended`].
    Hangup {
        leg: LegId,
        action: Action,
    },
    /// Plays clips one after the other without a gap. A new Play replaces the running one (which ends as Stopped).
    Play {
        leg: LegId,
        op: OpId,
        clips: Vec<Clip>,
    },
    StopPlay {
        leg: LegId,
    },
    /// Joins two legs so that each hears the other. A running Play on either goes on, mixed above.
    Bridge {
        a: LegId,
        b: LegId,
    },
    Unbridge {
        leg: LegId,
    },
    /// Takes a leg into a conversation of many, out of its bridge or any other mix. Joining again changes its role. A mix
    /// begins with its first party, ends with its last, and takes 500; one more is left where it was. Keys pressed are
    /// reported, not heard.
    Join {
        leg: LegId,
        mix: MixId,
        role: Role,
    },
    /// Out of its mix (or bridge); the others go on.
    Leave {
        leg: LegId,
    },
    /// As Play, but everybody in the leg's mix hears it. Ends as Stopped when the leg ends.
    Announce {
        leg: LegId,
        op: OpId,
        clips: Vec<Clip>,
    },
    /// Whether the others of its bridge or mix hear the leg. It is recorded and its keys are reported all the same.
    Mute {
        leg: LegId,
        on: bool,
    },
    /// Sets the leg aside in its bridge or mix: it neither hears nor is heard, but hears what is played to it. Nothing is
    /// said to the far end, which [`Event::Held`] is about.
    Hold {
        leg: LegId,
        on: bool,
    },
    /// Records the leg: left what the far end says, right what it hears, or both in one channel, as the format has it. `path`
    /// is absolute.
    Record {
        leg: LegId,
        op: OpId,
        path: String,
        #[serde(default)]
        format: RecordingFormat,
    },
    StopRecord {
        leg: LegId,
        op: OpId,
    },
    /// Sends RFC 4733 digits (`0-9*#A-D`; `,` is a half-second pause).
    SendDigits {
        leg: LegId,
        op: OpId,
        digits: String,
    },
    /// Asks the far end to call somebody else (REFER, RFC 3515); told by [`Event::Transferring`]. `to` is a number as the leg's
    /// trunk wants it; with `replaces` the new call takes the place of that leg of ours (attended transfer, RFC 5589 §7).
    Refer {
        leg: LegId,
        op: OpId,
        to: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        replaces: Option<LegId>,
    },
    /// How the transfer asked for by [`Event::Referred`] goes: the status of the new call, told to the far end by NOTIFY. A
    /// final one (200–699) ends the matter.
    ReferProgress {
        leg: LegId,
        sip_code: u16,
    },
    /// Reports [`Event::Activity`] when the far end starts and when it has been silent for `silence_ms`.
    Listen {
        leg: LegId,
        silence_ms: u32,
    },
    /// Sends or receives a fax on an answered leg; its sound belongs to the fax until [`Event::FaxDone`], which always comes.
    Fax {
        leg: LegId,
        op: OpId,
        job: Box<FaxJob>,
    },
    /// Ends a running fax; what was received is kept.
    StopFax {
        leg: LegId,
        op: OpId,
    },
    /// Hears what the far end says. The engine beside the switch carries it out. A new Hear replaces the leg's running one.
    Hear(Hear),
    StopHearing {
        leg: LegId,
        op: OpId,
    },
    /// Puts ears on an outbound leg, from its first early sound on: [`Event::Heard`].
    Detect(Detect),
    /// Takes them off again, and what they kept with them.
    StopDetect {
        leg: LegId,
    },
}

impl Command {
    pub const fn leg(&self) -> LegId {
        match self {
            Self::Originate(o) => o.leg,
            Self::CallExtension(c) => c.leg,
            Self::Hear(h) => h.leg,
            Self::Detect(d) => d.leg,
            Self::StopHearing { leg, .. }
            | Self::Ring { leg }
            | Self::EarlyMedia { leg }
            | Self::Answer { leg }
            | Self::Reject { leg, .. }
            | Self::Hangup { leg, .. }
            | Self::Play { leg, .. }
            | Self::StopPlay { leg }
            | Self::Bridge { a: leg, .. }
            | Self::Unbridge { leg }
            | Self::Join { leg, .. }
            | Self::Leave { leg }
            | Self::Announce { leg, .. }
            | Self::Mute { leg, .. }
            | Self::Hold { leg, .. }
            | Self::Record { leg, .. }
            | Self::StopRecord { leg, .. }
            | Self::SendDigits { leg, .. }
            | Self::Refer { leg, .. }
            | Self::ReferProgress { leg, .. }
            | Self::Listen { leg, .. }
            | Self::Fax { leg, .. }
            | Self::StopFax { leg, .. }
            | Self::StopDetect { leg } => *leg,
        }
    }
}

/// One INVITE to one trunk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Originate {
    pub leg: LegId,
    pub trunk: TrunkId,
    /// The user part as the trunk wants it, after prefix rules.
    pub to: String,
    /// The caller id shown, as the trunk wants it.
    pub from: String,
    /// Ring time after which the switch cancels and ends the leg with [`Action::RingTimeout`]; 1 000–180 000.
    pub ring_ms_max: u32,
    /// Written by the floor, kept by the switch, handed back when legs are listed: calls survive the brain.
    pub context: String,
    /// The number this call was meant for before it was put through to here, as the trunk wants it: told in Diversion
    /// (RFC 5806). Empty: none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub diverted_from: String,
    /// The dialog this call takes the place of, as [`Event::Referred`] brought it (Replaces, RFC 3891). Empty: none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub replaces: String,
}

/// A party's part in a mix. Everybody hears the talkers, but nobody hears himself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Role {
    /// Heard by all: a caller, an agent, a supervisor who barges in.
    Talker,
    /// Heard by nobody: a supervisor who listens.
    Listener,
    /// Heard by this one party only: a supervisor who coaches.
    Whisperer { to: LegId },
}

/// How to hear a leg: its speech starts and ends are reported always, what is said where the tenant has a recogniser.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hear {
    pub leg: LegId,
    pub op: OpId,
    /// Whose recogniser.
    pub tenant: TenantId,
    /// ISO 639-1 (`zh`, `en`); empty: as the tenant's settings say.
    pub language: String,
    /// Words the recogniser should expect; at most 100 are used.
    pub hints: Vec<String>,
    /// Speech must last so long before it counts, 60–2 000: a cough does not.
    pub onset_ms: u32,
    /// And be at least so loud, dBm0, −60 to −10.
    pub level_db: i32,
    /// Silence that ends an utterance, 200–10 000.
    pub end_silence_ms: u32,
    /// The longest utterance, 1 000–600 000; it is ended there.
    pub utterance_ms_max: u32,
}

/// One call to wherever an extension is registered: its phones of the highest preference ring together, then the next ones; the
/// first to answer has the call. Nobody registered ends the leg with SIP status 480.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallExtension {
    pub leg: LegId,
    pub extension: ExtensionId,
    /// The number shown.
    pub from: String,
    /// The name shown; empty: none.
    pub from_name: String,
    /// As in [`Originate`], for all its phones together.
    pub ring_ms_max: u32,
    /// As in [`Originate`].
    pub context: String,
    /// The phone is asked to answer by itself: a person waits at the other end, or the agent wants the call.
    #[serde(default)]
    pub auto_answer: bool,
}

/// What ears are to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Detect {
    pub leg: LegId,
    /// Whose library of announcements.
    pub tenant: TenantId,
    pub settings: crate::settings::Ears,
    /// Where what was heard is kept when the leg ends and no person was heard: [`Event::Kept`]. Absolute.
    pub keep: Option<String>,
}

/// A piece of sound to play.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Clip {
    /// An 8 kHz A-law file made by `media::prompt` (raw octets, no header), absolute path.
    File {
        path: String,
    },
    Silence {
        ms: u32,
    },
    /// A sine, for tests and for the beep before a recording.
    Tone {
        hz: u16,
        ms: u32,
    },
    /// Text that is still being synthesised while it plays; `id` is the engine's name for it.
    Live {
        id: OpId,
    },
}

/// Reported by the switch to the floor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// A new inbound leg; the floor must Ring, EarlyMedia, Answer or Reject within 10 s or the switch refuses it.
    Incoming {
        leg: LegId,
        trunk: TrunkId,
        from: String,
        to: String,
        /// Whom the caller dialled before the call was forwarded to `to` (Diversion, History-Info), where the trunk says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        diverted_from: Option<String>,
        /// The answered leg of ours whose place it takes (Replaces, RFC 3891).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        replaces: Option<LegId>,
    },
    /// A new call of a phone of ours, whose secret has been checked; as `Incoming` otherwise.
    ExtensionCalls {
        leg: LegId,
        extension: ExtensionId,
        /// The dialled number as the phone wrote it.
        to: String,
    },
    /// A provisional response to our INVITE: 180, 181, 182 or 183. `early_media` when it carried SDP.
    Progress {
        leg: LegId,
        sip_code: u16,
        early_media: bool,
    },
    Answered {
        leg: LegId,
    },
    Digit {
        leg: LegId,
        digit: char,
    },
    PlayDone {
        leg: LegId,
        op: OpId,
        outcome: PlayOutcome,
        played_ms: u32,
    },
    DigitsSent {
        leg: LegId,
        op: OpId,
    },
    RecordDone {
        leg: LegId,
        op: OpId,
        path: String,
        duration_ms: u32,
        bytes: u64,
    },
    /// The recording stopped early: the disk is full or too slow. A `RecordDone` follows where there is a file; the call
    /// goes on.
    RecordFailed {
        leg: LegId,
        op: OpId,
        reason: String,
    },
    Activity {
        leg: LegId,
        speaking: bool,
    },
    FaxProgress {
        leg: LegId,
        op: OpId,
        stage: FaxStage,
    },
    /// Once for every Fax command, before the leg's Ended.
    FaxDone {
        leg: LegId,
        op: OpId,
        outcome: Box<FaxOutcome>,
    },
    /// The far end began to speak, `at_ms` after the Hear.
    SpeechStarted {
        leg: LegId,
        op: OpId,
        at_ms: u32,
    },
    /// It has been silent for `end_silence_ms`, or spoken for `utterance_ms_max`. A final transcript may follow.
    SpeechEnded {
        leg: LegId,
        op: OpId,
        from_ms: u32,
        to_ms: u32,
    },
    /// What was understood; a text that is not final replaces the one before. Times are milliseconds after the Hear.
    Transcript {
        leg: LegId,
        op: OpId,
        text: String,
        is_final: bool,
        from_ms: u32,
        to_ms: u32,
        /// 0–1 where the recogniser says.
        confidence: Option<f64>,
    },
    /// An utterance got no text: no recogniser, none free, or it failed. Speech starts and ends go on being reported.
    HearingFailed {
        leg: LegId,
        op: OpId,
        reason: String,
    },
    /// What the ears make of the line. May come several times: a machine, then its beep.
    Heard {
        leg: LegId,
        heard: Heard,
    },
    /// Just before `Ended`: the sound that was kept of a leg on which no person was heard.
    Kept {
        leg: LegId,
        path: String,
        duration_ms: u32,
        bytes: u64,
    },
    /// Nothing at all has come from an answered far end for 6 s, or something comes again.
    Quiet {
        leg: LegId,
        on: bool,
    },
    /// The far end put us on hold or took us back by re-INVITE.
    Held {
        leg: LegId,
        on: bool,
    },
    /// The far end asks us to put the other party through to `to`, a number as it was written (REFER, already answered 202). The
    /// floor reports with [`Command::ReferProgress`]; nothing within 30 s is told as 408.
    Referred {
        leg: LegId,
        to: String,
        /// Another leg of ours whose far end it wants joined with the other party.
        with: Option<LegId>,
        /// A dialog elsewhere that the new call must replace, for [`Originate::replaces`]; empty: none.
        replaces: String,
    },
    /// What became of [`Command::Refer`] so far. `done` with the last: 2xx it worked, else how it failed.
    Transferring {
        leg: LegId,
        op: OpId,
        sip_code: u16,
        done: bool,
    },
    /// Exactly once per leg, and nothing after it.
    Ended {
        leg: LegId,
        cause: Cause,
        stats: MediaStats,
    },
    Trunk {
        trunk: TrunkId,
        state: TrunkState,
    },
    /// The phones of an extension have changed; `phones` are registered now.
    Extension {
        extension: ExtensionId,
        phones: u32,
    },
    /// An address is not listened to for a while: it guessed secrets or scanned.
    Banned {
        address: String,
        reason: BanReason,
        seconds: u32,
    },
}

impl Event {
    pub const fn leg(&self) -> Option<LegId> {
        match self {
            Self::Incoming { leg, .. }
            | Self::ExtensionCalls { leg, .. }
            | Self::Progress { leg, .. }
            | Self::Answered { leg }
            | Self::Digit { leg, .. }
            | Self::PlayDone { leg, .. }
            | Self::DigitsSent { leg, .. }
            | Self::RecordDone { leg, .. }
            | Self::RecordFailed { leg, .. }
            | Self::Activity { leg, .. }
            | Self::FaxProgress { leg, .. }
            | Self::FaxDone { leg, .. }
            | Self::SpeechStarted { leg, .. }
            | Self::SpeechEnded { leg, .. }
            | Self::Transcript { leg, .. }
            | Self::HearingFailed { leg, .. }
            | Self::Heard { leg, .. }
            | Self::Kept { leg, .. }
            | Self::Quiet { leg, .. }
            | Self::Held { leg, .. }
            | Self::Referred { leg, .. }
            | Self::Transferring { leg, .. }
            | Self::Ended { leg, .. } => Some(*leg),
            Self::Trunk { .. } | Self::Extension { .. } | Self::Banned { .. } => None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlayOutcome {
    Finished,
    Stopped,
    /// The file was missing or unreadable; nothing more will be heard.
    Failed,
}

/// What we did ourselves that ended a leg. Outranks every other piece of evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// The flow or the call reached its end.
    Normal,
    /// Nobody answered within `ring_ms_max`.
    RingTimeout,
    /// The pacer took the call back.
    PacingCancel,
    /// An operator stopped the campaign.
    Stopped,
    /// No RTP for the media time-out.
    MediaTimeout,
    /// A rule or a limit of ours.
    Refused,
    /// The longest call length was reached.
    TooLong,
    /// We are shutting down.
    Shutdown,
}

/// Who ended the leg.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EndedBy {
    Us,
    Far,
    /// Transport failure, a time-out of the transaction, nobody to ask.
    #[default]
    Network,
}

/// The raw tuple behind a disposition, kept as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Cause {
    pub by: EndedBy,
    /// Final status of the INVITE when it was not 2xx.
    pub sip_code: Option<u16>,
    /// From a Reason header (RFC 3326), 1–127.
    pub q850: Option<u8>,
    pub action: Option<Action>,
    /// Retry-After in seconds, from 503 and 480 (RFC 3261 §20.33).
    pub retry_after_s: Option<u32>,
    /// Reason phrase or error text, for people.
    pub text: Option<String>,
}

/// Counted on the RTP path of one leg. What begins with `far_` the far end has told by RTCP about what it gets from us; a far
/// end that sends no reports leaves it empty.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct MediaStats {
    pub codec: Option<String>,
    pub packets_sent: u64,
    pub packets_received: u64,
    pub packets_lost: u64,
    /// Packets that came too late for playout or from a stranger.
    pub packets_discarded: u64,
    /// Interarrival jitter (RFC 3550 §6.4.1), milliseconds.
    pub jitter_ms: f32,
    #[serde(default)]
    pub far_packets_lost: Option<u64>,
    #[serde(default)]
    pub far_jitter_ms: Option<f32>,
    /// To the far end and back (RFC 3550 §6.4.1), milliseconds.
    #[serde(default)]
    pub rtt_ms: Option<f32>,
    /// Estimated listening quality of what we hear, 1.0–4.5 (ITU-T G.107); `None` when nothing was heard.
    #[serde(default)]
    pub mos: Option<f32>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum TrunkState {
    /// Not yet known: registration or the first OPTIONS is under way.
    Starting,
    Up {
        latency_ms: u32,
    },
    Down {
        reason: String,
    },
    /// The carrier asked for a pause (503 with Retry-After): no new calls until then.
    Resting {
        until: At,
    },
    Disabled,
}

impl TrunkState {
    pub const fn is_up(&self) -> bool {
        matches!(self, Self::Up { .. })
    }
}
