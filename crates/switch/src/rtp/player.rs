//! One Play on one leg: clips one after the other, sample by sample without a gap, or a stream.

use super::{
    loader::{AHEAD, LoadJob, Sound},
    rings::Stream,
};
use media::{
    FRAME,
    g711::{ALAW_SILENCE, Law},
    tone::Tone,
};
use model::OpId;
use std::sync::{Arc, mpsc};

#[derive(Debug)]
pub struct Player {
    pub op: OpId,
    /// `None` while the files are being opened.
    sounds: Option<Vec<Sound>>,
    index: usize,
    offset: usize,
    tone: Option<Tone>,
    /// Played instead of clips.
    stream: Option<Stream>,
    played: u64,
}

impl Player {
    pub const fn new(op: OpId) -> Self {
        Self { op, sounds: None, index: 0, offset: 0, tone: None, stream: None, played: 0 }
    }

    pub fn streaming(op: OpId, stream: Stream) -> Self {
        Self { stream: Some(stream), ..Self::new(op) }
    }

    pub fn start(&mut self, sounds: Vec<Sound>) {
        self.sounds = Some(sounds);
    }

    pub const fn is_loaded(&self) -> bool {
        self.sounds.is_some() || self.stream.is_some()
    }

    pub fn played_ms(&self) -> u32 {
        u32::try_from(self.played / 8).unwrap_or(u32::MAX)
    }

    /// Whether the last sample has been handed out.
    pub fn is_done(&self) -> bool {
        if let Some(stream) = &self.stream {
            return stream.is_done();
        }
        self.sounds.as_ref().is_some_and(|s| self.index >= s.len())
    }

    /// The next frame as A-law; padded with silence at the end.
    pub fn fill(&mut self, out: &mut [u8; FRAME], ahead: &mpsc::Sender<LoadJob>) {
        if let Some(stream) = &mut self.stream {
            self.played += stream.fill(out) as u64;
            return;
        }
        let mut at = 0;
        while at < FRAME && !self.is_done() {
            let n = self.fill_some(&mut out[at..], ahead);
            at += n;
            self.played += n as u64;
        }
        out[at..].fill(ALAW_SILENCE);
        // An empty clip at the end must not cost another frame.
        while self.remaining() == Some(0) {
            self.next();
        }
    }

    /// Samples left of the running clip; `None` at the end.
    fn remaining(&self) -> Option<usize> {
        let sound = self.sounds.as_ref()?.get(self.index)?;
        Some(
            match sound {
                Sound::File(clip) => clip.octets().len(),
                Sound::Silence { samples } | Sound::Tone { samples, .. } => *samples,
            }
            .saturating_sub(self.offset),
        )
    }

    fn next(&mut self) {
        self.index += 1;
        self.offset = 0;
        self.tone = None;
    }

    fn fill_some(&mut self, out: &mut [u8], ahead: &mpsc::Sender<LoadJob>) -> usize {
        let n = self.remaining().unwrap_or(0).min(out.len());
        let out = &mut out[..n];
        let Some(sound) = self.sounds.as_ref().and_then(|s| s.get(self.index)) else { return 0 };
        match sound {
            Sound::File(clip) => {
                out.copy_from_slice(&clip.octets()[self.offset..self.offset + n]);
                let half = AHEAD / 2;
                // Every half window the next whole one is fetched; the loader did the first at the start.
                if self.offset / half != (self.offset + n) / half && self.offset + n + half < clip.octets().len() {
                    let _ = ahead.send(LoadJob::Ahead { clip: Arc::clone(clip), at: self.offset + n + half });
                }
            }
            Sound::Silence { .. } => out.fill(ALAW_SILENCE),
            Sound::Tone { hz, .. } => {
                let mut pcm = [0; FRAME];
                self.tone.get_or_insert_with(|| Tone::new(*hz)).fill(&mut pcm[..n]);
                Law::A.encode_into(&pcm[..n], out);
            }
        }
        self.offset += n;
        if self.remaining() == Some(0) {
            self.next();
        }
        n
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clips_join_within_a_frame_and_time_is_exact() {
        let (tx, _rx) = mpsc::channel();
        let mut p = Player::new(OpId(1));
        assert!(!p.is_done());
        p.start(vec![
            Sound::Tone { hz: 1_000, samples: 200 },
            Sound::Silence { samples: 0 },
            Sound::Silence { samples: 80 },
            Sound::Silence { samples: 0 },
        ]);
        let mut out = [0; FRAME];
        p.fill(&mut out, &tx);
        assert!(out.iter().any(|o| *o != ALAW_SILENCE) && !p.is_done());
        p.fill(&mut out, &tx);
        assert!(out[..40].iter().any(|o| *o != ALAW_SILENCE));
        assert!(out[40..].iter().all(|o| *o == ALAW_SILENCE));
        assert!(p.is_done());
        assert_eq!(p.played_ms(), 35);
    }

    #[test]
    fn nothing_to_play_is_done_at_once() {
        let (tx, _rx) = mpsc::channel();
        let mut p = Player::new(OpId(1));
        p.start(vec![]);
        assert!(p.is_done());
        p.fill(&mut [0; FRAME], &tx);
        assert_eq!(p.played_ms(), 0);
    }
}
