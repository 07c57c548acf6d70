//! Recordings: taps on the pacing threads fill blocks of A-law, one writer thread encodes them and puts them into files. A
//! disk that stalls for longer than memory lasts, or is full, ends the recording with an event; the calls go on and what was
//! written stays playable.

use super::api::MediaEvent;
use media::{
    RATE,
    g711::Law,
    peaks::PeakMeter,
    record::{Encode, Format, HEAD_MAX, StereoFrame, repair},
};
use model::{LegId, OpId};
use std::{
    collections::HashMap,
    fs::{self, File},
    io::{self, Read, Write},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    time::Duration,
};

/// Frames in one block: 200 ms.
const BLOCK_FRAMES: usize = 10;
const BLOCK: usize = BLOCK_FRAMES * StereoFrame::OCTETS;
/// Blocks of one recording that may wait for the disk: 12 s, so that a stall of 10 s loses nothing.
const WAITING_MAX: u32 = 60;
/// Blocks of all recordings that may wait: 256 MiB, which is 12 s of 1,400 calls.
const BACKLOG_MAX: u32 = (256 << 20) / BLOCK as u32;
/// Octets handed over after which the header is brought up to date: 1 s.
const PATCH_EVERY: u64 = 2 * RATE as u64;
/// Stretch of time per point of the outline.
const PEAK_MS: u16 = 100;
/// Octets handed over for a millisecond of both channels.
const OCTETS_PER_MS: u64 = 2 * RATE as u64 / 1_000;
/// How often the totals are handed to the metrics.
const PUBLISH_EVERY: Duration = Duration::from_secs(1);

/// Blocks of all recordings of this process that wait for the disk.
static BACKLOG: AtomicU32 = AtomicU32::new(0);

/// Tells recordings apart; `OpId`s are the floor's and may repeat.
pub type RecordingKey = (LegId, OpId);

pub enum WriteJob {
    Open {
        key: RecordingKey,
        path: PathBuf,
        format: Format,
        waiting: Arc<AtomicU32>,
    },
    Block {
        key: RecordingKey,
        block: Vec<u8>,
    },
    Close {
        key: RecordingKey,
    },
    /// Passed on after everything before it.
    Announce(Box<MediaEvent>),
}

/// A recording as the pacing thread sees it.
#[derive(Debug)]
pub struct Tap {
    pub op: OpId,
    pub path: PathBuf,
    block: Vec<u8>,
    waiting: Arc<AtomicU32>,
}

impl Tap {
    pub fn open(leg: LegId, op: OpId, path: PathBuf, format: Format, writer: &mpsc::Sender<WriteJob>) -> Self {
        let waiting = Arc::new(AtomicU32::new(0));
        let job = WriteJob::Open { key: (leg, op), path: path.clone(), format, waiting: Arc::clone(&waiting) };
        let _ = writer.send(job);
        Self { op, path, block: Vec::with_capacity(BLOCK), waiting }
    }

    /// Takes one frame; false when the disk has fallen too far behind and the block was thrown away.
    pub fn push(&mut self, leg: LegId, frame: StereoFrame<'_>, writer: &mpsc::Sender<WriteJob>) -> bool {
        frame.append_to(&mut self.block);
        self.block.len() < BLOCK || self.flush(leg, writer)
    }

    fn flush(&mut self, leg: LegId, writer: &mpsc::Sender<WriteJob>) -> bool {
        if self.waiting.load(Ordering::Relaxed) >= WAITING_MAX || BACKLOG.load(Ordering::Relaxed) >= BACKLOG_MAX {
            self.block.clear();
            return false;
        }
        self.waiting.fetch_add(1, Ordering::Relaxed);
        BACKLOG.fetch_add(1, Ordering::Relaxed);
        // The block goes away with its sound; one allocation in ten frames.
        let block = std::mem::replace(&mut self.block, Vec::with_capacity(BLOCK));
        if writer.send(WriteJob::Block { key: (leg, self.op), block }).is_err() {
            BACKLOG.fetch_sub(1, Ordering::Relaxed);
        }
        true
    }

    pub fn close(mut self, leg: LegId, writer: &mpsc::Sender<WriteJob>) {
        if !self.block.is_empty() {
            self.flush(leg, writer);
        }
        let _ = writer.send(WriteJob::Close { key: (leg, self.op) });
    }
}

struct Recording {
    path: PathBuf,
    format: Format,
    encoder: Box<dyn Encode>,
    /// `None` when it could not be created.
    file: Option<File>,
    /// Octets that came, and how many of them the header speaks of.
    taken: u64,
    patched: u64,
    /// Octets written behind the header.
    sound: u64,
    peaks: PeakMeter,
    waiting: Arc<AtomicU32>,
    broken: bool,
}

impl Recording {
    fn new(path: PathBuf, format: Format, waiting: Arc<AtomicU32>) -> Self {
        Self {
            path,
            format,
            encoder: format.encoder(),
            file: None,
            taken: 0,
            patched: 0,
            sound: 0,
            peaks: PeakMeter::new(2, RATE, PEAK_MS),
            waiting,
            broken: false,
        }
    }

    fn create(&mut self) -> io::Result<()> {
        if let Some(dir) = self.path.parent() {
            fs::create_dir_all(dir)?;
        }
        let file = self.file.insert(File::create(&self.path)?);
        file.write_all(&self.format.layout().opening())
    }

    /// `encoded` is room for what is written; one serves all recordings.
    fn write(&mut self, block: &[u8], encoded: &mut Vec<u8>) -> io::Result<()> {
        encoded.clear();
        self.encoder.encode(block, encoded);
        self.put(encoded)?;
        self.taken += block.len() as u64;
        for o in block {
            self.peaks.push(Law::A.decode(*o));
        }
        if self.taken - self.patched >= PATCH_EVERY {
            self.patch()?;
        }
        Ok(())
    }

    fn put(&mut self, encoded: &[u8]) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            file.write_all(encoded)?;
        }
        self.sound += encoded.len() as u64;
        Ok(())
    }

    fn patch(&mut self) -> io::Result<()> {
        let header = self.format.layout().header(self.sound);
        if let Some(file) = self.file.as_ref().filter(|_| !header.is_empty()) {
            file.write_all_at(&header, 0)?;
        }
        self.patched = self.taken;
        Ok(())
    }

    /// Writes what still waited for a full block, and the last header. After a failure only the header: half a block may
    /// have reached a full disk, and the header speaks of what is intact.
    fn finish(&mut self) -> io::Result<()> {
        let rest = if self.broken {
            Ok(())
        } else {
            let mut encoded = Vec::new();
            self.encoder.finish(&mut encoded);
            self.put(&encoded)
        };
        self.patch().and(rest)
    }
}

/// The writer thread's state.
pub struct Writer {
    pub events: mpsc::Sender<MediaEvent>,
    pub publish: Box<dyn Fn() + Send>,
    recordings: HashMap<RecordingKey, Recording>,
    encoded: Vec<u8>,
}

impl Writer {
    pub fn new(events: mpsc::Sender<MediaEvent>, publish: Box<dyn Fn() + Send>) -> Self {
        Self { events, publish, recordings: HashMap::new(), encoded: Vec::new() }
    }

    /// Runs until every pacing thread is gone, then closes what is open.
    pub fn run(mut self, jobs: &mpsc::Receiver<WriteJob>) {
        let mut published = std::time::Instant::now();
        loop {
            match jobs.recv_timeout(PUBLISH_EVERY) {
                Ok(job) => self.perform(job),
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
            }
            if published.elapsed() >= PUBLISH_EVERY {
                published = std::time::Instant::now();
                (self.publish)();
            }
        }
        let open: Vec<RecordingKey> = self.recordings.keys().copied().collect();
        for key in open {
            self.close(key);
        }
    }

    fn perform(&mut self, job: WriteJob) {
        match job {
            WriteJob::Open { key, path, format, waiting } => self.open(key, Recording::new(path, format, waiting)),
            WriteJob::Block { key, block } => self.block(key, &block),
            WriteJob::Close { key } => self.close(key),
            WriteJob::Announce(event) => {
                let _ = self.events.send(*event);
            }
        }
    }

    fn open(&mut self, key: RecordingKey, mut recording: Recording) {
        if let Err(e) = recording.create() {
            recording.broken = true;
            self.failed(key, recording.path.clone(), &e);
        }
        self.recordings.insert(key, recording);
    }

    fn block(&mut self, key: RecordingKey, block: &[u8]) {
        BACKLOG.fetch_sub(1, Ordering::Relaxed);
        let Some(r) = self.recordings.get_mut(&key) else { return };
        r.waiting.fetch_sub(1, Ordering::Relaxed);
        if r.broken {
            return;
        }
        if let Err(e) = r.write(block, &mut self.encoded) {
            r.broken = true;
            let path = r.path.clone();
            self.failed(key, path, &e);
        }
    }

    fn failed(&self, (leg, op): RecordingKey, path: PathBuf, e: &io::Error) {
        tracing::error!(%leg, %op, path = %path.display(), error = %e, "recording stopped");
        let _ = self.events.send(MediaEvent::RecordFailed { leg, op, path, reason: e.to_string() });
    }

    fn close(&mut self, key: RecordingKey) {
        let Some(mut r) = self.recordings.remove(&key) else { return };
        let was_broken = r.broken;
        if let Err(e) = r.finish()
            && !was_broken
        {
            self.failed(key, r.path.clone(), &e);
        }
        if r.file.is_none() {
            return;
        }
        let (leg, op) = key;
        let bytes = r.sound + r.format.layout().header_len() as u64;
        // Time is what was heard, not what the blocks of the format round it up to.
        let duration_ms = u32::try_from(r.taken / OCTETS_PER_MS).unwrap_or(u32::MAX);
        let peaks = r.peaks.finish();
        // Only a convenience for the player, which can make them again.
        let _ = fs::write(r.path.with_extension("peaks"), peaks.to_bytes());
        let _ = self.events.send(MediaEvent::RecordDone { leg, op, path: r.path, duration_ms, bytes, peaks });
    }
}

/// Mends, at start-up, the headers of recordings that a crash left open. Returns the files mended, in order of name.
///
/// # Errors
/// The directory cannot be read, or a file in it cannot be mended.
pub fn repair_recordings(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut mended = Vec::new();
    let mut dirs = vec![dir.to_path_buf()];
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(&dir)? {
            let entry = entry?;
            let (path, kind) = (entry.path(), entry.file_type()?);
            if kind.is_dir() {
                dirs.push(path);
            } else if kind.is_file() && repair_one(&path)? {
                mended.push(path);
            }
        }
    }
    mended.sort();
    Ok(mended)
}

fn repair_one(path: &Path) -> io::Result<bool> {
    let Some(extension) = path.extension().and_then(|e| e.to_str()).filter(|e| Format::is_extension(e)) else { return Ok(false) };
    let mut head = Vec::with_capacity(HEAD_MAX);
    File::open(path)?.take(HEAD_MAX as u64).read_to_end(&mut head)?;
    let Some(header) = repair(extension, &head, fs::metadata(path)?.len()) else { return Ok(false) };
    File::options().write(true).open(path)?.write_all_at(&header, 0)?;
    Ok(true)
}
