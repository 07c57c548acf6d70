//! espeak-ng as a process: text by stdin, WAV by stdout. Debian's own, needs no network.

use super::{Pcm, SpeechError, SpeechSynth, checked, wav};
use model::settings::Speech;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const PROGRAM: &str = "espeak-ng";
/// An hour of 22 kHz mono: more is not speech.
const SOUND_MAX: u64 = 160 << 20;

#[derive(Clone, Debug)]
pub struct Espeak {
    program: String,
    voice: String,
    speed: u32,
    timeout_ms: u64,
}

impl Espeak {
    pub fn new(settings: &Speech) -> Self {
        Self { program: PROGRAM.into(), voice: settings.voice.clone(), speed: settings.speed.clamp(80, 300), timeout_ms: 20_000 }
    }

    /// Another binary, e.g. one that is not on the path.
    #[must_use]
    pub fn with_program(mut self, program: &str) -> Self {
        self.program = program.into();
        self
    }

    #[must_use]
    pub fn with_timeout_ms(mut self, ms: u64) -> Self {
        self.timeout_ms = ms;
        self
    }

    async fn run(&self, text: &str, voice: &str) -> Result<Vec<u8>, SpeechError> {
        let failed = |text: String| SpeechError::Failed { program: self.program.clone(), text };
        let mut child = tokio::process::Command::new(&self.program)
            .args(["-b", "1", "--stdin", "--stdout", "-v", voice, "-s", &self.speed.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|e| match e.kind() {
                std::io::ErrorKind::NotFound => SpeechError::Missing { program: self.program.clone(), package: PROGRAM.into() },
                _ => failed(e.to_string()),
            })?;
        let (Some(mut stdin), Some(stdout), Some(stderr)) = (child.stdin.take(), child.stdout.take(), child.stderr.take()) else {
            return Err(failed("no pipes".into()));
        };
        let write = async {
            // A broken pipe shows as a bad exit below, which says more.
            let _ = stdin.write_all(text.as_bytes()).await;
            drop(stdin);
        };
        let (mut sound, mut complaint) = (Vec::new(), Vec::new());
        let (mut stdout, mut stderr) = (stdout.take(SOUND_MAX), stderr.take(4096));
        let ((), read, _) = tokio::join!(write, stdout.read_to_end(&mut sound), stderr.read_to_end(&mut complaint));
        read.map_err(|e| failed(e.to_string()))?;
        let status = child.wait().await.map_err(|e| failed(e.to_string()))?;
        if !status.success() || sound.len() <= 44 {
            let said = String::from_utf8_lossy(&complaint).trim().chars().take(200).collect::<String>();
            return Err(failed(if said.is_empty() { status.to_string() } else { said }));
        }
        Ok(sound)
    }
}

/// Spoken by every installation, so not worth asking for.
const USUAL_VOICES: [&str; 3] = ["cmn-latn-pinyin", "en", "yue"];

/// espeak-ng 1.51 reads Han characters through English letters in its voice `cmn`; `cmn-latn-pinyin` reads them properly,
/// but takes Latin words for pinyin, so a text without Han characters goes to the English voice.
fn voice_for<'a>(voice: &'a str, text: &str) -> &'a str {
    if !matches!(voice, "" | "cmn" | "zh" | "zh-cn" | "zh-CN" | "mandarin") {
        return voice;
    }
    let has_han = text.chars().any(|c| matches!(c, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}'));
    let has_latin = text.chars().any(|c| c.is_ascii_alphabetic());
    if has_latin && !has_han { "en" } else { "cmn-latn-pinyin" }
}

impl Espeak {
    /// espeak-ng speaks a voice it does not have in some other one, without a word.
    async fn check_voice(&self, voice: &str) -> Result<(), SpeechError> {
        if USUAL_VOICES.contains(&voice) {
            return Ok(());
        }
        let listed =
            tokio::process::Command::new(&self.program).arg("--voices").kill_on_drop(true).stdin(Stdio::null()).output().await;
        // A binary that cannot be started says so when it is asked to speak.
        let Ok(listed) = listed else { return Ok(()) };
        let name = voice.split('+').next().unwrap_or(voice);
        let text = String::from_utf8_lossy(&listed.stdout);
        let known = text
            .lines()
            .skip(1)
            .flat_map(str::split_whitespace)
            .any(|word| word.eq_ignore_ascii_case(name) || word.trim_start_matches('(').eq_ignore_ascii_case(name));
        if known { Ok(()) } else { Err(SpeechError::Setting { field: "voice", value: voice.into() }) }
    }
}

#[async_trait::async_trait]
impl SpeechSynth for Espeak {
    async fn synth(&self, text: &str, voice: Option<&str>) -> Result<Pcm, SpeechError> {
        // Double brackets would be taken for phonemes.
        let text = checked(text)?.replace("[[", "[ [");
        let voice = voice_for(voice.unwrap_or(&self.voice), &text);
        let speak = async {
            self.check_voice(voice).await?;
            self.run(&text, voice).await
        };
        let sound = tokio::time::timeout(Duration::from_millis(self.timeout_ms), speak)
            .await
            .map_err(|_| SpeechError::Timeout { ms: self.timeout_ms })??;
        wav::read(&sound)
    }
}

#[cfg(test)]
mod tests {
    use super::voice_for;

    #[test]
    fn han_characters_are_read_by_the_voice_that_can() {
        assert_eq!(voice_for("cmn", "张伟专家您好"), "cmn-latn-pinyin");
        assert_eq!(voice_for("", "12"), "cmn-latn-pinyin");
        assert_eq!(voice_for("cmn", "Welcome"), "en");
        assert_eq!(voice_for("yue", "你好"), "yue");
    }
}
