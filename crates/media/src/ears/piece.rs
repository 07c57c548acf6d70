//! Whether one announcement is a piece of another. A listener waits until an announcement is nearly over; what is added to a
//! library is judged before that, or half of a known announcement would mean something else than the whole.

use super::print::{Mark, Print};

/// Frames at a cut whose windows reach over it: they say nothing about the sound behind it.
const CUT: usize = 10;
/// Frames with sound in both that must have been compared.
const FRAMES_MIN: usize = 40;
/// Frames of a quick look, spread over the piece, and the share of their bits that may differ.
const GLANCE: usize = 24;
const GLANCE_ERRORS_MAX: u32 = (GLANCE as u32) * 32 * 36 / 100;
/// Share of bits that may differ in all, and in any so many frames: 停机 and 关机 are one syllable apart, all else the same.
const ERRORS_MAX: f32 = 0.25;
const SYLLABLE: usize = 10;
const SYLLABLE_ERRORS_MAX: u32 = (SYLLABLE as u32) * 32 * 34 / 100;

impl Print {
    /// Whether one of the two holds the whole of the other.
    pub fn is_piece_or_whole_of(&self, other: &Self) -> bool {
        let (piece, whole) = if self.marks.len() <= other.marks.len() { (self, other) } else { (other, self) };
        let Some(piece) = piece.marks.get(CUT..) else { return false };
        // A piece without its cut edge may end a little behind the whole, whose silence was cut off at another place.
        (0..whole.marks.len().saturating_sub(FRAMES_MIN)).any(|at| {
            let there = &whole.marks[at..];
            piece.len() <= there.len() + CUT && glance(piece, there) && is_same(piece, there)
        })
    }
}

fn errors(a: &Mark, b: &Mark) -> u32 {
    (a.bits ^ b.bits).count_ones()
}

fn glance(piece: &[Mark], there: &[Mark]) -> bool {
    let step = (piece.len().min(there.len()) / GLANCE).max(1);
    let pairs = piece.iter().zip(there).step_by(step).take(GLANCE);
    pairs.map(|(a, b)| errors(a, b)).sum::<u32>() <= GLANCE_ERRORS_MAX
}

/// The same all along: nowhere a syllable of another word.
fn is_same(piece: &[Mark], there: &[Mark]) -> bool {
    let heard: Vec<u32> = piece.iter().zip(there).filter(|(a, b)| a.active && b.active).map(|(a, b)| errors(a, b)).collect();
    let all = heard.iter().sum::<u32>() as f32 / (heard.len().max(1) * 32) as f32;
    heard.len() >= FRAMES_MIN
        && all <= ERRORS_MAX
        && heard.windows(SYLLABLE).all(|w| w.iter().sum::<u32>() <= SYLLABLE_ERRORS_MAX)
}
