//! What may be heard on a line, in one word each.

/// Everything the ears can tell apart. [`Class::code`] is what is stored and spoken between rooms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Ring-back: the callee is being called.
    Ringing,
    /// 占线: busy tone or announcement.
    Busy,
    /// Congestion or reorder tone.
    Congestion,
    /// The special information tone (ITU-T E.180) before an announcement.
    Information,
    /// 空号
    Invalid,
    /// 停机
    Suspended,
    /// 关机
    Off,
    /// 无法接通
    Unreachable,
    /// 无人接听
    NoAnswer,
    /// 呼入限制
    Restricted,
    /// 号码已改
    Changed,
    /// 语音助手
    Assistant,
    Human,
    Machine,
    /// The machine's tone is over, or it has fallen silent: speak now.
    Beep,
    Fax,
    /// Nobody has spoken yet; not a last word.
    Silence,
    /// Answered, and nothing but silence or comfort noise for the set time.
    DeadAir,
    /// Known to the library, but of no consequence.
    Other,
}

impl Class {
    pub const ALL: [Self; 19] = [
        Self::Ringing,
        Self::Busy,
        Self::Congestion,
        Self::Information,
        Self::Invalid,
        Self::Suspended,
        Self::Off,
        Self::Unreachable,
        Self::NoAnswer,
        Self::Restricted,
        Self::Changed,
        Self::Assistant,
        Self::Human,
        Self::Machine,
        Self::Beep,
        Self::Fax,
        Self::Silence,
        Self::DeadAir,
        Self::Other,
    ];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Ringing => "ringing",
            Self::Busy => "busy",
            Self::Congestion => "congestion",
            Self::Information => "information",
            Self::Invalid => "invalid",
            Self::Suspended => "suspended",
            Self::Off => "off",
            Self::Unreachable => "unreachable",
            Self::NoAnswer => "no_answer",
            Self::Restricted => "restricted",
            Self::Changed => "changed",
            Self::Assistant => "assistant",
            Self::Human => "human",
            Self::Machine => "machine",
            Self::Beep => "beep",
            Self::Fax => "fax",
            Self::Silence => "silence",
            Self::DeadAir => "dead_air",
            Self::Other => "other",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.code() == code)
    }

    /// Said by the network or by a machine in words: what a library of announcements may hold.
    pub const fn is_announcement(self) -> bool {
        matches!(
            self,
            Self::Busy
                | Self::Invalid
                | Self::Suspended
                | Self::Off
                | Self::Unreachable
                | Self::NoAnswer
                | Self::Restricted
                | Self::Changed
                | Self::Assistant
                | Self::Machine
                | Self::Other
        )
    }
}

/// How a verdict was come by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    Tone,
    Fingerprint,
    /// The rhythm of speech and silence.
    Timing,
}

impl Means {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Tone => "tone",
            Self::Fingerprint => "fingerprint",
            Self::Timing => "timing",
        }
    }
}

/// What was heard, and why it is believed.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    pub class: Class,
    pub means: Means,
    /// 0–1.
    pub confidence: f32,
    /// Since the listener began to hear, or since the answer once there was one; milliseconds.
    pub at_ms: u32,
    /// In words and figures, for people.
    pub evidence: String,
    /// The library's entry that matched, by its owner's key.
    pub entry: Option<u64>,
}
