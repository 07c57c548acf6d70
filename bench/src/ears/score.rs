//! Runs the ears over a corpus and counts.

use super::corpus::{Corpus, Item};
use media::FRAME;
use media::ears::{Class, Library, Listener, ListenerConfig};
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Debug, Default)]
pub struct Score {
    /// (truth, heard) → how often.
    pub confusion: BTreeMap<(Class, Class), u32>,
    /// Decision times from the beginning of the greeting or tone, of right verdicts, per truth.
    pub times_ms: BTreeMap<Class, Vec<u32>>,
    /// What was wrong, in words.
    pub wrong: Vec<String>,
}

impl Score {
    pub fn total(&self) -> u32 {
        self.confusion.values().sum()
    }

    pub fn right(&self) -> f32 {
        let right: u32 = self.confusion.iter().filter(|((t, h), _)| t == h).map(|(_, n)| n).sum();
        right as f32 / self.total().max(1) as f32
    }

    /// Share of the items of one truth that were heard as another.
    pub fn mistaken(&self, truth: Class, heard: Class) -> f32 {
        let all: u32 = self.confusion.iter().filter(|((t, _), _)| *t == truth).map(|(_, n)| n).sum();
        self.confusion.get(&(truth, heard)).copied().unwrap_or(0) as f32 / all.max(1) as f32
    }

    /// Median and 95th percentile of the decision times of the classes given, milliseconds.
    pub fn times(&self, of: &[Class]) -> (u32, u32) {
        let mut all: Vec<u32> = of.iter().filter_map(|c| self.times_ms.get(c)).flatten().copied().collect();
        all.sort_unstable();
        let at = |share: f32| all.get(((all.len() as f32 - 1.0) * share) as usize).copied().unwrap_or(0);
        (at(0.5), at(0.95))
    }
}

pub fn run(corpus: &Corpus, config: &ListenerConfig) -> Score {
    let library = Arc::new(corpus.library.clone());
    let mut score = Score::default();
    for item in &corpus.items {
        let (heard, at_ms, evidence) = judge(item, &library, config);
        *score.confusion.entry((item.truth, heard)).or_default() += 1;
        if heard == item.truth {
            score.times_ms.entry(heard).or_default().push(at_ms.saturating_sub(item.onset_ms));
        } else {
            score.wrong.push(format!("{} heard as {} at {at_ms} ms: {evidence}", item.name, heard.code()));
        }
    }
    score
}

/// The first verdict that ends the question. Nothing in early media is [`Class::Other`].
fn judge(item: &Item, library: &Arc<Library>, config: &ListenerConfig) -> (Class, u32, String) {
    let mut ears = Listener::new(config.clone(), library.clone());
    if !item.early {
        ears.answered();
    }
    for frame in item.sound.as_chunks::<FRAME>().0 {
        let Some(v) = ears.on_frame(frame) else { continue };
        let class = match v.class {
            // A beep is a machine's.
            Class::Beep => Class::Machine,
            Class::Silence => continue,
            c => c,
        };
        return (class, v.at_ms, v.evidence);
    }
    (Class::Other, 0, "nothing".into())
}
