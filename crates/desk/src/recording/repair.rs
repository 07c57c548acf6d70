//! After a crash: files whose header still claims the length it was opened with, and files no record knows.

use crate::{Result, now};
use media::record::{Format, HEAD_MAX, repair};
use model::record::{Call, Recording, RecordingKind};
use model::{At, CallId, RecordingId, TenantId};
use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use store::Store;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RepairReport {
    pub files: u64,
    /// Headers mended.
    pub mended: u64,
    /// Records written for files that had none.
    pub adopted: u64,
    /// Files that belong to no call that is known; left where they are.
    pub strangers: u64,
}

struct Found {
    path: PathBuf,
    name: String,
    bytes: u64,
    duration_ms: u32,
    mended: bool,
    modified: At,
}

/// At start-up, before anything is recorded.
///
/// # Errors
/// The store's; a file that cannot be read is logged and left alone.
pub async fn repair_all(store: &Store, dir: &Path) -> Result<RepairReport> {
    let root = dir.to_owned();
    let found = tokio::task::spawn_blocking(move || mend_below(&root)).await.map_err(|e| crate::DeskError::internal(&e))?;
    let mut report = RepairReport { files: found.len() as u64, ..RepairReport::default() };
    let tenants: Vec<TenantId> = store.tenants().await?.into_iter().map(|t| t.id).collect();
    for file in found {
        report.mended += u64::from(file.mended);
        let known = store.recording_by_file(&file.name).await?;
        let duration_ms = file.duration_ms;
        match known {
            Some(_) if !file.mended => {}
            Some(known) => {
                store.save_recovered_recording(&Recording { duration_ms, bytes: file.bytes, recovered: true, ..known }).await?;
            }
            None => match owner(store, &tenants, &file.name).await? {
                Some(call) => {
                    store.save_recovered_recording(&adopted(store, &call, &file, duration_ms)).await?;
                    report.adopted += 1;
                }
                None => {
                    tracing::warn!(file = %file.path.display(), "recording belongs to no call that is known");
                    report.strangers += 1;
                }
            },
        }
    }
    Ok(report)
}

fn adopted(store: &Store, call: &Call, file: &Found, duration_ms: u32) -> Recording {
    let id: RecordingId = store.new_id(now());
    let stem = file.path.file_stem().and_then(|s| s.to_str()).unwrap_or("");
    let label = stem.split_once(['-', '_', '.']).map_or("", |(_, rest)| rest);
    let kind = if label.is_empty() || label == "call" { RecordingKind::Call } else { RecordingKind::Answer };
    Recording {
        id,
        tenant_id: call.tenant_id,
        call_id: call.id,
        kind,
        file_name: file.name.clone(),
        label: label.into(),
        started_at: file.modified.plus_ms(-i64::from(duration_ms)),
        duration_ms,
        bytes: file.bytes,
        recovered: true,
    }
}

/// Files are named after their call: `…/<call>.wav`, `…/<call>-<label>.wav`.
async fn owner(store: &Store, tenants: &[TenantId], name: &str) -> Result<Option<Call>> {
    let stem = name.rsplit('/').next().unwrap_or("");
    let digits: String = stem.chars().take_while(char::is_ascii_digit).collect();
    let Ok(id) = digits.parse::<i64>() else { return Ok(None) };
    for tenant in tenants {
        if let Some((call, _)) = store.call(*tenant, CallId(id)).await? {
            return Ok(Some(call));
        }
    }
    Ok(None)
}

fn extension(path: &Path) -> &str {
    path.extension().and_then(|e| e.to_str()).unwrap_or("")
}

fn mend_below(root: &Path) -> Vec<Found> {
    let mut found = Vec::new();
    let mut open = vec![root.to_owned()];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(&dir).into_iter().flatten().flatten() {
            let path = entry.path();
            match entry.file_type() {
                Ok(t) if t.is_dir() => open.push(path),
                Ok(t) if t.is_file() && Format::is_extension(extension(&path)) => match mend(root, &path) {
                    Ok(file) => found.push(file),
                    Err(error) => tracing::warn!(file = %path.display(), %error, "recording cannot be examined"),
                },
                _ => {}
            }
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

fn mend(root: &Path, path: &Path) -> std::io::Result<Found> {
    let mut file = File::options().read(true).write(true).open(path)?;
    let meta = file.metadata()?;
    let mut head = Vec::new();
    (&mut file).take(HEAD_MAX as u64).read_to_end(&mut head)?;
    let header = repair(extension(path), &head, meta.len());
    let duration_ms = Format::of_file(extension(path), &head).map_or(0, |f| f.layout().duration_ms(meta.len()));
    if let Some(header) = &header {
        file.rewind()?;
        file.write_all(header)?;
        file.sync_all()?;
    }
    let name = path
        .strip_prefix(root)
        .unwrap_or(path)
        .components()
        .map(|c| c.as_os_str().to_string_lossy())
        .collect::<Vec<_>>()
        .join("/");
    let modified = meta.modified().ok().and_then(|m| m.duration_since(std::time::UNIX_EPOCH).ok()).map_or(0, |d| d.as_millis());
    Ok(Found {
        path: path.to_owned(),
        name,
        bytes: meta.len(),
        duration_ms,
        mended: header.is_some(),
        modified: At(i64::try_from(modified).unwrap_or(0)),
    })
}
