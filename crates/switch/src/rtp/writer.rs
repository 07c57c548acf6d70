//! Recordings: taps on the pacing threads fill blocks, one writer thread puts them into files. A disk that stalls or is
//! full ends the recording with an event; the calls go on and what was written stays playable.

use super::api::MediaEvent;
use media::{
    FRAME, RATE,
    g711::Law,
    peaks::PeakMeter,
    record::{AlawWav, RecordingFormat, StereoFrame},
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
const BLOCK: usize = BLOCK_FRAMES * AlawWav::FRAME_OCTETS;
/// Blocks of one recording that may wait for the disk: 5 s.
const WAITING_MAX: u32 = 25;
/// Sound after which the header is brought up to date: 1 s.
const PATCH_EVERY: u64 = 2 * RATE as u64;
/// Stretch of time per point of the outline.
const PEAK_MS: u16 = 100;
/// How often the totals are handed to the metrics.
const PUBLISH_EVERY: Duration = Duration::from_secs(1);

/// Tells recordings apart; `OpId`s are the floor's and may repeat.
pub type RecordingKey = (LegId, OpId);

pub enum WriteJob {
    Open {
        key: RecordingKey,
        path: PathBuf,
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
    pub fn open(leg: LegId, op: OpId, path: PathBuf, writer: &mpsc::Sender<WriteJob>) -> Self {
        let waiting = Arc::new(AtomicU32::new(0));
        let job = WriteJob::Open { key: (leg, op), path: path.clone(), waiting: Arc::clone(&waiting) };
        let _ = writer.send(job);
        Self { op, path, block: Vec::with_capacity(BLOCK), waiting }
    }

    /// Takes one frame; false when the disk has fallen too far behind and the block was thrown away.
    pub fn push(&mut self, leg: LegId, frame: StereoFrame<'_>, writer: &mpsc::Sender<WriteJob>) -> bool {
        let at = self.block.len();
        self.block.resize(at + AlawWav::FRAME_OCTETS, 0);
        AlawWav::encode(frame, &mut self.block[at..]);
        self.block.len() < BLOCK || self.flush(leg, writer)
    }

    fn flush(&mut self, leg: LegId, writer: &mpsc::Sender<WriteJob>) -> bool {
        if self.waiting.load(Ordering::Relaxed) >= WAITING_MAX {
            self.block.clear();
            return false;
        }
        self.waiting.fetch_add(1, Ordering::Relaxed);
        // The block goes away with its sound; one allocation in ten frames.
        let block = std::mem::replace(&mut self.block, Vec::with_capacity(BLOCK));
        let _ = writer.send(WriteJob::Block { key: (leg, self.op), block });
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
    /// `None` when it could not be created.
    file: Option<File>,
    sound: u64,
    patched: u64,
    peaks: PeakMeter,
    waiting: Arc<AtomicU32>,
    broken: bool,
}

impl Recording {
    fn new(path: PathBuf, waiting: Arc<AtomicU32>) -> Self {
        Self { path, file: None, sound: 0, patched: 0, peaks: PeakMeter::new(2, RATE, PEAK_MS), waiting, broken: false }
    }

    fn create(&mut self) -> io::Result<()> {
        if let Some(dir) = self.path.parent() {
            fs::create_dir_all(dir)?;
        }
        let file = self.file.insert(File::create(&self.path)?);
        file.write_all(&AlawWav::opening())
    }

    fn write(&mut self, block: &[u8]) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            file.write_all(block)?;
        }
        self.sound += block.len() as u64;
        for o in block {
            self.peaks.push(Law::A.decode(*o));
        }
        if self.sound - self.patched >= PATCH_EVERY {
            self.patch()?;
        }
        Ok(())
    }

    fn patch(&mut self) -> io::Result<()> {
        if let Some(file) = &self.file {
            file.write_all_at(&AlawWav::header(self.sound), 0)?;
        }
        self.patched = self.sound;
        Ok(())
    }
}

/// The writer thread's state.
pub struct Writer {
    pub events: mpsc::Sender<MediaEvent>,
    pub publish: Box<dyn Fn() + Send>,
    recordings: HashMap<RecordingKey, Recording>,
}

impl Writer {
    pub fn new(events: mpsc::Sender<MediaEvent>, publish: Box<dyn Fn() + Send>) -> Self {
        Self { events, publish, recordings: HashMap::new() }
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
            WriteJob::Open { key, path, waiting } => self.open(key, path, waiting),
            WriteJob::Block { key, block } => self.block(key, &block),
            WriteJob::Close { key } => self.close(key),
            WriteJob::Announce(event) => {
                let _ = self.events.send(*event);
            }
        }
    }

    fn open(&mut self, key: RecordingKey, path: PathBuf, waiting: Arc<AtomicU32>) {
        let mut recording = Recording::new(path, waiting);
        if let Err(e) = recording.create() {
            recording.broken = true;
            self.failed(key, recording.path.clone(), &e);
        }
        self.recordings.insert(key, recording);
    }

    fn block(&mut self, key: RecordingKey, block: &[u8]) {
        let Some(r) = self.recordings.get_mut(&key) else { return };
        r.waiting.fetch_sub(1, Ordering::Relaxed);
        if r.broken {
            return;
        }
        if let Err(e) = r.write(block) {
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
        // Half a block may have reached a full disk; the header then speaks of whole blocks only, which is what is intact.
        if let Err(e) = r.patch()
            && !r.broken
        {
            self.failed(key, r.path.clone(), &e);
        }
        if r.file.is_none() {
            return;
        }
        let (leg, op) = key;
        let bytes = r.sound + AlawWav::HEADER_LEN as u64;
        let duration_ms = u32::try_from(r.sound / (AlawWav::FRAME_OCTETS / FRAME * 8) as u64).unwrap_or(u32::MAX);
        let _ = self.events.send(MediaEvent::RecordDone { leg, op, path: r.path, duration_ms, bytes, peaks: r.peaks.finish() });
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
            } else if kind.is_file() && path.extension().is_some_and(|e| e == AlawWav::EXTENSION) && repair_one(&path)? {
                mended.push(path);
            }
        }
    }
    mended.sort();
    Ok(mended)
}

fn repair_one(path: &Path) -> io::Result<bool> {
    let mut head = Vec::with_capacity(AlawWav::HEADER_LEN);
    File::open(path)?.take(AlawWav::HEADER_LEN as u64).read_to_end(&mut head)?;
    let Some(header) = AlawWav::repair(&head, fs::metadata(path)?.len()) else { return Ok(false) };
    File::options().write(true).open(path)?.write_all_at(&header, 0)?;
    Ok(true)
}
