//! What was synthesised once is played from a file ever after: content-addressed, raw A-law at 8 kHz.
//!
//! Two requests for the same text are one synthesis; two syntheses at once at most; a failure is told to all who wait and
//! forgotten. The oldest clips go when the directory grows beyond its limit.

use crate::{DeskError, Kind, Result};
use connect::speech::{Pcm, SpeechError};
use futures::FutureExt as _;
use futures::future::{BoxFuture, Shared};
use model::settings::Speech;
use parking_lot::Mutex;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;
use tokio::sync::Semaphore;

const AT_ONCE: usize = 2;

type Pending = Shared<BoxFuture<'static, Result<PathBuf>>>;

#[derive(Clone)]
pub struct SpeechCache {
    inner: Arc<Inner>,
}

struct Inner {
    dir: PathBuf,
    bytes_max: u64,
    bytes: AtomicU64,
    client: connect::Client,
    turns: Semaphore,
    pending: Mutex<BTreeMap<String, Pending>>,
}

impl std::fmt::Debug for SpeechCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SpeechCache").field("dir", &self.inner.dir).finish_non_exhaustive()
    }
}

fn error_of(e: &SpeechError) -> DeskError {
    let kind = match e {
        SpeechError::Empty | SpeechError::TooLong | SpeechError::Setting { .. } => Kind::Invalid,
        _ => Kind::Unavailable,
    };
    DeskError { field: Some("text".into()), ..DeskError::new(kind, "speech_failed", e.zh(), e.to_string()) }
}

impl SpeechCache {
    /// Clips live in `data_dir/speech`, at most `bytes_max` of them.
    pub fn new(data_dir: &Path, bytes_max: u64, client: connect::Client) -> Self {
        let dir = data_dir.join("speech");
        let bytes = AtomicU64::new(files_in(&dir).iter().map(|f| f.bytes).sum());
        let inner = Inner { dir, bytes_max, bytes, client, turns: Semaphore::new(AT_ONCE), pending: Mutex::new(BTreeMap::new()) };
        Self { inner: Arc::new(inner) }
    }

    /// The file that says `text`: there already, being made for somebody else, or made now.
    ///
    /// # Errors
    /// Why it cannot be spoken.
    pub async fn clip(&self, settings: &Speech, text: &str, voice: Option<&str>) -> Result<PathBuf> {
        let key = key_of(settings, text, voice);
        let path = self.inner.path_of(&key);
        if let Ok(file) = tokio::fs::File::open(&path).await {
            // Used just now: the last to be cleared away.
            let file = file.into_std().await;
            let _ = file.set_modified(SystemTime::now());
            return Ok(path);
        }
        self.pending(key, path, settings, text, voice).await
    }

    /// The file that says `text`, where it was ever spoken.
    pub async fn spoken_before(&self, settings: &Speech, text: &str, voice: Option<&str>) -> bool {
        tokio::fs::try_exists(self.inner.path_of(&key_of(settings, text, voice))).await.unwrap_or(false)
    }

    /// Keeps the 8 kHz sound of a text that was heard while it was synthesised, for the next time.
    ///
    /// # Errors
    /// It cannot be written.
    pub async fn keep(&self, settings: &Speech, text: &str, voice: Option<&str>, samples: Vec<i16>) -> Result<PathBuf> {
        let path = self.inner.path_of(&key_of(settings, text, voice));
        let inner = Arc::clone(&self.inner);
        let pcm = Pcm { samples, rate: media::RATE };
        tokio::task::spawn_blocking(move || inner.keep(&pcm, path)).await.map_err(|e| DeskError::internal(&e))?
    }

    fn pending(&self, key: String, path: PathBuf, settings: &Speech, text: &str, voice: Option<&str>) -> Pending {
        let mut pending = self.inner.pending.lock();
        if let Some(same) = pending.get(&key) {
            return same.clone();
        }
        let (inner, settings, text, voice) =
            (Arc::clone(&self.inner), settings.clone(), text.to_owned(), voice.map(String::from));
        let mine = key.clone();
        // A task of its own: who asked first may go away while others wait.
        let task = tokio::spawn(async move {
            let made = inner.make(&path, &settings, &text, voice.as_deref()).await;
            inner.pending.lock().remove(&mine);
            made
        });
        let shared = task.map(|joined| joined.unwrap_or_else(|e| Err(DeskError::internal(&e)))).boxed().shared();
        pending.insert(key, shared.clone());
        shared
    }
}

/// What the sound depends on, and nothing else.
fn key_of(settings: &Speech, text: &str, voice: Option<&str>) -> String {
    let http = settings.provider == "http";
    let parts = [
        settings.provider.as_str(),
        voice.unwrap_or(&settings.voice),
        &settings.speed.to_string(),
        if http { &settings.model } else { "" },
        if http { &settings.base_url } else { "" },
        text.trim(),
    ];
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hex::encode(hash.finalize())
}

impl Inner {
    fn path_of(&self, key: &str) -> PathBuf {
        self.dir.join(&key[..2]).join(format!("{key}.alaw"))
    }

    async fn make(self: &Arc<Self>, path: &Path, settings: &Speech, text: &str, voice: Option<&str>) -> Result<PathBuf> {
        let _turn = self.turns.acquire().await.map_err(|e| DeskError::internal(&e))?;
        // Made by another while this one was on its way here.
        if tokio::fs::try_exists(path).await? {
            return Ok(path.to_owned());
        }
        let synth = connect::speech::synth(settings, &self.client).map_err(|e| error_of(&e))?;
        let pcm = synth.synth(text, voice).await.map_err(|e| error_of(&e))?;
        let (inner, path) = (Arc::clone(self), path.to_owned());
        tokio::task::spawn_blocking(move || inner.keep(&pcm, path)).await.map_err(|e| DeskError::internal(&e))?
    }

    /// To the line's format and into place; blocking. A reader never sees half a file.
    fn keep(&self, pcm: &Pcm, path: PathBuf) -> Result<PathBuf> {
        let made = media::prompt::import(&media::wav::pcm16(pcm.rate, pcm.samples.iter().copied())).map_err(|e| {
            DeskError::new(Kind::Unavailable, "speech_failed", format!("合成的声音无法使用（{e}）"), e.to_string())
        })?;
        let dir = path.parent().unwrap_or(&self.dir);
        std::fs::create_dir_all(dir)?;
        let file = tempfile::NamedTempFile::new_in(dir)?;
        std::fs::write(file.path(), &made.alaw)?;
        file.persist(&path).map_err(|e| DeskError::from(e.error))?;
        let bytes = made.alaw.len() as u64;
        if self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes > self.bytes_max {
            self.clear_away(&path);
        }
        Ok(path)
    }

    /// Oldest first, down to four fifths of the limit; the clip just made stays.
    fn clear_away(&self, keep: &Path) {
        let mut files = files_in(&self.dir);
        files.sort_by_key(|f| f.used);
        let mut total: u64 = files.iter().map(|f| f.bytes).sum();
        for file in files {
            if total <= self.bytes_max / 5 * 4 {
                break;
            }
            if file.path != keep && std::fs::remove_file(&file.path).is_ok() {
                total -= file.bytes;
            }
        }
        self.bytes.store(total, Ordering::Relaxed);
    }
}

struct ClipFile {
    path: PathBuf,
    bytes: u64,
    used: SystemTime,
}

fn files_in(dir: &Path) -> Vec<ClipFile> {
    let entries = |dir: &Path| std::fs::read_dir(dir).into_iter().flatten().flatten();
    entries(dir)
        .flat_map(|sub| entries(&sub.path()).collect::<Vec<_>>())
        .filter_map(|entry| {
            let meta = entry.metadata().ok()?;
            Some(ClipFile { path: entry.path(), bytes: meta.len(), used: meta.modified().ok()? })
        })
        .collect()
}
