//! 识音库: announcements marked in recordings, so that the next one is recognised.

use crate::recording::resolve;
use crate::{Actor, DeskError, Result, audit, now};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use media::ears::{Class, ENTRIES_MAX, Entry, Library, Print, PrintError};
use media::g711::Law;
use media::wav::Wav;
use model::record::{Fingerprint, HeardClass, Permission, Recording};
use model::{Disposition, FingerprintId, RecordingId, TenantId};
use serde::Serialize;
use serde_json::json;
use std::path::Path;
use store::{Store, StoreError};

/// A piece of a recording longer than this holds more than an announcement.
const PIECE_MS_MAX: u32 = 20_000;

/// What is to be added to the library.
#[derive(Clone, Debug)]
pub struct Mark {
    pub name: String,
    pub class: HeardClass,
    /// The piece of the recording, milliseconds from its beginning.
    pub from_ms: u32,
    pub to_ms: u32,
}

/// What the library finds in a recording.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Match {
    pub id: FingerprintId,
    pub name: String,
    pub class: HeardClass,
    /// 0–1.
    pub score: f32,
    /// How far into the recording it was certain.
    pub at_ms: u32,
}

/// The announcements in use, for those who listen. One that cannot be read is left out and logged.
///
/// # Errors
/// The store does not answer.
pub async fn entries(store: &Store, tenant: TenantId) -> Result<Vec<Entry>, StoreError> {
    let read = |(f, print): (Fingerprint, String)| {
        let bytes = BASE64.decode(print).ok().and_then(|b| Print::from_bytes(&b).ok());
        if bytes.is_none() {
            tracing::error!(%tenant, fingerprint = %f.id, "a fingerprint is damaged and not used");
        }
        let class = Class::from_code(f.class.code())?;
        Some(Entry { id: u64::try_from(f.id.0).ok()?, name: f.name, class, print: bytes? })
    };
    Ok(store.fingerprints_in_use(tenant).await?.into_iter().filter_map(read).collect())
}

/// Cuts a piece out of a recording and adds it to the library.
///
/// # Errors
/// No right; what is wrong with the name, the class or the piece; or that it is known as something else already.
pub async fn mark(store: &Store, actor: &Actor, dir: &Path, recording: &Recording, mark: Mark) -> Result<Fingerprint> {
    actor.require(Permission::SettingsWrite)?;
    let samples = far_party(dir, recording, mark.from_ms, mark.to_ms).await?;
    let source = format!("{} {}–{} ms", recording.file_name, mark.from_ms, mark.to_ms);
    learn(store, actor, (&mark.name, mark.class), (source, Some(recording.id)), samples).await
}

/// Adds an announcement that is there as 8 kHz A-law; `source` says where it comes from.
///
/// # Errors
/// As [`mark`].
pub async fn learn_alaw(
    store: &Store,
    actor: &Actor,
    name: &str,
    class: HeardClass,
    source: &str,
    alaw: &[u8],
) -> Result<Fingerprint> {
    let samples = alaw.iter().map(|octet| Law::A.decode(*octet)).collect();
    learn(store, actor, (name, class), (source.to_owned(), None), samples).await
}

async fn learn(
    store: &Store,
    actor: &Actor,
    (name, class): (&str, HeardClass),
    (source, recording_id): (String, Option<RecordingId>),
    samples: Vec<i16>,
) -> Result<Fingerprint> {
    actor.require(Permission::SettingsWrite)?;
    let name = name.trim().to_owned();
    if !(1..=60).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        return Err(DeskError::invalid("name_invalid", "name", "名称 1–60 个字符", "a name has 1–60 characters"));
    }
    if !Class::from_code(class.code()).is_some_and(Class::is_announcement) {
        let (zh, en) = ("请选择提示音的类别", "choose the class of an announcement");
        return Err(DeskError::invalid("class_invalid", "class", zh, en));
    }
    let print = fresh_print(entries(store, actor.tenant).await?, class, samples).await?;
    let at = now();
    let fingerprint = Fingerprint {
        id: store.new_id(at),
        tenant_id: actor.tenant,
        name,
        class,
        source,
        recording_id,
        enabled: true,
        duration_ms: print.duration_ms(),
        created_by: actor.name.clone(),
        created_at: at,
        hits: 0,
        last_hit_at: None,
    };
    store.insert_fingerprint(&fingerprint, &BASE64.encode(print.to_bytes())).await?;
    let target = format!("fingerprint:{}", fingerprint.id);
    audit(store, actor, "fingerprint.create", &target, json!({ "name": fingerprint.name, "class": class })).await?;
    Ok(fingerprint)
}

/// The print of a sound that the library does not know as another class.
async fn fresh_print(known: Vec<Entry>, class: HeardClass, samples: Vec<i16>) -> Result<Print> {
    if known.len() >= ENTRIES_MAX {
        let (zh, en) = ("识音库已满，请先删除不用的条目", "the library is full: delete entries that are not used");
        return Err(DeskError::conflict("library_full", zh, en));
    }
    let judged =
        tokio::task::spawn_blocking(move || Print::of(&samples).map(|print| (known_as(known, class, &print, &samples), print)));
    let (found, print) = judged.await.map_err(|e| DeskError::internal(&e))?.map_err(unusable)?;
    if let Some((name, other)) = found {
        let other = other.code();
        let zh = HeardClass::from_code(other).and_then(HeardClass::disposition).map_or("其他类别", Disposition::label_zh);
        let zh = format!("识音库里的“{name}”（{zh}）就是这段声音，或与它互为一部分，请先停用或删除该条目");
        let en = format!("\"{name}\" ({other}) is this sound, a piece of it or holds it: disable or delete that entry first");
        return Err(DeskError::conflict("known_otherwise", zh, en));
    }
    Ok(print)
}

/// Another class that has this very sound, the whole of it or a piece. Words that an operator's announcements begin with are no
/// reason: once the new one is in the library they decide nothing.
fn known_as(known: Vec<Entry>, class: HeardClass, print: &Print, samples: &[i16]) -> Option<(String, Class)> {
    let class = Class::from_code(class.code())?;
    // A listener has not yet made up its mind about a piece, and never will once both are in the library.
    if let Some(e) = known.iter().find(|e| e.class != class && e.print.is_piece_or_whole_of(print)) {
        return Some((e.name.clone(), e.class));
    }
    let alone = Library::build(known.clone()).find(samples).map(|(f, _)| f).filter(|f| f.class != class)?;
    let new = Entry { id: u64::MAX, name: String::new(), class, print: print.clone() };
    let with = Library::build(known.into_iter().chain([new]).collect()).find(samples);
    with.is_none_or(|(f, _)| f.class != class).then_some((alone.name, alone.class))
}

/// What the library in use makes of a recording.
///
/// # Errors
/// The recording cannot be read.
pub async fn test(store: &Store, tenant: TenantId, dir: &Path, recording: &Recording) -> Result<Option<Match>> {
    let known = entries(store, tenant).await?;
    let samples = far_party(dir, recording, 0, u32::MAX).await?;
    let found = tokio::task::spawn_blocking(move || Library::build(known).find(&samples));
    let Some((found, at_ms)) = found.await.map_err(|e| DeskError::internal(&e))? else { return Ok(None) };
    let Some(class) = HeardClass::from_code(found.class.code()) else { return Ok(None) };
    let id = FingerprintId(i64::try_from(found.id).unwrap_or_default());
    Ok(Some(Match { id, name: found.name, class, score: found.score, at_ms }))
}

/// What the far party said in this piece: the left channel, at 8 kHz as everything we record.
async fn far_party(dir: &Path, recording: &Recording, from_ms: u32, to_ms: u32) -> Result<Vec<i16>> {
    let whole = to_ms == u32::MAX;
    if !whole && (to_ms <= from_ms || to_ms - from_ms > PIECE_MS_MAX) {
        let (zh, en) = ("请选择不超过 20 秒的一段", "choose a piece of at most 20 s");
        return Err(DeskError::invalid("piece_invalid", "to_ms", zh, en));
    }
    let path = resolve(dir, &recording.file_name)?;
    let bytes = tokio::fs::read(path).await?;
    tokio::task::spawn_blocking(move || {
        let wav = Wav::parse(&bytes).map_err(|e| {
            DeskError::invalid("recording_unreadable", "recording", format!("录音文件无法读取（{e}）"), e.to_string())
        })?;
        let at = |ms: u32| usize::try_from(u64::from(ms) * u64::from(wav.format.rate) / 1_000).unwrap_or(usize::MAX);
        let (from, to, mut n, mut out) = (at(from_ms), at(to_ms), 0, Vec::new());
        #[expect(clippy::cast_possible_truncation, reason = "a sample in −1…1")]
        wav.for_each_frame(|frame| {
            if (from..to).contains(&n) {
                out.push((frame.first().copied().unwrap_or(0.0) * 32_767.0) as i16);
            }
            n += 1;
        });
        Ok(out)
    })
    .await
    .map_err(|e| DeskError::internal(&e))?
}

fn unusable(e: PrintError) -> DeskError {
    let zh = match e {
        PrintError::TooShort => "这一段里的声音不足一秒，请选长一些或更响的一段",
        PrintError::TooLong => "这一段超过 20 秒，请只选提示音",
        PrintError::Damaged => "这一段无法使用，请另选一段",
    };
    DeskError::invalid("piece_unusable", "to_ms", zh, e.to_string())
}
