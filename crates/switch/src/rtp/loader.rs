//! Opens and maps prompts off the pacing threads and keeps the pages of a long one ahead of its playing.

use super::{
    pool::Router,
    sys,
    worker::{LegCommand, WorkerCommand},
};
use memmap2::{Advice, Mmap};
use model::{LegId, OpId, telephony::Clip};
use std::{
    collections::HashMap,
    fs::File,
    hint::black_box,
    io,
    path::PathBuf,
    sync::{Arc, Weak, mpsc},
    time::SystemTime,
};

/// Octets kept in memory ahead of playing: 32 s.
pub const AHEAD: usize = 256 * 1024;
const PAGE: usize = 4_096;
/// Files looked up before forgotten ones are swept out.
const SWEEP: usize = 4_096;

/// A mapped A-law file; empty files cannot be mapped.
#[derive(Debug)]
pub struct ClipMap(Option<Mmap>);

impl ClipMap {
    pub fn octets(&self) -> &[u8] {
        self.0.as_deref().unwrap_or(&[])
    }

    /// Reads the pages from `at` on in, so that the pacing thread does not wait for the disk.
    fn read_ahead(&self, at: usize) {
        let Some(map) = &self.0 else { return };
        let end = map.len().min(at.saturating_add(AHEAD));
        let start = at.min(end) / PAGE * PAGE;
        // Only advice; the touching below does the work where it is refused.
        let _ = map.advise_range(Advice::WillNeed, start, end - start);
        for page in (start..end).step_by(PAGE) {
            black_box(map[page]);
        }
    }
}

/// A clip ready to play.
#[derive(Clone, Debug)]
pub enum Sound {
    File(Arc<ClipMap>),
    Silence { samples: usize },
    Tone { hz: u16, samples: usize },
}

pub enum LoadJob {
    Load { leg: LegId, op: OpId, clips: Vec<Clip> },
    Ahead { clip: Arc<ClipMap>, at: usize },
}

type Key = (PathBuf, u64, Option<SystemTime>);

/// Runs until the pool is gone.
pub fn run(jobs: &mpsc::Receiver<LoadJob>, router: &Weak<Router>) {
    let mut known: HashMap<Key, Weak<ClipMap>> = HashMap::new();
    while let Ok(job) = jobs.recv() {
        match job {
            LoadJob::Ahead { clip, at } => clip.read_ahead(at),
            LoadJob::Load { leg, op, clips } => {
                let sounds = clips.iter().map(|c| sound(c, &mut known)).collect::<io::Result<Vec<_>>>();
                if let Err(e) = &sounds {
                    tracing::warn!(%leg, %op, error = %e, "prompt cannot be played");
                }
                let Some(router) = router.upgrade() else { return };
                router.to_leg(leg, |leg| WorkerCommand::Leg(leg, LegCommand::Loaded { op, sounds: sounds.ok() }));
            }
        }
    }
}

fn sound(clip: &Clip, known: &mut HashMap<Key, Weak<ClipMap>>) -> io::Result<Sound> {
    let samples = |ms: u32| ms as usize * 8;
    match clip {
        Clip::Silence { ms } => Ok(Sound::Silence { samples: samples(*ms) }),
        Clip::Tone { hz, ms } => Ok(Sound::Tone { hz: *hz, samples: samples(*ms) }),
        Clip::Live { .. } => Err(io::Error::new(io::ErrorKind::Unsupported, "a live text is streamed, not loaded")),
        Clip::File { path } => {
            let with_path = |e: io::Error| io::Error::new(e.kind(), format!("{path}: {e}"));
            file(PathBuf::from(path), known).map(Sound::File).map_err(with_path)
        }
    }
}

fn file(path: PathBuf, known: &mut HashMap<Key, Weak<ClipMap>>) -> io::Result<Arc<ClipMap>> {
    let file = File::open(&path)?;
    let meta = file.metadata()?;
    if !meta.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a file"));
    }
    let key = (path, meta.len(), meta.modified().ok());
    if let Some(clip) = known.get(&key).and_then(Weak::upgrade) {
        clip.read_ahead(0);
        return Ok(clip);
    }
    let clip = Arc::new(ClipMap(if meta.len() == 0 { None } else { Some(sys::map(&file)?) }));
    clip.read_ahead(0);
    if known.len() >= SWEEP {
        known.retain(|_, c| c.strong_count() > 0);
    }
    known.insert(key, Arc::downgrade(&clip));
    Ok(clip)
}
