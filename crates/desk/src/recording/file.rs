//! The file behind a recording's name, and its outline.

use crate::{DeskError, Result};
use serde::Serialize;
use std::path::{Component, Path, PathBuf};

const MS_PER_POINT: u16 = 50;

/// For the player: per channel the loudness 0–1 over time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Peaks {
    pub channels: Vec<Vec<f32>>,
    pub duration_ms: u32,
}

/// The path below the recordings directory; a name that leads out of it is not found.
///
/// # Errors
/// No such file.
pub fn resolve(dir: &Path, file_name: &str) -> Result<PathBuf> {
    let missing = || DeskError::not_found("录音文件", "recording file");
    let relative = Path::new(file_name);
    let plain = !file_name.is_empty()
        && !file_name.contains(['\\', '\0'])
        && relative.components().all(|c| matches!(c, Component::Normal(_)));
    if !plain {
        return Err(missing());
    }
    let (Ok(root), Ok(path)) = (dir.canonicalize(), dir.join(relative).canonicalize()) else { return Err(missing()) };
    if path.starts_with(&root) && path.is_file() { Ok(path) } else { Err(missing()) }
}

/// At most `points` per channel; kept beside the file once it is made.
///
/// # Errors
/// No such file, or not a sound.
pub async fn peaks(dir: &Path, file_name: &str, points: usize) -> Result<Peaks> {
    let path = resolve(dir, file_name)?;
    tokio::task::spawn_blocking(move || peaks_of(&path, points)).await.map_err(|e| DeskError::internal(&e))?
}

fn peaks_of(path: &Path, points: usize) -> Result<Peaks> {
    let beside = path.with_extension("peaks");
    let (made, written) = (modified(path), modified(&beside));
    let kept = std::fs::read(&beside).ok().filter(|_| written >= made).and_then(|b| media::peaks::Peaks::from_bytes(&b));
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or("");
    let full = match kept {
        Some(full) => full,
        None => {
            let full = media::peaks::of_recording(extension, &std::fs::read(path)?, MS_PER_POINT).map_err(|e| {
                DeskError::invalid("recording_unreadable", "recording", format!("录音文件无法读取（{e}）"), e.to_string())
            })?;
            // Only a convenience: a full or read-only disk costs time, not the outline.
            let _ = std::fs::write(&beside, full.to_bytes());
            full
        }
    };
    Ok(reduced(&full, points.clamp(10, 10_000)))
}

fn modified(path: &Path) -> Option<std::time::SystemTime> {
    path.metadata().and_then(|m| m.modified()).ok()
}

fn reduced(full: &media::peaks::Peaks, points: usize) -> Peaks {
    let channels = usize::from(full.channels.max(1));
    let stretches: Vec<&[i8]> = full.points.chunks_exact(2 * channels).collect();
    let per_point = stretches.len().div_ceil(points).max(1);
    let loudest = |group: &[&[i8]], channel: usize| {
        let loud = group.iter().flat_map(|s| [s[2 * channel], s[2 * channel + 1]]).map(|v| v.unsigned_abs()).max();
        f32::from(loud.unwrap_or(0)) / 128.0
    };
    let of_channel = |channel: usize| stretches.chunks(per_point).map(|group| loudest(group, channel)).collect();
    let duration_ms = u32::try_from(stretches.len() * usize::from(full.ms_per_point)).unwrap_or(u32::MAX);
    Peaks { channels: (0..channels).map(of_channel).collect(), duration_ms }
}
