//! Recording formats. A format is told what was said and answers with octets, is told how many octets of sound there are and
//! answers with a header; it keeps no file.
//!
//! A recording must survive `kill -9`: the file begins with [`Layout::opening`], a header that claims as much as it can hold,
//! is given [`Layout::header`] with the true length every second and at the end, and [`repair`] mends at start-up what a crash
//! left. Formats without a header are as long as their file.
//!
//! To add one: docs/adding-a-recording-format.md.

mod adpcm_wav;
mod alaw_wav;
mod g729;
mod gsm_wav;
mod pcm_wav;
mod raw16;
mod raw8;
mod riff;
mod ulaw_wav;

use crate::{FRAME, RATE, g711::Law};
use riff::Riff;

/// Frames of one leg in two channels: left what the far end says, right what it hears; both A-law.
#[derive(Clone, Copy, Debug)]
pub struct StereoFrame<'a> {
    pub left: &'a [u8; FRAME],
    pub right: &'a [u8; FRAME],
}

impl StereoFrame<'_> {
    /// Octets of a frame as the writer gets it.
    pub const OCTETS: usize = 2 * FRAME;

    /// Left and right in turn, appended: what [`Encode`] takes. It runs beside the packets and only copies.
    pub fn append_to(self, out: &mut Vec<u8>) {
        out.extend(self.left.iter().zip(self.right).flat_map(|(l, r)| [*l, *r]));
    }
}

/// The formats of contract G3.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Format {
    /// Stereo, 58 MB an hour: nothing is lost on A-law trunks.
    #[default]
    AlawWav,
    UlawWav,
    /// Stereo, linear 16 bit, 115 MB an hour.
    PcmWav,
    /// Both parties in one channel, linear 8 bit without a header, 29 MB an hour.
    Raw8,
    /// Both parties in one channel, linear 16 bit (little-endian) without a header, 58 MB an hour.
    Raw16,
    /// Stereo, IMA ADPCM, 29 MB an hour.
    AdpcmWav,
    /// Both parties in one channel, Microsoft's GSM 6.10, 6 MB an hour.
    GsmWav,
    /// Both parties in one channel, G.729 frames without a header, 3.6 MB an hour.
    G729,
}

/// How sound lies in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// File name extension, without the dot.
    pub extension: &'static str,
    /// 2: left the far end, right what it hears; 1: both together.
    pub channels: u16,
    /// Octets that are written and read together, and the samples per channel in them.
    pub block_octets: u32,
    pub block_samples: u32,
    /// Blocks that must be decoded before one in the middle sounds right.
    pub warm_up_blocks: u32,
    riff: Option<Riff>,
}

/// Turns sound into the octets of one file.
pub trait Encode: Send {
    /// Takes A-law octets, left and right in turn, and appends every block that is full.
    fn encode(&mut self, stereo: &[u8], out: &mut Vec<u8>);

    /// Appends what still waits for a full block, filled up with silence.
    fn finish(&mut self, _out: &mut Vec<u8>) {}
}

/// Turns the octets of a file back into sound.
pub trait Decode: Send {
    /// Takes whole blocks; appends their samples, all channels of a moment in turn.
    fn decode(&mut self, blocks: &[u8], out: &mut Vec<i16>);
}

impl Format {
    pub const ALL: [Self; 8] =
        [Self::AlawWav, Self::UlawWav, Self::PcmWav, Self::Raw8, Self::Raw16, Self::AdpcmWav, Self::GsmWav, Self::G729];

    pub const fn layout(self) -> &'static Layout {
        match self {
            Self::AlawWav => &alaw_wav::LAYOUT,
            Self::UlawWav => &ulaw_wav::LAYOUT,
            Self::PcmWav => &pcm_wav::LAYOUT,
            Self::Raw8 => &raw8::LAYOUT,
            Self::Raw16 => &raw16::LAYOUT,
            Self::AdpcmWav => &adpcm_wav::LAYOUT,
            Self::GsmWav => &gsm_wav::LAYOUT,
            Self::G729 => &g729::LAYOUT,
        }
    }

    pub fn encoder(self) -> Box<dyn Encode> {
        match self {
            Self::AlawWav => Box::new(alaw_wav::Writer),
            Self::UlawWav => Box::new(ulaw_wav::Writer),
            Self::PcmWav => Box::new(pcm_wav::Writer),
            Self::Raw8 => Box::new(raw8::Writer),
            Self::Raw16 => Box::new(raw16::Writer),
            Self::AdpcmWav => Box::new(adpcm_wav::Writer::default()),
            Self::GsmWav => Box::new(gsm_wav::Writer::default()),
            Self::G729 => Box::new(g729::Writer::default()),
        }
    }

    pub fn decoder(self) -> Box<dyn Decode> {
        match self {
            Self::AlawWav => Box::new(alaw_wav::Reader),
            Self::UlawWav => Box::new(ulaw_wav::Reader),
            Self::PcmWav => Box::new(pcm_wav::Reader),
            Self::Raw8 => Box::new(raw8::Reader),
            Self::Raw16 => Box::new(raw16::Reader),
            Self::AdpcmWav => Box::new(adpcm_wav::Reader),
            Self::GsmWav => Box::new(gsm_wav::Reader::default()),
            Self::G729 => Box::new(g729::Reader::default()),
        }
    }

    /// The format of a file of ours: by its extension, and by its head where several share one.
    pub fn of_file(extension: &str, head: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|f| {
            let layout = f.layout();
            layout.extension == extension && layout.riff.is_none_or(|r| r.is_head(layout, head))
        })
    }

    /// Whether any format has files that end like this.
    pub fn is_extension(extension: &str) -> bool {
        Self::ALL.iter().any(|f| f.layout().extension == extension)
    }
}

/// A whole A-law WAV at 8 kHz in one channel: what is kept of an announcement, of which only one side was heard.
pub fn alaw_mono(octets: &[u8]) -> Vec<u8> {
    let layout = Layout { channels: 1, block_octets: 1, ..alaw_wav::LAYOUT };
    let mut wav = layout.header(octets.len() as u64);
    wav.extend_from_slice(octets);
    // A chunk ends on an even octet.
    wav.resize(wav.len() + octets.len() % 2, 0);
    wav
}

/// Octets at the head of a file that [`Format::of_file`] and [`repair`] look at.
pub const HEAD_MAX: usize = 128;

impl Layout {
    /// Octets of the header, the same at every moment of a file's life; 0 where there is none.
    pub const fn header_len(&self) -> usize {
        match &self.riff {
            Some(riff) => riff.header_len(),
            None => 0,
        }
    }

    /// The header of a file with so many octets of sound.
    pub fn header(&self, sound_octets: u64) -> Vec<u8> {
        self.riff.map_or_else(Vec::new, |r| r.header(self, sound_octets))
    }

    /// The header before the length is known.
    pub fn opening(&self) -> Vec<u8> {
        self.header(u64::MAX)
    }

    /// Whole octets of sound in a file of this length.
    pub fn sound_octets(&self, file_octets: u64) -> u64 {
        let block = u64::from(self.block_octets);
        file_octets.saturating_sub(self.header_len() as u64) / block * block
    }

    /// Samples per channel in so many octets of sound.
    pub const fn samples_in(&self, sound_octets: u64) -> u64 {
        sound_octets / self.block_octets as u64 * self.block_samples as u64
    }

    /// How long a file of this length plays.
    pub fn duration_ms(&self, file_octets: u64) -> u32 {
        let samples = self.samples_in(self.sound_octets(file_octets));
        u32::try_from(samples * 1_000 / u64::from(RATE)).unwrap_or(u32::MAX)
    }
}

/// The header a file of this extension, head and length should have. `None` when it already has it, when its format has no
/// header, or when the file is none of ours (which is then left alone).
pub fn repair(extension: &str, head: &[u8], file_octets: u64) -> Option<Vec<u8>> {
    let layout = Format::of_file(extension, head)?.layout();
    let right = layout.header(layout.sound_octets(file_octets));
    (head.get(..right.len())? != right).then_some(right)
}

/// Both parties in one channel, each at half its level, sample by sample.
fn mono(stereo: &[u8]) -> impl Iterator<Item = i16> {
    let linear = |o: u8| i32::from(Law::A.decode(o));
    stereo.as_chunks::<2>().0.iter().map(move |[l, r]| ((linear(*l) + linear(*r)) / 2) as i16)
}

/// Collects samples until a block is full.
#[derive(Debug)]
struct Gather<const N: usize> {
    samples: [i16; N],
    filled: usize,
}

impl<const N: usize> Default for Gather<N> {
    fn default() -> Self {
        Self { samples: [0; N], filled: 0 }
    }
}

impl<const N: usize> Gather<N> {
    /// Gives the block back when this sample has filled it.
    fn push(&mut self, sample: i16) -> Option<&[i16; N]> {
        self.samples[self.filled] = sample;
        self.filled = (self.filled + 1) % N;
        (self.filled == 0).then_some(&self.samples)
    }

    /// What has been collected, filled up with silence; `None` when that is nothing.
    fn rest(&mut self) -> Option<&[i16; N]> {
        if self.filled == 0 {
            return None;
        }
        self.samples[self.filled..].fill(0);
        self.filled = 0;
        Some(&self.samples)
    }
}

#[cfg(test)]
mod tests;
