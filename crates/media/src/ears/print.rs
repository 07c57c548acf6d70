//! A recording's fingerprint: per 20 ms the signs of 32 differences of energy between neighbouring bands now and 60 ms ago. Signs
//! survive level, companding and speech codecs; a few of them flip, and matching counts those.

use super::spectrum::Spectrum;
use crate::FRAME;

const BANDS: usize = 33;
/// Frames between the two looks that are compared.
const LAG: usize = 3;
/// Quieter than the loudest of late by this says nothing.
const ACTIVE_DB: f32 = 32.0;
const SILENT_DB: f32 = -52.0;
/// Frames a print must say something in: less is never recognised.
const ACTIVE_MIN: usize = 50;
/// Longest print, in frames: 20 s.
pub const PRINT_FRAMES_MAX: usize = 1_000;

/// The bins of 7.8 Hz between 300 and 3300 Hz, equally spaced in the logarithm.
fn edges() -> [usize; BANDS + 1] {
    std::array::from_fn(|i| {
        let hz = 300.0 * 11.0_f32.powf(i as f32 / BANDS as f32);
        (hz / 7.812_5).round() as usize
    })
}

/// One frame of a print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) bits: u32,
    pub(super) active: bool,
    /// The least certain bit of the lower and of the upper half.
    pub(super) weak: [u8; 2],
}

/// Makes marks of looks.
#[derive(Clone, Debug)]
pub(super) struct Printer {
    edges: [usize; BANDS + 1],
    past: [[f32; BANDS]; LAG],
    next: usize,
    loudest_db: f32,
}

impl Printer {
    pub(super) fn new() -> Self {
        Self { edges: edges(), past: [[0.0; BANDS]; LAG], next: 0, loudest_db: -60.0 }
    }

    /// `level_db` of the newest frame, dBm0.
    pub(super) fn mark(&mut self, spectrum: &Spectrum, level_db: f32) -> Mark {
        let mut now = [0.0; BANDS];
        spectrum.bands(&self.edges, &mut now);
        let before = std::mem::replace(&mut self.past[self.next], now);
        self.next = (self.next + 1) % LAG;
        self.loudest_db = level_db.max(self.loudest_db - 0.05);
        let mut mark = Mark { active: level_db > SILENT_DB && level_db > self.loudest_db - ACTIVE_DB, ..Mark::default() };
        let mut least = [f32::MAX; 2];
        for band in 0..BANDS - 1 {
            let d = (now[band] - now[band + 1]) - (before[band] - before[band + 1]);
            mark.bits |= u32::from(d > 0.0) << band;
            // Relative to what is there, or quiet bands were always the weakest.
            let sure = d.abs() / (now[band] + now[band + 1] + before[band] + before[band + 1] + 1e-12);
            let half = usize::from(band >= 16);
            if sure < least[half] {
                least[half] = sure;
                mark.weak[half] = band as u8;
            }
        }
        mark
    }
}

/// The fingerprint of one recording.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Print {
    pub(super) marks: Vec<Mark>,
}

/// Why sound or bytes make no fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrintError {
    #[error("the piece holds less than a second of sound: choose a longer or louder one")]
    TooShort,
    #[error("the piece is longer than 20 s: choose the announcement only")]
    TooLong,
    #[error("these bytes are no fingerprint")]
    Damaged,
}

impl Print {
    /// Of 8 kHz samples: at least a second of sound, at most 20 s.
    pub fn of(samples: &[i16]) -> Result<Self, PrintError> {
        if samples.len() > PRINT_FRAMES_MAX * FRAME {
            return Err(PrintError::TooLong);
        }
        let mut spectrum = Spectrum::new();
        let mut printer = Printer::new();
        let marks: Vec<Mark> = samples
            .as_chunks::<FRAME>()
            .0
            .iter()
            .map(|f| {
                let look = spectrum.push(f);
                printer.mark(&spectrum, look.frame_db)
            })
            .collect();
        Self::trimmed(marks)
    }

    /// Silence before and after says nothing.
    fn trimmed(mut marks: Vec<Mark>) -> Result<Self, PrintError> {
        if marks.iter().filter(|m| m.active).count() < ACTIVE_MIN {
            return Err(PrintError::TooShort);
        }
        let last = marks.iter().rposition(|m| m.active).unwrap_or(0);
        marks.truncate(last + 1);
        let first = marks.iter().position(|m| m.active).unwrap_or(0);
        marks.drain(..first);
        Ok(Self { marks })
    }

    /// Length in milliseconds.
    pub const fn duration_ms(&self) -> u32 {
        self.marks.len() as u32 * crate::FRAME_MS
    }

    /// For keeping: five octets a frame.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.marks.iter().flat_map(|m| m.bits.to_le_bytes().into_iter().chain([u8::from(m.active)])).collect()
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PrintError> {
        let (frames, rest) = bytes.as_chunks::<5>();
        if !rest.is_empty() || frames.len() > PRINT_FRAMES_MAX {
            return Err(PrintError::Damaged);
        }
        let marks = frames
            .iter()
            .map(|[a, b, c, d, active]| Mark { bits: u32::from_le_bytes([*a, *b, *c, *d]), active: *active != 0, weak: [0, 16] })
            .collect();
        Self::trimmed(marks).map_err(|_| PrintError::Damaged)
    }
}
