//! A tenant's settings, each section one JSON document; every field has a default that is safe.

use crate::calendar::Holidays;
use crate::record::{CustomerField, DeskSettings, PoolRules, RecordingFormat, SummaryChoice};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Settings {
    pub compliance: Compliance,
    pub holidays: Holidays,
    pub speech: Speech,
    pub recognition: Recognition,
    pub sms: SmsProvider,
    pub mail: MailProvider,
    pub recording: RecordingPolicy,
    pub sip_trace: SipTracePolicy,
    pub ears: Ears,
    pub desk: DeskSettings,
    pub customers: Customers,
    pub costs: Costs,
    pub pool: PoolRules,
}

/// 客户资料: the fields a tenant gives its customers, and what agents may note about a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Customers {
    /// At most 50.
    pub fields: Vec<CustomerField>,
    /// At most 50.
    pub dispositions: Vec<SummaryChoice>,
}

impl Default for Customers {
    fn default() -> Self {
        let choice = |code: &str, name: &str| SummaryChoice { code: code.into(), name: name.into() };
        let dispositions = vec![
            choice("solved", "已解决"),
            choice("follow_up", "需跟进"),
            choice("complaint", "投诉"),
            choice("wrong_number", "打错电话"),
        ];
        Self { fields: Vec::new(), dispositions }
    }
}

/// 话费: what calls cost where no route has a rate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Costs {
    /// Thousandths of a yuan for each minute begun; 0: not known.
    pub per_minute: u32,
}

/// Limits checked at dial time, failing closed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Compliance {
    /// Calling hours of the callee's region, `HH:MM`, whatever a campaign says.
    pub hours_from: String,
    pub hours_to: String,
    /// IANA zones of regions that keep their own hours, by the beginning of the 归属地, e.g. 新疆 → Asia/Urumqi. Others in China
    /// keep Beijing time.
    pub region_zones: BTreeMap<String, String>,
    pub contact_per_day_max: u32,
    pub number_per_24h_max: u32,
    pub number_per_5min_max: u32,
    /// 0: no limit.
    pub caller_id_per_day_max: u32,
    pub campaign_per_day_max: u32,
    /// Seconds between two calls that show one number; 0: none.
    pub caller_id_interval_s: u32,
    /// A number rests after so many calls in a row, for so many minutes; 0: never.
    pub caller_id_rest_after: u32,
    pub caller_id_rest_min: u32,
    /// Callees who marked a number as unwanted and networks that refused it (607, 608) within 24 h before it is flagged, where
    /// that is one call in a hundred or more. 0: never by itself.
    pub flag_after_refusals: u32,
    /// A number answered less than this share (percent) of what the others of its pool are is flagged; 0: never by itself.
    pub flag_below_percent: u32,
    /// 呼损率上限: abandoned calls among live answers, percent, over 24 h and over 30 days, by campaign.
    pub abandoned_percent_max: f64,
    /// 退订口令: a message that says only this puts its sender on the exempt list.
    pub refusal_words: Vec<String>,
    /// A call rings at least so long before we give up, whatever a campaign says.
    pub ring_ms_min: u32,
    /// Nobody is called for so long after an abandoned call.
    pub lockout_h: u32,
    /// A campaign needs the consent of a second person before it starts.
    pub approval_required: bool,
    /// The one who submits may not approve.
    pub approval_by_other: bool,
}

impl Default for Compliance {
    fn default() -> Self {
        Self {
            hours_from: "08:00".into(),
            hours_to: "21:00".into(),
            region_zones: BTreeMap::new(),
            contact_per_day_max: 3,
            number_per_24h_max: 5,
            number_per_5min_max: 3,
            caller_id_per_day_max: 0,
            campaign_per_day_max: 0,
            caller_id_interval_s: 0,
            caller_id_rest_after: 0,
            caller_id_rest_min: 30,
            flag_after_refusals: 3,
            flag_below_percent: 40,
            abandoned_percent_max: 3.0,
            refusal_words: ["退订", "TD", "T", "拒收", "R"].map(String::from).into(),
            ring_ms_min: 15_000,
            lockout_h: 72,
            approval_required: true,
            approval_by_other: true,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Speech {
    /// `espeak` or `http`.
    pub provider: String,
    /// espeak-ng voice (`cmn`, `en`) or the HTTP provider's.
    pub voice: String,
    /// Words per minute for espeak-ng, 80–300.
    pub speed: u32,
    /// OpenAI-compatible `…/v1`; used when provider is `http`.
    pub base_url: String,
    pub model: String,
    /// Texts of more characters that were never spoken before are heard while they are still being synthesised; 0: never.
    pub stream_over_chars: u32,
    /// Write only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_key: Option<String>,
}

impl Default for Speech {
    fn default() -> Self {
        Self {
            provider: "espeak".into(),
            voice: "cmn".into(),
            speed: 165,
            base_url: String::new(),
            model: "tts-1".into(),
            stream_over_chars: 0,
            api_key: None,
        }
    }
}

/// 语音识别: who turns what callers say into text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Recognition {
    /// `off`; `realtime`: OpenAI's realtime transcription over WebSocket; `http`: OpenAI's `…/audio/transcriptions`, one
    /// request an utterance; `sherpa`: sherpa-onnx on this machine.
    pub provider: String,
    /// `https://…/v1`, for `realtime` and `http`.
    pub base_url: String,
    /// The provider's model; for `sherpa` a directory below the server's model directory.
    pub model: String,
    /// ISO 639-1 where a flow names none; empty: the provider guesses.
    pub language: String,
    /// Sound for `realtime`: `pcm` (16 bits, 24 kHz) or `alaw` (G.711 at 8 kHz, a sixth of the traffic).
    pub format: String,
    /// Messages of `realtime`: `ga` (`session.update`) or `beta` (`transcription_session.update`).
    pub dialect: String,
    /// How long a final text may take after the end of an utterance, 500–30 000.
    pub answer_ms_max: u32,
    /// Calls heard at once, 1–1 000; more are served without texts.
    pub sessions_max: u32,
    /// 识别提示音用语音识别: hear early media too, so that announcements are recognised by their text.
    pub early_media: bool,
    /// Write only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_key: Option<String>,
}

impl Recognition {
    pub fn is_on(&self) -> bool {
        !matches!(self.provider.as_str(), "" | "off")
    }
}

impl Default for Recognition {
    fn default() -> Self {
        Self {
            provider: "off".into(),
            base_url: String::new(),
            model: "gpt-4o-mini-transcribe".into(),
            language: "zh".into(),
            format: "pcm".into(),
            dialect: "ga".into(),
            answer_ms_max: 5_000,
            sessions_max: 20,
            early_media: false,
            api_key: None,
        }
    }
}

/// How lines are listened to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Ears {
    /// Listen before the answer: tones and announcements.
    pub early_media: bool,
    /// End a call at once when the network has said that nobody will answer.
    pub end_on_announcement: bool,
    /// Seconds kept of what was said where no person answered, to be marked as an announcement; 0: nothing, at most 20.
    pub keep_s: u32,
    /// Answered, and nobody speaks for this long: the flow begins. Milliseconds, 500–5 000.
    pub silence_ms: u32,
    /// Answered, and nothing is heard for this long: dead air. Milliseconds, 3 000–20 000.
    pub dead_air_ms: u32,
    /// Tones of this country or carrier; empty: China's 450 Hz plan and North America's busy tones. The special information
    /// tone is always known. At most 40.
    pub cadences: Vec<CadenceDef>,
}

impl Default for Ears {
    fn default() -> Self {
        Self {
            early_media: true,
            end_on_announcement: true,
            keep_s: 12,
            silence_ms: 2_000,
            dead_air_ms: 6_000,
            cadences: Vec::new(),
        }
    }
}

/// A call-progress tone: ring-back, the special information tone, or one that says nobody will answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CadenceDef {
    pub name: String,
    pub class: crate::record::HeardClass,
    /// One or two frequencies, 200–3 400 Hz.
    pub hz: Vec<f32>,
    /// Milliseconds of tone and of silence, 100–6 000.
    pub on_ms: u32,
    pub off_ms: u32,
    /// Times heard before it is believed, 1–6.
    pub repeats: u32,
}

/// A generic HTTP SMS gateway, described by templates over `phone`, `text`, `id`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct SmsProvider {
    /// Empty: messages stay queued in the journal and an alarm says so.
    pub url: String,
    pub method: String,
    /// Header values are templates too.
    pub headers: BTreeMap<String, String>,
    /// Template of the body, e.g. `{"mobile": {{ phone|tojson }}, "content": {{ text|tojson }}}`.
    pub body: String,
    /// JSON pointer in the answer that must equal `success_value`; empty: any 2xx is a success.
    pub success_pointer: String,
    pub success_value: String,
    /// JSON pointer of the provider's message id.
    pub ref_pointer: String,
    /// Put before each text, e.g. 【风铃】.
    pub signature: String,
    /// Seconds, 1–60.
    pub timeout_s: u32,
    /// Messages per second, 1–1 000.
    pub per_second_max: u32,
    pub tries_max: u32,
    /// Secrets named by templates as `secret.<name>`. Write only.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub secrets: BTreeMap<String, String>,
}

impl Default for SmsProvider {
    fn default() -> Self {
        Self {
            url: String::new(),
            method: "POST".into(),
            headers: BTreeMap::from([("content-type".into(), "application/json".into())]),
            body: "{\"mobile\": {{ phone|tojson }}, \"content\": {{ text|tojson }}}".into(),
            success_pointer: String::new(),
            success_value: String::new(),
            ref_pointer: String::new(),
            signature: String::new(),
            timeout_s: 10,
            per_second_max: 20,
            tries_max: 5,
            secrets: BTreeMap::new(),
        }
    }
}

/// 邮件: the SMTP server that takes our mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct MailProvider {
    /// Empty: mail stays queued in the journal and an alarm says so.
    pub host: String,
    pub port: u16,
    pub tls: MailTls,
    /// Empty: no sign-in.
    pub user: String,
    /// Write only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    pub from_address: String,
    pub from_name: String,
    /// PEM of the authority that signed the server's certificate; none: those of the system.
    pub authority: Option<String>,
    /// Seconds, 1–60.
    pub timeout_s: u32,
    /// Mails per second, 1–100.
    pub per_second_max: u32,
    /// 1–20
    pub tries_max: u32,
}

impl Default for MailProvider {
    fn default() -> Self {
        Self {
            host: String::new(),
            port: 465,
            tls: MailTls::Tls,
            user: String::new(),
            password: None,
            from_address: String::new(),
            from_name: String::new(),
            authority: None,
            timeout_s: 20,
            per_second_max: 5,
            tries_max: 6,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MailTls {
    None,
    /// The connection begins in the clear and nothing is said before it is encrypted (port 587).
    Starttls,
    /// From the first byte (port 465).
    Tls,
}

/// Which calls keep what was said over SIP, and for how long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct SipTracePolicy {
    pub keep: TraceKeep,
    /// Days, 1–90.
    pub retention_days: u32,
}

impl Default for SipTracePolicy {
    fn default() -> Self {
        Self { keep: TraceKeep::Failed, retention_days: 14 }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TraceKeep {
    Off,
    /// Legs that were never answered or broke off.
    Failed,
    All,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct RecordingPolicy {
    /// 0: kept for ever.
    pub retention_days: u32,
    /// How recordings are kept, where a campaign says nothing else.
    pub format: RecordingFormat,
    /// Alarm when less is free. A full disk ends recordings; calls go on.
    pub disk_free_mb_min: u32,
}

impl Default for RecordingPolicy {
    fn default() -> Self {
        Self { retention_days: 0, format: RecordingFormat::default(), disk_free_mb_min: 2048 }
    }
}
