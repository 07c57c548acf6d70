//! Speech: synthesis here, recognition in [`hear`]. A new synthesiser: one file here and one line in [`synth`].

mod espeak;
pub mod hear;
mod http;
mod stream;
mod wav;

pub use espeak::Espeak;
pub use http::HttpSpeech;
pub use stream::{Speaking, speak};

use crate::{Client, HttpError};
use model::settings::Speech;

/// Characters of one request; longer texts belong into several parts.
pub const TEXT_MAX: usize = 4000;

/// Mono samples.
#[derive(Clone, PartialEq, Eq)]
pub struct Pcm {
    pub samples: Vec<i16>,
    pub rate: u32,
}

impl std::fmt::Debug for Pcm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pcm({} samples at {} Hz)", self.samples.len(), self.rate)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpeechError {
    #[error(
        "{program} is not installed; install it (Debian: apt install {package}) or choose another speech provider in the settings"
    )]
    Missing { program: String, package: String },
    #[error("speech was not ready within {ms} ms")]
    Timeout { ms: u64 },
    #[error("{program} failed: {text}")]
    Failed { program: String, text: String },
    #[error("the text is empty")]
    Empty,
    #[error("the text has more than {TEXT_MAX} characters; divide it")]
    TooLong,
    #[error("the provider's sound cannot be read: {0}")]
    Sound(&'static str),
    #[error("the speech service answered HTTP {status}: {text}")]
    Status { status: u16, text: String },
    #[error("speech service: {0}")]
    Http(#[from] HttpError),
    #[error("setting `{field}` is wrong: `{value}`")]
    Setting { field: &'static str, value: String },
    #[error("speech recognition is off; choose a provider in the settings")]
    Off,
    #[error("the speech service's answer cannot be used: {0}")]
    Answer(&'static str),
    #[error("the speech service refused: {text}")]
    Refused { text: String },
    #[error("this binary was built without `{feature}`; build it with --features {feature} or choose another provider")]
    NotBuilt { feature: &'static str },
    #[error("{text}")]
    Local { text: String, zh: String },
}

impl SpeechError {
    pub fn zh(&self) -> String {
        match self {
            Self::Missing { program, package } => {
                format!("没有安装 {program}，请安装（Debian：apt install {package}），或在设置中换用其他语音合成")
            }
            Self::Timeout { ms } => format!("语音合成在 {ms} 毫秒内没有完成"),
            Self::Failed { program, text } => format!("{program} 出错：{text}"),
            Self::Empty => "要合成的文字为空".into(),
            Self::TooLong => format!("文字超过 {TEXT_MAX} 个字符，请分段"),
            Self::Sound(what) => format!("语音服务返回的声音无法识别（{what}）"),
            Self::Status { status, text } => format!("语音服务应答 HTTP {status}：{text}"),
            Self::Http(e) => format!("语音服务：{}", e.zh()),
            Self::Setting { field, value } => format!("语音设置“{field}”有误：{value}"),
            Self::Off => "没有开启语音识别，请在设置中选择识别服务".into(),
            Self::Answer(what) => format!("语音服务的应答无法使用（{what}）"),
            Self::Refused { text } => format!("语音服务拒绝：{text}"),
            Self::NotBuilt { feature } => {
                format!("这个程序编译时没有带上 {feature}，请用 --features {feature} 编译，或换用其他识别服务")
            }
            Self::Local { zh, .. } => zh.clone(),
        }
    }
}

#[async_trait::async_trait]
pub trait SpeechSynth: Send + Sync {
    /// Text to sound, with the voice the settings name unless another is given.
    async fn synth(&self, text: &str, voice: Option<&str>) -> Result<Pcm, SpeechError>;
}

/// The provider the settings name.
///
/// # Errors
/// A provider that does not exist, or one whose settings cannot work.
pub fn synth(settings: &Speech, client: &Client) -> Result<Box<dyn SpeechSynth>, SpeechError> {
    match settings.provider.as_str() {
        "espeak" | "" => Ok(Box::new(Espeak::new(settings))),
        "http" => Ok(Box::new(HttpSpeech::new(settings, client.clone())?)),
        other => Err(SpeechError::Setting { field: "provider", value: other.into() }),
    }
}

/// Text worth sending: trimmed, without control characters, not empty, not too long.
fn checked(text: &str) -> Result<String, SpeechError> {
    let text: String = text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match text.chars().count() {
        0 => Err(SpeechError::Empty),
        n if n > TEXT_MAX => Err(SpeechError::TooLong),
        _ => Ok(text),
    }
}

/// The service's address without the slash at its end.
fn base_url(text: &str) -> Result<&str, SpeechError> {
    let base = text.trim().trim_end_matches('/');
    if base.is_empty() { Err(SpeechError::Setting { field: "base_url", value: String::new() }) } else { Ok(base) }
}

/// What a service says may quote the key it was given.
fn without_key(key: Option<&str>, text: &str) -> String {
    key.map_or_else(|| text.to_owned(), |key| text.replace(key, "***"))
}
