//! A named prompt from a file, or from text.

use super::SpeechCache;
use crate::{Actor, DeskError, Kind, Result, audit, now};
use model::record::{Permission, Prompt, PromptSource};
use serde_json::json;
use std::path::Path;
use store::Store;
use tokio::sync::Semaphore;

/// A prompt larger than this is no prompt.
const UPLOAD_BYTES_MAX: u64 = 50 << 20;
/// So many files are held in memory and brought to the line's format at once.
static MAKING: Semaphore = Semaphore::const_new(2);

struct Sound {
    source: PromptSource,
    text: String,
    voice: Option<String>,
    alaw: Vec<u8>,
    duration_ms: u32,
}

/// A WAV or MP3 file under a name; a prompt of that name is replaced. `note`: what the recording says.
///
/// # Errors
/// No right, no name, or what is wrong with the sound.
pub async fn upload(store: &Store, actor: &Actor, name: &str, note: &str, file: &Path) -> Result<Prompt> {
    actor.require(Permission::PromptWrite)?;
    let name = checked_name(name)?;
    if tokio::fs::metadata(file).await?.len() > UPLOAD_BYTES_MAX {
        return Err(DeskError {
            kind: Kind::TooLarge,
            ..DeskError::invalid(
                "prompt_too_large",
                "file",
                "语音文件超过 50 MB，请转成单声道 WAV 或 MP3 后再上传",
                "the file is larger than 50 MB; upload mono WAV or MP3",
            )
        });
    }
    let turn = MAKING.acquire().await.map_err(|e| DeskError::internal(&e))?;
    let file = file.to_owned();
    // The turn goes with the work, which goes on when the one who asked has left.
    let making = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        std::fs::read(file).map(|bytes| media::prompt::import(&bytes))
    });
    let made = making.await.map_err(|e| DeskError::internal(&e))??.map_err(|e| {
        use media::prompt::PromptError as E;
        let zh = match &e {
            E::Empty => "文件里没有声音，请重新录制后上传".to_owned(),
            E::TooBig(_) => "语音文件过大，请转成单声道 WAV 或 MP3 后再上传".into(),
            E::TooLong { seconds } => format!("语音长 {seconds} 秒，最长 600 秒，请剪成几段"),
            E::Unknown => "不认识这种文件，请上传 WAV 或 MP3".into(),
            E::Mp3 => "MP3 文件已损坏，请重新导出".into(),
            other => format!("无法读取语音文件，请导出为 16 位 PCM 的 WAV 再上传（{other}）"),
        };
        DeskError::invalid("prompt_unreadable", "file", zh, e.to_string())
    })?;
    let sound = Sound {
        source: PromptSource::Upload,
        text: note.chars().take(4000).collect(),
        voice: None,
        alaw: made.alaw,
        duration_ms: made.duration_ms,
    };
    save(store, actor, &name, sound).await
}

/// Typed text under a name, spoken by the tenant's synthesiser.
///
/// # Errors
/// No right, no name, or why it could not be spoken.
pub async fn speak(
    store: &Store,
    actor: &Actor,
    cache: &SpeechCache,
    name: &str,
    text: &str,
    voice: Option<&str>,
) -> Result<Prompt> {
    actor.require(Permission::PromptWrite)?;
    let name = checked_name(name)?;
    let settings = store.settings(actor.tenant).await?.speech;
    let path = cache.clip(&settings, text, voice).await?;
    let alaw = tokio::fs::read(&path).await?;
    let duration_ms = media::prompt::duration_ms(alaw.len());
    let sound = Sound { source: PromptSource::Tts, text: text.trim().into(), voice: voice.map(String::from), alaw, duration_ms };
    save(store, actor, &name, sound).await
}

fn checked_name(name: &str) -> Result<String> {
    let name = name.trim();
    if (1..=60).contains(&name.chars().count()) && !name.chars().any(char::is_control) {
        return Ok(name.into());
    }
    Err(DeskError::invalid("name_invalid", "name", "语音名称 1–60 个字符", "a name has 1–60 characters"))
}

async fn save(store: &Store, actor: &Actor, name: &str, sound: Sound) -> Result<Prompt> {
    let blob = store.put_blob(sound.alaw.into()).await?;
    let at = now();
    let old = store.prompt_by_name(actor.tenant, name).await?;
    let prompt = Prompt {
        id: old.as_ref().map_or_else(|| store.new_id(at), |p| p.id),
        tenant_id: actor.tenant,
        name: name.into(),
        source: sound.source,
        text: sound.text,
        voice: sound.voice,
        duration_ms: sound.duration_ms,
        blob,
        created_at: old.as_ref().map_or(at, |p| p.created_at),
        updated_at: at,
    };
    if old.is_some() {
        store.update_prompt(&prompt).await?;
    } else {
        store.insert_prompt(&prompt).await?;
    }
    let action = if old.is_some() { "prompt.update" } else { "prompt.create" };
    audit(store, actor, action, &format!("prompt:{}", prompt.id), json!({"name": name, "duration_ms": prompt.duration_ms}))
        .await?;
    Ok(prompt)
}
