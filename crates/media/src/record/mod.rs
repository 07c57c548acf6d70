//! Recording formats. A format is told how many octets of sound there are and answers with a header; it keeps no file.
//!
//! A recording must survive `kill -9`: the file begins with [`RecordingFormat::opening`], a header that claims as much as
//! it can hold, is given [`RecordingFormat::header`] with the true length every second and at the end, and
//! [`RecordingFormat::repair`] mends at start-up what a crash left.
//!
//! To add one: docs/adding-a-recording-format.md.

mod alaw_wav;

pub use alaw_wav::AlawWav;

use crate::FRAME;

/// Frames of one leg in two channels: left what the far end says, right what it hears; both A-law.
#[derive(Clone, Copy, Debug)]
pub struct StereoFrame<'a> {
    pub left: &'a [u8; FRAME],
    pub right: &'a [u8; FRAME],
}

/// One way to lay sound down in a file.
pub trait RecordingFormat {
    /// File name extension, without the dot.
    const EXTENSION: &'static str;
    /// Octets one 20 ms frame takes.
    const FRAME_OCTETS: usize;
    /// Octets of the header; the same at every moment of a file's life.
    const HEADER_LEN: usize;

    /// Writes one frame; `out` has [`Self::FRAME_OCTETS`] octets.
    fn encode(frame: StereoFrame<'_>, out: &mut [u8]);

    /// The header of a file with so many octets of sound.
    fn header(sound_octets: u64) -> Vec<u8>;

    /// The header before the length is known.
    fn opening() -> Vec<u8> {
        Self::header(u64::MAX)
    }

    /// The header a file of this length should have. `None` when `head` already is that header, or when it is not the
    /// head of a file of this format (which is then left alone).
    fn repair(head: &[u8], file_octets: u64) -> Option<Vec<u8>>;
}
