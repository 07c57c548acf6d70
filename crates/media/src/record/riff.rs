//! The head of a WAV file: written, brought up to date, mended. All our formats have one whose length never changes.

use super::Layout;
use crate::RATE;

/// What the `fmt ` chunk says beyond the layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Riff {
    /// The registered number of the encoding.
    pub tag: u16,
    pub bits: u16,
    /// What stands behind `cbSize`; `None`: the chunk ends before it, as plain PCM has it.
    pub extra: Option<&'static [u8]>,
}

/// Octets before and after the chunk lengths: RIFF, WAVE, `fmt `, `data`.
const FIXED: usize = 12 + 8 + 16 + 8;
/// The `fact` chunk, which every encoding but PCM has.
const FACT: usize = 12;

impl Riff {
    pub const fn header_len(&self) -> usize {
        match self.extra {
            None => FIXED,
            Some(extra) => FIXED + 2 + extra.len() + FACT,
        }
    }

    /// The head of a file with so many octets of sound; clamped to what 32 bits express.
    pub fn header(&self, layout: &Layout, sound_octets: u64) -> Vec<u8> {
        let block = u64::from(layout.block_octets);
        let most = u64::from(u32::MAX) - self.header_len() as u64 - 1;
        let sound = (sound_octets.min(most) / block * block) as u32;
        let padded = sound + sound % 2;
        let samples = layout.samples_in(u64::from(sound)) as u32;
        let per_second = u64::from(RATE) * block / u64::from(layout.block_samples);
        let mut h = Vec::with_capacity(self.header_len());
        h.extend(b"RIFF");
        h.extend((padded + self.header_len() as u32 - 8).to_le_bytes());
        h.extend(b"WAVEfmt ");
        h.extend((16 + self.extra.map_or(0, |e| 2 + e.len()) as u32).to_le_bytes());
        h.extend(self.tag.to_le_bytes());
        h.extend(layout.channels.to_le_bytes());
        h.extend(RATE.to_le_bytes());
        h.extend((per_second as u32).to_le_bytes());
        h.extend((layout.block_octets as u16).to_le_bytes());
        h.extend(self.bits.to_le_bytes());
        if let Some(extra) = self.extra {
            h.extend((extra.len() as u16).to_le_bytes());
            h.extend(extra);
            h.extend(b"fact");
            h.extend(4_u32.to_le_bytes());
            h.extend(samples.to_le_bytes());
        }
        h.extend(b"data");
        h.extend(sound.to_le_bytes());
        h
    }

    /// Whether a file begins as ours do, whatever lengths it claims.
    pub fn is_head(&self, layout: &Layout, head: &[u8]) -> bool {
        let Some(head) = head.get(..self.header_len()) else { return false };
        let ours = self.header(layout, 0);
        let fact = self.extra.map(|e| 38 + e.len()..38 + e.len() + FACT);
        let claims = |i: usize| {
            (4..8).contains(&i) || i >= ours.len() - 4 || fact.as_ref().is_some_and(|f| (f.start + 8..f.end).contains(&i))
        };
        head.iter().zip(&ours).enumerate().all(|(i, (a, b))| a == b || claims(i))
    }
}
